"""What is made of cells: numbers, dates, flags and ids as people and programs write them."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlmkpi.errors import DataError
from mlmkpi.period import day_number
from mlmkpi.sources import Example, Finding
from mlmkpi.sources.cells import clean, stripped
from sources.folder import Folder

HEADER = "order_id,ordered_on,amount\n"
TODAY = "2026-10-01"


def amounts(exports: Folder, *cells: str, settings: dict[str, Any] | None = None) -> list[Any]:
    rows = "".join(f'{at},{TODAY},"{cell}"\n' for at, cell in enumerate(cells))
    exports.put("orders.csv", HEADER + rows)
    return exports.column("amount", settings=settings)


def days(exports: Folder, *cells: str, settings: dict[str, Any] | None = None) -> list[Any]:
    exports.put("orders.csv", HEADER + "".join(f'{at},"{cell}",5\n' for at, cell in enumerate(cells)))
    return exports.column("ordered_on", settings=settings)


def numbers(*wanted: tuple[int, int, int]) -> list[int]:
    return [day_number(date(*each)) for each in wanted]


def refused(exports: Folder, name: str, settings: dict[str, Any] | None = None) -> str:
    """What is said of a column that cannot be read, or of the first of its cells that cannot."""
    source = exports.source(settings=settings)
    error = source.refusals([name]).get(name)
    if error is not None:
        return str(error)
    with pytest.raises(DataError) as caught:
        source.refuse_bad([name])
    return str(caught.value)


def test_plain_amounts_are_ten_thousandths(exports: Folder) -> None:
    assert amounts(exports, "5", "-0.5", "1234.5678", " 7.10 ", "", "+3", ".25") == [
        50_000, -5_000, 12_345_678, 71_000, None, 30_000, 2_500,
    ]  # fmt: skip


def test_negatives_currencies_and_thousands(exports: Folder) -> None:
    assert amounts(exports, "(12.00)", "12.00-", "$5", "-$5", "1,234.50", "1'234.50") == [
        -120_000, -120_000, 50_000, -50_000, 12_345_000, 12_345_000,
    ]  # fmt: skip


def test_decimal_commas(exports: Folder) -> None:
    expected = [12_345_600, 70_000, 12_345_600]
    assert amounts(exports, "1.234,56", "7", "1 234,56") == expected


def test_a_decimal_mark_that_is_set(exports: Folder) -> None:
    assert amounts(exports, "1.234", settings={"input": {"decimal": ","}}) == [12_340_000]
    assert amounts(exports, "1.234", settings={"input": {"decimal": "."}}) == [12_340]
    assert amounts(exports, "1.234") == [12_340]


def test_a_lone_point_between_semicolons_is_refused(exports: Folder) -> None:
    exports.put("orders.csv", f"order_id;ordered_on;amount\n1;{TODAY};1.234\n")
    assert refused(exports, "amount") == (
        "orders.csv: amount can be read with a decimal point or comma\n"
        '  got       "1.234"\n'
        "  expected  a number that has both, or numbers such as 1234.56\n"
        "  fix       say which in exports/mlmkpi.toml:   [input.orders]\n"
        '                                                decimal = "."   or ","'
    )


def test_both_marks_in_one_column_are_refused(exports: Folder) -> None:
    exports.put("orders.csv", f'{HEADER}1,{TODAY},"1.234,56"\n2,{TODAY},7.5\n')
    assert refused(exports, "amount") == (
        "orders.csv: amount has decimal points and decimal commas\n"
        "  found     1 with a point, 1 with a comma\n"
        "  expected  one mark throughout\n"
        "  fix       say which in exports/mlmkpi.toml:   [input.orders]\n"
        '                                                decimal = "."   or ","'
    )


@pytest.mark.parametrize("cells", [("$5", "€6"), ("$5,50", "1.234,50 €")])
def test_several_currencies_in_one_column_are_refused(exports: Folder, cells: tuple[str, str]) -> None:
    exports.put("orders.csv", HEADER + "".join(f'{at},{TODAY},"{cell}"\n' for at, cell in enumerate(cells)))
    assert refused(exports, "amount") == (
        "orders.csv: amount holds several currencies\n"
        "  found     $, €\n"
        "  expected  amounts of one currency, or none written\n"
        "  fix       export the currency as a column of its own"
    )


@pytest.mark.parametrize("cell", ["12a", "NaN", "inf", "-Infinity", "1e400", "100000000000000", "--5", "5 apples"])
def test_what_is_no_amount_is_refused(exports: Folder, cell: str) -> None:
    assert amounts(exports, "5", cell) == [50_000, None]
    assert refused(exports, "amount") == (
        "orders.csv row 2: amount is not a number\n"
        f'  got       "{cell}"\n'
        "  expected  a number such as 1234.56, up to 99,999,999,999,999\n"
        "  fix       correct the cell\n"
        "            or leave such rows out: --bad-rows skip"
    )


@pytest.mark.parametrize(("cell", "shown"), [("9" + "x" * 59, "9" + "x" * 59), ("9" + "x" * 60, f"9{'x' * 58}…")])
def test_a_cell_of_more_than_sixty_signs_is_cut_short(exports: Folder, cell: str, shown: str) -> None:
    exports.put("orders.csv", HEADER + f"1,{TODAY},{cell}\n")
    assert f'"{shown}"' in refused(exports, "amount")


def test_a_comma_among_points_says_how_to_mean_it(exports: Folder) -> None:
    amounts(exports, "5.50", "7,5x")
    assert refused(exports, "amount") == (
        "orders.csv row 2: amount is not a number\n"
        '  got       "7,5x"\n'
        "  expected  a number such as 1234.56, up to 99,999,999,999,999\n"
        "  fix       correct the cell\n"
        "            or where a comma is meant, say so in exports/mlmkpi.toml:\n"
        '              [input."orders.csv"]\n'
        '              decimal = ","\n'
        "            or leave such rows out: --bad-rows skip"
    )


def test_more_than_four_decimals_are_rounded_half_even_and_found(exports: Folder) -> None:
    assert amounts(exports, "0.00005", "0.00015", "1.00000", "2.5") == [0, 2, 10_000, 25_000]
    assert exports.source().findings(["amount"]) == [
        Finding(
            "orders", "amount", "rounded", "warning", 2, 4,
            (Example("orders.csv", 1, "0", "0.00005"), Example("orders.csv", 2, "1", "0.00015")),
            "amount has more than four decimals and is rounded to four",
        )
    ]


def test_a_rounded_cell_is_read_beside_one_that_is_no_number(exports: Folder) -> None:
    exports.put("orders.csv", "order_id,ordered_on,amount\n1,2026-10-01,5.12345\n2,2026-10-01,five\n")
    assert exports.source().scan(["amount"]).collect().rows() == [(51_234, False), (None, True)]


def test_text_has_the_types_that_its_columns_are_declared_with(exports: Folder) -> None:
    exports.put("orders.csv", 'order_id,ordered_on,amount\n1,2026-10-01,5\n2,2026-10-01,"1,234.5"\n')
    exports.put("posts.csv", "posted_on,likes\n2026-10-01,3\n")
    opened = exports.open()
    amounts = opened.tables["orders"].scan(["order_id", "ordered_on", "amount"]).collect_schema()
    assert list(amounts.values()) == [pl.String(), pl.Int32(), pl.Int64()]
    assert opened.tables["posts"].scan(["likes"]).collect_schema() == {"likes": pl.Int64()}


def test_rates_of_several_forms_in_one_column(exports: Folder) -> None:
    exports.put("rates.csv", 'currency,valid_from,rate\nCOP,2026-10-01,2.4E-4\nBTC,2026-10-01,"61,234.5"\n')
    assert exports.column("rate", "rates") == [0.00024, 61_234.5]


def test_rates_keep_their_decimals(exports: Folder) -> None:
    exports.put("rates.csv", f"currency,valid_from,rate\nCOP,{TODAY},0.00024\nJPY,{TODAY},nan\n")
    assert exports.column("rate", "rates") == [0.00024, None]


def test_dates_and_moments_with_or_without_a_zone(exports: Folder) -> None:
    cells = ("2026-12-31", "2026-12-31T23:30:00-07:00", "2026-12-31 23:30:00Z", "2026-12-31 08:00")
    assert days(exports, *cells) == numbers(*[(2026, 12, 31)] * 4)
    tokyo = days(exports, *cells, settings={"timezone": "Asia/Tokyo"})
    assert tokyo == numbers((2026, 12, 31), (2027, 1, 1), (2027, 1, 1), (2026, 12, 31))
    denver = days(exports, *cells, settings={"timezone": "America/Denver"})
    assert denver == numbers((2026, 12, 31), (2026, 12, 31), (2026, 12, 31), (2026, 12, 31))


def test_times_that_no_clock_shows_are_no_moments(exports: Folder) -> None:
    sound = ("2026-12-31T24:00Z", "2026-12-31T23:59:60Z", "2026-12-31T9:05+14:00")
    odd = ("2026-12-31T99:99Z", "2026-12-31T25:00", "2026-12-31 10:60:00", "2026-12-31T10:00+99:00")
    assert days(exports, *sound, *odd) == [*numbers(*[(2026, 12, 31)] * 3), *[None] * 4]


@pytest.mark.parametrize(
    "cells", [("31/12/2026", "1/2/2026"), ("31.12.2026", "01.02.2026"), ("12-31-2026", "02-01-2026")]
)
def test_the_day_above_twelve_settles_the_order(exports: Folder, cells: tuple[str, ...]) -> None:
    assert days(exports, *cells) == numbers((2026, 12, 31), (2026, 2, 1))


def test_a_day_beyond_the_first_thousands_settles_the_order_too(exports: Folder) -> None:
    found = days(exports, *["1/2/2026"] * 3_000, "31/12/2026")
    assert (found[0], found[-1]) == tuple(numbers((2026, 2, 1), (2026, 12, 31)))


@pytest.mark.parametrize(("last", "first"), [("31/12/2026", (2026, 2, 1)), ("12/31/2026", (2026, 1, 2))])
def test_another_file_settles_the_order(exports: Folder, last: str, first: tuple[int, int, int]) -> None:
    exports.put("orders_1.csv", HEADER + "1,1/2/2026,5\n")
    exports.put("orders_2.csv", HEADER + f"2,{last},5\n")
    assert exports.column("ordered_on") == numbers(first, (2026, 12, 31))


def test_dates_that_nothing_settles_are_refused(exports: Folder) -> None:
    exports.put("orders.csv", HEADER + "1,1/2/2026,5\n")
    assert refused(exports, "ordered_on") == (
        "orders.csv: ordered_on can be read day first or month first\n"
        '  got       "1/2/2026"\n'
        "  expected  a day above 12, or dates such as 2026-12-31\n"
        "  fix       say which in exports/mlmkpi.toml:\n"
        "              [input.orders]\n"
        '              date_format = "day-first"   or "month-first"'
    )
    for order, month in (("day-first", 2), ("month-first", 1)):
        settings = {"input": {"orders": {"date_format": order}}}
        assert days(exports, "1/2/2026", settings=settings) == numbers((2026, month, 3 - month))


def test_days_first_and_months_first_are_refused(exports: Folder) -> None:
    exports.put("orders.csv", HEADER + "1,31/12/2026,5\n2,12/31/2026,5\n")
    assert refused(exports, "ordered_on") == (
        "orders.csv: ordered_on has dates day first and month first\n"
        "  found     1 day first, 1 month first\n"
        "  expected  one order throughout\n"
        "  fix       say which in exports/mlmkpi.toml:\n"
        "              [input.orders]\n"
        '              date_format = "day-first"   or "month-first"'
    )


def check_refused(exports: Folder, cell: str, *settings: str) -> None:
    """A cell behind today's is no day, and the message has these lines of how settings could read it."""
    assert days(exports, TODAY, cell) == [*numbers((2026, 10, 1)), None]
    assert refused(exports, "ordered_on").split("\n") == [
        "orders.csv row 2: ordered_on is not a date", f'  got       "{cell}"', "  expected  a day such as 2026-12-31",
        "  fix       correct the cell", *settings, "            or leave such rows out: --bad-rows skip",
    ]


@pytest.mark.parametrize("cell", ["2026-02-30", "0026-10-01"])
def test_a_day_that_there_is_not_has_no_other_form(exports: Folder, cell: str) -> None:
    check_refused(exports, cell)


def test_a_number_of_a_day_is_told_from_a_day(exports: Folder) -> None:
    assert days(exports, "46032", "46033") == [None, None]
    assert 'date_format = "excel"\n' in refused(exports, "ordered_on")
    settings = {"input": {"orders": {"date_format": "excel"}}}
    assert days(exports, "46032", "46033", settings=settings) == numbers((2026, 1, 10), (2026, 1, 11))


@pytest.mark.parametrize("cell", ["31/12", "yesterday", "2026-10-01x", "20261001"])
def test_what_is_no_day_is_refused(exports: Folder, cell: str) -> None:
    check_refused(
        exports, cell, "            or say how days are written in exports/mlmkpi.toml:",
        '              [input."orders.csv"]', '              date_format = "%d.%m.%y"',
    )


@pytest.mark.parametrize("cell", ["31/12/2025", "12/31/2025", "05/06/2025"])
@pytest.mark.parametrize("others", [TODAY, "2026-10-01T23:30:00"])
def test_days_of_another_form_beside_iso_days_are_refused(exports: Folder, cell: str, others: str) -> None:
    assert days(exports, *[others] * 2_000, cell) == [*numbers(*[(2026, 10, 1)] * 2_000), None]
    assert refused(exports, "ordered_on") == (
        "orders.csv row 2001: ordered_on is not a date\n"
        f'  got       "{cell}"\n'
        "  expected  a day such as 2026-12-31\n"
        "  fix       correct the cell\n"
        "            or say how days are written in exports/mlmkpi.toml:\n"
        '              [input."orders.csv"]\n'
        '              date_format = "day-first"   or "month-first"\n'
        "            or leave such rows out: --bad-rows skip"
    )


def test_days_of_both_forms_are_read_where_the_settings_say_how(exports: Folder) -> None:
    settings = {"input": {"date_format": "day-first"}}
    assert days(exports, TODAY, "31/12/2025", settings=settings) == numbers((2026, 10, 1), (2025, 12, 31))


def test_another_file_may_write_days_otherwise(exports: Folder) -> None:
    exports.put("orders_2.csv", HEADER + "2,31/12/2025,5\n")
    assert days(exports, TODAY) == numbers((2026, 10, 1), (2025, 12, 31))


def test_a_format_that_is_set(exports: Folder) -> None:
    assert days(exports, "31.12.26", settings={"input": {"date_format": "%d.%m.%y"}}) == numbers((2026, 12, 31))
    assert days(exports, "46022", "60", settings={"input": {"date_format": "excel"}}) == [
        *numbers((2025, 12, 31)), None,
    ]  # fmt: skip


def test_flags(exports: Folder) -> None:
    cells = ["true", "No", "Y", "0", "1", "F", "", "maybe"]
    exports.put("orders.csv", "order_id,ordered_on,amount,is_autoship\n" + "".join(f"1,{TODAY},5,{c}\n" for c in cells))
    assert exports.column("is_autoship") == [True, False, True, False, True, False, None, None]
    assert refused(exports, "is_autoship") == (
        "orders.csv row 8: is_autoship is not yes or no\n"
        '  got       "maybe"\n'
        "  expected  true or false, yes or no, 1 or 0\n"
        "  fix       correct the cell\n"
        "            or leave such rows out: --bad-rows skip"
    )


def test_whole_numbers(exports: Folder) -> None:
    exports.put("posts.csv", f"posted_on,likes\n{TODAY},5\n{TODAY},5.0\n{TODAY},5.5\n{TODAY},\n")
    assert exports.column("likes", "posts") == [5, 5, None, None]


def test_ids_and_codes_are_text_as_it_stands(exports: Folder) -> None:
    exports.put("orders.csv", f"order_id,ordered_on,amount,channel\n000123,{TODAY},5,Ünï çödé\n 1e5 ,{TODAY},5,NULL\n")
    rows = exports.source().scan(["order_id", "channel"]).collect().rows()
    assert rows == [("000123", "Ünï çödé"), ("1e5", "NULL")]


def test_codes_become_the_canonical_ones(exports: Folder) -> None:
    exports.put("orders.csv", f"order_id,ordered_on,amount,status\n1,{TODAY},5,7\n2,{TODAY},5,VOID\n3,{TODAY},5,x\n")
    settings = {"codes": {"orders": {"status": {"shipped": [7, "8"], "cancelled": "void"}}}}
    assert exports.column("status", settings=settings) == ["shipped", "cancelled", "x"]


def test_an_address_is_never_shown(exports: Folder) -> None:
    amounts(exports, "5", "ann.lee@example.org")
    assert "@" not in refused(exports, "amount")
    (found,) = exports.source().findings(["amount"])
    assert found.examples == (Example("orders.csv", 2, "1", "(an e-mail address)"),)


def test_a_name_is_never_shown(exports: Folder) -> None:
    exports.put("distributors.csv", f"distributor_id,enrolled_on,name\nD1,{TODAY},Ann\0Lee\n")
    source = exports.source("distributors")
    with pytest.raises(DataError) as caught:
        source.refuse_bad(["name"])
    assert str(caught.value) == (
        "distributors.csv row 1: name is not a text\n"
        "  expected  text without a NUL\n"
        "  fix       correct the cell\n"
        "            or leave such rows out: --bad-rows skip"
    )


@given(st.lists(st.none() | st.text(" \t\u00a0\u2003aé-1", max_size=4)))
def test_few_cells_are_cleaned_as_many_are(cells: list[str | None]) -> None:
    frame = pl.DataFrame({"text": cells}, schema={"text": pl.String})
    assert frame.select(stripped(pl.col("text"))).equals(frame.select(clean(pl.col("text"))))
