"""What settings still say of exports once they are converted: how to read them is said no more."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from mlmkpi.settings import FILE_NAME, Settings
from mlmkpi.sources.atomic import atomic_path

MARK = "# Written by mlmkpi convert, which writes it anew: change the settings of the exports instead."
USED_UP = {"files", "columns", "codes", "input"}
"""What tells how the exports are read."""


def carry(settings: Settings, folder: Path) -> Path | None:
    """Write what settings from a file still say to the folder's mlmkpi.toml; None where somebody's own stands there.

    Without a file nothing is in force that the folder lacks, and nothing is written either; what an earlier conversion
    wrote goes.
    """
    path = folder / FILE_NAME
    written = path.exists() and path.read_bytes().startswith(MARK.encode())
    if settings.path is None:
        if written:
            path.unlink()
        return None
    if path.exists() and not written:
        return None
    with atomic_path(path) as aside:
        aside.write_text(carried(settings, folder), encoding="utf-8")
    return path


def carried(settings: Settings, folder: Path) -> str:
    """Those settings as the text of a file in the folder; own KPIs stay where they are."""
    said = settings.model_dump(mode="json", exclude_defaults=True, exclude=USED_UP)
    beside = (settings.path or Path(FILE_NAME)).parent.resolve()
    if settings.plugins:
        places = (os.path.relpath((beside / name).resolve(), folder.resolve()) for name in settings.plugins)
        said["plugins"] = [Path(place).as_posix() for place in places]
    definitions = said.pop("definitions", {})
    lines = [MARK, *_lines(said)]
    return "\n".join([*lines, "", "[definitions]", *_lines(definitions)] if definitions else lines) + "\n"


def _lines(values: dict[str, Any]) -> list[str]:
    """Keys and values, which TOML writes as JSON does."""
    return [
        f"{key if key.isascii() and key.isidentifier() else json.dumps(key)} = {json.dumps(value, ensure_ascii=False)}"
        for key, value in values.items()
    ]
