"""Every error that mlmkpi raises on purpose: what happened, the lines that help, and its exit code.

MlmkpiError
├── UsageError          2  the call or command line asks for something that does not exist
├── SettingsError       2  mlmkpi.toml cannot be read or does not fit
├── MissingExtraError   2  an optional package is not installed
├── DataError           3  an export cannot be read or does not fit
├── EngineError         4  the engine could not do the work
└── OutputError         4  a result could not be written
"""

from __future__ import annotations

from typing import ClassVar

Details = tuple[tuple[str, str], ...]
ROOM = 59
"""So many signs of a detail fit beside its label in a list of findings on 80 columns."""


class MlmkpiError(Exception):
    """What went wrong in one line, and labelled lines such as ("found", …), ("expected", …), ("fix", …).

    A detail's text may have several lines; whoever prints it aligns them.
    """

    exit_code: ClassVar[int] = 4

    def __init__(self, what: str, details: Details = ()) -> None:
        super().__init__(what)
        self.what = what
        self.details = details

    def __str__(self) -> str:
        return "\n".join((self.what, *_aligned(self.details)))


class UsageError(MlmkpiError):
    """The call or command line asks for something that does not exist."""

    exit_code = 2


class SettingsError(MlmkpiError):
    """The settings cannot be read or do not fit."""

    exit_code = 2


class MissingExtraError(MlmkpiError):
    """An optional package is not installed."""

    exit_code = 2


class DataError(MlmkpiError):
    """An export cannot be read or does not fit."""

    exit_code = 3


class EngineError(MlmkpiError):
    """The engine could not do the work."""

    exit_code = 4


class OutputError(MlmkpiError):
    """A result could not be written."""

    exit_code = 4


def written(words: str, *lines: str) -> str:
    """What to write into the settings, beside the words that say so, or below them where there is no room.

    >>> print(written("say so in mlmkpi.toml", "[input]", 'decimal = ","'))
    say so in mlmkpi.toml:   [input]
                             decimal = ","
    >>> print(written("say so in /exports/of/the/company/2026/10/mlmkpi.toml", "[input]", 'decimal = ","'))
    say so in /exports/of/the/company/2026/10/mlmkpi.toml:
      [input]
      decimal = ","
    """
    first = f"{words}:   "
    if len(first) + max(map(len, lines)) > ROOM:
        return "\n  ".join([f"{words}:", *lines])
    return first + f"\n{'':{len(first)}}".join(lines)


def _aligned(details: Details) -> list[str]:
    """The details as indented lines, their texts one below the other."""
    width = max((len(label) for label, _ in details), default=0) + 2
    lines = []
    for label, text in details:
        first, *rest = text.split("\n")
        lines.append(f"  {label:<{width}}{first}".rstrip())
        lines.extend(f"  {'':<{width}}{line}".rstrip() for line in rest)
    return lines
