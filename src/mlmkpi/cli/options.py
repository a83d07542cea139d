"""The options that commands share, and how their texts are read."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from shlex import quote
from typing import Annotated, Literal

import typer

from mlmkpi.errors import UsageError


def day(text: str) -> date:
    """A day in ISO form; ValueError for another text, of which the parser says whose value it is.

    >>> day("2026-10-31")
    datetime.date(2026, 10, 31)
    """
    from mlmkpi.period import is_reckoned

    found = date.fromisoformat(text)
    if not is_reckoned(found):
        raise ValueError(text)
    return found


def first_day(text: str) -> date:
    """A day, or the first one of a period by its label; ValueError for another text.

    >>> str(first_day("2026-10-05")), str(first_day("2026-10"))
    ('2026-10-05', '2026-10-01')
    """
    return _ends(text)[0]


def last_day(text: str) -> date:
    """A day, or the last one of a period by its label; ValueError for another text.

    >>> str(last_day("2026-10-05")), str(last_day("2026-Q3"))
    ('2026-10-05', '2026-09-30')
    """
    return _ends(text)[1]


def _ends(text: str) -> tuple[date, date]:
    from mlmkpi.pipeline.period_labels import period_called

    try:
        named = period_called(text)
    except UsageError:
        raise ValueError(text) from None
    return (day(text), day(text)) if named is None else (named[1].start, named[1].end)


def again(exports: str, config: Path | None) -> str:
    """The exports and the settings as another command takes them.

    >>> again("my exports", Path("own.toml"))
    "'my exports' --config own.toml"
    """
    return quote(exports) + (f" --config {quote(str(config))}" if config else "")


def file_or_stdout(output: Path | None) -> Path | None:
    """The file to write to; None, which is stdout, for `-` too.

    >>> file_or_stdout(Path("-")), file_or_stdout(Path("kpis.csv")).name
    (None, 'kpis.csv')
    """
    return None if output == Path("-") else output


def listed(option: str, texts: Iterable[str] | None) -> list[str]:
    """The values of an option that repeats or takes commas; in double quotes a comma is part of the value.

    Raises UsageError where the option is given and empty, as it is from a script whose variable is not set.

    >>> listed("--kpi", ["a,b", "c"]), listed("--by", ['"Paris, TX",Rome'])
    (['a', 'b', 'c'], ['Paris, TX', 'Rome'])
    """
    found = [value.strip() for row in csv.reader(texts or (), skipinitialspace=True) for value in row if value.strip()]
    if texts and not found:
        raise UsageError(f"{option} is empty", (("fix", "give it a value, or leave it out"),))
    return found


def filters(texts: Iterable[str] | None) -> dict[str, list[str]]:
    """Dimensions and their values from DIM=VALUE; a value without a dimension belongs to the one before it.

    >>> filters(["market=US,DE", "rank=gold"])
    {'market': ['US', 'DE'], 'rank': ['gold']}
    """
    found: dict[str, list[str]] = {}
    for text in texts or ():
        name = ""
        for part in listed("--where", [text]):
            before, equals, after = part.partition("=")
            name, value = (before.strip(), after.strip()) if equals else (name, part)
            if not name or not value:
                raise UsageError(f"--where {text}", (("expected", "a dimension and a value, such as market=US"),))
            found.setdefault(name, []).append(value)
    return found


WHERE = "A folder, a file, a quoted glob or an s3:// address."
Exports = Annotated[
    str,
    typer.Argument(
        metavar="[EXPORTS]", help=f"{WHERE} Without it the working folder.", show_default=False
    ),
]
Config = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="The settings file; without it mlmkpi.toml in the exports, else in the working folder.",
    ),
]
By = Annotated[
    list[str] | None,
    typer.Option(
        metavar="DIM",
        help="Split by a column: market, rank, team, customer.country, order.channel; repeats or takes commas.",
    ),
]
Where = Annotated[
    list[str] | None,
    typer.Option(metavar="DIM=VALUE", help="Only these segments, a row each; repeats or takes commas."),
]
AsOf = Annotated[
    date | None,
    typer.Option(
        parser=day, metavar="DAY", help="What is dated later is unseen. Without it the latest order's day."
    ),
]
BadRows = Annotated[
    Literal["stop", "skip"], typer.Option(help="Refuse rows that do not fit, or leave them out and say so.")
]
Engine = Annotated[
    str | None, typer.Option(metavar="ENGINE", help="polars, spark, or sc://host:port. Without it polars.")
]
Output = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", callback=file_or_stdout, help="Write here, whole or not at all, instead of to stdout (-)."
    ),
]
Period = Annotated[
    str | None,
    typer.Option(metavar="PERIOD", help="2026-10, 2026-Q3, 2026-W41. Without it the last month known in full."),
]
Form = Annotated[
    Literal["table", "json", "csv", "parquet", "markdown"] | None,
    typer.Option("--format", help="Without it what --output's name says, else a table."),
]
