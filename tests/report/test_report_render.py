"""One door for every output: the format's name gives the renderer's bytes."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from io import BytesIO
from typing import Any

import polars as pl
import pytest

from mlmkpi.errors import UsageError
from mlmkpi.report.markdown import render_markdown
from mlmkpi.report.render import FORMATS, Page, render
from mlmkpi.report.table import render_table
from mlmkpi.report.to_csv import render_csv
from mlmkpi.report.to_json import render_json

Make = Callable[..., Any]


def test_each_format_gives_its_renderers_bytes(example: Make) -> None:
    usual = example("usual")
    page = Page(width=100, colour=True, exports="exports/", version="1.2.3")
    text = {
        "table": render_table(usual.result, usual.kpis, width=100, colour=True, exports="exports/"),
        "markdown": render_markdown(usual.result, usual.kpis, exports="exports/"),
        "json": render_json(usual.result),
        "csv": render_csv(usual.result),
    }
    given = {form: render(usual.result, usual.kpis, form, page) for form in FORMATS}
    assert given.pop("parquet").startswith(b"PAR1")
    assert given == {form: each.encode() for form, each in text.items()}


def test_parquet_carries_the_version_that_is_given(example: Make) -> None:
    usual = example("usual")
    metadata = pl.read_parquet_metadata(BytesIO(render(usual.result, usual.kpis, "parquet", Page(version="1.2.3"))))
    assert metadata["mlmkpi.version"] == "1.2.3"
    assert json.loads(metadata["mlmkpi.definitions"])["churn_rate"] == "churn_rate()"
    assert json.loads(metadata["mlmkpi.settings"])["lapse_after_days"] == 90


def test_another_format_is_refused(example: Make) -> None:
    usual = example("usual")
    with pytest.raises(UsageError) as caught:
        render(usual.result, usual.kpis, "xlsx", Page())
    assert str(caught.value) == "there is no format xlsx\n  expected  table, json, csv, parquet, markdown"


def test_the_package_loads_neither_polars_nor_rich() -> None:
    code = "import sys, mlmkpi.report.render; print(sorted({'polars', 'rich'} & sys.modules.keys()))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"
