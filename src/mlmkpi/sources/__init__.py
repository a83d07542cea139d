"""The only reader of exports: files found, columns and codes mapped, cells typed."""

from mlmkpi.sources.discretion import discreet, first_quoted, quoted, quoted_code
from mlmkpi.sources.exports import Exports, open_exports
from mlmkpi.sources.findings import Example, Finding, Severity, cell_text
from mlmkpi.sources.source import Source

__all__ = ["Example", "Exports", "Finding", "Severity", "Source", "cell_text", "discreet", "first_quoted",
           "open_exports", "quoted", "quoted_code"]
