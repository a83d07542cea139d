"""BG/NBD: how often a customer will buy, from how often and when they have bought.

The model of Fader, Hardie and Lee (2005): while alive, a customer buys at a rate drawn from a gamma distribution
(r, α); after each purchase they leave with a probability drawn from a beta distribution (a, b). Its time runs in weeks
of seven days. A customer's history is three whole numbers: `repeats`, the days with a purchase after the first such
day; `recency`, the days from the first to the last of them; `age`, the days from the first to the end of the data.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mlmkpi.statistics.intervals import Array
from mlmkpi.statistics.maximum import BLOCK, MINIMUM_REPEAT_BUYERS, Fit, dot, maximise, too_few

Whole = npt.NDArray[np.int64]

_WEEK = 7.0
_WEEKS_A_YEAR = 365.25 / _WEEK
_NODES = 24
"""Points of the quadrature over the horizon; it is smooth enough for ten digits over ten years."""


@dataclass(frozen=True, eq=False)
class Histories:
    """The distinct purchase histories, how many customers have each, and which one each customer has."""

    repeats: Whole
    recency: Whole
    age: Whole
    counts: Whole
    of_customer: Whole


def histories(repeats: npt.ArrayLike, recency: npt.ArrayLike, age: npt.ArrayLike) -> Histories:
    """Collect customers, one array element each, into their distinct histories (days, below two million)."""
    bits = 21
    x, last, days = (np.asarray(column, dtype=np.int64) for column in (repeats, recency, age))
    packed, index, counts = np.unique((x << 2 * bits) | (last << bits) | days, return_inverse=True, return_counts=True)
    low = (1 << bits) - 1
    return Histories(packed >> 2 * bits, (packed >> bits) & low, packed & low, counts, index)


def fit_bgnbd(customers: Histories) -> Fit:
    """Maximum-likelihood r, α (weeks), a, b."""
    if int(customers.counts[customers.repeats > 0].sum()) < MINIMUM_REPEAT_BUYERS:
        return too_few()
    likelihood = Likelihood.of(customers)
    weeks, purchases = dot(likelihood.of_ages, likelihood.weeks), likelihood.repeats_of_ages.sum()
    start = np.array([0.5, 0.5 * weeks / purchases, 1.0, 2.0])
    return maximise(likelihood, start, int(customers.counts.sum()))


@dataclass(frozen=True, eq=False)
class Likelihood:
    """Log-likelihood of r, α, a, b and its gradient; what depends on one figure of a history is summed over that first.

    `of_repeats`, `of_ages` and `repeats_of_ages` are indexed by the number of repeats and the days of age: how many
    customers have it, and how many repeats those have. The others describe the distinct histories with a repeat.
    """

    of_repeats: Array
    of_ages: Array
    repeats_of_ages: Array
    repeats: Whole
    recency: Whole
    age: Whole
    counts: Array

    @classmethod
    def of(cls, customers: Histories) -> Likelihood:
        """Sum the histories up."""
        again = customers.repeats > 0
        return cls(
            of_repeats=_sums(customers.repeats, customers.counts),
            of_ages=_sums(customers.age, customers.counts),
            repeats_of_ages=_sums(customers.age, customers.counts * customers.repeats),
            repeats=customers.repeats[again],
            recency=customers.recency[again],
            age=customers.age[again],
            counts=customers.counts[again].astype(np.float64),
        )

    @property
    def weeks(self) -> Array:
        """Weeks of each day of age."""
        return np.arange(len(self.of_ages)) / _WEEK

    def __call__(self, parameters: Array) -> tuple[float, Array]:
        """Log-likelihood of all customers, and its gradient by the four parameters."""
        alive, alive_gradient = self._alive(parameters)
        gone, gone_gradient = self._gone(parameters)
        return alive + gone, alive_gradient + gone_gradient

    def _alive(self, parameters: Array) -> tuple[float, Array]:
        """Σ ln of being alive to the end: Γ(r+x) ÷ Γ(r) · αʳ · (α+T)^−(r+x) · B(a, b+x) ÷ B(a, b)."""
        from scipy.special import digamma, gammaln

        r, alpha, a, b = parameters
        x, weight = np.arange(len(self.of_repeats)), self.of_repeats
        events, wait = r * self.of_ages + self.repeats_of_ages, alpha + self.weeks
        buying = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
        staying = gammaln(b + x) - gammaln(b) + gammaln(a + b) - gammaln(a + b + x)
        value = dot(weight, buying + staying) - dot(events, np.log(wait))
        by_r = dot(weight, digamma(r + x) - digamma(r) + np.log(alpha)) - dot(self.of_ages, np.log(wait))
        by_alpha = weight.sum() * r / alpha - dot(events, 1 / wait)
        by_a = dot(weight, digamma(a + b) - digamma(a + b + x))
        by_b = by_a + dot(weight, digamma(b + x) - digamma(b))
        return value, np.array([by_r, by_alpha, by_a, by_b])

    def _gone(self, parameters: Array) -> tuple[float, Array]:
        """Σ ln(1 + o), with the odds o of having left at the last purchase against being alive."""
        r, alpha, a, b = parameters
        later = b + np.maximum(np.arange(len(self.of_repeats)) - 1, 0)
        wait = alpha + self.weeks
        logs, inverse, base = np.log(wait), 1 / wait, np.log(a / later)
        value, by_r, by_alpha, left_after = 0.0, 0.0, 0.0, np.zeros(len(later))
        for start in range(0, len(self.counts), BLOCK):
            block = slice(start, start + BLOCK)
            x, last, age, counts = self.repeats[block], self.recency[block], self.age[block], self.counts[block]
            silence, events = logs[age] - logs[last], r + x
            odds = base[x] + events * silence
            small = np.exp(-np.abs(odds))
            value += dot(counts, np.maximum(odds, 0) + np.log1p(small))
            left = counts * np.where(odds > 0, 1, small) / (1 + small)
            by_r += dot(left, silence)
            by_alpha += dot(left * events, inverse[age] - inverse[last])
            left_after += np.bincount(x, left, len(later))
        return value, np.array([by_r, by_alpha, left_after.sum() / a, -dot(left_after, 1 / later)])


def alive(fit: Fit, repeats: npt.ArrayLike, recency: npt.ArrayLike, age: npt.ArrayLike) -> Array:
    """Probability that a customer with that history (days) has not left; 1 without repeats. The fit has no problem."""
    from scipy.special import expit

    r, alpha, a, b = fit.parameters
    x, last, weeks = np.asarray(repeats), np.asarray(recency) / _WEEK, np.asarray(age) / _WEEK
    odds = np.log(a / (b + np.maximum(x - 1, 0))) + (r + x) * np.log((alpha + weeks) / (alpha + last))
    return np.where(x > 0, expit(-odds), 1.0)


def expected_purchases(
    fit: Fit,
    repeats: npt.ArrayLike,
    recency: npt.ArrayLike,
    age: npt.ArrayLike,
    horizon: float,
    discount: float = 0.0,
) -> Array:
    """Purchases to expect from each history (days) in the next `horizon` weeks. The fit has no problem.

    `discount` is continuous and a year: a purchase s years ahead counts e^(−discount · s).

    >>> fit = Fit((0.24259, 4.4136, 0.79292, 2.42591), -9582.4292)
    >>> expected_purchases(fit, [2], [213], [272], 39).round(3).tolist()
    [1.226]
    """
    x, days = np.asarray(repeats, dtype=np.int64), np.asarray(age, dtype=np.int64)
    packed, of_customer = np.unique((x << 32) | days, return_inverse=True)
    while_alive = _if_alive(fit, packed >> 32, (packed & 0xFFFFFFFF) / _WEEK, horizon, discount / _WEEKS_A_YEAR)
    return alive(fit, x, recency, days) * while_alive[of_customer]


def _if_alive(fit: Fit, x: Whole, weeks: Array, horizon: float, discount: float) -> Array:
    """Purchases to expect of those alive now: their discounted rate integrated over the horizon, by Gauss–Legendre.

    s weeks ahead the rate is (r+x) ÷ (α+T) · ₂F₁(r+x+1, a; a+b+x; −s ÷ (α+T)). With s = (α+T)(eᵘ − 1) and Pfaff's
    transformation the function's arguments stay small however often somebody has bought.
    """
    from scipy.special import hyp2f1

    r, alpha, a, b = fit.parameters
    if float(a - r).is_integer():  # scipy's function overflows on exactly these
        a *= 1 + 1e-10
    wait = alpha + weeks
    end = np.log1p(horizon / wait)
    total = np.zeros(len(wait))
    for node, weight in zip(*np.polynomial.legendre.leggauss(_NODES), strict=True):
        u = end * (node + 1) / 2
        rate = hyp2f1(a, a + b - r - 1, a + b + x, -np.expm1(-u))
        total += weight / 2 * rate * np.exp((1 - a) * u - discount * wait * np.expm1(u))
    return np.asarray((r + x) * end * total)


def _sums(figures: Whole, weights: Whole) -> Array:
    """Sum of the weights at each figure from 0 on."""
    return np.bincount(figures, weights).astype(np.float64)
