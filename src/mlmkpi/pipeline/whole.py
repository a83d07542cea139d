"""Sums are of whole numbers: a plugin's measure that adds fractions is told, where a cast would cut them in silence."""

from __future__ import annotations

from collections.abc import Iterable

import narwhals as nw

from mlmkpi.engines import Frame
from mlmkpi.facts.base import Measure


class FractionError(Exception):
    """A plugin's measure adds something else than whole numbers, or flags, to a sum."""

    def __init__(self, measure: Measure, adds: str) -> None:
        self.measure = measure
        name = f"{type(measure.fact).__name__}.{measure.name}"
        super().__init__(f"{name} adds {adds}, not whole numbers: round it, or count in parts of a unit with @scaled")


def check_whole(rows: Frame, measures: Iterable[Measure]) -> None:
    """Raise FractionError for a measure that is not the catalogue's own and adds fractions to these rows."""
    own = {measure.name: measure for measure in measures if measure.is_plugins}
    if own:
        schema = rows.select(measure.adds.alias(name) for name, measure in own.items()).collect_schema()
        for name, measure in own.items():
            if not (schema[name].is_integer() or schema[name] == nw.Boolean):
                raise FractionError(measure, str(schema[name]))
