"""What a run came upon: rows counted otherwise than they stand in the files, in a line each."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import narwhals as nw

from mlmkpi.books.ages import birth_day, born_by
from mlmkpi.books.attributes import AGE_BAND, BIRTH
from mlmkpi.books.books import Books
from mlmkpi.books.dimensions import Dimension
from mlmkpi.books.export import Export
from mlmkpi.books.expressions import flag

OLDEST, GROWN = 110, 18
BUYERS = {"customer": ("customers",), "buyer": ("customers", "distributors")}
"""Whose ages a dimension of buyers reads; others read distributors'."""


def findings(export: Export, books: Books, dimensions: Iterable[Dimension] = ()) -> list[str]:
    """Repeats, conflicts, rows left out or not there, doubtful cells, unknown sellers, ages that `dimensions` read."""
    found = [f"{_many(n, 'repeated row')} of {table} counted once" for table, n in export.repeats.items() if n]
    found += [line for _, line in _skipped(export)]
    found += export.engine.remarks()
    found += ["orders has no rows"] if books.without_orders else []
    told = {"blank": "without a day or an amount left out", "unvalued": "without a volume counted as 0"}
    found += [f"{_many(count, 'order')} {told[name]}" for name, count in books.lacking.items() if count]
    if export.off_ladder:
        are = "are" if export.off_ladder > 1 else "is"
        found.append(f"{_many(export.off_ladder, 'row')} of ranks that {are} not on the ladder ignored")
    unknown = books.unknown_sellers()
    if unknown:
        found.append(f"{_many(unknown, 'seller')} of orders not among the distributors")
    prefixes = dict.fromkeys(d.name.partition(".")[0] for d in dimensions if d.name.endswith(AGE_BAND))
    tables = dict.fromkeys(table for prefix in prefixes for table in BUYERS.get(prefix, ("distributors",)))
    return found + [line for table in tables for line in _ages(export, table, books.schedule.as_of)]


def skipped(export: Export, tables: Collection[str]) -> list[str]:
    """What `bad_rows` left out of these tables, a line a reason."""
    return [line for table, line in _skipped(export) if table in tables]


def _skipped(export: Export) -> list[tuple[str, str]]:
    """Tables and what was left out of them."""
    foreign = export.exchange.dropped if export.exchange else 0
    found = [("orders", f"{_many(foreign, 'order')} in other currencies left out")] if foreign else []
    found += [(table, f"{_many(n, 'key')} of {table} with different rows left out")
              for table, n in export.conflicts.items()]
    return found + [(table, f"{_many(n, 'unreadable row')} of {table} left out")
                    for table, n in export.engine.skipped().items()]


def _many(count: int, what: str) -> str:
    """So many of something.

    >>> _many(1, "order"), _many(1200, "order")
    ('1 order', '1,200 orders')
    """
    return f"{count:,} {what}{'s' * (count != 1)}"


def _ages(export: Export, table: str, as_of: int) -> list[str]:
    """How many people of a table are too young or too old on the as-of date; a customer may be a child."""
    columns = [name for name in BIRTH if name in export.columns(table)]
    birth = birth_day(frozenset(columns))
    if birth is None:
        return []
    youngest = GROWN if table == "distributors" else 0
    latest, first = born_by(as_of, youngest), born_by(as_of, OLDEST + 1)
    flags = flag(birth > latest).alias("young"), flag(birth <= first).alias("old")
    sums = export.scan(table, columns).select(*flags).select(nw.col("young").sum(), nw.col("old").sum())
    young, old = (int(count or 0) for count in export.engine.collect(sums).row(0))
    words = {f"under {youngest}" if youngest else "not born by the as-of date": young, f"over {OLDEST}": old}
    return [f"{_many(count, table[:-1])} {what}" for what, count in words.items() if count]
