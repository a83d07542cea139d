"""What a session is set to for the arithmetic of days and sums, and how what it does is stopped."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

NEEDED = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.sources.partitionColumnTypeInference.enabled": "false",
}


def configure(session: Any) -> dict[str, str]:
    """Set what is needed; gives the settings that were there before."""
    before = {name: session.conf.get(name) for name in NEEDED}
    for name, value in NEEDED.items():
        session.conf.set(name, value)
    return before


def cancel(session: Any) -> None:
    """Stop what the server does for this session."""
    with suppress(Exception):
        if hasattr(session, "sparkContext"):
            session.sparkContext.cancelAllJobs()
        else:
            session.interruptAll()
