"""Small cells: a segment by age or gender behind which stand few people is hidden."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from mlmkpi.books.dimensions import is_private
from mlmkpi.books.spans import Schedule
from mlmkpi.pipeline.constant import constant
from mlmkpi.pipeline.figure_parts import INDEXES
from mlmkpi.pipeline.growth import linked
from mlmkpi.pipeline.result import FIGURES

NOTE = "hidden: fewer than {} people (min_cell)"


def indexes_hidden(frame: pl.DataFrame, split: Sequence[str], schedule: Schedule, min_cell: int) -> pl.DataFrame:
    """The frame with indexes null whose earlier cell is hidden, as they would tell what it was."""
    secret = frame.filter(pl.col("_hidden") & (pl.col("statistic") == "value")).select("span", *split)
    if secret.is_empty():
        return frame
    told = pl.concat(
        pl.DataFrame({"_now": range(len(links)), "span": list(links)}, schema={"_now": pl.Int32, "span": pl.Int32})
        .with_columns(pl.lit(name).alias("statistic"))
        for links, name in ((linked(schedule, back), name) for back, name in INDEXES.items())
    )
    hide = secret.join(told, on="span").drop("span").rename({"_now": "span"}).with_columns(pl.lit(True).alias("_then"))
    frame = frame.join(hide, on=["span", *split, "statistic"], how="left", nulls_equal=True, maintain_order="left")
    then = pl.col("_then").fill_null(False)
    return frame.with_columns(
        *(pl.when(~then).then(pl.col(name)).alias(name) for name in FIGURES),
        pl.when(then).then(pl.lit(NOTE.format(min_cell))).otherwise(pl.col("note")).alias("note"),
        (pl.col("_hidden") | then).alias("_hidden"),
    ).drop("_then")


def hidden(frame: pl.DataFrame, split: Sequence[str], min_cell: int, mains: Sequence[str] = ("value",)) -> pl.DataFrame:
    """The frame with the figures of small cells null; where one cell alone would be hidden, so is the next smallest.

    `people` says how many stand behind a row; it is gone afterwards, and `_hidden` says which rows are hidden. `mains`
    are the statistics that have people of their own; the others have the value's, but may lack some of its cells.
    """
    private = [name for name in split if is_private(name)]
    if not private or not min_cell or frame.is_empty():
        kept = [name for name in frame.columns if name != "people"]
        return frame[kept].hstack([constant("_hidden", False, pl.Boolean(), frame.height)])
    main = pl.when(pl.col("statistic").is_in(list(mains))).then(pl.col("statistic")).otherwise(pl.lit("value"))
    frame, keys = frame.with_columns(main.alias("_main")), ["span", *split, "_main"]
    people = frame.filter(pl.col("statistic") == pl.col("_main")).select(*keys, pl.col("people").fill_null(0))
    cells = frame.filter(pl.any_horizontal(pl.col(name).is_not_null() for name in private)).drop("people")
    cells = cells.join(people, on=keys, how="inner", nulls_equal=True).sort("span", "people", *split)
    apart = ["span", "statistic", *(pl.col(name).is_null() for name in split)]
    small = pl.col("people") < min_cell
    alone, next_one = small.sum().over(apart) == 1, pl.int_range(pl.len()).over(apart) == 1
    keys = ["span", *split, "statistic"]
    cells = cells.select(*keys, (small | (alone & next_one)).alias("_hide"))
    frame = frame.join(cells, on=keys, how="left", nulls_equal=True)
    hide = pl.col("_hide").fill_null(False)
    return frame.with_columns(
        *(pl.when(~hide).then(pl.col(name)).alias(name) for name in FIGURES),
        pl.when(hide).then(pl.lit(NOTE.format(min_cell))).otherwise(pl.col("note")).alias("note"),
        hide.alias("_hidden"),
    ).drop("people", "_hide", "_main")
