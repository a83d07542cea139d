"""The Result as Parquet: the frame as it is, its definitions and settings in the file's metadata."""

from __future__ import annotations

import json
from collections.abc import Mapping
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from mlmkpi.pipeline.result import Result

if TYPE_CHECKING:
    import pyarrow as pa


def render_parquet(result: Result, *, version: str) -> bytes:
    """The file's bytes, the same for the same Result; `version` is that of the mlmkpi that computed it."""
    definitions = result.frame.select("kpi", "definition").unique("kpi", keep="first", maintain_order=True)
    out = BytesIO()
    result.frame.write_parquet(out, metadata=metadata(dict(definitions.rows()), result.settings, version))
    return out.getvalue()


def table_of(frame: pl.DataFrame) -> pa.Table:
    """The frame as Arrow's, categoricals as places among the texts that occur in the column."""
    import pyarrow as pa

    return pa.table({
        column.name: _dictionary(column) if column.dtype == pl.Categorical
        else column.to_arrow(compat_level=pl.CompatLevel.oldest())
        for column in frame
    })


def _dictionary(column: pl.Series) -> pa.DictionaryArray:
    """A categorical column; where all its texts are one, no more is looked at than their codes' ends."""
    import pyarrow as pa

    codes = column.to_physical()
    first = codes.min()
    if first == codes.max():
        used, places = pl.Series([first]).drop_nulls(), np.zeros(len(codes), dtype=np.uint32)
    else:
        numbers = codes.fill_null(first).to_numpy()
        seen = np.zeros(int(numbers.max()) + 1, dtype=np.bool_)
        seen[numbers] = True
        used, places = pl.Series(np.flatnonzero(seen)), np.cumsum(seen, dtype=np.uint32).take(numbers) - np.uint32(1)
    at = pl.Series(places)
    at = at.set(column.is_null(), None) if column.has_nulls() else at
    texts = used.cast(codes.dtype).cat.to(column.dtype).cast(pl.String).to_arrow()
    return pa.DictionaryArray.from_arrays(at.to_arrow(), texts, safe=False)


def metadata(definitions: Mapping[str, str], settings: Mapping[str, object], version: str) -> dict[str, str]:
    """What a file says of itself: the version, the definitions by KPI, and the settings, as JSON."""
    return {
        "mlmkpi.version": version,
        "mlmkpi.definitions": json.dumps(dict(definitions), ensure_ascii=False),
        "mlmkpi.settings": json.dumps(dict(settings), ensure_ascii=False, sort_keys=True, default=str),
    }
