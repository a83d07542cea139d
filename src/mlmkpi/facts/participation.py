"""Participation: the events that were open to each person, and those they came to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import narwhals as nw
import polars as pl

from mlmkpi.books.activity import invited
from mlmkpi.books.books import Books
from mlmkpi.books.dimensions import Boundary, Dimensions
from mlmkpi.books.export import Export
from mlmkpi.books.expressions import Expr, flag
from mlmkpi.books.roster import DAYS, on_books
from mlmkpi.books.rules import EventBase
from mlmkpi.books.spans import Span
from mlmkpi.engines import PERSON, Frame
from mlmkpi.facts.base import Fact, measure
from mlmkpi.facts.listed import by_people, of_periods
from mlmkpi.facts.people import ENROLLED
from mlmkpi.facts.splits import of_row

EVENTS, HOME = "_number", "_home"
"""What tells when somebody is on the books."""


@dataclass(frozen=True, eq=False)
class Held:
    """The events of a period that are alike in the fact's own columns (`labels`): `event_id`, `held_on`, `_market`.

    They are in the order of their days.
    """

    number: int
    span: Span
    labels: dict[str, str | None]
    events: pl.DataFrame

    @cached_property
    def days(self) -> dict[int, Counter[int | None]]:
        """How many events each market has by day, in order; those of no market are for all.

        Without any there is the period's last day, which has none.
        """
        found: dict[int, Counter[int | None]] = {}
        for day, market in zip(self.events["held_on"].to_list(), self.events["_market"].to_list(), strict=True):
            found.setdefault(day, Counter())[market] += 1
        return found or {self.span.end: Counter()}

    @cached_property
    def whole(self) -> Counter[int | None]:
        """How many events each market has on all of these days."""
        return sum(self.days.values(), Counter())


def _there(one: Held) -> dict[str, Expr]:
    """Who was `here` on any of the days of some events, and who `stayed` on all of them; and what all rows have."""
    days, (enrolled, left, back) = list(one.days), map(nw.col, DAYS)
    return {
        "here": (enrolled <= days[-1]) & ((left > days[0]) | (back <= days[-1])),
        "stayed": (enrolled <= days[0]) & (left > days[-1]),
        "_span": nw.lit(one.span.index, dtype=nw.Int32), "_all": nw.lit(one.whole[None], dtype=nw.Int64),
        **{name: nw.lit(label, dtype=nw.String) for name, label in one.labels.items()},
    }


def _by_home(held: Sequence[Held]) -> pl.DataFrame:
    """How many of the events of each number are for each market, as people are looked up."""
    rows = [(home, one.number, count) for one in held for home, count in one.whole.items() if home is not None]
    return pl.DataFrame(rows, {PERSON: pl.Int32, EVENTS: pl.Int32, "_of_home": pl.Int64}, orient="row")


def _by_day(held: Sequence[Held]) -> pl.DataFrame:
    """The same by day, those for all without a market."""
    rows = [
        (one.number, day, market, count)
        for one in held for day, markets in one.days.items() for market, count in markets.items()
    ]
    schema = {EVENTS: pl.Int32, "held_on": pl.Int32, "_market": pl.Int32, "_events": pl.Int64}
    return pl.DataFrame(rows, schema, orient="row")


@dataclass(frozen=True)
class Participation(Fact):
    """Rows of people and periods: how many events were `open` to them, how many of these they `came` to.

    An event is open to everybody on the books on its day, in its market if it has one; or to whoever was invited, who
    then has several rows.
    """

    event_base: EventBase = EventBase.ELIGIBLE

    table: ClassVar[str] = "events"
    people_from: ClassVar[str] = "attendance"

    @property
    def reads_orders(self) -> bool:
        """It does not."""
        return False

    def needs(self) -> tuple[str, ...]:
        """Who is a distributor, which events there were and who came."""
        return (ENROLLED, "events.held_on", "attendance.event_id")

    def needs_in(self, export: Export) -> tuple[str, ...]:
        """Also everybody's market where events have one."""
        by_market = self.event_base is EventBase.ELIGIBLE and "market" in export.columns("events")
        return (*self.needs(), *(["distributors.market"] if by_market else []))

    def one_a_unit(self, books: Books) -> bool:
        """Where everybody counts to whom something was open."""
        return self.event_base is EventBase.ELIGIBLE

    def rows(self, books: Books, dimensions: Dimensions, at: Boundary) -> Frame:
        """Rows by span."""
        own = [d.name for d in dimensions if d.own or of_row(self, books.export, d, books.ladder)]
        rows = self._invited(books, own) if self.event_base is EventBase.INVITED else self._eligible(books, own)
        return by_people(books, rows, tuple(d for d in dimensions if d.name not in own), at)

    def _invited(self, books: Books, own: list[str]) -> Frame:
        rows = invited(books).join(self._events(books, own), on="event_id", how="inner")
        rows = books.in_spans(rows, "held_on")
        ones = nw.lit(1, dtype=nw.Int64).alias("open")
        return rows.select("unit", "span", *own, ones, flag(nw.col("attended")).alias("came"))

    def _eligible(self, books: Books, own: list[str]) -> Frame:
        events, markets = self._numbered(books, own)
        people, held = self._people(books, markets), self._held(books, own, events)
        frames = self._open(books, people, held)
        rows = books.engine.concat(of_periods(books, frames, self._came(books, people, held), EVENTS, range(len(held))))
        return rows.select("unit", "span", *own, "open", nw.col("came").fill_null(0))

    def _numbered(self, books: Books, own: list[str]) -> tuple[pl.DataFrame, list[str]]:
        """The events, `_market` being the number of theirs among the markets, which stand beside them."""
        events = books.engine.collect(self._events(books, own))
        if "_market" not in events.columns:
            return events.with_columns(pl.lit(None, dtype=pl.Int32).alias("_market")), []
        markets = events["_market"].cast(pl.String).drop_nulls().unique().sort().to_list()
        number = pl.col("_market").cast(pl.String).cast(pl.Enum(markets)).to_physical().cast(pl.Int32)
        return events.with_columns(number), markets

    def _came(self, books: Books, people: Frame, held: Sequence[Held]) -> Frame:
        """To how many of each of these events everybody (`person`) came to whom they were open."""
        events = pl.concat(
            one.events.with_columns(pl.lit(one.number, dtype=pl.Int32).alias(EVENTS)) for one in held
        )
        rows = invited(books).filter(nw.col("attended"))
        rows = rows.join(books.engine.small(events), on="event_id", how="inner")
        rows = books.engine.look_up(rows, "unit", people).filter(on_books(nw.col("held_on")))
        if HOME in people.collect_schema().names():
            rows = rows.filter(nw.col("_market").is_null() | (nw.col("_market") == nw.col(HOME)))
        came = books.engine.tally(rows, "unit", EVENTS, len(held), "came")
        return books.engine.directory(came.rename({"unit": PERSON}))

    def _events(self, books: Books, own: list[str]) -> Frame:
        """The events as `event_id`, `held_on`, `_market` where they have one, and the columns."""
        markets = ["market"] if "market" in books.export.columns("events") else []
        rows = books.export.scan("events", sorted({"event_id", "held_on", *markets, *own}))
        rows = rows.filter(nw.col("held_on") <= books.schedule.as_of)
        further = [name for name in own if name != "event_id"]
        return rows.select("event_id", "held_on", *(nw.col(name).alias("_market") for name in markets), *further)

    @staticmethod
    def _people(books: Books, markets: list[str]) -> Frame:
        """Everybody (`person`) with their days on the books and, as `_home`, the number of their market among these."""
        people = books.people()
        if not markets:
            return people
        numbers = pl.DataFrame({"market": markets, HOME: pl.Series(range(len(markets)), dtype=pl.Int32)})
        homes = books.export.scan("distributors", ["distributor_id", "market"]).rename({"distributor_id": PERSON})
        homes = homes.join(books.engine.small(numbers), on="market", how="inner").select(PERSON, HOME)
        return books.engine.materialise(books.engine.look_up(people, PERSON, books.engine.directory(homes)))

    def _held(self, books: Books, own: list[str], events: pl.DataFrame) -> list[Held]:
        """Each period's events by their own columns; of a period without events, none."""
        columns, held, events = ["event_id", "held_on", "_market"], list[Held](), events.sort("held_on")
        for span in books.spans:
            inside = events.filter(pl.col("held_on").is_between(span.start, span.end))
            alike = inside.group_by(own) if own and inside.height else [((None,) * len(own), inside)]
            for key, some in alike:
                held.append(Held(len(held), span, dict(zip(own, key, strict=True)), some[columns]))
        return held

    @classmethod
    def _open(cls, books: Books, people: Frame, held: Sequence[Held]) -> list[Frame]:
        """Those to whom some of the events were open, `open` saying how many: all of them to who stayed throughout."""
        people, days = people.with_columns(nw.col(PERSON).alias("unit")), books.engine.small(_by_day(held))
        known = {name: nw.col(name) for name in people.collect_schema().names() if name in (HOME, *DAYS)}
        named = ("unit", EVENTS, "span", *held[0].labels)
        frames = []
        for rows in books.engine.spread(people, [(one.number, {**_there(one), **known}) for one in held], "here"):
            rows = rows.rename({"span": EVENTS, "_span": "span"})
            passing = rows.filter(~nw.col("stayed")).join(days, on=EVENTS, how="inner")
            passing = passing.filter(on_books(nw.col("held_on")))
            stayed, whole = rows.filter(nw.col("stayed")), nw.col("_all")
            if HOME in known:
                stayed = books.engine.look_up(stayed, HOME, books.engine.small(_by_home(held)), {EVENTS: len(held)})
                passing = passing.filter(nw.col("_market").is_null() | (nw.col("_market") == nw.col(HOME)))
                whole = nw.sum_horizontal(whole, nw.col("_of_home"))
            frames.append(books.engine.concat([
                stayed.select(*named, whole.alias("open")).filter(nw.col("open") > 0),
                passing.group_by(*named).agg(nw.col("_events").sum().alias("open")),
            ]))
        return frames

    @measure
    def open_to(self) -> Expr:
        """Events by the people they were open to."""
        return nw.col("open")

    @measure
    def attended(self) -> Expr:
        """Those of them that the people came to."""
        return nw.col("came")
