"""A folder of small exports, and what validate finds in them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mlmkpi.settings import Settings
from mlmkpi.validate import Example, Finding, Severity, validate


class Company:
    """Exports written line by line."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, table: str, *lines: str) -> None:
        """Write a table; the first line is the header."""
        (self.folder / f"{table}.csv").write_text("\n".join(lines) + "\n")

    def findings(self, **settings: Any) -> list[Finding]:
        """What is wrong with all tables so far."""
        return validate(self.folder, settings=Settings.model_validate(settings))


def finding(
    where: str, rule: str, severity: Severity, checked: int, message: str,
    *examples: tuple[int, str | None, str | None],
) -> Finding:
    """A finding on `table.column`; an example is (row, key, value)."""
    table, _, column = where.partition(".")
    shown = tuple(Example(f"{table}.csv", row, key, value) for row, key, value in examples)
    return Finding(table, column or None, rule, severity, len(examples), checked, shown, message)
