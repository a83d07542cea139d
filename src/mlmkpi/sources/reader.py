"""Reads one file of a table: lazily where its columns have types, by a typed copy where it is text."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import TypeVar

import polars as pl
from polars.exceptions import PolarsError

from mlmkpi.errors import DataError
from mlmkpi.settings import InputOptions
from mlmkpi.sources.cells import (
    SORTS,
    Cell,
    Style,
    any_bad,
    as_text,
    clean,
    is_styled,
    mapped,
    native_cell,
    rounded,
    stripped,
    text_value,
)
from mlmkpi.sources.evidence import Evidence, choose, look, of_plain, plain
from mlmkpi.sources.frequencies import counted, sighted
from mlmkpi.sources.mapping import Mapped
from mlmkpi.sources.mending import MENDS, mended, refusal
from mlmkpi.sources.parsed import OPEN, Parsed, inspected, raw
from mlmkpi.sources.part import ROW, Part, position_name
from mlmkpi.sources.ragged import is_open, uneven_records
from mlmkpi.sources.workspace import Workspace
from mlmkpi.tables import Column, Kind, Table

BAD = "_bad"
FILE = "_file"
_SAMPLE = 2_000

T = TypeVar("T")
Seek = Callable[[pl.LazyFrame, Sequence[str]], dict[str, pl.DataFrame]]


class Reader:
    """One part of a table, with what its columns mean and how its cells are written."""

    def __init__(
        self,
        part: Part,
        table: Table,
        mapped: Mapped,
        options: InputOptions,
        codes: Mapping[str, Mapping[str, str]],
        zone: str | None,
        workspace: Workspace,
    ) -> None:
        self.part = part
        self.mapped = mapped
        self.options = options
        self.parsed: Parsed | None = None
        self.misfit: dict[str, bool] = {}
        """Whether a column has a cell that does not fit, of those that were looked through."""
        self._table = table
        self._codes = codes
        self._zone = zone
        self._workspace = workspace
        self._neat: set[str] = set()
        """Columns of codes that were counted and need neither cleaning nor mapping."""
        self._styles: dict[str, Style] = {}
        self._evidence: dict[str, Evidence] = {}
        self._start: pl.DataFrame | None = None

    def cells(self, name: str) -> pl.Expr:
        """The column as the file has it."""
        return self.part.named(self._position(name))

    def column(self, name: str) -> Column:
        """The declaration of a column; one that the table does not declare is a code."""
        known = name in self._table.names
        return self._table.column(name) if known else Column(name, Kind.CODE, "a column of the export's own")

    def dtype(self, name: str) -> pl.DataType:
        """The type that the file gives the column."""
        return self.part.dtypes[self._position(name)]

    def is_text(self, name: str) -> bool:
        """Whether the column's cells must be made out from text."""
        kind = self.column(name).kind
        written = kind not in (Kind.ID, Kind.CODE, Kind.TEXT)
        return self.part.text or (written and self.dtype(name) in (pl.String, pl.Categorical, pl.Enum))

    def has_integer_ids(self, name: str) -> bool:
        """Whether the column's ids are integers in the file."""
        return not self.part.text and (self.dtype(name).is_numeric() or self.dtype(name) == pl.Null)

    def fits(self, name: str) -> bool:
        """Whether the type that the file gives the column can be what the column is."""
        return self._cell(name) is not None

    def holds(self, names: AbstractSet[str]) -> bool:
        """Whether the typed copy has these columns."""
        return self.parsed is not None and self.parsed.columns >= names

    def unsettled(self, names: Iterable[str]) -> list[str]:
        """Settle each column's style from its first cells; those that these leave open."""
        open_ = [
            n for n in names if is_styled(self.column(n).kind) and self.is_text(n) and n not in self._styles
        ]
        if not open_:
            return []
        head = self.head(open_, _SAMPLE)
        kinds = {name: self.column(name).kind for name in open_}
        at_sight = head.select(plain(pl.col(name), kind) for name, kind in kinds.items()).row(0, named=True)
        for name, kind in kinds.items():
            sure = at_sight[name] and self.part.delimiter != ";"
            seen = of_plain(kind) if sure else look(head.lazy(), pl.col(name), kind)
            style = choose(seen, self.options, self.part.delimiter, whole=False)
            if style is not None:
                self._styles[name] = style
        return [name for name in open_ if name not in self._styles]

    def head(self, names: Sequence[str], count: int) -> pl.DataFrame:
        """The columns' first cells as cleaned text, so many or fewer; a text's start is read once for all columns."""
        if not self.part.text:
            return self.run(lambda: self._texts(names).head(count).collect())
        if self._start is None:
            self._start = self.run(lambda: self.part.frame.head(_SAMPLE).collect())
        return self._start.head(count).select(self._text(name).alias(name) for name in names)

    def evidence(self, name: str) -> Evidence:
        """What all the column's cells say about its style."""
        if name not in self._evidence:
            kind = self.column(name).kind
            self._evidence[name] = self.run(lambda: look(self._texts([name]), pl.col(name), kind))
        return self._evidence[name]

    def settle(self, name: str, seen: Evidence) -> bool:
        """Choose the style that the evidence settles; whether it does."""
        style = choose(seen, self.options, self.part.delimiter, whole=True)
        if style is not None:
            self._styles[name] = style
        return style is not None

    def misread(self) -> list[str]:
        """Columns with cells that do not fit a style that only the first cells settled."""
        failed = self.parsed.failed if self.parsed else ()
        return [name for name in failed if name in self._styles and name not in self._evidence]

    def style(self, name: str) -> Style | None:
        """The column's style, where it is settled."""
        return self._styles.get(name)

    def parse(self, names: Iterable[str]) -> None:
        """Make the typed copy of these columns."""
        columns = sorted(names)
        if not columns:
            return
        copy = self.run(lambda: self._workspace.kept(self._typed(columns), self.part.size))
        parsed = inspected(copy, columns)
        if self.part.overflows or (parsed.has_open and len(self.part.headers) > 1):
            parsed = replace(parsed, uneven=self.run(lambda: uneven_records(self.part, self._workspace)))
        self.parsed, self._start = parsed, None

    def scan(
        self, names: Sequence[str], *, rows: bool, verbatim: Collection[str] = (), at: int | None = None,
        watched: bool = False,
    ) -> pl.LazyFrame:
        """The columns, typed, with `_bad`, for `rows` `_row`, text of `verbatim` as it is; or the row `at` a place.

        `watched`: MisfitError is raised instead of `_bad` where the file's cells have types of their own.
        """
        parsed = self.parsed if self.parsed is not None and self.parsed.columns.issuperset(names) else None
        frame = parsed.frame if parsed else self.part.frame
        frame = frame if at is None else frame.slice(at, 1)
        if parsed:
            bad, columns = parsed.bad(names), [pl.col(name) for name in names]
        else:
            cells = {name: self._verbatim(name) if name in verbatim else self.native(name) for name in names}
            cells = {name: cell.watched for name, cell in cells.items()} if watched else cells
            bad, columns = any_bad(cells.values()), [c.value.alias(n) for n, c in cells.items()]
            frame = frame.with_row_index(ROW, 1 + (at or 0)) if rows else frame
        columns += [bad.alias(BAD)] if bad is not None else []
        columns += [pl.col(ROW)] if rows else []
        return frame.select(columns)

    def _verbatim(self, name: str) -> Cell:
        """The column as the file has it where that is text, else as its kind."""
        is_text = self.dtype(name) == pl.String
        return Cell(self.cells(name)) if is_text else self.native(name)

    def has_rounded(self, name: str) -> bool:
        """Whether cells of the column can have been rounded: text is, and says so."""
        return self.parsed is not None and name in self.parsed.columns and self.column(name).kind is Kind.MONEY

    def codes(self, names: Sequence[str]) -> dict[str, pl.DataFrame]:
        """By column, its codes under the column's name, with `len`, how many records have each."""
        if self.parsed is not None and self.parsed.columns.issuperset(names):
            return counted(self.parsed.frame, names)
        return self._cleaned(names, counted)

    def sighted(self, names: Sequence[str]) -> dict[str, pl.DataFrame]:
        """The codes of those columns of a Parquet file that take no reading to know."""
        return self._cleaned(names, sighted) if self.part.parquet else {}

    def _cleaned(self, names: Sequence[str], seek: Seek) -> dict[str, pl.DataFrame]:
        """The cells that are found in columns as codes; a column that needs no cleaning or mapping is remembered."""
        ats, codes = {name: position_name(self._position(name)) for name in names}, {}
        found = seek(self.part.frame, list(dict.fromkeys(ats.values())))
        for name, texts in ((name, found[at]) for name, at in ats.items() if at in found):
            codes[name] = texts.select(self.native(name).value.alias(name), *texts.columns[1:])
            if self.dtype(name) == pl.String and codes[name][name].equals(texts.to_series()):
                self._neat.add(name)
        return codes

    def run(self, work: Callable[[], T]) -> T:
        """Do work that reads the file; where the text turns out otherwise than it began, mend it."""
        for _ in range(MENDS):
            try:
                return work()
            except (PolarsError, OSError) as error:
                self.part = mended(self.part, error, self.options.encoding, self._workspace)
        try:
            return work()
        except (PolarsError, OSError) as error:
            raise refusal(self.part, error) from error

    def native(self, name: str) -> Cell:
        """The column from a type of its own; DataError where the type cannot be that."""
        cell = self._cell(name)
        if cell is None:
            raise self.unfit(name)
        return cell.fit if self.misfit.get(name) is False else cell

    def unfit(self, name: str) -> DataError:
        """A column of a type that cannot be what the column is."""
        return DataError(
            f"{self.part.label}: {name} is not {SORTS[self.column(name).kind]}",
            (
                ("found", f"a column of type {self.dtype(name)}"),
                ("expected", f"{name}: {self.column(name).meaning}"),
                ("fix", "export it as another type"),
            ),
        )

    def _cell(self, name: str) -> Cell | None:
        kind = self.column(name).kind
        if name in self._neat:
            return Cell(self.cells(name))
        excel = self.options.date_format == "excel"
        cell = native_cell(self.cells(name), self.dtype(name), kind, self._zone, excel)
        if cell is None or kind is not Kind.CODE or name not in self._codes:
            return cell
        return Cell(mapped(cell.value, self._codes[name]), cell.bad)

    def _position(self, name: str) -> int:
        return self.mapped.of(name)[0]

    def _texts(self, names: Sequence[str]) -> pl.LazyFrame:
        """Columns as cleaned text, under their canonical names."""
        return self.part.frame.select(self._text(name).alias(name) for name in names)

    def _text(self, name: str) -> pl.Expr:
        text = self.cells(name).cast(pl.String)
        return mapped(stripped(text) if self.part.is_small else clean(text), self._codes.get(name, {}))

    def _typed(self, names: Sequence[str]) -> pl.LazyFrame:
        """The columns, typed, the text of their odd cells, the records' numbers, and which are open."""
        frame = self.part.frame if self.part.text else self.part.frame.with_row_index(ROW, 1)
        if self.part.text:
            blank = pl.all_horizontal(self.cells(name) == "" for name in names)
            frame = frame.filter(~blank)
        texts = [name for name in names if self.is_text(name)]
        natives = {name: self.native(name) for name in names if name not in texts}
        step = frame.select(
            ROW,
            *(self._text(name).alias(raw(name)) for name in texts),
            *(cell.value.alias(name) for name, cell in natives.items()),
            *(
                pl.when(cell.bad).then(as_text(self.cells(name), self.dtype(name))).alias(raw(name))
                for name, cell in natives.items()
                if cell.bad is not None
            ),
            *([is_open(self.part).alias(OPEN)] if self.part.text else []),
        )
        typed = step.with_columns(
            text_value(pl.col(raw(name)), self.column(name).kind, self._styles.get(name), self._zone).alias(
                name
            )
            for name in texts
        )
        return typed.with_columns(
            pl.when(self._odd(name)).then(pl.col(raw(name))).alias(raw(name)) for name in texts
        )

    def _odd(self, name: str) -> pl.Expr:
        """Where a cell's text is worth keeping: it does not fit, or was rounded."""
        odd = pl.col(name).is_null()
        if self.column(name).kind is Kind.MONEY:
            return odd | rounded(pl.col(raw(name)), self._styles.get(name))
        return odd
