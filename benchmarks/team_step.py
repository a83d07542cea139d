"""The step from people's own sums to leaders' sums alone: running sums beside a recursive query, in one run.

Both start from sums that lie ready, a row a person and month, and give each leader's: `python -m benchmarks.team_step`.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from benchmarks.data import company
from benchmarks.rivals.teams import walked
from mlmkpi.genealogy import Tree, subtree_sums

MONTHS, RUNS = 13, 3
Ints = NDArray[np.integer[Any]]


def sponsors(exports: Path) -> Ints:
    """The sponsor of each distributor of an export by index, -1 for nobody."""
    people = pl.read_parquet(exports / "distributors.parquet", columns=["distributor_id", "sponsor_id"])
    above = people.select(sponsor_id="distributor_id").with_row_index("at")
    found = people.join(above, on="sponsor_id", how="left", maintain_order="left")
    return found["at"].cast(pl.Int64).fill_null(-1).to_numpy()


def parents_of(people: int, seed: int = 1) -> Ints:
    """A tree in which everybody is sponsored by somebody who came before, one in a hundred by nobody."""
    chance = np.random.default_rng(seed)
    above = chance.integers(0, np.maximum(np.arange(people), 1))
    return np.where((chance.random(people) < 0.01) | (np.arange(people) == 0), -1, above)


def running(parents: Ints, own: Ints) -> tuple[Ints, Ints]:
    """The leaders, and their sums by month and measure, from people's own by month, measure and person."""
    tree = Tree.of(parents)
    leaders = tree.leaders
    return leaders, subtree_sums(tree, own, of=leaders)


def recursive(database: duckdb.DuckDBPyConnection, measures: int) -> pa.Table:
    """The same from the tables `below` and `own` of the database."""
    return database.sql(walked("own", tuple(f"s{at}" for at in range(measures)))).to_arrow_table()


def database_of(parents: Ints, own: Ints) -> duckdb.DuckDBPyConnection:
    """The tree and the sums as tables in memory."""
    people = np.flatnonzero(parents >= 0)
    below = pa.table({"id": people.astype(np.int32), "leader": parents[people].astype(np.int32)})
    months = [
        pa.table({"id": np.arange(len(parents), dtype=np.int32), "m": np.full(len(parents), at, dtype=np.int8),
                  **{f"s{number}": row for number, row in enumerate(month)}})
        for at, month in enumerate(own)
    ]
    everybody = pa.concat_tables(months)
    database = duckdb.connect()
    for name, table in (("below", below), ("own", everybody)):
        database.register("_given", table)
        database.execute(f"create table {name} as from _given")
        database.unregister("_given")
    return database


def _spent(run: Callable[..., object], *given: object) -> float:
    """The seconds of the best of some runs."""
    spent = []
    for _ in range(RUNS):
        begun = time.perf_counter()
        run(*given)
        spent.append(time.perf_counter() - begun)
    return min(spent)


def main() -> None:
    """Print what both took in seconds, for a few and for many sums."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.team_step", description=__doc__)
    parser.add_argument("--people", type=int, default=100_000, help="how many people the deep tree has")
    parser.add_argument("--folder", type=Path, default=Path(".bench"), help="where the companies are kept")
    chosen = parser.parse_args()
    trees = {
        "the demo's": sponsors(company(chosen.folder, 10 * chosen.people)), "random": parents_of(chosen.people),
    }
    print("| tree | sums, 13 months | running sums | recursive query | times |\n|---|--:|--:|--:|--:|")
    for name, parents in trees.items():
        for measures in (2, 8, 20):
            own = np.random.default_rng(2).integers(0, 10_000_000, (MONTHS, measures, len(parents)))
            database = database_of(parents, own)
            ours, theirs = _spent(running, parents, own), _spent(recursive, database, measures)
            print(f"| {name} | {measures} | {ours:.3f} | {theirs:.3f} | {theirs / ours:.1f} |")


if __name__ == "__main__":
    main()
