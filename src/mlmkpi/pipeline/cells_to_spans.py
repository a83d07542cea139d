"""From rows and sums by cell to those by span: a span is made of whole cells."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from mlmkpi.books.books import Books
from mlmkpi.engines import Frame


def keyed_by_span(books: Books, rows: Frame, key: str) -> tuple[Frame, str]:
    """Rows by what tells the spans apart, and what that is: the cell where every span is one of its own."""
    if books.one_cell_spans:
        return (books.inside(rows) if key == "cell" else rows), key
    return spanned(books, rows, key), "span"


def with_span(books: Books, found: pl.DataFrame, key: str) -> pl.DataFrame:
    """What was found by cells that are spans, by span."""
    if key == "span":
        return found
    return found.join(books.cells_of_spans(), on="cell").select("span", pl.exclude("span", "cell"))


def spanned(books: Books, rows: Frame, key: str) -> Frame:
    """Rows by cell as rows by span."""
    if key == "span":
        return rows
    return rows.join(books.engine.small(books.cells_of_spans()), on="cell", how="inner").drop("cell")


def by_span(books: Books, frame: pl.DataFrame, key: str, names: Iterable[str]) -> pl.DataFrame:
    """Sums added up by span; a span's cells add up whatever the fact, as the fact says so by `cell`."""
    others = [name for name in frame.columns if name != key and name not in set(names)]
    frame = frame.join(books.cells_of_spans(), on="cell") if key == "cell" else frame
    if not others and frame["span"].n_unique() == frame.height:
        return frame if key == "span" else frame.drop(key)
    return frame.group_by("span", *others).agg(pl.col(list(names)).sum())
