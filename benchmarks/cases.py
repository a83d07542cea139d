"""What is run, and which ratios of the runs are of interest."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from math import inf
from pathlib import Path

import mlmkpi.kpis  # noqa: F401
from benchmarks.process import HERE, Case
from benchmarks.teams import LAYOUTS, team_cases
from mlmkpi.kpi import KPIS as CATALOGUE
from mlmkpi.kpi import facts_of

KPIS = (
    "new_signups", "distributor_retention_rate", "active_distributor_rate", "churn_rate", "churn_terminated",
    "churn_lapsed", "personal_sales_volume", "average_order_value", "customer_to_distributor_ratio",
    "time_to_first_sale", "customer_retention_rate", "repeat_purchase_rate", "social_sales_share",
    "active_distributors", "active_customers", "sales_volume", "sales_per_active_distributor", "sponsor_rate",
    "retail_sales_share", "internal_consumption_share",
)
TEN_MORE = (
    "customers_lost", "sales_to_customers", "net_order_value", "sale_value", "customers_volume", "own_volume_share",
    "lapsed_of_lost", "terminated_of_lost", "kept_of_start", "repeated_of_bought",
)
"""Those of the plugin ten_more.py: what one costs is less than runs differ by."""
PLUGIN = Path(__file__).parent / "ten_more.toml"
OWN_SALES, MONTH = "personal_sales_volume", "2026-09"
_FACTS = {name: facts_of(kpi.function()) for name, kpi in CATALOGUE.items()}
_NEEDS = {name: [need for fact in facts for need in fact.needs()] for name, facts in _FACTS.items()}
OF_LINES = tuple(name for name, needs in _NEEDS.items() if any(need.startswith("order_lines.") for need in needs))
OF_THE_REST = tuple(name for name in CATALOGUE if name not in (*OF_LINES, "customer_lifetime_value"))


@dataclass(frozen=True)
class Limit:
    """How many seconds and MiB a case may take."""

    case: str
    seconds: float
    mib: float


@dataclass(frozen=True)
class Ratio:
    """How long `ours` may take beside the sum of `theirs`."""

    what: str
    ours: str
    theirs: tuple[str, ...]
    limit: float


@dataclass(frozen=True)
class Extra:
    """How many seconds `ours` may take more than `theirs`."""

    ours: str
    theirs: str
    limit: float


def ours(exports: str, *options: str, kpis: tuple[str, ...] = KPIS) -> tuple[str, ...]:
    """The command that computes the KPIs of 12 months."""
    return (HERE, "compute", exports, "--kpi", ",".join(kpis), "--last", "12", "--format", "json", *options)


def _rival(module: str, *arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", f"benchmarks.rivals.{module}", *arguments)


def cases(folder: Path, orders: int) -> list[Case]:
    """The runs on a large company, with numbers and words as ids, and on one of a tenth, as Parquet and CSV."""
    whole = str(folder / f"{orders}-whole")
    exports, words = str(folder / f"{orders}"), str(folder / f"{orders}-words")
    small, text = str(folder / f"{orders // 10}"), str(folder / f"{orders // 10}-csv")
    return [
        Case("mlmkpi", ours(exports)),
        Case("two group-bys", _rival("group_bys", exports), "every definition: status, kind, roster, states, id check"),
        Case("DuckDB SQL", _rival("sql", exports), "intervals, exact sums, previous and change, findings"),
        Case("mlmkpi, by market", ours(exports, "--by", "market")),
        Case("mlmkpi, order value alone", ours(exports, kpis=("average_order_value",))),
        Case("scan of its columns", _rival("scans", "order-values", exports), "median, interval, months, returns"),
        Case("mlmkpi, sign-ups alone", ours(exports, kpis=("new_signups",))),
        Case("mlmkpi, ten KPIs more", ours(exports, "--config", str(PLUGIN), kpis=(*KPIS, *TEN_MORE))),
        Case("mlmkpi, own sales alone", (HERE, "compute", whole, "--kpi", OWN_SALES)),
        Case("mlmkpi explain, own sales", (HERE, "explain", OWN_SALES, whole)),
        Case("mlmkpi trace, own sales", (HERE, "trace", OWN_SALES, whole, "--period", MONTH, "--format", "parquet")),
        Case("mlmkpi, the catalogue", ours(whole, kpis=OF_THE_REST)),
        Case("scan of the other tables", _rival("scans", "other-tables", whole), "all but each column's largest value"),
        Case("mlmkpi, order lines", ours(whole, kpis=OF_LINES)),
        Case("group-by of the lines", _rival("scans", "lines", whole), "categories, returns, costs, commissions, ids"),
        Case("lifetime value of 3 M customers", (sys.executable, "-m", "benchmarks.lifetimes", str(folder))),
        Case("mlmkpi validate", (HERE, "validate", exports)),
        Case("null counts", _rival("scans", "nulls", exports), "every rule"),
        Case("mlmkpi, ids that are words", ours(words)),
        Case("mlmkpi, a tenth", ours(small)),
        Case("pandas, a tenth", _rival("notebook", small), "what the SQL leaves out, and tenure"),
        Case("mlmkpi, a tenth from CSV", ours(text)),
        Case("DuckDB SQL, a tenth", _rival("sql", small), "as above"),
        Case("DuckDB reading that CSV", _rival("scans", "read-csv", text), "everything else"),
        *team_cases(exports, small, KPIS),
        Case("mlmkpi --help", (HERE, "--help")),
        Case("mlmkpi compute --help", (HERE, "compute", "--help")),
        Case("python -S -c pass", (sys.executable, "-S", "-c", "pass")),
    ]


EXTRAS = [
    Extra("mlmkpi explain, own sales", "mlmkpi, own sales alone", 2),
    Extra("mlmkpi trace, own sales", "mlmkpi, own sales alone", 2),
]
RATIOS = [
    Ratio("twenty KPIs beside the two group-bys", "mlmkpi", ("two group-bys",), 2.3),
    Ratio("twenty KPIs beside the SQL", "mlmkpi", ("DuckDB SQL",), 0.45),
    Ratio("a tenth of it beside pandas", "mlmkpi, a tenth", ("pandas, a tenth",), 1.0),
    Ratio("split by market beside the whole", "mlmkpi, by market", ("mlmkpi",), 1.5),
    Ratio("order value alone beside a scan of its columns", "mlmkpi, order value alone", ("scan of its columns",), 1.5),
    Ratio("ten KPIs more on facts that are there", "mlmkpi, ten KPIs more", ("mlmkpi",), 1.2),
    Ratio("the catalogue beside group-bys and scans", "mlmkpi, the catalogue",
          ("two group-bys", "scan of the other tables"), 3.0),
    Ratio("KPIs of order lines beside a group-by of them", "mlmkpi, order lines", ("group-by of the lines",), 2.0),
    Ratio("validate beside null counts", "mlmkpi validate", ("null counts",), 4.0),
    Ratio("ids that are words beside numbers", "mlmkpi, ids that are words", ("mlmkpi",), 3.3),
    Ratio("from CSV beside DuckDB's read and the SQL", "mlmkpi, a tenth from CSV",
          ("DuckDB reading that CSV", "DuckDB SQL, a tenth"), 2.0),
    Ratio("leaders of ten and more beside no split", "mlmkpi, leaders of ten and more", ("mlmkpi",), 1.6),
    Ratio("eight KPIs of every leader beside a recursive query", "mlmkpi, eight KPIs of every leader, a tenth",
          ("DuckDB, eight KPIs of every leader, a tenth",), 0.1),
    Ratio("--help beside a bare interpreter", "mlmkpi --help", ("python -S -c pass",), 12.0),
    Ratio("compute --help beside a bare interpreter", "mlmkpi compute --help", ("python -S -c pass",), 12.0),
]
LIMITS = [
    Limit("mlmkpi", inf, 1_434), Limit("mlmkpi, the catalogue", inf, 2_560),
    Limit("lifetime value of 3 M customers", 5, 1_024), *(Limit(name, 10, 1_024) for name in LAYOUTS),
    Limit("mlmkpi, every leader", inf, 3_072),
]
