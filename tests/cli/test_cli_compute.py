"""`mlmkpi compute` round the library's call: what it passes on, where the data goes, what is said beside it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from threading import Thread
from typing import Any

import polars as pl
import pytest

import mlmkpi
from cli.ended import Run
from mlmkpi import Result
from mlmkpi.errors import DataError
from mlmkpi.pipeline.result import schema

Call = Callable[..., Run]


def signups(*values: float) -> Result:
    """New sign-ups month by month, up to October 2026."""
    rows = [
        {
            "kpi": "new_signups", "period": f"2026-{month:02d}", "period_start": date(2026, month, 1),
            "period_end": date(2026, month, 28), "value": value, "numerator": value, "unit": "count", "status": "none",
            "complete": True, "statistic": "value", "definition": "new_signups(cooling_off_days=0)",
        }
        for month, value in enumerate(values, 11 - len(values))
    ]
    return Result(pl.DataFrame(rows, schema=schema(())), (), "month", date(2026, 10, 31), {"currency": "USD"})


class Library:
    """Stands in for the library's compute: remembers what it was asked, gives or raises what it was told to."""

    def __init__(self, answer: Result | BaseException) -> None:
        self.answer = answer
        self.asked: list[tuple[tuple[Any, ...], dict[str, Any]]] = []

    def __call__(self, *arguments: Any, **options: Any) -> Result:
        self.asked.append((arguments, options))
        if isinstance(self.answer, BaseException):
            raise self.answer
        return self.answer


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> Library:
    """The library, answering with two months of sign-ups."""
    stand_in = Library(signups(4, 5))
    monkeypatch.setattr(mlmkpi, "compute", stand_in, raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    return stand_in


def test_without_options_the_working_folder_is_computed_by_month(run: Call, library: Library) -> None:
    assert run("compute").code == 0
    ((arguments, options),) = library.asked
    assert callable(options.pop("progress"))
    assert arguments == (".",)
    assert options == {
        "kpis": None, "every": "month", "by": (), "where": None, "first": None, "last": None, "count": None,
        "as_of": None, "compare_year": False, "bad_rows": "stop", "config": None, "engine": None, "tree": "sponsor",
        "depth": None, "generation": None, "min_team": 1,
    }


def test_every_option_reaches_the_library(run: Call, library: Library) -> None:
    ended = run(
        "compute", "s3://bucket/exports/", "--kpi", "churn_rate,new_signups", "--kpi", "sales", "--every", "quarter",
        "--from", "2025-01-01", "--to", "2026-09-30", "--last", "4", "--as-of", "2026-10-15", "--by", "market,rank",
        "--where", 'market=US,DE,"city=Washington, DC"', "--where", "market=FR", "--compare", "year",
        "--bad-rows", "skip", "--config", "own.toml", "--engine", "sc://host:15002", "--format", "json",
        "--team", "000917,D 1", "--team", '"a,b"', "--tree", "enroller", "--depth", "3", "--generation", "1",
        "--min-team", "7",
    )
    assert ended.code == 0
    ((arguments, options),) = library.asked
    del options["progress"]
    assert arguments == ("s3://bucket/exports/",)
    assert options == {
        "kpis": ["churn_rate", "new_signups", "sales"], "every": "quarter", "by": ("market", "rank"),
        "where": {"market": ["US", "DE", "FR"], "city": ["Washington, DC"], "team": ["000917", "D 1", "a,b"]},
        "first": date(2025, 1, 1),
        "last": date(2026, 9, 30), "count": 4, "as_of": date(2026, 10, 15), "compare_year": True, "bad_rows": "skip",
        "config": Path("own.toml"), "engine": "sc://host:15002", "tree": "enroller", "depth": 3, "generation": 1,
        "min_team": 7,
    }


@pytest.mark.parametrize(("asked", "first", "last"), [
    (("--from", "2026-02", "--to", "2026-02"), date(2026, 2, 1), date(2026, 2, 28)),
    (("--from", "2026-Q3", "--to", "2026"), date(2026, 7, 1), date(2026, 12, 31)),
    (("--from", "2026-W01", "--to", "2026-W01"), date(2025, 12, 29), date(2026, 1, 4)),
])
def test_the_first_and_the_last_period_may_be_named_by_label(
    run: Call, library: Library, asked: tuple[str, ...], first: date, last: date
) -> None:
    assert run("compute", *asked).code == 0
    ((_, options),) = library.asked
    assert (options["first"], options["last"]) == (first, last)


def test_the_table_goes_to_stdout_and_counts_what_was_left_out(run: Call, library: Library) -> None:
    library.answer = replace(signups(4, 5), left_out={"churn_rate": "needs the orders export"})
    ended = run("compute", "exports/")
    assert ended == Run(0, """\
October 2026, by month · as of 31 Oct 2026

Recruiting and retention  Oct 2026  vs Sep  2 months
  New sign-ups                   5       –  ▁█

1 not computed: mlmkpi kpis exports/ --missing
""", "")


def test_data_is_alone_on_stdout_and_what_was_left_out_is_counted_on_stderr(run: Call, library: Library) -> None:
    library.answer = replace(signups(4, 5), left_out={"churn_rate": "needs the orders export"})
    ended = run("compute", "my exports", "--format", "json")
    assert [row["value"] for row in json.loads(ended.out)] == [4.0, 5.0]
    assert ended.err == "note: 1 KPI left out · mlmkpi kpis 'my exports' --missing\n"


def test_findings_are_one_warning_and_each_hint_a_note(run: Call, library: Library) -> None:
    library.answer = replace(
        signups(5), warnings=("12 orders by unknown distributors", "1 amount with five decimals"),
        hints=("as of 31 Oct 2026, the day of the latest order; another with --as-of",),
    )
    assert run("compute", "exports/", "--format", "csv").err == (
        "warning: 12 orders by unknown distributors, 1 amount with five decimals · mlmkpi validate exports/\n"
        "note: as of 31 Oct 2026, the day of the latest order; another with --as-of\n"
    )


def test_the_files_name_says_its_format(run: Call, library: Library, tmp_path: Path) -> None:
    starts = {
        "k.json": b"[\n{", "k.csv": b"kpi,", "k.md": b"## October", "k.txt": b"October 2026", "k.PARQUET": b"PAR1",
    }
    for name, start in starts.items():
        assert run("compute", "--output", str(tmp_path / name)) == Run(0, "", "")
        assert (tmp_path / name).read_bytes().startswith(start)
    assert sorted(each.name for each in tmp_path.iterdir()) == sorted(starts)
    assert library.asked


def test_format_wins_over_the_files_name(run: Call, library: Library, tmp_path: Path) -> None:
    run("compute", "--output", str(tmp_path / "k.txt"), "--format", "json")
    assert json.loads((tmp_path / "k.txt").read_bytes())[0]["kpi"] == "new_signups"
    assert library.asked


def test_parquet_carries_definitions_settings_and_the_version(run: Call, library: Library, tmp_path: Path) -> None:
    run("compute", "--output", str(tmp_path / "k.parquet"))
    metadata = pl.read_parquet_metadata(BytesIO((tmp_path / "k.parquet").read_bytes()))
    assert metadata["mlmkpi.version"] == mlmkpi.__version__
    assert json.loads(metadata["mlmkpi.definitions"]) == {"new_signups": "new_signups(cooling_off_days=0)"}
    assert json.loads(metadata["mlmkpi.settings"]) == {"currency": "USD"}
    assert library.asked


def test_a_name_without_a_format_is_refused_before_anything_is_computed(
    run: Call, library: Library, tmp_path: Path
) -> None:
    assert run("compute", "--output", str(tmp_path / "k.xls")) == Run(2, "", (
        "error: the name k.xls does not say which format\n"
        "  expected  a name that ends in .json, .csv, .parquet, .md, .markdown, .txt\n"
        "  fix       rename it, or add --format\n"
    ))
    assert library.asked == []


def test_a_folder_that_is_not_there_is_refused_before_anything_is_computed(
    run: Call, library: Library, tmp_path: Path
) -> None:
    output = tmp_path / "none" / "k.csv"
    where = tmp_path / "none"
    said = f"error: {output} cannot be written\n  got  there is no folder {where}\n  fix  make it, or name another\n"
    assert run("compute", "--output", str(output)) == Run(4, "", said)
    assert library.asked == []


def test_a_disk_that_fills_leaves_the_old_file_and_nothing_beside_it(
    run: Call, library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "k.csv"
    output.write_text("old")

    def full(path: Path, data: bytes) -> int:
        with path.open("wb") as file:
            file.write(data[:10])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    ended = run("compute", "--output", str(output))
    assert (ended.code, ended.out) == (4, "")
    assert ended.err.startswith(f"error: {output} cannot be written\n  got  No space left on device\n")
    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [("k.csv", "old")]
    assert library.asked


def test_a_run_that_fails_leaves_no_file(run: Call, library: Library, tmp_path: Path) -> None:
    library.answer = DataError("orders.csv row 3: amount is not a number", (("got", '"x"'),))
    ended = run("compute", "--output", str(tmp_path / "k.csv"))
    assert ended == Run(3, "", 'error: orders.csv row 3: amount is not a number\n  got  "x"\n')
    assert list(tmp_path.iterdir()) == []


def test_a_link_stays_a_link(run: Call, library: Library, tmp_path: Path) -> None:
    (tmp_path / "link.csv").symlink_to(tmp_path / "real.csv")
    assert run("compute", "--output", str(tmp_path / "link.csv")).code == 0
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "real.csv").read_bytes().startswith(b"kpi,")
    assert library.asked


def test_a_pipe_is_written_to_and_never_replaced(run: Call, library: Library, tmp_path: Path) -> None:
    pipe, read = tmp_path / "pipe", list[bytes]()
    os.mkfifo(pipe)
    reader = Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    assert run("compute", "--format", "csv", "--output", str(pipe)).code == 0
    reader.join()
    assert pipe.is_fifo()
    assert read[0].startswith(b"kpi,")
    assert library.asked


@pytest.mark.parametrize(
    ("raised", "code", "said"),
    [
        (KeyboardInterrupt(), 130, ""),
        (MemoryError(), 4, "error: the memory does not suffice\n"
         "  fix  ask for fewer KPIs or dimensions at once, or use a larger machine\n"),
        (OSError(28, "No space left on device", "/scratch/1.parquet"), 4,
         "error: the system refused: No space left on device\n  where  /scratch/1.parquet\n"),
        (OSError("Cannot allocate memory (os error 12)"), 4, "error: the memory does not suffice\n"
         "  fix  ask for fewer KPIs or dimensions at once, or use a larger machine\n"),
        (OSError("/scratch: Input/output error (os error 5)"), 4, "error: the system refused: Input/output error\n"),
        (ValueError("Jane Doe, jane@example.com"), 4, "error: mlmkpi itself failed (ValueError)\n"
         "  fix  run the same command with --debug, and report what it prints\n"),
    ],
)
def test_whatever_is_raised_ends_with_its_code_and_no_traceback(
    run: Call, library: Library, raised: BaseException, code: int, said: str
) -> None:
    library.answer = raised
    assert run("compute") == Run(code, "", said)


def test_debug_shows_the_traceback_of_what_nobody_expected(run: Call, library: Library) -> None:
    library.answer = ValueError("odd")
    ended = run("compute", "--debug")
    assert ended.code == 4
    assert "ValueError: odd" in ended.err


def test_a_plan_is_printed_instead_of_the_figures(
    run: Call, library: Library, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: dict[str, Any] = {}

    def plan(exports: str, **options: Any) -> str:
        asked.update(options, exports=exports)
        return "Step 1 of 1"

    monkeypatch.setattr("mlmkpi.pipeline.explain_plan.explain_plan", plan)
    ended = run("compute", str(tmp_path), "--kpi", "new_signups", "--engine", "sc://host:15002", "--explain-plan")
    assert (ended.code, ended.out) == (0, "Step 1 of 1\n")
    assert (asked["exports"], asked["kpis"], asked["engine"]) == (str(tmp_path), ["new_signups"], "sc://host:15002")
    assert not library.asked


def test_polars_has_no_plan_to_print(run: Call, tmp_path: Path) -> None:
    ended = run("compute", str(tmp_path), "--explain-plan")
    assert ended.code == 2
    assert "only Spark has plans to explain" in ended.err
    assert "--engine spark" in ended.err


def test_a_note_of_what_stands_beside_a_figure_names_it(run: Call, tmp_path: Path) -> None:
    """Every row has impressions, so that no link is left for clicks by link; the rate is known all the same."""
    (tmp_path / "clicks.csv").write_text("clicked_on,clicks,impressions,link_id\n2026-10-31,3,100,L1\n")
    ended = run("compute", str(tmp_path), "--kpi", "affiliate_click_through_rate")
    assert "  Click-through rate     3.0 %" in ended.out
    assert ended.out.endswith("\nClick-through rate · clicks per link: nothing to divide by: the denominator is 0\n")


def test_the_commands_proposed_name_the_settings_too(run: Call, library: Library) -> None:
    library.answer = replace(
        signups(4, 5), left_out={"churn_rate": "needs the orders export"}, warnings=("one thing", "another"),
    )
    ended = run("compute", "my exports", "--config", "own.toml")
    assert "\n1 not computed: mlmkpi kpis 'my exports' --config own.toml --missing\n" in ended.out
    assert ended.err == "warning: one thing, another · mlmkpi validate 'my exports' --config own.toml\n"
