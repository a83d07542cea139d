"""Gamma–Gamma: what a customer's next purchase will be worth, from how many there were and their mean.

The model of Fader and Hardie (2013): a purchase's value is drawn from a gamma distribution of shape p, whose scale
differs between customers by a gamma distribution (q, v). The fewer the purchases, the nearer is the expectation to the
population's mean, p · v ÷ (q − 1), and the farther from the customer's own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mlmkpi.statistics.intervals import Array
from mlmkpi.statistics.maximum import BLOCK, MINIMUM_REPEAT_BUYERS, Fit, dot, maximise, too_few


def fit_gamma_gamma(repeats: npt.ArrayLike, means: npt.ArrayLike) -> Fit:
    """Maximum-likelihood p, q, v (in the unit of the means) of the customers, one array element each.

    `repeats` counts the days with a purchase after the first such day, `means` is the mean value of such a day. Who has
    no repeat, or no positive mean, is left out. A fit with q ≤ 1 has no population mean, which is a problem.
    """
    x, mean = np.asarray(repeats, dtype=np.float64), np.asarray(means, dtype=np.float64)
    bought = (x > 0) & (mean > 0)
    ordered = np.sort(x[bought] + 1j * mean[bought])  # so that the customers' order changes no digit
    x, mean = ordered.real.copy(), ordered.imag.copy()
    if len(x) < MINIMUM_REPEAT_BUYERS:
        return too_few()
    scale = float(mean.mean())
    fit = maximise(Likelihood.of(x, mean / scale), np.array([2.0, 3.0, 1.0]), len(x))
    p, q, v = fit.parameters
    problem = fit.problem or ("" if q > 1 else "the fitted spending has no mean")
    return Fit((p, q, v * scale), fit.log_likelihood - len(x) * float(np.log(scale)), problem)


@dataclass(frozen=True, eq=False)
class Likelihood:
    """Log-likelihood of p, q, v and its gradient.

    `repeats` and `totals` have one element a customer, `of_repeats` how many customers have one repeat, two, ….
    `logs` is Σ x · ln(x · m) and `log_means` Σ ln m, over the customers.
    """

    repeats: Array
    totals: Array
    of_repeats: Array
    logs: float
    log_means: float

    @classmethod
    def of(cls, repeats: Array, means: Array) -> Likelihood:
        """Sum up what does not change with the parameters."""
        totals = repeats * means
        counts = np.bincount(repeats.astype(np.int64))[1:].astype(np.float64)
        return cls(repeats, totals, counts, dot(repeats, np.log(totals)), float(np.log(means).sum()))

    def __call__(self, parameters: Array) -> tuple[float, Array]:
        """Σ ln of Γ(px+q) ÷ (Γ(px) Γ(q)) · v^q · m^(px−1) · x^(px) ÷ (v + x·m)^(px+q), and its gradient."""
        from scipy.special import digamma, gammaln

        p, q, v = parameters
        x, weight, buyers = np.arange(1, len(self.of_repeats) + 1), self.of_repeats, len(self.repeats)
        logs, repeated_logs, inverse, repeated_inverse = self._reach(v)
        constant = gammaln(p * x + q) - gammaln(p * x) - gammaln(q)
        value = dot(weight, constant) + p * (self.logs - repeated_logs)
        value += q * (buyers * np.log(v) - logs) - self.log_means
        by_p = dot(weight * x, digamma(p * x + q) - digamma(p * x)) + self.logs - repeated_logs
        by_q = dot(weight, digamma(p * x + q)) + buyers * (np.log(v) - digamma(q)) - logs
        by_v = buyers * q / v - p * repeated_inverse - q * inverse
        return float(value), np.array([by_p, by_q, by_v])

    def _reach(self, v: float) -> tuple[float, ...]:
        """Over the customers, the sums of ln(v + x·m) and of its inverse argument, each plain and times x."""
        sums = np.zeros(4)
        for start in range(0, len(self.repeats), BLOCK):
            x, reach = self.repeats[start : start + BLOCK], v + self.totals[start : start + BLOCK]
            logs, inverse = np.log(reach), 1 / reach
            sums += logs.sum(), dot(x, logs), inverse.sum(), dot(x, inverse)
        return tuple(sums.tolist())


def expected_value(fit: Fit, repeats: npt.ArrayLike, means: npt.ArrayLike) -> Array:
    """Mean value to expect of a customer's purchases, in the unit of the means. The fit has no problem.

    The population's mean where there is no repeat, or no positive mean.

    >>> fit = Fit((6.25, 3.74, 15.44), -4055.92)
    >>> expected_value(fit, [0, 2], [0.0, 22.35]).round(2).tolist()
    [35.22, 24.66]
    """
    p, q, v = fit.parameters
    x, mean = np.asarray(repeats, dtype=np.float64), np.asarray(means, dtype=np.float64)
    seen = np.where((x > 0) & (mean > 0), x, 0.0)
    return np.asarray(p * (v + np.where(seen > 0, seen * mean, 0.0)) / (p * seen + q - 1))
