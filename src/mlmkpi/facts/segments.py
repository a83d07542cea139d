"""Segments: people on the books by age band, gender and region."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from mlmkpi.books.attributes import missing
from mlmkpi.books.dimensions import Dimension
from mlmkpi.books.export import Export
from mlmkpi.facts.deeds import Busy
from mlmkpi.facts.listed import Listed, OnBooks

BORN = "distributors.birth_date|distributors.birth_year"
ATTRIBUTES = ("age_band", "gender", "region")
ANY_ATTRIBUTE = f"{BORN}|distributors.gender|distributors.region"


@dataclass(frozen=True)
class Aged(Listed):
    """The rows of `Listed`, with everybody's age band."""

    own: ClassVar[tuple[str, ...]] = ("age_band",)

    def needs(self) -> tuple[str, ...]:
        """Also when people were born."""
        return (*super().needs(), BORN)


class _Segmented(OnBooks):
    """What facts split by the attributes of people that the export has share."""

    own: ClassVar[tuple[str, ...]] = ATTRIBUTES

    def needs(self) -> tuple[str, ...]:
        """Also one of the attributes."""
        return (*super().needs(), ANY_ATTRIBUTE)

    def brings(self, name: str, export: Export, ranks: Sequence[str]) -> bool:
        """Whether the export has the attribute."""
        return missing(export, Dimension(name), ranks) is None


@dataclass(frozen=True)
class Segments(_Segmented, Listed):
    """The rows of `Listed`, with the attributes of people that the export has."""


@dataclass(frozen=True)
class BusySegments(_Segmented, Busy):
    """The rows of `Busy`, with the attributes of people that the export has."""
