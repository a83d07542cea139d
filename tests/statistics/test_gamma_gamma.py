"""Gamma–Gamma: a naive likelihood, the population's mean, who is left out, and simulated spending recovered."""

from __future__ import annotations

import math

import numpy as np
import pytest

from mlmkpi.statistics.gamma_gamma import Likelihood, expected_value, fit_gamma_gamma
from mlmkpi.statistics.intervals import Array
from mlmkpi.statistics.maximum import Fit

PARAMETERS = [(6.25, 3.74, 15.44), (0.4, 1.1, 300.0), (40.0, 60.0, 2.0)]
SPENDING = [(1, 0.01), (1, 35.0), (2, 22.35), (7, 100.0), (300, 41.5), (3000, 80.0)]


def _by_loop(parameters: tuple[float, ...]) -> float:
    p, q, v = parameters
    total = 0.0
    for x, mean in SPENDING:
        total += math.lgamma(p * x + q) - math.lgamma(p * x) - math.lgamma(q) + q * math.log(v)
        total += (p * x - 1) * math.log(mean) + p * x * math.log(x) - (p * x + q) * math.log(x * mean + v)
    return total


def _likelihood() -> Likelihood:
    return Likelihood.of(*(np.array(column, dtype=np.float64) for column in zip(*SPENDING, strict=True)))


@pytest.mark.parametrize("parameters", PARAMETERS)
def test_the_likelihood_is_that_of_the_customers_one_by_one(parameters: tuple[float, ...]) -> None:
    value, _ = _likelihood()(np.array(parameters))
    assert value == pytest.approx(_by_loop(parameters), rel=1e-10)


@pytest.mark.parametrize("parameters", PARAMETERS)
def test_the_gradient_is_the_slope_of_the_likelihood(parameters: tuple[float, ...]) -> None:
    likelihood, here = _likelihood(), np.array(parameters)
    _, gradient = likelihood(here)
    for place, step in enumerate(here * 1e-5):
        moved = np.eye(3)[place] * step
        slope = (likelihood(here + moved)[0] - likelihood(here - moved)[0]) / (2 * step)
        assert gradient[place] == pytest.approx(slope, rel=1e-5, abs=1e-4)


def _simulated(p: float, q: float, v: float) -> tuple[Array, Array]:
    rng = np.random.default_rng(5)
    repeats = rng.integers(1, 9, 20_000).astype(np.float64)
    return repeats, rng.gamma(p * repeats) / rng.gamma(q, 1 / v, len(repeats)) / repeats


def test_simulated_spending_is_recovered_in_any_unit_and_order() -> None:
    repeats, means = _simulated(6.25, 3.74, 15.44)
    fit = fit_gamma_gamma(repeats, means)
    assert not fit.problem
    assert fit.parameters == pytest.approx((6.25, 3.74, 15.44), rel=0.05)
    assert fit_gamma_gamma(repeats[::-1], means[::-1]) == fit
    cents = fit_gamma_gamma(repeats, means * 100)
    assert cents.parameters == pytest.approx((*fit.parameters[:2], fit.parameters[2] * 100), rel=1e-4)
    assert cents.log_likelihood == pytest.approx(fit.log_likelihood - len(means) * math.log(100))


def test_who_has_no_repeat_or_no_positive_mean_is_left_out_of_the_fit() -> None:
    repeats, means = _simulated(6.25, 3.74, 15.44)
    others = fit_gamma_gamma(np.append(repeats, [0, 3, 2]), np.append(means, [50.0, 0.0, -12.0]))
    assert others == fit_gamma_gamma(repeats, means)


def test_the_expectation_lies_between_the_population_and_the_customer() -> None:
    fit = Fit((6.25, 3.74, 15.44), 0.0)
    population = 6.25 * 15.44 / 2.74
    few, many = expected_value(fit, [1, 50], [80.0, 80.0])
    assert population < few < many < 80
    weight = 6.25 * 1 / (6.25 * 1 + 2.74)
    assert few == pytest.approx(weight * 80 + (1 - weight) * population)


def test_who_has_no_repeat_or_no_positive_mean_gets_the_population_s() -> None:
    values = expected_value(Fit((6.25, 3.74, 15.44), 0.0), [0, 3, 2, 0], [0.0, 0.0, -12.0, math.nan])
    assert values == pytest.approx([6.25 * 15.44 / 2.74] * 4)


def test_fewer_than_a_hundred_repeat_buyers_are_not_fitted() -> None:
    assert fit_gamma_gamma([1] * 99 + [0] * 9, [5.0] * 108).problem == "fewer than 100 repeat buyers"


def test_spending_without_a_mean_is_a_problem() -> None:
    fit = fit_gamma_gamma(*_simulated(2.0, 0.7, 10.0))
    assert fit.problem == "the fitted spending has no mean"


def test_customers_who_all_spend_the_same_do_not_converge() -> None:
    assert fit_gamma_gamma([2] * 500, [10.0] * 500).problem == "the fit did not converge"
