"""The commands that need no KPI: validate, demo, convert."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from cli.ended import Run

Call = Callable[..., Run]
ORDERS = "order_id,ordered_on,amount,distributor_id,status\n"
PEOPLE = "distributor_id,enrolled_on\nA1,2026-01-01\n"


@pytest.fixture
def exports(tmp_path: Path) -> Callable[..., str]:
    """Writes an export folder of two tables: the rows of orders."""

    def write(*rows: str) -> str:
        (tmp_path / "orders.csv").write_text(ORDERS + "".join(f"{row}\n" for row in rows))
        (tmp_path / "distributors.csv").write_text(PEOPLE)
        return str(tmp_path)

    return write


def test_clean_exports_end_with_nought(run: Call, exports: Callable[..., str]) -> None:
    ended = run("validate", exports("1,2026-02-01,9.50,A1,paid"))
    assert (ended.code, ended.err) == (0, "")
    head, _, last = ended.out.partition("\n\n")
    assert head == "distributors  1 row in 1 file  ✓\norders        1 row in 1 file  ✓"
    assert last.startswith("nothing found in 2 rows (")


def test_an_error_ends_with_one_and_stdout_is_json_alone(run: Call, exports: Callable[..., str]) -> None:
    ended = run("validate", exports("1,2026-02-01,many,A1,paid"), "--format", "json")
    assert (ended.code, ended.err) == (1, "")
    (found,) = json.loads(ended.out)
    assert (found["table"], found["column"], found["severity"], found["count"]) == ("orders", "amount", "error", 1)
    assert found["examples"] == [{"file": "orders.csv", "row": 1, "key": "1", "value": "many"}]


def test_a_warning_ends_with_nought_and_under_strict_with_one(run: Call, exports: Callable[..., str]) -> None:
    folder = exports("1,2026-02-01,9.50,A9,paid")
    assert run("validate", folder, "--format", "json").code == 0
    assert run("validate", folder, "--format", "json", "--strict").code == 1


def test_a_target_of_no_kpi_is_found(run: Call, exports: Callable[..., str], tmp_path: Path) -> None:
    (tmp_path / "targets.csv").write_text("kpi,goal\nchurn_rate,0.1\nchrun_rate,0.1\n")
    ended = run("validate", exports("1,2026-02-01,9.50,A1,paid"))
    assert ended.code == 0
    assert 'targets.csv row 2   got "chrun_rate"\n           fix  did you mean churn_rate?\n' in ended.out


def test_a_folder_that_is_not_there_ends_with_three(run: Call, tmp_path: Path) -> None:
    ended = run("validate", str(tmp_path / "none"))
    assert (ended.code, ended.out) == (3, "")
    assert ended.err.startswith(f"error: {tmp_path / 'none'} does not exist\n")


def test_settings_that_are_not_there_end_with_two(run: Call, exports: Callable[..., str], tmp_path: Path) -> None:
    ended = run("validate", exports(), "--config", str(tmp_path / "none.toml"))
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith(f"error: {tmp_path / 'none.toml'} cannot be read\n")


def test_the_demo_says_on_stderr_what_to_do_next(run: Call, tmp_path: Path) -> None:
    folder = tmp_path / "a company"
    ended = run("demo", str(folder), "--orders", "200", "--seed", "3")
    assert ended == Run(0, "", f"note: the demo company is in {folder}/ · mlmkpi compute '{folder}'\n")
    assert (folder / "orders.csv").exists()


def test_a_demo_of_no_size_ends_with_two(run: Call, tmp_path: Path) -> None:
    ended = run("demo", str(tmp_path / "demo"), "--orders", "1")
    assert (ended.code, ended.out) == (2, "")


def test_convert_prints_the_files_that_it_wrote(run: Call, exports: Callable[..., str], tmp_path: Path) -> None:
    to = tmp_path / "parquet"
    ended = run("convert", exports("1,2026-02-01,9.50,A1,paid"), str(to))
    assert ended == Run(0, f"{to}/distributors.parquet\n{to}/orders.parquet\n", "")
    assert pl.read_parquet(to / "orders.parquet")["order_id"].to_list() == ["1"]


def test_convert_takes_the_settings_along_but_not_over_somebody_elses(
    run: Call, exports: Callable[..., str], tmp_path: Path
) -> None:
    folder, to = exports("1,2026-02-01,9.50,A1,paid"), tmp_path / "parquet"
    theirs = Path(folder) / "mlmkpi.toml"
    theirs.write_text('currency = "EUR"\n')
    files = f"{to}/distributors.parquet\n{to}/orders.parquet\n"
    assert run("convert", folder, str(to)) == Run(0, f"{files}{to}/mlmkpi.toml\n", "")
    (to / "mlmkpi.toml").write_text('currency = "SEK"\n')
    said = f"note: {to}/mlmkpi.toml was there and is left as it is; nothing of {theirs} is in it\n"
    assert run("convert", folder, str(to)) == Run(0, files, said)
    assert run("convert", folder, str(to), "--config", f"{to}/mlmkpi.toml") == Run(0, files, "")


def test_convert_tells_what_is_not_written_as_it_was(run: Call, tmp_path: Path) -> None:
    """The folder that it writes tells nothing of it any more."""
    folder = tmp_path / "Ann's exports"
    folder.mkdir()
    head = "order_id,ordered_on,amount"
    (folder / "orders_1.csv").write_text(f"{head},a,b,volume,c,d,e,f,g\n1,2026-02-01,9.12345,1,2,3,4,5,6,7,8\n")
    (folder / "orders_2.csv").write_text(f"{head},g,f,e,d,c,b,a\n2,2026-02-02,9,1,2,3,4,5,6,7\n")
    (folder / "distributors.csv").write_text("distributor_id,enrolled_on,team\nA1,2026-01-01,red\n")
    (folder / "sales.csv").write_text(f"{head}\n")
    to = tmp_path / "parquet"
    ended = run("convert", str(folder), str(to))
    assert (ended.code, ended.out) == (0, f"{to}/distributors.parquet\n{to}/orders.parquet\n")
    quoted = str(folder).replace("'", "'\"'\"'")
    assert ended.err == (
        "warning: 1 row of orders: amount has more than four decimals and is rounded to four, volume is not in every"
        f" file of orders and is left unread · mlmkpi validate '{quoted}'\n"
        "note: left unread, as no table is called so: sales.csv\n"
        "note: not written, as they are the exports' own columns: team of distributors; a, b, c, d, e, 2 more of"
        " orders\n"
    )


def test_convert_tells_of_tables_that_lie_in_its_folder_already(
    run: Call, exports: Callable[..., str], tmp_path: Path
) -> None:
    folder, to = exports("1,2026-02-01,9.50,A1,paid"), tmp_path / "parquet"
    assert run("convert", folder, str(to)).err == ""
    (to / "notes.csv").write_text("nothing of ours\n")
    assert run("convert", folder, str(to)).err == ""
    (to / "ranks").mkdir()
    (to / "orders-old.csv").write_text("order_id\n")
    ended = run("convert", folder, str(to))
    said = f"warning: {to} has other tables too, which are read with those written: orders-old.csv, ranks\n"
    assert (ended.code, ended.err) == (0, said)


@pytest.mark.parametrize("row", ["1,2026-02-01,many,A1,paid", "1,2026-02-01,9.50,A1,paid,more"])
def test_convert_proposes_nothing_that_it_cannot_do(
    run: Call, exports: Callable[..., str], tmp_path: Path, row: str
) -> None:
    ended = run("convert", exports(row), str(tmp_path / "parquet"))
    assert ended.code == 3
    assert ended.err.splitlines()[-1].startswith("  fix       correct the ")
    assert "--bad-rows" not in ended.err
    assert "--bad-rows skip" in run("compute", exports(row)).err


def test_convert_ends_with_three_at_a_cell_that_does_not_fit(
    run: Call, exports: Callable[..., str], tmp_path: Path
) -> None:
    ended = run("convert", exports("1,2026-02-01,many,A1,paid"), str(tmp_path / "parquet"))
    assert (ended.code, ended.out) == (3, "")
    assert ended.err.startswith("error: orders.csv row 1: amount is not a number\n")
    assert not (tmp_path / "parquet" / "orders.parquet").exists()


def test_convert_refuses_the_folder_that_it_reads(run: Call, exports: Callable[..., str]) -> None:
    """Its files would be the tables a second time, or those that are read."""
    folder = exports("1,2026-02-01,9.50,A1,paid")
    ended = run("convert", folder, f"{folder}/")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == f"error: {folder} holds the exports themselves\n  fix  name another folder\n"
    assert sorted(path.name for path in Path(folder).iterdir()) == ["distributors.csv", "orders.csv"]
    assert run("validate", folder).code == 0


@pytest.mark.parametrize(("line", "said"), [
    ("lapse_after_day = 60", "has an unknown key definitions.lapse_after_day"),
    ('lapse_after_days = "ninety"', ": lapse_after_days does not fit"),
    ("activity_minimum = 0", ": activity_minimum is 0\n  expected  1 or more"),
    ("coverage_minimum = 0", ": coverage_minimum is 0\n  expected  1 or more"),
    ('active_rule = "volume>=inf"', ": active_rule does not fit\n  got       'volume>=inf'"),
    ('active_rule = "volume>=0.00001"', ": active_rule does not fit\n  got       'volume>=0.00001'"),
    ("margin = nan", ": margin does not fit\n  got       nan\n  expected  a number from 0 to 1"),
    ('payout_cap = "0.3"', ": payout_cap does not fit\n  got       '0.3'\n  expected  a number from 0 to 1"),
    ('team_depth = "deep"', ": team_depth is 'deep'\n  expected  a whole number from 0"),
])
def test_validate_refuses_the_definitions_that_compute_would(
    run: Call, exports: Callable[..., str], line: str, said: str
) -> None:
    folder = exports("1,2026-02-01,9.50,A1,paid")
    (Path(folder) / "mlmkpi.toml").write_text(f"[definitions]\n{line}\n")
    for command in "validate", "compute":
        ended = run(command, folder)
        assert (ended.code, ended.out) == (2, "")
        assert ended.err.startswith(f"error: {folder}/mlmkpi.toml{said if said[0] == ':' else ' ' + said}\n")


@pytest.mark.parametrize("bands", [
    ["young"], ["<18", "18-24", "25-34"], ["<18", "18-24", "30+"], ["<18", "18-25", "25+"], ["<18", "18-2999", "3000+"],
    ["<25", "25-24", "25+"], ["<18", "18 to 24", "25+"], ["<18"],
])
def test_age_bands_that_are_none_or_leave_ages_out_are_refused_whatever_is_computed(
    run: Call, exports: Callable[..., str], bands: list[str]
) -> None:
    folder = exports("1,2026-02-01,9.50,A1,paid")
    (Path(folder) / "mlmkpi.toml").write_text(f"[definitions]\nage_bands = {bands}\n")
    for command in (("validate", folder), ("compute", folder, "--kpi", "sales_volume")):
        ended = run(*command)
        assert (ended.code, ended.out) == (2, "")
        assert ended.err.startswith(f"error: age_bands cannot be read\n  got       {', '.join(bands)}\n")


@pytest.mark.parametrize("bands", [
    ["<30", "30-34", "50+"], ["<30", "30-55", "50+"], ["<30", "30-49", "50"], ["<30", "35-49", "50+"], ["<30"],
])
def test_age_bands_hold_every_age_once(run: Call, exports: Callable[..., str], bands: list[str]) -> None:
    """With a gap somebody of 40 would stand among those of 30 to 34."""
    folder = exports("1,2026-02-01,9.50,A1,paid")
    (Path(folder) / "mlmkpi.toml").write_text(f"[definitions]\nage_bands = {bands}\n")
    ended = run("validate", folder)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith(f"error: age_bands cannot be read\n  got       {', '.join(bands)}\n")


def test_validate_names_the_files_that_it_leaves_unread(run: Call, exports: Callable[..., str]) -> None:
    folder = exports("1,2026-02-01,9.50,A1,paid")
    for name in "customer.csv", "customers.xlsx":
        (Path(folder) / name).write_text("")
    said = (
        "note: left unread, as it is neither CSV, TSV, TXT nor Parquet: customers.xlsx\n"
        "note: left unread, as no table is called so: customer.csv\n"
    )
    assert run("validate", folder).err == said
    assert run("compute", folder).err.endswith(said)


@pytest.mark.parametrize("command", [("compute", "--kpi", "sales_volume"), ("validate",), ("kpis", "--missing")])
def test_headers_that_are_not_read_and_may_be_meant_are_named(
    run: Call, tmp_path: Path, command: tuple[str, ...]
) -> None:
    """Every order counts here, whatever its state, until the settings name the column."""
    (tmp_path / "orders.csv").write_text(
        "order_id,ordered_on,amount,order_status,seller_id,vat_id\n1,2026-02-01,5,paid,A,x\n2,2026-02-01,7,void,A,x\n"
    )
    said = (
        "note: orders has columns that are not read and may be meant: seller_id for distributor_id, "
        "order_status for status; then name them under [columns.orders]\n"
    )
    assert said in run(*command, str(tmp_path)).err
    (tmp_path / "mlmkpi.toml").write_text('[columns.orders]\nstatus = "order_status"\ndistributor_id = "seller_id"\n')
    assert "may be meant" not in run(*command, str(tmp_path)).err


def test_what_the_settings_leave_idle_is_named(run: Call, exports: Callable[..., str]) -> None:
    folder = exports("1,2026-02-01,9.50,A1,paid")
    (Path(folder) / "orders.csv").rename(Path(folder) / "orders_old.csv")
    (Path(folder) / "sales.csv").write_text("order_id,ordered_on,amount\n1,2026-02-01,5\n")
    (Path(folder) / "mlmkpi.toml").write_text(
        '[files]\norders = "./sales.csv"\n[input."sale.csv"]\ndecimal = ","\n[input."sales.csv"]\ndecimal = "."\n'
    )
    said = (
        "note: left unread, as [files] names others for their table: orders_old.csv\n"
        "note: [input] names what no file of a table is called: sale.csv\n"
    )
    assert said in run("validate", folder).err
    assert run("compute", folder).err.endswith(said)
