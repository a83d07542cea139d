"""The page on what comes out names every column and key that does, in their order."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

import mlmkpi
from mlmkpi.explain import Explanation, Parameter
from mlmkpi.pipeline.cohorts import SCHEMA
from mlmkpi.pipeline.result import COLUMNS
from mlmkpi.pipeline.worked import Worked
from mlmkpi.sources import Example, Finding

PAGE = (Path(__file__).parents[2] / "docs" / "output.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", PAGE, flags=re.DOTALL | re.MULTILINE))


def heads(section: str) -> list[str]:
    """The names in the first cells of a section's table."""
    rows = re.findall(r"^\| (`.+?) \|", SECTIONS[section], flags=re.MULTILINE)
    return [name for row in rows for name in re.findall(r"`(\w+)`", row)]


def keys(text: str, after: str) -> list[str]:
    """The names that a line gives after some words, up to the end of the sentence."""
    sentence = re.split(r"\.\s", text.partition(after)[2])[0]
    return re.findall(r"`(\w+)`", re.sub(r"\(.*?\)", "", sentence, flags=re.DOTALL))


def names(kind: type) -> list[str]:
    return [field.name for field in fields(kind)]


def test_the_columns_of_a_result_are_named() -> None:
    assert heads("Figures") == list(COLUMNS)


def test_the_keys_of_a_finding_are_named() -> None:
    assert heads("Findings") == names(Finding)
    assert all(f"`{name}`" in SECTIONS["Findings"] for name in names(Example))


def test_the_columns_of_cohorts_are_named() -> None:
    assert heads("Cohorts") == list(SCHEMA)


@pytest.mark.parametrize("kpi", ["sales_volume", "time_to_first_sale"])
def test_the_columns_of_rows_are_named(kpi: str, tmp_path: Path) -> None:
    (tmp_path / "distributors.csv").write_text("distributor_id,enrolled_on,market\nA,2026-03-01,US\n")
    (tmp_path / "orders.csv").write_text(
        "order_id,ordered_on,amount,distributor_id,customer_id\n0,2026-03-01,5,A,C\n1,2026-03-31,5,A,C\n"
    )
    found = mlmkpi.trace(tmp_path, kpi, period="2026-03", by=["market"]).frame
    assert [name for name in heads("Rows") if name in found.columns] == [c for c in found.columns if c != "market"]
    assert set(heads("Rows")) - set(found.columns) == ({"ended"} if kpi == "sales_volume" else set())


def test_the_keys_of_single_objects_are_named() -> None:
    text = SECTIONS["One object"]
    assert keys(text, "each with ") == names(Explanation)
    assert f"`parameters` ({', '.join(f'`{name}`' for name in names(Parameter))})" in text
    assert keys(text, "`worked` beside it: ") == names(Worked)
    assert keys(text, "team ID --format json`: ") == [name for name in names(mlmkpi.TeamPage) if name != "warnings"]
