"""What a row adds to a sum: whole numbers, flags as 1 and 0, money and volume as ten-thousandths."""

from __future__ import annotations

import narwhals as nw

Expr = nw.Expr
LARGEST = 2**63 - 1
"""The most ten-thousandths that a sum holds."""


def flag(condition: Expr) -> Expr:
    """1 where the condition holds, 0 where it does not or is null."""
    return condition.fill_null(False).cast(nw.Int64)
