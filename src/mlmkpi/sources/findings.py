"""What a check found in the exports: how often, where, and what it means."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "info"]

_ADDRESS = re.compile(r"[^\s@<>\"',;]+@[^\s@<>\"',;]+")


def discreet(text: str) -> str:
    """A cell's text without the e-mail addresses in it.

    >>> discreet("ann@example.org (new)")
    '(an e-mail address) (new)'
    """
    return _ADDRESS.sub("(an e-mail address)", text)


@dataclass(frozen=True)
class Example:
    """One row that a finding stands on; `row` counts records from 1, header left out."""

    file: str | None
    row: int | None
    key: str | None
    value: str | None


@dataclass(frozen=True)
class Finding:
    """How many of the checked rows break a rule; `message` is one sentence for people."""

    table: str
    column: str | None
    rule: str
    severity: Severity
    count: int
    checked: int
    examples: tuple[Example, ...]
    message: str
