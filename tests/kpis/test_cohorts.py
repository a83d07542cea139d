"""Cohort curves, worked by hand and beside the oracle."""

from __future__ import annotations

import polars as pl
import pytest

import mlmkpi
from equal.compare import frames
from kpis.orders import day, table
from marks import wide
from mlmkpi.errors import DataError, SettingsError, UsageError
from mlmkpi.settings import Settings
from oracle.cohorts import cohorts as restated
from oracle.companies import company

PEOPLE = table(
    "distributor_id enrolled_on terminated_on", ("D1", "2025-12-31", None), ("D2", "01-05", "03-10"),
    ("D3", "01-20", None), ("D4", "02-03", None),
)
ORDERS = table(
    "order_id ordered_on amount distributor_id customer_id",
    ("1", "01-01", 9, "D1", "C1"), ("2", "01-06", 9, "D2", "C2"),
    ("3", "02-07", 9, "D3", "C1"), ("4", "03-31", 9, "D4", "C1"), ("5", "04-02", 9, "D4", "C3"),
)
TABLES = frames({"distributors": PEOPLE, "orders": ORDERS})


def triangle(of: str, curve: str) -> dict[str, list[float]]:
    """The values of each class, month by month."""
    found: dict[str, list[float]] = {}
    for row in mlmkpi.cohorts(TABLES, of=of, curve=curve, as_of=day("04-02")).frame.iter_rows(named=True):
        found.setdefault(row["cohort"], []).append(row["value"])
    return found


def test_curves_of_distributors_and_customers() -> None:
    assert triangle("distributors", "active") == {"2026-01": [0.5, 0.5, 0], "2026-02": [0, 1]}
    assert triangle("distributors", "on_books") == {"2026-01": [1, 1, 0.5], "2026-02": [1, 1]}
    assert triangle("customers", "active") == {"2026-01": [1, 0.5, 0.5]}
    assert triangle("distributors", "current") == {"2026-01": [None, None, 0.5], "2026-02": [None, 1]}


@pytest.mark.parametrize(("definitions", "there"), [
    ({"active_rule": "volume>=40"}, [0, 1, 0]), ({"active_rule": "volume>=41"}, [0, 0, 0]),
    ({"active_rule": "volume>=41", "refunds": "ignore"}, [0, 1, 0]), ({"active_rule": "own_order"}, [0, 0, 1]),
    ({"active_rule": "volume>=41", "volume": "cv"}, [1, 0, 0]),
])
def test_who_is_active_is_told_as_the_settings_say(definitions: dict[str, str], there: list[int]) -> None:
    """A sells 30 in January, 60 less 20 in February and buys 5 in March, with commissionable volumes of 50, 9 and 5."""
    orders = table(
        "order_id ordered_on amount distributor_id customer_id commissionable_volume", ("1", "01-01", 1, "Z", None, 1),
        ("2", "01-12", 30, "A", "K", 50), ("3", "02-12", 60, "A", "K", 9), ("4", "02-15", -20, "A", "K", 0),
        ("5", "03-31", 5, "A", None, 5),
    )
    tables = frames({"distributors": table("distributor_id enrolled_on", ("A", "01-05")), "orders": orders})
    settings = Settings.model_validate({"definitions": definitions})
    found = mlmkpi.cohorts(tables, as_of=day("03-31"), settings=settings)
    assert found.frame["there"].to_list() == there
    if "refunds" in definitions:
        assert "active_rule=volume>=41, refunds=ignore, volume=qv" in found.definition


def test_on_the_books_needs_no_orders() -> None:
    """The latest day is 4 March, when D2 left: February is the last month that has ended, and D2 is still there."""
    people = frames({"distributors": [*PEOPLE[:1], {**PEOPLE[1], "terminated_on": day("03-04")}, *PEOPLE[2:]]})
    found = mlmkpi.cohorts(people, curve="on_books")
    assert found.as_of == day("03-04")
    assert found.frame.select("cohort", "month", "there", "size").rows() == [
        ("2025-12", 0, 1, 1), ("2025-12", 1, 1, 1), ("2025-12", 2, 1, 1), ("2026-01", 0, 2, 2), ("2026-01", 1, 2, 2),
        ("2026-02", 0, 1, 1),
    ]
    later = mlmkpi.cohorts(people, curve="on_books", as_of=day("03-31")).frame
    assert later.filter(pl.col("period") == "2026-03").select("cohort", "there", "size").rows() == [
        ("2025-12", 1, 1), ("2026-01", 1, 2), ("2026-02", 1, 1),
    ]
    for of, curve in (("distributors", "active"), ("customers", "on_books")):
        with pytest.raises(DataError, match="a cohort's curve needs the orders export"):
            mlmkpi.cohorts(people, of=of, curve=curve)


def test_a_curve_that_there_is_not() -> None:
    with pytest.raises(UsageError, match="curve is 'alive'"):
        mlmkpi.cohorts(TABLES, curve="alive")
    with pytest.raises(DataError, match="a cohort's curve needs the"):
        mlmkpi.cohorts(frames({"orders": ORDERS}))


@pytest.mark.parametrize("curve", ["active", "current", "on_books"])
@pytest.mark.parametrize("of", ["distributors", "customers"])
@pytest.mark.parametrize("seed", [1, wide(2)])
def test_curves_equal_the_oracles(seed: int, of: str, curve: str) -> None:
    one = company(seed, features=())
    definitions = {"lapse_after_days": 45, "customer_lapse_after_days": 30}
    settings = Settings.model_validate({"definitions": definitions})
    found = mlmkpi.cohorts(frames(one.tables), of=of, curve=curve, as_of=one.as_of, settings=settings)
    wanted = restated(one.tables, of=of, curve=curve, as_of=one.as_of, definitions=definitions)
    assert [(r["cohort"], r["month"], r["there"], r["size"]) for r in found.frame.iter_rows(named=True)] == [
        (row.cohort, row.month, row.there, row.size) for row in wanted
    ]


def test_classes_do_not_start_with_a_slip() -> None:
    """The orders do not start with one of the year 1026, nor classes without orders with an enrolment of then."""
    slip = table("order_id ordered_on amount distributor_id customer_id", ("9", "1026-01-05", 9, "D1", "C9"))
    orders = frames({"distributors": PEOPLE, "orders": [*slip, *ORDERS]})
    for of in ("distributors", "customers"):
        found = mlmkpi.cohorts(orders, of=of, as_of=day("04-02"))
        assert found.frame.equals(mlmkpi.cohorts(TABLES, of=of, as_of=day("04-02")).frame)
        told = "the earliest order is dated 1026-01-05, 365,239 days before 2026-01-01: taken for a slip"
        assert told in found.warnings
    early = table("distributor_id enrolled_on terminated_on", ("D9", "1026-12-31", None))
    alone = mlmkpi.cohorts(frames({"distributors": [*early, *PEOPLE]}), curve="on_books", as_of=day("04-02"))
    same = mlmkpi.cohorts(frames({"distributors": PEOPLE}), curve="on_books", as_of=day("04-02"))
    assert alone.frame.equals(same.frame)
    told = "the earliest enrolment is dated 1026-12-31, 364,878 days before 2025-12-31: taken for a slip"
    assert alone.warnings == (told,)


def test_an_order_that_is_a_slip_makes_no_history() -> None:
    """A current base needs 90 days of orders, which start on 1 September, whatever day of 1026 another is dated."""
    orders = table(
        "order_id ordered_on amount distributor_id", ("1", "1026-09-01", 9, "D3"), ("2", "09-01", 9, "D3"),
        ("3", "10-31", 9, "D3"),
    )
    exports = frames({"distributors": PEOPLE, "orders": orders})
    found = mlmkpi.compute(exports, kpis=["distributor_retention_rate"], count=1, as_of=day("10-31"))
    assert "orders start on 2026-09-01" in found.frame.filter(statistic="value")["note"][0]
    assert any("taken for a slip" in line for line in found.warnings)


def test_customers_are_on_no_books_and_that_is_said() -> None:
    """Whoever asks for it is given who is current, in cohorts and in retention."""
    said = "customers are on no books: on_books reads as current"
    asked = [mlmkpi.cohorts(TABLES, of="customers", curve=curve) for curve in ("on_books", "current")]
    assert asked[0].frame.equals(asked[1].frame)
    assert [said in found.hints for found in asked] == [True, False]
    assert said not in mlmkpi.cohorts(TABLES, curve="on_books").hints
    retained = [
        mlmkpi.compute(
            TABLES, kpis=["customer_retention_rate"], settings=mlmkpi.Settings(definitions={"retention_base": base})
        ).frame
        for base in ("on_books", "current")
    ]
    assert retained[0].drop("definition", "note").equals(retained[1].drop("definition", "note"))
    told = [set(frame.filter(pl.col("value").is_not_null())["note"]) for frame in retained]
    assert told == [{said}, {None}]


def test_a_misspelt_definition_is_refused_as_it_is_by_every_other_command() -> None:
    """Ignored, it would leave the default in force without a word."""
    with pytest.raises(SettingsError, match=r"unknown key definitions\.laps_after_days"):
        mlmkpi.cohorts(TABLES, settings=mlmkpi.Settings(definitions={"laps_after_days": 30}))


def test_the_settings_may_say_which_curve() -> None:
    """The books alone tell that one of January's two had left by the end of March."""
    settings = mlmkpi.Settings(definitions={"cohort_curve": "on_books"})
    found = mlmkpi.cohorts(TABLES, as_of=day("04-02"), settings=settings)
    assert found.frame["value"].to_list() == [1, 1, 0.5, 1, 1]
    asked = mlmkpi.cohorts(TABLES, as_of=day("04-02"), settings=settings, curve="active")
    assert asked.frame["value"].to_list() == [0.5, 0.5, 0, 0, 1]
    assert mlmkpi.compute(TABLES, kpis=["active_customers"], settings=settings).frame.height
    with pytest.raises(SettingsError, match="cohort_curve does not fit"):
        mlmkpi.compute(TABLES, settings=mlmkpi.Settings(definitions={"cohort_curve": "gone"}))
