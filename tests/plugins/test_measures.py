"""A plugin's measure that cannot be summed as it says is named, with what would mend it, and harms nobody."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

import mlmkpi
from cli.ended import Run
from mlmkpi.kpi import KPIS, Kpi, Ratio
from mlmkpi.pipeline.plugin_checks import mixed
from mlmkpi.pipeline.plugins import forget_plugins
from plugins.own import EXAMPLE, HEAD, adding, with_plugin

AMOUNT = 'nw.col("amount")'


def test_one_that_divides_by_itself_is_left_out(exports: Path) -> None:
    """Measures are sums, not numbers; and what a row adds is a whole number, which nothing divided by 0 is."""
    measures = HEAD + "def own():\n    '''Ours.'''\n    o = Orders(OrderRules())\n"
    measures += "    return o.net_sales() / o.sales()\n"
    result = mlmkpi.compute(with_plugin(exports, measures), kpis=["sales_volume"], count=1)
    assert ["TypeError: unsupported operand" in line for line in result.warnings] == [True]
    forget_plugins()
    rows = adding(f"{AMOUNT} / 0", by="@scaled")
    result = mlmkpi.compute(with_plugin(exports, rows), kpis=["sales_volume", "own"], count=1)
    assert result.frame.select("kpi", "value").rows() == [("sales_volume", 27.5)]
    assert [line.startswith("plugin own_kpi.py left out: own: ") for line in result.warnings] == [True]


MEND = "put @scaled above it in place of @measure, or cast it to nw.Int64 if it is a count"
OF_SELLERS = "from mlmkpi.facts.sellers import Sellers\n" + adding(
    'nw.col("customer_volume")', unit="COUNT"
).replace("(Orders)", "(Sellers)").replace("OrderRules())", "OrderRules(), with_volume=True)")
COLUMNS = "day, cell, seller, buyer, amount, volume, sale, own"


@pytest.mark.parametrize(("text", "said"), [
    (adding(f"{AMOUNT} / 3", by="@scaled"),
     "Added.each adds Float64, not whole numbers: round it, or count in parts of a unit with @scaled"),
    (adding(f"{AMOUNT} * 1.5", by="@scaled"),
     "Added.each adds Float64, not whole numbers: round it, or count in parts of a unit with @scaled"),
    (adding('nw.col("quantity")', by="@scaled"),
     f"Added.each reads a column that its rows lack; they have {COLUMNS}"),
    (adding(AMOUNT, unit="RATIO"), f"Added.each adds amount, which is ten-thousandths: {MEND}"),
    (adding('-nw.col("volume") * flag(~nw.col("sale"))', unit="RATE", below="added.sales()"),
     f"Added.each adds volume, which is ten-thousandths: {MEND}"),
    (OF_SELLERS, f"Added.each adds customer_volume, which is ten-thousandths: {MEND}"),
])
def test_a_measure_that_does_not_fit_its_rows_is_named(
    exports: Path, run: Callable[..., Run], text: str, said: str
) -> None:
    result = mlmkpi.compute(with_plugin(exports, text), kpis=["sales_volume", "own"], count=1)
    assert result.frame.select("kpi", "value").rows() == [("sales_volume", 27.5)]
    assert result.warnings == (f"plugin own_kpi.py left out: own: {said}",)
    where = str(exports)
    for command in ("compute", where, "--kpi", "own"), ("trace", "own", where), ("explain", "own", where):
        ended = run(*command)
        assert (ended.code, ended.out) == (4, "")
        assert ended.err.startswith(f"error: own of the plugin own_kpi.py failed ({said})\n")


def test_every_plugin_that_adds_fractions_is_named(exports: Path) -> None:
    text = adding(f"{AMOUNT} / 3", by="@scaled")
    with_plugin(exports, text)
    (exports / "other.py").write_text(text.replace("own", "other").replace("Added", "Halved"))
    (exports / "whole.py").write_text(EXAMPLE.read_text())
    (exports / "mlmkpi.toml").write_text('plugins = ["own_kpi.py", "other.py", "whole.py"]')
    result = mlmkpi.compute(exports, kpis=["own", "other", "net_order_value"], count=1)
    assert result.frame["kpi"].unique().to_list() == ["net_order_value"]
    assert sorted(line.split(" adds ")[0] for line in result.warnings) == [
        "plugin other.py left out: other: Halved.each", "plugin own_kpi.py left out: own: Added.each",
    ]


@pytest.mark.parametrize(("adds", "value"), [
    (f"{AMOUNT} > 0", 2.0), (f"flag({AMOUNT} >= 200_000)", 1.0), (f"({AMOUNT} > 0).cast(nw.Int32) * 3", 6.0),
    (f"nw.when({AMOUNT} > 0).then(nw.lit(1)).otherwise(nw.lit(0))", 2.0),
    (f"({AMOUNT} // 10_000).cast(nw.Int64)", 26.0),
])
def test_a_count_may_ask_what_the_amount_is(exports: Path, adds: str, value: float) -> None:
    result = mlmkpi.compute(with_plugin(exports, adding(adds, unit="COUNT")), kpis=["own"], count=1)
    assert (result.frame["value"].to_list(), result.warnings) == ([value], ())


@pytest.mark.parametrize(("text", "said"), [
    (adding(AMOUNT), "Added.each is a count, and the unit money: is @scaled meant above Added.each?"),
    (adding(AMOUNT, unit="RATE", below="added.sales_amount()"),
     "Added.each is a count and Added.sales_amount money or volume, of which there is no rate: "
     "is @scaled meant above Added.each?"),
    (adding(AMOUNT, by="@scaled", unit="RATE", below="added.sales()"),
     "Added.sales is a count and Added.each money or volume, of which there is no rate: is another unit meant?"),
    (adding(AMOUNT, by=""), "Added.each gives an expression: put @measure or @scaled above it"),
])
def test_a_measure_without_the_decorator_that_it_takes_is_named(exports: Path, text: str, said: str) -> None:
    result = mlmkpi.compute(with_plugin(exports, text), kpis=["sales_volume"], count=1)
    assert result.warnings == (f"plugin own_kpi.py left out: own: {said}",)


def test_an_interval_over_rows_of_two_facts_is_told(exports: Path) -> None:
    text = HEAD.replace("better=", "interval=Interval.LINEAR, better=").replace("Better, ", "Better, Interval, ")
    text = "from mlmkpi.facts.sellers import Sellers\n" + text
    text += "def own():\n    '''Ours.'''\n    rules = OrderRules()\n"
    text += "    return Ratio(Orders(rules).net_sales(), Sellers(rules).active())\n"
    result = mlmkpi.compute(with_plugin(exports, text), kpis=["sales_volume"], count=1)
    said = "Orders.net_sales and Sellers.active are of two facts, and an interval LINEAR is over the rows of one"
    assert result.warnings == (f"plugin own_kpi.py left out: own: {said}: leave it out",)


@pytest.mark.parametrize(("interval", "figure", "said"), [
    ("WILSON", "Ratio(orders.sales_amount(), orders.net_sales())",
     "Orders.sales_amount adds money or volume, and an interval WILSON is of a count: leave it out"),
    ("CLUSTERED", "Ratio(orders.customer_sales(), orders.sales())",
     "Orders.sales is over orders, and an interval CLUSTERED over people: WILSON is of a share of orders, LINEAR of a"
     " mean"),
    ("MONTHLY", "Ratio(orders.customer_sales(), orders.sales())",
     "Orders.sales is over orders, and an interval MONTHLY over people: WILSON is of a share of orders, LINEAR of a"
     " mean"),
])
def test_an_interval_that_a_figure_has_not_is_told(exports: Path, interval: str, figure: str, said: str) -> None:
    text = HEAD.replace("better=", f"interval=Interval.{interval}, better=").replace("Better, ", "Better, Interval, ")
    text = text.replace("Unit.MONEY", "Unit.RATE")
    text += f"def own():\n    '''Ours.'''\n    orders = Orders(OrderRules(), classed=True)\n    return {figure}\n"
    result = mlmkpi.compute(with_plugin(exports, text), kpis=["sales_volume"], count=1)
    assert result.warnings == (f"plugin own_kpi.py left out: own: {said}",)


@pytest.mark.parametrize("made", ["sum()", "max()", "min()", "mean().cast(nw.Int64)"])
def test_one_that_sums_by_itself_is_told(exports: Path, made: str) -> None:
    """Each of three orders would add the sum of all, 27.50, and so 82.50."""
    with_plugin(exports, adding(f"{AMOUNT}.{made}", by="@scaled"))
    result = mlmkpi.compute(exports, kpis=["sales_volume", "own"], count=1)
    said = "Added.each adds to each row what it makes of several: leave out the sum, mlmkpi takes it"
    assert result.warnings == (f"plugin own_kpi.py left out: own: {said}",)


def test_one_that_adds_the_same_for_every_row_is_fine(exports: Path) -> None:
    with_plugin(exports, adding("nw.lit(1)", unit="COUNT"))
    assert mlmkpi.compute(exports, kpis=["own"], count=1).frame["value"].to_list() == [3.0]


def test_one_that_does_not_fit_the_types_of_its_rows_is_named(exports: Path) -> None:
    """Without brackets `sale & amount` comes first."""
    with_plugin(exports, adding("flag(nw.col('sale') & nw.col('amount') > 3)", unit="COUNT"))
    result = mlmkpi.compute(exports, kpis=["sales_volume", "own"], count=1)
    said = "plugin own_kpi.py left out: own: Added.each does not fit the types of its rows: "
    assert [line.startswith(said) for line in result.warnings] == [True]


def test_volumes_of_sellers_are_asked_for_or_the_measure_is_refused(exports: Path) -> None:
    text = "from mlmkpi.facts.sellers import Sellers\n" + HEAD.replace("Unit.MONEY", "Unit.VOLUME")
    text += "def own():\n    '''Ours.'''\n    return Ratio(Sellers(OrderRules()).volume())\n"
    result = mlmkpi.compute(with_plugin(exports, text), kpis=["sales_volume"], count=1)
    said = "ValueError: Sellers has volumes with with_volume=True alone"
    assert result.warnings == (f"plugin own_kpi.py left out: {said}",)
    forget_plugins()
    with_plugin(exports, text.replace("OrderRules())", "OrderRules(), with_volume=True)"))
    assert mlmkpi.compute(exports, kpis=["own"], count=1).frame["value"].to_list() == [27.5]


def test_own_purchases_are_told_apart_or_the_measure_is_refused(exports: Path) -> None:
    """Of 10 by a customer and 20 for a distributor a customer's share is a third, not all or nothing."""
    (exports / "orders.csv").write_text(
        "order_id,ordered_on,amount,distributor_id,customer_id\n1,2026-10-01,10,D1,C1\n2,2026-10-31,20,D1,\n"
    )
    text = HEAD.replace("Unit.MONEY", "Unit.RATE") + "def own():\n    '''Ours.'''\n    orders = Orders(OrderRules())\n"
    text += "    return Ratio(orders.customer_net_sales(), orders.net_sales())\n"
    result = mlmkpi.compute(with_plugin(exports, text), kpis=["sales_volume"], count=1)
    said = "ValueError: Orders tells own purchases from customers' with classed=True alone"
    assert result.warnings == (f"plugin own_kpi.py left out: {said}",)
    forget_plugins()
    with_plugin(exports, text.replace("OrderRules())", "OrderRules(), classed=True)"))
    assert mlmkpi.compute(exports, kpis=["own"], count=1).frame["value"].to_list() == [10 / 30]


def test_facts_of_one_class_under_two_choices_are_two(exports: Path, run: Callable[..., Run]) -> None:
    """Net volumes are 7.25 and 20.25: two people have 5 and more, one has 10 and more, one 20; one person earned 8."""
    (exports / "distributors.csv").write_text("distributor_id,enrolled_on\nD1,2026-10-01\n")
    (exports / "commissions.csv").write_text("distributor_id,paid_on,amount\nD1,2026-10-05,8\n")
    text = "from mlmkpi.facts.incomes import Earners\nfrom mlmkpi.facts.sellers import Sellers\n"
    text += "from mlmkpi.parameters import PARAMETERS\nPARAMETERS['least'] = 'the least that counts'\n"
    text += HEAD.replace("@kpi(", "OWN = dict(").replace("Unit.MONEY", "Unit.COUNT")
    for base, column in ("Sellers", "volume"), ("Earners", "gross"):
        text += f"@dataclass(frozen=True)\nclass Own{base}({base}):\n    least: int = 5\n    @measure\n"
        text += f"    def enough(self):\n        return flag(nw.col('{column}') >= self.least * 10_000)\n"
    for name, fact in ("sold", "OwnSellers(OrderRules(), with_volume=True, "), ("earned", "OwnEarners("):
        for least in 5, 10:
            text += f"@kpi(**OWN)\ndef {name}_{least}(*, least: int = {least}):\n"
            text += f"    '''Ours.'''\n    return Ratio({fact}least=least).enough())\n"
    names = ["sold_5", "sold_10", "earned_5", "earned_10"]
    result = mlmkpi.compute(with_plugin(exports, text), kpis=names, count=1)
    assert result.frame.select("kpi", "value").rows() == list(zip(names, (2, 1, 1, 0), strict=True))
    explained = run("explain", "sold_10", str(exports)).out
    assert explained.startswith("Own, October 2026 = 1 ")
    assert re.findall(r"(least = \d+) +(\d)\n", explained) == [("least = 5", "2")]


@pytest.mark.parametrize("kpi", KPIS.values(), ids=list(KPIS))
def test_the_catalogue_mixes_no_counts_with_money(kpi: Kpi) -> None:
    figure = kpi.function()
    assert not isinstance(figure, Ratio) or mixed(kpi.unit, figure) is None
