"""What makes a distributor active other than an order's credit: income, events attended, people recruited."""

from __future__ import annotations

from collections.abc import Sequence

import narwhals as nw

from mlmkpi.books.books import Books
from mlmkpi.books.bounds import hold
from mlmkpi.books.rules import ActiveRule
from mlmkpi.engines import Frame

RECRUITED = "distributors.enroller_id|distributors.sponsor_id|enrollments.enroller_id|enrollments.sponsor_id"
BY_CREDIT = ("any_order", "own_order", "volume")
Window = tuple[int, int, int]


def cells_for(rule: ActiveRule) -> set[str]:
    """The seller cells that a rule reads."""
    return {
        "any_order": {"last_sale"}, "own_order": {"last_own_sale"}, "volume": {"own_volume", "customer_volume"},
        "sale_or_recruit": {"last_sale"},
    }.get(rule.kind, set())


def rule_needs(rule: ActiveRule) -> tuple[str, ...]:
    """The columns that a rule reads."""
    return {
        "earned": ("commissions.amount",),
        "any_event": ("attendance.event_id", "events.held_on"),
        "own_order": ("orders.distributor_id", "orders.customer_id"),
        "sale_or_recruit": ("orders.distributor_id", RECRUITED),
    }.get(rule.kind, ("orders.distributor_id",))


def active_elsewhere(books: Books, rule: ActiveRule, windows: Sequence[Window]) -> Frame:
    """`unit`, `window`: people who earned, attended or recruited in each window (its number, first and last day)."""
    events = {"earned": incomes, "any_event": attended, "sale_or_recruit": Books.recruits}[rule.kind](books)
    frames = []
    for number, first, last in windows:
        inside = events.filter((nw.col("day") >= first) & (nw.col("day") <= last))
        if rule.kind == "earned":
            inside = inside.group_by("unit").agg(nw.col("amount").sum()).filter(nw.col("amount") > 0)
        frames.append(inside.select("unit", nw.lit(number).cast(nw.Int32).alias("window")).unique())
    return books.engine.concat(frames)


def incomes(books: Books) -> Frame:
    """`unit`, `day`, `amount`: commissions by the day they were earned, else paid, as seen on the as-of date.

    Materialised; with the rows' place while the export is `marking`.
    """

    def build() -> Frame:
        columns = books.export.columns("commissions")
        wanted = {"distributor_id", "paid_on", "amount"} | (columns & {"earned_on"})
        marks = books.export.marks("commissions")
        frame = books.export.scan("commissions", [*sorted(wanted), *marks])
        day = nw.coalesce(nw.col("earned_on"), nw.col("paid_on")) if "earned_on" in columns else nw.col("paid_on")
        frame = frame.select(nw.col("distributor_id").alias("unit"), day.alias("day"), "amount", *marks)
        rows = books.engine.materialise(
            frame.filter((nw.col("day") <= books.schedule.as_of) & ~nw.col("unit").is_null())
        )
        hold(books.export, rows, {"amount": "commissions.amount"})
        return rows

    return books.once("incomes", build)


def invited(books: Books) -> Frame:
    """`unit`, `event_id`, `attended` (no such column or an empty cell = yes): the attendance; materialised."""

    def build() -> Frame:
        columns = books.export.columns("attendance")
        rows = books.export.read("attendance", sorted({"event_id", "distributor_id"} | (columns & {"attended"})))
        attended = nw.col("attended").fill_null(True) if "attended" in columns else nw.lit(True)
        rows = rows.filter(~nw.col("distributor_id").is_null())
        return books.engine.materialise(
            rows.select("event_id", nw.col("distributor_id").alias("unit"), attended.alias("attended"))
        )

    return books.once("invited", build)


def attended(books: Books) -> Frame:
    """`unit`, `day`: events attended, by the day they were held."""
    held = books.export.scan("events", ["event_id", "held_on"])
    frame = invited(books).filter(nw.col("attended")).join(held, on="event_id", how="inner")
    return frame.select("unit", nw.col("held_on").alias("day"))
