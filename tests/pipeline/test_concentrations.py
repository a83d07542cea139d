"""Gini and top share: the income example, mean differences, numbers beyond 64 bits, several segments at once."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlmkpi.kpi import Concentrated, Concentration, Shape
from mlmkpi.kpis.income import earnings_gini
from mlmkpi.pipeline.concentrations import concentration_rows, concentrations

INCOMES = [0] * 60 + [50] * 25 + [300] * 10 + [2000] * 4 + [20_000]


class Spread(NamedTuple):
    part: int
    whole: int
    negative: int

    @property
    def value(self) -> float | None:
        return self.part / self.whole if self.whole else None


def of(values: list[int], units: list[int] | None = None) -> dict[str, int]:
    columns = {"of": [1] * len(values), "value": values, "units": units or [1] * len(values)}
    schema = dict.fromkeys(columns, pl.Int64)
    return dict(concentrations(pl.DataFrame(columns, schema=schema), ["of"]).row(0, named=True))


def gini(values: list[int], units: list[int] | None = None) -> Spread:
    found = of(values, units)
    return Spread(found["uneven"], found["all"] * found["total"], found["negative"])


def top_share(values: list[int], units: list[int] | None = None) -> Spread:
    found = of(values, units)
    return Spread(found["top"], found["total"], found["negative"])


def test_the_income_example() -> None:
    assert sum(INCOMES) / len(INCOMES) == 322.5
    assert gini(INCOMES).value == pytest.approx(0.939, abs=5e-4)
    assert top_share(INCOMES) == Spread(20_000, 32_250, 0)
    assert top_share(INCOMES).value == pytest.approx(0.62, abs=5e-3)


@given(st.lists(st.integers(-(10**6), 2**55), min_size=1, max_size=30))
def test_gini_is_half_the_relative_mean_difference(values: list[int]) -> None:
    found, clipped = gini(values), [max(value, 0) for value in values]
    assert found.negative == sum(value < 0 for value in values)
    differences = sum(abs(one - other) for one in clipped for other in clipped)
    if sum(clipped) == 0:
        assert found.value is None
    else:
        assert found.value == differences / (2 * len(values) * sum(clipped))


def test_gini_is_exact_where_its_sum_leaves_64_bits() -> None:
    values = [10**12 + step for step in range(200_000)]
    ranks = range(1 - len(values), len(values), 2)
    exact = sum(rank * value for rank, value in zip(ranks, values, strict=True))
    assert gini(values[::-1]).part == exact
    values = [2**61, 2**61 - 5, 7]
    assert gini(values) == Spread(2 * 2**61 - 14, 3 * (2**62 + 2), 0)


def test_gini_of_equals_is_nothing() -> None:
    assert gini([7, 7, 7]).value == 0.0
    assert gini([0, -2]) == Spread(0, 0, 1)


@given(st.lists(st.integers(-50, 1000), min_size=1, max_size=250))
def test_top_share_is_the_largest_of_the_sorted(values: list[int]) -> None:
    ordered = sorted((max(value, 0) for value in values), reverse=True)
    people = next(count for count in range(len(values) + 1) if count * 100 >= len(values))
    assert top_share(values) == Spread(sum(ordered[:people]), sum(ordered), sum(value < 0 for value in values))


COUNTED = st.dictionaries(st.integers(-9, 2**40), st.integers(1, 40), min_size=1, max_size=12)


@given(COUNTED)
def test_values_that_several_have_count_as_often(counted: dict[int, int]) -> None:
    each = [value for value, units in counted.items() for _ in range(units)]
    values, units = list(counted), list(counted.values())
    assert gini(values, units) == gini(each)
    assert top_share(values, units) == top_share(each)


@given(st.dictionaries(st.tuples(st.integers(0, 2), st.sampled_from(["a", None])), COUNTED, min_size=1))
def test_segments_are_told_apart(segments: dict[tuple[int, str | None], dict[int, int]]) -> None:
    rows = [(*key, value, units) for key, counted in segments.items() for value, units in counted.items()]
    schema = {"span": pl.Int32, "market": pl.String, "value": pl.Int64, "units": pl.Int64}
    found = concentrations(pl.DataFrame(rows, schema=schema, orient="row"), ["span", "market"])
    alone = {key: of(list(counted), list(counted.values())) for key, counted in segments.items()}
    assert {(span, market): tuple(sums) for span, market, *sums in found.iter_rows()} == {
        key: tuple(sums.values())[1:] for key, sums in alone.items()
    }


def rows_of(shape: Shape, values: list[int]) -> list[tuple[object, ...]]:
    figure = earnings_gini()
    assert isinstance(figure, Concentrated)
    one = Concentration("spread", figure.main.of, figure.main.value, shape)
    spread = pl.DataFrame({"span": [4] * len(values), "value": values, "units": [1] * len(values)})
    frame = concentration_rows(one, spread, ["span"], "value")
    return frame.select("span", "statistic", "numerator", "denominator", "value", "note").rows()


def test_the_rows_that_come_of_them() -> None:
    """Money is counted in ten-thousandths: of 20, 10 and −5 the top is 20 of 30, Gini 2 · (20 · 2) ÷ (2 · 3 · 30)."""
    values = [200_000, 100_000, -50_000]
    said = "1 negative, counted as 0"
    assert rows_of(Shape.TOP_1PCT, values) == [(4, "value", 20.0, 30.0, 2 / 3, said)]
    assert rows_of(Shape.GINI, values) == [(4, "value", None, 3.0, float(Fraction(4, 9)), said)]
    nobody = "nothing to divide by: the denominator is 0"
    assert rows_of(Shape.GINI, [0, -1]) == [(4, "value", None, 2.0, None, nobody)]
    assert rows_of(Shape.TOP_1PCT, [0]) == [(4, "value", 0.0, 0.0, None, nobody)]
