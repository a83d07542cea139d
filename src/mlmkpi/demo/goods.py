"""The price list and what goes into a basket."""

from __future__ import annotations

import numpy as np

from mlmkpi.demo.chance import Array, codes

CATEGORIES = ("skin care", "make-up", "nutrition", "home", "kits")
PRODUCT_CATEGORIES = [*(CATEGORIES[number // 6] for number in range(24)), *("kits",) * 3]
PRODUCT_NAMES = [
    *(f"{CATEGORIES[number // 6].capitalize()} {number % 6 + 1}" for number in range(24)),
    *("Small kit", "Business kit", "Large kit"),
]
_LIST = """
    1900 2400 2900 3400 4900 7900   1200 1600 1800 2200 2600 3900
    1500 2700 3200 3600 4500 8900   900 1100 1400 2000 2800 5500   4900 9900 19900
"""
PRICES: Array = np.array([*map(int, _LIST.split()), 0], dtype=np.int32)
COSTS: Array = PRICES * np.array([30, 35, 40, 45])[np.arange(len(PRICES)) % 4] // 100
NOTHING = len(PRICES) - 1
KITS = range(24, 27)
LINES = 3

_POPULARITY = 1 / (1 + np.argsort((np.arange(24) * 7) % 24)) ** 0.7


def baskets(rng: np.random.Generator, size: Array) -> tuple[Array, Array]:
    """Products and units of up to three lines an order; a buyer's `size` (0 to 1) is their taste for more."""
    count = len(size)
    picks = codes(rng, _POPULARITY, count * LINES).reshape(count, LINES)
    dice = rng.random(count)
    picks[:, 1][dice > 0.25 + 0.5 * size] = NOTHING
    picks[:, 2][dice > 0.05 + 0.25 * size] = NOTHING
    units = codes(rng, [0.8, 0.15, 0.05], count * LINES).reshape(count, LINES) + np.uint8(1)
    return picks, units


def line_amounts(picks: Array, units: Array, percent: Array) -> Array:
    """The cents of each line, at so many percent of the list price."""
    amounts: Array = PRICES[picks] * units * percent[:, None].astype(np.int32) // 100
    return amounts
