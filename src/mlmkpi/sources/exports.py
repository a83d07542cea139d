"""The exports as a whole: which tables there are, and the temporary files that reading them takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import narwhals as nw
import polars as pl
from polars.exceptions import PanicException, PolarsError

from mlmkpi.errors import DataError, UsageError
from mlmkpi.settings import FILE_NAME, Settings
from mlmkpi.sources.discovery import File, data_file, discover
from mlmkpi.sources.encoding import is_text, misnamed, no_parquet, pipe, unknown_type, unreadable
from mlmkpi.sources.guesses import meant
from mlmkpi.sources.mapping import Place, check_names, map_headers
from mlmkpi.sources.part import Part, native_part
from mlmkpi.sources.reader import Reader
from mlmkpi.sources.remote import download, is_remote
from mlmkpi.sources.source import Source
from mlmkpi.sources.text import text_part
from mlmkpi.sources.workspace import Workspace
from mlmkpi.spelling import nearest
from mlmkpi.tables import TABLES, Table


class Exports:
    """The tables that were found, and the folder they are in; a context manager that removes its temporary files.

    `leftover` are files that no table claims, `no_files` names of files under [input] that no table's file has.
    """

    def __init__(
        self, tables: dict[str, Source], leftover: tuple[str, ...], workspace: Workspace, root: Path | None = None,
        no_files: tuple[str, ...] = (),
    ) -> None:
        self.tables = tables
        self.leftover = leftover
        self.no_files = no_files
        self.root = root
        self._workspace = workspace

    @property
    def meant(self) -> dict[str, dict[str, str]]:
        """By table, headers that are not read and may be meant for a column that it lacks, and for which."""
        found = {name: meant(source.table, source.columns, source.extra) for name, source in self.tables.items()}
        return {name: headers for name, headers in found.items() if headers}

    def prepare(self, columns: Mapping[str, Iterable[str]]) -> None:
        """Parse, once for all later scans, the text among these columns of tables that were found."""
        for table, names in columns.items():
            if table in self.tables:
                self.tables[table].prepare(names)

    def close(self) -> None:
        """Remove the temporary files; frames scanned from text cannot be collected any more."""
        self._workspace.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_exports(exports: Path | str | Mapping[str, Any], settings: Settings) -> Exports:
    """Find the tables in a folder, file, glob or s3:// address, or take frames or paths by table name.

    Raises DataError where there is no table, a table in two forms, or a file that cannot be opened;
    SettingsError where the settings name tables or columns that there are none of.
    """
    check_exports(exports)
    check_names(settings)
    workspace = Workspace()
    try:
        if isinstance(exports, Mapping):
            return _from_mapping(exports, settings, workspace)
        found = discover(str(exports), settings)
        place = Place(str(settings.path or Path(found.root) / FILE_NAME))
        tables = {
            name: _source(
                TABLES[name],
                [_part(file, TABLES[name], settings, workspace) for file in files],
                settings,
                place,
                workspace,
            )
            for name, files in found.tables.items()
        }
        labels = {file.label for files in found.tables.values() for file in files}
        no_files = tuple(name for name in settings.input.names if "." in name and name not in labels)
        return Exports(tables, found.leftover, workspace, Path(found.root), no_files)
    except BaseException:
        workspace.close()
        raise


def check_exports(exports: object) -> None:
    """UsageError for another sort of exports, such as a frame without its table's name, which is not shown."""
    if not isinstance(exports, str | Path | Mapping):
        expected = 'a folder, a file, a glob, an s3:// address, or tables by name, such as {"orders": frame}'
        raise UsageError(f"exports is a {type(exports).__name__}", (("expected", expected),))
    if not isinstance(exports, Mapping):
        return
    if not exports:
        raise UsageError("there is no table", (("expected", 'tables by name, such as {"orders": frame}'),))
    for name in exports:
        if name not in TABLES:
            guess = nearest(str(name), list(TABLES))
            fix = (("fix", f"did you mean {guess}?"),) if guess else ()
            raise UsageError(f"there is no table {name}", (("expected", ", ".join(TABLES)), *fix))


def _from_mapping(frames: Mapping[str, Any], settings: Settings, workspace: Workspace) -> Exports:
    place = Place(str(settings.path or FILE_NAME))
    tables = {}
    for name in sorted(frames, key=list(TABLES).index):
        part = _given_part(name, frames[name], settings, workspace)
        tables[name] = _source(TABLES[name], [part], settings, place, workspace)
    return Exports(tables, (), workspace)


def _given_part(name: str, given: Any, settings: Settings, workspace: Workspace) -> Part:
    """A frame or a path that the caller gave for a table."""
    if isinstance(given, str | Path):
        file = data_file(str(given), str(given))
        if file is None or not (is_remote(file.path) or Path(file.path).is_file()):
            raise DataError(
                f"{given} is no data file",
                (("expected", f"a .csv, .tsv, .txt or .parquet file for {name}"),),
            )
        return _part(file, TABLES[name], settings, workspace)
    return native_part(f"the {name} frame", _lazy(name, given))


def _lazy(name: str, frame: Any) -> pl.LazyFrame:
    """Any frame that narwhals knows as a Polars one."""
    if isinstance(frame, pl.LazyFrame):
        return frame
    try:
        known = nw.from_native(frame)
    except TypeError:
        raise UsageError(
            f"{name} is no frame",
            (
                ("got", type(frame).__name__),
                ("expected", "a path, or a frame of Polars, pandas, PyArrow or DuckDB"),
            ),
        ) from None
    eager = known.collect() if isinstance(known, nw.LazyFrame) else known
    return eager.to_polars().lazy()


def _part(file: File, table: Table, settings: Settings, workspace: Workspace) -> Part:
    """A file, opened; DataError too where Polars could not take its name, or where it can be read but once."""
    if not is_text(file.path):
        raise misnamed(file.path)
    if not is_remote(file.path) and Path(file.path).is_fifo():
        raise pipe(file.label)
    if file.form == "parquet":
        try:
            scan = pl.scan_parquet(file.path, glob=False, hive_partitioning=False)
            return native_part(file.label, scan, parquet=True)
        except PolarsError as error:
            raise no_parquet(file.label, str(error).split("\n")[0]) from None
        except PanicException:
            raise unknown_type(file.label) from None
        except OSError as error:
            raise unreadable(file.label, str(error).split("\n")[0]) from None
    path = file.path
    if is_remote(path):
        here = workspace.path("".join(Path(path).suffixes[-2:]))
        download(path, here)
        path = str(here)
    options = settings.input.of(table.name, file.label)
    return text_part(path, file.label, table, options, workspace)


def _source(
    table: Table, parts: list[Part], settings: Settings, place: Place, workspace: Workspace
) -> Source:
    overrides = settings.columns.get(table.name, {})
    codes = {
        column: {
            spelling.strip().lower(): code for code, spellings in mapping.items() for spelling in spellings
        }
        for column, mapping in settings.codes.get(table.name, {}).items()
    }
    readers = [
        Reader(
            part,
            table,
            map_headers(part.headers, table, overrides),
            settings.input.of(table.name, part.label),
            codes,
            settings.timezone,
            workspace,
        )
        for part in parts
    ]
    return Source(table, readers, settings, place)
