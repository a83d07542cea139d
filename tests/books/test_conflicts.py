"""Rows that differ under one key: both are told, where they stand and in what they differ, and nobody's name."""

from __future__ import annotations

from pathlib import Path

import pytest

import mlmkpi
from mlmkpi.errors import DataError


def refused(exports: Path, kpi: str) -> dict[str, str]:
    """The details of the error that a run stops with."""
    with pytest.raises(DataError) as stopped:
        mlmkpi.compute(exports, kpis=[kpi])
    assert "Smith" not in str(stopped.value)
    return dict(stopped.value.details)


def test_both_sponsors_of_a_person_are_shown_and_where_they_stand(tmp_path: Path) -> None:
    """002 stands under 001 in one file and under 003 in the other, spelled otherwise; 003's rows are equal."""
    header = "distributor_id,enrolled_on,sponsor_id,name\n"
    (tmp_path / "distributors_1.csv").write_text(header + "001,2026-01-01,,A\n002,2026-01-01,001,Ann Smith\n")
    (tmp_path / "distributors_2.csv").write_text(
        header + "003,2026-01-01,,C\n003,2026-01-01,,C\n002,2026-01-01,003,Anne Smith\n"
    )
    told = refused(tmp_path, "new_signups")
    assert told["where"] == "distributors_1.csv row 2, distributors_2.csv row 3"
    assert told["got"] == "1 such key: 002\n002 differs in sponsor_id (001, 003), name"


def test_days_amounts_and_empty_cells_are_shown_and_words_are_not(tmp_path: Path) -> None:
    rows = "2,2026-01-02,9.50,A1,web\n2,2026-01-03,-9.5,,app\n", "1,2026-01-02,1,A1,\n1,2026-01-02,2,A1,\n"
    header = "order_id,ordered_on,amount,customer_id,channel\n"
    (tmp_path / "orders.csv").write_text(header + "3,2026-01-01,1,A1,web\n" + "".join(rows))
    told = refused(tmp_path, "sales_volume")
    assert told["got"] == "2 such keys: 1, 2\n1 differs in amount (1, 2)"
    (tmp_path / "orders.csv").write_text(header + rows[0])
    told = refused(tmp_path, "sales_volume")
    assert told["got"] == (
        "1 such key: 2\n"
        "2 differs in ordered_on (2026-01-02, 2026-01-03), amount (-9.5, 9.5), customer_id (A1, empty), channel"
    )
    assert told["where"] == "orders.csv row 1, orders.csv row 2"


def test_a_key_of_two_columns_is_shown_whole(tmp_path: Path) -> None:
    (tmp_path / "followers.csv").write_text(
        "counted_on,account_id,followers\n2026-01-31,a,5\n2026-01-31,b,6\n2026-01-31,a,7\n"
    )
    told = refused(tmp_path, "follower_growth_rate")
    assert told["got"] == "1 such key: 2026-01-31 / a\n2026-01-31 / a differs in followers (5, 7)"
    assert "where" not in told
