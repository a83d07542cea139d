"""The only reader of exports: files found, columns and codes mapped, cells typed."""

from mlmkpi.sources.exports import Exports, open_exports
from mlmkpi.sources.findings import Example, Finding, Severity, discreet
from mlmkpi.sources.source import Source

__all__ = ["Example", "Exports", "Finding", "Severity", "Source", "discreet", "open_exports"]
