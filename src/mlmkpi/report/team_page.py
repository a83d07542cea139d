"""One leader's page for people: figures beside the company's and the median leader's, the tree, and lists of people."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text

from mlmkpi.kpi import Kpi
from mlmkpi.period import Period
from mlmkpi.report.format import change_text, value_text
from mlmkpi.report.labels import before_text, clean, day_text, period_text, statistic_text
from mlmkpi.report.styled_text import BOLD, DIM, printed

if TYPE_CHECKING:
    from mlmkpi.pipeline.downline import Member
    from mlmkpi.pipeline.team_page import Line, Node, TeamPage

GAP = 2
UNKNOWN = "not known: the orders do not reach back far enough"
WITHOUT_ORDERS = "not known: there are no orders"
NODE_HEADS = ("people", "volume", "change", "stayed")


def render_team_page(page: TeamPage, kpis: Mapping[str, Kpi], *, width: int, colour: bool) -> str:
    """The page as lines of at most `width` columns; `kpis` are the definitions of the run."""
    return printed(_page(page, kpis, width), width=width, colour=colour)


def render_team_page_json(page: TeamPage) -> str:
    """The page as one JSON object, days in ISO form; warnings are said beside it."""
    told = {name: value for name, value in asdict(page).items() if name != "warnings"}
    return json.dumps(told, ensure_ascii=False, indent=1, default=str) + "\n"


def _page(page: TeamPage, kpis: Mapping[str, Kpi], width: int) -> Iterator[Text]:
    period = Period(page.period_start, page.period_end, page.period)
    head = page.nodes[0]
    when = period_text(period, page.every, full=True)
    yield Text(f"{_called(head.id, head.name)}, {when} · as of {day_text(page.as_of)}", BOLD)
    yield Text(f"{head.size:,} {'person' if head.size == 1 else 'people'} below in the {page.tree} tree", DIM)
    yield Text()
    heads = (period_text(period, page.every), before_text(period, page.every, None), "company", "median leader")
    yield from _table([(_titled(line, kpis), _figures(line)) for line in page.figures], heads, width)
    if not page.has_orders:
        yield Text(f"  Activity, retention, volume, customers  {WITHOUT_ORDERS}", DIM)
    yield Text()
    shown = len(NODE_HEADS) if page.has_orders else 1
    drawn = [(name, cells[:shown]) for name, cells in _drawn(page.nodes, width)]
    yield from _table(drawn, NODE_HEADS[:shown], width)
    unknown = UNKNOWN if page.has_orders else WITHOUT_ORDERS
    for name, title, about in LISTS:
        people: Sequence[Member] = getattr(page, name)
        yield Text()
        count = page.counts[name]
        yield Text.assemble((title, BOLD), (f"  {unknown if count is None else f'{count:,}'}", DIM))
        yield from _table([(Text(f"  {_called(one.id, one.name)}"), about(one)) for one in people], (), width)
        if count is not None and count > len(people):
            yield Text(f"  … {count - len(people):,} more", DIM)


def _called(who: str, name: str | None) -> str:
    return clean(f"{who} {name}" if name else who)


def _titled(line: Line, kpis: Mapping[str, Kpi]) -> Text:
    if line.statistic == "value":
        return Text(f"  {kpis[line.kpi].title}")
    return Text(f"    {statistic_text(line.statistic, line.kpi)}")


def _figures(line: Line) -> tuple[str, ...]:
    total = line.unit == "count" or (line.unit == "volume" and line.kpi == "team_sales_volume")
    change = "" if line.value is None else change_text(line.change, line.previous, line.value, line.unit, total=total)
    others = (line.company, line.median_leader)
    return (value_text(line.value, line.unit), change,
            *("" if value is None else value_text(value, line.unit) for value in others))


def _drawn(nodes: Sequence[Node], width: int) -> Iterator[tuple[Text, tuple[str, ...]]]:
    """Every node's name behind its branches, and figures, depth-first; below each, how many are not drawn.

    Whoever is off the books is said to be gone. Branches beyond the width are not drawn.
    """
    below: dict[str | None, list[Node]] = {}
    for node in nodes[1:]:
        below.setdefault(node.sponsor, []).append(node)
    ahead = [(nodes[0], "", "", False)]
    while ahead:
        node, first, rest, more = ahead.pop()
        if more:
            yield Text.assemble(first, (_more(node), DIM)), ()
            continue
        name = _called(node.id, node.name)
        yield Text.assemble(first, name if node.listed else (f"{name}, gone", DIM)), _node(node)
        legs = [(leg, False) for leg in below.get(node.id, [])] + [(node, True)] * bool(node.more)
        for at, (leg, hidden) in reversed(list(enumerate(legs))):
            last = at == len(legs) - 1
            after = rest + ("   " if last else "│  ")
            ahead.append((leg, rest + ("└─ " if last else "├─ "), after[:width], hidden))


def _more(node: Node) -> str:
    """How many people below are not drawn, and how many of them left."""
    gone = f", {node.gone:,} gone" if node.gone else ""
    return f"… {node.more:,} more{gone}"


def _node(node: Node) -> tuple[str, ...]:
    change = "" if node.change is None else change_text(node.change, node.previous, node.volume, "volume", total=True)
    retention = "" if node.retention is None else value_text(node.retention, "rate")
    volume = "" if node.volume is None else value_text(node.volume, "volume")
    return f"{node.size:,}", volume, change, retention


def _joined(one: Member) -> tuple[str, ...]:
    return day_text(one.enrolled), f"under {one.sponsor}"


def _days(count: int) -> str:
    return f"{count:,} day{'s' * (count != 1)}"


def _lapsed(one: Member) -> tuple[str, ...]:
    return f"{_days(-(one.days_left or 0))} ago", f"enrolled {day_text(one.enrolled)}"


def _lapsing(one: Member) -> tuple[str, ...]:
    return f"{_days(one.days_left or 0)} left", f"enrolled {day_text(one.enrolled)}"


def _rising(one: Member) -> tuple[str, ...]:
    usual = value_text(one.usual_volume, "volume")
    return value_text(one.volume, "volume"), f"of {usual}, usual for {clean(str(one.next_rank))}"


LISTS: tuple[tuple[str, str, Callable[[Member], tuple[str, ...]]], ...] = (
    ("joined", "Joined", _joined), ("lapsed", "Lapsed, still on the books", _lapsed),
    ("lapsing", "About to lapse", _lapsing), ("rising", "Nearest to the next rank by volume", _rising),
)


def _table(rows: Sequence[tuple[Text, tuple[str, ...]]], heads: tuple[str, ...], width: int) -> Iterator[Text]:
    """Names, and their cells beside them; the last columns go where there is no room."""
    count = max([len(cells) for _, cells in rows], default=0)
    widths = [
        max([cell_len(row[at]) for _, row in rows if at < len(row)] + [len(head) for head in heads[at : at + 1]])
        for at in range(count)
    ]
    longest = max([name.cell_len for name, _ in rows], default=0)
    while widths and sum(widths) + GAP * len(widths) + min(longest, 24) > width:
        widths.pop()
    room = min(longest, width - sum(widths) - GAP * len(widths))
    if heads:
        yield _row(Text(), [Text(head, DIM) for head in heads], widths, room)
    for name, cells in rows:
        yield _row(name, [Text(cell) for cell in cells], widths, room)


def _row(name: Text, cells: Sequence[Text], widths: Sequence[int], room: int) -> Text:
    name = name.copy()
    name.truncate(room, overflow="ellipsis", pad=True)
    for cell, size in zip(cells, widths, strict=False):
        name = Text.assemble(name, " " * (GAP + size - cell.cell_len), cell)
    return name
