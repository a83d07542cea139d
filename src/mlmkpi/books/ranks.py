"""Ranks on a day: the latest row by then, from the ranks table and the company's ladder."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import add

import narwhals as nw
import polars as pl

from mlmkpi.books.books import Books
from mlmkpi.books.export import Export
from mlmkpi.books.expressions import Expr
from mlmkpi.books.ledger import is_known_code
from mlmkpi.engines import Frame
from mlmkpi.spelling import folded

LADDER = "rank_ladder"
"""What a figure needs that reads the order of the ranks."""
OFFSET = 1_000_000
"""What makes every day a number above 0."""
PLACES = 4
"""How many digits a place on the ladder is written with."""


def ladder(export: Export, settings: Sequence[str]) -> tuple[str, ...]:
    """The ranks, lowest first: as the settings say; numbers need no saying; empty where text ranks have no ladder."""
    if settings:
        return tuple(settings)
    if not {"rank", "effective_on"} <= export.columns("ranks"):
        return ()
    found = [text for text in export.engine.spellings("ranks", "rank") if text is not None]
    try:
        return tuple(sorted(found, key=float))
    except ValueError:
        return ()


def held_ladder(export: Export, settings: Sequence[str], as_of: int) -> tuple[str, ...]:
    """The ladder, without ranks that nobody has had by the as-of day where the settings do not name it."""
    ranks = ladder(export, settings)
    if settings or not ranks:
        return ranks
    seen = export.scan("ranks", ["rank", "effective_on"]).filter(nw.col("effective_on") <= as_of)
    held = set(export.engine.collect(seen.select("rank").unique())["rank"])
    return tuple(rank for rank in ranks if rank in held)


def are_numbers(ranks: Sequence[str]) -> bool:
    """Whether ranks are numbers that stand in their own order."""
    try:
        return sorted(ranks, key=float) == list(ranks)
    except ValueError:
        return False


def place(ladder: Sequence[str], rank: str) -> int | None:
    """The place of a rank on a ladder, whatever the case it is written in; None for one that is not on it.

    >>> place(["Silver", "Gold"], " GOLD"), place(["Silver", "Gold"], "Ruby")
    (1, None)
    """
    return next((step for step, known in enumerate(ladder) if folded(known) == folded(rank)), None)


def rank_rows(books: Books, *, title: bool = False) -> Frame:
    """`person`, `day`, `step` (place on the ladder): rows paid as a rank, or that carry it as a title."""
    export = books.export
    columns = export.columns("ranks")
    rows = export.scan("ranks", sorted({"distributor_id", "rank", "effective_on"} | (columns & {"kind"})))
    if "kind" in columns:
        titled = is_known_code(export, "ranks", "kind", "title")
        rows = rows.filter(titled if title else ~titled)
    elif title:
        rows = rows.filter(nw.lit(False))
    found = export.engine.spellings("ranks", "rank")
    ranks = [rank for rank in found if rank is not None]
    places = {rank: step for rank in ranks if (step := place(books.ladder, rank)) is not None}
    export.off_ladder = sum(found[rank] for rank in ranks if rank not in places)
    schema = {"rank": pl.String, "step": pl.Int64}
    steps = pl.DataFrame(list(places.items()), schema=schema, orient="row")
    rows = rows.join(export.engine.small(steps), on="rank", how="inner")
    rows = rows.filter(nw.col("effective_on") <= books.schedule.as_of)
    return rows.select(nw.col("distributor_id").alias("person"), nw.col("effective_on").alias("day"), "step")


def steps_at(books: Books, days: Sequence[int], *, title: bool = False) -> Frame:
    """`person` and `_step_<day>`: the place on the ladder by each day (same day: the highest); null without a row."""
    ends = sorted({day for span in books.spans for day in (span.before, span.end)})
    if not set(days) <= set(ends):
        return _steps_at(books, days, title=title)
    known = books.once_here(("steps", title), lambda: books.engine.materialise(_steps_at(books, ends, title=title)))
    return known.select("person", *(f"_step_{day}" for day in days))


def _steps_at(books: Books, days: Sequence[int], *, title: bool) -> Frame:
    """The latest row of each person, and of a day's the highest, of those before the end of each day."""
    engine = books.engine
    behind = reduce(add, ((nw.col("day") > day).cast(nw.Int32) for day in days))
    # As text a place is as long as any other, and so in order with them.
    step = nw.col("step").cast(nw.String).str.zfill(PLACES)
    rows = rank_rows(books, title=title).filter(~nw.col("person").is_null())
    latest = engine.latest(nw.col("day") + OFFSET, step).alias("latest")
    rows = rows.select(nw.col("person").alias("unit"), behind.alias("cell"), latest)
    names = {f"_step_{day}": at + 1 for at, day in enumerate(days)}
    found = engine.histories(engine.materialise(rows), (), [], names)
    return found.select(nw.col("unit").alias("person"), *(nw.col(name).cast(nw.Int16) for name in names))


def ranks_at(books: Books, days: Sequence[int]) -> Frame:
    """`person` and `_rank_<day>`: without a row by then the lowest rank; null for people who never enrolled."""
    people = books.people().select("person", "enrolled")
    frame = people.join(steps_at(books, days), on="person", how="full")
    ranks = []
    for day in days:
        lowest = nw.when(~nw.col("enrolled").is_null()).then(nw.lit(0, dtype=nw.Int64))
        frame = frame.with_columns(nw.coalesce(nw.col(f"_step_{day}"), lowest).alias(f"_step_{day}"))
        ranks.append(named_step(books, f"_step_{day}").alias(f"_rank_{day}"))
    return frame.select(nw.coalesce("person", "person_right").alias("person"), *ranks)


def named_step(books: Books, column: str) -> Expr:
    """The rank at the place on the ladder that a column tells."""
    kind = books.engine.labels(books.ladder)
    name = nw.lit(None, dtype=kind)
    for step, rank in enumerate(books.ladder):
        name = nw.when(nw.col(column) == step).then(nw.lit(rank, dtype=kind)).otherwise(name)
    return name
