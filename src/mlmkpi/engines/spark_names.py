"""How PySpark hands names to Spark while a run lasts: columns with a dot whole, and Java's own looked up once.

narwhals hands Spark a column's bare name, and Spark takes what follows a dot for a field of the column: names such as
order.channel go in backticks. A session in this process asks Java for a class and a method at each of their uses, and
Java looks for the class in every one of Spark's archives.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from typing import Any
from unittest.mock import patch


def quoted(name: str) -> str:
    """A column's name as Spark reads it whole.

    >>> quoted("order.channel"), quoted("amount"), quoted(quoted("a`b"))
    ('`order.channel`', 'amount', '`a``b`')
    """
    is_quoted = name.startswith("`") and name.endswith("`")
    return in_sql(name) if ("." in name or "`" in name) and not is_quoted else name


def in_sql(name: str) -> str:
    """A column's name, whatever is in it, for Spark SQL.

    >>> in_sql("order.channel"), in_sql("a`b")
    ('`order.channel`', '`a``b`')
    """
    return f"`{name.replace('`', '``')}`"


@contextmanager
def whole_names(*, connect: bool) -> Iterator[None]:
    """Let the session's kind of Spark (Connect, or one in this process) read every column's name whole."""
    with ExitStack() as stack:
        for owner, attribute in _connect_makers() if connect else _classic_makers():
            stack.enter_context(patch.object(owner, attribute, _quoting(getattr(owner, attribute))))
        for owner in () if connect else _javas():
            stack.enter_context(patch.object(owner, "__getattr__", cache(owner.__getattr__)))
        yield


def _quoting(make: Any) -> Any:
    def column(*given: Any, **named: Any) -> Any:
        named = {key: quoted(each) if key == "unparsed_identifier" else each for key, each in named.items()}
        return make(*(quoted(each) if isinstance(each, str) else each for each in given), **named)

    return column


def _classic_makers() -> list[tuple[Any, str]]:
    from pyspark.sql import functions
    from pyspark.sql.classic import column

    return [(functions, "col"), (column, "_create_column_from_name")]


def _connect_makers() -> list[tuple[Any, str]]:
    from pyspark.sql.connect.expressions import ColumnReference

    return [(ColumnReference, "__init__")]


def _javas() -> tuple[Any, Any]:
    """What knows Java's classes by name, and a class that knows its methods: both hold for as long as Java runs."""
    from py4j.java_gateway import JavaClass, JVMView

    return JVMView, JavaClass
