"""Several small companies in one export, their ids told apart by a prefix."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mlmkpi.tables import TABLES, Kind
from oracle.companies import company

Tables = dict[str, list[dict[str, Any]]]


def packed(seeds: Sequence[int], features: Sequence[str] = ("duplicate_orders",)) -> Tables:
    """The tables of the companies below one another; what is no company's own (periods) stands once."""
    together: Tables = {}
    for seed in seeds:
        for table, rows in company(seed, features=features).tables.items():
            if "distributor_id" in TABLES[table].names or "customer_id" in TABLES[table].names or table == "events":
                together.setdefault(table, []).extend(_prefixed(table, row, f"{seed}-") for row in rows)
            else:
                together.setdefault(table, list(rows))
    return together


def _prefixed(table: str, row: dict[str, Any], prefix: str) -> dict[str, Any]:
    ids = {column.name for column in TABLES[table].columns if column.kind is Kind.ID}
    return {name: prefix + cell if name in ids and cell else cell for name, cell in row.items()}
