"""Whether a plugin's KPI can stand in the catalogue, told before any data is read."""

from __future__ import annotations

from collections.abc import Mapping

from mlmkpi.books.expressions import Expr
from mlmkpi.facts.base import Fact, Measure
from mlmkpi.facts.orders import Orders
from mlmkpi.kpi import Better, Concentrated, Family, Interval, Kpi, Ratio, Survival, Unit
from mlmkpi.parameters import PARAMETERS, expectation


def wrong(name: str, kpi: Kpi, before: Mapping[str, Kpi]) -> str | None:
    """What is wrong with a plugin's KPI, beside those that there are already; None where nothing is."""
    if name in before:
        return "there is a KPI of that name already"
    if name in (*Family, "all"):
        return "a family has that name"
    choices = {"family": Family, "unit": Unit, "better": Better, "interval": Interval}
    unchosen = [choice for choice, known in choices.items() if not isinstance(getattr(kpi, choice), known)]
    if unchosen:
        return f"its {unchosen[0]} is none of {choices[unchosen[0]].__name__}, from mlmkpi.kpi"
    unsaid = [text for text in ("title", "short") if not isinstance(getattr(kpi, text), str)]
    if unsaid:
        return f"its {unsaid[0]} is no text"
    if not kpi.doc:
        return "it has no docstring"
    unknown = sorted(set(kpi.parameters) - set(PARAMETERS))
    if unknown:
        return f'say what {unknown[0]} changes: PARAMETERS["{unknown[0]}"] = "…", from mlmkpi.parameters'
    if another := _another_sort(kpi, before):
        return another
    figure = kpi.function()
    if not isinstance(figure, Ratio | Concentrated | Survival):
        return "it gives no Ratio, Concentrated or Survival"
    if any(isinstance(side, Expr) for side in vars(figure).values()):
        return f"{_undecorated(kpi)} gives an expression: put @measure or @scaled above it"
    if not all(isinstance(measure, Measure) for measure in figure.measures()):
        return f"its {type(figure).__name__} takes measures, such as orders.sales()"
    for measure in figure.measures():
        _ = measure.expr
    _ = kpi.needs
    if not isinstance(figure, Ratio):
        return None
    return mixed(kpi.unit, figure) or _no_interval(kpi.interval, figure)


def _undecorated(kpi: Kpi) -> str:
    """The methods of facts that the KPI's function calls and that are no measures."""
    names = kpi.function.__code__.co_names
    facts = [each for each in kpi.function.__globals__.values() if isinstance(each, type) and issubclass(each, Fact)]
    found = [f"{fact.__name__}.{name}" for fact in facts for name in names
             if name in vars(fact) and not hasattr(vars(fact)[name], "__wrapped__")]
    return " or ".join(found) or "a method"


def mixed(unit: Unit, figure: Ratio) -> str | None:
    """How the scales of a figure's two sums do not fit what it is counted in."""
    above, below = figure.numerator, figure.denominator
    if unit is Unit.RATE and below and above.scale != below.scale and not figure.growth:
        count, money = sorted((above, below), key=lambda measure: measure.scale)
        return f"{count} is a count and {money} money or volume, of which there is no rate: {_meant(count)}"
    if unit in (Unit.MONEY, Unit.VOLUME) and above.scale == 1:
        return f"{above} is a count, and the unit {unit}: {_meant(above)}"
    return None


def _no_interval(interval: Interval, figure: Ratio) -> str | None:
    """Why there is no such interval of a figure: of sums on two facts, of a share of money, or of people by orders."""
    above, below = figure.numerator, figure.denominator
    if interval is Interval.NONE or below is None:
        return None
    if interval is Interval.WILSON:
        money = next((measure for measure in (above, below) if measure.scale != 1), None)
        return f"{money} adds money or volume, and an interval WILSON is of a count: leave it out" if money else None
    if below.fact != above.fact:
        two = f"{above} and {below} are of two facts"
        return f"{two}, and an interval {interval.name} is over the rows of one: leave it out"
    if interval in (Interval.CLUSTERED, Interval.MONTHLY) and isinstance(below.fact, Orders):
        kinds = "WILSON is of a share of orders, LINEAR of a mean"
        return f"{below} is over orders, and an interval {interval.name} over people: {kinds}"
    return None


def _another_sort(kpi: Kpi, before: Mapping[str, Kpi]) -> str | None:
    """That a parameter takes another sort of value than the KPIs take that have it already: one setting is for all."""
    for name, default in kpi.parameters.items():
        known = {expectation(name, one.parameters[name]) for one in before.values() if name in one.parameters}
        if known and expectation(name, default) not in known:
            theirs = known.pop()
            return f"its {name} takes {expectation(name, default)}, other KPIs' {theirs}: give it another name"
    return None


def _meant(count: Measure) -> str:
    return f"is @scaled meant above {count}?" if count.is_plugins else "is another unit meant?"
