"""The Result as Parquet: the frame as it is, its definitions and settings in the file's metadata."""

from __future__ import annotations

import json
from collections.abc import Mapping
from io import BytesIO

from mlmkpi.report import ResultLike


def render_parquet(result: ResultLike, *, version: str) -> bytes:
    """The file's bytes, the same for the same Result; `version` is that of the mlmkpi that computed it."""
    definitions = result.frame.select("kpi", "definition").unique("kpi", keep="first", maintain_order=True)
    out = BytesIO()
    result.frame.write_parquet(out, metadata=metadata(dict(definitions.rows()), result.settings, version))
    return out.getvalue()


def metadata(definitions: Mapping[str, str], settings: Mapping[str, object], version: str) -> dict[str, str]:
    """What a file says of itself: the version, the definitions by KPI, and the settings, as JSON."""
    return {
        "mlmkpi.version": version,
        "mlmkpi.definitions": json.dumps(dict(definitions), ensure_ascii=False),
        "mlmkpi.settings": json.dumps(dict(settings), ensure_ascii=False, sort_keys=True, default=str),
    }
