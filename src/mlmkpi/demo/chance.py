"""Seeded draws: the same seed gives the same company, and one table's draws never shift another's."""

from __future__ import annotations

from typing import Any
from zlib import crc32

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


def stream(seed: int, purpose: str) -> np.random.Generator:
    """A generator of its own for each purpose."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, crc32(purpose.encode())])))


def apportion(weights: Array, total: int) -> Array:
    """Whole shares that add up to the total, by largest remainder.

    >>> apportion(np.array([1.0, 1.0, 2.0]), 10).tolist()
    [3, 2, 5]
    """
    exact = weights / weights.sum() * total
    shares: Array = np.floor(exact).astype(np.int64)
    left = total - int(shares.sum())
    shares[np.argsort(shares - exact, kind="stable")[:left]] += 1
    return shares


def draw(rng: np.random.Generator, weights: Array, count: int) -> Array:
    """Indices drawn with replacement in proportion to the weights, in random order."""
    reach = np.cumsum(weights, dtype=np.float64)
    points = np.sort(rng.random(count)) * reach[-1]
    found = np.searchsorted(reach, points, side="right").astype(np.int32)
    return np.asarray(rng.permutation(np.minimum(found, len(reach) - 1)))


def codes(rng: np.random.Generator, weights: Array | list[float], count: int) -> Array:
    """Codes of a short list, drawn in proportion to the weights."""
    reach = np.cumsum(np.asarray(weights, dtype=np.float64))
    return np.searchsorted(reach[:-1] / reach[-1], rng.random(count), side="right").astype(np.uint8)


def waits(rng: np.random.Generator, mean: float, count: int) -> Array:
    """Whole waiting times, many short and a few long."""
    return np.floor(-np.log1p(-rng.random(count)) * mean).astype(np.int32)
