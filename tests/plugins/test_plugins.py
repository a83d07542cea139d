"""A company's own KPI has what the built-in ones have, and a bad one harms nobody."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from importlib.metadata import EntryPoint
from pathlib import Path

import polars as pl
import pytest

import mlmkpi
from cli.ended import Run
from mlmkpi.kpi import KPIS
from mlmkpi.pipeline import plugins
from mlmkpi.settings import Settings, load_settings

EXAMPLE = Path(__file__).parents[2] / "examples" / "own_kpi.py"
ORDERS = """\
order_id,ordered_on,amount,distributor_id,channel
A1,2026-10-01,10.50,D1,web
A2,2026-10-02,20.25,D2,shop
A3,2026-10-31,-3.25,D1,web
"""
HEAD = """\
from mlmkpi.facts.base import Measure
from mlmkpi.facts.orders import Orders
from mlmkpi.facts.rules import OrderRules
from mlmkpi.kpi import Better, Family, Ratio, Unit, kpi

@kpi(title="Own", short="Own", family=Family.SALES, unit=Unit.MONEY, better=Better.HIGHER)
"""


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    plugins.forget_plugins()
    yield
    plugins.forget_plugins()


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    (tmp_path / "orders.csv").write_text(ORDERS)
    shutil.copy(EXAMPLE, tmp_path)
    (tmp_path / "mlmkpi.toml").write_text('plugins = ["own_kpi.py"]\n')
    return tmp_path


def with_plugin(exports: Path, text: str) -> Path:
    """The exports with a plugin of that text instead."""
    (exports / "own_kpi.py").write_text(text)
    return exports


def test_the_example_is_computed_with_split_and_interval(exports: Path) -> None:
    frame = mlmkpi.compute(exports, kpis=["net_order_value"], count=1, by=["order.channel"]).frame
    assert frame.select("order.channel", "numerator", "denominator", "value").rows() == [
        ("shop", 20.25, 1.0, 20.25), ("web", 7.25, 1.0, 7.25)
    ]
    whole = mlmkpi.compute(exports, kpis=["net_order_value"], count=1).frame
    assert whole.select("numerator", "denominator", "value").row(0) == (27.5, 2.0, 13.75)
    assert whole["low"].null_count() == 0
    assert whole["definition"].to_list() == ["net_order_value(refunds=refund_date)"]


def test_its_parameters_are_set_as_any_others(exports: Path) -> None:
    settings = load_settings(exports / "mlmkpi.toml", None, exports)
    ignoring = settings.model_copy(update={"definitions": {"refunds": "ignore"}})
    ignoring._path = settings.path
    frame = mlmkpi.compute(exports, kpis=["net_order_value"], count=1, settings=ignoring).frame
    assert frame["value"].to_list() == [15.375]


def test_it_is_traced(exports: Path) -> None:
    found = mlmkpi.trace(exports, "net_order_value", period="2026-10")
    rows = found.frame.select("id", "row", "contribution").rows()
    assert rows == [("A1", 1, 10.5), ("A2", 2, 20.25), ("A3", 3, -3.25)]


def test_it_is_listed_and_explained(
    exports: Path, run: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(exports)
    assert "net_order_value" in [each["name"] for each in json.loads(run("kpis", "--format", "json").out)]
    assert "net sales ÷ the number of sales." in run("explain", "net_order_value").out
    assert "Net order value" in run("compute", ".", "--kpi", "net_order_value").out


@pytest.mark.parametrize(("text", "said"), [
    ("1 / 0\n", "ZeroDivisionError: division by zero (line 1)"),
    ("def (:\n", "SyntaxError"),
    ("", "it defines no KPI"),
    (HEAD + "def sales_volume():\n    '''Ours.'''\n    return Ratio(Orders(OrderRules()).net_sales())\n",
     "sales_volume: there is a KPI of that name already"),
    (HEAD + "def own():\n    return Ratio(Orders(OrderRules()).net_sales())\n", "own: it has no docstring"),
    (HEAD + "def own(*, own_way: int = 1):\n    '''Ours.'''\n    return Ratio(Orders(OrderRules()).net_sales())\n",
     "own: say what own_way changes"),
    (HEAD + "def own():\n    '''Ours.'''\n    return 3\n", "own: it gives no Ratio"),
    (HEAD + "def own():\n    '''Ours.'''\n    return Ratio(Measure(Orders(OrderRules()), 'nothing'))\n",
     "AttributeError"),
])
def test_a_bad_plugin_is_named_and_the_rest_runs(exports: Path, text: str, said: str) -> None:
    before = dict(KPIS)
    result = mlmkpi.compute(with_plugin(exports, text), kpis=["sales_volume"], count=1)
    assert result.frame["value"].to_list() == [27.5]
    assert len(result.warnings) == 1
    assert result.warnings[0].startswith("plugin own_kpi.py left out: ")
    assert said in result.warnings[0]
    assert before == KPIS


def test_a_file_that_is_not_there_is_named(exports: Path) -> None:
    (exports / "own_kpi.py").unlink()
    warnings = mlmkpi.compute(exports, kpis=["sales_volume"], count=1).warnings
    assert ["there is no file" in each for each in warnings] == [True]


FAILS = """\
from dataclasses import dataclass
from mlmkpi.facts.orders import Orders
from mlmkpi.facts.rules import OrderRules
from mlmkpi.kpi import Better, Family, Ratio, Unit, kpi

@dataclass(frozen=True)
class Broken(Orders):
    def rows(self, books, dimensions, at):
        raise KeyError("gone")

@kpi(title="Own", short="Own", family=Family.SALES, unit=Unit.MONEY, better=Better.HIGHER)
def own():
    '''Ours.'''
    return Ratio(Broken(OrderRules()).net_sales())
"""


def test_one_that_fails_while_it_runs_is_left_out_of_the_run(exports: Path) -> None:
    result = mlmkpi.compute(with_plugin(exports, FAILS), kpis=["sales_volume", "own"], count=1)
    assert result.frame.select("kpi", "value").rows() == [("sales_volume", 27.5)]
    assert result.warnings == ("plugin own_kpi.py left out: own: KeyError",)


def test_one_that_fails_and_is_all_that_is_asked_for_is_named(exports: Path, run: Callable[..., Run]) -> None:
    ended = run("compute", str(with_plugin(exports, FAILS)), "--kpi", "own")
    assert (ended.code, ended.out) == (4, "")
    assert ended.err.startswith("error: own of the plugin own_kpi.py failed (KeyError)")


BY_NOTHING = """\
import narwhals as nw
from mlmkpi.facts.base import measure

@dataclass(frozen=True)
class Divided(Orders):
    @measure
    def each(self):
        return nw.col("amount") / 0

@kpi(title="Own", short="Own", family=Family.SALES, unit=Unit.MONEY, better=Better.HIGHER)
def own():
    '''Ours.'''
    return Ratio(Divided(OrderRules()).each())
"""


def test_one_that_divides_by_itself_is_left_out(exports: Path) -> None:
    """Measures are sums, not numbers; and what a row adds is a whole number, which nothing divided by 0 is."""
    measures = HEAD + "def own():\n    '''Ours.'''\n    o = Orders(OrderRules())\n"
    measures += "    return o.net_sales() / o.sales()\n"
    result = mlmkpi.compute(with_plugin(exports, measures), kpis=["sales_volume"], count=1)
    assert ["TypeError: unsupported operand" in line for line in result.warnings] == [True]
    plugins.forget_plugins()
    rows = FAILS[: FAILS.index("@dataclass")] + BY_NOTHING
    result = mlmkpi.compute(with_plugin(exports, rows), kpis=["sales_volume", "own"], count=1)
    assert result.frame.select("kpi", "value").rows() == [("sales_volume", 27.5)]
    assert [line.startswith("plugin own_kpi.py left out: own: ") for line in result.warnings] == [True]


@pytest.mark.parametrize("adds", ['nw.col("amount") / 3', 'nw.col("amount") * 1.5'])
def test_a_measure_that_adds_fractions_is_named(exports: Path, run: Callable[..., Run], adds: str) -> None:
    text = FAILS[: FAILS.index("@dataclass")] + BY_NOTHING.replace('nw.col("amount") / 0', adds)
    result = mlmkpi.compute(with_plugin(exports, text), kpis=["sales_volume", "own"], count=1)
    assert result.frame.select("kpi", "value").rows() == [("sales_volume", 27.5)]
    said = "Divided.each adds Float64, not whole numbers: round it, or count in parts of a unit with @scaled"
    assert result.warnings == (f"plugin own_kpi.py left out: own: {said}",)
    ended = run("compute", str(exports), "--kpi", "own")
    assert ended.code == 4
    assert ended.err.startswith(f"error: own of the plugin own_kpi.py failed ({said})")


def test_every_plugin_that_adds_fractions_is_named(exports: Path) -> None:
    text = FAILS[: FAILS.index("@dataclass")] + BY_NOTHING.replace("/ 0", "/ 3")
    other = text.replace("own", "other").replace("Divided", "Halved")
    (exports / "other.py").write_text(other)
    with_plugin(exports, text)
    (exports / "whole.py").write_text(EXAMPLE.read_text())
    (exports / "mlmkpi.toml").write_text('plugins = ["own_kpi.py", "other.py", "whole.py"]')
    result = mlmkpi.compute(exports, kpis=["own", "other", "net_order_value"], count=1)
    assert result.frame["kpi"].unique().to_list() == ["net_order_value"]
    assert sorted(line.split(" adds ")[0] for line in result.warnings) == [
        "plugin other.py left out: other: Halved.each", "plugin own_kpi.py left out: own: Divided.each",
    ]


def test_flags_are_whole_numbers(exports: Path) -> None:
    text = FAILS[: FAILS.index("@dataclass")] + BY_NOTHING.replace('nw.col("amount") / 0', 'nw.col("amount") > 0')
    result = mlmkpi.compute(with_plugin(exports, text), kpis=["own"], count=1)
    assert (result.frame["value"].to_list(), result.warnings) == ([2.0], ())


def test_the_error_about_a_kpi_says_which_plugin_was_left_out(exports: Path, run: Callable[..., Run]) -> None:
    (exports / "own_kpi.py").rename(exports / "other.py")
    ended = run("compute", str(exports), "--kpi", "net_order_value")
    assert ended.code == 2
    assert "there is no KPI net_order_value" in ended.err
    assert "plugin own_kpi.py left out: FileNotFoundError" in ended.err


def test_plugins_under_a_section_are_told(exports: Path, run: Callable[..., Run]) -> None:
    (exports / "mlmkpi.toml").write_text('[definitions]\nrefunds = "ignore"\nplugins = ["own_kpi.py"]\n')
    ended = run("compute", str(exports), "--kpi", "net_order_value")
    assert ended.code == 2
    assert "plugins stands under [definitions]\n  fix  put the line above the first [section]" in ended.err


def test_the_plugin_itself_is_no_file_left_unread(exports: Path) -> None:
    assert not [hint for hint in mlmkpi.compute(exports, kpis=["net_order_value"]).hints if "unread" in hint]


def test_a_package_declares_its_own(exports: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(exports))
    entry = EntryPoint("own", "own_kpi", plugins.GROUP)
    monkeypatch.setattr(plugins, "entry_points", lambda group: [entry] if group == plugins.GROUP else [])
    result = mlmkpi.compute({"orders": pl.read_csv(exports / "orders.csv")}, kpis=["net_order_value"], count=1,
                            settings=Settings())
    assert result.frame["value"].to_list() == [13.75]


def test_the_documentation_is_code_that_runs(exports: Path) -> None:
    page = (EXAMPLE.parents[1] / "docs" / "adding-a-kpi.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    (exports / "orders.csv").write_text(ORDERS + "A4,2026-10-31,200,D1,web\n")
    frame = mlmkpi.compute(with_plugin(exports, "\n".join(blocks)), kpis=["large_order_share"], count=1).frame
    assert frame.select("numerator", "denominator").rows() == [(1.0, 3.0)]
    changed = Settings.model_validate({"definitions": {"large_from": 20}, "plugins": [str(exports / "own_kpi.py")]})
    frame = mlmkpi.compute(exports, kpis=["large_order_share"], count=1, settings=changed).frame
    assert frame["numerator"].to_list() == [2.0]
