"""Writes the reference pages from the code: docs/kpis.md, facts.md, tables.md, settings.md and modules.md.

`--check` writes nothing, and fails where a page is stale.
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from itertools import groupby
from pathlib import Path
from typing import Any, get_args, get_type_hints

import mlmkpi.kpis  # noqa: F401  (fills the registry)
from mlmkpi.books.rules import Base
from mlmkpi.declaration import Column, Kind, Table
from mlmkpi.explain import Explanation, explanation
from mlmkpi.facts.base import Fact, Measure
from mlmkpi.kpi import KPIS, Family, facts_of
from mlmkpi.pipeline.plan import DEFAULT
from mlmkpi.report.explained import INTERVALS
from mlmkpi.settings import Input, InputOptions, Settings
from mlmkpi.tables import TABLES

FACTS = """\
What [a KPI of your own](adding-a-kpi.md) can stand on: what a row of each fact is, what can be chosen of it, and the
measures that sum its rows. A measure made by `@measure` counts; one made by `@scaled` adds money, volume or another
number, in whole ten-thousandths. Amounts and volumes of returns are negative. A measure of your own can read the
columns that those of its fact read."""
HOLDS = {Kind.MONEY: "number", Kind.RATE: "number of any decimals"}
"""What people read for a kind of cells: a survey's score is not money."""
DOCS = Path(__file__).parent.parent / "docs"
SOURCE = Path(__file__).parent.parent / "src" / "mlmkpi"
MADE = "<!-- Written by scripts/docs.py from the declarations in src/; `make docs` writes it anew. -->"


def kpis_page() -> str:
    """Every KPI, by family, with an anchor each."""
    known = [explanation(kpi) for kpi in KPIS.values()]
    head = [
        MADE, "# KPIs", "",
        "What each KPI means, and what can be set. The words used (current, on the books, net sales, window) are "
        "defined in [definitions](definitions.md). Parameters go under `[definitions]` in `mlmkpi.toml`.", "",
        "Without `--kpi` a run has the default set, as far as the export has what they need: "
        + ", ".join(f"[{name}](#{name})" for name in KPIS if name in DEFAULT) + ".",
    ]
    for family in Family:
        of_family = [each for each in known if each.family == family.value]
        if of_family:
            head += ["", f"## {family.value.capitalize()}", *(line for each in of_family for line in _kpi(each))]
    return "\n".join(head) + "\n"


def _kpi(kpi: Explanation) -> list[str]:
    lines = ["", f"### {kpi.name}", "", f"**{kpi.title}.** {kpi.meaning}", ""]
    facts = {
        "Formula": kpi.formula, "Unit": kpi.counted_in, "Better": kpi.better,
        "Interval": INTERVALS.get(kpi.interval, kpi.interval),
        "Needs": ", ".join(f"`{need.replace('|', '` or `')}`" for need in kpi.needs), "Edge cases": kpi.edge_cases,
        "Source": kpi.source,
    }
    lines += [f"- {label}: {text}" for label, text in facts.items() if text and text != "none"]
    if kpi.parameters:
        lines += ["", "| parameter | default | may be | what it changes |", "|---|---|---|---|"]
        lines += [_row(f"`{p.name}`", f"`{p.default}`", p.expected, p.meaning) for p in kpi.parameters]
    return lines


def facts_page() -> str:
    """Every fact that KPIs stand on, by module, and what its settings may be."""
    facts = {type(fact) for kpi in KPIS.values() for fact in facts_of(kpi.function())}
    lines = [MADE, "# Facts", "", FACTS]
    by_module = sorted(facts, key=lambda fact: (fact.__module__, inspect.getsourcelines(fact)[1]))
    for module, inside in groupby(by_module, key=lambda fact: fact.__module__):
        lines += ["", f"## {module}", "", _first(sys.modules[module])]
        lines += [line for fact in inside for line in _fact(fact, facts)]
    kinds = {kind for fact in facts for kind in _kinds(fact)}
    lines += ["", "## What settings may be", "", *map(_kind, sorted(kinds, key=lambda kind: kind.__name__))]
    return "\n".join(lines) + "\n"


def _fact(fact: type[Fact], listed: set[type[Fact]]) -> list[str]:
    """A fact with its settings and measures; those that it has of another that is listed stand there."""
    above = next((each for each in fact.__mro__[1:] if each in listed), None)
    own = {name: build for name, build in _measures(fact).items() if getattr(above, name, None) is not build}
    lines = ["", f"### {fact.__name__}", "", inspect.cleandoc(fact.__doc__ or "")]
    if settings := _settings(fact):
        lines += ["", f"Settings: {settings}."]
    if above:
        lines += ["", f"The measures of [{above.__name__}](#{above.__name__.lower()})" + (", and:" if own else ".")]
    if own:
        lines += ["", "| measure | made by | what a row adds | columns read |", "|---|---|---|---|"]
        lines += [_measure(name, build) for name, build in own.items()]
    return lines


def _measures(fact: type[Fact]) -> dict[str, Callable[[Any], Measure]]:
    """The measures of a fact by name, those of the classes that it is made from first."""
    names = dict.fromkeys(name for each in reversed(fact.__mro__) for name in vars(each) if not name.startswith("_"))
    return {name: getattr(fact, name) for name in names if hasattr(getattr(fact, name), "__wrapped__")}


def _measure(name: str, build: Callable[[Any], Measure]) -> str:
    columns = dict.fromkeys(re.findall(r'nw\.col\("(\w+)"\)', inspect.getsource(inspect.unwrap(build))))
    made_by = "@measure" if build(None).scale == 1 else "@scaled"
    return _row(f"`{name}()`", f"`{made_by}`", _first(build), ", ".join(f"`{column}`" for column in columns))


def _settings(made: Any) -> str:
    """The fields of a class as its call is written."""
    return ", ".join(
        f"`{field.name}: {field.type}" + ("" if field.default is MISSING else f" = {_default(field.default)}") + "`"
        for field in fields(made)
    )


def _default(value: object) -> str:
    return f"{type(value).__name__}.{value.name}" if isinstance(value, Enum) else repr(value)


def _kinds(made: Any) -> set[type]:
    """The classes of our own that a class's settings are of, and theirs."""
    types = [get_type_hints(made)[field.name] for field in fields(made)]
    named = {each for kind in types for each in (kind, *get_args(kind)) if isinstance(each, type)}
    kinds = {each for each in named if each.__module__.startswith("mlmkpi.") and not issubclass(each, Fact)}
    return kinds.union(*(_kinds(kind) for kind in kinds if is_dataclass(kind)))


def _kind(kind: type) -> str:
    what = ", ".join(f"`{each.name}`" for each in kind) if issubclass(kind, Enum) else _settings(kind)
    return f"- `{kind.__name__}` of `{kind.__module__}`: {what}. {_first(kind)}"


def _first(documented: object) -> str:
    """The first paragraph of a docstring, as one line."""
    return " ".join((inspect.getdoc(documented) or "").partition("\n\n")[0].split())


def tables_page() -> str:
    """Every canonical table with its columns."""
    head = [
        MADE, "# Tables and columns", "",
        "A file named as the table, with these headers, needs no settings. Other headers and codes are named in "
        "[the settings](settings.md). Any further column can be named as a dimension, and only then is read. A number "
        "has up to four decimals. A code with a list takes these words alone; where the list ends in …, others too.",
    ]
    return "\n".join([*head, *(line for table in TABLES.values() for line in _table(table))]) + "\n"


def _table(table: Table) -> list[str]:
    key = f" Key: {', '.join(f'`{name}`' for name in table.key)}." if table.key else " No key: every row counts."
    lines = ["", f"## {table.name}", "", f"{table.meaning[0].upper()}{table.meaning[1:]}.{key}", ""]
    lines += ["| column | holds | meaning |", "|---|---|---|"]
    return lines + [_row(f"`{c.name}`" + " *" * c.required, _holds(c), c.meaning) for c in table.columns] + [
        "", "\\* required"
    ]


def _holds(column: Column) -> str:
    words = f": {', '.join(column.codes)}{', …' if column.open_codes else ''}" if column.codes else ""
    target = f" of `{column.references}`" if column.references else ""
    return HOLDS.get(column.kind, column.kind.value) + target + words


def settings_page() -> str:
    """Every key of mlmkpi.toml."""
    lines = [
        MADE, "# Settings", "",
        "`mlmkpi.toml` stands in the exports, else in the working folder; `--config` names another. The first found is "
        "read alone. `mlmkpi settings schema` prints the same as JSON Schema, which editors can check against.", "",
        "| key | default | what it says |", "|---|---|---|",
    ]
    for name, field in Settings.model_fields.items():
        default = "" if isinstance(field.default, Input) or not field.default else f"`{field.default}`"
        lines.append(_row(f"`{name}`", default, field.description or ""))
    lines += ["", "Under `[input]`, for every file, and under `[input.orders]`, for one table or file:", ""]
    lines += ["| key | may be |", "|---|---|"]
    for name, field in InputOptions.model_fields.items():
        words = field.description or ", ".join(f"`{each!r}`" for each in _choices(field.annotation))
        lines.append(_row(f"`{name}`", words))
    lines += [
        "", "Beside the KPIs' parameters `[definitions]` takes `age_bands`, for every figure by age: the first band"
        " below an age, the last from an age on, and each ends where the next begins; and `cohort_curve`,"
        f" which `mlmkpi cohorts` draws unless `--curve` says: {', '.join(f'`{each}`' for each in Base)}.",
    ]
    return "\n".join([*lines, "", EXAMPLE])


def modules_page() -> str:
    """Every module of the package by the folder that it is in, with its reason."""
    lines = [
        MADE, "# Modules", "",
        "What each module of `src/mlmkpi` is for, as its docstring says. [How it is built](architecture.md) tells how "
        "the folders stand to one another, and what the words mean.",
    ]
    paths = sorted(SOURCE.rglob("*.py"), key=lambda path: path.relative_to(SOURCE).parts[:-1])
    for folder, inside in groupby(paths, key=lambda path: path.parent.relative_to(SOURCE)):
        reasons = {path.stem: _reason(path) for path in sorted(inside)}
        lines += ["", "## mlmkpi" if folder == Path() else f"## {folder.as_posix()}/", "", reasons.pop("__init__")]
        lines += ["", "| module | what it is for |", "|---|---|"]
        lines += [_row(f"`{name}`", reason) for name, reason in reasons.items()]
    return "\n".join(lines) + "\n"


def _reason(path: Path) -> str:
    """The first line of a module's docstring."""
    return (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").partition("\n")[0]


def _choices(annotation: object) -> list[object]:
    literal = next(each for each in getattr(annotation, "__args__", ()) if each is not type(None))
    return list(getattr(literal, "__args__", ()))


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


EXAMPLE = """## An example

```toml
currency = "USD"
timezone = "America/Denver"
rank_ladder = ["Member", "Silver", "Gold", "Diamond"]

[files]
orders = "sales/2026-*.csv"

[columns.orders]
order_id = "Order No"
amount = "Net Total"

[codes.orders.kind]
sale = ["S", "WEB"]
return = "R"

[definitions]
lapse_after_days = 60
age_bands = ["<30", "30-49", "50+"]
valid_status = ["posted", "shipped"]

[input.orders]
decimal = ","
```
"""
PAGES: dict[str, Callable[[], str]] = {
    "kpis.md": kpis_page, "facts.md": facts_page, "tables.md": tables_page, "settings.md": settings_page,
    "modules.md": modules_page,
}


def main(check: bool) -> int:
    """Write the pages, or count and name those that are stale."""
    stale = []
    for name, page in PAGES.items():
        path, text = DOCS / name, page()
        if check and (not path.is_file() or path.read_text(encoding="utf-8") != text):
            stale.append(name)
        elif not check:
            path.write_text(text, encoding="utf-8")
    if stale:
        print(f"stale: {', '.join(stale)}; run make docs", file=sys.stderr)
    return len(stale)


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv[1:]))
