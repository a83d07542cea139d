"""Ids as integers: whatever the ids are, they come back as they were, in the order of their text."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mlmkpi
from mlmkpi.engines.ids import HashedIds, ParsedIds, Shape, dictionary

TEXTS = st.lists(st.text(min_size=1, max_size=6), min_size=1, max_size=30)


@given(st.lists(TEXTS, min_size=1, max_size=4))
@settings(max_examples=40)
def test_a_dictionary_ranks_every_id_of_its_columns_in_text_order(columns: list[list[str]]) -> None:
    codec = dictionary([pl.LazyFrame({"id": ids}) for ids in columns])
    known = sorted({text for ids in columns for text in ids}, key=lambda text: text.encode())
    asked = pl.LazyFrame({"at": range(len(known) + 1), "id": [*known, None]}, schema={"at": pl.Int64, "id": pl.String})
    coded = codec.encoded(asked, ["id"]).sort("at").collect()["id"]
    assert coded.to_list() == [*range(len(known)), None]
    assert codec.decode(coded).to_list() == [*known, None]


@given(TEXTS)
@settings(max_examples=40)
def test_hashed_ids_come_back_as_they_were(ids: list[str]) -> None:
    texts = pl.LazyFrame({"id": ids})
    codec = HashedIds(texts)
    coded = codec.encoded(texts, ["id"]).collect()["id"]
    assert coded.n_unique() == len(set(ids))
    assert codec.decode(coded).to_list() == ids


def test_a_sign_is_no_digit() -> None:
    codec = ParsedIds([Shape("D", 3)])
    ids = pl.Series("id", ["D012", "D+12", "D-12", "D 12", "E012", "D12", "", None])
    coded = ids.to_frame().select(codec.encode(pl.col("id")))["id"]
    assert coded.to_list() == [12, -1, -1, -1, -1, -1, None, None]


def orders(*rows: tuple[str, str, float, str | None]) -> pl.DataFrame:
    """`order_id`, its day, the amount, and which order it takes back."""
    return pl.DataFrame(
        [(order, date.fromisoformat(day), "d-ann", f"c-{order}", amount, back) for order, day, amount, back in rows],
        schema=["order_id", "ordered_on", "distributor_id", "customer_id", "amount", "original_order_id"], orient="row",
        infer_schema_length=None,
    )


def net_sales(table: pl.DataFrame) -> list[float]:
    result = mlmkpi.compute({"orders": table}, kpis=["sales_volume"], count=1)
    return result.frame.filter(pl.col("statistic") == "value")["value"].to_list()


def test_orders_called_by_words_are_told_apart_and_taken_back() -> None:
    table = orders(("web:a", "2026-10-02", 50.0, None), ("web:b", "2026-10-03", 30.0, None),
                   ("back:b", "2026-10-31", -10.0, "web:b"))
    assert net_sales(table) == [70.0]


def test_an_order_called_by_a_word_that_stands_twice_counts_once() -> None:
    table = orders(("web:a", "2026-10-02", 50.0, None), ("web:b", "2026-10-31", 30.0, None))
    assert net_sales(pl.concat([table, table.head(1)])) == [80.0]


@pytest.mark.parametrize("back", ["O0007", " O0007", "7th"])
def test_what_returns_take_back_is_found_where_hardly_an_order_is_a_return(back: str) -> None:
    # 1,200 orders of 2 each; of the eighth half a unit comes back, which the rows that ids are guessed from do not show
    sold = [(f"O{at:04}", "2026-10-02", 2.0, None) for at in range(1_200)]
    assert net_sales(orders(*sold, ("O1200", "2026-10-31", -0.5, back))) == [2_399.5]
