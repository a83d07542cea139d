"""Both models of customer lifetime value fitted to three million customers, and what they expect of each.

The customers are drawn from the parameters published for the CDNOW log, and kept in a file.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from mlmkpi.statistics.bgnbd import Whole, expected_purchases, fit_bgnbd, histories
from mlmkpi.statistics.gamma_gamma import expected_value, fit_gamma_gamma
from mlmkpi.statistics.intervals import Array

CUSTOMERS, DAYS, WEEKS_AHEAD = 3_000_000, 790, 52.18
R, ALPHA, A, B = 0.2426, 4.4136, 0.7929, 2.4259
P, Q, V = 6.25, 3.74, 15.44
FILE = "customers.npz"


def customers(folder: Path, seed: int = 1) -> Path:
    """A file of repeats, recency and age in days, and what each customer paid on a day that they came back."""
    file = folder / FILE
    if not file.is_file():
        chance = np.random.default_rng(seed)
        age = chance.integers(1, DAYS, CUSTOMERS)
        repeats, recency = _bought(chance, age)
        times = np.maximum(repeats, 1)
        worth = chance.gamma(P * times, 1 / chance.gamma(Q, 1 / V, CUSTOMERS)) / times
        np.savez(file, repeats=repeats, recency=recency, age=age, value=np.where(repeats > 0, worth, 0.0).round(2))
    return file


def _bought(chance: np.random.Generator, age: Whole) -> tuple[Whole, Whole]:
    """How often each customer came back, and on which day last."""
    rate, leaving = chance.gamma(R, 1 / ALPHA, len(age)), chance.beta(A, B, len(age))
    repeats, recency = np.zeros(len(age), dtype=np.int64), np.zeros(len(age))
    alive = np.arange(len(age))
    while len(alive):
        day: Array = recency[alive] + chance.exponential(7 / rate[alive])
        alive, day = alive[day < age[alive]], day[day < age[alive]]
        repeats[alive] += 1
        recency[alive] = day
        alive = alive[chance.random(len(alive)) > leaving[alive]]
    return repeats, np.ceil(recency).astype(np.int64)


def main(folder: Path) -> None:
    """Fit, predict, and print what a customer is worth on average."""
    with np.load(customers(folder)) as kept:
        repeats, recency, age, value = (kept[name] for name in ("repeats", "recency", "age", "value"))
    purchases, spending = fit_bgnbd(histories(repeats, recency, age)), fit_gamma_gamma(repeats, value)
    expected = expected_purchases(purchases, repeats, recency, age, WEEKS_AHEAD, 0.0)
    worth = expected * expected_value(spending, repeats, value)
    if purchases.problem or spending.problem or not np.isfinite(worth).all():
        raise SystemExit(purchases.problem or spending.problem or "the models give no figure")
    print(f"{worth.mean():.2f}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
