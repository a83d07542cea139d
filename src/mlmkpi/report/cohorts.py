"""Cohort curves as a triangle for people, shaded by how many are still there, and as data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl
from rich.style import Style
from rich.text import Text

from mlmkpi.pipeline.cohorts import Cohorts
from mlmkpi.report.data import FORMATS, data_bytes
from mlmkpi.report.format import NOTHING
from mlmkpi.report.labels import MONTHS, clean, day_text
from mlmkpi.report.styled_text import BOLD, DIM, printed, wrapped

CELL, PAPER = 4, 120
"""Columns a month takes, and how wide a page is that has no screen."""
STEPS = (1, 3, 6, 12)
"""Beyond the first year, where not every month fits, those so many months apart are shown."""
SHADES = tuple(
    Style.parse(f"{ink} on color({ground})")
    for ink, ground in (
        ("color(16)", 195), ("color(16)", 153), ("color(16)", 117), ("color(16)", 75), ("color(231)", 33),
        ("color(231)", 26), ("color(231)", 19),
    )
)
"""From few to all, light to dark; ink and ground go together, so that they are read on any screen."""
CLASSES = {"distributors": "Distributors by month of first enrolment", "customers": "Customers by month of first sale"}
THERE = {
    "active": "% with a sale in the month", "current": "% current at the month's end",
    "on_books": "% on the books at the month's end",
}


@dataclass(frozen=True)
class _Row:
    """A class: its name, how many people it has, and the share still there by month (None: not known)."""

    name: str
    size: int
    shares: dict[int, float | None]


def render_cohorts(found: Cohorts, form: str, *, width: int, colour: bool) -> bytes:
    """The triangle as a table or as Markdown, or every row of it as json, csv or parquet."""
    if form in FORMATS:
        return data_bytes(found.frame, form, found.definition)
    if form == "markdown":
        return _markdown(found).encode()
    return printed(_page(found, width), width=width, colour=colour, shades=True).encode()


def _page(found: Cohorts, width: int) -> Iterator[Text]:
    yield from wrapped(_title(found), width, BOLD)
    rows = _rows(found.frame)
    if rows:
        head, size = 10, max(6, *(len(f"{row.size:,}") + 1 for row in rows))
        months = _fitting(rows, (width - head - size) // CELL)
        yield from wrapped(f"{_there(found)}, by months since", width, DIM)
        yield Text()
        yield Text(f"{'':<{head}}{'people':>{size}}" + "".join(f"{month:>{CELL}}" for month in months), DIM)
        for row in rows:
            yield Text.assemble(f"  {row.name:<{head - 2}}{row.size:>{size},}", *_cells(row, months))
    yield Text()
    for note in _notes(found, rows):
        yield from wrapped(note, width, DIM)


def _cells(row: _Row, months: Sequence[int]) -> Iterator[Text]:
    for month in months:
        share = row.shares.get(month)
        text = _percent(share) if month in row.shares else ""
        yield Text(f"{text:>{CELL}}", "" if share is None else SHADES[min(int(share * 7), 6)])


def _percent(share: float | None) -> str:
    return NOTHING if share is None else f"{100 * share:.0f}"


def _title(found: Cohorts) -> str:
    return f"{CLASSES[found.of]} · as of {day_text(found.as_of)}"


def _there(found: Cohorts) -> str:
    """What makes somebody still there, in words; another rule of who is active is named."""
    rule = found.definition.partition("active_rule=")[2].rstrip(")")
    return f"% active in the month ({rule})" if rule and rule != "any_order" else THERE[found.curve]


def _rows(frame: pl.DataFrame) -> list[_Row]:
    """The classes, the earliest first, then all of them together: pooled over those that have come to a month."""
    rows = []
    for (cohort,), rows_of in frame.partition_by("cohort", as_dict=True, maintain_order=True).items():
        year, month = str(cohort).split("-")
        shares = dict(rows_of.select("month", "value").iter_rows())
        rows.append(_Row(f"{MONTHS[int(month) - 1][:3]} {year}", int(rows_of["size"][0]), shares))
    if len(rows) > 1:
        known = frame.filter(pl.col("there").is_not_null())
        pooled = known.group_by("month").agg(pl.col("there").sum() / pl.col("size").sum()).sort("month")
        months = frame["month"].unique().sort()
        shares = dict.fromkeys(months.to_list()) | dict(pooled.iter_rows())
        rows.append(_Row("all", sum(row.size for row in rows), shares))
    return rows


def _fitting(rows: Sequence[_Row], room: int) -> list[int]:
    """The months shown: all where they fit, else the first year's and then some of the later ones."""
    last = max(month for row in rows for month in row.shares)
    for step in STEPS:
        months = [*range(min(last, 12) + 1), *range(12 + step, last + 1, step)]
        if len(months) <= room:
            return months
    return months[: max(room, 1)]


def _notes(found: Cohorts, rows: Sequence[_Row]) -> Iterator[str]:
    if not rows:
        yield "no class has come to the end of a month"
    if len(rows) > 1:
        yield "all: of the classes that have come to that month, everybody together"
    unknown = found.frame["note"].drop_nulls().to_list()
    if unknown:
        yield f"{NOTHING} {clean(max(unknown))}"
    yield found.definition


def _markdown(found: Cohorts) -> str:
    """A GitHub table of the same."""
    rows = _rows(found.frame)
    parts = [f"## {_title(found)}"]
    if rows:
        months = _fitting(rows, PAPER // CELL)
        lines = [["class", "people", *map(str, months)], ["---", *["---:"] * (len(months) + 1)]]
        for row in rows:
            cells = [_percent(row.shares[month]) if month in row.shares else "" for month in months]
            lines.append([row.name, f"{row.size:,}", *cells])
        parts += [f"{_there(found)}, by months since", "\n".join(f"| {' | '.join(line)} |" for line in lines)]
    return "\n\n".join([*parts, *(note.replace("_", "\\_") for note in _notes(found, rows))]) + "\n"
