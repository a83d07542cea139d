"""What validate finds on Spark is what it finds on Polars: every broken export of its tests, laid into one."""

from __future__ import annotations

import csv
import importlib
import inspect
import io
import pkgutil
from collections.abc import Container, Iterator
from contextlib import suppress
from itertools import product
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import validate as validate_tests
from mlmkpi.errors import DataError
from mlmkpi.settings import Settings
from mlmkpi.sources import Finding
from mlmkpi.tables import TABLES, Kind
from mlmkpi.validate import Example, validate
from validate.company import Company

pytestmark = pytest.mark.spark

SHOWN = 5
TWO_WAYS = "test_a_column_that_can_be_read_in_two_ways"
"""Spark reads ISO days alone: others are cells that do not fit."""


class Recorded(Company):
    """A company whose lines are kept instead of being checked."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.lines: dict[str, list[list[str]]] = {}

    def put(self, table: str, *lines: str) -> None:
        self.lines[table] = list(csv.reader(lines))

    def findings(self, **settings: Any) -> list[Finding]:
        raise Recorded.Enough

    class Enough(Exception):  # noqa: N818
        """The lines are all there."""


def companies(folder: Path) -> Iterator[Recorded]:
    """Every export that the tests of validate put together, under each of their parameters."""
    for module in pkgutil.iter_modules(validate_tests.__path__):
        if not module.name.startswith("test_"):
            continue
        for name, test in inspect.getmembers(importlib.import_module(f"validate.{module.name}"), inspect.isfunction):
            if not name.startswith("test_") or name == TWO_WAYS or "company" not in inspect.signature(test).parameters:
                continue
            for given in parameters(test):
                company = Recorded(folder)
                with pytest.MonkeyPatch.context() as patch:
                    more = {"monkeypatch": patch} if "monkeypatch" in inspect.signature(test).parameters else {}
                    with suppress(Recorded.Enough, DataError):
                        test(company, **given, **more)
                yield company


def parameters(test: Any) -> Iterator[dict[str, Any]]:
    """The arguments that a test is called with, in turn."""
    sets = []
    for mark in getattr(test, "pytestmark", []):
        names = [mark.args[0]] if isinstance(mark.args[0], str) else list(mark.args[0])
        sets.append([dict(zip(names, row if len(names) > 1 else [row], strict=True)) for row in mark.args[1]])
    for chosen in product(*sets):
        yield {name: value for part in chosen for name, value in part.items()}


def laid_together(found: list[Recorded], folder: Path, wanted: Container[str]) -> None:
    """One export of all of them, the wanted tables, ids told apart by a prefix; short records stay short."""
    tables: dict[str, list[dict[str, str]]] = {}
    for number, company in enumerate(found):
        for name, (header, *rows) in company.lines.items():
            table = next((each for each in TABLES if name == each or name.startswith(f"{each}_")), None)
            if table is None or table not in wanted or not set(TABLES[table].required) <= set(header):
                continue
            ids = {column.name for column in TABLES[table].columns if column.kind is Kind.ID}
            for row in rows:
                cells = dict(zip(header, row, strict=False))
                cells = {key: f"{number}-{cell}" if key in ids and cell else cell for key, cell in cells.items()}
                tables.setdefault(table, []).append(cells | ({"short": "yes"} if len(row) < len(header) else {}))
    for table, cells_of in tables.items():
        names = [name for name in TABLES[table].names if any(name in cells for cells in cells_of)]
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow([*names, "last"])
        for cells in cells_of:
            writer.writerow([*(cells.get(name, "") for name in names), *([] if "short" in cells else ["x"])])
        (folder / f"{table}.csv").write_text(text.getvalue())


def bare(found: list[Finding]) -> list[tuple[Any, ...]]:
    """Findings without their examples; of cells without the settings that another form takes, which Spark reads not."""
    return [(each.table, each.column, each.rule, each.severity, each.count, each.checked,
             each.message.split("\n")[:3] if each.rule == "unreadable-cell" else each.message)
            for each in found]


def keys(found: list[Finding]) -> dict[tuple[str, str | None, str], list[str]]:
    """The keys shown of findings that show all their rows, where Polars shows keys too."""
    return {
        (each.table, each.column, each.rule): sorted(one.key for one in each.examples if one.key)
        for each in found if each.count <= SHOWN and each.rule not in ("unreadable-cell", "rounded", "ragged-row")
    }


CHOSEN = {"definitions": {"valid_status": ["paid", "nowhere"]}, "rank_ladder": ["gold"], "currency": "CAD"}
RULES = {"duplicate-row", "differing-rows", "sponsor-cycle", "unknown-reference", "unreadable-cell", "ragged-row",
         "empty-cell", "overlapping-periods", "sale-before-enrolment", "no-rate", "rounded", "unused-status"}


@pytest.mark.parametrize(("wanted", "settings", "rules"), [
    (("distributors", "orders", "enrollments", "periods", "rates"), CHOSEN, RULES),
    pytest.param(TABLES, CHOSEN, RULES, marks=pytest.mark.full),
    (("orders",), {"definitions": {"volume": "cv"}}, {"mixed-currencies", "no-volume", "unknown-code"}),
])
def test_findings_are_those_of_polars(
    session: Any, tmp_path: Path, wanted: Container[str], settings: dict[str, Any], rules: set[str]
) -> None:
    apart, together = tmp_path / "apart", tmp_path / "together"
    apart.mkdir()
    together.mkdir()
    laid_together(list(companies(apart)), together, wanted)
    in_force = Settings.model_validate(settings)
    here, there = validate(together, settings=in_force), validate(together, settings=in_force, engine=session)
    assert bare(there) == bare(here)
    assert keys(there) == keys(here)
    assert {(one.file, one.row) for each in there for one in each.examples} == {(None, None)}
    assert {each.rule for each in here} >= rules


def test_what_cannot_be_read_is_told_as_on_polars(session: Any, tmp_path: Path) -> None:
    (tmp_path / "orders_1.csv").write_text("order_id,ordered_on,amount,volume\nO1,2026-01-01,1,1\n")
    (tmp_path / "orders_2.csv").write_text("order_id,ordered_on,amount\nO2,2026-01-01,1\n")
    (tmp_path / "surveys.csv").write_text("date,score\n2026-01-01,1\n")
    (tmp_path / "events.csv").write_text("event_id,held_on\n")
    pl.DataFrame({"posted_on": [1.5], "post_id": ["p"]}).write_parquet(tmp_path / "posts.parquet")
    (tmp_path / "customers.csv").write_text("customer_id,kind,kind of customer\nC1,retail,x\n")
    (tmp_path / "mlmkpi.toml").write_text('[columns.customers]\ngender = "sex"\n')
    here, there = validate(tmp_path), validate(tmp_path, engine=session)
    assert [one for one in bare(there) if one[0] != "posts"] == [one for one in bare(here) if one[0] != "posts"]
    assert [each.rule for each in there] == ["column-in-some-files", "unreadable-column", "no-rows",
                                             "unreadable-column", "unreadable-column"]


def test_bad_cells_are_told_by_key_and_never_shown(session: Any, tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text("order_id,ordered_on,amount\nO2,soon,1\nO1,later,1\nO3,2026-01-01,1\n")
    (found,) = validate(tmp_path, settings=Settings(), engine=session)
    assert (found.rule, found.count, found.checked) == ("unreadable-cell", 2, 3)
    assert found.examples == (Example(None, None, "O1", None), Example(None, None, "O2", None))
