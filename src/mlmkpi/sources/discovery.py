"""Which file is which table: by the files' names, or as [files] in the settings says."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from glob import has_magic
from pathlib import Path

from mlmkpi.errors import DataError, SettingsError, UsageError, written
from mlmkpi.settings import FILE_NAME, Settings
from mlmkpi.sources.encoding import pipe, unreadable
from mlmkpi.sources.remote import Remote, is_remote
from mlmkpi.spelling import nearest
from mlmkpi.tables import TABLES

_DATA = re.compile(
    r"(?P<stem>.+?)\.(?:(?P<text>csv|tsv|txt)(?:\.(?:gz|zst))?|(?P<parquet>parquet))", re.IGNORECASE
)
_BY_LENGTH = sorted(TABLES, key=len, reverse=True)


@dataclass(frozen=True)
class File:
    """A data file: where it is, what messages call it, and its form (csv, tsv, txt, parquet)."""

    path: str
    label: str
    form: str


@dataclass(frozen=True)
class Found:
    """The files of each table; `leftover` is what belongs to none; `root` is where the exports are."""

    root: str
    tables: dict[str, tuple[File, ...]]
    leftover: tuple[str, ...]


@dataclass(frozen=True)
class _Entry:
    """A file, or a folder of files, in the exports."""

    name: str
    files: tuple[File, ...]
    is_folder: bool

    @property
    def forms(self) -> set[str]:
        kind = "folder of " if self.is_folder else ""
        return {kind + file.form for file in self.files}


def discover(exports: str, settings: Settings) -> Found:
    """Find the tables in a folder, a single file, a glob or an s3:// address.

    Raises DataError where there is no table, or one in two forms; SettingsError where [files] names no table;
    UsageError for an empty text, as a script gives whose variable is not set.
    """
    if not exports:
        raise UsageError("EXPORTS is empty", (("fix", "name a folder, or leave it out for the working folder"),))
    try:
        root, entries = _remote_entries(exports) if is_remote(exports) else _local_entries(exports)
    except OSError as error:
        raise unreadable(str(error.filename or exports), error.strerror or str(error)) from None
    chosen = {table: _chosen(table, patterns, root) for table, patterns in file_settings(settings).items()}
    claimed = {_place(file.path) for files in chosen.values() for entry in files for file in entry.files}
    tables, leftover = dict(chosen), []
    for entry in entries:
        table = table_of(entry.name)
        if table and entry.files and table not in chosen:
            tables.setdefault(table, []).append(entry)
        elif not entry.is_folder and not any(_place(file.path) in claimed for file in entry.files):
            leftover.append(entry.name)
    found = {table: _one_form(table, parts) for table, parts in tables.items()}
    if not found:
        raise _nothing_found(exports, root, [e.name + "/" * e.is_folder for e in entries], settings)
    return Found(root, {name: found[name] for name in TABLES if name in found}, tuple(leftover))


def holds_a_table(folder: str, settings: Settings) -> bool:
    """Whether a folder has a file of a table, by its name or as [files] in the settings says."""
    try:
        return bool(discover(folder, settings).tables)
    except DataError:
        return any(entry.files and table_of(entry.name) for entry in _local_entries(folder)[1])


def table_of(name: str) -> str | None:
    """The table that a file or folder of that name holds; the longest table name wins.

    >>> table_of("order_lines-2026.csv"), table_of("Orders 2026.parquet"), table_of("orderly.csv")
    ('order_lines', 'orders', None)
    """
    match = _DATA.fullmatch(name)
    stem = (match["stem"] if match else name).lower()
    return next((t for t in _BY_LENGTH if stem == t or (stem.startswith(t) and stem[len(t)] in "_-. ")), None)


def stem_of(path: str) -> str:
    """A data file's path without what tells its form: two of one stem are one table written twice.

    >>> stem_of("orders/a.csv.gz"), stem_of("orders/a.parquet")
    ('orders/a', 'orders/a')
    """
    match = _DATA.fullmatch(path)
    return match["stem"] if match else path


def data_file(path: str, label: str) -> File | None:
    """The data file at a path, None where its name does not say that it is one."""
    match = _DATA.fullmatch(re.split(r"[/\\]", path)[-1])
    return File(path, label, (match["text"] or match["parquet"]).lower()) if match else None


def _local_entries(exports: str) -> tuple[str, list[_Entry]]:
    path = Path(exports)
    if path.is_dir():
        return exports, [_local_entry(child, path) for child in sorted(path.iterdir()) if _is_shown(child)]
    if path.is_file():
        return str(path.parent), [_local_entry(path, path.parent)]
    if has_magic(exports):
        fixed, found = _matching(path)
        return str(fixed), [_local_entry(each, fixed) for each in found]
    if path.is_fifo():
        raise pipe(exports)
    raise DataError(
        f"{exports} does not exist",
        (("expected", "a folder of exports, a file, a glob or an s3:// address"),),
    )


def _matching(pattern: Path) -> tuple[Path, list[Path]]:
    """The folder that a glob starts from, and what it matches there, hidden files left out."""
    parts = pattern.parts
    first = next(at for at, part in enumerate(parts) if has_magic(part))
    fixed = Path(*parts[:first])
    return fixed, sorted(path for path in fixed.glob(str(Path(*parts[first:]))) if not path.name.startswith("."))


def _is_shown(path: Path) -> bool:
    return not _is_hidden((path.name,)) and path.name != FILE_NAME


def _is_hidden(parts: Iterable[str]) -> bool:
    """Whether a file is hidden or Spark's own, or in a folder that is."""
    return any(part.startswith((".", "_")) for part in parts)


def _local_entry(path: Path, root: Path) -> _Entry:
    """A file, or the data files of a folder that is called as a table."""
    if path.is_dir():
        return _Entry(path.name, _inside(path, root) if table_of(path.name) else (), True)
    file = data_file(str(path), _label(path, root))
    return _Entry(path.name, (file,) if file else (), False)


def _inside(folder: Path, root: Path) -> tuple[File, ...]:
    """The data files at any depth of a folder; DataError where one of its folders may not be looked into."""
    found = []
    for at, folders, names in os.walk(folder, onerror=_refused):
        folders[:] = [name for name in folders if not _is_hidden((name,))]
        found += [Path(at, name) for name in names if not _is_hidden((name,))]
    files = (data_file(str(path), _label(path, root)) for path in sorted(found) if path.is_file())
    return tuple(file for file in files if file)


def _refused(error: OSError) -> None:
    raise unreadable(str(error.filename), error.strerror or str(error)) from None


def _label(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)


def _remote_entries(exports: str) -> tuple[str, list[_Entry]]:
    remote = Remote(exports)
    grouped: dict[str, list[File | None]] = {}
    for name in remote.names():
        top, *below = name.split("/")
        if _is_hidden((top, *below)) or top == FILE_NAME:
            continue
        grouped.setdefault(top + "/" * bool(below), []).append(data_file(remote.address(name), name))
    entries = [
        _Entry(top.rstrip("/"), tuple(file for file in files if file), top.endswith("/"))
        for top, files in grouped.items()
    ]
    return remote.root, entries


def file_settings(settings: Settings) -> dict[str, tuple[str, ...]]:
    """What [files] names by table; SettingsError where there is no such table, or no file."""
    where = settings.path or FILE_NAME
    for table, patterns in settings.files.items():
        if table not in TABLES:
            guess = nearest(table, list(TABLES))
            raise SettingsError(
                f"{where} names an unknown table in [files]: {table}",
                (("expected", ", ".join(TABLES)), *((("fix", f"did you mean {guess}?"),) if guess else ())),
            )
        if not patterns:
            raise SettingsError(
                f"{where} names no file in [files] for {table}", (("fix", "name one, or take the line out"),)
            )
    return settings.files


def _chosen(table: str, patterns: Iterable[str], root: str) -> list[_Entry]:
    """What [files] names for a table, from the exports' folder."""
    entries = []
    for pattern in patterns:
        if is_remote(pattern) or is_remote(root):
            address = pattern if is_remote(pattern) else f"{root.rstrip('/')}/{pattern}"
            matched = [entry for entry in _remote_entries(address)[1] if entry.files]
        else:
            full = Path(root) / pattern
            paths = _matching(full)[1] if has_magic(pattern) else [full]
            matched = [_named_entry(path, Path(root)) for path in paths if path.exists()]
        if not any(entry.files for entry in matched):
            raise DataError(
                f"no data file for {table}",
                (
                    ("expected", f"{pattern}, which [files] in the settings names"),
                    ("fix", "correct the name; data files end in .csv, .tsv, .txt or .parquet"),
                ),
            )
        entries += matched
    return entries


def _named_entry(path: Path, root: Path) -> _Entry:
    """A file, or the data files of a folder, whatever it is called."""
    return _Entry(path.name, _inside(path, root), True) if path.is_dir() else _local_entry(path, root)


def _one_form(table: str, entries: list[_Entry]) -> tuple[File, ...]:
    """The files of a table, refused where it comes in two forms."""
    seen: dict[str, str] = {}
    stems: dict[str, str] = {}
    for entry in entries:
        for form in sorted(entry.forms):
            seen.setdefault(form, entry.name + "/" * entry.is_folder)
        for file in entry.files:
            other = stems.setdefault(stem_of(file.label), file.label)
            if other != file.label:
                raise two_forms(table, other, file.label)
    if len(seen) > 1:
        (form, name), (other_form, other_name) = list(seen.items())[:2]
        raise two_forms(
            table,
            *((name, other_name) if name != other_name else (f"{name} ({form})", f"{name} ({other_form})")),
        )
    return tuple({_place(file.path): file for entry in entries for file in entry.files}.values())


def _place(path: str) -> str:
    """Where a file is, however it is named."""
    return path if is_remote(path) else os.path.realpath(path)


def two_forms(table: str, one: str, other: str) -> DataError:
    """A table that two files or folders hold, each in its own form."""
    first = "remove one, or name the right one:   "
    return DataError(
        f"{table} is there in two forms",
        (
            ("found", f"{one} and {other}"),
            ("expected", "one of them, or several files of one format"),
            ("fix", f'{first}[files]\n{"":{len(first)}}{table} = "{one.split(" (")[0]}"'),
        ),
    )


def _nothing_found(exports: str, root: str, names: list[str], settings: Settings) -> DataError:
    shown = ", ".join(names[:12]) + (f" and {len(names) - 12} more" if len(names) > 12 else "")
    data = [name for name in names if data_file(name, name)]
    example = next((name for name in data if not name.lower().endswith(".txt")), next(iter(data), "sales-2026.csv"))
    place = settings.path or Path(root) / FILE_NAME
    fix = written(f"name them in {place}", "[files]", f'orders = "{example}"')
    if other := [name for name in names if table_of(name) and name not in data and not name.endswith("/")]:
        fix = f"save {other[0]} as CSV or Parquet" if not data else f"{fix}\nor save {other[0]} as CSV or Parquet"
    return DataError(
        f"no table found in {exports}",
        (
            ("found", shown or "nothing"),
            ("expected", "files named as tables, such as orders.csv or distributors.parquet"),
            ("fix", fix),
        ),
    )
