"""Short ids read by their words have the numbers that are read from their texts, and no other text is taken for one."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlmkpi.engines.digits import TOGETHER, Digits
from mlmkpi.engines.ids import Shape

SHAPES = st.builds(Shape, st.text("ABö- €", max_size=6), st.integers(1, 15))
SIGNS = "/:0a ٣\0+-_."


def digits(shape: Shape, offset: int) -> Digits:
    """The reader, with the narrowest integers that hold every number."""
    return Digits(shape, offset, pl.Int32 if 10**shape.digits + offset < 2**31 else pl.Int64)


def texts(shape: Shape) -> st.SearchStrategy[list[str | None]]:
    """Ids of the shape, and none."""
    ids = st.integers(0, 10**shape.digits - 1).map(lambda number: f"{shape.prefix}{number:0{shape.digits}}")
    return st.lists(st.none() | ids, max_size=6)


@given(shape=SHAPES, data=st.data())
def test_ids_are_their_numbers(shape: Shape, data: st.DataObject) -> None:
    ids = data.draw(texts(shape))
    for skipped in (0, 1):
        found = digits(shape, 5).numbers(pl.Series(ids, dtype=pl.String).slice(skipped))
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
    assert digits(shape, 0).numbers(pl.Series(ids, dtype=pl.String)) is None


@pytest.mark.parametrize("shape", [Shape("D", 7), Shape("", 3), Shape("order-", 9), Shape("a long prefix ", 2)])
def test_many_ids_are_read_in_turns(shape: Shape) -> None:
    """Some are missing, and one that does not fit is found wherever it stands."""
    numbers = [None if at % 7 == 3 else at * 37 % 10**shape.digits for at in range(2 * TOGETHER + 5)]
    ids = [None if number is None else f"{shape.prefix}{number:0{shape.digits}}" for number in numbers]
    found = digits(shape, 11).numbers(pl.Series(ids, dtype=pl.String))
    assert found is not None
    assert found.to_list() == [None if number is None else number + 11 for number in numbers]
    for at in (0, TOGETHER + 1, len(ids) - 1):
        spoiled = [*ids[:at], f"{shape.prefix}{'x' * shape.digits}", *ids[at + 1 :]]
        assert digits(shape, 11).numbers(pl.Series(spoiled, dtype=pl.String)) is None
