"""The example of docs/teams.md runs as printed."""

from __future__ import annotations

import doctest
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "teams.md"


def test_the_example_prints_what_the_page_says() -> None:
    results = doctest.testfile(str(PAGE), module_relative=False, encoding="utf-8")
    assert results.attempted == 7
    assert results.failed == 0
