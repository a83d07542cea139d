"""A KPI's definition as a page for people, and the catalogue as a list."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from rich.text import Text

from mlmkpi.explain import Explanation, Parameter
from mlmkpi.report.labels import family_place, family_text
from mlmkpi.report.styled_text import BOLD, DIM, entry, printed, wrapped

INDENT = 14
BETTER = {"higher": "higher is better", "lower": "lower is better", "band": "a band is the aim"}
ARROWS = {"higher": "↑", "lower": "↓", "band": "↕"}
INTERVALS = {
    "wilson": "95 %, Wilson score",
    "linear": "95 %, linearised ratio",
    "monthly": "95 %, Wilson score for a single month, clustered by person over several",
    "clustered": "95 %, clustered by person",
    "points": "95 %, normal, of the answers' scores",
}


def render_explanation(one: Explanation, *, width: int, colour: bool) -> str:
    """A KPI's definition: what it is, how it is computed, what can be set, what it needs, where the edges are."""
    return printed(_page(one, width), width=width, colour=colour)


def render_catalogue(all_of_them: Iterable[Explanation], *, width: int, colour: bool) -> str:
    """Every KPI by family: its name, unit and good direction, its title, and what it means."""
    return printed(_catalogue(all_of_them, width), width=width, colour=colour)


def _page(one: Explanation, width: int) -> Iterator[Text]:
    yield apart(Text(one.title, BOLD), Text(BETTER.get(one.better, ""), DIM), width)
    yield from (Text(f"  {line}") for line in wrapped(one.meaning, width - 2))
    yield Text()
    room = width - INDENT - 2
    for label, text in (
        ("Formula", one.formula), ("Unit", one.counted_in), ("Interval", INTERVALS.get(one.interval, one.interval)),
    ):
        yield from labelled_entry(label, wrapped(text, room)) if text else ()
    for number, parameter in enumerate(one.parameters):
        yield from labelled_entry("" if number else "Parameters", _parameter(parameter, room))
    needs = "; ".join(need.replace("|", " or ") for need in one.needs)
    for label, text in (("Needs", needs), ("Edge cases", one.edge_cases), ("Source", one.source)):
        yield from labelled_entry(label, wrapped(text, room)) if text else ()
    yield from labelled_entry("Compute it", [Text(f"mlmkpi compute exports/ --kpi {one.name}")])


def _parameter(one: Parameter, room: int) -> list[Text]:
    """A parameter and its default; below that what it changes and what it may be."""
    about = f"{one.meaning}. Values: {one.expected}"
    head = f"{one.name} = {json.dumps(one.default, ensure_ascii=False)}"
    return [*wrapped(head, room), *(Text(f"  {line}", DIM) for line in wrapped(about, room - 2))]


def _catalogue(all_of_them: Iterable[Explanation], width: int) -> Iterator[Text]:
    known = sorted(all_of_them, key=lambda one: family_place(one.family))
    longest = max([len(one.name) for one in known], default=0)
    family = ""
    for one in known:
        if one.family != family:
            if family:
                yield Text()
            family = one.family
            yield Text(family_text(family), BOLD)
        what = Text(f"{one.unit} {ARROWS.get(one.better, '')}".strip(), DIM)
        yield apart(Text.assemble(f"  {one.name:<{longest}}", (f"  {one.title}", DIM)), what, width)
        yield from (Text(f"    {line}") for line in wrapped(one.meaning, width - 4))


def labelled_entry(label: str, texts: list[Text]) -> list[Text]:
    """A label and its texts, as every page of a definition lays them out."""
    return [Text.assemble("  ", line) for line in entry(label, texts, INDENT)]


def apart(left: Text, right: Text, width: int) -> Text:
    """Two texts at both ends of a line; the right one goes where there is no room."""
    gap = width - left.cell_len - right.cell_len
    if gap > 1:
        return Text.assemble(left, " " * gap, right)
    left.truncate(width, overflow="ellipsis")
    return left
