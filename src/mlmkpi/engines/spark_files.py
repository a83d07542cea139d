"""Which file or folder is which table, as the Spark server sees them: it lists, this module sorts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from mlmkpi.errors import DataError
from mlmkpi.settings import FILE_NAME, Settings
from mlmkpi.sources.discovery import data_file, file_settings, stem_of, table_of, two_forms
from mlmkpi.tables import TABLES

MAGIC = "*?["
_SIGNS = re.compile(r"([\\*?\[\]{}])")
_SCHEME = re.compile(r"[a-z][a-z0-9+.\-]*:", re.IGNORECASE)
_NAME = re.compile(r"[\w`\-]+(\.[\w`\-]+){1,2}")
_READS = re.compile(r".+\.(csv(\.gz)?|parquet)", re.IGNORECASE)


@dataclass(frozen=True)
class Piece:
    """A file, a folder of files, or a catalogue table; `form` is csv, parquet or table.

    `nested`: its files lie in folders that are not named `column=value`; `files` are the addresses of a folder's or
    a file's, with what messages call them.
    """

    path: str
    label: str
    form: str
    nested: bool = False
    files: tuple[tuple[str, str], ...] = ()


def found_at(session: Any, root: str, settings: Settings) -> tuple[dict[str, tuple[Piece, ...]], tuple[str, ...]]:
    """The pieces of each table under the root, a folder, a file or a glob, and the files that belong to none.

    Raises DataError where there is nothing, a table in two forms, or a form that Spark does not read.
    """
    here = address(root)
    named = file_settings(settings)
    found = {table: _one_form(table, _chosen(session, patterns, here)) for table, patterns in named.items()}
    claimed = {piece.path for listed in found.values() for piece in listed}
    grouped: dict[str, list[Piece]] = {}
    leftover = []
    entries = {} if set(found) >= set(TABLES) else _entries(session, here, needed=not found)
    for name, files in entries.items():
        table, is_file = table_of(name), files[0][1] == ""
        if table and table not in found and (data_file(name, name) or not is_file):
            grouped.setdefault(table, []).extend(_piece(name, files))
        elif is_file and name != FILE_NAME and literal(unquote(files[0][0])) not in claimed:
            leftover.append(name)
    found |= {table: _one_form(table, listed) for table, listed in grouped.items() if listed}
    if not found:
        raise DataError(
            f"no table found in {root}",
            (("found", ", ".join(sorted(entries)[:12]) or "nothing"),
             ("expected", "files or folders named as tables, such as orders.csv or distributors.parquet")),
        )
    return {name: found[name] for name in TABLES if name in found}, tuple(sorted(leftover))


def address(path: str) -> str:
    """A path as Spark takes it: local ones absolute, those with a scheme as they are."""
    return path if _SCHEME.match(path) else str(Path(path).absolute())


def literal(path: str) -> str:
    r"""A path that Spark does not take for a glob, whatever is in it.

    >>> print(literal("/data/exports [1]/orders.csv"))
    /data/exports \[1\]/orders.csv
    """
    return _SIGNS.sub(r"\\\1", path)


def is_name(text: str) -> bool:
    """Whether a text names a table of a catalogue, not a file.

    >>> is_name("main.sales.orders"), is_name("orders.parquet"), is_name("data/orders")
    (True, False, False)
    """
    return bool(_NAME.fullmatch(text)) and data_file(text, text) is None


def given_piece(text: str, label: str) -> Piece:
    """The piece that a path or a table name given for one table is."""
    if is_name(text):
        return Piece(text, text, "table")
    form = "csv" if re.search(r"\.csv(\.gz)?/?$", text, re.IGNORECASE) else "parquet"
    return Piece(address(text), label, form)


def listing(session: Any, path: str) -> list[str]:
    """The addresses of the files under a path; the error of the server where there is none."""
    reader = session.read.format("binaryFile").option("recursiveFileLookup", True)
    return list(reader.load(path).inputFiles())


def _entries(session: Any, root: str, *, needed: bool) -> dict[str, list[tuple[str, str]]]:
    """What lies directly under the root (or matches it): name -> (address, path below it) of each file."""
    called = literal(root)
    files = _listed(session, called, needed=needed and called == root)
    is_glob = files is None and called != root
    files = _listed(session, root, needed=needed) if is_glob else files
    if files is None:
        return {}
    place = urlsplit(root).path if _SCHEME.match(root) else root
    parts = [part for part in place.split("/") if part]
    whole = is_glob or [_path(file) for file in files] == [place]
    depth = len(parts) - 1 if whole else len(parts)
    found: dict[str, list[tuple[str, str]]] = {}
    for file in files:
        below = [part for part in _path(file).split("/") if part][depth:]
        if below and not any(part.startswith((".", "_")) for part in below):
            found.setdefault(below[0], []).append((file, "/".join(below[1:])))
    return found


def _listed(session: Any, path: str, *, needed: bool) -> list[str] | None:
    """The files under a path; None where there is none that is not needed."""
    try:
        return listing(session, path)
    except Exception as error:
        if needed or not missing_path(error):
            raise
        return None


def missing_path(error: Exception) -> bool:
    """Whether the server says that a path is not there."""
    return "PATH_NOT_FOUND" in str(error)


def _path(file: str) -> str:
    return unquote(urlsplit(file).path)


def _piece(name: str, files: list[tuple[str, str]]) -> list[Piece]:
    """An entry's files as one piece for each form."""
    if [below for _, below in files] == [""]:
        return [_file(name, files[0][0])] if data_file(name, name) else []
    forms: dict[str, list[tuple[str, str]]] = {}
    for file, below in files:
        if data_file(below, below):
            forms.setdefault(_file(f"{name}/{below}", file).form, []).append((file, below))
    found = []
    for form, inside in forms.items():
        file, below = inside[0]
        folder = unquote(file)[: -len(below)].rstrip("/")
        nested = "/" in below and "=" not in below
        each = tuple((file, f"{name}/{below}") for file, below in inside)
        found.append(Piece(literal(folder), f"{name}/", form, nested, each))
    return found


def _file(label: str, address_: str) -> Piece:
    if not _READS.fullmatch(label):
        raise unlike(label)
    form = "parquet" if label.lower().endswith(".parquet") else "csv"
    return Piece(literal(unquote(address_)), label, form, files=((address_, label),))


def unlike(label: str, found: str = "") -> DataError:
    """A file that only the other engine reads."""
    return DataError(
        f"{label} cannot be read on Spark",
        (*((("found", found),) if found else ()), ("expected", "CSV in UTF-8, plain or .gz, or Parquet"),
         ("fix", "write Parquet from it first: mlmkpi convert")),
    )


def _one_form(table: str, listed: list[Piece]) -> tuple[Piece, ...]:
    """The pieces of a table, each once, refused where it comes in two forms."""
    seen: dict[tuple[str, bool], str] = {}
    for piece in listed:
        seen.setdefault((piece.form, piece.label.endswith("/")), piece.label)
    if len(seen) > 1:
        one, other = list(seen.values())[:2]
        shown = (one, other) if one != other else tuple(f"{one} ({form})" for form, _ in seen)
        raise two_forms(table, shown[0], shown[1])
    stems: dict[str, tuple[str, str]] = {}
    for file in (file for piece in listed for file in piece.files):
        other_file = stems.setdefault(stem_of(file[0]), file)
        if other_file[0] != file[0]:
            raise two_forms(table, other_file[1], file[1])
    return tuple({piece.path: piece for piece in listed}.values())


def _chosen(session: Any, patterns: tuple[str, ...], root: str) -> list[Piece]:
    """What [files] names for a table: table names, or paths and globs from the exports' folder."""
    found: list[Piece] = []
    for pattern in patterns:
        if is_name(pattern):
            found.append(Piece(pattern, pattern, "table"))
            continue
        full = pattern if _SCHEME.match(pattern) or pattern.startswith("/") else f"{root.rstrip('/')}/{pattern}"
        entries = _entries(session, full, needed=True)
        if data_file(pattern, pattern) or any(sign in pattern for sign in MAGIC):
            matched = [piece for name, files in entries.items() for piece in _piece(name, files)]
        else:
            inside = [(file, f"{name}/{below}".rstrip("/")) for name, files in entries.items() for file, below in files]
            matched = _piece(pattern.rstrip("/"), inside)
        if not matched:
            raise DataError(
                f"{full} holds no data file",
                (("expected", "the files that [files] in the settings names"),
                 ("fix", "correct the name; data files end in .csv, .csv.gz or .parquet")),
            )
        found += matched
    return found
