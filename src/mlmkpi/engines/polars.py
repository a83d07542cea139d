"""The embedded engine: Polars, lazy and streaming, on ids turned into integers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import narwhals as nw
import polars as pl

from mlmkpi.engines import PERSON, Frame, adding, bits, full_join, histories, spreading
from mlmkpi.engines.codecs import Codecs
from mlmkpi.engines.counting import counted, has_repeats, least, tallied
from mlmkpi.engines.cutting import cut
from mlmkpi.engines.ids import MISS, HashedIds, UnparsedIdError
from mlmkpi.engines.lookup import at_places, looked_up, placed, with_columns_of
from mlmkpi.engines.polars_tables import Tables
from mlmkpi.engines.quantiles import order_statistics
from mlmkpi.errors import DataError
from mlmkpi.sources import Exports

KEY = "_key"
FEW = 50_000
"""Where no table that was read has more rows, the in-memory engine does a query before the streaming one is set up."""


class PolarsEngine:
    """Runs facts on Polars; `exact` starts with a dictionary of ids instead of parsing them."""

    name = "polars"
    in_parts = True
    at_hand = True

    def __init__(self, exports: Exports, *, bad_rows: str = "stop", exact: bool = False) -> None:
        self._codecs = Codecs(exports, exact=exact)
        self._tables = Tables(exports, self._codecs, bad_rows=bad_rows)

    @property
    def at_once(self) -> int:
        """Two where a table read so far is large: one's arrays are gone through while the other's queries run."""
        return 2 if self._tables.tallest > FEW else 1

    def columns(self, table: str) -> frozenset[str]:
        """The columns that the export's table has."""
        return self._tables.columns(table)

    def unfit(self, tables: Sequence[str]) -> list[DataError]:
        """By their headers."""
        return self._tables.unfit(tables)

    def prepare(self, columns: Mapping[str, Sequence[str]]) -> None:
        """Parse what is text among these columns; the codes of orders among them are counted in one pass."""
        self._tables.prepare(columns)

    def scan(self, table: str, columns: Sequence[str]) -> Frame:
        """Ids of people and orders as integers; UnparsedIdError and MisfitError come as `Tables.scan` says."""
        return nw.from_native(self._tables.scan(table, columns))

    def refuse_misfits(self) -> None:
        """Raise DataError for what raised MisfitError."""
        self._tables.refuse_misfits()

    def places(self, table: str, key: str, ids: pl.Series) -> pl.DataFrame:
        """By the rows of the table's files."""
        return self._tables.places(table, key, ids)

    def place(self, table: str, places: pl.Series) -> pl.DataFrame:
        """File and row of such numbers."""
        return self._tables.place(table, places)

    def skipped(self) -> dict[str, int]:
        """Rows left out by table."""
        return self._tables.skipped()

    def empties(self, columns: Mapping[str, Sequence[str]]) -> dict[tuple[str, str], int]:
        """By the cells of the table's files."""
        return self._tables.empties(columns)

    def remarks(self) -> list[str]:
        """Amounts that were rounded, and columns left unread."""
        return self._tables.remarks()

    def spellings(self, table: str, column: str) -> Mapping[str | None, int]:
        """The values that a code column holds, with their counts."""
        return self._tables.spellings(table, column)

    def labels(self, values: Sequence[str]) -> nw.dtypes.DType:
        """Grouped by their places among these."""
        return nw.Enum(list(dict.fromkeys(values)))

    def small(self, frame: pl.DataFrame) -> Frame:
        """The frame itself."""
        return nw.from_native(frame.lazy())

    def numbered(self, frame: Frame, column: str, ids: pl.Series, numbers: pl.Series) -> Frame:
        """By an array where the ids lie close together."""
        return nw.from_native(looked_up(nw.to_native(frame), column, ids, numbers))

    def directory(self, frame: Frame) -> Frame:
        """Collected, with texts as categories, which are grouped by their codes."""
        people = self.collect(frame).drop_nulls(PERSON)
        return self.small(people.with_columns(pl.selectors.string().cast(pl.Categorical)))

    def look_up(self, frame: Frame, column: str, directory: Frame, small: Mapping[str, int] | None = None) -> Frame:
        """By places in arrays where the ids lie close together."""
        if not small:
            return nw.from_native(with_columns_of(nw.to_native(frame), column, self.collect(directory), PERSON))
        keyed = directory.with_columns(_packed(PERSON, small).alias(KEY)).drop(PERSON, *small)
        rows = frame.with_columns(_packed(column, small).alias(KEY))
        return nw.from_native(with_columns_of(nw.to_native(rows), KEY, self.collect(keyed), KEY)).drop(KEY)

    def materialise(self, frame: Frame) -> Frame:
        """Collect the frame."""
        return self.small(self.collect(frame))

    def compact(self, frame: Frame, ids: Sequence[str] = ()) -> Frame:
        """With texts but those of ids as categories."""
        texts = pl.selectors.string() - pl.selectors.by_name(*ids)
        return self.materialise(nw.from_native(nw.to_native(frame).with_columns(texts.cast(pl.Categorical))))

    def keep(self, frame: Frame, columns: Sequence[str]) -> Frame:
        """The columns alone, without a copy."""
        return self.small(self.collect(frame.select(*columns)))

    def release(self, frame: Frame) -> None:
        """Nothing to do: the frame goes with its last reference."""

    def collect(self, frame: Frame) -> pl.DataFrame:
        """Run the frame, on the streaming engine where a table read so far is large."""
        engine = "in-memory" if self._tables.tallest <= FEW else "streaming"
        collected: pl.DataFrame = nw.to_native(frame).collect(engine=engine)
        return collected

    def concat(self, frames: Sequence[Frame]) -> Frame:
        """The frames below one another."""
        joined: Frame = nw.from_native(pl.concat([nw.to_native(frame) for frame in frames]))
        return joined

    def full_join(self, frames: Sequence[Frame], key: str) -> Frame:
        """In arrays where the ids lie close together."""
        found = full_join.laid([self.collect(frame) for frame in frames], key)
        return full_join.joined(frames, key) if found is None else nw.from_native(found)

    def spread(self, frame: Frame, spans: Sequence[tuple[int, Mapping[str, nw.Expr]]], *keep: str) -> list[Frame]:
        """A frame a span; where tables are small one of all."""
        if self.at_once > 1:
            return spreading.apart(frame, spans, keep)
        return [spreading.together(frame, spans, keep, self.collect)]

    def group(
        self, frame: Frame, unit: str, small: Mapping[str, int], other: Sequence[str], sums: Sequence[nw.Expr]
    ) -> Frame:
        """Group by one packed integer, which is twice as fast as by several columns."""
        grouped = frame.with_columns(_packed(unit, small).alias(KEY)).group_by(KEY, *other).agg(*sums)
        rest = nw.col(KEY)
        for name, size in reversed(list(small.items())):
            grouped = grouped.with_columns((rest % size).cast(nw.Int32).alias(name), (rest // size).alias(KEY))
        return grouped.with_columns(rest.cast(self._id_type).alias(unit)).drop(KEY)

    def histories(
        self, cells: Frame, other: Sequence[str], words: Sequence[str], latest: Mapping[str, int]
    ) -> Frame:
        """In arrays where the ids lie close together."""
        found = None if other else histories.laid(nw.to_native(cells), words, latest, self._codecs.people.dtype)
        return histories.grouped(self, cells, other, words, latest) if found is None else self.small(found)

    def add_up(
        self, frames: Sequence[Frame], members: pl.DataFrame, key: str, keys: int, other: Sequence[str],
        names: Sequence[str],
    ) -> pl.DataFrame:
        """In arrays; where there is no room frame by frame."""
        rows = [nw.to_native(frame) for frame in frames]
        found = adding.added(rows, adding.Groups.looked_up(members), key, keys, other, names)
        return adding.grouped(self, frames, members, key, keys, other, names) if found is None else found

    def tally(self, frame: Frame, unit: str, key: str, keys: int, name: str) -> Frame:
        """In an array where there is room."""
        rows = self.collect(frame.select(unit, key))
        found = tallied(rows, unit, key, name)
        if found is None:
            return self.group(self.small(rows), unit, {key: keys}, [], [nw.len().alias(name)])
        return self.small(found)

    def earliest(self, frame: Frame, unit: str, day: str) -> Frame:
        """In an array where the ids lie close together."""
        rows = self.collect(frame.select(unit, day))
        found = least(rows, unit, day)
        return self.small(rows).group_by(unit).agg(nw.col(day).min()) if found is None else self.small(found)

    def distinct(self, frame: Frame, keys: Sequence[str], unit: str, name: str) -> Frame:
        """Put in order where keys are labels and small counts."""
        return self.small(counted(nw.to_native(frame), keys, unit, name))

    def beside(self, lines: Frame, orders: Frame, key: str) -> Frame:
        """By places in arrays."""
        known = self.collect(orders)
        return nw.from_native(at_places(placed(nw.to_native(lines), key, known[key]), known.drop(key)))

    def cut(
        self, orders: Frame, lines: Frame, key: str, names: Sequence[str], sums: Sequence[str], *, whole: bool,
        merged: bool,
    ) -> Frame:
        """By places in arrays."""
        rows, known = nw.to_native(lines), nw.to_native(orders)
        return nw.from_native(cut(known, rows, key, names, sums, whole=whole, merged=merged))

    def has_repeats(self, frame: Frame, columns: Sequence[str]) -> bool:
        """By a bitmap where the key is an integer of a narrow range; UnparsedIdError where hashes may repeat."""
        found = has_repeats(self.collect(frame.select(*columns)), columns)
        if found and isinstance(self._codecs.orders, HashedIds) and any("order" in name for name in columns):
            raise UnparsedIdError
        return found

    def apart(self, one: Frame, column: str, two: Frame, other: str) -> bool:
        """Whether the two ranges of ids do not touch."""
        first = self.collect(one.select(nw.col(column).min().alias("low"), nw.col(column).max().alias("high"))).row(0)
        second = self.collect(two.select(nw.col(other).min().alias("low"), nw.col(other).max().alias("high"))).row(0)
        if None in first or None in second:
            return True
        return bool(first[1] < second[0] or second[1] < first[0])

    def encode(self, values: Sequence[str]) -> pl.Series:
        """Integers of the ids; null for an id that is not in the export."""
        ids = pl.Series("id", values, dtype=pl.String)
        rows = self._codecs.people.encoded(ids.to_frame().with_row_index("_at").lazy(), ["id"])
        coded = rows.sort("_at").collect()["id"]
        known = self._codecs.people.decode(coded.set(coded == MISS, None)) == ids
        return coded.set(~known.fill_null(False), None)

    def decode(self, values: pl.Series, column: str = "distributors.distributor_id") -> pl.Series:
        """The text of a column's ids, which may have been made labels."""
        codec = self._codecs.of(*column.split("."))
        if codec is None:
            return values.cast(pl.String)
        return codec.decode(values if values.dtype.is_integer() else values.cast(pl.String).cast(pl.Int64))

    def latest(self, day: nw.Expr, person: nw.Expr) -> nw.Expr:
        """Day and id in one integer, 0 for nobody."""
        return day.cast(nw.Int64) * histories.PEOPLE + (person.cast(nw.Int64) + 1).fill_null(0)

    def latest_person(self, packed: nw.Expr) -> nw.Expr:
        """The id in such an integer."""
        person = packed % histories.PEOPLE
        return nw.when(person > 0).then((person - 1).cast(self._id_type))

    def has_bits(self, word: nw.Expr, low: int, length: int) -> nw.Expr:
        """By a mask."""
        return bits.masked(word, low, length) > 0

    def has_two_bits(self, word: nw.Expr, low: int, length: int) -> nw.Expr:
        """By a mask."""
        return bits.two_masked(word, low, length)

    def quantiles(self, frame: Frame, keys: Sequence[str], value: str, points: Sequence[Fraction]) -> pl.DataFrame:
        """Order statistics by partition."""
        return order_statistics(self.collect(frame.select(*keys, value)), keys, value, points)

    @property
    def _id_type(self) -> Any:
        return nw.Int32 if self._codecs.people.dtype == pl.Int32 else nw.Int64


def _packed(unit: str, small: Mapping[str, int]) -> nw.Expr:
    packed = nw.col(unit).cast(nw.Int64)
    for name, size in small.items():
        packed = packed * size + nw.col(name).cast(nw.Int64)
    return packed
