"""A Result as the bytes of any output, by the output's name: the one door for whoever writes a file or a screen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlmkpi.errors import UsageError

if TYPE_CHECKING:
    from mlmkpi.kpi import Kpi
    from mlmkpi.pipeline.result import Result

FORMATS = ("table", "json", "csv", "parquet", "markdown")
FOR_PEOPLE = frozenset({"table", "markdown"})


@dataclass(frozen=True)
class Page:
    """What an output may need beside the Result: the screen it goes to, and what the run was called with.

    `width` and `colour` are the table's; `exports` names the folder, as a shell takes it, in the commands that a footer
    proposes; `version` is that of the mlmkpi that computed the Result; `top` and `sort` say which segments people are
    shown.
    """

    width: int = 80
    colour: bool = False
    exports: str | None = None
    version: str = ""
    top: int = 20
    sort: str = "size"


def render(result: Result, kpis: Mapping[str, Kpi], form: str, page: Page) -> bytes:
    """The Result in one of FORMATS, text as UTF-8; `kpis` are the definitions of the run by name.

    Raises UsageError for another format.
    """
    if form == "parquet":
        from mlmkpi.report.to_parquet import render_parquet

        return render_parquet(result, version=page.version)
    return _text(result, kpis, form, page).encode()


def _text(result: Result, kpis: Mapping[str, Kpi], form: str, page: Page) -> str:
    from mlmkpi.report.choose import Order

    order = Order(page.top, page.sort)
    if form == "table":
        from mlmkpi.report.table import render_table

        return render_table(
            result, kpis, width=page.width, colour=page.colour, exports=page.exports, order=order
        )
    if form == "markdown":
        from mlmkpi.report.markdown import render_markdown

        return render_markdown(result, kpis, exports=page.exports, order=order)
    if form == "json":
        from mlmkpi.report.to_json import render_json

        return render_json(result)
    if form == "csv":
        from mlmkpi.report.to_csv import render_csv

        return render_csv(result)
    raise UsageError(f"there is no format {form}", (("expected", ", ".join(FORMATS)),))
