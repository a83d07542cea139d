"""Plugins as texts, and a company that they stand beside."""

from __future__ import annotations

from pathlib import Path

EXAMPLE = Path(__file__).parents[2] / "examples" / "own_kpi.py"
ORDERS = """\
order_id,ordered_on,amount,distributor_id,channel
A1,2026-10-01,10.50,D1,web
A2,2026-10-02,20.25,D2,shop
A3,2026-10-31,-3.25,D1,web
"""
HEAD = """\
from dataclasses import dataclass
import narwhals as nw
from mlmkpi.facts.base import Measure, measure, scaled
from mlmkpi.books.expressions import flag
from mlmkpi.facts.orders import Orders
from mlmkpi.books.rules import OrderRules
from mlmkpi.kpi import Better, Family, Ratio, Unit, kpi

@kpi(title="Own", short="Own", family=Family.SALES, unit=Unit.MONEY, better=Better.HIGHER)
"""


def with_plugin(exports: Path, text: str) -> Path:
    """The exports with a plugin of that text instead."""
    (exports / "own_kpi.py").write_text(text)
    return exports


def adding(adds: str, *, by: str = "@measure", unit: str = "MONEY", below: str = "") -> str:
    """A plugin with the KPI `own`, whose fact Added has the measure `each`, made `by` a decorator, which adds that."""
    figure = f"added.each(){f', {below}' if below else ''}"
    return (
        HEAD.replace("@kpi", f"@dataclass(frozen=True)\nclass Added(Orders):\n    {by}\n    def each(self):\n"
                     f"        return {adds}\n\n@kpi").replace("Unit.MONEY", f"Unit.{unit}")
        + f"def own():\n    '''Ours.'''\n    added = Added(OrderRules())\n    return Ratio({figure})\n"
    )


PARAMETER = 'from mlmkpi.parameters import PARAMETERS\nPARAMETERS["large_from"] = "the least"\n'
FINE = PARAMETER + HEAD + """\
def own(*, large_from: int = 200):
    '''Ours.'''
    return Ratio(Orders(OrderRules()).net_sales())
"""
BROKEN = """\
@dataclass(frozen=True)
class Broken(Orders):
    def {}(self, *_):
        raise KeyError("gone")

"""


def failing(method: str) -> str:
    """A plugin with the KPI `own`, whose fact fails in that method."""
    broken = HEAD.replace("@kpi", BROKEN.format(method) + "@kpi")
    return broken + "def own():\n    '''Ours.'''\n    return Ratio(Broken(OrderRules()).net_sales())\n"
