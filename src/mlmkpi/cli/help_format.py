"""How help looks: examples as they are typed, one a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typer.core import TyperCommand, TyperGroup

if TYPE_CHECKING:
    from typer._click import Context, HelpFormatter


class Command(TyperCommand):
    """A command whose epilog is its examples, a line each."""

    def format_epilog(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Write the examples without wrapping them."""
        _examples(self.epilog, formatter)


class Group(TyperGroup):
    """A group whose epilog is its examples, a line each."""

    def format_epilog(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Write the examples without wrapping them."""
        _examples(self.epilog, formatter)


def _examples(text: str | None, formatter: HelpFormatter) -> None:
    with formatter.section("Examples"):
        for line in (text or "").splitlines():
            formatter.write(f"  {line}\n")
