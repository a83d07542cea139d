"""Nobody's name, address or number leaves an export: not by what is read, and not by what is said of a shifted row."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.ended import Run
from marks import wide
from mlmkpi.tables import TABLES, Column, Kind

BEFORE = {"Full Name": "Zyxa Marquis"}
BEHIND = {
    "E-mail": "zyxa@marquis.example", "Phone": "+49 170 5551234", "IBAN": "DE89370400440532013000",
    "Tax No": "88/777/66",
    "Contact": "zyxa marquis", "Sales Rep": "MARQUIS Z.",
}
SECRET = re.compile("zyxa|marquis|5551234|DE8937|88/777|1984-04-05", re.IGNORECASE)
SHIFTED = 3
COMMANDS = (
    ("compute",), ("compute", "--kpi", "all", "--bad-rows", "skip", "--format", "json"),
    ("compute", "--by", "nosuch"), ("compute", "--by", "birth_date"), ("validate",),
    ("validate", "--format", "json"), ("kpis", "--missing"), ("explain", "churn_rate"), ("trace", "new_signups"),
    ("trace", "sales_volume", "--format", "csv"), ("team", "di0", "--format", "json"), ("cohorts",),
)
WHERE_WRONG = (("compute", "--bad-rows", "skip"), ("compute", "--debug"))
"""What says no more than another where no row is shifted."""
PEOPLE = (
    "distributors", "orders", "enrollments", "customers", "ranks", "leads", "commissions", "attendance", "surveys",
)


def cell(column: Column, row: int) -> str:
    """A cell that fits; people were born on one day, and are all called the same."""
    if column.kind is Kind.CODE and column.codes:
        return column.codes[0]
    return {
        Kind.ID: f"{column.name[:2]}{row}", Kind.DATE: f"2026-0{1 + row}-1{row}", Kind.MONEY: "8.5", Kind.RATE: "1.5",
        Kind.INTEGER: "7", Kind.FLAG: "yes", Kind.TEXT: "Zyxa Marquis", Kind.CODE: "USD",
    }[column.kind] if column.name != "birth_date" else "1984-04-05"  # fmt: skip


def plant(folder: Path, shift: int) -> Path:
    """A file a table of people, one of its rows `shift` cells to the right."""
    folder.mkdir()
    for name in PEOPLE:
        columns = TABLES[name].columns
        lines = [[*BEFORE, *(column.name for column in columns), *BEHIND]]
        for row in range(6):
            cells = [*BEFORE.values(), *(cell(column, row) for column in columns), *BEHIND.values()]
            lines.append(cells[-shift:] + cells[:-shift] if row == SHIFTED else cells)
        (folder / f"{name}.csv").write_text("".join(",".join(line) + "\n" for line in lines))
    return folder


@pytest.mark.parametrize(("shift", "commands"), [
    (0, COMMANDS), (1, COMMANDS + WHERE_WRONG), wide(0, WHERE_WRONG),
    *(wide(shift, COMMANDS + WHERE_WRONG) for shift in (2, -1, -2, -3)),
])
def test_nothing_of_a_person_is_in_what_any_command_says(
    run: Callable[..., Run], tmp_path: Path, shift: int, commands: tuple[tuple[str, ...], ...]
) -> None:
    folder = plant(tmp_path / "exports", shift)
    for command in commands:
        ended = run(*command, str(folder))
        assert ended.code in (0, 1, 2, 3)
        assert not SECRET.search(ended.out + ended.err), command
