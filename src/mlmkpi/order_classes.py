"""What an order counts as, by its status, kind and amount: the one rule, for whoever computes and for validation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from operator import or_

import narwhals as nw

from mlmkpi.spelling import spelled
from mlmkpi.tables import COUNTING, TABLES

KIND = TABLES["orders"].column("kind")
Kinds = Mapping[str, Sequence[str]]
"""How each kind of order is spelled; empty where the export does not tell kinds."""


def is_code(column: str, spellings: Sequence[str | None]) -> nw.Expr:
    """Whether a code column has one of the spellings; without any it is no literal either, which filters refuse."""
    found = [(nw.col(column) == text).fill_null(False) for text in spellings if text is not None]
    return reduce(or_, found) if found else nw.col(column).is_null() & nw.lit(False)


def is_valid(statuses: Iterable[str | None] | None, chosen: Sequence[str]) -> nw.Expr:
    """Whether an order's status counts, of those found; None where the export has no such column: all count.

    Those count that are `chosen`; where none is, the usual words, and an empty cell.
    """
    if statuses is None:
        return nw.lit(True)
    if chosen:
        return is_code("status", spelled(statuses, chosen))
    return is_code("status", spelled(statuses, COUNTING)) | nw.col("status").is_null()


def kinds_of(found: Iterable[str | None]) -> dict[str, list[str]]:
    """How each kind of order is spelled among what the column holds."""
    texts = list(found)
    return {kind: spelled(texts, [kind]) for kind in KIND.codes}


def classes(valid: nw.Expr, kinds: Kinds) -> tuple[nw.Expr, nw.Expr, nw.Expr]:
    """Whether a row is a sale, a return, or goods that are neither (a kit, a replacement)."""
    amount = nw.col("amount")
    goods = is_code("kind", [*kinds["kit"], *kinds["replacement"]]) if kinds else nw.lit(False)
    back = is_code("kind", kinds["return"]) if kinds else nw.lit(False)
    plain = ~goods & ~back
    sale = (valid & plain & (amount > 0)).fill_null(False)
    returned = (valid & (back | (plain & (amount < 0)))).fill_null(False)
    return sale, returned, goods
