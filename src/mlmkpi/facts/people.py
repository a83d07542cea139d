"""People: where each person stands at the two boundaries of a period, and at each month's end inside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, partial
from typing import ClassVar

import narwhals as nw

from mlmkpi.books.activity import RECRUITED, active_elsewhere, cells_for, rule_needs
from mlmkpi.books.attributes import DISTRIBUTOR, Attributes, seller_attributes
from mlmkpi.books.books import Books
from mlmkpi.books.dimensions import Boundary, Dimensions
from mlmkpi.books.expressions import Expr, flag
from mlmkpi.books.history import Ask, Track
from mlmkpi.books.roster import DAYS, never, on_books
from mlmkpi.books.rules import ANY_ORDER, ActiveRule, Base, OrderRules, Window, base_words
from mlmkpi.books.spans import Opening, Span
from mlmkpi.engines import Frame
from mlmkpi.facts.base import SpannedFact, measure
from mlmkpi.facts.retained import Retained, earlier_days, opening_of

ENROLLED = "distributors.distributor_id|enrollments.distributor_id"
RECRUIT, REJOIN = Track("seller", "recruit"), Track("seller", "rejoin")
TENURE = "tenure"
WHOLE_CELLS = ("volume", "own_order")
HISTORIES = ("sale_", "rejoin_", "recruit_", "active_")


def sale_track(rules: OrderRules, unit: str = "seller") -> Track:
    """Days with a sale credited to a seller, or made to a buyer."""
    return Track(unit, "sale", rules)


def with_lookup(sellers: Attributes, rows: Frame) -> Frame:
    """The rows (`unit`) with every column of their people's attributes, null for who is not listed."""
    if not sellers.attributes:
        return rows
    return sellers.books.engine.look_up(rows, "unit", sellers.frame())


def named(sellers: Attributes, span: Span) -> dict[str, Expr]:
    """The dimensions of one period's rows that have their people's attributes."""
    found = sellers.at_span(span)
    return found | {DISTRIBUTOR: nw.col("unit")} if DISTRIBUTOR in [d.name for d in sellers.dimensions] else found


def wide(books: Books, rules: OrderRules, active: tuple[Track, ...] = ()) -> Frame:
    """One row a person, unknown sellers included: enrolment days and histories, 0 and far days for none.

    It has the histories that any fact of the run asks for, so that facts share it.
    """
    rules = books.serving(rules)
    asked = {ask.track for ask in books.asks}

    def build() -> Frame:
        frames = [books.people().with_columns(nw.col("person").alias("unit"))]
        if "last_sale" in books.want(rules).cells["seller"]:
            frames.append(books.sale_history(rules, "seller"))
        if REJOIN in asked:
            frames.append(books.event_history("rejoin", books.roster.rejoins()))
        if RECRUIT in asked:
            frames.append(books.event_history("recruit", books.recruits()))
        frames += [books.event_history("active", _active_events(books, track)) for track in active]
        frame = books.engine.full_join(frames, "unit")
        histories = [n for n in frame.collect_schema().names() if n.startswith(HISTORIES) and n[-1].isdigit()]
        return books.engine.materialise(
            frame.with_columns(*(never(name) for name in DAYS), *(nw.col(name).fill_null(0) for name in histories))
        )

    return books.once(("wide", rules, active), build)


def _active_events(books: Books, track: Track) -> Frame:
    """`unit`, `day`: whoever was active in a window that is asked for, dated by the window's last day."""
    rule: ActiveRule = track.rules[1]
    windows = sorted({(ask.last, ask.first) for ask in books.asks if ask.track == track})
    if rule.kind in WHOLE_CELLS:
        cells = books.cells(track.rules[0], "seller")
        frames = []
        for last, first in windows:
            inside = books.timeline.cells_of(first, last)
            rows = cells.filter((nw.col("cell") >= inside.start) & (nw.col("cell") < inside.stop))
            frames.append(_active_in(rows, rule).select("unit", nw.lit(last).cast(nw.Int32).alias("day")))
        return books.engine.concat(frames)
    elsewhere = active_elsewhere(books, rule, [(last, first, last) for last, first in windows])
    return elsewhere.rename({"window": "day"})


def _active_in(cells: Frame, rule: ActiveRule) -> Frame:
    """Who bought for themselves, or had the volume, in a window's cells."""
    if rule.kind == "own_order":
        return cells.filter(~nw.col("last_own_sale").is_null()).select("unit").unique()
    sums = cells.with_columns((nw.col("own_volume") + nw.col("customer_volume")).alias("volume"))
    return sums.group_by("unit").agg(nw.col("volume").sum()).filter(nw.col("volume") >= rule.at_least)


@dataclass(frozen=True)
class People(Retained):
    """One row a person and period: in the base at its opening boundary, in it at its closing one."""

    rules: OrderRules
    lapse_after_days: int = 90
    retention_base: Base = Base.CURRENT
    retention_window: Window = Window.PERIOD
    active_rule: ActiveRule = ANY_ORDER

    own: ClassVar[tuple[str, ...]] = (TENURE,)
    same_split: ClassVar[bool] = True
    counted: ClassVar[tuple[str, ...]] = ("start",)
    """At which of its boundaries people in the base have a row."""

    def needs(self) -> tuple[str, ...]:
        """Who is a distributor, and who sells."""
        by_base = {
            Base.CURRENT: ("orders.distributor_id",), Base.ON_BOOKS: ("orders.order_id",),
            Base.ACTIVE: ("orders.order_id", *rule_needs(self.active_rule), *self.rules.needs()),
        }
        return ("distributors.distributor_id", *by_base[self.retention_base])

    @property
    def reads_orders(self) -> bool:
        """Unless the base is everybody on the books."""
        return self.retention_base is not Base.ON_BOOKS

    def prepare(self, books: Books, dimensions: Dimensions) -> None:
        """Ask for the seller cells that histories come from."""
        if self.retention_base is Base.CURRENT:
            books.want(self.rules).cells["seller"].add("last_sale")
        if self.retention_base is Base.ACTIVE:
            books.want(self.rules).cells["seller"].update({"last_sale"} | cells_for(self.active_rule))

    def says(self, measure: str) -> str | None:
        """Whose base it is, and when."""
        return base_words("People", self.retention_base, self.retention_window).get(measure)

    def opening(self, span: Span) -> int:
        """The boundary that the base is taken at."""
        return span.opened(self.opens)

    @property
    def opens(self) -> Opening:
        """Which day that is."""
        return opening_of(self.retention_base, self.retention_window)

    def asks(self, span: Span) -> Iterable[Ask]:
        """The sale clock at both boundaries, rejoins at the opening one, and who was active."""
        opening, lapse = self.opening(span), self.lapse_after_days
        yield Ask(REJOIN, opening - lapse + 1, opening)
        if self.retention_base is Base.CURRENT:
            for day in (opening, span.end):
                yield Ask(sale_track(self.rules), day - lapse + 1, day)
                yield Ask(REJOIN, day - lapse + 1, day)
        if self.retention_base is Base.ACTIVE:
            for first, last in (self.earlier(span), (span.start, span.end)):
                yield Ask(sale_track(self.rules), first, last, whole=self.active_rule.kind in WHOLE_CELLS)
                if self.active_rule.kind != "any_order":
                    yield Ask(self._track, first, last)
                    yield Ask(Track("seller", "active"), last, last)

    def earlier(self, span: Span) -> tuple[int, int]:
        """The days of the period whose active people are the base."""
        return earlier_days(span, self.retention_window)

    @property
    def _track(self) -> Track:
        return Track("seller", "active", (self.rules, self.active_rule))

    def known_from(self, span: Span) -> int | None:
        """How far back the base reads orders."""
        if self.retention_base is Base.ON_BOOKS:
            return None
        if self.retention_base is Base.ACTIVE:
            return self.earlier(span)[0]
        return self.opening(span) - self.lapse_after_days + 1

    def by_span(self, books: Books, dimensions: Dimensions, at: Boundary) -> list[Frame]:
        """Rows of people in the base at the opening boundary: `start`, `end`, `on_end` (Boolean), `tenure`."""
        elsewhere = self.retention_base is Base.ACTIVE and self.active_rule.kind != "any_order"
        frame = wide(books, self.rules, (self._track,) if elsewhere else ())
        sellers = seller_attributes(books, dimensions, at, opening=self.opens)
        frame, states = with_lookup(sellers, frame), self._states(books)
        tenure = any(d.name == TENURE for d in dimensions)
        return books.engine.spread(frame, [
            (span.index, {
                **states(span), **({TENURE: self._tenure(books, span)} if tenure else {}),
                **named(sellers, span),
            })
            for span in books.spans
        ], *self.counted)

    def _states(self, books: Books) -> Callable[[Span], dict[str, Expr]]:
        """What tells where people stand at a span's boundaries; one that spans share is told by the same expression."""
        on, current, active = cache(on_books), cache(partial(self._current, books)), cache(partial(self._active, books))

        def states(span: Span) -> dict[str, Expr]:
            opening = self.opening(span)
            if self.retention_base is Base.ON_BOOKS:
                start, end = on(opening), on(span.end)
            elif self.retention_base is Base.CURRENT:
                start, end = current(opening), current(span.end)
            else:
                start, end = active(*self.earlier(span)), active(span.start, span.end)
            return {"start": start, "end": end, "on_end": on(span.end)}

        return states

    def _tenure(self, books: Books, span: Span) -> Expr:
        """How long ago, when the window opened, the latest enrolment or rejoin was; null for who never enrolled."""
        opening, days = self.opening(span), self.lapse_after_days
        recent = nw.col("enrolled").is_between(opening - days + 1, opening)
        recent = recent | books.timeline.happened("rejoin", opening - days + 1, opening)
        labels = (f"<{days} days", f">={days} days")
        kind = books.engine.labels(labels)
        short, long = (nw.lit(label, dtype=kind) for label in labels)
        return nw.when(nw.col("enrolled") <= opening).then(nw.when(recent).then(short).otherwise(long))

    def _current(self, books: Books, day: int) -> Expr:
        first, line = day - self.lapse_after_days + 1, books.timeline
        recent = nw.col("enrolled").is_between(first, day) | line.happened("rejoin", first, day)
        return on_books(day) & (recent | line.happened("sale", first, day))

    def _active(self, books: Books, first: int, last: int) -> Expr:
        if self.active_rule.kind == "any_order":
            return books.timeline.happened("sale", first, last)
        found = books.timeline.happened("active", last, last)
        sold_too = self.active_rule.kind == "sale_or_recruit"
        return found | books.timeline.happened("sale", first, last) if sold_too else found

    @measure
    def terminated(self) -> Expr:
        """Those lost who are off the books."""
        return flag(nw.col("start") & ~nw.col("end") & ~nw.col("on_end"))

    @measure
    def lapsed(self) -> Expr:
        """Those lost who are still on the books."""
        return flag(nw.col("start") & ~nw.col("end") & nw.col("on_end"))


@dataclass(frozen=True)
class MonthEnds(SpannedFact):
    """One row a person on the books at the end of a calendar month inside the period."""

    rules: OrderRules
    counts_recruiting: bool = True

    def needs(self) -> tuple[str, ...]:
        """Who is a distributor, who sells, and who recruits."""
        needs = (ENROLLED, "orders.distributor_id")
        return (*needs, RECRUITED) if self.counts_recruiting else needs

    def prepare(self, books: Books, dimensions: Dimensions) -> None:
        """Ask for the seller cells that histories come from."""
        books.want(self.rules).cells["seller"].add("last_sale")

    def asks(self, span: Span) -> Iterable[Ask]:
        """Sales and recruits of each month."""
        for first, last in span.months:
            yield Ask(sale_track(self.rules), first, last)
            if self.counts_recruiting:
                yield Ask(RECRUIT, first, last)

    def one_a_unit(self, books: Books) -> bool:
        """Where no period has two months' ends."""
        return all(len(span.months) <= 1 for span in books.spans)

    def by_span(self, books: Books, dimensions: Dimensions, at: Boundary) -> list[Frame]:
        """Rows, one a person and month."""
        frame = wide(books, self.rules)
        sellers = seller_attributes(books, dimensions, at)
        frame, line = with_lookup(sellers, frame), books.timeline
        months: list[tuple[int, dict[str, Expr]]] = []
        for span in books.spans:
            for first, last in span.months:
                sold = line.happened("sale", first, last)
                active = sold | line.happened("recruit", first, last) if self.counts_recruiting else sold
                months.append((span.index, {"listed": on_books(last), "sold": active, **named(sellers, span)}))
            if not span.months:
                nobody = dict.fromkeys(("listed", "sold"), nw.lit(False))
                months.append((span.index, {**nobody, **named(sellers, span)}))
        return books.engine.spread(frame, months, "listed")

    @measure
    def listed(self) -> Expr:
        """People on the books at a month's end."""
        return flag(nw.col("listed"))

    @measure
    def active(self) -> Expr:
        """Those of them who sold (or recruited) in the month."""
        return flag(nw.col("listed") & nw.col("sold"))
