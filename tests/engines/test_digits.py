"""Short ids read by their words have the numbers that are read from their texts, and no other text is taken for one."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from mlmkpi.engines.digits import Digits
from mlmkpi.engines.ids import Shape

SHAPES = st.builds(Shape, st.text("ABö- €", max_size=6), st.integers(1, 12)).filter(Digits.reads)
SIGNS = "/:0a ٣\0+-_."


def texts(shape: Shape) -> st.SearchStrategy[list[str | None]]:
    """Ids of the shape, and none."""
    ids = st.integers(0, 10**shape.digits - 1).map(lambda number: f"{shape.prefix}{number:0{shape.digits}}")
    return st.lists(st.none() | ids, max_size=6)


@given(shape=SHAPES, data=st.data())
def test_ids_are_their_numbers(shape: Shape, data: st.DataObject) -> None:
    ids = data.draw(texts(shape))
    for skipped in (0, 1):
        found = Digits(shape, 5).numbers(pl.Series(ids, dtype=pl.String).slice(skipped))
        assert found is not None
        wanted = [None if each is None else int(each.removeprefix(shape.prefix)) + 5 for each in ids[skipped:]]
        assert found.to_list() == wanted


@given(shape=SHAPES, data=st.data())
def test_a_text_of_another_shape_is_seen(shape: Shape, data: st.DataObject) -> None:
    like = shape.prefix + "1" * shape.digits
    at = data.draw(st.integers(0, len(like) - 1))
    spoiled = like[:at] + data.draw(st.sampled_from(SIGNS)) + like[at + 1 :]
    other = data.draw(st.sampled_from([spoiled, like + "1", like[:-1], like + " ", " " + like, "", like * 4]))
    is_one = len(other) == len(like) and other[: -shape.digits] == shape.prefix
    if is_one and other[-shape.digits :].isascii() and other[-shape.digits :].isdigit():
        return
    ids = [*data.draw(texts(shape)), other]
    assert Digits(shape, 0).numbers(pl.Series(ids, dtype=pl.String)) is None


def test_only_ids_that_stand_whole_beside_their_length_are_read() -> None:
    lengths = [digits for digits in range(1, 15) if Digits.reads(Shape("é", digits))]
    assert lengths == [2, 3, 4, 5, 6, 7, 8, 9, 10]
