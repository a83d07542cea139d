"""Leaders: what a person's whole team comes to in a period, worked out over the tree on the driver."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from mlmkpi.books.attributes import DISTRIBUTOR, ranked, seller_attributes
from mlmkpi.books.books import Books
from mlmkpi.books.dimensions import Boundary, Dimensions
from mlmkpi.books.expressions import LARGEST, Expr, flag
from mlmkpi.books.lineage import TREE, Lineage
from mlmkpi.books.ranks import LADDER, steps_at
from mlmkpi.books.roster import DAYS
from mlmkpi.books.rules import OrderRules
from mlmkpi.books.spans import Span
from mlmkpi.engines import Frame
from mlmkpi.facts.base import Fact, measure, scaled
from mlmkpi.facts.people import ENROLLED
from mlmkpi.facts.sellers import Sellers
from mlmkpi.genealogy import active_legs, breakaway, depth_limited_sums, largest_leg, max_depth_below, subtree_sums
from mlmkpi.genealogy.strides import NOBODY, Ints

Int64s = NDArray[np.int64]
Flags = NDArray[np.bool_]
Columns = dict[str, NDArray[Any]]
RANKED = ("ranks.rank", LADDER)
BEYOND = "team volumes come to more than can be summed: each counts once for everybody above it"


@dataclass(frozen=True, eq=False)
class Members:
    """The people of a tree by index, with the days that say when they were on the books."""

    lineage: Lineage
    days: Mapping[str, Int64s]

    @classmethod
    def of(cls, books: Books, lineage: Lineage) -> Members:
        """The people of the books."""
        people = books.engine.collect(books.people().select("person", *DAYS))
        at = lineage.places(people["person"])
        days = {}
        for name in DAYS:
            days[name] = np.zeros(len(lineage), dtype=np.int64)
            days[name][at] = people[name].to_numpy()
        return cls(lineage, days)

    def listed(self, day: int) -> Flags:
        """Who is on the books on a day."""
        enrolled, terminated, returned = (self.days[name] for name in DAYS)
        found: Flags = (enrolled <= day) & ~((terminated <= day) & ~(returned <= day))
        return found

    def placed(self, frame: pl.DataFrame, *columns: str) -> Int64s:
        """Columns of rows of people (`unit`), columns × people: what a person's rows add up to, 0 for who has none."""
        at = self.lineage.places(frame["unit"])
        known = at != NOBODY
        at, rows = (at, frame) if known.all() else (at[known], frame.filter(pl.Series(known)))
        found = np.zeros((len(columns), len(self.lineage)), dtype=np.int64)
        for sums, name in zip(found, columns, strict=True):
            column = rows[name].fill_null(0) if rows[name].has_nulls() else rows[name]
            np.add.at(sums, at, column.cast(pl.Int64).to_numpy())
        return found

    def began(self) -> Int64s:
        """The day on which each person's first recruit in the tree enrolled, a far day for nobody."""
        tree = self.lineage.tree
        first = np.full(len(tree), np.iinfo(np.int64).max)
        below = np.flatnonzero(tree.parents != NOBODY)
        np.minimum.at(first, tree.parents[below], self.days["enrolled"][below])
        return first

    def rows(self, span: Span, people: Ints, columns: Columns) -> pl.DataFrame:
        """Rows of a period of people by index: `unit`, `span` and the columns, which are theirs."""
        return pl.DataFrame({
            "unit": self.lineage.ids.gather(people),
            "span": pl.Series([span.index], dtype=pl.Int32).new_from_index(0, len(people)),
            **columns,
        })


@dataclass(frozen=True)
class TeamVolumes(Fact):
    """One row a person and period with the volume of their team: themselves (or not) and everybody below them.

    `team_depth` keeps so many generations. Split by person, everybody with a team or a volume has a row; else whoever
    is on the books and sponsors somebody, those without anybody on the books below them counting nothing.
    """

    rules: OrderRules
    team_includes_self: bool = True
    team_depth: int | None = None

    own_days: ClassVar[bool] = True
    of_leaders: ClassVar[bool] = True
    reads_tree: ClassVar[bool] = True

    def needs(self) -> tuple[str, ...]:
        """Who is a distributor, who sells, and who stands under whom."""
        return (ENROLLED, *self._sellers.needs(), TREE)

    def prepare(self, books: Books, dimensions: Dimensions) -> None:
        """Ask for the seller cells."""
        self._sellers.prepare(books, ())

    @property
    def _sellers(self) -> Sellers:
        return Sellers(self.rules, with_volume=True)

    def rows(self, books: Books, dimensions: Dimensions, at: Boundary) -> Frame:
        """Rows by span."""
        personal = self.of_leaders and any(d.name == DISTRIBUTOR for d in dimensions)
        key = ("team volumes", self.rules, self.team_includes_self, self.team_depth, personal)
        frame = books.once_here(key, lambda: self._build(books, at, personal=personal))
        return seller_attributes(books, dimensions, at).attach(frame, "unit")

    def _build(self, books: Books, at: Boundary, *, personal: bool) -> Frame:
        members = Members.of(books, books.lineage().by_place)
        sold = _sold(books, self._sellers, at)
        ranks = _ranks(books, members) if personal else {}
        still: Columns = {}
        if personal:
            still = {"levels": max_depth_below(members.lineage.tree), "began": members.began()}
        frames = []
        for span in books.spans:
            volume, active = members.placed(sold.filter(pl.col("span") == span.index), "volume", "active")
            rows = self._span(members, span, volume, active, still, ranks.get(span.end))
            if not personal and rows["team_volume"].cast(pl.Float64).abs().sum() > LARGEST:
                books.unknown[TeamVolumes(self.rules, self.team_includes_self, self.team_depth), span.index] = BEYOND
            frames.append(rows)
        return books.engine.small(pl.concat(frames))

    def _span(
        self, members: Members, span: Span, own: Int64s, active: Int64s, still: Columns, ranks: Int64s | None
    ) -> pl.DataFrame:
        tree, listed = members.lineage.tree, members.listed(span.end)
        whole = subtree_sums(tree, own)
        legs = largest_leg(tree, whole)
        columns: Columns = {"team_volume": self._team(members, own, whole), "whole": whole, "largest": legs}
        if not still:
            people = np.flatnonzero(listed & (tree.legs > 0))
            stands = subtree_sums(tree, listed, include_self=False, of=people) > 0
            return members.rows(span, people, {**_of(people, columns), "stands": stands})
        began, size = still["began"], subtree_sums(tree, listed, include_self=False)
        columns |= {
            "stands": np.ones(len(tree), dtype=np.bool_), "own": own, "size": size, "levels": still["levels"],
            "frontline": np.bincount(tree.parents[listed & (tree.parents != NOBODY)], minlength=len(tree)),
            "active_legs": active_legs(tree, active > 0),
            "new_leaders": subtree_sums(tree, (began >= span.start) & (began <= span.end)),
            "cut": whole if ranks is None else breakaway(tree, own, ranks),
        }
        here = (members.days["enrolled"] <= span.end) & (tree.legs > 0)
        people = np.flatnonzero(here | (own != 0) | (active > 0))
        return members.rows(span, people, _of(people, columns))

    def _team(self, members: Members, own: Int64s, whole: Int64s) -> Int64s:
        tree = members.lineage.tree
        if self.team_depth is None:
            return whole if self.team_includes_self else whole - own
        limited: Int64s = depth_limited_sums(tree, own, depth=self.team_depth, include_self=self.team_includes_self)
        return limited

    @scaled
    def volume(self) -> Expr:
        """The team's volume."""
        return nw.col("team_volume") * flag(nw.col("stands"))

    @measure
    def heads(self) -> Expr:
        """People whose team it is."""
        return flag(nw.col("stands"))

    @scaled
    def own_volume(self) -> Expr:
        """The person's own volume."""
        return nw.col("own")

    @measure
    def team_size(self) -> Expr:
        """People below on the books at the period's end."""
        return nw.col("size")

    @measure
    def frontline(self) -> Expr:
        """Those of them directly below."""
        return nw.col("frontline")

    @measure
    def levels(self) -> Expr:
        """Generations below."""
        return nw.col("levels")

    @measure
    def active_legs(self) -> Expr:
        """People directly below who, or somebody below whom, had a sale in the period."""
        return nw.col("active_legs")

    @scaled
    def largest(self) -> Expr:
        """The largest volume of a person directly below with everybody below them."""
        return nw.col("largest")

    @scaled
    def whole(self) -> Expr:
        """The volume of the person and everybody below them."""
        return nw.col("whole")

    @scaled
    def outside(self) -> Expr:
        """The same without the largest leg."""
        return nw.col("whole") - nw.col("largest")

    @scaled
    def breakaway(self) -> Expr:
        """The volume down to the next person of the person's rank or above at the period's end."""
        return nw.col("cut")

    @measure
    def new_leaders(self) -> Expr:
        """People of the team whose first recruit in the tree enrolled in the period."""
        return nw.col("new_leaders")


@dataclass(frozen=True)
class Legs(TeamVolumes):
    """One row a person on the books who sponsors somebody: how large the largest leg is in their team."""

    of_leaders: ClassVar[bool] = False

    @measure
    def sold(self) -> Expr:
        """Those whose team has a volume above 0."""
        return flag(nw.col("whole") > 0)


def _of(people: Ints, columns: Columns) -> Columns:
    """These people's figures."""
    return {name: values[people] for name, values in columns.items()}


def _sold(books: Books, sellers: Sellers, at: Boundary) -> pl.DataFrame:
    """`unit`, `span`, `volume`, `active`: a row a seller, their own volume, and whether they had a sale."""
    rows = sellers.rows(books, (), at)
    key = "span" if "span" in rows.collect_schema().names() else "cell"
    found = books.engine.collect(rows.select("unit", key, "volume", flag(nw.col("active")).alias("active")))
    return found.join(books.cells_of_spans(), on="cell") if key == "cell" else found


def _ranks(books: Books, members: Members) -> dict[int, Int64s]:
    """Each person's place on the ladder at every period's end; empty where there is no history or no ladder."""
    if not ranked(books.export) or not books.ladder:
        return {}
    days = sorted({span.end for span in books.spans})
    steps = books.engine.collect(steps_at(books, days)).rename({"person": "unit"})
    return dict(zip(days, members.placed(steps, *(f"_step_{day}" for day in days)), strict=True))
