"""One table of the exports: what columns it has, its typed rows, and what reading them brings up."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property, partial
from itertools import accumulate

import polars as pl

from mlmkpi.errors import DataError
from mlmkpi.settings import Settings
from mlmkpi.sources.evidence import pooled, unsettled
from mlmkpi.sources.findings import Finding
from mlmkpi.sources.frequencies import LEN, Codes
from mlmkpi.sources.mapping import Place, no_column, no_header, several_columns
from mlmkpi.sources.misfits import empty_cells, misfits
from mlmkpi.sources.part import ROW
from mlmkpi.sources.problems import (
    cell_finding,
    columns_in_some,
    first_refusal,
    ragged_finding,
    unreadable_column,
    unreadable_table,
)
from mlmkpi.sources.reader import BAD, FILE, Reader
from mlmkpi.sources.titles import titled
from mlmkpi.tables import Kind, Table


class Source:
    """A table of the exports; nothing but headers is read before it is prepared or scanned."""

    def __init__(self, table: Table, readers: Sequence[Reader], settings: Settings, place: Place) -> None:
        self.table = table
        self.files = tuple(reader.part.label for reader in readers)
        self.columns = frozenset(n for n in table.names if all(n in r.mapped.positions for r in readers))
        self.extra = tuple(h for h in readers[0].mapped.extra if all(r.mapped.of(h) for r in readers))
        self._readers = tuple(readers)
        self._overrides = settings.columns.get(table.name, {})
        self._place = place
        self._asked: frozenset[str] = frozenset()
        self._unsettled: dict[str, DataError] = {}

    @property
    def height(self) -> int:
        """How many rows the table has."""
        return sum(self._heights)

    @cached_property
    def _heights(self) -> list[int]:
        """How many rows each file has."""
        self.require()
        frames = [self._part(file, self.table.required, rows=False) for file in range(len(self._readers))]
        return [int(frame.select(pl.len()).collect(engine="streaming").item()) for frame in frames]

    def has(self, name: str) -> bool:
        """Whether every file has the column, canonical or the export's own."""
        return name in self.columns or all(reader.mapped.of(name) for reader in self._readers)

    def prepare(self, columns: Iterable[str]) -> None:
        """Parse now, in one go, what is text among these columns; what cannot be read is refused by scan."""
        self.refusals(columns)

    def require(self) -> None:
        """Raise DataError where a column that the table cannot do without is missing or cannot be read."""
        for error in self.refusals(()).values():
            raise error

    def unfit(self) -> DataError | None:
        """Why the headers do not give a column that the table cannot do without; None where they give them all."""
        return next((error for name in self.table.required if (error := self._header_refusal(name)) is not None), None)

    def refusals(self, columns: Iterable[str]) -> dict[str, DataError]:
        """Of these columns and the required ones, those that cannot be read at all, each with the reason."""
        names = list(dict.fromkeys([*self.table.required, *columns]))
        refused = {name: error for name in names if (error := self._header_refusal(name)) is not None}
        self._parse({name for name in names if name not in refused and self.has(name)})
        return refused | {name: self._unsettled[name] for name in names if name in self._unsettled}

    def scan(
        self, columns: Iterable[str], *, rows: bool = False, verbatim: Collection[str] = (), watched: bool = False
    ) -> pl.LazyFrame:
        """Exactly these columns, typed, those that the export lacks left out; nothing is collected.

        ID String, or Int64 where every file holds whole numbers; DATE Int32 day numbers; MONEY Int64
        ten-thousandths; RATE Float64; INTEGER Int64; FLAG Boolean; CODE and TEXT String. Boolean `_bad` marks
        rows with a cell of these columns that does not fit, and is there where one can fail. With `watched`, whatever
        computes such a row raises MisfitError instead where cells have types of their own. `rows` adds `_file` (place
        in `files`) and `_row` (records counted from 1). White space round the cells of `verbatim` ids is left to the
        caller.

        Raises DataError where one of them, or a column that the table cannot do without, cannot be read.
        """
        names = [name for name in dict.fromkeys(columns) if self.has(name)]
        for error in self.refusals(names).values():
            raise error
        files = range(len(self._readers))
        frames = [self._part(file, names, rows=rows, verbatim=verbatim, watched=watched) for file in files]
        flagged = [BAD in frame.collect_schema() for frame in frames]
        if any(flagged):
            frames = [
                f if has else f.with_columns(pl.lit(False).alias(BAD))
                for f, has in zip(frames, flagged, strict=True)
            ]
        order = [*names, *[BAD] * any(flagged), *[FILE, ROW] * rows]
        return pl.concat([frame.select(order) for frame in frames], how="vertical")

    def head(self, columns: Iterable[str], count: int) -> pl.DataFrame:
        """The first cells of the columns in each file, as cleaned text; those that the headers do not give left out."""
        names = [name for name in columns if self._header_refusal(name) is None and self.has(name)]
        return pl.concat([reader.head(names, count) for reader in self._readers])

    def rows(self, columns: Iterable[str]) -> pl.LazyFrame:
        """As scan, with `_file` and `_row`."""
        return self.scan(columns, rows=True)

    def at(self, columns: Iterable[str], places: Iterable[int]) -> pl.DataFrame:
        """The rows that stand at these places of a scan, counted from 0, as `rows` has them."""
        names, ends, found = list(columns), list(accumulate(self._heights)), []
        for place in places:
            file = bisect_right(ends, place)
            row = self._part(file, names, rows=True, at=place - ends[file] + self._heights[file])
            found.append(row.select(*names, FILE, ROW).collect(engine="streaming"))
        return pl.concat(found)

    def codes(self, columns: Iterable[str]) -> dict[str, Mapping[str | None, int]]:
        """By column, its codes in order, empty last, with how many rows have each, counted at once or when asked for.

        Raises DataError where one of them, or a column that the table cannot do without, cannot be read.
        """
        names = list(columns)
        for error in self.refusals(names).values():
            raise error
        seen = [reader.sighted(names) for reader in self._readers]
        known = {name: [part[name] for part in seen] for name in names if all(name in part for part in seen)}
        found = self._counted([name for name in names if name not in known])
        return {
            name: Codes(_distinct(known[name]), partial(self._count, name)) if name in known else found[name]
            for name in names
        }

    def _counted(self, names: Sequence[str]) -> dict[str, dict[str | None, int]]:
        """By column, its codes in order with how many rows have each."""
        parts = [reader.codes(names) for reader in self._readers] if names else []
        return {name: _in_order(pl.concat([part[name] for part in parts])) for name in names}

    def _count(self, name: str) -> dict[str | None, int]:
        return self._counted([name])[name]

    def empties(self, columns: Sequence[str]) -> dict[str, int]:
        """By column, how many rows have nothing in it."""
        self.prepare(columns)
        counts = [empty_cells(reader, columns) for reader in self._readers]
        return {name: sum(count[name] for count in counts) for name in columns}

    def bad_cells(self, columns: Iterable[str]) -> list[Finding]:
        """The ragged records, and the cells of these columns that do not fit: a finding a column."""
        cells = self._cells(columns, rounded=False)
        ragged = ragged_finding(self.table, self._readers, self.height)
        return [ragged, *cells] if ragged else cells

    def findings(self, columns: Iterable[str], *, fit: bool = False) -> list[Finding]:
        """Everything that reading these columns brings up: unreadable, rounded, or not in every file.

        `fit`: no cell of them misfits, as is known already.
        """
        names = list(dict.fromkeys(columns))
        refused = self.refusals(names)
        if any(name in refused for name in self.table.required):
            return unreadable_table(self.table, refused)
        unreadable = [
            unreadable_column(self.table, name, error, self.height) for name, error in refused.items()
        ]
        bad = [] if fit else self.bad_cells(names)
        return [*unreadable, *bad, *self.rounded(names), *self.uneven(self.table.names)]

    def assumed(self, columns: Iterable[str]) -> list[Finding]:
        """What is read otherwise than one might think: cells of these columns rounded, a column left unread."""
        names = list(columns)
        return [*self.rounded(names), *self.uneven(names)]

    def rounded(self, columns: Iterable[str]) -> list[Finding]:
        """The cells of these columns that were rounded."""
        return self._cells(columns, rounded=True)

    def uneven(self, columns: Iterable[str]) -> list[Finding]:
        """Those of these columns that some files have and others not, so that they are left unread."""
        return columns_in_some(self.table, [(r.part.label, r.mapped) for r in self._readers], columns)

    def refuse_bad(self, columns: Iterable[str], *, skippable: bool = True) -> None:
        """Raise DataError for the first row that is ragged or has a cell of these columns that misfits.

        Its message proposes to leave such rows out where they are `skippable`.
        """
        error = first_refusal(self._readers, self._readable(columns), self._place.settings, skippable=skippable)
        if error is not None:
            raise error

    def _cells(self, columns: Iterable[str], *, rounded: bool) -> list[Finding]:
        names = self._readable(columns)
        if not rounded:
            odd = {name for reader in self._readers for name in misfits(reader, names)}
            names = [name for name in names if name in odd]
        found = (
            cell_finding(self.table, self._readers, name, self.height, self._place.settings, rounded=rounded)
            for name in names
        )
        return [finding for finding in found if finding is not None]

    def _readable(self, columns: Iterable[str]) -> list[str]:
        names = [name for name in dict.fromkeys(columns) if self.has(name)]
        refused = self.refusals(names)
        return [name for name in names if name not in refused]

    def _part(
        self, file: int, names: Sequence[str], *, rows: bool, verbatim: Collection[str] = (), at: int | None = None,
        watched: bool = False,
    ) -> pl.LazyFrame:
        """One file's rows, its ids as text where another file's are."""
        frame = self._readers[file].scan(names, rows=rows, verbatim=verbatim, at=at, watched=watched)
        ids = [name for name in names if self._readers[file].column(name).kind is Kind.ID]
        mixed = [name for name in ids if not all(reader.has_integer_ids(name) for reader in self._readers)]
        frame = frame.with_columns(pl.col(name).cast(pl.String) for name in mixed) if mixed else frame
        return frame.with_columns(pl.lit(file, dtype=pl.Int32).alias(FILE)) if rows else frame

    def _header_refusal(self, name: str) -> DataError | None:
        """Why the headers do not give the column; None where they do, or where nobody needs it."""
        for reader in self._readers:
            part, at = reader.part, reader.mapped.of(name)
            if len(at) > 1:
                candidates = [part.headers[position] for position in at]
                return several_columns(part.label, candidates, self.table, name, self._place)
            if not at and part.below is not None and (name in self._overrides or name in self.table.required):
                return titled(part.label, part.below)
            if not at and name in self._overrides:
                return no_header(part.label, part.headers, name, self._overrides[name], self._place)
            if not at and name in self.table.required:
                return no_column(part.label, part.headers, reader.mapped, self.table, name, self._place)
            if at and not reader.is_text(name) and not reader.fits(name):
                return reader.unfit(name)
        return None

    def _parse(self, names: set[str]) -> None:
        """Make the typed copies of the files that need one for these columns."""
        self._asked |= names
        wanted = self._asked - self._unsettled.keys()
        readers = [r for r in self._readers if any(r.is_text(n) for n in names) and not r.holds(wanted)]
        for reader in readers:
            for name in reader.unsettled(wanted):
                self._settle(reader, name)
        for reader in readers:
            reader.parse(wanted - self._unsettled.keys())
            misread = reader.misread()
            for name in misread:
                self._settle(reader, name)
            if misread:
                reader.parse(wanted - self._unsettled.keys())

    def _settle(self, reader: Reader, name: str) -> None:
        """Settle how a column is written from all its cells, or else from those of all the files."""
        seen = reader.evidence(name)
        if reader.settle(name, seen):
            return
        everywhere = pooled([other.evidence(name) for other in self._readers if other.is_text(name)])
        if not reader.settle(name, everywhere):
            self._unsettled[name] = unsettled(
                reader.part.label, self.table.name, name, seen, self._place.settings,
                private=reader.column(name).is_private,
            )


def _distinct(parts: Sequence[pl.DataFrame]) -> list[str | None]:
    """The values of a column's parts in order, none last."""
    return pl.concat(parts).to_series().unique().sort(nulls_last=True).to_list()


def _in_order(counts: pl.DataFrame) -> dict[str | None, int]:
    """The counts of each code added up, by code."""
    name = counts.columns[0]
    return dict(counts.group_by(name).agg(pl.col(LEN).sum()).sort(name, nulls_last=True).iter_rows())
