"""What other values of a definition's parameters would make of its figure."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from dataclasses import replace
from enum import StrEnum
from typing import Any

import polars as pl

from mlmkpi.books.rules import ActiveRule
from mlmkpi.kpi import Figure, Kpi
from mlmkpi.parameters import shown
from mlmkpi.pipeline.plugins import UnfitError, figure_of
from mlmkpi.pipeline.result import COLUMNS
from mlmkpi.pipeline.worked import Variant

FROM_NOTHING: dict[str, tuple[Any, ...]] = {
    "cooling_off_days": (30,), "clv_annual_discount": (0.1,), "team_depth": (1, 3),
}
"""The other values of parameters that are 0 or nothing."""


def choices(kpi: Kpi, values: dict[str, Any]) -> list[tuple[str, Any]]:
    """Other values of each parameter under which the definition stands: other choices, half and double a number."""
    found = []
    for name, value in values.items():
        for other in _others(value) if value else FROM_NOTHING.get(name, _others(value)):
            try:
                figure_of(kpi, {**values, name: other})
            except (ValueError, UnfitError):
                continue
            found.append((name, other))
    return found


def _others(value: Any) -> Iterable[Any]:
    if isinstance(value, ActiveRule):
        named = [ActiveRule.parse(kind) for kind in ActiveRule.KINDS if "X" not in kind]
        return [rule for rule in named if rule != value]
    if isinstance(value, StrEnum):
        return [other for other in type(value) if other != value]
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value // 2, value * 2] if value > 1 else [value * 2] if value else []
    return [value / 2, value * 2] if isinstance(value, float) and value else []


def variant(kpi: Kpi, name: str, parameter: str, value: Any) -> Kpi:
    """The KPI with one parameter fixed; the others stay open to the settings."""
    kept = {key: default for key, default in kpi.parameters.items() if key != parameter}

    def function(**others: Any) -> Figure:
        return kpi.function(**others, **{parameter: value})

    signature = [inspect.Parameter(key, inspect.Parameter.KEYWORD_ONLY, default=each) for key, each in kept.items()]
    function.__signature__ = inspect.Signature(signature)  # type: ignore[attr-defined]
    return replace(kpi, name=name, function=function, naive=None)


def instead(
    rows: pl.DataFrame, others: dict[str, tuple[str, Any]], value: float | None
) -> tuple[Variant, ...]:
    """The figures under the choices that make another of it than `value`, from rows of the KPIs named so."""
    own = [name for name in rows.columns if name not in COLUMNS]
    found = []
    for name, (parameter, other) in others.items():
        theirs = rows.filter(pl.col("kpi") == name, pl.col("statistic") == "value")
        theirs = theirs.filter(pl.col(each).is_null() for each in own) if own else theirs
        figure, complete = theirs.select("value", "complete").row(0) if theirs.height == 1 else (None, True)
        if figure is not None and value is not None and figure != value:
            found.append(Variant(parameter, shown(other), figure, complete))
    return tuple(found)


def unchanged(
    rows: pl.DataFrame, others: dict[str, tuple[str, Any]], value: float | None
) -> tuple[tuple[str, str], ...]:
    """The parameters under which the figure is the same."""
    own = [name for name in rows.columns if name not in COLUMNS]
    whole = rows.filter(pl.col("statistic") == "value", *(pl.col(name).is_null() for name in own))
    found = dict(whole.select("kpi", "value").iter_rows())
    same = (choice for kpi, choice in others.items() if value is not None and found.get(kpi) == value)
    return tuple((name, shown(other)) for name, other in same)
