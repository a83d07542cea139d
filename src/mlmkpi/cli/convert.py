"""`mlmkpi convert`: exports of any kind as the canonical Parquet that every engine and tool reads."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mlmkpi.cli.options import WHERE, Config, again
from mlmkpi.cli.writing import write_text

EXAMPLES = """\
mlmkpi convert exports/ parquet/
mlmkpi convert 's3://bucket/exports/' parquet/ --config mlmkpi.toml
"""


def convert(
    exports: Annotated[str, typer.Argument(metavar="EXPORTS", help=WHERE)],
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where the files go; made if need be.")],
    config: Config = None,
) -> None:
    """Write any exports as canonical Parquet.

    Every table goes to FOLDER/<table>.parquet, with the columns that mlmkpi knows; what the settings say beside how the
    exports are read goes to FOLDER/mlmkpi.toml. The paths go to stdout.
    """
    from mlmkpi.cli.messages import amiss, hint, warning
    from mlmkpi.cli.progress import Progress
    from mlmkpi.settings import FILE_NAME, load_settings
    from mlmkpi.sources import open_exports
    from mlmkpi.sources.carried import carry
    from mlmkpi.sources.convert import convert as run
    from mlmkpi.sources.unused import asides
    from mlmkpi.sources.unwritten import changed, lying_there, own_columns

    settings = load_settings(config, Path(exports), Path.cwd())
    with Progress() as progress, open_exports(exports, settings) as opened:
        progress("writing Parquet")
        written = run(opened, folder)
        doubts, hints = changed(opened), [*asides(opened), *own_columns(opened)]
    amiss(doubts, again(exports, config))
    for line in lying_there(folder, written):
        warning(line)
    for line in hints:
        hint(line)
    kept, theirs = carry(settings, folder), folder / FILE_NAME
    if kept is None and settings.path is not None and settings.path.resolve() != theirs.resolve():
        hint(f"{theirs} was there and is left as it is; nothing of {settings.path} is in it")
    write_text("".join(f"{path}\n" for path in [*written, *([kept] if kept else [])]))
