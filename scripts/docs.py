"""Writes the reference pages from the declarations: docs/kpis.md, docs/tables.md, docs/settings.md.

`--check` writes nothing, and fails where a page is stale.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import mlmkpi.kpis  # noqa: F401  (fills the registry)
from mlmkpi.explain import Explanation, explanation
from mlmkpi.kpi import KPIS, Family
from mlmkpi.settings import Input, InputOptions, Settings
from mlmkpi.tables import TABLES, Column, Table

DOCS = Path(__file__).parent.parent / "docs"
MADE = "<!-- Written by scripts/docs.py from the declarations in src/; `make docs` writes it anew. -->"


def kpis_page() -> str:
    """Every KPI, by family, with an anchor each."""
    known = [explanation(kpi) for kpi in KPIS.values()]
    head = [
        MADE, "# KPIs", "",
        "What each KPI means, and what can be set. The words used (current, on the books, net sales, window) are "
        "defined in [definitions](definitions.md). Parameters go under `[definitions]` in `mlmkpi.toml`.",
    ]
    for family in Family:
        of_family = [each for each in known if each.family == family.value]
        if of_family:
            head += ["", f"## {family.value.capitalize()}", *(line for each in of_family for line in _kpi(each))]
    return "\n".join(head) + "\n"


def _kpi(kpi: Explanation) -> list[str]:
    lines = ["", f"### {kpi.name}", "", f"**{kpi.title}.** {kpi.meaning}", ""]
    facts = {
        "Formula": kpi.formula, "Unit": kpi.counted_in, "Better": kpi.better, "Interval": kpi.interval,
        "Needs": ", ".join(f"`{need.replace('|', '` or `')}`" for need in kpi.needs), "Edge cases": kpi.edge_cases,
        "Source": kpi.source,
    }
    lines += [f"- {label}: {text}" for label, text in facts.items() if text and text != "none"]
    if kpi.parameters:
        lines += ["", "| parameter | default | may be | what it changes |", "|---|---|---|---|"]
        lines += [_row(f"`{p.name}`", f"`{p.default}`", p.expected, p.meaning) for p in kpi.parameters]
    return lines


def tables_page() -> str:
    """Every canonical table with its columns."""
    head = [
        MADE, "# Tables and columns", "",
        "A file named as the table, with these headers, needs no settings. Other headers and codes are named in "
        "[the settings](settings.md). Any further column can be named as a dimension, and only then is read.",
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
    words = f": {', '.join(column.codes)}" if column.codes else ""
    target = f" of `{column.references}`" if column.references else ""
    return column.kind.value + target + words


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
    return "\n".join([*lines, "", EXAMPLE])


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
valid_status = ["posted", "shipped"]

[input.orders]
decimal = ","
```
"""
PAGES: dict[str, Callable[[], str]] = {"kpis.md": kpis_page, "tables.md": tables_page, "settings.md": settings_page}


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
