"""Intervals of many shares are those of each share alone."""

from __future__ import annotations

import numpy as np
import pytest

from mlmkpi.pipeline.ratios import shares_ends
from mlmkpi.statistics.intervals import six_digits, wilson


def test_many_shares_have_the_intervals_that_each_has_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = np.random.default_rng(1)
    monkeypatch.setattr("mlmkpi.pipeline.ratios.FEW", 16)
    d = chance.integers(-2, 40, 600)
    n = np.where(chance.random(600) < 0.9, chance.integers(0, np.maximum(d, 0) + 1), chance.integers(-3, 50, 600))
    for found, alone in zip(shares_ends(n, d), wilson(n, d), strict=True):
        np.testing.assert_array_equal(found, six_digits(alone))
