"""The parameters of definitions: what each means, and how a setting's value becomes one."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from math import isfinite
from typing import Any

from mlmkpi.books.rules import ActiveRule
from mlmkpi.errors import SettingsError
from mlmkpi.spelling import nearest

LONGEST = {"days": 36_500, "months": 1_200}
"""A hundred years: what a number that counts time is at most, as its name's last word says."""
MOST = 999_999_999
"""What any other whole number is at most."""
WHOLE = ("team_depth",)
"""Whole numbers that no default tells to be some."""
SHARES = ("payout_cap", "margin", "clv_annual_discount")
"""Numbers that are written as 0.35, not as 35."""
PARAMETERS: dict[str, str] = {
    "valid_status": "the status codes of orders that count; without it the usual words decide",
    "refunds": "the day on which a return counts: its own, its original order's, or none (ignore)",
    "volume": "what volume is: qualifying volume, commissionable volume, or the amount",
    "active_rule": "what makes a distributor active in a period: any order credited, an own order, a volume, an income,"
    " an event attended, or a sale or recruit",
    "lapse_after_days": "days without selling, enrolling or coming back after which somebody on the books has lapsed",
    "customer_lapse_after_days": "days without a purchase after which a customer has lapsed",
    "retention_base": "whose retention it is: everybody current, the active, or everybody on the books",
    "retention_window": "over what time: the period, or the 12 months up to its end",
    "cooling_off_days": "newcomers who left within so many days of enrolling are not counted; 0 counts all",
    "active_counts_recruiting": "whether somebody who recruited without selling was active",
    "team_includes_self": "whether a team's volume includes the leader's own",
    "team_depth": "how many generations below the leader a team goes; without it all of them",
    "first_sale": "which sale ends the wait: the first to a customer, or any",
    "engagement_base": "what responses to posts are measured by: the people reached, impressions, or followers",
    "payout_cap": "the most of net sales that may be paid out as commissions",
    "lead_window_days": "how many days a lead is given to convert",
    "digital_sources": "the sources whose leads count, case does not matter; without them every lead does",
    "demographic_of": "whose age, gender and region sales are told by: the buyer's or the seller's",
    "clv_horizon_months": "for how many months ahead a customer's value is expected",
    "clv_annual_discount": "the continuous annual rate at which later purchases count less; 0 counts all alike",
    "margin": "the share of net sales that is left of a purchase",
    "clv_method": "how a customer's value is told: by models of purchases and values, by the trailing horizon, or by"
    " a formula of a month's averages",
    "return_window_days": "days after a sale within which a return of it counts",
    "activity_minimum": "how many activities in the period make somebody one who took part",
    "activity_kinds": "the kinds in the activities table that count, case does not matter; without them all but logins"
    " do; events attended and courses completed count beside them",
    "event_base": "to whom an event is open: everybody on the books in its market, or whoever was invited",
    "training_days": "how many days somebody has to complete a course",
    "leader_rank": "the rank from which somebody is a leader",
    "coverage_minimum": "how many active distributors cover a territory",
    "social_channels": "the channels of orders that are social media; case does not matter",
}

EXPECTED = {
    "team_depth": "a whole number from 0", "activity_minimum": "a whole number from 1",
    "coverage_minimum": "a whole number from 1", "leader_rank": "a rank of the ladder",
}
"""What parameters take whose default does not tell it."""


def parsed(name: str, value: Any, default: Any, where: str) -> Any:
    """A setting's value as the parameter's type, told by its default; SettingsError where it does not fit."""
    expected = expectation(name, default)
    try:
        return _parsed(name, value, default)
    except (ValueError, TypeError, OverflowError):
        raise SettingsError(
            f"{where}: {name} does not fit", (("got", repr(value)), ("expected", expected))
        ) from None


def _parsed(name: str, value: Any, default: Any) -> Any:
    if isinstance(default, ActiveRule):
        return value if isinstance(value, ActiveRule) else ActiveRule.parse(str(value))
    if isinstance(default, StrEnum):
        return type(default)(str(value))
    if isinstance(default, bool):
        return _exactly(value, bool)
    if isinstance(default, tuple):
        return tuple(str(each) for each in value) if isinstance(value, (list, tuple)) else (str(value),)
    if isinstance(default, int) or (name in WHOLE and type(value) is int):
        number = _exactly(value, int)
        if not 0 <= number <= LONGEST.get(_last_word(name), MOST):
            raise ValueError
        return number
    if isinstance(default, float):
        if type(value) not in (int, float) or not isfinite(value) or (name in SHARES and not 0 <= value <= 1):
            raise ValueError
        return float(value)
    if (default is None or isinstance(default, str)) and not isinstance(value, list):
        return value
    raise TypeError


def _exactly(value: Any, kind: type) -> Any:
    if type(value) is not kind:
        raise TypeError
    return value


def _last_word(name: str) -> str:
    return name.rpartition("_")[2]


def expectation(name: str, default: Any) -> str:
    """What values a parameter takes, in words."""
    if name in EXPECTED:
        return EXPECTED[name]
    if isinstance(default, ActiveRule):
        return ", ".join(ActiveRule.KINDS)
    if isinstance(default, StrEnum):
        return ", ".join(type(default))
    if isinstance(default, bool):
        return "true or false"
    if isinstance(default, tuple):
        return 'a list such as ["one", "two"]'
    if isinstance(default, int):
        most = LONGEST.get(_last_word(name))
        return f"a whole number from 0 to {most}" if most else "a whole number from 0"
    if isinstance(default, float):
        return "a number from 0 to 1" if name in SHARES else "a number"
    return "a text"


def shown(value: Any) -> str:
    """A parameter's value as a definition prints it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return "[" + ", ".join(map(str, value)) + "]"
    return "none" if value is None else str(value)


def check_names(definitions: Mapping[str, Any], known: set[str], where: str) -> None:
    """Refuse a setting under [definitions] that no KPI has; SettingsError with the nearest name."""
    for name in definitions:
        if name not in known:
            guess = nearest(name, sorted(known))
            fix = (("fix", f"did you mean {guess}?"),) if guess else ()
            raise SettingsError(
                f"{where} has an unknown key definitions.{name}", (("expected", ", ".join(sorted(known))), *fix)
            )
