"""Tables on Spark: which files are found, which cells fit, and what is said of those that do not."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import mlmkpi
from mlmkpi.engines.spark import SparkEngine
from mlmkpi.errors import DataError, SettingsError
from mlmkpi.settings import Settings
from mlmkpi.sources import open_exports

pytestmark = pytest.mark.spark

NUMBERS = ("1", "-1.5", "+2", ".5", "5.", "1e3", "1.00005", "1.00015", "99999999999999.9999", " 7 ", "x", "1.5d", "")
DAYS = ("2026-01-05", "2026-1-5", "2026-02-30", "0999-01-01", "2026-01-05T23:30:00Z", "2026-01-05 01:00:00+02:00",
        "2026-01-05 10:00", "20260105", "", "2026-01-05T10:00:00.5-07:00", "2026-01-05T99:99Z", "1970-01-01",
        "9999-12-31")
FLAGS = ("true", "No", "1", "0.0", "maybe", "", "Y", "2", "f", "T", "yes", "n", "1.0")
ID = "order_id,ordered_on,amount\n"


def engine(session: Any, root: Any, *, bad_rows: str = "stop", **settings: Any) -> SparkEngine:
    return SparkEngine(session, root, Settings.model_validate(settings), bad_rows=bad_rows)


def read(session: Any, root: Any, table: str, names: Sequence[str], /, **settings: Any) -> pl.DataFrame:
    opened = engine(session, root, bad_rows="skip", **settings)
    try:
        return opened.collect(opened.scan(table, names))
    finally:
        opened.close()


def polars_read(root: Any, table: str, names: Sequence[str], /, **settings: Any) -> pl.DataFrame:
    with open_exports(root, Settings.model_validate(settings)) as exports:
        frame = exports.tables[table].scan(names).collect()
    frame = frame.filter(~pl.col("_bad")).drop("_bad") if "_bad" in frame.columns else frame
    return frame.with_columns(pl.col(name).cast(pl.String) for name in frame.columns if name.endswith("_id"))


@pytest.mark.parametrize("zone", [None, "America/Denver"])
def test_text_cells_are_read_as_polars_reads_them(session: Any, tmp_path: Path, zone: str | None) -> None:
    rows = [f"a{at:02},2026-01-01,{number}" for at, number in enumerate(NUMBERS)]
    rows += [f"b{at:02},{day},1" for at, day in enumerate(DAYS)]
    (tmp_path / "orders.csv").write_text(ID + "\n".join(rows) + "\n")
    flags = "\n".join(f"e{at},d{at},{flag}" for at, flag in enumerate(FLAGS))
    (tmp_path / "attendance.csv").write_text("event_id,distributor_id,attended\n" + flags + "\n")
    settings = {"timezone": zone} if zone else {}
    for table, columns in (("orders", ["order_id", "ordered_on", "amount"]), ("attendance", ["event_id", "attended"])):
        there = read(session, tmp_path, table, columns, **settings).sort(columns[0])
        here = polars_read(tmp_path, table, columns, **settings).sort(columns[0])
        assert_frame_equal(there, here, check_exact=True)


def test_typed_cells_are_read_as_polars_reads_them(session: Any, tmp_path: Path) -> None:
    moment = datetime(2026, 1, 5, 3, 30, tzinfo=UTC)
    pl.DataFrame({
        "order_id": [1, 2, 3], "ordered_on": [moment, moment, None],
        "amount": [0.00005, float("nan"), 1e13],
        "volume": pl.Series([Decimal("1.00005"), None, Decimal("-2")], dtype=pl.Decimal(30, 6)),
        "is_autoship": [1, 0, None], "channel": [1.0, 2.5, None], "status": [True, False, None],
    }).write_parquet(tmp_path / "orders.parquet")
    pl.DataFrame({
        "post_id": ["p", "q"], "posted_on": [date(2026, 1, 1), date(1960, 1, 1)], "likes": [3.0, 2.5],
        "reach": pl.Series([1, None], dtype=pl.Int16), "shares": [10**14 - 1, 10**14], "comments": [1.0, -1e14],
    }).write_parquet(tmp_path / "posts.parquet")
    for table in ("orders", "posts"):
        columns = list(pl.read_parquet_schema(tmp_path / f"{table}.parquet"))
        there = read(session, tmp_path, table, columns, timezone="America/Denver").sort(columns[0])
        here = polars_read(tmp_path, table, columns, timezone="America/Denver").sort(columns[0])
        assert_frame_equal(there, here, check_exact=True)


def test_files_are_found_as_polars_finds_them(session: Any, tmp_path: Path) -> None:
    names = ("orders/2026/a.csv", "orders/2026/b.csv", "customers_2026-01.csv", "customers_2026-02.csv", "notes.csv")
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("Order ID,ordered_on,amount,customer_id\n" + f"{name},2026-01-01,1,c\n")
    (tmp_path / "orders" / "_SUCCESS").write_text("")
    opened = engine(session, tmp_path)
    assert opened.leftover == ("notes.csv",)
    ids = opened.collect(opened.scan("orders", ["order_id"]))["order_id"].sort().to_list()
    assert ids == ["orders/2026/a.csv", "orders/2026/b.csv"]
    assert opened.collect(opened.scan("customers", ["customer_id"])).height == 2
    opened.close()


def test_quotes_line_ends_and_a_byte_order_mark(session: Any, tmp_path: Path) -> None:
    text = 'order_id,ordered_on,amount,channel\n"A""1",2026-01-01,1,"two\nlines"\n'
    (tmp_path / "orders.csv").write_text("\ufeff" + text, encoding="utf-8")
    frame = read(session, tmp_path, "orders", ["order_id", "channel"])
    assert frame.rows() == [('A"1', "two\nlines")]


@pytest.mark.parametrize(("text", "message"), [
    (ID + "A1,2026-01-01,1\nA3,2026-01-02,x\nA2,2026-01-01,y\n",
     r"orders.amount: 2 cells are not a number\n *first at +order_id A2"),
    (ID + "A1,05/01/2026,1\n", r"orders.ordered_on: 1 cell is not a date"),
    (ID + "A1,2026-01-01\n", "orders: 1 row has not as many cells as the header"),
    ("order_id,amount\nA1,1\n", "has no column for ordered_on"),
    ("Orders\n\n" + ID + "A1,2026-01-01,1\n", "line 1 looks like a title, and line 3 like the headers"),
    ("", "is empty"),
    ("order_id,ordered_on,amount,Amount\nA1,2026-01-01,1,1\n", r"orders\.csv has 2 columns for amount"),
    ("# made by hand\n" + ID + "A1,2026-01-01,1\n", r"orders\.csv cannot be read on Spark\n +found +comments above"),
    (ID + 'A1,2026-01-01,1\nA2,2026-01-02,"1\nA3,2026-01-03,1\n', r"orders\.csv: a quote is opened and not closed"),
    (ID + 'A1,2026-01-01,"1\nA2,2026-01-02,1"2\nA3,2026-01-03,1\n', r"orders\.csv: a quote is opened and not"),
    (ID.replace(",", ";") + "A1;2026-01-01;1.500\n", r"orders\.amount: 1 cell is not a number"),
])
def test_bad_exports_are_told(session: Any, tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "orders.csv").write_text(text)
    with pytest.raises(DataError, match=message) as told:
        mlmkpi.compute(tmp_path, kpis=["average_order_value"], engine=session)
    assert told.value.exit_code == 3
    assert "JVM" not in str(told.value)


def sales(exports: Any, engine: Any, **more: Any) -> tuple[list[tuple[Any, ...]], tuple[str, ...], tuple[str, ...]]:
    """What sales come to in January 2026 by channel, and what is said of the exports."""
    asked: dict[str, Any] = {"kpis": ["sales_volume"], "by": ["order.channel"], "as_of": date(2026, 1, 31), "count": 1}
    found = mlmkpi.compute(exports, **asked, **more, engine=engine)
    return found.frame.select("order.channel", "value").rows(), found.warnings, found.hints


@pytest.mark.parametrize("text", [
    "Order-ID;ordered on; Amount ;channel\nA1;2026-01-01;1.5;web\nA2;2026-01-02;2;\n",
    "order_id|ordered_on|amount|channel|note|note\nA1|2026-01-01|1.5|web|a|b\nA2|2026-01-02|2|||\n",
    "order_id\tordered_on\tamount\tchannel\t\nA1\t2026-01-01\t1.5\tweb\t\nA2\t2026-01-02\t2\t\t\n",
    "\n\norder_id,ordered_on,amount,channel\n\nA1,2026-01-01,1.5,web,,\n,,,\nA2,2026-01-02,2,\n,,,,\n,,\n",
])
def test_records_are_cut_as_polars_cuts_them(session: Any, tmp_path: Path, text: str) -> None:
    (tmp_path / "orders.csv").write_text(text)
    assert sales(tmp_path, None)[:2] == ([("(unknown)", 2.0), ("web", 1.5)], ())
    assert sales(tmp_path, session) == sales(tmp_path, None)


def test_points_where_semicolons_cut_are_read_once_they_are_said_to_be_decimal(session: Any, tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text("order_id;ordered_on;amount;channel\nA1;2026-01-01;1.500;web\n")
    said = {"settings": Settings.model_validate({"input": {"decimal": "."}})}
    assert sales(tmp_path, session, **said) == sales(tmp_path, None, **said)
    assert sales(tmp_path, session, **said)[0] == [("web", 1.5)]


def test_another_encoding_is_told_and_not_read_as_something_else(session: Any, tmp_path: Path) -> None:
    text = "order_id,ordered_on,amount,channel\nA1,2026-01-01,1,Büro\nA2,2026-01-01,1,Bäro\n"
    (tmp_path / "orders.csv").write_text(text, encoding="cp1252")
    with pytest.raises(DataError, match=r"orders\.channel: 2 cells are not a code\n +first at +order_id A1"):
        sales(tmp_path, session)
    for other in (text.encode("utf-16"), text.replace("channel", "Kanäle").encode("cp1252")):
        (tmp_path / "orders.csv").write_bytes(other)
        with pytest.raises(DataError, match=r"orders\.csv cannot be read on Spark\n +found +bytes that UTF-8 does not"):
            sales(tmp_path, session)


def test_a_folder_of_files_has_one_header_and_its_partitions(session: Any, tmp_path: Path) -> None:
    for channel, rows in {"web": "A1,2026-01-01,1\n", "shop": "A2,2026-01-02,2\nA3,2026-01-03,4\n"}.items():
        (tmp_path / "orders" / f"channel={channel}").mkdir(parents=True)
        (tmp_path / "orders" / f"channel={channel}" / "part.csv").write_text(f" {ID}{rows}")
    assert sales(tmp_path, session)[0] == [("shop", 6.0), ("web", 1.0)]
    (tmp_path / "orders" / "channel=web" / "part.csv").write_text("order_id,ordered_on,amount,x\nA1,2026-01-01,1,\n")
    with pytest.raises(DataError, match=r"the CSV files of one table differ in their headers: .*channel=web"):
        sales(tmp_path, session)
    for part in tmp_path.rglob("part.csv"):
        part.write_text(f"{ID[:-1]},x,X\nA1,2026-01-01,1,,\n")
    with pytest.raises(DataError, match=r"orders/ has a column twice, or one without a name\n +found +x"):
        sales(tmp_path, session)


def test_names_that_look_like_globs_are_names_where_there_is_such_a_file(session: Any, tmp_path: Path) -> None:
    folder = tmp_path / "exports [1] {a,b} #1"
    folder.mkdir()
    for file, row in {"orders [12].csv": "A1,2026-01-01,1,web", "orders 1.csv": "A2,2026-01-01,2,shop"}.items():
        (folder / file).write_text(f"{ID[:-1]},channel\n{row}\n")
    for exports, rows in {
        folder: [("shop", 2.0), ("web", 1.0)],
        folder / "orders [12].csv": [("web", 1.0)],
        tmp_path / "*" / "orders ?.csv": [("shop", 2.0)],
    }.items():
        assert sales(exports, session) == sales(exports, None)
        assert sales(exports, session)[0] == rows


def test_no_file_is_read_twice(session: Any, tmp_path: Path) -> None:
    text = "distributor_id,paid_on,amount\nA,2026-01-01,10\n"
    (tmp_path / "paid.csv").write_text(text)
    (tmp_path / "orders.csv").write_text(f"{ID[:-1]},distributor_id\nA1,2026-01-01,5,A\n")
    (tmp_path / "distributors.csv").write_text("distributor_id,enrolled_on\nA,2026-01-01\n")
    asked: dict[str, Any] = {"kpis": ["payout_ratio"], "count": 1}
    for files in ("paid.csv", ["paid.csv", "pa*.csv"]):
        asked["settings"] = Settings.model_validate({"files": {"commissions": files}})
        assert mlmkpi.compute(tmp_path, **asked, engine=session).frame["value"].to_list() == [10 / 5]
    (tmp_path / "paid.csv.gz").write_bytes(gzip.compress(text.encode()))
    asked["settings"] = Settings.model_validate({"files": {"commissions": "paid*"}})
    for other in (None, session):
        with pytest.raises(DataError, match=r"commissions is there in two forms\n +found +paid\.csv and paid\.csv\.gz"):
            mlmkpi.compute(tmp_path, **asked, engine=other)
    with pytest.raises(SettingsError, match="names an unknown table in"):
        engine(session, tmp_path, files={"comissions": "paid.csv"})


def test_a_table_without_a_column_that_it_needs_is_left_unread_where_others_do(session: Any, tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text(f"{ID}A1,2026-01-01,1\n")
    (tmp_path / "surveys.csv").write_text("date,score\n2026-01-01,9\n")
    asked: dict[str, Any] = {"kpis": ["sales_volume", "net_promoter_score"], "count": 1}
    here, there = mlmkpi.compute(tmp_path, **asked), mlmkpi.compute(tmp_path, **asked, engine=session)
    assert_frame_equal(here.frame, there.frame, check_exact=True)
    assert there.frame.select("value", "note").rows()[1] == (None, "needs surveys.answered_on")
    assert there.warnings == here.warnings == ("surveys.csv has no column for answered_on: left unread",)


def test_a_column_that_some_files_lack_is_told_as_on_polars(session: Any, tmp_path: Path) -> None:
    (tmp_path / "orders").mkdir()
    (tmp_path / "orders" / "1.csv").write_text(f"{ID[:-1]},volume\nA1,2026-01-01,1,9\n")
    (tmp_path / "orders" / "2.csv").write_text(f"{ID}A2,2026-01-02,1\n")
    settings = Settings.model_validate({"files": {"orders": "orders/*.csv"}})
    asked: dict[str, Any] = {"kpis": ["sales_volume"], "count": 1, "settings": settings}
    here, there = mlmkpi.compute(tmp_path, **asked), mlmkpi.compute(tmp_path, **asked, engine=session)
    assert there.warnings == here.warnings == ("volume is not in every file of orders and is left unread",)


def test_headers_that_may_be_meant_are_named_as_on_polars(session: Any, tmp_path: Path) -> None:
    text = f"{ID[:-1]},Auftragsnr.,seller_id,order_status,channel\nA1,2026-01-01,1,x,D,void,w\n"
    (tmp_path / "orders.csv").write_text(text)
    (tmp_path / "surveys.csv").write_text("date,score\n2026-01-01,9\n")
    asked: dict[str, Any] = {"kpis": ["sales_volume", "net_promoter_score"], "count": 1}
    here, there = mlmkpi.compute(tmp_path, **asked), mlmkpi.compute(tmp_path, **asked, engine=session)
    assert there.hints == here.hints
    said = "orders has columns that are not read and may be meant: seller_id for distributor_id, order_status for"
    assert [hint for hint in there.hints if hint.startswith(said)]


def test_files_that_no_table_takes_are_named_as_on_polars(session: Any, tmp_path: Path) -> None:
    for name in ("orders.csv", "orders.xlsx", "sales.csv", "customers.csv", "old.csv"):
        (tmp_path / name).write_text(f"{ID[:-1]},channel,customer_id\nA1,2026-01-01,1,web,C\n")
    settings = Settings.model_validate({"files": {"customers": "old.csv"}, "input": {"order.csv": {"delimiter": ";"}}})
    assert sales(tmp_path, session, settings=settings) == sales(tmp_path, None, settings=settings)
    assert sales(tmp_path, session, settings=settings)[2] == (
        "left unread, as [files] names others for their table: customers.csv",
        "left unread, as it is neither CSV, TSV, TXT nor Parquet: orders.xlsx",
        "left unread, as no table is called so: sales.csv",
        "[input] names what no file of a table is called: order.csv",
    )


def test_moments_of_a_frame_fall_on_the_day_they_were_written(session: Any) -> None:
    late = pl.Series([datetime(2026, 1, 31, 23, 30)]).dt.replace_time_zone("America/New_York")
    orders = {"orders": pl.DataFrame({"order_id": ["A"], "ordered_on": late, "amount": [1.0], "channel": ["web"]})}
    assert sales(orders, session) == sales(orders, None)
    assert sales(orders, session)[0] == [("web", 1.0)]


def test_a_parquet_file_that_spark_does_not_read_is_told(session: Any, tmp_path: Path) -> None:
    rows = pl.DataFrame({"order_id": ["A"], "ordered_on": [date(2026, 1, 1)], "amount": [1.0], "channel": ["web"]})
    moment = pl.Series([datetime(2026, 1, 1)], dtype=pl.Datetime("ns"))
    for more, said in (({"at": moment}, "has a column that Spark does not read"),
                       ({"Channel": rows["channel"]}, "has a column twice")):
        rows.with_columns(**more).write_parquet(tmp_path / "orders.parquet")
        with pytest.raises(DataError, match=said):
            sales(tmp_path, session)


def test_bad_rows_are_skipped_and_counted(session: Any, tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text(ID + "A1,2026-01-01,1\nA2,2026-01-02,x\nA3,2026-01-03,3\nA4,2026-01-04\n")
    here = mlmkpi.compute(tmp_path, kpis=["average_order_value"], bad_rows="skip")
    there = mlmkpi.compute(tmp_path, kpis=["average_order_value"], bad_rows="skip", engine=session)
    assert_frame_equal(here.frame, there.frame, check_exact=True)
    assert "2 unreadable rows of orders left out" in there.warnings


def test_cells_that_are_not_there_are_told_as_on_polars(session: Any, tmp_path: Path) -> None:
    (tmp_path / "enrollments.csv").write_text("distributor_id,enrolled_on\nD1,2026-01-01\nD2,\n,2026-01-02\nD3,\n")
    told = ("1 row of enrollments has no distributor_id", "2 rows of enrollments have no enrolled_on")
    for engine in (None, session):
        assert mlmkpi.compute(tmp_path, kpis=["new_signups"], engine=engine).warnings == told


def test_rows_that_differ_under_one_key_are_told_as_on_polars(session: Any, tmp_path: Path) -> None:
    rows = "D1,2026-01-01,\nD2,2026-01-01,D1\nD3,2026-01-01,\nD2,2026-01-02,D3\n"
    (tmp_path / "distributors.csv").write_text("distributor_id,enrolled_on,sponsor_id\n" + rows)
    told = r"D2 differs in enrolled_on \(2026-01-01, 2026-01-02\), sponsor_id \(D1, D3\)"
    for engine in (None, session):
        with pytest.raises(DataError, match=told):
            mlmkpi.compute(tmp_path, kpis=["new_signups"], engine=engine)


def test_a_table_in_two_forms_a_path_that_is_not_there_and_what_spark_cannot_read(session: Any, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="does not exist where the Spark server looks"):
        engine(session, tmp_path / "nowhere")
    (tmp_path / "orders.tsv").write_text(ID)
    with pytest.raises(DataError, match=r"orders\.tsv cannot be read on Spark"):
        engine(session, tmp_path)
    (tmp_path / "orders.tsv").unlink()
    (tmp_path / "orders.csv").write_text(ID)
    (tmp_path / "orders.parquet").write_bytes(b"PAR1")
    with pytest.raises(DataError, match="orders is there in two forms"):
        engine(session, tmp_path)
    with pytest.raises(SettingsError, match=r"decimal under \[input\] cannot be followed on Spark"):
        engine(session, tmp_path, input={"decimal": ","})


def test_tables_by_name_frames_and_settings(session: Any, tmp_path: Path) -> None:
    first = date(2026, 1, 1)
    rows = pl.DataFrame(
        {"Nr": ["A1", "A2"], "ordered_on": [first, first], "amount": [1.0, 2.0], "Ch": ["Web", "shop"]}
    )
    session.createDataFrame(rows.to_arrow()).createOrReplaceTempView("their_orders")
    settings = {
        "columns": {"orders": {"order_id": "Nr", "channel": "Ch"}},
        "codes": {"orders": {"channel": {"online": ["web"]}}},
    }
    for given in (session.table("their_orders"), rows):
        frame = read(session, {"orders": given}, "orders", ["order_id", "channel"], **settings).sort("order_id")
        assert frame.rows() == [("A1", "online"), ("A2", "shop")]
    with pytest.raises(DataError, match="Spark knows no table"):
        engine(session, {"orders": "main.sales.orders"}).columns("orders")


def test_the_session_keeps_its_own_settings(session: Any, tmp_path: Path) -> None:
    session.conf.set("spark.sql.session.timeZone", "Asia/Tokyo")
    try:
        read(session, {"orders": pl.DataFrame({"order_id": ["A"], "ordered_on": [date(2026, 1, 1)], "amount": [1]})},
             "orders", ["ordered_on"])
        assert session.conf.get("spark.sql.session.timeZone") == "Asia/Tokyo"
    finally:
        session.conf.set("spark.sql.session.timeZone", "UTC")


def test_codes_that_no_list_has_stop_the_run_or_are_left_out(session: Any, tmp_path: Path) -> None:
    """Of two goals of 10, one is of nothing known; A sold 5."""
    (tmp_path / "orders.csv").write_text(f"{ID[:-1]},distributor_id\no1,2026-01-02,5,A\n")
    (tmp_path / "distributors.csv").write_text("distributor_id,enrolled_on\nA,2026-01-01\n")
    rows = "".join(f"A,{kpi},10,2026-01-01,2026-01-31\n" for kpi in ("Sales_Volume", "smiles"))
    (tmp_path / "goals.csv").write_text(f"distributor_id,kpi,goal,starts_on,ends_on\n{rows}")
    asked: dict[str, Any] = {"kpis": ["goal_attainment"], "as_of": date(2026, 1, 31), "count": 1, "engine": session}
    with pytest.raises(DataError, match=r'(?m)^goals.kpi has codes .*\n +got +"smiles" \(1 row\)$'):
        mlmkpi.compute(tmp_path, **asked)
    result = mlmkpi.compute(tmp_path, bad_rows="skip", **asked)
    assert result.frame["value"].to_list() == [1 / 2]
    assert result.warnings == ("1 row of goals of an unknown kpi left out",)
    mapped = Settings.model_validate({"codes": {"goals": {"kpi": {"new_signups": ["smiles"]}}}})
    assert set(mlmkpi.compute(tmp_path, **asked, settings=mapped).frame["goal_kpi"]) == {"sales_volume", "new_signups"}
