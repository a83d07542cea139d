"""Orders in several currencies: into the settings' one by the rates table, or refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import narwhals as nw
import polars as pl

from mlmkpi.books.codes import counts
from mlmkpi.books.expressions import LARGEST
from mlmkpi.engines import Engine, Frame
from mlmkpi.errors import DataError
from mlmkpi.period import from_day_number
from mlmkpi.sources import quoted
from mlmkpi.tables import Kind

RATES = ("currency", "valid_from", "rate")
HALF, NEAR = 0.5, 2.0**-50
"""What is rounded to even, and how far from it, for its size, a product of fractions may come out that is one."""


class Exchange:
    """Turns the amounts of orders and of their lines into one currency; an empty currency is the settings'.

    Without rates, rows in another currency than the settings' stop the run, or are left out where `skip` is set. So it
    is with rows of a day before the first rate of their currency, of which `unrated` are left out.
    """

    def __init__(self, engine: Engine, home: str | None, rates: Callable[[], Frame], *, skip: bool) -> None:
        self.engine = engine
        self.rates = rates
        self.skip = skip
        found = engine.spellings("orders", "currency") if "currency" in engine.columns("orders") else {}
        codes = [code for code in found if code is not None]
        self.home = home or (codes[0] if len({c.casefold() for c in codes}) == 1 else None)
        abroad = [code for code in codes if code.casefold() != (self.home or "").casefold()]
        self.foreign = {code: found[code] for code in abroad}
        self.rated = set(RATES) <= engine.columns("rates")
        self.unrated = 0
        if self.foreign and not (self.home and (self.rated or skip)):
            raise _mixed({code: found[code] for code in codes}, self.home)

    @property
    def code(self) -> str | None:
        """The currency that amounts are in, where it is known by a code of three letters."""
        code = (self.home or "").strip().upper()
        return code if len(code) == 3 and code.isalpha() else None

    @property
    def needed(self) -> bool:
        """Whether any order is in another currency."""
        return bool(self.foreign)

    @property
    def dropped(self) -> int:
        """How many orders are left out for want of a table of rates."""
        return 0 if self.rated else sum(self.foreign.values())

    def converted(self, orders: Frame) -> Frame:
        """Rows with `currency`, `ordered_on` and `amount`: the amounts in the settings' currency, half to even.

        Raises DataError for an order dated before its currency's first rate, unless such are left out.
        """
        rows, self.unrated = self._exchanged(orders, ["amount"])
        return rows

    def converted_lines(self, lines: Frame, columns: Sequence[str]) -> Frame:
        """Rows with `currency` and `ordered_on` of their order: the columns in the settings' currency, half to even."""
        return self._exchanged(lines, columns)[0]

    def _exchanged(self, rows: Frame, columns: Sequence[str]) -> tuple[Frame, int]:
        """The rows with the columns in the settings' currency, and how many have no rate."""
        foreign = nw.col("currency").is_in(list(self.foreign)).fill_null(False)
        if not self.rated:
            return rows.filter(~foreign), 0
        kept = rows.collect_schema().names()
        daily, unrated = self._daily(rows, columns)
        joined = rows.join(daily, on=["currency", "ordered_on"], how="left")
        amounts = [nw.when(foreign).then(_worth(name)).otherwise(nw.col(name)).alias(name) for name in columns]
        rated = ~foreign | ~nw.col("_rate").is_null() | nw.col("ordered_on").is_null()
        return (joined.filter(rated) if unrated else joined).with_columns(*amounts).select(*kept), unrated

    def _daily(self, rows: Frame, columns: Sequence[str]) -> tuple[Frame, int]:
        """`currency`, `ordered_on`, `_rate`: the latest rate by each day of the rows; how many rows have none."""
        wanted = rows.filter(nw.col("currency").is_in(list(self.foreign)))
        largest = [nw.col(name).abs().max().alias(f"_most_{name}") for name in columns]
        counted = wanted.group_by("currency", "ordered_on").agg(nw.len().alias("_n"), *largest)
        days = self.engine.collect(counted).drop_nulls("ordered_on").sort("ordered_on")
        rates = self.engine.collect(self.rates()).drop_nulls().sort("valid_from")
        by = pl.col("currency").str.to_lowercase().alias("_code")
        found = days.with_columns(by).join_asof(
            rates.select(by, "valid_from", pl.col("rate").alias("_rate")), left_on="ordered_on",
            right_on="valid_from", by="_code", strategy="backward", check_sortedness=False,
        )
        most = pl.max_horizontal(pl.col("^_most_.*$"))
        for code, rate, amount in found.select("currency", "_rate", most).iter_rows():
            if rate is not None and rate <= 0 and not self.skip:
                raise _no_rate(code, rate)
            if amount is not None and rate is not None and amount * rate > LARGEST:
                raise _beyond(code, rate)
        found = found.with_columns(pl.when(pl.col("_rate") > 0).then(pl.col("_rate")))
        missing = found.filter(pl.col("_rate").is_null())
        if missing.height and not self.skip:
            raise _unrated(missing["currency"][0], missing["ordered_on"][0])
        return self.engine.small(found.select("currency", "ordered_on", "_rate")), int(missing["_n"].sum())


def _worth(name: str) -> nw.Expr:
    """A column times `_rate`, half to even."""
    exact = nw.col(name).cast(nw.Float64) * nw.col("_rate")
    down = exact.floor()
    odd = down.cast(nw.Int64) % 2 != 0
    over = exact - down - HALF
    tie = over.abs() <= exact.abs() * NEAR
    up = (tie & odd) | (~tie & (over > 0))
    return down.cast(nw.Int64) + nw.when(up).then(nw.lit(1)).otherwise(nw.lit(0))


def _mixed(found: dict[str, int], home: str | None) -> DataError:
    listed = counts("orders", found, [home] if home else [])
    fix = "export the rates, or leave out the orders in other currencies: --bad-rows skip"
    if not home:
        fix = 'name the currency to convert to in mlmkpi.toml:   currency = "USD"\nand export the rates'
    return DataError(
        "orders.currency has several currencies" if len(found) > 1 else f"orders.currency is not {home}",
        (("got", listed), ("expected", f"{home or 'one currency'}, or a rates table (currency, valid_from, rate)"),
         ("fix", fix)),
    )


def _no_rate(code: str, rate: float) -> DataError:
    fix = "correct it, or leave out the orders that it is for: --bad-rows skip"
    return DataError(
        f"a rate for {code} is not above 0", (("got", f"{rate:g}"), ("expected", "what one unit buys"), ("fix", fix))
    )


def _beyond(code: str, rate: float) -> DataError:
    return DataError(
        f"orders in {code} come to more than can be summed",
        (("got", f"a rate of {rate:g}"), ("fix", "see whether the rates and amounts are the right columns")),
    )


def _unrated(code: str, day: int) -> DataError:
    return DataError(
        f"there is no rate for {quoted(code, Kind.ID)} on {from_day_number(day)}",
        (("expected", "a row of rates with this currency, valid from that day or before"),
         ("fix", "add the rate, or leave out the orders without one: --bad-rows skip")),
    )
