"""The registered KPIs as explanations, by name, in report order."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlmkpi.explain import Explanation


def explanations(config: Path | None = None, exports: str | None = None) -> dict[str, Explanation]:
    """Every KPI taken apart, with those of the settings' plugins; a bad plugin is told on stderr."""
    from mlmkpi.cli import messages
    from mlmkpi.pipeline.plugins import load_plugins
    from mlmkpi.settings import load_settings

    settings = load_settings(config, Path(exports) if exports else None, Path.cwd())
    for warning in load_plugins(settings):
        messages.warning(warning)
    return registered()


def registered() -> dict[str, Explanation]:
    """Every KPI that is registered by now, taken apart."""
    import mlmkpi.kpis  # noqa: F401
    from mlmkpi.explain import explanation
    from mlmkpi.kpi import KPIS

    return {name: explanation(kpi) for name, kpi in KPIS.items()}


def names() -> list[str]:
    """The names to complete an argument with."""
    return list(registered())
