"""A definition worked with a company's own figures, as a page for people."""

from __future__ import annotations

import math
from collections.abc import Iterator

from rich.text import Text

from mlmkpi.explain import Explanation
from mlmkpi.pipeline.worked import Checked, Worked
from mlmkpi.report.explained import BETTER, INDENT, INTERVALS, apart, labelled_entry
from mlmkpi.report.format import NOTHING, interval_text, sum_text, value_text
from mlmkpi.report.labels import clean, label_text, statistic_text
from mlmkpi.report.styled_text import BOLD, DIM, printed, wrapped

FEW = 12
APOSTROPHE = "'s "
"""Whose a dimension is: `customer.country` is the customer's country."""


def render_worked(one: Worked, told: Explanation, exports: str, *, width: int, colour: bool) -> str:
    """The figure, its sums down to the division, what is left out, what would change it, its definition, its rows."""
    return printed(_page(one, told, exports, width), width=width, colour=colour)


def _page(one: Worked, told: Explanation, exports: str, width: int) -> Iterator[Text]:
    value = "" if one.parts else f" = {value_text(one.value, one.unit)}"
    heading = f"{told.title}, {label_text(one.period)}{value}"
    yield apart(Text(heading, BOLD), Text(BETTER.get(told.better, ""), DIM), width)
    yield from (Text(f"  {line}") for line in wrapped(told.meaning, width - 2))
    if not one.complete:
        yield Text("  provisional: the period, or what its people are followed for, has not ended", DIM)
    yield Text()
    yield from _sums(one, told, exports, width)
    yield Text()
    room = width - INDENT - 2
    for at, line in enumerate(one.left_out):
        yield from labelled_entry("" if at else "Note", wrapped(clean(line), room))
    if one.orders:
        counts = [f"{step.counts.lower()} {sum_text(step.value)}" for step in one.orders if step.value]
        yield from labelled_entry("Orders", wrapped(f"in the period: {', '.join(counts) or 'none'}", room))
    for at, step in enumerate(one.related):
        yield from labelled_entry("" if at else "See too", wrapped(f"{_known(step.value)}  {step.counts}", room))
    changes = [(f"{each.parameter} = {each.value}", each) for each in one.instead]
    longest = max((len(text) for text, _ in changes), default=0)
    for at, (text, each) in enumerate(changes):
        so_far = " so far" if one.complete and not each.complete else ""
        line = f"{text:<{longest}}  {value_text(each.figure, one.unit):>10}{so_far}"
        yield from labelled_entry("" if at else "If instead", [Text(line)])
    if one.unchanged:
        yield from labelled_entry("No change", wrapped(_unchanged(one), room))
    if one.naive:
        wrong = f"{one.naive.formula} = {value_text(one.naive.figure, one.unit)}"
        yield from labelled_entry("Not this", [*wrapped(wrong, room), *wrapped(one.naive.why, room, DIM)])
    if one.check:
        yield from _check(one.check, one.unit, room)
    for label, text in (("Formula", told.formula), ("Edge cases", told.edge_cases), ("Definition", one.definition)):
        yield from labelled_entry(label, wrapped(text, room)) if text else ()
    command = f"mlmkpi trace {one.kpi}", f"{exports} --period {one.period}"
    yield from labelled_entry("The rows", _command(command, room))


def _unchanged(one: Worked) -> str:
    """The parameters that change nothing, each once with the other values that it was tried with."""
    values: dict[str, list[str]] = {}
    for name, value in one.unchanged:
        values.setdefault(name, []).append(value)
    return "; ".join(f"{name} = {', '.join(of)}" for name, of in values.items())


def _command(parts: tuple[str, ...], room: int) -> list[Text]:
    """A command to be copied, on several lines where there is no room for one, as a shell takes it."""
    if len(" ".join(parts)) <= room:
        return [Text(" ".join(parts))]
    return [Text(line) for line in " \\\n  ".join(parts).split("\n")]


def _check(check: Checked, unit: str, room: int) -> Iterator[Text]:
    """What was expected and what came, the whole and its parts."""
    yield from labelled_entry("Hold-out", wrapped(check.words, room))
    if not check.rows:
        yield from labelled_entry("", wrapped(f"not told: {check.note}", room, DIM))
        return
    lines = [("decile", "customers", "purchases due", "came", "money due", "came", "came ÷ due")]
    for row in check.rows:
        share = row.came / row.expected if row.expected else None
        lines.append((
            row.part or "all", f"{row.customers:,.0f}", f"{row.purchases_expected:,.1f}", f"{row.purchases:,.0f}",
            value_text(row.expected, unit), value_text(row.came, unit), value_text(share, "ratio"),
        ))
    widths = [max(len(line[at]) for line in lines) for at in range(len(lines[0]))]
    for at, line in enumerate(lines):
        text = "  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True))
        yield Text(f"  {text}", "" if at else DIM)


def _known(value: float | None) -> str:
    return NOTHING if value is None else sum_text(value)


def _sums(one: Worked, told: Explanation, exports: str, width: int) -> Iterator[Text]:
    """Every sum on a line, the division, and what stands beside it."""
    lines = [(step.counts, _known(step.value)) for step in one.steps]
    right = max((len(figure) for _, figure in lines), default=0)
    for words, figure in lines:
        first, *rest = wrapped(clean(words), width - right - 6)
        yield apart(Text.assemble("  ", first), Text(figure), min(width, 78))
        yield from (Text.assemble("    ", line) for line in rest)
    yield from _parts(one, exports, width)
    if one.division:
        result = f" = {_share(one)}" if one.division[0] in "(0123456789" and one.value is not None else ""
        yield from (Text(f"  {line}", DIM) for line in wrapped(one.division + result, width - 2))
    elif len(one.steps) == 2 and one.value is not None:
        below, above = one.steps
        yield Text(f"  {sum_text(above.value or 0)} ÷ {sum_text(below.value or 0)} = {_share(one)}")
    if one.low is not None or one.high is not None:
        how = INTERVALS.get(told.interval, "95 %").removeprefix("95 %, ")
        interval = f"95 % interval {interval_text(one.low, one.high, one.value, one.unit)} ({how})"
        yield from (Text(f"  {line}", DIM) for line in wrapped(interval, width - 2))
    for name, value, unit in one.beside[:FEW]:
        yield apart(Text(f"  {statistic_text(name, one.kpi)}", DIM), Text(value_text(value, unit)), min(width, 78))


def _parts(one: Worked, exports: str, width: int) -> Iterator[Text]:
    """Every cell of the KPI's own splits with its sums, some of each split."""
    for of in dict.fromkeys(part.of for part in one.parts):
        cells = [part for part in one.parts if part.of == of]
        yield Text(f"  by {statistic_text(of.replace('.', APOSTROPHE))}", DIM)
        shown = [value_text(part.value, part.unit) for part in cells[:FEW]]
        right = max(map(len, shown))
        for part, value in zip(cells, shown, strict=False):
            known = part.numerator is not None and part.denominator is not None
            sums = f"{sum_text(part.numerator or 0)} ÷ {sum_text(part.denominator or 0)} =  " if known else ""
            figure = Text.assemble((sums, DIM), value.rjust(right))
            yield apart(Text(f"    {clean(part.label)}"), figure, min(width, 78))
        if len(cells) > FEW:
            yield Text(f"    … and {len(cells) - FEW} more:", DIM)
            command = f"mlmkpi compute {exports}", f"--kpi {one.kpi} --format csv"
            yield from (Text.assemble("    ", (line.plain, DIM)) for line in _command(command, width - 4))


def _share(one: Worked) -> str:
    if one.unit == "rate" and one.value is not None:
        places = 4 if one.value == 0 else max(4, 2 - math.floor(math.log10(abs(one.value))))
        return f"{one.value:.{places}f}".replace("-", "\N{MINUS SIGN}")
    return value_text(one.value, one.unit)
