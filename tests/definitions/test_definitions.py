"""Every KPI is fully defined: named once, explained in full, and honest about the columns that it reads."""

from __future__ import annotations

import re
from collections.abc import Mapping

import polars as pl
import pytest

import mlmkpi
import mlmkpi.kpis
from equal.compare import frames
from mlmkpi.errors import SettingsError
from mlmkpi.explain import explanation
from mlmkpi.kpi import KPIS, Better, Family, Interval, Kpi, Ratio, Unit, facts_of
from mlmkpi.parameters import EXPECTED, PARAMETERS
from mlmkpi.pipeline.plan import check_definitions
from mlmkpi.settings import Settings
from mlmkpi.tables import TABLES
from oracle.companies import company
from oracle.making import LAST
from scripts.docs import facts_page, kpis_page

RUN = {"rank_ladder": ["1", "2", "3"], "definitions": {"leader_rank": "2"}}
EVERY = tuple(KPIS.values())
Tables = dict[str, pl.DataFrame]


def name_of(kpi: Kpi) -> str:
    """A KPI as a test is called."""
    return kpi.name


each = pytest.mark.parametrize("kpi", EVERY, ids=name_of)


@pytest.fixture(scope="module")
def tables() -> Tables:
    """A little company with every table."""
    found = frames(company(1, features=()).tables)
    people, days = found["distributors"]["distributor_id"], found["distributors"]["enrolled_on"]
    found["agreements"] = pl.DataFrame({"distributor_id": people, "signed_on": days})
    return found


def test_titles_and_short_names_are_unique() -> None:
    for attribute in ("title", "name"):
        found = [getattr(kpi, attribute) for kpi in EVERY]
        assert sorted(found) == sorted(set(found)), attribute


@each
def test_a_name_is_a_word_of_the_command_line(kpi: Kpi) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9_]*", kpi.name)
    assert kpi.name not in (*Family, "all")


@each
def test_what_it_declares(kpi: Kpi) -> None:
    assert kpi.title.strip() == kpi.title != ""
    assert kpi.short.strip()
    assert isinstance(kpi.family, Family)
    assert isinstance(kpi.unit, Unit)
    assert isinstance(kpi.better, Better)
    assert isinstance(kpi.interval, Interval)


@each
def test_the_docstring_has_every_part(kpi: Kpi) -> None:
    found = explanation(kpi)
    for part in (found.meaning, found.formula, found.counted_in, found.edge_cases, found.source):
        assert part.endswith("."), part


@each
def test_every_parameter_is_documented(kpi: Kpi) -> None:
    assert set(kpi.parameters) <= set(PARAMETERS)


def test_no_parameter_is_documented_that_no_kpi_has() -> None:
    assert set(PARAMETERS) == {name for kpi in EVERY for name in kpi.parameters}


def test_what_a_parameter_may_be_is_said() -> None:
    """A default of nothing does not tell; nor does a whole number where 0 is refused."""
    silent = {name for kpi in EVERY for name, default in kpi.parameters.items() if default is None}
    assert silent <= set(EXPECTED) <= set(PARAMETERS)
    said = {p.name: p.expected for kpi in EVERY for p in explanation(kpi).parameters}
    assert said["team_depth"] == "a whole number from 0"
    assert said["lapse_after_days"] == "a whole number from 0 to 36500"
    for name in ("activity_minimum", "coverage_minimum"):
        assert said[name] == "a whole number from 1"
        with pytest.raises(SettingsError, match=f"{name} is 0"):
            check_definitions(Settings.model_validate({"definitions": {name: 0}}))


@each
def test_what_it_is_related_to_is_there(kpi: Kpi) -> None:
    assert set(kpi.related) <= set(KPIS) - {kpi.name}


@each
def test_needs_are_columns_or_settings(kpi: Kpi) -> None:
    for need in kpi.needs:
        if "." not in need:
            assert need == "rank_ladder" or need in kpi.parameters
            continue
        for choice in need.split("|"):
            table, _, column = choice.partition(".")
            assert column in TABLES[table].names, choice


def test_the_reference_has_each_once_in_the_order_of_the_families() -> None:
    anchors = re.findall(r"^### (.+)$", kpis_page(), re.MULTILINE)
    assert anchors == [kpi.name for family in Family for kpi in EVERY if kpi.family is family]


def test_the_page_of_facts_has_each_once_and_says_what_its_measures_add() -> None:
    lines = facts_page().splitlines()
    anchors = [line.removeprefix("### ") for line in lines if line.startswith("### ")]
    assert sorted(anchors) == sorted({type(fact).__name__ for kpi in EVERY for fact in facts_of(kpi.function())})
    rows = [line.split(" | ") for line in lines if line.startswith("| `")]
    assert [row for row in rows if not row[2].endswith(".")] == []
    assert "| `sales()` | `@measure` | The number of sales. | `sale` |" in lines


def without(tables: Mapping[str, pl.DataFrame], need: str) -> Tables:
    """The company without a need: its columns, or the table where it cannot do without them."""
    left = dict(tables)
    for choice in need.split("|"):
        table, _, column = choice.partition(".")
        if table in left and column in left[table].columns:
            if TABLES[table].column(column).required:
                del left[table]
            else:
                left[table] = left[table].drop(column)
    return left


NEEDS = sorted({need for kpi in EVERY for need in kpi.needs})


@pytest.mark.parametrize("need", NEEDS)
def test_without_what_it_needs_a_figure_is_null_with_the_reason(need: str, tables: Tables) -> None:
    needing = [kpi.name for kpi in EVERY if need in kpi.needs]
    run = {name: value for name, value in RUN.items() if name != need} if "." not in need else RUN
    run = run | ({"definitions": {}} if need == "leader_rank" else {})
    found = without(tables, need)
    if need == "rank_ladder":
        found["ranks"] = found["ranks"].with_columns(pl.format("rank {}", "rank").alias("rank"))
    frame = mlmkpi.compute(
        found, kpis=needing, count=1, as_of=LAST, settings=Settings.model_validate(run)
    ).frame
    assert set(frame["kpi"]) == set(needing)
    values = frame.filter(pl.col("statistic") == "value")
    assert values["value"].null_count() == values.height
    expected = {"rank_ladder": "set rank_ladder", "leader_rank": "set leader_rank"}.get(need)
    for note in values["note"]:
        assert note == expected if expected else re.match("needs ", note), (need, note)


def only(tables: Mapping[str, pl.DataFrame], needs: tuple[str, ...]) -> Tables:
    """The company with nothing but the first of each need's columns, and what their tables cannot do without."""
    kept: dict[str, set[str]] = {}
    for need in needs:
        table, dot, column = need.split("|")[0].partition(".")
        if dot:
            required = {name for name in TABLES[table].names if TABLES[table].column(name).required}
            kept.setdefault(table, required | set(TABLES[table].key)).add(column)
    return {table: tables[table].select(name for name in tables[table].columns if name in names)
            for table, names in kept.items()}


def of_the_value(kpi: Kpi) -> tuple[str, ...]:
    """What a KPI needs, and what its value alone needs beside that."""
    figure = kpi.function()
    return (*kpi.needs, *(figure.needs if isinstance(figure, Ratio) else ()))


SETS = sorted({of_the_value(kpi) for kpi in EVERY})


@pytest.mark.parametrize("needs", SETS, ids=" ".join)
def test_it_reads_no_column_that_it_does_not_declare(needs: tuple[str, ...], tables: Tables) -> None:
    names = [kpi.name for kpi in EVERY if of_the_value(kpi) == needs]
    frame = mlmkpi.compute(
        only(tables, needs), kpis=names, count=1, every="quarter", as_of=LAST,
        settings=Settings.model_validate(RUN),
    ).frame
    assert set(frame["kpi"]) == set(names)
    values = frame.filter(pl.col("statistic") == "value")
    lacking = values.filter(pl.col("note").fill_null("").str.contains("^(needs (the )?[a-z_]+[. ]|set )"))
    assert lacking.select("kpi", "note").rows() == []
