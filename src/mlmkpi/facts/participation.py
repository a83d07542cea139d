"""Participation: the events that were open to each person, and those they came to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import narwhals as nw
import polars as pl

from mlmkpi.engines import Frame
from mlmkpi.facts.attributes import of_row
from mlmkpi.facts.base import Boundary, Dimensions, Expr, Fact, flag, measure
from mlmkpi.facts.books import Books, on_books
from mlmkpi.facts.export import Export
from mlmkpi.facts.listed import by_people
from mlmkpi.facts.people import ENROLLED
from mlmkpi.facts.rules import EventBase
from mlmkpi.facts.spans import Span


@dataclass(frozen=True)
class Participation(Fact):
    """Rows of people and periods (several each): how many events were `open` to them, how many they `came` to.

    An event is open to everybody on the books on its day, in its market if it has one; or to whoever was invited.
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

    def rows(self, books: Books, dimensions: Dimensions, at: Boundary) -> Frame:
        """Rows by span."""
        own = [d.name for d in dimensions if d.own or of_row(self, books.export, d, books.ladder)]
        rows = self._invited(books, own) if self.event_base is EventBase.INVITED else self._eligible(books, own)
        return by_people(books, rows, tuple(d for d in dimensions if d.name not in own), at)

    def _invited(self, books: Books, own: list[str]) -> Frame:
        rows = books.in_spans(self._listed(books, own), "held_on")
        ones = nw.lit(1, dtype=nw.Int64).alias("open")
        return rows.select("unit", "span", *own, ones, flag(nw.col("attended")).alias("came"))

    def _eligible(self, books: Books, own: list[str]) -> Frame:
        people = self._people(books)
        names = ["unit", "span", *own, "open", "came"]
        came = self._listed(books, own).filter(nw.col("attended"))
        came = came.join(people, on="unit", how="inner").filter(on_books(nw.col("held_on")))
        if "market" in books.export.columns("events"):
            came = came.filter(nw.col("_market").is_null() | (nw.col("_market") == nw.col("_home")))
        came = books.in_spans(came, "held_on").with_columns(
            nw.lit(0, dtype=nw.Int64).alias("open"), nw.lit(1, dtype=nw.Int64).alias("came")
        )
        open_to = []
        for span, labels, held in self._held(books, own):
            columns = [nw.lit(label, dtype=nw.String).alias(name) for name, label in labels]
            rows = self._open(books, people, span, held)
            open_to.append(rows.with_columns(*columns) if columns else rows)
        return books.engine.concat([came.select(*names), *(rows.select(*names) for rows in open_to)])

    def _listed(self, books: Books, own: list[str]) -> Frame:
        """The attendance as `unit`, `attended` (an empty cell = yes), with the event's `held_on` and columns."""
        columns = books.export.columns("attendance")
        rows = books.export.scan("attendance", sorted({"event_id", "distributor_id"} | (columns & {"attended"})))
        attended = nw.col("attended").fill_null(True) if "attended" in columns else nw.lit(True)
        rows = rows.filter(~nw.col("distributor_id").is_null())
        rows = rows.select("event_id", nw.col("distributor_id").alias("unit"), attended.alias("attended"))
        return rows.join(self._events(books, own), on="event_id", how="inner")

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
        return people.join(homes, on="unit", how="left")

    def _held(self, books: Books, own: list[str]) -> Iterator[tuple[Span, list[tuple[str, str | None]], pl.DataFrame]]:
        """Each period's events by their own columns: `held_on`, `_market`, and how many (`n`)."""
        events = self._events(books, own)
        keys = [name for name in events.collect_schema().names() if name != "event_id"]
        held = books.engine.collect(events.group_by(*keys).agg(nw.len().cast(nw.Int64).alias("n")))
        if "_market" not in held.columns:
            held = held.with_columns(pl.lit(None, dtype=pl.String).alias("_market"))
        for span in books.spans:
            inside = held.filter(pl.col("held_on").is_between(span.start, span.end)).sort("held_on")
            for key, group in inside.group_by(own) if own else [((), inside)]:
                if group.height:
                    yield span, list(zip(own, key, strict=True)), group

    @staticmethod
    def _open(books: Books, people: Frame, span: Span, held: pl.DataFrame) -> Frame:
        """Those to whom some of the events were open, `open` saying how many."""
        local = held.filter(pl.col("_market").is_not_null())
        if local.height:
            table = local.pivot(on="held_on", index="_market", values="n", aggregate_function="sum")
            table = table.rename({name: f"_on_{name}" for name in table.columns if name != "_market"})
            people = people.join(books.engine.small(table), left_on="_home", right_on="_market", how="left")
        for_all = held.filter(pl.col("_market").is_null()).group_by("held_on").agg(pl.col("n").sum())
        everywhere = dict(for_all.iter_rows())
        found = nw.lit(0, dtype=nw.Int64)
        for day in held["held_on"].unique().sort():
            events = nw.lit(everywhere.get(day, 0), dtype=nw.Int64)
            if day in local["held_on"]:
                events = events + nw.col(f"_on_{day}").fill_null(0)
            found = found + flag(on_books(day)) * events
        rows = people.select(
            "unit", nw.lit(span.index).cast(nw.Int32).alias("span"), found.alias("open"),
            nw.lit(0, dtype=nw.Int64).alias("came"),
        )
        return rows.filter(nw.col("open") > 0)

    @measure
    def open_to(self) -> Expr:
        """Events by the people they were open to."""
        return nw.col("open")

    @measure
    def attended(self) -> Expr:
        """Those of them that the people came to."""
        return nw.col("came")
