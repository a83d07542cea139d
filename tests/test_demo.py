"""The demo company: the same bytes for a seed, canonical columns, references that hold, habits to be believed."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import mlmkpi.demo
from marks import wide
from mlmkpi.demo import write_demo
from mlmkpi.demo.company import found
from mlmkpi.demo.trade import Trade
from mlmkpi.errors import OutputError, UsageError
from mlmkpi.settings import load_settings
from mlmkpi.tables import TABLES, Kind, Table

ORDERS = 20_000
LEFT_OUT = {"orders": {"autoship_id"}, "distributors": {"birth_year"}, "customers": {"birth_date"}}
WRITTEN = sorted(TABLES.keys() - {"periods", "rates"})

Demo = dict[str, pl.DataFrame]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("demo") / "company"
    write_demo(target)
    return target


@pytest.fixture(scope="module")
def demo(folder: Path) -> Demo:
    days = {name: {c.name: pl.Date for c in TABLES[name].columns if c.kind is Kind.DATE} for name in WRITTEN}
    return {
        table: pl.read_csv(folder / f"{table}.csv", schema_overrides=days[table], infer_schema_length=None)
        for table in WRITTEN
    }


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def sales(demo: Demo) -> pl.DataFrame:
    valid = pl.col("status").is_in(["completed", "shipped"])
    return demo["orders"].filter(valid & (pl.col("kind") == "sale"))


@pytest.fixture(scope="module")
def seventh(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    target = tmp_path_factory.mktemp("seventh")
    write_demo(target, orders=2_000, seed=7)
    return contents(target)


def lay(files: dict[str, bytes], folder: Path) -> None:
    """Put a company's files into a folder, as if it had been written there."""
    for name, content in files.items():
        (folder / name).write_bytes(content)


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path, seventh: dict[str, bytes]) -> None:
    write_demo(tmp_path / "two", orders=2_000, seed=7)
    assert contents(tmp_path / "two") == seventh


def test_another_seed_gives_another_company(tmp_path: Path, seventh: dict[str, bytes]) -> None:
    write_demo(tmp_path / "two", orders=2_000, seed=8)
    differ = {name for name, content in seventh.items() if content != (tmp_path / "two" / name).read_bytes()}
    assert {f"{table}.csv" for table in WRITTEN} - differ == {
        f"{table}.csv" for table in ("events", "markets", "territories", "targets", "products")
    }


@pytest.fixture(params=[100, wide(1)], ids=["limits a hundredth", "limits as they are"])
def large(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """The fewest orders that are written as Parquet; beyond twice as many there are no lines."""
    for limit, orders in (("_MOST_AS_CSV", 100_000), ("_MOST_WITH_LINES", 200_000)):
        assert getattr(mlmkpi.demo, limit) == orders
        monkeypatch.setattr(mlmkpi.demo, limit, orders // request.param)
    return int(100_000 // request.param + 1)


def test_a_large_company_is_parquet_with_the_same_bytes_and_no_lines(tmp_path: Path, large: int) -> None:
    count = 2 * large - 1
    write_demo(tmp_path / "one", orders=count)
    write_demo(tmp_path / "two", orders=count)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    tables = set(WRITTEN) - {"order_lines", "products"}
    assert contents(tmp_path / "one").keys() == {f"{table}.parquet" for table in tables} | {"mlmkpi.toml"}
    orders = pl.read_parquet(tmp_path / "one" / "orders.parquet")
    assert orders.height == count
    assert orders.schema["ordered_on"] == pl.Date
    assert {orders.schema[name] for name in ("order_id", "distributor_id", "status")} == {pl.String}
    assert orders["amount"].to_list() == orders["amount"].round(2).to_list()


def test_orders_come_in_stretches_and_not_all_at_once() -> None:
    frames = [len(frame) for frame in Trade(found(1, 100_000), lines=False).orders()]
    assert sum(frames) == 100_000
    assert max(frames) < 100_000 / 12


def test_the_smallest_company_has_every_table(tmp_path: Path) -> None:
    write_demo(tmp_path / "tiny", orders=100)
    assert contents(tmp_path / "tiny").keys() == {f"{table}.csv" for table in WRITTEN} | {"mlmkpi.toml"}
    assert pl.read_csv(tmp_path / "tiny" / "orders.csv").height == 100


def test_row_counts_follow_the_orders(demo: Demo) -> None:
    assert demo["orders"].height == ORDERS
    assert demo["distributors"].height == ORDERS // 10
    assert demo["customers"].height == ORDERS * 3 // 10
    assert {table for table in WRITTEN if demo[table].is_empty()} == set()


def test_the_orders_cover_26_months_and_end_on_the_last_day(demo: Demo) -> None:
    days = demo["orders"]["ordered_on"]
    assert days.is_sorted()
    assert (days[0], days[-1]) == (date(2024, 9, 1), date(2026, 10, 31))
    assert days.dt.truncate("1mo").n_unique() == 26


@pytest.mark.parametrize("table", WRITTEN)
def test_the_headers_are_the_canonical_columns(folder: Path, table: str) -> None:
    header = (folder / f"{table}.csv").read_text().split("\n", 1)[0].split(",")
    assert header == [name for name in TABLES[table].names if name not in LEFT_OUT.get(table, set())]


@pytest.mark.parametrize(
    "table", [table for table in TABLES.values() if table.name in WRITTEN], ids=lambda t: t.name
)
def test_keys_are_unique_and_required_columns_filled(demo: Demo, table: Table) -> None:
    frame = demo[table.name]
    assert not table.key or frame.select(table.key).is_unique().all()
    optional = {"violation"}
    assert {name for name in table.required if frame[name].null_count()} <= optional


@pytest.mark.parametrize(
    ("table", "column", "target"),
    [
        (table.name, column.name, column.references)
        for table in TABLES.values()
        for column in table.columns
        if column.references and table.name in WRITTEN
    ],
)
def test_references_hold_but_for_a_dozen_unknown_sellers(
    demo: Demo, table: str, column: str, target: str
) -> None:
    parent, key = target.split(".")
    used = demo[table][column].drop_nulls()
    assert len(used) > 0
    unknown = used.filter(~used.is_in(demo[parent][key].unique().implode()))
    assert len(unknown) == (12 if (table, column) == ("orders", "distributor_id") else 0)


@pytest.mark.parametrize(
    ("table", "column"),
    [("orders", "kind"), ("enrollments", "kind"), ("customers", "kind"), ("ranks", "kind"), ("goals", "kpi")],
)
def test_codes_are_the_words_that_are_known(demo: Demo, table: str, column: str) -> None:
    assert set(demo[table][column]) == set(TABLES[table].column(column).codes)


def test_the_trees_grow_downwards(demo: Demo) -> None:
    people = demo["distributors"].with_row_index()
    for column in ("sponsor_id", "enroller_id"):
        above = people.join(people, left_on=column, right_on="distributor_id", suffix="_above")
        assert (above["index_above"] < above["index"]).all()
        assert (above["enrolled_on_above"] <= above["enrolled_on"]).all()
    same = people["sponsor_id"].eq_missing(people["enroller_id"]).mean()
    assert isinstance(same, float)
    assert 0.8 < same < 0.98
    parents = {row["distributor_id"]: row["sponsor_id"] for row in people.iter_rows(named=True)}
    depth: dict[str | None, int] = {None: -1}
    for person, sponsor in parents.items():
        depth[person] = depth[sponsor] + 1
    assert max(depth.values()) >= 6


def test_nobody_sells_before_enrolling_or_after_leaving_for_good(demo: Demo) -> None:
    back = (
        demo["enrollments"].filter(pl.col("kind") == "rejoin").select("distributor_id", back_on="enrolled_on")
    )
    sold = (
        sales(demo)
        .join(demo["distributors"], on="distributor_id")
        .join(back, on="distributor_id", how="left")
    )
    assert (sold["ordered_on"] >= sold["enrolled_on"]).all()
    after = sold.filter(pl.col("ordered_on") > pl.col("terminated_on"))
    assert after.height > 0
    assert (after["ordered_on"] >= after["back_on"]).all()


def test_returns_give_back_an_earlier_order_once(demo: Demo) -> None:
    returns = demo["orders"].filter(pl.col("kind") == "return")
    originals = returns.join(demo["orders"], left_on="original_order_id", right_on="order_id", suffix="_sold")
    assert originals.height == returns.height == returns["original_order_id"].n_unique()
    assert (originals["ordered_on"] >= originals["ordered_on_sold"]).all()
    assert (returns["amount"] < 0).all()
    assert (originals["amount"].abs() <= originals["amount_sold"]).all()
    assert 0.02 < returns.height / ORDERS < 0.04


def test_lines_are_there_or_not_as_asked(tmp_path: Path) -> None:
    write_demo(tmp_path / "with", orders=200, lines=True)
    write_demo(tmp_path / "without", orders=200, lines=False)
    assert contents(tmp_path / "with").keys() - contents(tmp_path / "without").keys() == {
        "order_lines.csv", "products.csv",
    }


def test_the_lines_add_up_to_the_orders(demo: Demo) -> None:
    lines = demo["order_lines"].group_by("order_id").agg(pl.col("amount").sum().round(2))
    orders = demo["orders"].filter(pl.col("kind") != "replacement")
    both = orders.join(lines, on="order_id", suffix="_lines")
    assert both.height == lines.height == orders.height
    assert (both["amount"] - both["amount_lines"]).abs().max() == pytest.approx(0, abs=0.001)


def test_about_a_fifth_of_new_people_are_current_after_a_year(demo: Demo) -> None:
    start, end = date(2024, 9, 1), date(2025, 10, 31)
    people = demo["distributors"].filter(pl.col("enrolled_on").is_between(start, end))
    then = people.select("distributor_id", "terminated_on", then=pl.col("enrolled_on") + timedelta(365))
    sold = sales(demo).join(then, on="distributor_id")
    recent = pl.col("ordered_on").is_between(pl.col("then") - timedelta(89), pl.col("then"))
    stayed = pl.col("terminated_on").is_null() | (pl.col("terminated_on") > pl.col("then"))
    current = sold.filter(recent & stayed)["distributor_id"].n_unique()
    assert 0.15 < current / people.height < 0.25


def test_sales_are_skewed_and_seasonal(demo: Demo) -> None:
    sold = sales(demo)
    counts = (
        demo["distributors"]
        .join(sold.group_by("distributor_id").len(), on="distributor_id", how="left")["len"]
        .fill_null(0)
    )
    assert (counts == 0).sum() > ORDERS / 10 * 0.15
    top = counts.sort(descending=True)
    assert top.head(len(counts) // 100).sum() > counts.sum() * 15 // 100
    months = sold.group_by(pl.col("ordered_on").dt.truncate("1mo")).len().sort("ordered_on")
    assert months.sort("len")["ordered_on"].tail(2).to_list() == [date(2024, 12, 1), date(2025, 12, 1)]
    joins = demo["distributors"].group_by(pl.col("enrolled_on").dt.month()).len().sort("len")
    assert set(joins["enrolled_on"].tail(2)) == {1, 9}
    own = sold.filter(pl.col("customer_id").is_null() & pl.col("distributor_id").is_not_null())
    last_days = own["ordered_on"].dt.month_end() - own["ordered_on"] < timedelta(3)
    assert last_days.sum() > 0.12 * own.height
    assert 0.2 < own.height / sold.height < 0.35


def test_a_few_findings_wait_for_validate(demo: Demo) -> None:
    assert (demo["surveys"]["score"] > 10).sum() == 4
    minors = demo["distributors"].filter(pl.col("birth_date") > date(2008, 10, 31))
    assert minors.height == 2


def test_the_settings_can_be_read(folder: Path, demo: Demo) -> None:
    settings = load_settings(None, folder, folder)
    assert settings.currency == "USD"
    assert set(demo["ranks"]["rank"]) | set(demo["distributors"]["rank"]) == set(settings.rank_ladder)


def test_a_new_size_replaces_the_old_files(tmp_path: Path, large: int, seventh: dict[str, bytes]) -> None:
    lay(seventh, tmp_path)
    write_demo(tmp_path, orders=large)
    assert {path.suffix for path in tmp_path.iterdir()} == {".parquet", ".toml"}
    write_demo(tmp_path, orders=1_000)
    assert {path.suffix for path in tmp_path.iterdir()} == {".csv", ".toml"}


@pytest.mark.parametrize("name", ["orders.csv", "notes.txt"])
def test_a_folder_with_other_files_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine")
    with pytest.raises(UsageError, match="did not write") as caught:
        write_demo(tmp_path, orders=100)
    assert ("found", name) in caught.value.details
    assert contents(tmp_path) == {name: b"mine"}


@pytest.mark.parametrize("name", ["orders_2026.csv", "mlmkpi.toml"])
def test_a_demo_that_was_added_to_is_refused(tmp_path: Path, name: str, seventh: dict[str, bytes]) -> None:
    lay(seventh, tmp_path)
    (tmp_path / name).write_text("mine")
    before = contents(tmp_path)
    with pytest.raises(UsageError, match="did not write"):
        write_demo(tmp_path, orders=200)
    assert contents(tmp_path) == before


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "company").write_text("mine")
    with pytest.raises(UsageError, match="is a file"):
        write_demo(tmp_path / "company", orders=100)


@pytest.mark.parametrize(("orders", "seed"), [(99, 1), (50_000_001, 1), (1_000, -1)])
def test_sizes_and_seeds_out_of_range_are_refused(tmp_path: Path, orders: int, seed: int) -> None:
    with pytest.raises(UsageError):
        write_demo(tmp_path / "company", orders=orders, seed=seed)
    assert not (tmp_path / "company").exists()


@pytest.mark.parametrize("parquet", [False, True])
def test_what_is_interrupted_leaves_the_folder_as_it_was(
    tmp_path: Path, parquet: bool, large: int, seventh: dict[str, bytes]
) -> None:
    def stop(table: str, rows: int, total: int) -> None:
        if table == "customers":
            raise KeyboardInterrupt

    lay(seventh, tmp_path)
    with pytest.raises(KeyboardInterrupt):
        write_demo(tmp_path, orders=large if parquet else 1_000, progress=stop)
    assert contents(tmp_path) == seventh


@pytest.mark.parametrize("parquet", [False, True])
def test_a_full_disk_is_an_output_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, parquet: bool, large: int
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pl.DataFrame, "write_csv", full)
    monkeypatch.setattr("pyarrow.parquet.ParquetWriter.write_table", full)
    with pytest.raises(OutputError) as caught:
        write_demo(tmp_path, orders=large if parquet else 1_000)
    assert caught.value.details == (("got", "No space left on device"),)
    assert contents(tmp_path) == {}


def test_progress_counts_the_rows(tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    write_demo(tmp_path, orders=1_000, progress=lambda *step: told.append(step))
    orders = [step for step in told if step[0] == "orders"]
    assert orders[-1] == ("orders", 1_000, 1_000)
    assert [rows for _, rows, _ in orders] == sorted(rows for _, rows, _ in orders)
    assert told[0][0] == "orders"
    assert {table for table, _, _ in told} == set(WRITTEN)
    assert np.unique([total for table, _, total in told if table == "leads"]).tolist() == [0]
