"""BG/NBD: CDNOW's published fit, a naive likelihood, numerical integrals, and simulated customers recovered."""

from __future__ import annotations

import math
import os
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mlmkpi.statistics.bgnbd import Histories, Likelihood, alive, expected_purchases, fit_bgnbd, histories
from mlmkpi.statistics.gamma_gamma import fit_gamma_gamma
from mlmkpi.statistics.maximum import Fit

CDNOW = Fit((0.24259, 4.41360, 0.79292, 2.42591), -9582.4292)
PARAMETERS = [(0.24, 4.4, 0.79, 2.43), (3.0, 0.5, 1.0, 0.7), (0.6, 12.0, 25.0, 300.0), (8.0, 30.0, 0.02, 0.1)]
CUSTOMERS = [(0, 0, 0), (0, 0, 9), (1, 3, 3), (1, 1, 200), (2, 60, 61), (7, 30, 365), (40, 99, 900), (3000, 3999, 4000)]


def _by_loop(customers: list[tuple[int, int, int]], parameters: Any) -> float:
    """The likelihood as published, customer by customer."""
    r, alpha, a, b = (float(parameter) for parameter in parameters)
    total = 0.0
    for x, recency, age in customers:
        t, end = recency / 7, age / 7
        ahead = math.lgamma(r + x) - math.lgamma(r) + r * math.log(alpha)
        ahead += math.lgamma(a + b) + math.lgamma(b + x) - math.lgamma(b) - math.lgamma(a + b + x)
        still = -(r + x) * math.log(alpha + end)
        left = math.log(a) - math.log(b + x - 1) - (r + x) * math.log(alpha + t) if x else -math.inf
        top = max(still, left)
        total += ahead + top + math.log(math.exp(still - top) + math.exp(left - top))
    return total


def _likelihood(customers: list[tuple[int, int, int]]) -> Likelihood:
    return Likelihood.of(histories(*zip(*customers, strict=True)))


@pytest.mark.parametrize("parameters", PARAMETERS)
def test_the_likelihood_is_that_of_the_customers_one_by_one(parameters: tuple[float, ...]) -> None:
    customers = CUSTOMERS + CUSTOMERS[:4] * 3
    value, _ = _likelihood(customers)(np.array(parameters))
    assert value == pytest.approx(_by_loop(customers, parameters), rel=1e-12)


@pytest.mark.parametrize("parameters", PARAMETERS)
def test_the_gradient_is_the_slope_of_the_likelihood(parameters: tuple[float, ...]) -> None:
    likelihood, here = _likelihood(CUSTOMERS), np.array(parameters)
    _, gradient = likelihood(here)
    for place, step in enumerate(here * 1e-5):
        moved = np.eye(4)[place] * step
        slope = (likelihood(here + moved)[0] - likelihood(here - moved)[0]) / (2 * step)
        assert gradient[place] == pytest.approx(slope, rel=1e-5, abs=1e-4)


def test_more_histories_than_a_block_change_nothing() -> None:
    customers = [(1 + day % 9, day % 400, 400 + day % 37) for day in range(20_000)]
    value, _ = _likelihood(customers)(np.array(PARAMETERS[0]))
    assert value == pytest.approx(_by_loop(customers, PARAMETERS[0]), rel=1e-11)


def test_histories_are_the_distinct_ones_and_lead_back_to_the_customers() -> None:
    found = histories([2, 0, 2, 1], [9, 0, 9, 4], [30, 30, 30, 7])
    assert [column.tolist() for column in (found.repeats, found.recency, found.age, found.counts)] == [
        [0, 1, 2], [0, 4, 9], [30, 7, 30], [1, 1, 2],
    ]
    assert found.of_customer.tolist() == [2, 0, 2, 1]


def test_the_published_expectation() -> None:
    assert expected_purchases(CDNOW, [2], [213], [272], 39.0)[0] == pytest.approx(1.226, abs=5e-4)


def test_who_never_came_back_has_not_left_and_who_is_silent_for_long_probably_has() -> None:
    chances = alive(CDNOW, [0, 20, 20], [0, 280, 100], [272, 281, 281])
    assert chances[0] == 1.0
    assert chances[1] > 0.9
    assert chances[2] < 0.01


@pytest.mark.parametrize("parameters", PARAMETERS)
@pytest.mark.parametrize("discount", [0.0, 0.15])
def test_expected_purchases_are_the_integral_over_those_who_may_leave(
    parameters: tuple[float, ...], discount: float
) -> None:
    customers = [(0, 0, 20), (1, 3, 90), (12, 300, 365), (60, 700, 720)]
    fit, (repeats, recency, age) = Fit(parameters, 0.0), zip(*customers, strict=True)
    found = expected_purchases(fit, repeats, recency, age, 52.0, discount)
    chances = alive(fit, repeats, recency, age)
    for x, days, value, chance in zip(repeats, age, found, chances, strict=True):
        assert value == pytest.approx(chance * _by_integral(parameters, x, days / 7, 52.0, discount), rel=1e-8)


def _by_integral(parameters: tuple[float, ...], x: int, weeks: float, horizon: float, discount: float) -> float:
    """The mean over the chances of leaving, on a fine grid of their log-odds, of a buyer's discounted purchases."""
    r, alpha, a, b = parameters
    odds = np.arange(-40 / min(a, 1), 40 / min(b + x, 1), 0.1)
    leaving = np.exp(-np.logaddexp(0, -odds))
    weight = -a * np.logaddexp(0, -odds) - (b + x) * np.logaddexp(0, odds)
    weight = np.exp(weight - weight.max())
    nodes, shares = np.polynomial.legendre.leggauss(60)
    purchases = np.zeros(len(odds))
    for node, share in zip((nodes + 1) / 2 * horizon, shares / 2 * horizon, strict=True):
        rate = (r + x) / (alpha + weeks) * (1 + leaving * node / (alpha + weeks)) ** -(r + x + 1)
        purchases += share * rate * np.exp(-discount * node * 7 / 365.25)
    return float(weight @ purchases / weight.sum())


@pytest.mark.parametrize("parameters", [(1.0, 0.3303, 2.0, 1198.0), (1.0, 0.97, 42.0, 2.0), (9.0, 0.54, 1.0, 346.0)])
def test_parameters_that_are_whole_numbers_are_as_good_as_their_neighbours(parameters: tuple[float, ...]) -> None:
    r, alpha, a, b = parameters
    customers = ([0, 7, 70], [0, 50, 110], [10, 60, 117])
    found = expected_purchases(Fit(parameters, 0.0), *customers, 160.0)
    beside = [expected_purchases(Fit((r, alpha, a * side, b), 0.0), *customers, 160.0) for side in (0.9999, 1.0001)]
    assert found == pytest.approx(np.mean(beside, axis=0), rel=1e-5)


def test_a_longer_horizon_and_no_discount_expect_more() -> None:
    year = expected_purchases(CDNOW, [2], [213], [272], 52.18)[0]
    assert expected_purchases(CDNOW, [2], [213], [272], 104.36)[0] > year
    assert expected_purchases(CDNOW, [2], [213], [272], 52.18, 0.1)[0] < year
    assert expected_purchases(CDNOW, [2], [213], [272], 52.18, 1e-9)[0] == pytest.approx(year)


def test_fewer_than_a_hundred_repeat_buyers_are_not_fitted() -> None:
    fit = fit_bgnbd(histories([1] * 99 + [0] * 500, [9] * 99 + [0] * 500, [30] * 599))
    assert fit.problem == "fewer than 100 repeat buyers"


def test_customers_without_a_maximum_do_not_converge() -> None:
    fit = fit_bgnbd(histories([3] * 500, [100] * 500, [100] * 500))
    assert fit.problem == "the fit did not converge"


def _simulated(customers: int, r: float, alpha: float, a: float, b: float) -> Histories:
    """Customers who buy and leave as the model says, on days fine enough to keep them apart."""
    rng = np.random.default_rng(11)
    rates, leaving = rng.gamma(r, 1 / alpha, customers), rng.beta(a, b, customers)
    age = rng.integers(100, 1000, customers)
    rows = []
    for rate, chance, days in zip(rates.tolist(), leaving.tolist(), age.tolist(), strict=True):
        x, clock, last = 0, rng.exponential(1 / rate), 0.0
        while clock < days / 7:
            x, last = x + 1, clock
            if rng.random() < chance:
                break
            clock += rng.exponential(1 / rate)
        rows.append((x, min(round(last * 7), days), days))
    return histories(*zip(*rows, strict=True))


def test_simulated_customers_are_recovered() -> None:
    true = (0.6, 6.0, 0.8, 2.4)
    customers = _simulated(8000, *true)
    fit = fit_bgnbd(customers)
    assert not fit.problem
    assert fit.parameters == pytest.approx(true, rel=0.15)
    assert fit.log_likelihood >= Likelihood.of(customers)(np.array(true))[0]


@pytest.mark.skipif("MLMKPI_DATA" not in os.environ, reason="needs the CDNOW data in the folder that MLMKPI_DATA names")
def test_cdnow_to_the_last_published_digit() -> None:
    repeats, recency, age, cents = _cdnow(Path(os.environ["MLMKPI_DATA"]) / "cdnow" / "CDNOW_sample.txt")
    assert (len(repeats), sum(repeats)) == (2357, 2457)
    purchases = fit_bgnbd(histories(repeats, recency, age))
    assert not purchases.problem
    assert [round(parameter, 4) for parameter in purchases.parameters] == [0.2426, 4.4136, 0.7929, 2.4259]
    assert round(purchases.log_likelihood, 4) == -9582.4292
    assert expected_purchases(purchases, [2], [213], [272], 39.0)[0] == pytest.approx(1.226, abs=5e-4)
    spend = fit_gamma_gamma(repeats, [total / 100 / max(x, 1) for x, total in zip(repeats, cents, strict=True)])
    assert not spend.problem
    assert [round(parameter, 4) for parameter in spend.parameters] == [6.2496, 3.7442, 15.4435]
    assert round(spend.log_likelihood, 4) == -4055.9177
    assert sum(x > 0 for x in repeats) == 946


def _cdnow(log: Path) -> tuple[list[int], list[int], list[int], list[int]]:
    """Repeats, recency, age and the cents of the repeats, a customer, up to 1997-09-30."""
    end, baskets = date(1997, 9, 30), dict[str, dict[date, int]]()
    for line in log.read_text().splitlines():
        _, customer, written, _, dollars = line.split()
        day = date(int(written[:4]), int(written[4:6]), int(written[6:]))
        if day <= end:
            days = baskets.setdefault(customer, {})
            days[day] = days.get(day, 0) + round(float(dollars) * 100)
    rows = []
    for days in baskets.values():
        first, last = min(days), max(days)
        rows.append((len(days) - 1, (last - first).days, (end - first).days, sum(days.values()) - days[first]))
    repeats, recency, age, cents = (list(column) for column in zip(*rows, strict=True))
    return repeats, recency, age, cents
