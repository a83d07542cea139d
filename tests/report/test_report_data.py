"""The outputs for machines and for pages: JSON, CSV, Parquet, Markdown."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO, StringIO
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from mlmkpi.report.markdown import render_markdown
from mlmkpi.report.to_csv import render_csv
from mlmkpi.report.to_json import render_json
from mlmkpi.report.to_parquet import render_parquet, table_of

Make = Callable[..., Any]
Check = Callable[[str, str], None]


def with_value(example: Any, value: float | None) -> Any:
    frame = example.result.frame.with_columns(value=pl.lit(value, pl.Float64))
    return replace(example.result, frame=frame)


def test_the_hard_result_is_written_as_it_was(example: Make, golden: Check) -> None:
    hard = example("hard")
    golden("hard.json", render_json(hard.result))
    golden("hard.csv", render_csv(hard.result))
    golden("hard.md", render_markdown(hard.result, hard.kpis, exports="exports/"))


def test_the_usual_result_is_a_markdown_table(example: Make, golden: Check) -> None:
    usual = example("usual")
    golden("usual.md", render_markdown(usual.result, usual.kpis, exports="exports/"))


def test_json_reads_back_as_the_frame_in_its_order(any_example: Any) -> None:
    frame = any_example.result.frame
    rows = json.loads(render_json(any_example.result))
    assert [list(row) for row in rows] == [frame.columns] * frame.height
    dates = pl.col("period_start", "period_end").cast(pl.String)
    assert rows == frame.with_columns(dates).to_dicts()


@pytest.mark.parametrize("value", [None, float("nan"), float("inf"), float("-inf")])
def test_what_is_not_a_number_is_null_in_json_and_empty_in_csv(value: float | None, one: Make) -> None:
    result = with_value(one("ratio", [1]), value)
    assert '"value":null' in render_json(result)
    (row,) = csv.DictReader(StringIO(render_csv(result)))
    assert row["value"] == ""


@pytest.mark.parametrize("value", [0.1 + 0.2, 1 / 3, 1e-7, 1284310.35, -0.0131])
def test_floats_are_written_in_their_shortest_form_that_reads_back(value: float, one: Make) -> None:
    result = with_value(one("ratio", [1]), value)
    (written,) = json.loads(render_json(result), parse_float=str)
    (row,) = csv.DictReader(StringIO(render_csv(result)))
    assert written["value"] == row["value"]
    assert float(row["value"]) == value
    assert len(row["value"]) <= len(repr(value))


def test_no_rows_are_an_empty_array_and_a_bare_header(one: Make) -> None:
    result = one("count", [1]).result
    nothing = replace(result, frame=result.frame.clear())
    assert render_json(nothing) == "[]\n"
    assert render_csv(nothing) == ",".join(result.frame.columns) + "\r\n"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_text_that_a_spreadsheet_would_run_is_quoted_in_csv(text: str, one: Make) -> None:
    (row,) = csv.DictReader(StringIO(render_csv(one("count", [1], labels={"team": text}).result), newline=""))
    assert row["team"] == f"'{text}"


def test_negative_numbers_stay_numbers_in_csv(one: Make) -> None:
    (row,) = csv.DictReader(StringIO(render_csv(one("ratio", [-1.5]).result)))
    assert (row["value"], row["complete"], row["period_start"]) == ("-1.5", "true", "2026-10-01")


def test_csv_cells_survive_commas_quotes_and_line_ends(one: Make) -> None:
    text = 'a "b", c\r\nd'
    (row,) = csv.DictReader(StringIO(render_csv(one("count", [1], labels={"team": text}).result), newline=""))
    assert row["team"] == text


def test_parquet_reads_back_as_the_frame(any_example: Any) -> None:
    written = render_parquet(any_example.result, version="1.2.3")
    assert_frame_equal(pl.read_parquet(BytesIO(written)), any_example.result.frame)


def test_parquet_carries_version_definitions_and_settings(example: Make) -> None:
    metadata = pl.read_parquet_metadata(BytesIO(render_parquet(example("hard").result, version="1.2.3")))
    own = {key: value for key, value in metadata.items() if key.startswith("mlmkpi.")}
    assert own == {
        "mlmkpi.version": "1.2.3",
        "mlmkpi.definitions": '{"margin": "margin()"}',
        "mlmkpi.settings": '{"currency": "USD", "lapse_after_days": 90}',
    }


def test_parquet_of_the_same_result_is_the_same_bytes(any_example: Any) -> None:
    once, again = (render_parquet(any_example.result, version="1.2.3") for _ in range(2))
    assert once == again


def test_markdown_rows_have_as_many_cells_as_the_heading(any_example: Any) -> None:
    text = render_markdown(any_example.result, any_example.kpis, exports=None)
    rows = [each.replace("\\|", "") for each in text.splitlines() if each.startswith("|")]
    assert len({row.count("|") for row in rows}) == 1


def test_markdown_in_names_stays_text(one: Make) -> None:
    example = one("count", [1], labels={"team": "a|b *c* <d> [e](f)\n`g`"})
    text = render_markdown(example.result, example.kpis, exports=None)
    assert "| &emsp;a\\|b \\*c\\* \\<d\\> \\[e\\](f) \\`g\\` | 1 |" in text


def test_markdown_of_no_rows_is_a_heading(one: Make) -> None:
    example = one("count", [1])
    nothing = replace(example.result, frame=example.result.frame.clear())
    assert render_markdown(nothing, {}, exports=None) == "## No figures as of 31 Oct 2026\n"


def test_categories_are_arrows_dictionaries_of_the_texts_that_occur() -> None:
    labels = pl.Series(["other", "b", None, "a", "b"], dtype=pl.Categorical())
    columns = {"one": labels[1:2].new_from_index(0, 3), "some": labels[1:4], "none": labels[2:3].new_from_index(0, 3)}
    columns |= {"few": labels[2:5], "number": pl.Series([1.5, None, 2.0])}
    frame = pl.DataFrame(columns)
    table = table_of(frame)
    assert table.to_pydict() == frame.to_dict(as_series=False)
    texts = [table[name].chunk(0).dictionary.to_pylist() for name in ("one", "some", "none")]
    assert [sorted(each) for each in texts] == [["b"], ["a", "b"], []]
    assert table_of(frame.clear()).to_pydict() == {name: [] for name in frame.columns}
