"""Marks of single cases of a test."""

from __future__ import annotations

from typing import Any

import pytest


def wide(*values: Any) -> Any:
    """A case that `make test` leaves to `make test-wide`: one more of what it tries already."""
    return pytest.param(*values, marks=pytest.mark.wide)
