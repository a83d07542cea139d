"""The orders as KPIs read them: each a sale, a return, goods that are neither, or nothing; with seller and buyer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import narwhals as nw
import polars as pl

from mlmkpi.books.codes import CORRECT, counts, unknown_code
from mlmkpi.books.export import Export
from mlmkpi.books.rules import OrderRules, Refunds, Volume
from mlmkpi.engines import Frame
from mlmkpi.errors import DataError
from mlmkpi.order_classes import KIND, classes, is_code, is_valid, kinds_of
from mlmkpi.settings import to_count
from mlmkpi.sources import first_quoted
from mlmkpi.sources.problems import OR_SKIP
from mlmkpi.spelling import spelled, unspelled
from mlmkpi.tables import COUNTING, NOT_COUNTING

PEOPLE = {"distributor_id", "customer_id", "volume", "commissionable_volume"}

Owned = Callable[[Frame], Frame]


@dataclass(frozen=True)
class Extra:
    """A further column of the order rows: how it is made of columns of the orders table."""

    reads: tuple[str, ...]
    expr: nw.Expr


def is_known_code(export: Export, table: str, column: str, code: str) -> nw.Expr:
    """Whether a code column has one of the declared codes, however it is spelled."""
    return is_code(column, spelled(export.engine.spellings(table, column), [code]))


class Ledger:
    """Builds the order rows for one set of rules.

    `typed` gives every row of the table; with its `cell`, `plain` and `tied_returns` give the sales and returns among
    them: `day`, `cell`, `seller`, `buyer` (ids or null), `amount`, `volume` (signed ten-thousandths), `sale`, `own`
    (Boolean), and the extra columns. Without `with_people` sellers and buyers are null, and the volume is the amount.
    """

    def __init__(
        self, export: Export, rules: OrderRules, as_of: int, extras: Mapping[str, Extra], *, with_people: bool = True
    ) -> None:
        self.export = export
        self.rules = rules
        self.as_of = as_of
        self.extras = extras
        self.columns = export.columns("orders") - (set() if with_people else PEOPLE)
        self.refunds = rules.refunds or Refunds.REFUND_DATE
        self.tied = "original_order_id" in self.columns and self.refunds is not Refunds.IGNORE

    @property
    def volume_column(self) -> str | None:
        """The column that holds the volume; without one it is the amount."""
        name = {Volume.QV: "volume", Volume.CV: "commissionable_volume"}.get(self.rules.volume or Volume.QV)
        return name if name in self.columns else None

    def reads(self) -> list[str]:
        """The columns of the orders table that the rows are made of."""
        wanted = {"order_id", "ordered_on", "amount"}
        wanted |= self.columns & {"distributor_id", "customer_id", "status", "kind"}
        wanted |= {"original_order_id"} if self.tied else set()
        wanted |= {self.volume_column} if self.volume_column else set()
        return sorted(wanted.union(*(extra.reads for extra in self.extras.values())))

    def typed(self, rows: Frame) -> Frame:
        """Every row: `order`, `original`, `day`, `seller`, `buyer`, `amount`, `volume`, `sale`, `returned`, `goods`.

        `blank` and `unvalued` mark rows that lack a day or an amount, and those that have both but no volume.
        """
        sale, returned, goods = self.classes()
        amount = nw.when(sale).then(nw.col("amount")).otherwise(-nw.col("amount").abs()).fill_null(0)
        originals = [nw.col("original_order_id").alias("original")] if self.tied else []
        return rows.select(
            nw.col("order_id").alias("order"), *originals,
            nw.col("ordered_on").alias("day"),
            *self._people(),
            amount.alias("amount"), self._volume(sale).alias("volume"),
            sale.alias("sale"), returned.alias("returned"), goods.alias("goods"), *self.lacking(),
            *self._extra_columns(),
        )

    def lacking(self) -> tuple[nw.Expr, nw.Expr]:
        """`blank` and `unvalued`, as `typed` has them."""
        blank = nw.col("ordered_on").is_null() | nw.col("amount").is_null()
        unvalued = ~blank & nw.col(self.volume_column or "amount").is_null()
        return blank.alias("blank"), unvalued.alias("unvalued")

    @property
    def names(self) -> list[str]:
        """The columns of the sales and returns."""
        return ["day", "cell", "seller", "buyer", "amount", "volume", "sale", "own", *self.extras]

    def plain(self, typed: Frame, owned: Owned) -> Frame:
        """The sales seen on the as-of date, and the returns that name no original order; `owned` adds `own`."""
        rows = self._seen(typed)
        kept = nw.col("sale")
        if self.refunds is not Refunds.IGNORE:
            back = nw.col("returned") & nw.col("original").is_null() if self.tied else nw.col("returned")
            kept = kept | back
        return owned(rows.filter(kept)).select(*self.names)

    def tied_returns(self, typed: Frame, owned: Owned) -> Frame:
        """The returns seen that name an original order: they take its class and, if so set, its day.

        Returns of goods are none.
        """
        seen = self._seen(typed)
        tied = seen.filter(nw.col("returned") & ~nw.col("original").is_null())
        return self._with_originals(tied, seen, owned).select(*self.names)

    def _seen(self, typed: Frame) -> Frame:
        return typed.filter(~nw.col("cell").is_null())

    def _people(self) -> tuple[nw.Expr, nw.Expr]:
        """Whose order it is, and who bought; null where the export does not say."""
        ids = self.export.engine.encode(())
        none = nw.lit(None, dtype=nw.String() if ids.dtype == pl.String else nw.Int32())
        names = (("distributor_id", "seller"), ("customer_id", "buyer"))
        seller, buyer = ((nw.col(c) if c in self.columns else none).alias(name) for c, name in names)
        return seller, buyer

    def _extra_columns(self) -> list[nw.Expr]:
        return [extra.expr.alias(name) for name, extra in self.extras.items()]

    def _with_originals(self, tied: Frame, seen: Frame, owned: Owned) -> Frame:
        """Returns take the class (and, if so set, the day) of the order they undo; those of goods are none."""
        named = tied.select(nw.col("original").alias("order")).unique()
        originals = owned(seen.join(named, on="order", how="semi"))
        originals = originals.select(
            nw.col("order").alias("original"), nw.col("own").alias("_own"), nw.col("day").alias("_day"),
            nw.col("cell").alias("_cell"), nw.col("goods").alias("_goods"),
        )
        raw = tied.with_columns(nw.col("buyer").alias("_buyer"))
        rows = owned(raw).join(originals, on="original", how="left").filter(~nw.col("_goods").fill_null(False))
        rows = rows.with_columns(nw.coalesce(nw.col("_own"), nw.col("own")).alias("own"))
        rows = rows.with_columns(nw.when(~nw.col("own")).then(nw.col("_buyer")).alias("buyer"))
        if self.refunds is Refunds.ORDER_DATE:
            rows = rows.with_columns(
                nw.coalesce(nw.col("_day"), nw.col("day")).alias("day"),
                nw.coalesce(nw.col("_cell"), nw.col("cell")).alias("cell"),
            )
        return rows

    def classes(self) -> tuple[nw.Expr, nw.Expr, nw.Expr]:
        """Whether a row is a sale, a return, or goods that are neither (a kit, a replacement)."""
        return classes(self.valid(), self._kinds())

    def _volume(self, sale: nw.Expr) -> nw.Expr:
        """The volume as it counts: a return's is negative, a zero amount carries none."""
        name = self.volume_column
        volume = nw.col(name or "amount").fill_null(0)
        signed = nw.when(nw.col("amount") == 0).then(nw.lit(0, dtype=nw.Int64))
        return signed.otherwise(nw.when(sale).then(volume).otherwise(-volume.abs()))

    def valid(self) -> nw.Expr:
        """Whether a status counts; an empty one does unless `valid_status` is set; without the column all do."""
        if "status" not in self.columns:
            return is_valid(None, ())
        found, chosen = self.export.engine.spellings("orders", "status"), self.rules.valid_status
        if not chosen and (unknown := unspelled(found, (*COUNTING, *NOT_COUNTING))):
            self._leave_out("status", unknown, _unknown_status)
        return is_valid(found, chosen)

    def _kinds(self) -> dict[str, list[str]]:
        """The spellings of each kind of order; none without the column."""
        if "kind" not in self.columns:
            return {}
        found = self.export.engine.spellings("orders", "kind")
        unknown = unspelled(found, KIND.codes)
        if unknown:
            self._leave_out("kind", unknown, partial(unknown_code, "orders", KIND))
        kinds = kinds_of(found)
        kinds["kit"] += unknown
        return kinds

    def _leave_out(
        self, column: str, unknown: Mapping[str, int], error: Callable[[Mapping[str, int]], DataError]
    ) -> None:
        """Refuse codes that are not known, or count the orders that are left out for them."""
        if self.export.bad_rows == "stop":
            raise error(unknown)
        self.export.unknown_codes["orders", column] = sum(unknown.values())


def _unknown_status(unknown: Mapping[str, int]) -> DataError:
    known = (*COUNTING, *NOT_COUNTING)
    first = first_quoted(unknown, known)
    fix = to_count(first) if first else CORRECT
    return DataError(
        "orders.status has codes that neither count nor are known not to",
        (("got", counts("orders", unknown, known)),
         ("expected", "a usual word, such as completed or shipped (they count), cancelled or pending (they do not)"),
         ("fix", fix + OR_SKIP)),
    )
