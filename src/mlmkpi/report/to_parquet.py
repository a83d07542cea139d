"""The Result as Parquet: the frame as it is, its definitions and settings in the file's metadata."""

from __future__ import annotations

import json
from io import BytesIO

from mlmkpi.report import ResultLike


def render_parquet(result: ResultLike, *, version: str) -> bytes:
    """The file's bytes, the same for the same Result; `version` is that of the mlmkpi that computed it."""
    definitions = result.frame.select("kpi", "definition").unique("kpi", keep="first", maintain_order=True)
    settings = json.dumps(dict(result.settings), ensure_ascii=False, sort_keys=True, default=str)
    metadata = {
        "mlmkpi.version": version,
        "mlmkpi.definitions": json.dumps(dict(definitions.rows()), ensure_ascii=False),
        "mlmkpi.settings": settings,
    }
    out = BytesIO()
    result.frame.write_parquet(out, metadata=metadata)
    return out.getvalue()
