"""The embedded engine: Polars, lazy and streaming, on ids turned into integers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import narwhals as nw
import polars as pl

from mlmkpi.engines import PERSON, PLACE, Frame, adding, bits, histories, outer
from mlmkpi.engines.codecs import Codecs
from mlmkpi.engines.counting import counted, has_repeats, tallied
from mlmkpi.engines.cutting import cut
from mlmkpi.engines.ids import MISS, HashedIds, UnparsedIdError
from mlmkpi.engines.lookup import at_places, looked_up, placed, with_columns_of
from mlmkpi.engines.quantiles import order_statistics
from mlmkpi.sources import Exports
from mlmkpi.sources.part import ROW
from mlmkpi.sources.reader import BAD, FILE
from mlmkpi.tables import TABLES, Kind

ROOM = 2**40
KEY = "_key"
FEW = 50_000
"""Where no table that was read has more rows, the in-memory engine does a query before the streaming one is set up."""


class PolarsEngine:
    """Runs facts on Polars; `exact` starts with a dictionary of ids instead of parsing them."""

    name = "polars"
    in_parts = True
    at_hand = True

    def __init__(self, exports: Exports, *, bad_rows: str = "stop", exact: bool = False) -> None:
        self.exports = exports
        self.bad_rows = bad_rows
        self.exact = exact
        self._codecs = Codecs(exports, exact=exact)
        self._tallest = 0
        self._skipped: dict[str, int] = {}
        self._read: dict[str, set[str]] = {}
        self._prepared: Mapping[str, Sequence[str]] = {}
        self._spellings: dict[tuple[str, str], dict[str | None, int]] = {}

    def columns(self, table: str) -> frozenset[str]:
        """The columns that the export's table has."""
        source = self.exports.tables.get(table)
        return frozenset((*source.columns, *source.extra)) if source else frozenset()

    def prepare(self, columns: Mapping[str, Sequence[str]]) -> None:
        """Parse what is text among these columns; the codes of orders among them are counted in one pass."""
        self._prepared = columns
        self.exports.prepare(columns)

    def scan(self, table: str, columns: Sequence[str]) -> Frame:
        """The table's columns, ids of people and orders as integers; PLACE is where a row stands.

        Raises UnparsedIdError where one has another shape; of LARGE tables that is told where they are materialised.
        """
        if table == "orders":
            self._count(table, _order_codes(columns))
        frame = self._rows(table, columns, verbatim=self._codecs.parsing(table, columns))
        return nw.from_native(self._codecs.encoded(table, frame, columns))

    def _rows(self, table: str, columns: Sequence[str], *, verbatim: Sequence[str] = ()) -> pl.LazyFrame:
        """The source's rows; bad ones stop the run or are left out. White space round `verbatim` ids is kept."""
        source, names = self.exports.tables[table], [name for name in columns if name != PLACE]
        self._read.setdefault(table, set()).update(names)
        frame = source.scan(names, rows=PLACE in columns, verbatim=verbatim)
        self._tallest = max(self._tallest, source.height)
        if self.bad_rows == "stop" and BAD in frame.collect_schema():
            source.refuse_bad(names)
            frame = source.scan(names, rows=PLACE in columns, verbatim=verbatim).drop(BAD, strict=False)
        if PLACE in columns:
            place = pl.col(FILE).cast(pl.Int64) * ROOM + pl.col(ROW).cast(pl.Int64)
            frame = frame.with_columns(place.alias(PLACE)).drop(FILE, ROW)
        if BAD not in frame.collect_schema():
            return frame
        bad = int(frame.select(pl.col(BAD).sum()).collect(engine="streaming").item())
        self._skipped[table] = max(bad, self._skipped.get(table, 0))
        return frame.filter(~pl.col(BAD)).drop(BAD)

    def places(self, table: str, key: str) -> pl.LazyFrame | None:
        """The rows of the table's files by the ids in `key`."""
        source = self.exports.tables[table]
        files = dict(enumerate(source.files))
        return source.rows([key]).select(
            pl.col(key).cast(pl.String).alias("id"),
            pl.col(FILE).replace_strict(files, return_dtype=pl.String).alias("file"),
            pl.col(ROW).cast(pl.Int64).alias("row"),
        )

    def place(self, table: str, places: pl.Series) -> pl.DataFrame:
        """File and row of such numbers."""
        files = dict(enumerate(self.exports.tables[table].files))
        return places.to_frame("_").select(
            (pl.col("_") // ROOM).replace_strict(files, return_dtype=pl.String).alias("file"),
            (pl.col("_") % ROOM).alias("row"),
        )

    def skipped(self) -> dict[str, int]:
        """Rows left out by table."""
        return {table: count for table, count in self._skipped.items() if count}

    def remarks(self) -> list[str]:
        """Amounts that were rounded, and columns left unread."""
        return [
            f"{found.count:,} of {found.table}: {found.message}"
            for table, columns in self._read.items() for found in self.exports.tables[table].assumed(sorted(columns))
        ]

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

    def materialise(self, frame: Frame, ids: Sequence[str] = ()) -> Frame:
        """Collect the frame; raises UnparsedIdError where an id among these columns has another shape."""
        eager = self.collect(frame)
        if not self.exact and any(eager[name].min() == MISS for name in ids if eager.schema[name].is_integer()):
            raise UnparsedIdError
        return self.small(eager)

    def compact(self, frame: Frame, ids: Sequence[str] = ()) -> Frame:
        """With texts but those of ids as categories; raises UnparsedIdError as `materialise` does."""
        texts = pl.selectors.string() - pl.selectors.by_name(*ids)
        return self.materialise(nw.from_native(nw.to_native(frame).with_columns(texts.cast(pl.Categorical))), ids)

    def keep(self, frame: Frame, columns: Sequence[str]) -> Frame:
        """The columns alone, without a copy."""
        return self.small(self.collect(frame.select(*columns)))

    def release(self, frame: Frame) -> None:
        """Nothing to do: the frame goes with its last reference."""

    def collect(self, frame: Frame) -> pl.DataFrame:
        """Run the frame, on the streaming engine where a table read so far is large."""
        engine = "in-memory" if self._tallest <= FEW else "streaming"
        collected: pl.DataFrame = nw.to_native(frame).collect(engine=engine)
        return collected

    def concat(self, frames: Sequence[Frame]) -> Frame:
        """The frames below one another."""
        joined: Frame = nw.from_native(pl.concat([nw.to_native(frame) for frame in frames]))
        return joined

    def outer(self, frames: Sequence[Frame], key: str) -> Frame:
        """In arrays where the ids lie close together."""
        found = outer.laid([self.collect(frame) for frame in frames], key)
        return outer.joined(frames, key) if found is None else nw.from_native(found)

    def spread(self, frame: Frame, spans: Sequence[tuple[int, Mapping[str, nw.Expr]]], *keep: str) -> list[Frame]:
        """A frame a span."""
        frames, kept = [], pl.any_horizontal(*keep)
        for span, made in spans:
            rows = nw.to_native(frame.select("unit", *(expr.alias(name) for name, expr in made.items())))
            number = pl.lit(span, dtype=pl.Int32).alias("span")
            frames.append(nw.from_native(rows.filter(kept).with_columns(number)))
        return frames

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
        found = tallied(rows, unit, key, keys, name)
        if found is None:
            return self.group(self.small(rows), unit, {key: keys}, [], [nw.len().alias(name)])
        return self.small(found)

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

    def spellings(self, table: str, column: str) -> dict[str | None, int]:
        """The values that a code column holds, with their counts."""
        if (table, column) not in self._spellings:
            self._count(table, {column, *(_order_codes(self._prepared.get(table, ())) if table == "orders" else ())})
        return self._spellings[table, column]

    def _count(self, table: str, columns: Collection[str]) -> None:
        """Count the values of columns, in one pass; those that are written cleanly are then read as they are."""
        new = sorted(name for name in columns if (table, name) not in self._spellings)
        if new:
            self._spellings |= {(table, name): found for name, found in self.exports.tables[table].codes(new).items()}

    def encode(self, values: Sequence[str]) -> pl.Series:
        """Integers of the ids; null for an id that is not in the export."""
        ids = pl.Series("id", values, dtype=pl.String)
        rows = self._codecs.people.encoded(ids.to_frame().with_row_index("_at").lazy(), ["id"])
        coded = rows.sort("_at").collect()["id"]
        known = self._codecs.people.decode(coded.set(coded == MISS, None)) == ids
        return coded.set(~known.fill_null(False), None)

    def decode(self, values: pl.Series, column: str = "distributors.distributor_id") -> pl.Series:
        """The text of a column's ids."""
        codec = self._codecs.of(*column.split("."))
        return values.cast(pl.String) if codec is None else codec.decode(values)

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


def _order_codes(columns: Iterable[str]) -> set[str]:
    return {each.name for each in TABLES["orders"].columns if each.kind is Kind.CODE}.intersection(columns)
