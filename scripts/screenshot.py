"""Writes docs/screenshot.svg: what `mlmkpi compute` shows of some KPIs of the demo company, by a real run."""

from __future__ import annotations

import io
import re
import tempfile
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.text import Text

import mlmkpi
from mlmkpi.demo import write_demo
from mlmkpi.kpi import KPIS
from mlmkpi.report.render import Page, render

WIDTH = 84
SHOWN = [
    "new_signups", "distributor_retention_rate", "churn_rate", "churn_terminated", "churn_lapsed", "sponsor_rate",
    "time_to_first_sale", "sales_volume", "personal_sales_volume", "average_order_value", "retail_sales_share",
    "sales_per_active_distributor", "active_distributor_rate", "active_distributors", "active_customers",
    "customer_to_distributor_ratio", "customer_retention_rate", "repeat_purchase_rate", "social_sales_share",
]
"""As many as a page holds; the default set is twice as long."""
OUTPUT = Path(__file__).parent.parent / "docs" / "screenshot.svg"
LOCAL_FONTS = re.sub(r"@font-face \{\{.*?\}\}\s*", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)


def screenshot() -> str:
    """The table of the demo company as a terminal shows it; it loads no font from elsewhere."""
    with tempfile.TemporaryDirectory() as folder:
        write_demo(Path(folder))
        result = mlmkpi.compute(folder, kpis=SHOWN)
    kpis = {name: kpi for name, kpi in KPIS.items() if name in SHOWN}
    table = render(result, kpis, "table", Page(width=WIDTH, colour=True, exports="demo"))
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True)
    console.print(Text.from_ansi(table.decode()))
    return console.export_svg(title="mlmkpi compute demo --kpi …", code_format=LOCAL_FONTS, unique_id="mlmkpi")


if __name__ == "__main__":
    OUTPUT.write_text(screenshot(), encoding="utf-8")
