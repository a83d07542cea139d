"""The exports of what people in the field do: events, activities, leads, goals, expenses."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from mlmkpi.demo.chance import Array, codes, draw, stream, waits
from mlmkpi.demo.columns import Frames, Ids, dates, money, words
from mlmkpi.demo.company import Company, sellers_of
from mlmkpi.demo.months import EXPORTED, LAST_DAY, STARTS, campaign, not_before, some_days
from mlmkpi.demo.places import MARKETS, TERRITORIES

_EVENT_KINDS = ("meeting", "webinar", "convention")
_TURNOUT = (0.15, 0.06, 0.30)
_EVENT_IDS = Ids("E", 0, 4)
_SOURCES = ("web form", "referral", "fair", "instagram", "facebook", None)
_RUNNING_QUARTER = (EXPORTED[-1], LAST_DAY + 61, 3)
_GOALS = ("personal_sales_volume", "sales_volume", "new_signups")


def _held() -> Iterator[tuple[int, int, int, int]]:
    """Month, day, kind and market (-1: all) of every event, by day within each month."""
    for month in EXPORTED:
        first = int(STARTS[month])
        yield month, first + 6, 1, -1
        yield from ((month, first + 9 + market, 0, market) for market in range(len(MARKETS)))
        if month % 3 == 0:
            yield month, first + 17, 2, -1
        yield month, first + 20, 1, -1


def events() -> Frames:
    """Meetings a market, webinars and conventions for all."""
    _, days, kinds, markets = (np.array(column) for column in zip(*_held(), strict=True))
    numbers = np.arange(len(days))
    yield pl.DataFrame(
        {
            "event_id": _EVENT_IDS.column(numbers),
            "held_on": dates(days),
            "kind": words(kinds, _EVENT_KINDS),
            "name": [f"{_EVENT_KINDS[kind].capitalize()} {number + 1}" for number, kind in enumerate(kinds)],
            "market": words(markets + 1, (None, *MARKETS)),
        }
    )


def attendance(company: Company) -> Frames:
    """Who was invited; one in five did not come."""
    roster, rng = company.roster, stream(company.seed, "attendance")
    for number, (month, day, kind, market) in enumerate(_held()):
        people = roster.about(month)
        people = people[roster.spells.since(people, month) <= day]
        if market >= 0:
            people = people[roster.place[people] // TERRITORIES == market]
        people = people[rng.random(len(people)) < _TURNOUT[kind]]
        yield pl.DataFrame(
            {
                "event_id": _EVENT_IDS.column(np.full(len(people), number)),
                "distributor_id": company.person_ids.column(people),
                "attended": pl.Series(rng.random(len(people)) < 0.8),
            }
        )


def activities(company: Company) -> Frames:
    """What people log, three things a month each, most of them by the keen."""
    rng = stream(company.seed, "activities")
    for month in EXPORTED:
        people = company.roster.about(month)
        people = people[draw(rng, company.roster.appetite[people], 3 * len(people))]
        yield pl.DataFrame(
            {
                "distributor_id": company.person_ids.column(people),
                "occurred_on": dates(_days_of(company, rng, people, month)),
                "kind": words(
                    codes(rng, [0.5, 0.2, 0.12, 0.1, 0.08], len(people)),
                    ("login", "call", "meeting", "sample", "follow-up"),
                ),
            }
        )


def leads(company: Company) -> Frames:
    """One for twenty orders; a quarter become customers or distributors, most within a month."""
    rng, first = stream(company.seed, "leads"), 0
    for month, count in company.a_month(20).items():
        created = some_days(rng, month, count)
        converted = created + waits(rng, 11, count)
        outcome = codes(rng, [0.73, 0.21, 0.06], count)
        outcome[converted > LAST_DAY] = 0
        people = sellers_of(company, rng, month, count)
        yield pl.DataFrame(
            {
                "lead_id": Ids("L", 0).column(np.arange(first, first + count)),
                "created_on": dates(created),
                "converted_on": dates(np.where(outcome > 0, converted, 0)),
                "outcome": words(outcome, (None, "customer", "distributor")),
                "source": words(codes(rng, [0.35, 0.25, 0.1, 0.14, 0.1, 0.06], count), _SOURCES),
                "campaign": words(codes(rng, [0.4, 0.6], count), (None, campaign(month))),
                "distributor_id": company.person_ids.column(people),
            }
        )
        first += count


def goals(company: Company) -> Frames:
    """One person in ten sets a goal for the month, and some for the quarter that is running."""
    rng = stream(company.seed, "goals")
    spans = [*((month, int(STARTS[month + 1]) - 1, 1) for month in EXPORTED), _RUNNING_QUARTER]
    for month, last, months in spans:
        people = company.roster.about(month)
        people = people[company.roster.spells.since(people, month) <= STARTS[month]]
        people = people[rng.random(len(people)) < 0.1]
        kind = codes(rng, [0.6, 0.2, 0.2], len(people))
        aim = rng.integers(1, 7, len(people))
        yield pl.DataFrame(
            {
                "distributor_id": company.person_ids.column(people),
                "kpi": words(kind, _GOALS),
                "goal": money(np.where(kind == 2, (aim + 1) // 2 * 100, aim * 5_000) * months),
                "starts_on": dates(np.full(len(people), STARTS[month])),
                "ends_on": dates(np.full(len(people), last)),
            }
        )


def expenses(company: Company) -> Frames:
    """What a third of the people spend on their business each month."""
    rng = stream(company.seed, "expenses")
    for month in EXPORTED:
        people = company.roster.about(month)
        people = people[rng.random(len(people)) < 1 / 3]
        spent = np.exp(3.2 + 0.8 * rng.standard_normal(len(people)))
        yield pl.DataFrame(
            {
                "distributor_id": company.person_ids.column(people),
                "spent_on": dates(_days_of(company, rng, people, month)),
                "amount": money(np.rint(spent * 100)),
            }
        )


def _days_of(company: Company, rng: np.random.Generator, people: Array, month: int) -> Array:
    """Days of the month on which those people were about."""
    earliest = company.roster.spells.since(people, month)
    return not_before(rng, some_days(rng, month, len(people)), earliest, month)
