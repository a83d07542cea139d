"""Which cell of a split a person, an order or a customer belongs to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from oracle.definitions import NullError
from oracle.figures import Cell
from oracle.orders import Order
from oracle.world import World

UNKNOWN = "(unknown)"
LINES = ("order.product", "order.category")
LINKED = frozenset(("surveys", "posts", "followers", "clicks", "leads", "trainings", "claims"))


class CannotSplitError(NullError):
    """The KPI cannot be split by a dimension asked for."""


class Split:
    """The dimensions asked for, and the way from a unit to its labels."""

    tree = "sponsor"

    def __init__(self, world: World, dimensions: Sequence[str]) -> None:
        self.world = world
        self.dimensions = tuple(dimensions)
        self.customers: dict[str, Mapping[str, Any]] = {
            row["customer_id"]: row for row in world.export.rows("customers")
        }
        private = {name.rpartition(".")[0] for name in self.dimensions if is_private(name)}
        self.of_customers = private == {"customer"}
        self.by_line = any(name in LINES for name in self.dimensions)

    def check(self, sides: str, own_table: str = "") -> None:
        """The KPI can be split on these sides (`person`, `customer`, `order`, `own`), the export has the columns."""
        for name in self.dimensions:
            if self.is_own(name, sides, own_table):
                continue
            side, _, column = name.rpartition(".")
            if name in LINES:
                side = "line"
            if (side or "person") not in sides.split():
                raise CannotSplitError(f"cannot be split by {name}")
            link = "customer_id" if side == "customer" else "distributor_id"
            if own_table in LINKED and not self.world.export.has(own_table, link):
                raise CannotSplitError(f"needs {own_table}.{link}")
            if side == "customer" and own_table not in LINKED:
                self.world.export.need("orders", "customer_id")
            if side == "line":
                self.world.export.need("order_lines", "product_id")
            table = {"": "distributors", "customer": "customers", "order": "orders", "line": "products"}[side]
            if name == "rank" and self.world.export.has("ranks"):
                self._ladder()
                continue
            if name in ("distributor", "order.product"):
                continue
            columns = ("birth_date", "birth_year") if column == "age_band" else (column,)
            if not any(self.world.export.has(table, found) for found in columns):
                raise CannotSplitError(f"needs {table}.{columns[0]}")

    def is_own(self, name: str, sides: str, table: str) -> bool:
        """Whether a dimension is a column of the KPI's own table; a person's attribute wins where it is named first."""
        order = sides.split()
        if "own" not in order or not self.world.export.has(table, name):
            return False
        return "person" not in order[: order.index("own")] or not self._is_of_people(name)

    def _is_of_people(self, name: str) -> bool:
        export = self.world.export
        if name == "distributor" or (name == "rank" and export.has("ranks")):
            return True
        columns = ("birth_date", "birth_year") if name == "age_band" else (name,)
        return any(export.has("distributors", column) for column in columns)

    def record(self, row: Mapping[str, Any], day: date, sides: str, table: str) -> Cell:
        """The cell of a row of the KPI's own table: its own columns, its distributor's and its customer's."""
        return tuple(
            text(row, name)
            if self.is_own(name, sides, table)
            else self._label(name, row.get("distributor_id"), day, (row.get("customer_id"),), None)
            for name in self.dimensions
        )

    @property
    def hides(self) -> bool:
        """Whether cells of few people are hidden: a split by age or gender of anybody."""
        return any(is_private(name) for name in self.dimensions)

    def behind(self, order: Order) -> str | None:
        """Who stands behind an order's money: its seller, or its customer where only theirs is the age or gender."""
        return order.customer if self.of_customers else order.seller

    def person(self, who: str | None, day: date, sale: Order | None = None) -> Cell:
        """A distributor's cell; the sale settles the order's own dimensions."""
        return tuple(self._label(name, who, day, None, sale) for name in self.dimensions)

    def newcomer(self, who: str, day: date, sides: str = "person") -> Cell:
        """A new person's cell: `distributor` is their enroller; `own` columns are those of their first enrolment."""
        roster = self.world.roster
        return tuple(
            roster.enroller[who] or UNKNOWN if name == "distributor"
            else roster.named_in_enrollments(who, name) or UNKNOWN if self.is_own(name, sides, "enrollments")
            else self._label(name, who, day, None, None)
            for name in self.dimensions
        )

    def order(self, order: Order, day: date) -> Cell:
        """An order's cell: its own attributes, its seller's and its customer's."""
        return tuple(self._label(name, order.seller, day, (order.customer,), order) for name in self.dimensions)

    def customer(self, who: str, day: date, sale: Order | None = None) -> Cell:
        """A customer's cell; on the seller's side that of the latest sale up to the day."""
        seller = self.world.latest_seller(who, day)
        return tuple(self._label(name, seller, day, (who,), sale) for name in self.dimensions)

    def _label(
        self, name: str, seller: str | None, day: date, customer: tuple[str | None] | None, order: Order | None
    ) -> str:
        side, _, column = name.rpartition(".")
        if side == "order":
            if order is None:
                raise CannotSplitError(f"cannot be split by {name}")
            return text(order.row, column)
        if side == "customer":
            if customer is None:
                raise CannotSplitError(f"cannot be split by {name}")
            row = self.customers.get(customer[0] or "", {})
            return self._age(row, day) if column == "age_band" else text(row, column)
        if name == "distributor":
            return seller or UNKNOWN
        if name == "rank" and self.world.export.has("ranks"):
            return self._rank(seller, day)
        row = self.world.roster.details.get(seller or "", {})
        return self._age(row, day) if name == "age_band" else text(row, name)

    def _age(self, row: Mapping[str, Any], day: date) -> str:
        born = row.get("birth_date")
        if born is None and row.get("birth_year") is not None:
            born = date(row["birth_year"], 7, 1)
        if born is None:
            return UNKNOWN
        age = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
        return next((band for band in self.world.definitions.age_bands if in_band(age, band)), UNKNOWN)

    def rank(self, who: str | None, day: date) -> str:
        """A person's rank on the day, from the ranks or else as exported; an error where the export has neither."""
        if self.world.export.has("ranks"):
            return self._rank(who, day)
        self.world.export.need("distributors", "rank")
        return text(self.world.roster.details.get(who or "", {}), "rank")

    def age(self, row: Mapping[str, Any], day: date) -> str:
        """The age band of the person of a row on the day."""
        return self._age(row, day)

    def _ladder(self) -> list[str]:
        """The ranks from the lowest up; an error where these are words and nobody said their order."""
        ladder = [str(rank) for rank in self.world.definitions.rank_ladder]
        if ladder:
            return ladder
        rows = self.world.export.rows("ranks")
        ranks = {str(row["rank"]) for row in rows if row["effective_on"] <= self.world.as_of}
        if not all(rank.isdigit() for rank in ranks):
            raise CannotSplitError("needs rank_ladder")
        return sorted(ranks, key=int)

    def _rank(self, who: str | None, day: date) -> str:
        rows, ladder = self.world.export.rows("ranks"), self._ladder()
        held = [
            (row["effective_on"], ladder.index(str(row["rank"])))
            for row in rows
            if row["distributor_id"] == who and (row.get("kind") or "paid_as") == "paid_as"
            and row["effective_on"] <= day and str(row["rank"]) in ladder
        ]
        if held:
            return ladder[max(held)[1]]
        return ladder[0] if ladder and who in self.world.roster.first else UNKNOWN


def is_private(name: str) -> bool:
    """Whether a dimension is the age, day or year of birth, or gender of anybody."""
    return name.rpartition(".")[2] in ("age_band", "birth_date", "birth_year", "gender")


def text(row: Mapping[str, Any], column: str) -> str:
    """An attribute as a label."""
    value = row.get(column)
    return UNKNOWN if value is None else str(value)


def in_band(age: int, band: str) -> bool:
    """Whether an age in whole years is in the band `<18`, `18-24` or `65+`."""
    if band.startswith("<"):
        return age < int(band[1:])
    if band.endswith("+"):
        return age >= int(band[:-1])
    low, _, high = band.partition("-")
    return int(low) <= age <= int(high)
