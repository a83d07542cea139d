"""Any frame as data, with the definition that it was made by."""

from __future__ import annotations

from io import BytesIO

import polars as pl

from mlmkpi.report.to_csv import csv_text
from mlmkpi.report.to_json import json_text

FORMATS = ("json", "csv", "parquet")


def data_bytes(frame: pl.DataFrame, form: str, definition: str) -> bytes:
    """Every row in one of FORMATS; Parquet says the definition in the file's metadata."""
    if form == "json":
        return json_text(frame).encode()
    if form == "csv":
        return csv_text(frame).encode()
    out = BytesIO()
    frame.write_parquet(out, metadata={"mlmkpi.definition": definition})
    return out.getvalue()
