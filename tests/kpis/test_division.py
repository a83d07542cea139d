"""The one division gives the float nearest to the exact quotient, however large the whole numbers are."""

from __future__ import annotations

from fractions import Fraction

import polars as pl
import pytest

from mlmkpi.pipeline.ratios import divided

LARGE = (2**53 + 1, 7_205_759_403_792_795, 9_007_199_254_740_995, 3)


@pytest.mark.parametrize("dtype", [pl.Int64(), pl.Int128()])
@pytest.mark.parametrize("below", [3, 10_000, 2**53 + 3])
def test_large_numbers_are_divided_exactly(dtype: pl.DataType, below: int) -> None:
    found = divided("value", pl.Series(LARGE, dtype=dtype), pl.Series([below] * len(LARGE), dtype=dtype))
    assert found.to_list() == [float(Fraction(above, below)) for above in LARGE]
    assert divided("value", pl.Series(LARGE, dtype=dtype), below).to_list() == found.to_list()


def test_nothing_is_divided_by_nothing() -> None:
    found = divided("value", pl.Series([1, None, 2], dtype=pl.Int128), pl.Series([0, 1, None], dtype=pl.Int128))
    assert found.to_list() == [None, None, None]
