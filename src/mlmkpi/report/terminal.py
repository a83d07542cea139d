"""Whether a stream is a screen, and one that wants colour: the one rule for stdout and stderr."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TextIO


def is_terminal(stream: TextIO | None, environment: Mapping[str, str]) -> bool:
    """Whether somebody may be looking at the stream on a terminal that can do more than print."""
    return stream is not None and stream.isatty() and environment.get("TERM") != "dumb"


def wants_colour(stream: TextIO | None, environment: Mapping[str, str]) -> bool:
    """Whether to colour what goes to the stream: only on a terminal that can, and never under NO_COLOR."""
    return is_terminal(stream, environment) and not environment.get("NO_COLOR")
