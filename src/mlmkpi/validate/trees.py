"""People who stand above themselves through others: the cycles of the sponsor and the enroller tree."""

from __future__ import annotations

from collections.abc import Iterator

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from mlmkpi.engines.checking import KEY
from mlmkpi.sources import Finding
from mlmkpi.tables import ROSTER
from mlmkpi.validate.lookups import Lookups
from mlmkpi.validate.rows import Rows
from mlmkpi.validate.rule import Rule

_ROLES = (("sponsor_id", "sponsor", ROSTER), ("enroller_id", "enroller", ROSTER[::-1]))


def tree_findings(rows: Rows, lookups: Lookups) -> Iterator[Finding]:
    """The people who are on a cycle of a tree, if this is the table that the tree is read from."""
    for column, role, tables in _ROLES:
        holder = next((table for table in tables if column in lookups.readable.get(table, ())), None)
        if holder != rows.table.name:
            continue
        people, parents = rows.engine.parents(rows.table.name, column)
        circling = _on_cycles(parents)
        if len(circling):
            message = f"somebody is above their own {role}; figures of the tree are left out"
            frame = rows.placed({"distributor_id", column, *rows.key})
            ids = rows.engine.small(people[circling].alias(KEY).to_frame())
            broken = rows.engine.among(frame, "distributor_id", ids)
            count = int(rows.engine.collect(broken.select(nw.len())).item())
            yield rows.shown(Rule(f"{role}-cycle", column, nw.lit(True), message), count, broken)


def _on_cycles(parents: NDArray[np.int64]) -> NDArray[np.int64]:
    """The people on a cycle, those alone on it left out: where everybody ends up who climbs for ever."""
    nobody = len(parents)
    up = np.append(np.where(parents < 0, nobody, parents), nobody)
    far, climbing = up.copy(), np.flatnonzero(up != nobody)
    for _ in range(nobody.bit_length()):
        reached = far[far[climbing]]
        far[climbing], climbing = reached, climbing[reached != nobody]
    if not len(climbing):
        return climbing
    ends = np.unique(far[climbing])
    circling: NDArray[np.int64] = ends[up[ends] != ends]
    return circling
