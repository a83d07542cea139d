"""Orders in several currencies: they add up to nothing without rates."""

from __future__ import annotations

from collections.abc import Iterator

import narwhals as nw

from mlmkpi.errors import DataError
from mlmkpi.validate.lookups import Lookups
from mlmkpi.validate.rule import Rule, Scene


def currency_rules(scene: Scene, lookups: Lookups) -> Iterator[Rule]:
    """The rule on the currencies of orders that the settings and the rates leave; capital letters do not matter."""
    found = {code: n for code, n in scene.spellings.get("currency", {}).items() if code is not None}
    home = scene.settings.currency or max(sorted(found), key=lambda code: found[code], default="")
    foreign = sorted(code for code in found if code.casefold() != home.casefold())
    if not foreign:
        return
    code, day, rated = nw.col("currency"), nw.col("ordered_on"), "rates" in lookups.readable
    if not scene.settings.currency or not rated:
        message = _mixed(home, is_set=bool(scene.settings.currency), rated=rated)
        yield Rule("mixed-currencies", "currency", code.is_in(foreign), message, "error")
        return
    first = _first_rates(lookups)
    none = code.is_in([each for each in foreign if each.casefold() not in first])
    early = [(code == each) & (day < first[each.casefold()]) for each in foreign if each.casefold() in first]
    broken, message = nw.any_horizontal(none, *early, ignore_nulls=True), "the currency has no rate on that day"
    yield Rule("no-rate", "currency", broken, message, "error", beside=("ordered_on",))


def _first_rates(lookups: Lookups) -> dict[str, int]:
    """The first day of a rate by currency, in small letters."""
    rates = lookups.engine.scan("rates", ["currency", "valid_from"]).drop_nulls(["currency", "valid_from"])
    days: dict[str, int] = {}
    for code, day in lookups.engine.collect(rates.group_by("currency").agg(nw.col("valid_from").min())).iter_rows():
        days[code.casefold()] = min(day, days.get(code.casefold(), day))
    return days


def _mixed(home: str, *, is_set: bool, rated: bool) -> str:
    """What is wrong, and what to do: the settings name no currency, or there are no rates into it."""
    what = f"currency is not {home}" if is_set else f"currency is not {home}, as most orders' is"
    name = [] if is_set else ['name the currency to convert to in mlmkpi.toml:   currency = "USD"']
    export = [] if rated else ["export a rates table (currency, valid_from, rate)"]
    return str(DataError(what, (("fix", "\nand ".join([*name, *export])),)))
