"""Who stands under whom: the roster laid out as a tree on the driver, and the teams that are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from mlmkpi.books.roster import Roster
from mlmkpi.engines import Engine
from mlmkpi.engines.lookup import Table, is_narrow
from mlmkpi.errors import DataError, UsageError
from mlmkpi.genealogy import CycleError, Tree
from mlmkpi.genealogy.strides import NOBODY, Int32s
from mlmkpi.sources import quoted
from mlmkpi.spelling import nearest
from mlmkpi.tables import Kind

TEAM = "team"
TREE = "distributors.sponsor_id|distributors.enroller_id|enrollments.sponsor_id|enrollments.enroller_id"
SHOWN = 10


class TreeKind(StrEnum):
    """Which tree a team is: who sponsors whom carries volume, who enrolled whom carries recruits."""

    SPONSOR = "sponsor"
    ENROLLER = "enroller"


@dataclass(frozen=True)
class Teams:
    """Which teams a run is about: those of some leaders, or all (`leaders` empty), and how far down they go.

    `depth` keeps so many generations below the leader; `generation` keeps that one alone. Of all leaders those have a
    team who have `at_least` so many people below them, whoever left included.
    """

    kind: TreeKind = TreeKind.SPONSOR
    leaders: tuple[str, ...] = ()
    depth: int | None = None
    generation: int | None = None
    at_least: int = 1

    def __post_init__(self) -> None:
        for name in ("depth", "generation"):
            value = getattr(self, name)
            if value is not None and (not isinstance(value, int) or value < 0):
                raise UsageError(f"a team's {name} counts from 0", (("got", repr(value)), ("expected", "0 or more")))
            if value is not None and not self.leaders:
                raise UsageError(f"a {name} is that of the teams asked for", (("fix", "name one: --team ID"),))
        if self.at_least < 1:
            got = (("got", str(self.at_least)), ("expected", "1 or more"))
            raise UsageError("a smallest team has somebody below its leader", got)
        if self.at_least > 1 and self.leaders:
            one_by_one = (("got", "teams that are asked for by their leaders"),)
            raise UsageError("a smallest team is for a split by team", one_by_one)


class LoopError(DataError):
    """Somebody stands above themselves; the message has the ids."""


@dataclass(frozen=True, eq=False)
class Lineage:
    """A tree of people: `ids` as the engine indexes them, in the order of their text or `by_place`, and their tree."""

    ids: pl.Series
    tree: Tree

    def __len__(self) -> int:
        return len(self.ids)

    def places(self, ids: pl.Series) -> NDArray[np.int64]:
        """The index of each id, -1 for who is not in the tree."""
        if self._table is not None:
            return self._table[ids].astype(np.int64)
        known = self.ids.to_frame("id").with_columns(pl.int_range(pl.len(), dtype=pl.Int64).alias("at"))
        found = ids.cast(self.ids.dtype).to_frame("id").join(known, on="id", how="left", maintain_order="left")
        return found["at"].fill_null(NOBODY).to_numpy()

    @cached_property
    def _table(self) -> Table | None:
        """The index of each id, where these are narrow integers."""
        if not is_narrow(self.ids):
            return None
        return Table.of(self.ids, np.arange(len(self), dtype=np.int32), NOBODY)

    @cached_property
    def by_place(self) -> Lineage:
        """The same people in the order of their places in the tree."""
        return Lineage(self.ids.gather(self.tree.order), self.tree.by_place())

    def team(self, leader: int, teams: Teams, *, with_leader: bool) -> Int32s:
        """The people of a leader's team by index."""
        tree = self.tree
        people: Int32s = tree.order[tree.position[leader] : tree.end[leader]]
        below = tree.depth[people] - tree.depth[leader]
        kept = below >= (0 if with_leader else 1)
        if teams.depth is not None:
            kept &= below <= teams.depth
        if teams.generation is not None:
            kept &= below == teams.generation
        chosen: Int32s = people[kept]
        return chosen


def lineage_of(engine: Engine, roster: Roster, kind: TreeKind) -> Lineage:
    """The tree of everybody ever enrolled; whoever's sponsor is not among them is a root. LoopError for a cycle."""
    ids = engine.collect(roster.firsts().select("person"))["person"].sort()
    found = roster.sponsors() if kind is TreeKind.SPONSOR else roster.enrollers()
    parents = np.full(len(ids), NOBODY, dtype=np.int64)
    if found is not None:
        rows = engine.collect(found.filter(~nw.col(kind.value).is_null()).select("person", kind.value))
        lineage = Lineage(ids, Tree.of(np.empty(0, dtype=np.int32)))
        people, above = lineage.places(rows["person"]), lineage.places(rows[kind.value])
        parents[people[people != NOBODY]] = above[people != NOBODY]
    try:
        return Lineage(ids, Tree.of(parents))
    except CycleError as error:
        raise _loop(error.cycle, ids, kind, engine) from None


def _loop(cycle: Int32s, ids: pl.Series, kind: TreeKind, engine: Engine) -> LoopError:
    texts = [quoted(str(text), Kind.ID) for text in engine.decode(ids.gather(cycle[:SHOWN]))]
    ring = [*texts, *(["…"] if len(cycle) > SHOWN else []), texts[0]]
    what = f"{len(cycle):,} people are above one another" if len(cycle) > 1 else "a person is their own"
    return LoopError(
        f"{what} in the {kind} tree" if len(cycle) > 1 else f"{what} {kind}",
        (("got", " under ".join(ring)),
         ("expected", f"a tree: from {kind} to {kind} everybody comes to somebody without one"),
         ("fix", f"correct or empty the {kind} of one of them")),
    )


def leaders_of(engine: Engine, leaders: Sequence[str], lineage: Lineage) -> NDArray[np.int64]:
    """The indexes of leaders asked for by id; UsageError with the nearest ids for one that nobody has."""
    coded = engine.encode(list(leaders))
    places = lineage.places(coded.cast(lineage.ids.dtype))
    for leader, place in zip(leaders, places.tolist(), strict=True):
        if place == NOBODY:
            raise _unknown(leader, engine.decode(lineage.ids))
    return places


def _unknown(leader: str, ids: pl.Series) -> UsageError:
    close = _near(leader.strip(), ids)
    return UsageError(
        f"there is nobody with the id {leader!r}",
        (("expected", "the id of a distributor, as it stands in the export"),
         *((("fix", f"did you mean {close}?"),) if close and quoted(close, Kind.ID) == close else ())),
    )


def _near(text: str, ids: pl.Series) -> str | None:
    """An id that differs in case and leading zeros alone, else one like it among those beside it in order."""
    bare = ids.str.to_lowercase().str.strip_chars_start("0")
    alike = ids.filter(bare == text.lower().lstrip("0"))
    at = int(ids.search_sorted(text))
    return alike[0] if len(alike) else nearest(text, ids.slice(max(at - SHOWN, 0), 2 * SHOWN).to_list())


def members(engine: Engine, lineage: Lineage, teams: Teams, *, with_leader: bool) -> pl.DataFrame:
    """`distributor`, `team`: who belongs to which of the teams asked for, ids as the engine indexes them."""
    frames = []
    for leader in dict.fromkeys(leaders_of(engine, teams.leaders, lineage).tolist()):
        people = lineage.team(leader, teams, with_leader=with_leader)
        named = lineage.ids.gather(people).alias("distributor").to_frame()
        frames.append(named.with_columns(pl.lit(lineage.ids[leader], dtype=lineage.ids.dtype).alias(TEAM)))
    return pl.concat(frames)
