"""Parquet files and frames, whose columns have types of their own."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import polars as pl
import pyarrow as pa
import pytest
from pyarrow import parquet

from mlmkpi.errors import DataError
from mlmkpi.period import day_number
from mlmkpi.sources import Example, Finding, Source
from sources.folder import Folder

DAY = date(2026, 12, 31)


def source(exports: Folder, settings: dict[str, Any] | None = None, **columns: Any) -> Source:
    rows = len(next(iter(columns.values())))
    given = {"order_id": [str(n) for n in range(rows)], "ordered_on": [DAY] * rows, "amount": [1.0] * rows} | columns
    pl.DataFrame(given).write_parquet(exports.path / "orders.parquet")
    return exports.source(settings=settings)


def read(exports: Folder, name: str, values: Any, settings: dict[str, Any] | None = None) -> list[Any]:
    return list(source(exports, settings, **{name: values}).scan([name]).collect()[name])


@pytest.mark.parametrize(
    "values",
    [
        [5.5, -0.25, None], [Decimal("5.5"), Decimal("-0.25"), None], ["5.5", "-0.25", None],
        pl.Series([5.5, -0.25, None], dtype=pl.Float32), pl.Series(["5.5", "-0.25", None], dtype=pl.Categorical),
    ],
)  # fmt: skip
def test_amounts_of_any_type(exports: Folder, values: Any) -> None:
    assert read(exports, "amount", values) == [55_000, -2_500, None]


def test_decimals_wider_than_amounts_are_checked(exports: Folder) -> None:
    wide = pl.Series(["5.12345", "999999999999999", None]).cast(pl.Decimal(30, 5))
    read = source(exports, amount=wide).scan(["amount"]).collect().rows()
    assert read == [(51_234, False), (None, True), (None, False)]
    assert source(exports, amount=wide.head(1).cast(pl.Decimal(9, 2))).scan(["amount"]).collect().rows() == [(51_200,)]


@pytest.mark.parametrize("dtype", [pl.Int8, pl.UInt32, pl.Int64, pl.UInt64])
def test_whole_amounts(exports: Folder, dtype: Any) -> None:
    assert read(exports, "amount", pl.Series([5, None], dtype=dtype)) == [50_000, None]


def test_an_empty_amount_fits_beside_one_that_does_not(exports: Folder) -> None:
    read = source(exports, amount=[1.0, None, float("inf")]).scan(["amount"]).collect().rows()
    assert read == [(10_000, False), (None, False), (None, True)]


def test_ids_that_became_floats_are_whole_numbers_verbatim_too(exports: Folder) -> None:
    found = source(exports, customer_id=[7.0, None, 12.0])
    ids = found.scan(["customer_id"], verbatim=["customer_id"]).collect()["customer_id"]
    assert ids.equals(pl.Series("customer_id", [7, None, 12]), check_dtypes=True)


def test_floats_are_rounded_half_even_to_four_places(exports: Folder) -> None:
    assert read(exports, "amount", [0.1 + 0.2, 0.03125, 0.09375, 2.675]) == [3_000, 312, 938, 26_750]


@pytest.mark.parametrize("values", [[1.0, float("nan")], [1.0, float("inf")], [1.0, 1e14], [1, 10**14]])
def test_amounts_that_do_not_fit(exports: Folder, values: list[Any]) -> None:
    found = source(exports, amount=values)
    assert found.scan(["amount"], rows=True).collect().rows() == [(10_000, False, 0, 1), (None, True, 0, 2)]
    with pytest.raises(DataError) as caught:
        found.refuse_bad(["amount"])
    assert str(caught.value).split("\n")[0] == "orders.parquet row 2: amount is not a number"
    shown = str(pl.Series(values).cast(pl.String)[1])
    assert found.findings(["amount"]) == [
        Finding("orders", "amount", "unreadable-cell", "error", 1, 2, (Example("orders.parquet", 2, "1", shown),),
                "amount is not a number\n  expected  a number such as 1234.56, up to 99,999,999,999,999\n"
                "  fix       correct the cell")
    ]  # fmt: skip


@pytest.mark.parametrize("dtype", [pl.Int64, pl.UInt64, pl.Float64, pl.Decimal(20, 0)])
def test_counts_are_as_large_as_amounts(exports: Folder, dtype: Any) -> None:
    """Larger ones would wrap round when they are added up."""
    most, more = 99_999_999_999_999, 100_000_000_000_000
    likes = pl.Series([most, more, None], dtype=pl.Int64).cast(dtype)
    pl.DataFrame({"posted_on": [date(2026, 1, 1)] * 3, "likes": likes}).write_parquet(exports.path / "posts.parquet")
    found = exports.source("posts")
    assert found.scan(["likes"]).collect().rows() == [(most, False), (None, True), (None, False)]
    with pytest.raises(DataError, match=r"posts.parquet row 2: likes is not a whole number") as told:
        found.refuse_bad(["likes"])
    assert ("expected", "a whole number such as 1234, up to 99,999,999,999,999") in told.value.details


def test_a_list_is_no_amount(exports: Folder) -> None:
    with pytest.raises(DataError) as caught:
        source(exports, amount=[[1]]).scan(["amount"])
    assert str(caught.value) == (
        "orders.parquet: amount is not a number\n"
        "  found     a column of type List(Int64)\n"
        "  expected  amount: what the buyer paid, before tax and shipping\n"
        "  fix       export it as another type"
    )


def test_ids_keep_their_type_or_become_text(exports: Folder) -> None:
    assert read(exports, "order_id", ["007", " 8 "]) == ["007", "8"]
    assert read(exports, "order_id", [7, 8]) == [7, 8]
    assert read(exports, "order_id", [7.0, None]) == [7, None]
    other = pl.DataFrame({"order_id": ["a"], "ordered_on": [DAY], "amount": [1]})
    other.write_parquet(exports.path / "orders_2.parquet")
    assert exports.column("order_id") == ["7", None, "a"]


def test_dates_of_any_type(exports: Folder) -> None:
    late = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    last, next_ = day_number(DAY), day_number(DAY) + 1
    assert read(exports, "ordered_on", [DAY, None]) == [last, None]
    assert read(exports, "ordered_on", ["2026-12-31", "2026-12-31T23:30:00Z"]) == [last, last]
    assert read(exports, "ordered_on", [late]) == [last]
    for unit in ("ms", "us", "ns"):
        assert read(exports, "ordered_on", pl.Series([late, None], dtype=pl.Datetime(unit, "UTC"))) == [last, None]
    assert read(exports, "ordered_on", [late], {"timezone": "Asia/Tokyo"}) == [next_]
    assert read(exports, "ordered_on", ["2026-12-31T23:30:00Z"], {"timezone": "Asia/Tokyo"}) == [next_]
    assert read(exports, "ordered_on", [late.replace(tzinfo=None)], {"timezone": "Asia/Tokyo"}) == [last]
    assert read(exports, "ordered_on", [46387], {"input": {"date_format": "excel"}}) == [last]


def test_flags_and_codes(exports: Folder) -> None:
    assert read(exports, "is_autoship", [True, None]) == [True, None]
    assert read(exports, "is_autoship", [1, 0, 2]) == [True, False, None]
    assert read(exports, "is_autoship", ["yes", "no"]) == [True, False]
    assert read(exports, "status", [7, 8], {"codes": {"orders": {"status": {"shipped": 7}}}}) == ["shipped", "8"]
    assert read(exports, "status", pl.Series(["a", " ", None], dtype=pl.Categorical)) == ["a", None, None]
    assert read(exports, "status", [7.0, 7.5, 1e20, None]) == ["7", "7.5", "1e+20", None]


def test_a_column_of_nothing_is_empty(exports: Folder) -> None:
    assert read(exports, "volume", pl.Series([None, None], dtype=pl.Null)) == [None, None]


def test_columns_come_in_the_order_asked_for_with_their_types(exports: Folder) -> None:
    frame = source(exports, volume=[1], channel=["web"]).scan(["channel", "volume", "ordered_on", "order_id", "none"])
    assert dict(frame.collect_schema()) == {
        "channel": pl.String(), "volume": pl.Int64(), "ordered_on": pl.Int32(), "order_id": pl.String(),
        "_bad": pl.Boolean(),
    }  # fmt: skip


@pytest.mark.parametrize("content", [b"PAR1", b"not parquet at all"])
def test_a_file_that_is_no_parquet(exports: Folder, content: bytes) -> None:
    exports.put("orders.parquet", content)
    with pytest.raises(DataError) as caught:
        exports.source()
    first, *rest = str(caught.value).split("\n")
    assert first == "orders.parquet is not Parquet, or is cut short"
    assert rest[-1] == "  fix       export or copy it again"


def test_frames_are_read_as_files_are(exports: Folder) -> None:
    frame = pl.DataFrame({"order_id": ["1", "2"], "ordered_on": ["2026-12-31", "x"], "amount": [1.5, None]})
    found = exports.open(exports={"orders": frame.lazy()}).tables["orders"]
    assert found.scan(["ordered_on", "amount"], rows=True).collect().rows() == [
        (day_number(DAY), 15_000, False, 0, 1), (None, None, True, 0, 2),
    ]  # fmt: skip
    with pytest.raises(DataError) as caught:
        found.refuse_bad(["ordered_on"])
    assert str(caught.value).split("\n")[:2] == ["the orders frame row 2: ordered_on is not a date", '  got       "x"']


WORDS = ["a", None, "Ångström", "x y", "~", "!"]


@pytest.mark.parametrize("odd", ["", " ", "\t", "b ", " b", "b\n", "\u00a0b", "b\u3000", "\u2003b\u0085", "é"])
@pytest.mark.parametrize("others", [[], ["b"], [None], ["b", None, "c"], WORDS, ["Ω"]])
def test_texts_lose_the_white_space_round_them(exports: Folder, odd: str, others: list[str | None]) -> None:
    given = pl.Series([*others, odd, *others], dtype=pl.String)
    assert read(exports, "channel", given) == [(cell and cell.strip()) or None for cell in given]


def test_rows_are_found_by_their_places(exports: Folder) -> None:
    days = ["2026-12-31", "x", "2026-12-30"]
    for number in range(3):
        ids = [f"{number}{row}" for row in range(number + 1)]
        given = pl.DataFrame({"order_id": ids, "ordered_on": days[: number + 1], "amount": [5.0] * len(ids)})
        given.write_parquet(exports.path / f"orders_{number}.parquet", row_group_size=2)
    source = exports.source()
    rows = source.rows(["order_id", "ordered_on"]).select("order_id", "ordered_on", "_file", "_row").collect()
    places = [4, 0, 1, 2, 5, 3]
    assert source.at(["order_id", "ordered_on"], places).rows() == rows[places].rows()
    assert source.at(["order_id"], [5]).rows() == [("22", 2, 3)]


def test_rows_without_text_are_found_by_their_places(exports: Folder) -> None:
    assert source(exports, amount=[1.0, 2.0, 3.0]).at(["order_id"], [2, 0]).rows() == [("2", 0, 3), ("0", 0, 1)]


def test_rows_of_text_are_found_by_their_places(exports: Folder) -> None:
    exports.put("orders.csv", "order_id,ordered_on,amount\n1,2026-12-31,5\n\n,,\n2,2026-12-30,7\n")
    source, columns = exports.source(), ["order_id", "amount"]
    assert source.at(columns, [1, 0]).rows() == source.rows(columns).collect().rows()[::-1]


def test_flags_of_any_type(exports: Folder) -> None:
    """A frame in which some are missing has them as floats."""
    for values in ([1.0, 0.0, None], [1, 0, None], [Decimal(1), Decimal(0), None], [True, False, None]):
        assert read(exports, "is_autoship", values) == [True, False, None]
    found = source(exports, is_autoship=[1.0, 0.5, float("nan")])
    assert found.scan(["is_autoship"]).collect().rows() == [(True, False), (None, True), (None, True)]


def test_durations_are_no_ids(exports: Folder) -> None:
    with pytest.raises(DataError, match=r"orders\.parquet: channel is not a code"):
        source(exports, channel=pl.Series([1], dtype=pl.Duration)).scan(["channel"])


def test_days_beyond_all_calendars_are_their_last(exports: Folder) -> None:
    """A database's infinity, the day after 9999-12-31, and a day."""
    days = pl.Series([2**31 - 1, 2_932_897, day_number(DAY)], dtype=pl.Int32).cast(pl.Date)
    assert source(exports, ordered_on=days).scan(["ordered_on"]).collect().rows() == [
        (day_number(date.max), False), (day_number(date.max), False), (day_number(DAY), False)
    ]
    assert read(exports, "channel", days) == ["9999-12-31", "9999-12-31", "2026-12-31"]


def test_days_before_the_year_1000_do_not_fit_as_they_do_not_in_text(exports: Folder) -> None:
    """A database's infinity, what a program writes for no day, and the first day that fits."""
    numbers = [-(2**31), day_number(date(1, 1, 1)), day_number(date(1000, 1, 1))]
    found = source(exports, ordered_on=pl.Series(numbers, dtype=pl.Int32).cast(pl.Date))
    assert found.scan(["ordered_on"]).collect().rows() == [(None, True), (None, True), (numbers[2], False)]
    with pytest.raises(DataError, match=r'row 1: ordered_on is not a date\n +got +"0001-01-01"\n'):
        found.refuse_bad(["ordered_on"])


@pytest.mark.parametrize("unit", ["us", "ms"])
@pytest.mark.parametrize("zone", [None, "UTC"])
def test_times_beyond_all_calendars_are_as_days_are(exports: Folder, unit: Any, zone: str | None) -> None:
    """A day is left over for time zones."""
    times = pl.Series([2**63 - 1, -(2**63), 0], dtype=pl.Int64).cast(pl.Datetime(unit, zone))
    for settings in ({}, {"timezone": "Pacific/Auckland"}, {"timezone": "Pacific/Honolulu"}):
        found = source(exports, settings, ordered_on=times).scan(["ordered_on"]).collect()
        last, first, epoch = found["ordered_on"]
        assert day_number(date.max) - 1 <= last <= day_number(date.max)
        assert first is None
        assert epoch == (-1 if zone and settings == {"timezone": "Pacific/Honolulu"} else 0)


def put(exports: Folder, name: str, values: Any) -> None:
    """Orders with a column of a type that Polars cannot write."""
    rows = {"order_id": ["1"], "ordered_on": [DAY], "amount": [1.0]} | {name: values}
    parquet.write_table(pa.table(rows), exports.path / "orders.parquet")


def test_decimals_of_more_digits_than_can_be_computed_with_are_refused(exports: Folder) -> None:
    put(exports, "amount", pa.array([Decimal("5.1")], pa.decimal256(60, 10)))
    with pytest.raises(DataError, match=r"orders\.parquet: amount is not a number"):
        exports.source().scan(["amount"])


def test_times_whose_zone_is_an_offset_are_refused(exports: Folder) -> None:
    put(exports, "ordered_on", pa.array([datetime(2026, 12, 31, tzinfo=UTC)], pa.timestamp("us", tz="+05:30")))
    with pytest.raises(DataError, match=r"orders\.parquet has a column of a type that is not known"):
        exports.source()
