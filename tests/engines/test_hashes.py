"""Hashes are found where they stand, however many of them begin alike."""

from __future__ import annotations

import polars as pl
import pytest

from mlmkpi.engines.hashes import Hashes

LAST = 2**64 - 1


def hashes(*numbers: int | None) -> pl.Series:
    return pl.Series(numbers, dtype=pl.UInt64)


@pytest.mark.parametrize(
    "known",
    [[], [5], [LAST], [1, LAST], [9, 7, 8], [3 << 61, 1, (3 << 61) + 2, 2, LAST - 1], [n**7 for n in range(1, 500)]],
)
def test_each_hash_is_found_at_its_place_and_no_other_is(known: list[int]) -> None:
    places = Hashes(hashes(*known)).places(hashes(*known, 6, 4 << 61, None)).tolist()
    assert places == [*(sorted(known).index(number) for number in known), *[len(known)] * 3]


def test_hashes_that_stand_twice_are_repeated_and_found_at_the_first() -> None:
    found = Hashes(hashes(9, 4, 9, 7, 4, 9))
    assert found.repeated.tolist() == [4, 9, 9]
    assert found.places(hashes(9, 4, 7)).tolist() == [3, 0, 2]
    assert Hashes(hashes(1, 2)).repeated.tolist() == []


def test_ten_thousand_ids_are_told_from_as_many_others() -> None:
    ids = pl.Series([f"D{number}" for number in range(20_000)]).hash()
    known = Hashes(ids[::2])
    assert (known.ordered[known.places(ids[::2])] == ids[::2].to_numpy()).all()
    assert (known.places(ids[1::2]) == 10_000).all()
