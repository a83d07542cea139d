"""The declarations hold together."""

from __future__ import annotations

import pytest

from mlmkpi.tables import TABLES, Kind, Table

EVERY_TABLE = pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)


def test_every_table_of_the_design_is_there() -> None:
    assert " ".join(TABLES) == (
        "distributors orders enrollments customers order_lines products ranks events attendance activities surveys "
        "posts followers clicks leads commissions expenses markets territories costs targets goals trainings "
        "agreements claims periods rates"
    )


@EVERY_TABLE
def test_column_names_are_unique(table: Table) -> None:
    assert len(set(table.names)) == len(table.columns)


@EVERY_TABLE
def test_keys_are_columns(table: Table) -> None:
    assert set(table.key) <= set(table.names)


@EVERY_TABLE
def test_references_name_a_column_of_another_table(table: Table) -> None:
    for column in table.columns:
        if column.references is not None:
            other, _, name = column.references.partition(".")
            assert TABLES[other].column(name).kind is column.kind


@EVERY_TABLE
def test_meanings_are_one_clause_without_a_full_stop(table: Table) -> None:
    for meaning in (table.meaning, *(column.meaning for column in table.columns)):
        assert meaning
        assert meaning[0].islower()
        assert not meaning.endswith(".")


@EVERY_TABLE
def test_dates_end_as_dates_do(table: Table) -> None:
    dates = {column.name for column in table.columns if column.kind is Kind.DATE}
    assert dates == {name for name in table.names if name.endswith(("_on", "_date", "_from"))}


def test_only_codes_declare_codes() -> None:
    assert {column.kind for table in TABLES.values() for column in table.columns if column.codes} == {Kind.CODE}


def test_the_required_columns_of_orders() -> None:
    assert TABLES["orders"].required == ("order_id", "ordered_on", "amount")


def test_an_unknown_column_is_a_key_error() -> None:
    with pytest.raises(KeyError, match="volme"):
        TABLES["orders"].column("volme")
