"""`mlmkpi settings`: what mlmkpi.toml may say."""

from __future__ import annotations

import typer

from mlmkpi.cli.help_format import Command, Group
from mlmkpi.cli.writing import write_text

app = typer.Typer(
    cls=Group, rich_markup_mode=None, no_args_is_help=True, help="What mlmkpi.toml may say.",
    epilog="mlmkpi settings schema > mlmkpi.schema.json",
)


@app.callback()
def settings() -> None:
    """Say what mlmkpi.toml may say."""


@app.command(cls=Command, epilog="mlmkpi settings schema > mlmkpi.schema.json")
def schema() -> None:
    """Print the JSON Schema of mlmkpi.toml."""
    import json

    from mlmkpi.settings import settings_schema

    write_text(json.dumps(settings_schema(), indent=2, ensure_ascii=False) + "\n")
