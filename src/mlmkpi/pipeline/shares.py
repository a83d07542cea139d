"""What the cells of a KPI's own split say together: Herfindahl's index, the largest of them, Pareto's share."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import polars as pl

from mlmkpi.books.dimensions import UNKNOWN
from mlmkpi.declaration import SCALE
from mlmkpi.kpi import Block, Ratio
from mlmkpi.statistics.concentration import herfindahl

TOP = 5
"""Pareto looks at the largest fifth."""

NOTHING = "nothing known to share out"
Summary = tuple[float | None, float | None, float | None]


def shares_of_block(
    frame: pl.DataFrame, figure: Ratio, block: Block, keys: Sequence[str], spans: pl.DataFrame,
    people: pl.DataFrame | None,
) -> pl.DataFrame:
    """The frame with what a block's cells say together, a row for the values of the other dimensions asked for.

    Where only the largest cells are wanted, those by value (ties by label) are kept. `people` stand behind such a row.
    """
    if not block or (figure.largest is None and not any(dimension in block for _, dimension in figure.herfindahl)):
        return frame
    keys = [name for name in keys if name not in block]
    spans = spans if keys == ["span"] else spans.clear()
    main = frame.filter(pl.col("statistic") == "value")
    for name, dimension in figure.herfindahl:
        if dimension in block:
            rows = _with(_summaries(main, keys, block, spans, _herfindahl), name, people, keys)
            frame = pl.concat([frame, rows], how="diagonal")
    if figure.largest is None:
        return frame
    known = main.filter(pl.col(block[0]) != UNKNOWN)
    rows = _with(_summaries(known, keys, block, spans, _pareto), "pareto", people, keys)
    return pl.concat([_largest(frame, main, figure.largest, keys, block), rows], how="diagonal")


def _with(rows: pl.DataFrame, statistic: str, people: pl.DataFrame | None, keys: list[str]) -> pl.DataFrame:
    rows = rows.with_columns(pl.lit(statistic).alias("statistic"))
    return rows if people is None else rows.join(people, on=keys, how="left", nulls_equal=True)


def _summaries(
    main: pl.DataFrame, keys: list[str], block: Block, spans: pl.DataFrame, say: Callable[[list[int]], Summary]
) -> pl.DataFrame:
    """What is said of each group's known cells, given as whole ten-thousandths."""
    cells: dict[tuple[object, ...], list[int]] = {}
    whole = (main["numerator"] * SCALE).round().cast(pl.Int64)
    for (*key, label), cell in zip(main[[*keys, block[0]]].iter_rows(), whole.to_list(), strict=True):
        known = cells.setdefault(tuple(key), [])
        if label not in (None, UNKNOWN):
            known.append(cell)
    rows = [(*key, *say(known)) for key, known in cells.items()]
    seen = {row[0] for row in rows}
    rows += [(span, *say([])) for span in spans["span"] if span not in seen]
    schema: dict[str, pl.DataType] = {name: main.schema[name] for name in keys}
    schema |= dict.fromkeys(("numerator", "denominator", "value"), pl.Float64())
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    return frame.with_columns(pl.when(pl.col("value").is_null()).then(pl.lit(NOTHING)).alias("note"))


def _herfindahl(cells: list[int]) -> Summary:
    """No numerator, how many cells, and Σ share²; a cell below 0 counts as 0."""
    return None, float(len(cells)), herfindahl(max(cell, 0) for cell in cells)


def _pareto(cells: list[int]) -> Summary:
    """The sum of the ⌈20 %⌉ largest, that of all, and the share."""
    top = sum(sorted(cells, reverse=True)[: -(-len(cells) // TOP)])
    whole = sum(cells)
    return top / SCALE, whole / SCALE, top / whole if whole > 0 else None


def _largest(frame: pl.DataFrame, main: pl.DataFrame, count: int, keys: list[str], block: Block) -> pl.DataFrame:
    """The rows of the largest known cells of each group."""
    known = main.filter(pl.col(block[0]) != UNKNOWN).sort(
        [*keys, "value", *block], descending=[*[False] * len(keys), True, *[False] * len(block)], nulls_last=True
    )
    kept = known.filter(pl.int_range(pl.len()).over(keys) < count).select(*keys, *block)
    return frame.join(kept, on=[*keys, *block], how="semi", nulls_equal=True)
