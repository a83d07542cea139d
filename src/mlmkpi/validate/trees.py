"""People who stand above themselves through others: the cycles of the sponsor and the enroller tree."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mlmkpi.sources import Finding
from mlmkpi.validate.rows import Rows
from mlmkpi.validate.rule import Rule

_ROLES = (("sponsor_id", "sponsor"), ("enroller_id", "enroller"))


def tree_findings(rows: Rows) -> Iterator[Finding]:
    """The people of a table of distributors or enrolments who are on a cycle."""
    for column, role in _ROLES:
        if not {"distributor_id", column} <= rows.readable:
            continue
        circling = _circling(rows, column)
        if circling.len():
            broken = pl.col("distributor_id").cast(pl.String).is_in(circling.implode())
            message = f"somebody is above their own {role}; figures of the tree are left out"
            frame = rows.frame({"distributor_id", column, *rows.key}, places=True).filter(broken)
            count = int(frame.select(pl.len()).collect(engine="streaming").item())
            yield rows.shown(Rule(f"{role}-cycle", column, broken, message), count, frame)


def _circling(rows: Rows, column: str) -> pl.Series:
    """The ids on a cycle of two or more."""
    above = rows.frame({"distributor_id", column}).select(
        pl.col("distributor_id").cast(pl.String), pl.col(column).cast(pl.String).alias("above")
    )
    # one row a person: of several, as enrollments may have, the highest id above
    single = above.drop_nulls("distributor_id").group_by("distributor_id").agg(pl.col("above").max())
    people = single.collect(engine="streaming").with_row_index("at")
    places = people.select("distributor_id", "at").rename({"distributor_id": "above", "at": "parent"})
    joined = people.join(places, on="above", how="left", maintain_order="left")
    parents = joined["parent"].cast(pl.Int64).fill_null(-1).to_numpy()
    return people["distributor_id"].gather(_on_cycles(parents)).sort()


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
