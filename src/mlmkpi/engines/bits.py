"""A run of an integer's bits: looked at through a mask, or by division where integers have no bitwise operators."""

from __future__ import annotations

import narwhals as nw


def masked(word: nw.Expr, low: int, length: int) -> nw.Expr:
    """The bits of the run, where they stand."""
    run: nw.Expr = word & (2 ** (low + length) - 2**low)
    return run


def two_masked(word: nw.Expr, low: int, length: int) -> nw.Expr:
    """Whether something is left of the run without its lowest bit."""
    run = masked(word, low, length)
    return (run & (run - 1)) > 0


def divided(word: nw.Expr, low: int, length: int) -> nw.Expr:
    """The bits of the run, moved to the end."""
    run: nw.Expr = (word // 2**low if low else word) % 2**length
    return run


def two_divided(word: nw.Expr, low: int, length: int) -> nw.Expr:
    """Whether the run is anything but a power of two."""
    run = divided(word, low, length)
    return (run > 0) & ~run.is_in([2**bit for bit in range(length)])
