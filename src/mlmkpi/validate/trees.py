"""People who stand above themselves through others: the cycles of the sponsor and the enroller tree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mlmkpi.sources import Finding
from mlmkpi.validate.lookups import hashed
from mlmkpi.validate.rows import Rows
from mlmkpi.validate.rule import Rule

_ROLES = (("sponsor_id", "sponsor", ("distributors", "enrollments")),
          ("enroller_id", "enroller", ("enrollments", "distributors")))


def tree_findings(rows: Rows, readable: Mapping[str, frozenset[str]]) -> Iterator[Finding]:
    """The people who are on a cycle of a tree, if this is the table that the tree is read from."""
    for column, role, tables in _ROLES:
        holder = next((table for table in tables if column in readable.get(table, ())), None)
        if holder != rows.source.table.name:
            continue
        circling = _circling(rows, column)
        if circling.len():
            broken = hashed(pl.col("distributor_id")).is_in(circling.implode())
            message = f"somebody is above their own {role}; figures of the tree are left out"
            frame = rows.frame({"distributor_id", column, *rows.key}).filter(broken)
            count = int(frame.select(pl.len()).collect(engine="streaming").item())
            yield rows.shown(Rule(f"{role}-cycle", column, broken, message), count, frame)


def _circling(rows: Rows, column: str) -> pl.Series:
    """The hashed ids on a cycle of two or more; of several rows of a person the highest parent counts."""
    person, above = hashed(pl.col("distributor_id")), pl.col(column).cast(pl.String)
    named = rows.source.scan(["distributor_id", column]).select(person=person, above=above).drop_nulls()
    people = named.group_by("person").agg(pl.col("above").max()).collect(engine="streaming")
    people = people.select("person", above=hashed(pl.col("above"))).with_row_index("at")
    places = people.lazy().select(above="person", parent="at")
    joined = people.lazy().join(places, on="above", how="left", maintain_order="left").select("parent").collect()
    parents = joined["parent"].cast(pl.Int64).fill_null(-1).to_numpy()
    return people["person"].gather(_on_cycles(parents))


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
