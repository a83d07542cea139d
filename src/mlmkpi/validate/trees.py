"""People who stand above themselves through others: the cycles of the sponsor and the enroller tree."""

from __future__ import annotations

from collections.abc import Iterator

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from mlmkpi.engines.checking import KEY
from mlmkpi.sources import Finding
from mlmkpi.validate.lookups import Lookups
from mlmkpi.validate.rows import Rows
from mlmkpi.validate.rule import Rule

_ROLES = (("sponsor_id", "sponsor", ("distributors", "enrollments")),
          ("enroller_id", "enroller", ("enrollments", "distributors")))


def tree_findings(rows: Rows, lookups: Lookups) -> Iterator[Finding]:
    """The people who are on a cycle of a tree, if this is the table that the tree is read from."""
    for column, role, tables in _ROLES:
        holder = next((table for table in tables if column in lookups.readable.get(table, ())), None)
        if holder != rows.table.name:
            continue
        circling = _circling(rows, column)
        if circling.height:
            message = f"somebody is above their own {role}; figures of the tree are left out"
            frame = rows.placed({"distributor_id", column, *rows.key})
            broken = rows.engine.among(frame, "distributor_id", rows.engine.small(circling))
            count = int(rows.engine.collect(broken.select(nw.len())).item())
            yield rows.shown(Rule(f"{role}-cycle", column, nw.lit(True), message), count, broken)


def _circling(rows: Rows, column: str) -> pl.DataFrame:
    """The keyed ids on a cycle of two or more; of several rows of a person the highest parent counts."""
    named = rows.engine.keyed(rows.scan(["distributor_id", column]), "distributor_id")
    named = named.select(nw.col(KEY), nw.col(column).cast(nw.String).alias("above")).drop_nulls([KEY, "above"])
    people = rows.engine.collect(named.group_by(KEY).agg(nw.col("above").max()))
    people = people.select(KEY, rows.engine.keys(people["above"])).with_row_index("at")
    places = people.lazy().select(pl.col(KEY).alias("above"), parent="at")
    joined = people.lazy().join(places, on="above", how="left", maintain_order="left").select("parent").collect()
    parents = joined["parent"].cast(pl.Int64).fill_null(-1).to_numpy()
    return people.select(KEY)[_on_cycles(parents)]


def _on_cycles(parents: NDArray[np.int64]) -> NDArray[np.int64]:
    """The people on a cycle, those alone on it left out: where everybody ends up who climbs for ever."""
    nobody = len(parents)
    up = np.append(np.where(parents < 0, nobody, parents), nobody)
    far = up
    for _ in range(max(1, nobody).bit_length()):
        far = far[far]
    ends = np.unique(far)
    circling: NDArray[np.int64] = ends[(ends != nobody) & (up[ends] != ends)]
    return circling
