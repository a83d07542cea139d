"""What a run came upon: rows counted otherwise than they stand in the files, in a line each."""

from __future__ import annotations

from mlmkpi.facts.books import Books
from mlmkpi.facts.export import Export


def findings(export: Export, books: Books) -> list[str]:
    """Repeats, conflicts, rows left out, cells read with a doubt, and sellers whom the roster does not know."""
    found = [f"{count:,} repeated rows of {table} counted once" for table, count in export.repeats.items() if count]
    if export.exchange and export.exchange.dropped:
        found.append(f"{export.exchange.dropped:,} orders in other currencies left out")
    found += [f"{count:,} keys of {table} with different rows left out" for table, count in export.conflicts.items()]
    found += [f"{count:,} unreadable rows of {table} left out" for table, count in export.engine.skipped().items()]
    found += export.engine.remarks()
    told = {"blank": "without a day or an amount left out", "unvalued": "without a volume counted as 0"}
    found += [
        f"{count:,} order{'s' if count > 1 else ''} {told[name]}" for name, count in books.lacking.items() if count
    ]
    if export.off_ladder:
        found.append(f"{export.off_ladder:,} rows of ranks that are not on the ladder ignored")
    unknown = books.unknown_sellers()
    if unknown:
        found.append(f"{unknown:,} seller{'s' if unknown > 1 else ''} of orders not among the distributors")
    return found
