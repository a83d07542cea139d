"""Results made by hand to be looked at: a usual month, and a hard one."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import mlmkpi.kpis  # noqa: F401
from mlmkpi.kpi import KPIS as REGISTERED
from mlmkpi.kpi import Better, Family, Kpi
from mlmkpi.period import Calendar, Every, Period, choose_periods
from mlmkpi.pipeline.result import Result

GOLDEN = Path(__file__).parent / "golden"
FIGURES = ("numerator", "denominator", "value", "low", "high")
Steps = Sequence[float | None]
LACKING = ("it", "net_promoter_score", "lead_conversion_rate")


def a_kpi(title: str, short: str, family: str, better: str) -> Kpi:
    """A KPI of which renderers are told no more."""
    return replace(REGISTERED["new_signups"], title=title, short=short, family=Family(family), better=Better(better))


def a_result(frame: pl.DataFrame, *, as_of: date = date(2026, 10, 31), by: tuple[str, ...] = ()) -> Result:
    """The Result of a run by month, in which some KPIs are left out and some are null."""
    settings: dict[str, object] = {"lapse_after_days": 90, "currency": "USD"}
    return Result(
        frame, by, "month", as_of, settings, left_out={"other": "needs the leads export"},
        lacking=dict.fromkeys(LACKING, "needs the surveys export"),
    )


@dataclass(frozen=True)
class Example:
    """A Result with the definitions of its run."""

    result: Result
    kpis: dict[str, Kpi]


KPIS = {
    name: a_kpi(*rest)
    for name, *rest in (
        ("new_signups", "New sign-ups", "New sign-ups", "recruiting", "higher"),
        ("distributor_retention_rate", "Distributor retention", "Distributor retention", "recruiting",
         "higher"),
        ("churn_rate", "Churn", "Churn", "recruiting", "lower"),
        ("time_to_first_sale", "Time to first customer sale", "Time to first sale", "recruiting", "lower"),
        ("active_distributor_rate", "Active distributor rate", "Active distributors", "engagement", "higher"),
        ("sales_volume", "Company net sales", "Net sales", "sales", "higher"),
        ("personal_sales_volume", "Personal sales volume of active distributors", "Personal sales volume",
         "sales", "higher"),
        ("average_order_value", "Average order value", "Average order value", "sales", "higher"),
        ("customer_to_distributor_ratio", "Active customers for each active distributor",
         "Customers per distributor", "customers", "band"),
        ("customer_lifetime_value", "Customer lifetime value, next 12 months", "Customer lifetime value",
         "customers", "higher"),
        ("net_promoter_score", "Net promoter score", "Net promoter score", "customers", "higher"),
        ("lead_conversion_rate", "Lead conversion rate", "Lead conversion", "social", "higher"),
        ("retail_sales_share", "Retail sales share", "Retail sales share", "compliance", "higher"),
    )
}


@dataclass
class Book:
    """Writes the rows of a Result, one figure and its past at a time."""

    periods: Sequence[Period]
    as_of: date
    dimensions: tuple[str, ...] = ()
    rows: list[dict[str, object]] = field(default_factory=list)

    def add(
        self, kpi: str, unit: str, values: Steps, *, over: float | None = None, spread: float | None = None,
        statistic: str = "value", window: int = 0, notes: dict[int, str] | None = None,
        labels: dict[str, str] | None = None,
    ) -> None:
        """Values by period; `over` the denominator, `spread` half of the interval, `window` in days.

        Without `over` the value is a total; further statistics have no numerator.
        """
        past: list[float | None] = [None, *values]
        for at, (period, value) in enumerate(zip(self.periods, values, strict=True)):
            before = past[at]
            complete = (self.as_of - period.end).days >= window
            change = None if value is None or before is None or not complete else value - before
            low, high = (None, None) if value is None or spread is None else (value - spread, value + spread)
            self.rows.append({
                "kpi": kpi, "period": period.label, "period_start": period.start, "period_end": period.end,
                **{name: (labels or {}).get(name) for name in self.dimensions},
                "numerator": None if value is None or statistic != "value" else round(value * (over or 1)),
                "denominator": over, "value": value,
                "low": low, "high": high, "unit": unit, "previous": before, "change": change,
                "year_ago": None, "target": None, "status": "none", "complete": complete,
                "statistic": statistic, "definition": f"{kpi}()", "note": (notes or {}).get(at),
            })

    def frame(self) -> pl.DataFrame:
        """The Result's frame."""
        texts = ["kpi", "period", *self.dimensions, "unit", "status", "statistic", "definition", "note"]
        numbers = [*FIGURES, "previous", "change", "year_ago", "target"]
        schema = dict.fromkeys(texts, pl.String) | dict.fromkeys(numbers, pl.Float64)
        return pl.DataFrame(self.rows, schema_overrides=schema, infer_schema_length=None)


def months(as_of: date, count: int = 13) -> list[Period]:
    """The months of a run."""
    return choose_periods(Calendar(Every.MONTH), as_of, count=count)


def wave(first: float, *steps: float) -> list[float]:
    """A series from its first value and the steps between."""
    values: list[float] = [first]
    for step in steps:
        values.append(round(values[-1] + step, 6))
    return values


def usual(as_of: date = date(2026, 10, 31)) -> Example:
    """Thirteen months of a company that loses distributors while sales grow."""
    book = Book(months(as_of), as_of, ("tenure",))
    nothing: Steps = [None] * 13
    signups = [902, 915, 1080, 1151, 1033, 870, 802, 897, 1050, 1120, 1108, 1114, 1204]
    book.add("new_signups", "count", signups)
    kept = wave(.902, .001, -.004, .001, -.001, .003, -.004, -.003, -.001, -.002, -.001, -.016, -.013)
    lost = [1 - value for value in kept]
    book.add("distributor_retention_rate", "rate", kept, over=8310, spread=.0075)
    new = wave(.968, .001, -.002, .001, .001, -.001, .002, -.002, .001, 0, -.001, 0, .002)
    old = wave(.87, .002, -.004, .001, -.002, .004, -.006, -.004, -.001, -.005, -.002, -.011, -.019)
    young, long = {"tenure": "<90 days"}, {"tenure": ">=90 days"}
    book.add("distributor_retention_rate", "rate", new, over=2204, spread=.0071, labels=young)
    book.add("distributor_retention_rate", "rate", old, over=6106, spread=.0096, labels=long)
    book.add("churn_rate", "rate", lost, over=8310, spread=.0075)
    waits = [66, 67, 66, 68, 64, 64, 63, 62, 63, 61, 61, 62, 58]
    book.add("time_to_first_sale", "days", waits, over=1204, spread=7)
    within = wave(.31, .002, .001, .003, -.002, .004, .003, -.001, .002, .001, .002, .004, .012)
    book.add("time_to_first_sale", "rate", within, over=1204, statistic="within_30")
    book.add("active_distributor_rate", "rate", wave(.409, *[.002, -.001] * 6), over=11048, spread=.009)
    total = [911204.5, 930110, 1010400.25, 1288000.1, 1570220, 760300, 802450.9, 1001020, 1012100, 1098020.4,
             1125500, 1234913.3, 1284310.35]
    book.add("sales_volume", "USD", total)
    psv = wave(203.1, 4, 8, 22.5, 31, -80, 4, 12, 9, 3, 5.5, -2, 7.25)
    book.add("personal_sales_volume", "volume", psv, over=4530, spread=6.1)
    book.add("personal_sales_volume", "volume", [88.0] * 13, over=4530, statistic="median")
    book.add("personal_sales_volume", "volume", wave(512, *[3.5] * 12), over=4530, statistic="p90")
    value = wave(58.1, .2, .4, 1.2, 2, -1.5, -.8, -.9, .1, .3, .1, -.27, .31)
    book.add("average_order_value", "USD", value, over=21680, spread=.73)
    ratio = wave(1.1, .01, -.01, .02, -.01, 0, 0, .01, -.01, .01, -.01, 0, .01)
    book.add("customer_to_distributor_ratio", "ratio", ratio, over=4530)
    fit = "fitted for the last two months alone; --kpi customer_lifetime_value fits all"
    book.add("customer_lifetime_value", "USD", [*[None] * 11, 184.2, 186.95], over=30211,
             notes=dict.fromkeys(range(11), fit))
    needs = "needs the surveys export"
    book.add("net_promoter_score", "points", nothing, notes=dict.fromkeys(range(13), needs))
    leads = wave(.121, .002, .001, -.003, .004, .002, -.001, .001, .003, -.002, .004, .001, -.05)
    book.add("lead_conversion_rate", "rate", leads, over=2210, spread=.0135, window=30)
    start = "412 orders name a customer who is not in the customers export"
    share = wave(.711, *[.004, -.003] * 6)
    book.add("retail_sales_share", "rate", share, over=1284310, notes={12: start})
    return Example(a_result(book.frame(), as_of=as_of), KPIS)


def judged() -> Example:
    """The usual month beside the year before and against two targets."""
    example = usual()
    kpi, value = pl.col("kpi"), pl.col("value")
    target = pl.when(kpi == "sales_volume").then(1.2e6).when(kpi == "churn_rate").then(.12)
    met, missed, none = pl.lit("met"), pl.lit("missed"), pl.lit("none")
    status = pl.when(kpi == "sales_volume").then(met).when(kpi == "churn_rate").then(missed).otherwise(none)
    main = pl.col("statistic") == "value"
    frame = example.result.frame.with_columns(
        year_ago=value.shift(12).over("kpi", "tenure", "statistic"),
        target=pl.when(main).then(target.otherwise(None)),
        status=pl.when(main).then(status).otherwise(none),
    )
    return replace(example, result=replace(example.result, frame=frame))


def split() -> Example:
    """By market and channel: 24 combinations, tenure inside, wide letters, a KPI that cannot be split."""
    as_of = date(2026, 10, 31)
    book = Book(months(as_of), as_of, ("market", "order.channel", "tenure"))
    long = "a market with a name that goes on and on"
    markets = [*(f"M{number:02d}" for number in range(10)), "日本語の市場", long]
    for market in markets:
        for channel in ("shop", "(unknown)"):
            size = 1000.0 * (markets.index(market) + 1) + len(channel)
            labels = {"market": market, "order.channel": channel}
            book.add("sales_volume", "EUR", wave(size, *[size / 50] * 12), labels=labels)
    for market in markets[8:]:
        labels = {"market": market, "order.channel": "shop"}
        kept, new = wave(.8, *[-.01] * 12), wave(.9, *[0] * 12)
        book.add("distributor_retention_rate", "rate", kept, over=90, spread=.02, labels=labels)
        labels = {**labels, "tenure": "<90 days"}
        book.add("distributor_retention_rate", "rate", new, over=20, spread=.03, labels=labels)
    reason = "order.channel does not split people"
    book.add("churn_rate", "rate", [None] * 13, notes=dict.fromkeys(range(13), reason))
    names = ("sales_volume", "distributor_retention_rate", "churn_rate")
    result = a_result(book.frame(), by=("market", "order.channel"))
    return Example(result, {name: KPIS[name] for name in names})


def hard() -> Example:
    """What breaks outputs: formulas, pipes, quotes, line ends, terminal codes, wide letters, half a month."""
    as_of = date(2026, 10, 15)
    book = Book(months(as_of, 3), as_of, ("team",))
    kpis = {"margin": a_kpi("Margin | <b>all</b> of *it*", "Margin | <b>", "operations", "higher")}
    steering = {"team": "-1\r\nline two\x1b[31m"}
    formula = {"team": '=cmd|"/c calc"!A1'}
    book.add("margin", "EUR", [1 / 3, -1234.5, -98765432.1], over=3, spread=2000, labels=formula)
    book.add("margin", "EUR", [-0.0, 1e-7, 12], labels={"team": "@利益, 合計"})
    book.add("margin", "EUR", [None] * 3, labels=steering, notes={1: "no cost,\nno margin"})
    book.add("margin", "EUR", [1.5, 2, 2.25], over=4, labels={"team": "(unknown)"}, statistic="p90")
    return Example(a_result(book.frame(), by=("team",), as_of=as_of), kpis)


EXAMPLES: dict[str, Callable[[], Example]] = {
    "usual": usual, "provisional": lambda: usual(date(2026, 11, 15)),
    "judged": judged, "split": split, "hard": hard,
}


@pytest.fixture(params=EXAMPLES)
def any_example(request: pytest.FixtureRequest) -> Example:
    """Every example in turn."""
    return EXAMPLES[request.param]()


@pytest.fixture
def example() -> Callable[[str], Example]:
    """An example by its name."""
    return lambda name: EXAMPLES[name]()


@pytest.fixture
def one() -> Callable[..., Example]:
    """One KPI, called It: its unit, values by month up to October 2026, and what else `Book.add` takes."""

    def make(
        unit: str, values: Steps, *, as_of: date = date(2026, 10, 31), better: str = "higher", **more: Any
    ) -> Example:
        labels = more.get("labels", {})
        book = Book(months(as_of, len(values)), as_of, tuple(labels))
        book.add("it", unit, values, **more)
        result = a_result(book.frame(), as_of=as_of, by=tuple(labels))
        return Example(result, {"it": a_kpi("It", "It", "sales", better)})

    return make


@pytest.fixture
def golden() -> Callable[[str, str], None]:
    """Compares a text with a golden file, or rewrites the file under MLMKPI_GOLDEN=1 (`make golden`)."""

    def check(name: str, text: str) -> None:
        path = GOLDEN / name
        if os.environ.get("MLMKPI_GOLDEN") == "1":
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(text.encode())
        assert path.read_bytes().decode() == text

    return check
