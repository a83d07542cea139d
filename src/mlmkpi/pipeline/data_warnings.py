"""What a run came upon: rows counted otherwise than they stand in the files, in a line each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import narwhals as nw

from mlmkpi.books.ages import birth_day, born_by
from mlmkpi.books.attributes import AGE_BAND
from mlmkpi.books.books import Books
from mlmkpi.books.dimensions import Dimension, Dimensions
from mlmkpi.books.export import Export
from mlmkpi.books.expressions import flag
from mlmkpi.declaration import BIRTH, OLDEST, UNDECIDED, YOUNGEST
from mlmkpi.facts.base import Fact
from mlmkpi.facts.splits import of_row
from mlmkpi.sources import quoted_code
from mlmkpi.spelling import spelled
from mlmkpi.tables import NAMED, TABLES

FEW = 5
CAME = {"distributors": "enrolled_on", "customers": "joined_on"}
LACKING = {
    "blank": "without a day or an amount left out", "unvalued": "without a volume counted as 0",
    "unnamed": "without an order_id counted all the same",
}
BUYERS = {"customer": ("customers",), "buyer": ("customers", "distributors")}
"""Whose ages a dimension of buyers reads; others read distributors'."""


def data_warnings(export: Export, books: Books, splits: Iterable[tuple[Fact, Dimensions]] = ()) -> list[str]:
    """Repeats, conflicts, rows left out or not there, doubtful cells and codes, unknown sellers, ages that are read."""
    found = [f"{_many(n, 'repeated row')} of {table} counted once" for table, n in export.repeats.items() if n]
    found += [line for _, line in _skipped(export)]
    found += export.engine.remarks()
    found += ["orders has no rows"] if books.without_orders else []
    found += [f"{_many(count, 'order')} {LACKING[name]}" for name, count in books.lacking.items() if count]
    found += _empty_cells(export)
    found += _unused_statuses(export, books)
    splits = list(splits)
    found += dict.fromkeys(line for fact, _ in splits for line in _unmatched(export, fact))
    if export.off_ladder:
        are = "are" if export.off_ladder > 1 else "is"
        found.append(f"{_many(export.off_ladder, 'row')} of ranks that {are} not on the ladder ignored")
    if books.roster.impossible:
        found.append(f"{_many(books.roster.impossible, 'termination')} before the enrolment left out")
    unknown = books.unknown_sellers()
    if unknown:
        found.append(f"{_many(unknown, 'seller')} of orders not among the distributors")
    tables = dict.fromkeys(
        table for fact, split in splits for one in split if _is_age(fact, one, books)
        for table in BUYERS.get(one.name.partition(".")[0], ("distributors",))
    )
    return found + [line for table in tables for line in _ages(export, table, books.schedule.as_of)]


def skipped(export: Export, tables: Collection[str]) -> list[str]:
    """What `bad_rows` left out of these tables, a line a reason."""
    return [line for table, line in _skipped(export) if table in tables]


def _skipped(export: Export) -> list[tuple[str, str]]:
    """Tables and what was left out of them."""
    one = export.exchange
    lost = {"in other currencies": one.dropped, "without an exchange rate": one.unrated} if one else {}
    found = [("orders", f"{_many(n, 'order')} {what} left out") for what, n in lost.items() if n]
    found += [(table, f"{_many(n, 'key')} of {table} with different rows left out")
              for table, n in export.conflicts.items()]
    found += [(table, f"{_rows(table, n)} of an unknown {column} left out")
              for (table, column), n in sorted(export.unknown_codes.items())]
    return found + [(table, f"{_many(n, 'unreadable row')} of {table} left out")
                    for table, n in export.engine.skipped().items()]


def _empty_cells(export: Export) -> list[str]:
    """Rows with nothing in a column that their table cannot do without, of those that were read; orders tell theirs."""
    read = {
        table: [name for name in TABLES[table].required if name in names and (table, name) not in UNDECIDED]
        for table, names in export.read_columns.items() if table != "orders"
    }
    found = export.engine.empties({table: names for table, names in read.items() if names})
    return [f"{_rows(table, n)} {'has' if n == 1 else 'have'} no {column}" for (table, column), n in found.items() if n]


def _rows(table: str, count: int) -> str:
    return _many(count, "order") if table == "orders" else f"{_many(count, 'row')} of {table}"


def _unused_statuses(export: Export, books: Books) -> list[str]:
    """What `valid_status` names and no order has: a slip there leaves out sales."""
    named = dict.fromkeys(code for rules in books.wanted for code in rules.valid_status)
    if not named:
        return []
    if "status" not in export.columns("orders"):
        return [f"orders have no status, so all count, whatever valid_status names: {', '.join(named)}"]
    found = export.engine.spellings("orders", "status")
    unused = [code for code in named if not spelled(found, [code])]
    return [f"no order has the status {', '.join(unused)}, which valid_status names"] if unused else []


def _unmatched(export: Export, fact: Fact) -> Iterator[str]:
    """What a fact's parameters name by codes of which no row has any, so that it tells nothing apart."""
    for name, (table, column) in NAMED.items():
        codes = getattr(fact, name, ())
        if codes and column in export.columns(table):
            found = export.engine.spellings(table, column)
            there = [code for code in found if code is not None]
            if there and not spelled(there, codes):
                row = "order" if table == "orders" else f"row of {table}"
                most = sorted(there, key=lambda code: -found[code])[:FEW]
                told = ", ".join(quoted_code(code, found[code], codes) for code in most)
                yield f"no {row} has a {column} that {name} names ({', '.join(codes)}): they have {told}"


def _is_age(fact: Fact, dimension: Dimension, books: Books) -> bool:
    """Whether a dimension is somebody's age, and not what a fact's rows say themselves of an audience."""
    if not dimension.name.endswith(AGE_BAND):
        return False
    own_rows = bool(dimension.own and fact.table)
    return not own_rows and not of_row(fact, books.export, dimension, books.ladder)


def _many(count: int, what: str) -> str:
    """So many of something.

    >>> _many(1, "order"), _many(1200, "order")
    ('1 order', '1,200 orders')
    """
    return f"{count:,} {what}{'s' * (count != 1)}"


def _ages(export: Export, table: str, as_of: int) -> list[str]:
    """How many people of a table are too young or too old on the as-of date; a customer may be a child.

    Those who came after it are not there yet; when people came is read where somebody is found alone.
    """
    columns = [name for name in BIRTH if name in export.columns(table)]
    birth = birth_day(frozenset(columns))
    if birth is None:
        return []
    youngest, came = YOUNGEST[table], CAME[table]
    latest, first = born_by(as_of, youngest), born_by(as_of, OLDEST + 1)
    flags = {f"under {youngest}" if youngest else "not born by the as-of date": birth > latest,
             f"over {OLDEST}": birth <= first}
    found = _counted(export, table, columns, flags)
    if any(found.values()) and came in export.columns(table):
        there = ~(nw.col(came) > as_of).fill_null(False)
        found = _counted(export, table, [*columns, came], {what: there & so for what, so in flags.items()})
    return [f"{_many(count, table[:-1])} {what}" for what, count in found.items() if count]


def _counted(export: Export, table: str, columns: Sequence[str], flags: Mapping[str, nw.Expr]) -> dict[str, int]:
    """How many rows of a table have each flag."""
    rows = export.scan(table, columns).select(*(flag(so).alias(what) for what, so in flags.items()))
    sums = export.engine.collect(rows.select(*(nw.col(what).sum() for what in flags)))
    return {what: int(count or 0) for what, count in sums.row(0, named=True).items()}
