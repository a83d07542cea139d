"""Participation: the events that were open to each person, and those they came to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

import narwhals as nw
import polars as pl

from mlmkpi.engines import PERSON, Frame
from mlmkpi.facts.attributes import of_row
from mlmkpi.facts.base import Boundary, Dimensions, Expr, Fact, flag, measure
from mlmkpi.facts.books import Books
from mlmkpi.facts.export import Export
from mlmkpi.facts.listed import by_people
from mlmkpi.facts.people import ENROLLED
from mlmkpi.facts.roster import on_books
from mlmkpi.facts.rules import EventBase
from mlmkpi.facts.spans import Span

EVENTS = "_events"


@dataclass(frozen=True, eq=False)
class Held:
    """The events of a period that are alike in the fact's own columns (`labels`): `event_id`, `held_on`, `_market`."""

    span: Span
    labels: dict[str, str | None]
    events: pl.DataFrame


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
        rows = self._listed(books).join(self._events(books, own), on="event_id", how="inner")
        rows = books.in_spans(rows, "held_on")
        ones = nw.lit(1, dtype=nw.Int64).alias("open")
        return rows.select("unit", "span", *own, ones, flag(nw.col("attended")).alias("came"))

    def _eligible(self, books: Books, own: list[str]) -> Frame:
        people, held = self._people(books), list(self._held(books, own))
        frames = []
        for number, one in enumerate(held):
            at = nw.lit(number).cast(nw.Int32)
            labels = [nw.lit(label, dtype=nw.String).alias(name) for name, label in one.labels.items()]
            frames.append(self._open(books, people, one).with_columns(at.alias(EVENTS), *labels))
        came = self._came(books, people, held)
        rows = books.engine.look_up(books.engine.concat(frames), "unit", came, {EVENTS: len(held)})
        return rows.select("unit", "span", *own, "open", nw.col("came").fill_null(0))

    def _came(self, books: Books, people: Frame, held: Sequence[Held]) -> Frame:
        """To how many of each of these events everybody came to whom they were open."""
        events = pl.concat(
            one.events.with_columns(pl.lit(number, dtype=pl.Int32).alias(EVENTS)) for number, one in enumerate(held)
        )
        rows = self._listed(books).filter(nw.col("attended"))
        rows = rows.join(books.engine.small(events), on="event_id", how="inner")
        rows = rows.join(people, on="unit", how="inner").filter(on_books(nw.col("held_on")))
        if "market" in books.export.columns("events"):
            rows = rows.filter(nw.col("_market").is_null() | (nw.col("_market") == nw.col("_home")))
        rows = rows.with_columns(nw.lit(1, dtype=nw.Int64).alias("came"))
        came = books.engine.group(rows, "unit", {EVENTS: len(held)}, [], [nw.col("came").sum()])
        return books.engine.directory(came.rename({"unit": PERSON}))

    def _listed(self, books: Books) -> Frame:
        """The attendance as `event_id`, `unit`, `attended` (an empty cell = yes)."""
        columns = books.export.columns("attendance")
        rows = books.export.scan("attendance", sorted({"event_id", "distributor_id"} | (columns & {"attended"})))
        attended = nw.col("attended").fill_null(True) if "attended" in columns else nw.lit(True)
        rows = rows.filter(~nw.col("distributor_id").is_null())
        return rows.select("event_id", nw.col("distributor_id").alias("unit"), attended.alias("attended"))

    def _events(self, books: Books, own: list[str]) -> Frame:
        """The events as `event_id`, `held_on`, `_market` where they have one, and the columns."""
        markets = ["market"] if "market" in books.export.columns("events") else []
        rows = books.export.scan("events", sorted({"event_id", "held_on", *markets, *own}))
        rows = rows.filter(nw.col("held_on") <= books.schedule.as_of)
        return rows.select("event_id", "held_on", *(nw.col(name).alias("_market") for name in markets), *own)

    def _people(self, books: Books) -> Frame:
        """Everybody as `unit` with their days on the books and, where events have one, their market as `_home`."""
        people = books.people().with_columns(nw.col("person").alias("unit"))
        if "market" not in books.export.columns("events"):
            return people
        homes = books.export.scan("distributors", ["distributor_id", "market"])
        homes = homes.select(nw.col("distributor_id").alias("unit"), nw.col("market").alias("_home"))
        return books.engine.materialise(people.join(homes, on="unit", how="left"))

    def _held(self, books: Books, own: list[str]) -> Iterator[Held]:
        """Each period's events by their own columns; of a period without events, none."""
        held = books.engine.collect(self._events(books, own))
        if "_market" not in held.columns:
            held = held.with_columns(pl.lit(None, dtype=pl.String).alias("_market"))
        columns = ["event_id", "held_on", "_market"]
        for span in books.spans:
            inside = held.filter(pl.col("held_on").is_between(span.start, span.end))
            alike = inside.group_by(own) if own and inside.height else [((None,) * len(own), inside)]
            for key, events in alike:
                yield Held(span, dict(zip(own, key, strict=True)), events.select(columns))

    @staticmethod
    def _open(books: Books, people: Frame, one: Held) -> Frame:
        """Those to whom some of the events were open, `open` saying how many."""
        held = Counter(one.events.select("held_on", "_market").iter_rows())
        local = sorted({day for day, market in held if market is not None})
        if local:
            markets = sorted({market for _, market in held if market is not None})
            on_days = {f"_on_{day}": [held[day, market] for market in markets] for day in local}
            table = books.engine.small(pl.DataFrame({"_market": markets, **on_days}))
            people = people.join(table, left_on="_home", right_on="_market", how="left")
        found = nw.lit(0, dtype=nw.Int64)
        for day in sorted({day for day, _ in held}):
            events = nw.lit(held[day, None], dtype=nw.Int64)
            if day in local:
                events = events + nw.col(f"_on_{day}").fill_null(0)
            found = found + flag(on_books(day)) * events
        span = nw.lit(one.span.index).cast(nw.Int32).alias("span")
        return people.select("unit", span, found.alias("open")).filter(nw.col("open") > 0)

    @measure
    def open_to(self) -> Expr:
        """Events by the people they were open to."""
        return nw.col("open")

    @measure
    def attended(self) -> Expr:
        """Those of them that the people came to."""
        return nw.col("came")
