"""What a KPI means, taken apart: the one text behind `explain`, the reference pages and a report's footnotes.

A KPI's docstring says what it is in a sentence or two, then in labelled lines how it is computed and where the
edges are; this module reads those labels, and adds what the definition declares.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass

from mlmkpi.kpi import Kpi
from mlmkpi.parameters import PARAMETERS, expectation, shown

LABELS = ("Formula", "Unit", "Edge cases", "Source")


@dataclass(frozen=True)
class Parameter:
    """A parameter: its name, its default as settings write it, what it may be, and what it changes."""

    name: str
    default: object
    expected: str
    meaning: str


@dataclass(frozen=True)
class Explanation:
    """A KPI's definition in words, each part by itself; a part that the docstring lacks is empty."""

    name: str
    title: str
    family: str
    unit: str
    better: str
    interval: str
    meaning: str
    formula: str
    counted_in: str
    parameters: tuple[Parameter, ...]
    needs: tuple[str, ...]
    edge_cases: str
    source: str


def explanation(kpi: Kpi) -> Explanation:
    """Take a KPI's definition apart."""
    meaning, parts = labelled(kpi.doc)
    parameters = tuple(
        Parameter(name, plain(default), expectation(name, default), PARAMETERS[name])
        for name, default in kpi.parameters.items()
    )
    return Explanation(
        kpi.name, kpi.title, kpi.family.value, kpi.unit.value, kpi.better.value, kpi.interval.value, meaning,
        parts.get("Formula", ""), parts.get("Unit", ""), parameters, kpi.needs, parts.get("Edge cases", ""),
        parts.get("Source", ""),
    )


def labelled(doc: str) -> tuple[str, dict[str, str]]:
    r"""A docstring's opening sentences, and its labelled lines; a line without a label continues the one before.

    >>> labelled("People who left.\n\nFormula: left ÷ all\nSource: kept by\n  everybody")
    ('People who left.', {'Formula': 'left ÷ all', 'Source': 'kept by everybody'})
    """
    parts: dict[str, list[str]] = {"": []}
    at = ""
    for line in inspect.cleandoc(doc).splitlines():
        label, colon, rest = line.partition(":")
        if colon and label in LABELS:
            at, line = label, rest
        parts.setdefault(at, []).append(line.strip())
    texts = {label: " ".join(filter(None, lines)) for label, lines in parts.items()}
    return texts.pop(""), texts


def plain(default: object) -> object:
    """A default as JSON can hold it.

    >>> plain(90), plain(("social", "tiktok")), plain(None)
    (90, ['social', 'tiktok'], None)
    """
    if isinstance(default, tuple):
        return list(default)
    return default if default is None or type(default) in (bool, int, float) else shown(default)
