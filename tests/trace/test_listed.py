"""The rows behind the products that sell best are those of products."""

from __future__ import annotations

import mlmkpi
from equal.compare import frames
from kpis.orders import table


def test_what_is_sold_of_no_known_product_is_behind_no_best_seller() -> None:
    """Of an order of 10, 7 is oil; the other of 20 has no lines."""
    tables = frames({
        "orders": table("order_id ordered_on amount", ("1", "10-01", 10), ("2", "10-02", 20)),
        "order_lines": table("order_id product_id quantity amount", ("1", "oil", 1, 7)),
    })
    found = mlmkpi.trace(tables, "best_sellers", period="2026-10")
    assert found.frame.select("order.product", "id", "contribution").rows() == [("oil", "1", 7)]
    assert found.total == found.figure == 7
