"""Maximum likelihood over positive parameters, and whether the maximum was really found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import nan

import numpy as np

from mlmkpi.statistics.intervals import Array

MINIMUM_REPEAT_BUYERS = 100
"""With fewer repeat buyers nothing is fitted."""

BLOCK = 8192
"""Customers are weighed in blocks that stay in the processor's cache."""

_BOUND = 12.0
"""The logarithm of a parameter stays within ± this; a fit that ends there has no maximum of its own."""

_FLAT = 1e-5
"""At a maximum no logarithm of a parameter has a larger gradient than this, per customer."""


@dataclass(frozen=True)
class Fit:
    """Fitted parameters in the order their model names them, and the log-likelihood of the data under them.

    Where there is a `problem`, told in a clause, there is nothing to predict with.
    """

    parameters: tuple[float, ...]
    log_likelihood: float
    problem: str = ""


def too_few() -> Fit:
    """No fit, because it was not tried, for want of repeat buyers."""
    return Fit((), nan, f"fewer than {MINIMUM_REPEAT_BUYERS} repeat buyers")


def dot(one: Array, two: Array) -> float:
    """Σ one · two, added in the same order whatever the number of threads, which BLAS decides by.

    >>> dot(np.array([1.0, 2.0]), np.array([3.0, 4.0]))
    11.0
    """
    return float((one * two).sum())


def maximise(likelihood: Callable[[Array], tuple[float, Array]], start: Array, customers: int) -> Fit:
    """Fit by L-BFGS-B on the logarithms of the parameters.

    `likelihood` gives the log-likelihood of all customers and its gradient by the parameters themselves.
    """
    from scipy.optimize import minimize

    def loss(logs: Array) -> tuple[float, Array]:
        parameters = np.exp(logs)
        value, gradient = likelihood(parameters)
        return -value / customers, -gradient * parameters / customers

    bounds, until = [(-_BOUND, _BOUND)] * len(start), {"ftol": 0.0, "gtol": _FLAT / 1000, "maxiter": 500}
    found = minimize(loss, np.log(start), jac=True, method="L-BFGS-B", bounds=bounds, options=until)
    flat = bool(np.isfinite(found.fun) and np.abs(found.jac).max() <= _FLAT and np.abs(found.x).max() < _BOUND)
    parameters = tuple(np.exp(found.x).tolist())
    return Fit(parameters, -float(found.fun) * customers, "" if flat else "the fit did not converge")
