"""Orders in several currencies are converted by the latest rate, refused, or left out."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import polars as pl
import pytest

import mlmkpi
from mlmkpi.errors import DataError
from mlmkpi.settings import Settings

ORDERS = pl.DataFrame({
    "order_id": ["1", "2", "3", "4"],
    "ordered_on": [date(2026, 10, 1), date(2026, 10, 2), date(2026, 10, 20), date(2026, 10, 31)],
    "amount": [Decimal("10.00"), Decimal("0.0001"), Decimal("20.00"), Decimal("5.00")],
    "currency": ["USD", "EUR", "eur", None],
})
RATES = pl.DataFrame({
    "currency": ["EUR", "EUR"], "valid_from": [date(2026, 10, 1), date(2026, 10, 15)], "rate": [1.5, 1.25],
})


def sales(tables: dict[str, pl.DataFrame], *, bad_rows: str = "stop", currency: str | None = "USD") -> mlmkpi.Result:
    settings = Settings(currency=currency)
    return mlmkpi.compute(tables, kpis=["sales_volume"], count=1, settings=settings, bad_rows=bad_rows)


def test_amounts_are_converted_by_the_latest_rate_half_to_even() -> None:
    frame = sales({"orders": ORDERS, "rates": RATES}).frame
    assert frame.select("value", "unit").rows() == [(40.0002, "USD")]


@pytest.mark.parametrize(
    ("amount", "rate", "worth"),
    [
        ("0.03", 1.005, 0.0302), ("0.05", 1.005, 0.0502), ("0.0602", 1.0025, 0.0604),
        ("12345678.03", 1.005, 12407406.4202),
    ],
)
def test_a_tie_goes_to_even_though_a_rate_is_a_binary_fraction(amount: str, rate: float, worth: float) -> None:
    """0.03 × 1.005 = 0.03015, between 0.0301 and 0.0302; 0.0602 × 1.0025 = 0.0603505 is above a tie."""
    orders = pl.DataFrame({
        "order_id": ["1"], "ordered_on": [date(2026, 10, 2)], "amount": [Decimal(amount)], "currency": ["EUR"],
    })
    rates = pl.DataFrame({"currency": ["EUR"], "valid_from": [date(2026, 10, 1)], "rate": [rate]})
    assert sales({"orders": orders, "rates": rates}).frame["value"].to_list() == [worth]


def test_several_currencies_without_rates_are_refused() -> None:
    with pytest.raises(DataError) as refused:
        sales({"orders": ORDERS})
    assert str(refused.value).splitlines() == [
        "orders.currency has several currencies",
        '  got       "EUR" (1 order), "USD" (1 order), "eur" (1 order)',
        "  expected  USD, or a rates table (currency, valid_from, rate)",
        "  fix       export the rates, or leave out the orders in other currencies: --bad-rows skip",
    ]


def test_orders_in_other_currencies_are_left_out_where_so_asked() -> None:
    result = sales({"orders": ORDERS}, bad_rows="skip")
    assert result.frame["value"].to_list() == [15.0]
    assert "2 orders in other currencies left out" in result.warnings


def test_without_a_currency_in_the_settings_nothing_can_be_left_out() -> None:
    with pytest.raises(DataError, match="several currencies") as refused:
        sales({"orders": ORDERS}, bad_rows="skip", currency=None)
    assert str(refused.value).splitlines()[-2:] == [
        '  fix       name the currency to convert to in mlmkpi.toml:   currency = "USD"',
        "            and export the rates",
    ]


def test_an_order_before_the_first_rate_is_refused() -> None:
    with pytest.raises(DataError, match="there is no rate for EUR on 2026-10-02"):
        sales({"orders": ORDERS, "rates": RATES.tail(1)})


def test_an_order_before_the_first_rate_is_left_out_where_so_asked() -> None:
    """10 and 5 in dollars and 20 euros at 1.25 are 40; the euros of 2 October have no rate yet, the francs never."""
    francs = pl.DataFrame({"order_id": ["5"], "ordered_on": [date(2026, 10, 30)], "currency": ["CHF"]})
    orders = pl.concat([ORDERS, francs.with_columns(amount=pl.lit(7, ORDERS.schema["amount"]))], how="diagonal")
    result = sales({"orders": orders, "rates": RATES.tail(1)}, bad_rows="skip")
    left_out = "2 orders without an exchange rate left out"
    assert result.frame.select("value", "note").rows() == [(40.0, left_out)]
    assert result.warnings == (left_out,)


@pytest.mark.parametrize("rate", [0.0, -1.25])
def test_a_rate_that_is_not_above_0_is_refused_or_its_orders_left_out(rate: float) -> None:
    """The second rate holds for the order of 20 October alone: without it 10 and 5 dollars and 0.0002 are left."""
    rates = RATES.with_columns(rate=pl.Series([1.5, rate]))
    with pytest.raises(DataError, match=f"(?m)a rate for eur is not above 0\n +got +{rate:g}$"):
        sales({"orders": ORDERS, "rates": rates})
    result = sales({"orders": ORDERS, "rates": rates}, bad_rows="skip")
    assert result.frame["value"].to_list() == [15.0002]
    assert "1 order without an exchange rate left out" in result.warnings


@pytest.mark.parametrize("rate", [5e13, 1e20])
def test_a_rate_that_makes_an_amount_larger_than_a_sum_holds_is_refused(rate: float) -> None:
    """A sum holds 922 trillion; 20 euros at 50 trillion are 1,000 trillion."""
    with pytest.raises(DataError, match="orders in eur come to more than can be summed"):
        sales({"orders": ORDERS, "rates": RATES.with_columns(rate=pl.Series([1.5, rate]))})


def test_a_rate_given_twice_counts_once_and_two_rates_of_one_day_are_refused() -> None:
    """With neither rate of the 15th, that of the 1st holds: 20 euros at 1.5 are 30, and 15.0002 stand beside them."""
    assert sales({"orders": ORDERS, "rates": pl.concat([RATES, RATES])}).frame["value"].to_list() == [40.0002]
    two = pl.concat([RATES, RATES.tail(1).with_columns(rate=pl.lit(1.75))])
    with pytest.raises(DataError, match="rates has different rows with one currency and valid_from"):
        sales({"orders": ORDERS, "rates": two})
    assert sales({"orders": ORDERS, "rates": two}, bad_rows="skip").frame["value"].to_list() == [45.0002]


def test_one_currency_needs_no_rates() -> None:
    frame = sales({"orders": ORDERS.with_columns(pl.lit("MXN").alias("currency"))}, currency=None).frame
    assert frame["value"].to_list() == [35.0001]


@pytest.mark.parametrize(("codes", "unit"), [
    (["MXN", "mxn"], "MXN"), (["MXN", None], "MXN"), (["pesos", "pesos"], "money"), ([None, None], "money"),
])
def test_without_settings_money_on_orders_is_in_the_one_currency_that_they_name(
    codes: list[str | None], unit: str
) -> None:
    day = date(2026, 10, 5)
    tables = {
        "orders": pl.DataFrame({
            "order_id": ["1", "2"], "ordered_on": [day, day], "amount": [5.0, 6.0],
            "currency": pl.Series(codes, dtype=pl.String),
        }),
        "distributors": pl.DataFrame({"distributor_id": ["D1"], "enrolled_on": [date(2025, 1, 1)]}),
        "commissions": pl.DataFrame({"distributor_id": ["D1"], "paid_on": [day], "amount": [3.0]}),
    }
    kpis = ["sales_volume", "average_order_value", "new_signups", "income_distribution"]
    rows = mlmkpi.compute(tables, kpis=kpis, as_of=day, every="year", count=1).frame.filter(statistic="value")
    assert dict(rows.select("kpi", "unit").unique().rows()) == {
        "sales_volume": unit, "average_order_value": unit, "new_signups": "count", "income_distribution": "money",
    }


SOLD = pl.DataFrame({
    "order_id": ["1", "2", "3"], "ordered_on": [date(2026, 10, 1), date(2026, 10, 20), date(2026, 10, 31)],
    "amount": [10.0, -4.0, 10.0], "currency": ["EUR", "EUR", "USD"],
})
LINES = pl.DataFrame({
    "order_id": ["1", "2", "3"], "product_id": ["tea", "tea", "soap"], "quantity": [2, 1, 1],
    "amount": [10.0, -4.0, 10.0], "cost": [3.0, -1.0, 5.0],
})
TABLES = {
    "orders": SOLD, "order_lines": LINES, "rates": RATES.with_columns(rate=pl.Series([2.0, 3.0])),
    "products": pl.DataFrame({"product_id": ["tea", "soap"], "category": ["drink", "bath"]}),
}


def of_lines(kpi: str, by: str, bad_rows: str = "stop", **tables: pl.DataFrame) -> dict[str, float]:
    """The main figure by a column of the Result, of shares their numerator."""
    settings = Settings(currency="USD")
    result = mlmkpi.compute(TABLES | tables, kpis=[kpi], count=1, settings=settings, bad_rows=bad_rows)
    frame = result.frame.filter(pl.col("statistic") == "value")
    return dict(frame.select(by, pl.coalesce("numerator", "value")).rows())


def test_lines_are_converted_at_the_rate_of_their_order() -> None:
    """Tea: 10 euros at 2 less 4 at 3 are 8 dollars, and soap is 10; nothing of an order is left over."""
    assert of_lines("product_mix_share", "order.category") == {"drink": 8.0, "bath": 10.0}
    assert of_lines("best_sellers", "order.product") == {"soap": 10.0, "tea": 8.0}


def test_costs_of_lines_are_converted_too() -> None:
    """Of sales of 18 the lines cost 3 at 2, less 1 at 3, and 5; a commission takes 1, rent 2."""
    paid = pl.DataFrame({"distributor_id": ["D1"], "paid_on": [date(2026, 10, 5)], "amount": [1.0]})
    rent = pl.DataFrame({"market": ["US"], "booked_on": [date(2026, 10, 5)], "amount": [2.0]})
    found = of_lines("market_contribution", "period", commissions=paid, costs=rent)
    assert found == {"2026-10": 18 - (6 - 3 + 5) - 1 - 2}


def test_lines_of_orders_that_are_left_out_are_left_out() -> None:
    late = TABLES["rates"].tail(1)
    assert of_lines("product_mix_share", "order.category", "skip", rates=late) == {"drink": -12.0, "bath": 10.0}


def test_an_order_that_stands_twice_has_its_lines_once() -> None:
    twice = pl.concat([SOLD, SOLD.head(1)])
    assert of_lines("product_mix_share", "order.category", orders=twice) == {"drink": 8.0, "bath": 10.0}
