"""The registered KPIs as explanations, by name, in report order."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlmkpi.explain import Explanation


def explanations() -> dict[str, Explanation]:
    """Every KPI taken apart."""
    import mlmkpi.kpis  # noqa: F401
    from mlmkpi.explain import explanation
    from mlmkpi.kpi import KPIS

    return {name: explanation(kpi) for name, kpi in KPIS.items()}


def names() -> list[str]:
    """The names to complete an argument with."""
    return list(explanations())
