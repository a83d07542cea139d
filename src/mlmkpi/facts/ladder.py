"""Ranks between two days: who rose and fell in a period, who holds their title, and who first became a leader."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import narwhals as nw

from mlmkpi.books.attributes import seller_attributes
from mlmkpi.books.books import Books
from mlmkpi.books.dimensions import Boundary, Dimensions
from mlmkpi.books.expressions import Expr, flag
from mlmkpi.books.ranks import LADDER, are_numbers, named_step, place, rank_rows, steps_at
from mlmkpi.books.roster import on_books
from mlmkpi.engines import Frame
from mlmkpi.errors import SettingsError
from mlmkpi.facts.base import SpannedFact, measure
from mlmkpi.facts.people import ENROLLED, People, named, wide, with_lookup

RANK_FROM, RANK_TO = "rank_from", "rank_to"


@dataclass(frozen=True)
class Climbers(SpannedFact):
    """One row a person on the books at both boundaries of a period, with their place on the ladder at each."""

    own: ClassVar[tuple[str, ...]] = (RANK_FROM, RANK_TO)

    @property
    def reads_orders(self) -> bool:
        """It does not."""
        return False

    def needs(self) -> tuple[str, ...]:
        """Who is a distributor, their ranks, and the order of the ranks."""
        return (ENROLLED, "ranks.rank", LADDER)

    def by_span(self, books: Books, dimensions: Dimensions, at: Boundary) -> list[Frame]:
        """Rows of people: `before`, `after` (places on the ladder, 0 the lowest rank)."""
        days = sorted({day for span in books.spans for day in (span.before, span.end)})
        people = books.people().with_columns(nw.col("person").alias("unit"))
        sellers = seller_attributes(books, dimensions, at)
        people = with_lookup(sellers, books.engine.look_up(people, "unit", steps_at(books, days)))
        moves = [
            named_step(books, step).alias(name)
            for name, step in ((RANK_FROM, "before"), (RANK_TO, "after")) if name in [d.name for d in dimensions]
        ]
        top, step = nw.lit(len(books.ladder) - 1), {day: nw.col(f"_step_{day}").fill_null(0) for day in days}
        spans = [
            (span.index, {
                "stayed": on_books(span.before) & on_books(span.end),
                "before": step[span.before], "after": step[span.end], "top": top, **named(sellers, span),
            })
            for span in books.spans
        ]
        frames = books.engine.spread(people, spans, "stayed")
        return [rows.with_columns(*moves) for rows in frames] if moves else frames

    @measure
    def below_top(self) -> Expr:
        """People who could rise."""
        return flag(nw.col("before") < nw.col("top"))

    @measure
    def risen(self) -> Expr:
        """Those of them who stand higher at the period's end."""
        return flag(nw.col("after") > nw.col("before"))

    @measure
    def above_bottom(self) -> Expr:
        """People who could fall."""
        return flag(nw.col("before") > 0)

    @measure
    def fallen(self) -> Expr:
        """Those of them who stand lower at the period's end."""
        return flag(nw.col("after") < nw.col("before"))

    @measure
    def moved(self) -> Expr:
        """People, wherever they stood and stand."""
        return flag(nw.col("before") >= 0)


@dataclass(frozen=True)
class Titled(SpannedFact):
    """One row a person on the books at a period's end who carries a title."""

    @property
    def reads_orders(self) -> bool:
        """It does not."""
        return False

    def needs(self) -> tuple[str, ...]:
        """Who is a distributor, their ranks and titles, and the order of the ranks."""
        return (ENROLLED, "ranks.rank", "ranks.kind", LADDER)

    def by_span(self, books: Books, dimensions: Dimensions, at: Boundary) -> list[Frame]:
        """Rows of people: `title`, `paid_as` (places on the ladder)."""
        days = sorted({span.end for span in books.spans})
        titles = steps_at(books, days, title=True).rename({f"_step_{day}": f"_title_{day}" for day in days})
        people = books.people().with_columns(nw.col("person").alias("unit"))
        people = people.join(titles, on="person", how="inner")
        sellers = seller_attributes(books, dimensions, at)
        people = with_lookup(sellers, books.engine.look_up(people, "unit", steps_at(books, days)))
        spans = [
            (span.index, {
                "entitled": on_books(span.end) & ~nw.col(f"_title_{span.end}").is_null(),
                "title": nw.col(f"_title_{span.end}"),
                "paid_as": nw.col(f"_step_{span.end}").fill_null(0), **named(sellers, span),
            })
            for span in books.spans
        ]
        return books.engine.spread(people, spans, "entitled")

    @measure
    def titled(self) -> Expr:
        """People who carry a title."""
        return flag(nw.col("title") >= 0)

    @measure
    def held(self) -> Expr:
        """Those of them who are paid at their title's rank or above."""
        return flag(nw.col("paid_as") >= nw.col("title"))


def first_step(steps: Sequence[str], rank: str, *, numbers: bool) -> int:
    """The place of a rank, or among ranks that are their own order of the next above it; SettingsError for another.

    >>> first_step(["1", "3", "10"], "3", numbers=False), first_step(["1", "3", "10"], "4", numbers=True)
    (1, 2)
    """
    known = place(steps, rank)
    if known is not None:
        return known
    try:
        if numbers:
            return bisect_left([float(step) for step in steps], float(rank))
    except ValueError:
        pass
    raise SettingsError(
        "leader_rank is not a rank of the ladder",
        (("got", rank), ("expected", ", ".join(steps)), ("fix", "name one of them under [definitions]")),
    )


@dataclass(frozen=True)
class Emerging(People):
    """The rows of `People` current at a period's start and paid below the leader's rank then."""

    leader_rank: str | None = None

    def says(self, measure: str) -> str | None:
        """Also that they stand below the rank."""
        text = super().says(measure)
        return f"{text}, and then below the leaders' rank" if measure == "at_start" else text

    def needs(self) -> tuple[str, ...]:
        """Also the ranks, their order, and which of them is a leader's."""
        return (*super().needs(), "ranks.rank", LADDER, *([] if self.leader_rank else ["leader_rank"]))

    def by_span(self, books: Books, dimensions: Dimensions, at: Boundary) -> list[Frame]:
        """Rows of people: `led`, whether their first row as a leader is dated in the period."""
        numbers = are_numbers(books.ladder)
        leader = first_step(books.ladder, str(self.leader_rank), numbers=numbers)
        days = sorted({span.before for span in books.spans})
        leaders = rank_rows(books).filter(nw.col("step") >= leader).group_by("person")
        frame = books.engine.look_up(wide(books, self.rules), "unit", steps_at(books, days))
        frame = books.engine.look_up(frame, "unit", leaders.agg(nw.col("day").min().alias("first_led")))
        sellers = seller_attributes(books, dimensions, at)
        frame, states = with_lookup(sellers, frame), self._states(books)
        spans = []
        for span in books.spans:
            stands = states(span)
            below = nw.col(f"_step_{span.before}").fill_null(0) < leader
            led = nw.col("first_led").is_between(span.start, span.end)
            made = {**stands, "counted": stands["start"] & below, "led": led, **named(sellers, span)}
            spans.append((span.index, made))
        return books.engine.spread(frame, spans, "counted")

    @measure
    def led(self) -> Expr:
        """Those who became a leader in the period, for the first time ever."""
        return flag(nw.col("led"))
