"""`mlmkpi demo`: a made-up company to try everything on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

EXAMPLES = """\
mlmkpi demo
mlmkpi demo big/ --orders 10000000 --seed 7
"""


def demo(
    folder: Annotated[
        Path, typer.Argument(metavar="[FOLDER]", help="A new or empty folder, or an earlier demo's, which is replaced.")
    ] = Path("demo"),
    orders: Annotated[int, typer.Option(metavar="N", help="How many orders, 100 to 50 million.")] = 20_000,
    seed: Annotated[int, typer.Option(metavar="S", help="The same seed gives the same files.")] = 1,
    lines: Annotated[
        bool | None,
        typer.Option("--lines/--no-lines", help="With order lines or not; unless said, up to 200,000 orders."),
    ] = None,
) -> None:
    """Write the exports of a made-up company.

    They cover 26 months of direct selling that end on 31 October 2026. Up to 100,000 orders the files are CSV, above
    that Parquet.
    """
    from shlex import quote

    from mlmkpi.cli import messages
    from mlmkpi.cli.progress import Progress
    from mlmkpi.demo import write_demo

    with Progress() as progress:

        def told(table: str, rows: int, total: int) -> None:
            progress(f"writing {table}", rows, total)

        write_demo(folder, orders=orders, seed=seed, lines=lines, progress=told)
    messages.hint(f"the demo company is in {folder}/ · mlmkpi compute {quote(str(folder))}")
