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
from mlmkpi.books.roster import on_books
from mlmkpi.books.rules import EventBase
from mlmkpi.books.spans import Span
from mlmkpi.engines import PERSON, Frame
from mlmkpi.facts.base import Fact, measure
from mlmkpi.facts.listed import by_people, of_periods
from mlmkpi.facts.people import ENROLLED
from mlmkpi.facts.splits import of_row

EVENTS = "_events"


@dataclass(frozen=True, eq=False)
class Held:
    """The events of a period that are alike in the fact's own columns (`labels`): `event_id`, `held_on`, `_market`."""

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
        for day, market in self.events.sort("held_on").select("held_on", "_market").iter_rows():
            found.setdefault(day, Counter())[market] += 1
        return found or {self.span.end: Counter()}


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
        frames = [self._open(books, people, one) for one in held]
        frames = frames if books.engine.in_parts else [books.engine.concat(frames)]
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
        if "_home" in people.collect_schema().names():
            rows = rows.filter(nw.col("_market").is_null() | (nw.col("_market") == nw.col("_home")))
        came = books.engine.tally(rows, "unit", EVENTS, len(held), "came")
        return books.engine.directory(came.rename({"unit": PERSON}))

    def _events(self, books: Books, own: list[str]) -> Frame:
        """The events as `event_id`, `held_on`, `_market` where they have one, and the columns."""
        markets = ["market"] if "market" in books.export.columns("events") else []
        rows = books.export.scan("events", sorted({"event_id", "held_on", *markets, *own}))
        rows = rows.filter(nw.col("held_on") <= books.schedule.as_of)
        return rows.select("event_id", "held_on", *(nw.col(name).alias("_market") for name in markets), *own)

    @staticmethod
    def _people(books: Books, markets: list[str]) -> Frame:
        """Everybody (`person`) with their days on the books and, as `_home`, the number of their market among these."""
        people = books.people()
        if not markets:
            return people
        numbers = pl.DataFrame({"market": markets, "_home": pl.Series(range(len(markets)), dtype=pl.Int32)})
        homes = books.export.scan("distributors", ["distributor_id", "market"]).rename({"distributor_id": PERSON})
        homes = homes.join(books.engine.small(numbers), on="market", how="inner").select(PERSON, "_home")
        return books.engine.materialise(books.engine.look_up(people, PERSON, books.engine.directory(homes)))

    def _held(self, books: Books, own: list[str], events: pl.DataFrame) -> list[Held]:
        """Each period's events by their own columns; of a period without events, none."""
        columns, held = ["event_id", "held_on", "_market"], list[Held]()
        for span in books.spans:
            inside = events.filter(pl.col("held_on").is_between(span.start, span.end))
            alike = inside.group_by(own) if own and inside.height else [((None,) * len(own), inside)]
            for key, some in alike:
                held.append(Held(len(held), span, dict(zip(own, key, strict=True)), some.select(columns)))
        return held

    @classmethod
    def _open(cls, books: Books, people: Frame, one: Held) -> Frame:
        """Those to whom some of the events were open, `open` saying how many: all of them to who stayed throughout."""
        days, of_days = list(one.days), list(one.days.values())
        people, (whole, *by_day) = cls._events_on(books, people, [sum(of_days, Counter()), *of_days])
        enrolled, left, back = (nw.col(name) for name in ("enrolled", "terminated", "returned_on"))
        stayed = (enrolled <= days[0]) & (left > days[-1])
        here = (enrolled <= days[-1]) & ((left > days[0]) | (back <= days[-1]))
        came_and_went = [nw.when(on_books(day)).then(events) for day, events in zip(days, by_day, strict=True)]
        constants = [
            nw.lit(one.span.index).cast(nw.Int32).alias("span"), nw.lit(one.number).cast(nw.Int32).alias(EVENTS),
            *(nw.lit(label, dtype=nw.String).alias(name) for name, label in one.labels.items()),
        ]
        rows = books.engine.concat([
            people.filter(some).select(nw.col(PERSON).alias("unit"), found.alias("open"), *constants)
            for some, found in ((stayed, whole), (here & ~stayed, nw.sum_horizontal(*came_and_went)))
        ])
        return rows.filter(nw.col("open") > 0)

    @staticmethod
    def _events_on(
        books: Books, people: Frame, stretches: Sequence[Counter[int | None]]
    ) -> tuple[Frame, list[Expr]]:
        """The people, and how many of the events of each of these stretches of days are for all or their market."""
        homes = sorted({market for markets in stretches for market in markets if market is not None})
        for_all = [nw.lit(markets[None], dtype=nw.Int64) for markets in stretches]
        if not homes:
            return people, for_all
        counts = {f"_at_{at}": [markets[home] for home in homes] for at, markets in enumerate(stretches)}
        table = pl.DataFrame({PERSON: pl.Series(homes, dtype=pl.Int32), **counts})
        people = books.engine.look_up(people, "_home", books.engine.small(table))
        return people, [nw.sum_horizontal(events, nw.col(f"_at_{at}")) for at, events in enumerate(for_all)]

    @measure
    def open_to(self) -> Expr:
        """Events by the people they were open to."""
        return nw.col("open")

    @measure
    def attended(self) -> Expr:
        """Those of them that the people came to."""
        return nw.col("came")
