"""A JSON array with one object a line, which people and line tools read alike."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping


def json_array(rows: Iterable[Mapping[str, object]]) -> str:
    r"""The rows as an array.

    >>> json_array([{"name": "churn_rate"}]), json_array([])
    ('[\n{"name": "churn_rate"}\n]\n', '[]\n')
    """
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    return f"[\n{lines}\n]\n" if lines else "[]\n"
