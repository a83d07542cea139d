"""What people do beside selling: activities, events attended, courses completed, agreements signed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import narwhals as nw

from mlmkpi.books.activity import attended
from mlmkpi.books.books import Books
from mlmkpi.books.export import Export
from mlmkpi.books.roster import on_books
from mlmkpi.engines import Frame
from mlmkpi.facts.listed import Doers, Found
from mlmkpi.order_classes import is_code
from mlmkpi.spelling import spelled

LOGIN = "login"
SOURCES = {
    "activities": ("activities.kind",),
    "attendance": ("attendance.event_id", "events.held_on"),
    "trainings": ("trainings.completed_on",),
}
"""The tables that tell what people did, with the columns that each takes."""


def activities(books: Books) -> Frame:
    """`unit`, `span`, `kind`: what people did in each period; materialised."""

    def build() -> Frame:
        frame = books.export.scan("activities", ["distributor_id", "occurred_on", "kind"])
        rows = books.in_spans(_dated(books, frame, "occurred_on", "kind"))
        return books.engine.compact(rows.select("unit", "span", "kind"), ["unit"])

    return books.once_here(("activities",), build)


def of_kinds(books: Books, kinds: tuple[str, ...]) -> Frame:
    """`unit`, `span`: activities of these kinds (case-blind); of all but logins where none is named."""
    named = is_code("kind", spelled(books.engine.spellings("activities", "kind"), kinds or (LOGIN,)))
    return activities(books).filter(named if kinds else ~named).select("unit", "span")


def completed(books: Books) -> Frame:
    """`unit`, `span`: courses completed."""
    frame = books.export.scan("trainings", ["distributor_id", "completed_on"])
    return books.in_spans(_dated(books, frame, "completed_on")).select("unit", "span")


def came(books: Books) -> Frame:
    """`unit`, `span`: events attended; materialised."""
    rows = books.in_spans(attended(books)).select("unit", "span")
    return books.once_here(("came",), lambda: books.engine.materialise(rows))


def _dated(books: Books, frame: Frame, day: str, *kept: str) -> Frame:
    frame = frame.select(nw.col("distributor_id").alias("unit"), nw.col(day).alias("day"), *kept)
    return frame.filter((nw.col("day") <= books.schedule.as_of) & ~nw.col("unit").is_null())


def _counted(books: Books, deeds: Frame) -> Frame:
    """`unit`, `span`, `deeds`: how often who did something in which period."""
    return books.engine.tally(deeds, "unit", "span", len(books.schedule.spans), "deeds")


def told_by(export: Export) -> list[str]:
    """Which of the tables of deeds the export has, with the columns they take."""
    return [table for table, needs in SOURCES.items() if all(export.has(need) for need in needs)]


@dataclass(frozen=True)
class Busy(Doers):
    """People with enough activities in the period; an event attended and a course completed are activities too."""

    deed: ClassVar[str] = "with enough activities in the period"

    activity_minimum: int = 1
    activity_kinds: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a minimum that everybody reaches; ValueError."""
        if self.activity_minimum < 1:
            raise ValueError(f"activity_minimum is {self.activity_minimum}; expected 1 or more")

    def needs(self) -> tuple[str, ...]:
        """Anything that tells what people did."""
        return (*super().needs(), "activities.kind|attendance.event_id|trainings.completed_on")

    def needs_in(self, export: Export) -> tuple[str, ...]:
        """Without activities and courses, the events too."""
        others = set(told_by(export)) - {"attendance"}
        return self.needs() if others else (*self.needs(), *SOURCES["attendance"])

    def assumes(self, export: Export) -> str | None:
        """Which deeds the export does not tell."""
        absent = [table for table in SOURCES if table not in told_by(export)]
        return f"without {' and '.join(absent)}" if absent else None

    def listed(self, books: Books) -> Frame:
        """Found once, whatever they are split by."""
        found, key = super().listed, ("busy", self.activity_minimum, self.activity_kinds)
        return books.once_here(key, lambda: books.engine.materialise(found(books)))

    def doers(self, books: Books) -> Frame:
        """By their deeds of the period."""
        read = {
            "activities": lambda: of_kinds(books, self.activity_kinds), "attendance": lambda: came(books),
            "trainings": lambda: completed(books),
        }
        counted = _counted(books, books.engine.concat([read[table]() for table in told_by(books.export)]))
        return counted.filter(nw.col("deeds") >= self.activity_minimum).select("unit", "span")


@dataclass(frozen=True)
class LoggedIn(Doers):
    """People who logged in during the period."""

    deed: ClassVar[str] = "who logged in during the period"

    def needs(self) -> tuple[str, ...]:
        """What people did."""
        return (*super().needs(), "activities.kind")

    def doers(self, books: Books) -> Frame:
        """By their logins."""
        return _counted(books, of_kinds(books, (LOGIN,))).select("unit", "span")


@dataclass(frozen=True)
class Attending(Doers):
    """People who attended an event of the period."""

    deed: ClassVar[str] = "who attended an event of the period"

    def needs(self) -> tuple[str, ...]:
        """Which events there were and who came."""
        return (*super().needs(), "events.held_on", "attendance.event_id")

    def doers(self, books: Books) -> Frame:
        """By the events they attended."""
        return _counted(books, came(books)).select("unit", "span")


@dataclass(frozen=True)
class Signed(Found):
    """People who had signed an agreement by the period's end."""

    deed: ClassVar[str] = "who had signed an agreement by the period's end"

    def needs(self) -> tuple[str, ...]:
        """Who signed when."""
        return (*super().needs(), "agreements.signed_on")

    def listed(self, books: Books) -> Frame:
        """By the day of their first signature, which stands for every period from then on."""
        frame = books.export.scan("agreements", ["distributor_id", "signed_on"])
        first = books.engine.earliest(_dated(books, frame, "signed_on"), "unit", "day")
        people = books.engine.materialise(books.engine.look_up(first, "unit", books.people()))
        signed = [(s.index, {"signed": (nw.col("day") <= s.end) & on_books(s.end)}) for s in books.spans]
        return books.engine.concat(books.engine.spread(people, signed, "signed")).select("unit", "span")
