"""A company's own KPI has what the built-in ones have, and a bad one harms nobody."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from enum import StrEnum
from importlib.metadata import EntryPoint
from pathlib import Path

import polars as pl
import pytest

import mlmkpi
from cli.ended import Run
from mlmkpi.kpi import KPIS, Better, Family, Interval, Unit
from mlmkpi.pipeline.plugins import GROUP
from mlmkpi.settings import Settings, load_settings
from plugins.own import EXAMPLE, HEAD, ORDERS, with_plugin

PAGE = (EXAMPLE.parents[1] / "docs" / "adding-a-kpi.md").read_text(encoding="utf-8")


def test_the_example_is_computed_with_split_and_interval(exports: Path) -> None:
    frame = mlmkpi.compute(exports, kpis=["net_order_value"], count=1, by=["order.channel"]).frame
    assert frame.select("order.channel", "numerator", "denominator", "value").rows() == [
        ("shop", 20.25, 1.0, 20.25), ("web", 7.25, 1.0, 7.25)
    ]
    whole = mlmkpi.compute(exports, kpis=["net_order_value"], count=1).frame
    assert whole.select("numerator", "denominator", "value").row(0) == (27.5, 2.0, 13.75)
    assert whole["low"].null_count() == 0
    assert whole["definition"].to_list() == ["net_order_value(refunds=refund_date, valid_status=[])"]


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
    assert "net_order_value" not in run("kpis").out
    assert "net_order_value" in [each["name"] for each in json.loads(run("kpis", str(exports), "--format", "json").out)]
    monkeypatch.chdir(exports)
    assert "net_order_value" in run("kpis").out
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
     "own: say what own_way changes: PARAMETERS[\"own_way\"] = \"…\""),
    (HEAD + "def own():\n    '''Ours.'''\n    return 3\n", "own: it gives no Ratio"),
    (HEAD + "def own():\n    '''Ours.'''\n    return Ratio(Measure(Orders(OrderRules()), 'nothing'))\n",
     "AttributeError"),
    ("import sys\nsys.exit(3)\n", "SystemExit: 3 (line 2)"),
    ("raise ValueError('one\\ntwo')\n", "ValueError: one (line 1)"),
    (HEAD + "def sales():\n    '''Ours.'''\n    return Ratio(Orders(OrderRules()).net_sales())\n",
     "sales: a family has that name"),
    (HEAD.replace("Unit.MONEY", "'money'") + "def own():\n    '''Ours.'''\n    return 3\n",
     "own: its unit is none of Unit, from mlmkpi.kpi"),
    (HEAD.replace('short="Own"', "short=3") + "def own():\n    '''Ours.'''\n    return 3\n",
     "own: its short is no text"),
    (HEAD + "def own(*, volume: int = 3):\n    '''Ours.'''\n    return Ratio(Orders(OrderRules()).net_sales())\n",
     "own: its volume takes a whole number from 0, other KPIs' qv, cv, amount: give it another name"),
    (HEAD + "def own():\n    '''Ours.'''\n    return Ratio(Orders(OrderRules()).net_sales)\n",
     "own: its Ratio takes measures, such as orders.sales()"),
])
def test_a_bad_plugin_is_named_and_the_rest_runs(exports: Path, text: str, said: str) -> None:
    before = dict(KPIS)
    result = mlmkpi.compute(with_plugin(exports, text), kpis=["sales_volume"], count=1)
    assert result.frame["value"].to_list() == [27.5]
    assert len(result.warnings) == 1
    assert result.warnings[0].startswith("plugin own_kpi.py left out: ")
    assert said in result.warnings[0]
    assert before == KPIS


def test_what_a_plugin_prints_is_no_data(exports: Path, run: Callable[..., Run]) -> None:
    text = "print('loaded')\n" + HEAD + "def own():\n    '''Ours.'''\n    print('called')\n"
    with_plugin(exports, text + "    return Ratio(Orders(OrderRules()).net_sales())\n")
    ended = run("compute", str(exports), "--kpi", "own", "--format", "json")
    assert [row["kpi"] for row in json.loads(ended.out)][-1:] == ["own"]
    assert ended.err.startswith("loaded\ncalled\n")


def test_a_file_that_is_not_there_is_named(exports: Path) -> None:
    (exports / "own_kpi.py").unlink()
    warnings = mlmkpi.compute(exports, kpis=["sales_volume"], count=1).warnings
    assert ["there is no file" in each for each in warnings] == [True]


FAILS = """\
from dataclasses import dataclass
from mlmkpi.facts.orders import Orders
from mlmkpi.books.rules import OrderRules
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


def test_one_that_fails_takes_no_other_with_it(exports: Path) -> None:
    """Which of a run's own KPIs fails is tried out, one at a time."""
    fine = """
@kpi(title="Fine", short="Fine", family=Family.SALES, unit=Unit.COUNT, better=Better.HIGHER)
def fine():
    '''Ours.'''
    return Ratio(Orders(OrderRules()).sales())
"""
    result = mlmkpi.compute(with_plugin(exports, FAILS + fine), kpis=["sales_volume", "own", "fine"], count=1)
    assert result.frame.select("kpi", "value").rows() == [("sales_volume", 27.5), ("fine", 2.0)]
    assert result.warnings == ("plugin own_kpi.py left out: own: KeyError",)


def test_one_that_fails_is_left_out_of_a_split_by_ids_too(exports: Path, run: Callable[..., Run]) -> None:
    """Whose rows are else written as they are made, so that nothing could be made anew."""
    asked = ("--kpi", "sales_volume,own", "--by", "order.order_id", "--format", "csv", "--last", "1")
    ended = run("compute", str(with_plugin(exports, FAILS)), *asked)
    assert ended.code == 0, ended.err
    assert "warning: plugin own_kpi.py left out: own: KeyError" in ended.err
    assert {row.split(",")[0] for row in ended.out.splitlines()[1:]} == {"sales_volume"}


def test_the_example_heeds_which_orders_count(exports: Path) -> None:
    """Of orders of 10 and 20 the second counts alone where the settings say so."""
    (exports / "orders.csv").write_text("order_id,ordered_on,amount,status\n1,2026-10-01,10,A\n2,2026-10-31,20,B\n")
    (exports / "mlmkpi.toml").write_text('plugins = ["own_kpi.py"]\n[definitions]\nvalid_status = "B"\n')
    assert mlmkpi.compute(exports, kpis=["net_order_value"], count=1).frame["value"].to_list() == [20.0]


def test_one_that_fails_and_is_all_that_is_asked_for_is_named(exports: Path, run: Callable[..., Run]) -> None:
    ended = run("compute", str(with_plugin(exports, FAILS)), "--kpi", "own")
    assert (ended.code, ended.out) == (4, "")
    assert ended.err.startswith("error: own of the plugin own_kpi.py failed (KeyError)")


def test_the_error_about_a_kpi_says_first_which_plugin_was_left_out(exports: Path, run: Callable[..., Run]) -> None:
    with_plugin(exports, HEAD + "def rate_of_churn():\n    return Ratio(Orders(OrderRules()).net_sales())\n")
    (exports / "mlmkpi.toml").write_text('plugins = ["own_kpi.py", "gone.py"]\n')
    ended = run("compute", str(exports), "--kpi", "rate_of_churn")
    assert (ended.code, ended.out) == (2, "")
    first, so, second, fix = ended.err.splitlines()
    assert first == "error: plugin own_kpi.py left out: rate_of_churn: it has no docstring"
    assert so == "  so   there is no KPI rate_of_churn"
    assert second.startswith("  and  plugin gone.py left out: FileNotFoundError")
    assert fix == "  fix  mend the plugin"


def test_explain_says_where_own_kpis_are_known(exports: Path, run: Callable[..., Run]) -> None:
    own = "own  give the exports, or --config: their settings name your own KPIs"
    assert own in run("explain", "net_order_value").err
    assert "net sales ÷" in run("explain", "net_order_value", str(exports)).out
    assert own not in run("explain", "net_order_valu", str(exports)).err


def test_plugins_under_a_section_are_told(exports: Path, run: Callable[..., Run]) -> None:
    (exports / "mlmkpi.toml").write_text('[definitions]\nrefunds = "ignore"\nplugins = ["own_kpi.py"]\n')
    ended = run("compute", str(exports), "--kpi", "net_order_value")
    assert ended.code == 2
    assert "plugins stands under [definitions]\n  fix  put the line above the first [section]" in ended.err


def test_a_plugin_is_no_file_left_unread_whatever_names_it(exports: Path) -> None:
    (exports / "more.txt").touch()
    for settings in (None, Settings()):
        hints = mlmkpi.compute(exports, kpis=["sales_volume"], settings=settings).hints
        assert [hint for hint in hints if "unread" in hint] == ["left unread, as no table is called so: more.txt"]


def test_a_package_declares_its_own(exports: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(exports))
    entry = EntryPoint("own", "own_kpi", GROUP)
    monkeypatch.setattr("mlmkpi.pipeline.plugins.entry_points", lambda group: [entry] if group == GROUP else [])
    result = mlmkpi.compute({"orders": pl.read_csv(exports / "orders.csv")}, kpis=["net_order_value"], count=1,
                            settings=Settings())
    assert result.frame["value"].to_list() == [13.75]


def test_installed_packages_are_asked_once_a_process(exports: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def packages(group: str) -> list[EntryPoint]:
        asked.append(group)
        return []

    monkeypatch.setattr("mlmkpi.pipeline.plugins.entry_points", packages)
    for _ in range(2):
        mlmkpi.compute(exports, kpis=["net_order_value"], count=1)
    assert asked == [GROUP]


def test_the_documentation_is_code_that_runs(exports: Path) -> None:
    blocks = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    (exports / "orders.csv").write_text(ORDERS + "A4,2026-10-31,200,D1,web\n")
    asked = ["refund_rate", "large_order_share"]
    frame = mlmkpi.compute(with_plugin(exports, "\n".join(blocks)), kpis=asked, count=1).frame
    assert frame.select("numerator", "denominator").rows() == [(3.25, 230.75), (1.0, 3.0)]
    changed = Settings.model_validate({"definitions": {"large_from": 20}, "plugins": [str(exports / "own_kpi.py")]})
    frame = mlmkpi.compute(exports, kpis=["large_order_share"], count=1, settings=changed).frame
    assert frame["numerator"].to_list() == [2.0]


@pytest.mark.parametrize("choices", [Family, Unit, Better, Interval], ids=lambda choices: choices.__name__)
def test_the_documentation_lists_every_choice(choices: type[StrEnum]) -> None:
    line = re.search(rf"^- `{choices.__name__}`, (.*?)(?=^- |^$)", PAGE, re.DOTALL | re.MULTILINE)
    assert line
    assert sorted(re.findall("`([A-Z]+)`", line[1])) == sorted(choices.__members__)


def test_nothing_is_left_beside_the_file(exports: Path) -> None:
    before = sorted(exports.rglob("*"))
    mlmkpi.compute(exports, kpis=["net_order_value"], count=1)
    assert sorted(exports.rglob("*")) == before


def test_a_plugin_that_is_left_out_has_a_line_of_its_own(exports: Path, run: Callable[..., Run]) -> None:
    """Validation, which looks at data alone, tells of the row without a day and not of the plugin."""
    header, *rows = ORDERS.splitlines()
    (exports / "orders.csv").write_text("\n".join([header, *rows, ",".join(["X", *[""] * header.count(",")]), ""]))
    (exports / "own_kpi.py").write_text("1 / 0\n")
    plugin, data, *_ = run("compute", str(exports), "--kpi", "sales_volume").err.splitlines()
    assert plugin == "warning: plugin own_kpi.py left out: ZeroDivisionError: division by zero (line 1)"
    assert data == f"warning: 1 order without a day or an amount left out · mlmkpi validate {exports}"
