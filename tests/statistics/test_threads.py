"""A likelihood has the same digits however many threads linear algebra may use."""

from __future__ import annotations

import os
import subprocess
import sys

SUMS = """
import numpy as np
from mlmkpi.statistics import bgnbd, gamma_gamma
chance = np.random.default_rng(7)
repeats, last = 1 + chance.poisson(2, 300_000), chance.integers(1, 40_000, 300_000)
values = gamma_gamma.Likelihood.of(repeats.astype(float), chance.gamma(3, 20, len(repeats)))
stays = bgnbd.Likelihood.of(bgnbd.histories(repeats, last, last + 60))
print(values.logs, values(np.array([2.0, 3.0, 1.0])), stays(np.array([0.5, 4.0, 1.0, 2.0])))
"""


def test_threads_change_no_digit_of_a_likelihood() -> None:
    sums = {
        subprocess.run(
            [sys.executable, "-c", SUMS], env={**os.environ, "OPENBLAS_NUM_THREADS": threads},
            check=True, capture_output=True, text=True,
        ).stdout
        for threads in ("1", "2", "3")
    }
    assert len(sums) == 1
