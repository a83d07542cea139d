"""Where PySpark keeps functions and windows: a session on Spark Connect has modules of its own for them."""

from __future__ import annotations

from importlib import import_module
from typing import Any


def functions_of(session: Any) -> Any:
    """The functions that make expressions for this session."""
    connect = ".connect." in type(session).__module__
    return import_module("pyspark.sql.connect.functions" if connect else "pyspark.sql.functions")


def windows_of(native: Any) -> Any:
    """The windows for a frame of such a session."""
    return import_module(native.__class__.__module__.rpartition(".")[0] + ".window").Window
