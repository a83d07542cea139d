"""A believable direct-selling company to try everything on: the same seed gives the same bytes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from mlmkpi.demo.columns import Frames
from mlmkpi.demo.company import Company, found
from mlmkpi.demo.field import activities, attendance, events, expenses, goals, leads
from mlmkpi.demo.ledger import LADDER
from mlmkpi.demo.media import claims, clicks, followers, posts, surveys
from mlmkpi.demo.members import agreements, customers, distributors, enrollments, trainings
from mlmkpi.demo.office import costs, markets, targets, territories
from mlmkpi.demo.trade import Trade, products
from mlmkpi.demo.writing import Shelf, claim
from mlmkpi.errors import UsageError

__all__ = ["write_demo"]

Progress = Callable[[str, int, int], None]

_FEWEST, _MOST = 100, 50_000_000
_MOST_AS_CSV = 100_000
_MOST_WITH_LINES = 200_000

_WITH_LINES: dict[str, Callable[[Company, Trade], Frames]] = {
    "order_lines": lambda _, trade: trade.order_lines(),
    "products": lambda *_: products(),
}
_ALWAYS: dict[str, Callable[[Company, Trade], Frames]] = {
    "orders": lambda _, trade: trade.orders(),
    "commissions": lambda _, trade: trade.commissions(),
    "ranks": lambda _, trade: trade.ranks(),
    "distributors": lambda company, trade: distributors(company, trade.ledger.title),
    "customers": lambda company, _: customers(company),
    "enrollments": lambda company, _: enrollments(company),
    "trainings": lambda company, _: trainings(company),
    "agreements": lambda company, _: agreements(company),
    "events": lambda *_: events(),
    "attendance": lambda company, _: attendance(company),
    "activities": lambda company, _: activities(company),
    "leads": lambda company, _: leads(company),
    "goals": lambda company, _: goals(company),
    "expenses": lambda company, _: expenses(company),
    "posts": lambda company, _: posts(company),
    "followers": lambda company, _: followers(company),
    "clicks": lambda company, _: clicks(company),
    "surveys": lambda company, _: surveys(company),
    "claims": lambda company, _: claims(company),
    "markets": lambda *_: markets(),
    "territories": lambda *_: territories(),
    "costs": lambda company, _: costs(company),
    "targets": lambda *_: targets(),
}
_SETTINGS = "mlmkpi.toml"
_SETTINGS_TEXT = f"""currency = "USD"
rank_ladder = [{", ".join(f'"{rank}"' for rank in LADDER)}]
"""
_OWN = frozenset(
    {_SETTINGS} | {f"{table}.{form}" for table in _ALWAYS | _WITH_LINES for form in ("csv", "parquet")}
)


def write_demo(
    folder: Path, *, orders: int = 20_000, seed: int = 1, lines: bool | None = None, progress: Progress | None = None
) -> None:
    """Write the exports of a made-up company: 26 months of orders that end on 31 October 2026.

    There is a distributor for ten orders and three customers for ten. Up to 100,000 orders the files are CSV,
    above that Parquet; up to 200,000, or with `lines`, there are order lines too. Only a month of orders is held at a
    time, unless there are lines.
    `progress` is told (table, rows so far, rows in all or 0 where that is not known).
    Raises UsageError for a size or seed out of range, or a folder that holds files of somebody else's;
    OutputError where the files cannot be written.
    """
    if not _FEWEST <= orders <= _MOST:
        raise UsageError(f"a demo of {orders:,} orders", (("expected", f"{_FEWEST} to {_MOST:,} orders"),))
    if seed < 0:
        raise UsageError(f"a demo with the seed {seed}", (("expected", "a whole number from 0"),))
    claim(folder, _OWN, (_SETTINGS, _SETTINGS_TEXT))
    with Shelf(folder) as shelf:
        shelf.text(_SETTINGS, _SETTINGS_TEXT)
        lines = orders <= _MOST_WITH_LINES if lines is None else lines
        _write_tables(shelf, found(seed, orders), orders, progress or _silent, lines=lines)
        shelf.publish(_OWN)


def _write_tables(shelf: Shelf, company: Company, orders: int, progress: Progress, *, lines: bool) -> None:
    trade = Trade(company, lines=lines)
    write = shelf.csv if orders <= _MOST_AS_CSV else shelf.parquet
    known = {"orders": orders, "distributors": len(company.roster), "customers": len(company.book)}
    for table, frames in (_ALWAYS | (_WITH_LINES if lines else {})).items():
        write(table, frames(company, trade), partial(_tell, progress, table, known.get(table, 0)))


def _tell(progress: Progress, table: str, total: int, rows: int) -> None:
    progress(table, rows, total)


def _silent(table: str, rows: int, total: int) -> None:
    """Tell nobody."""
