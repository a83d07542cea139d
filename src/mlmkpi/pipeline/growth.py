"""Growth rates: a figure beside the same one in an earlier period."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from mlmkpi.books.spans import Schedule
from mlmkpi.declaration import SCALE
from mlmkpi.kpi import Back
from mlmkpi.pipeline.figure_parts import INDEXES
from mlmkpi.pipeline.ratios import divided
from mlmkpi.pipeline.result import FIGURES

NO_BASE = "nothing to compare with: the earlier period has no figure above 0"
NOT_NOW = "nothing to compare: the period has no figure"


def linked(schedule: Schedule, back: Back) -> Sequence[int | None]:
    """For every span the one that growth looks back to."""
    return schedule.before if back is Back.PREVIOUS else schedule.year_before


def with_earlier(frame: pl.DataFrame, links: Sequence[int | None]) -> pl.DataFrame:
    """The frame's rows with `_numerator` and `_denominator`, what each had in the span it is linked to.

    What had them there alone has a row too, with null figures; `people` are those of the earlier figure.
    """
    told = pl.DataFrame({"span": list(range(len(links))), "_earlier": list(links)},
                        schema={"span": pl.Int32, "_earlier": pl.Int32})
    keys = [name for name in frame.columns if name not in (*FIGURES, "note", "people")]
    then = ["people"] if "people" in frame.columns else []
    before = frame.rename({"span": "_earlier"}).join(told, on="_earlier", how="inner")
    earlier = [pl.col(name).alias(f"_{name}") for name in ("numerator", "denominator")]
    before = before.select(*keys, *then, *earlier)
    return frame.drop(then).join(before, on=keys, how="full", nulls_equal=True, coalesce=True)


def grown(frame: pl.DataFrame, back: Back, schedule: Schedule, *, total: bool) -> pl.DataFrame:
    """The figures' growth: numerator = now − before, denominator = before; null where before is not above 0.

    `total` says that the figure is a sum, which is 0 where it has no row. Sums are compared as whole ten-thousandths.
    """
    rows = with_earlier(frame, linked(schedule, back))
    sums = ("numerator", "denominator", "_numerator", "_denominator")
    n, d, n0, d0 = ((rows[name] * SCALE).round().cast(pl.Int128) for name in sums)
    if total:
        ones = pl.Series([SCALE] * rows.height, dtype=pl.Int128)
        n, n0, d, d0 = n.fill_null(0), n0.fill_null(0), ones, ones
    difference, scale = n * d0 - n0 * d, d * d0
    based, both = ((d0 > 0) & (n0 > 0)).fill_null(False), ((d > 0) & (d0 > 0)).fill_null(False)
    note = pl.when(~based).then(pl.lit(NO_BASE)).when(~both).then(pl.lit(NOT_NOW))
    return rows.with_columns(
        divided("numerator", difference, scale), divided("denominator", n0, d0),
        divided("value", difference, n0 * d),
        *(pl.lit(None, dtype=pl.Float64).alias(name) for name in ("low", "high")),
        note.otherwise(None).alias("note"),
    ).with_columns(
        pl.when(both).then("numerator"), pl.when(based & both).then("value"),
        pl.when(d0 > 0).then("denominator"),
    ).drop("_numerator", "_denominator")


def index_rows(frame: pl.DataFrame, keys: Sequence[str], schedule: Schedule) -> pl.DataFrame:
    """The frame of sums with `index` and `index_year`: a cell's growth (numerator) beside that of all (denominator).

    `keys` are the columns within which cells are parts of a whole. Null where something is not above 0.
    """
    main = frame.filter(pl.col("statistic") == "value")
    frames = [frame]
    for back, name in INDEXES.items():
        rows = with_earlier(main, linked(schedule, back)).filter(pl.col("value").is_not_null())
        n, n0 = ((rows[column] * SCALE).round().cast(pl.Int128) for column in ("numerator", "_numerator"))
        wholes = main.group_by(keys).agg(pl.col("numerator").mul(SCALE).round().cast(pl.Int64).sum().alias("_all"))
        told = pl.DataFrame({"span": list(range(len(schedule.spans))), "_back": list(linked(schedule, back))},
                            schema={"span": pl.Int32, "_back": pl.Int32})
        earlier = wholes.rename({"span": "_back", "_all": "_all_then"})
        others = [key for key in keys if key != "span"]
        rows = rows.join(told, on="span", how="left", maintain_order="left")
        rows = rows.join(wholes, on=list(keys), how="left", nulls_equal=True, maintain_order="left")
        rows = rows.join(earlier, on=["_back", *others], how="left", nulls_equal=True, maintain_order="left")
        total, total0 = rows["_all"].cast(pl.Int128), rows["_all_then"].cast(pl.Int128)
        hundred = pl.Series([100] * rows.height, dtype=pl.Int128)
        known = ((n0 > 0) & (total > 0) & (total0 > 0)).fill_null(False)
        rows = rows.with_columns(
            divided("numerator", n, n0).set(~known, None),
            divided("denominator", total, total0).set(~known, None),
            divided("value", n * total0 * hundred, n0 * total).set(~known, None),
            pl.lit(name).alias("statistic"), pl.when(~known).then(pl.lit(NO_BASE)).alias("note"),
        )
        frames.append(rows.drop("_numerator", "_denominator", "_back", "_all", "_all_then"))
    return pl.concat(frames, how="diagonal")
