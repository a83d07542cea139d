"""What a person reads of a Result, as text: sections of lines and a footer, before any layout."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from mlmkpi.kpi import Kpi
from mlmkpi.pipeline.result import Result
from mlmkpi.report.choose import Block, Choice, Order, Point, Row, Segment, choose
from mlmkpi.report.format import change_text, interval_text, plain_text, value_text
from mlmkpi.report.labels import (
    before_text,
    clean,
    day_text,
    family_place,
    family_text,
    period_text,
    segment_text,
    statistic_text,
)

CHANCE = "≈"
JOINT = " · "
FROM_TO, FROM_TO_JOINT = ("rank_from", "rank_to"), " → "
PLURALS = {"day": "days", "week": "weeks", "month": "months", "quarter": "quarters", "year": "years"}
MEANS = frozenset({"rate", "ratio", "days", "points"})
OF_ONE = {"team_sales_volume": frozenset({"team", "distributor"})}
"""Means over people that are one person's total where they are split so."""
SAME_DIRECTION = frozenset({"value", "median", "p90"})


@dataclass(frozen=True)
class Cells:
    """A figure's texts, and what needs attention in them."""

    value: str
    change: str
    chance: bool
    bad: bool
    year: str
    interval: str
    numerator: str
    denominator: str
    target: str
    missed: bool
    past: tuple[float | None, ...]


@dataclass(frozen=True)
class Line:
    """A row: its name (in full and short), how deep it stands, and its figure, if it has one."""

    title: str
    short: str
    depth: int
    tail: str = ""
    cells: Cells | None = None


@dataclass(frozen=True)
class Section:
    """The KPIs of a family."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class View:
    """Everything that a table says."""

    title: str
    value_head: str = ""
    change_head: str = ""
    year_head: str = ""
    periods: int = 0
    plural: str = "periods"
    sections: tuple[Section, ...] = ()
    footer: tuple[str, ...] = ()
    figures: tuple[Cells, ...] = ()


def view(result: Result, kpis: Mapping[str, Kpi], exports: str | None, order: Order | None = None) -> View:
    """The Result for people; `kpis` are the definitions of the run: what has no figure was not computed."""
    choice = choose(result, order or Order())
    if choice is None:
        title = f"No figures as of {day_text(result.as_of)}"
        return View(title, footer=tuple(_legend(False, kpis, result, exports)))
    families: dict[str, list[Line]] = {}
    for block in choice.blocks:
        families.setdefault(kpis[block.kpi].family, []).extend(_lines(block, kpis[block.kpi], result, choice))
    sections = tuple(Section(family_text(one), tuple(families[one])) for one in sorted(families, key=family_place))
    figures = tuple(line.cells for section in sections for line in section.lines if line.cells)
    period = choice.periods[choice.at]
    compared = sum(bool(cells.year) for cells in figures) * 2 >= len(figures)
    return View(
        title=_title(result, choice),
        value_head=period_text(period, result.every),
        change_head=before_text(period, result.every, choice.periods[choice.at - 1] if choice.at else None),
        year_head="vs year ago" if compared else "",
        periods=len(choice.periods),
        plural=PLURALS.get(result.every, "periods"),
        sections=sections,
        footer=_footer(result, kpis, choice, figures, exports),
        figures=figures,
    )


def _title(result: Result, choice: Choice) -> str:
    period = period_text(choice.periods[choice.at], result.every, full=True)
    so_far = "" if choice.ended else " so far"
    *first, last = result.every, *map(clean, result.by)
    by = f"{', '.join(first)} and {last}" if first else last
    return f"{period}{so_far}, by {by} · as of {day_text(result.as_of)}"


def _lines(block: Block, kpi: Kpi, result: Result, choice: Choice) -> Iterator[Line]:
    """A KPI: its own figure or a heading, then its segments and statistics, indented."""
    tail = _tail(block, result, choice)
    if all(segment.labels or not _is_main(segment.rows[0]) for segment in block.segments):
        yield Line(kpi.title, kpi.short.strip(), _depth(kpi), tail)
    whole = OF_ONE.get(block.kpi, frozenset()) & set(result.by)
    for segment in block.segments:
        yield from _segment_lines(segment, block, kpi, tail, choice, of_one=bool(whole))
    if block.more:
        yield Line("", "", _depth(kpi) + 1, f"… {block.more:,} more, in --format csv")


def _depth(kpi: Kpi) -> int:
    """How deep a KPI stands: one that is a part of the KPI before it has a short name with two blanks before it."""
    return 1 + (len(kpi.short) - len(kpi.short.lstrip())) // 2


def _by_itself(kpi: Kpi) -> str:
    """A KPI's short name where no KPI stands above it: a part's own is short of what it is part of."""
    return kpi.short if _depth(kpi) == 1 else kpi.title


def _segment_lines(
    segment: Segment, block: Block, kpi: Kpi, tail: str, choice: Choice, *, of_one: bool
) -> Iterator[Line]:
    depth = _depth(kpi) + bool(segment.labels)
    name = JOINT.join(segment_text(label) for label in segment.labels)
    if segment.labels and not _is_main(segment.rows[0]):
        yield Line(name, name, depth)
    for row in segment.rows:
        cells = _cells(row, block, kpi, choice, of_one=of_one)
        if not _is_main(row):
            detail = _detail(row, block.kpi)
            yield Line(detail, detail, depth + 1, cells=cells)
        elif segment.labels:
            yield Line(name, name, depth, cells=cells)
        else:
            yield Line(kpi.title, kpi.short.strip(), depth, tail, cells)
    if segment.more:
        where = f": --kpi {block.kpi}" if choice.many else ", in --format csv"
        yield Line("", "", depth + 1, f"… {segment.more:,} more{where}")


def _is_main(row: Row) -> bool:
    return row.statistic == "value" and not row.own


def _detail(row: Row, kpi: str) -> str:
    parts = [segment_text(label) for label in row.own]
    if row.split == FROM_TO:
        return FROM_TO_JOINT.join(parts)
    if row.statistic != "value":
        parts.append(statistic_text(row.statistic, kpi))
    return JOINT.join(parts)


def _cells(row: Row, block: Block, kpi: Kpi, choice: Choice, *, of_one: bool) -> Cells:
    """A row's texts; the figure itself is a total where it is `of_one` person."""
    total = row.unit == "count" or (row.denominator is None and row.unit not in MEANS) or (of_one and _is_main(row))
    chance = _by_chance(row, row.past[block.at - 1] if block.at else None)
    wrong = {"higher": -1, "lower": 1}.get(kpi.better, 0) if row.statistic in SAME_DIRECTION else 0
    year = None if row.value is None or row.year_ago is None else row.value - row.year_ago

    def moved(change: float | None, before: float | None) -> str:
        return change_text(change, before, row.value, row.unit, total=total)

    drawn = [point if point and (point.complete or not choice.ended) else None for point in row.past]
    return Cells(
        value=value_text(row.value, row.unit),
        change="" if row.value is None else moved(row.change, row.previous),
        chance=chance,
        bad=not chance and (row.change or 0) * wrong > 0,
        year="" if year is None else moved(year, row.year_ago),
        interval=interval_text(row.low, row.high, row.value, row.unit),
        numerator="" if row.denominator is None else plain_text(row.numerator),
        denominator=plain_text(row.denominator),
        target="" if row.target is None else f"{value_text(row.target, row.unit)} {row.status}",
        missed=row.status == "missed",
        past=tuple(point.value if point else None for point in drawn),
    )


def _by_chance(row: Row, before: Point | None) -> bool:
    """Whether the previous value lies in the interval, or both intervals are known and overlap."""
    if row.change is None or row.previous is None or (row.low is None and row.high is None):
        return False
    low, high = _ends(row.low, row.high)
    if low <= row.previous <= high:
        return True
    if before is None or (before.low is None and before.high is None):
        return False
    low_before, high_before = _ends(before.low, before.high)
    return low_before <= high and low <= high_before


def _ends(low: float | None, high: float | None) -> tuple[float, float]:
    return float("-inf") if low is None else low, float("inf") if high is None else high


def _tail(block: Block, result: Result, choice: Choice) -> str:
    """What is said of a KPI that is shown for another period, or for one that is not known in full."""
    if block.at == choice.at:
        return "" if block.complete or not choice.ended else " (so far)"
    text = period_text(block.period, result.every)
    same_year = block.period.start.year == choice.periods[choice.at].start.year
    return f" ({text.split()[0] if result.every == 'month' and same_year else text})"


def _footer(
    result: Result, kpis: Mapping[str, Kpi], choice: Choice, figures: tuple[Cells, ...],
    exports: str | None,
) -> tuple[str, ...]:
    lost = kpis.keys() - {block.kpi for block in choice.blocks if not block.empty}
    legend = _legend(any(cells.chance for cells in figures), lost, result, exports)
    return (*legend, *_periods_left_out(result, choice), *_notes(kpis, choice))


def _legend(chance: bool, lost: Collection[str], result: Result, exports: str | None) -> Iterator[str]:
    parts = [f"{CHANCE} not more than chance"] if chance else []
    if lost:
        parts.append(f"{len(lost)} not computed{_cure(lost, result, exports)}")
    if parts:
        yield JOINT.join(parts)


def _cure(lost: Collection[str], result: Result, exports: str | None) -> str:
    """What tells what the export lacks, where KPIs are lost to that; others' notes say why they have no figure."""
    lacking = [name for name in lost if name in result.left_out or name in result.lacking]
    if not lacking or not exports:
        return ""
    some = f", {len(lacking)} for want of data" if len(lacking) < len(lost) else ""
    return f"{some}: mlmkpi kpis {exports} --missing"


def _periods_left_out(result: Result, choice: Choice) -> Iterator[str]:
    earlier = [_tail(block, result, choice).strip() for block in choice.blocks if block.at < choice.at]
    if earlier:
        names = ", ".join(dict.fromkeys(earlier))
        yield f"{names}: the last period with figures known in full, against the one before it"
    if choice.ended and (later := choice.periods[choice.at + 1 :]):
        names = ", ".join(period_text(period, result.every) for period in later)
        yield f"{names}: not ended, so not shown; --format csv has the figures so far"


def _noted(row: Row, main: Row, block: Block, kpis: Mapping[str, Kpi]) -> str:
    """Whose note it is: the KPI's, or where that has its figure without it, what stands beside it."""
    name = _by_itself(kpis[block.kpi])
    apart = _is_main(main) and main.value is not None and main.note != row.note and row.statistic != "value"
    return f"{name}{JOINT}{statistic_text(row.statistic, block.kpi)}" if apart else name


def _notes(kpis: Mapping[str, Kpi], choice: Choice) -> Iterator[str]:
    """The notes of the rows that are shown, those of the same KPIs on one line."""
    notes: dict[str, dict[str, None]] = {}
    for block in choice.blocks:
        for segment in block.segments:
            for row in segment.rows:
                if row.note:
                    notes.setdefault(clean(row.note), {})[_noted(row, segment.rows[0], block, kpis)] = None
    by_kpis: dict[str, list[str]] = {}
    for note, names in notes.items():
        by_kpis.setdefault(", ".join(names), []).append(note)
    for who, texts in by_kpis.items():
        yield f"{who}: {'; '.join(texts)}"
