"""Orders by who bought or sold: age on the day of the order, gender and region."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import narwhals as nw

from mlmkpi.engines import Frame
from mlmkpi.facts.ages import YEAR, band_of_age, birth_day, since_march
from mlmkpi.facts.attributes import AGE_BAND, BIRTH, KEY, TABLE
from mlmkpi.facts.base import Boundary, Dimensions, Side
from mlmkpi.facts.books import Books
from mlmkpi.facts.export import Export
from mlmkpi.facts.orders import Orders
from mlmkpi.facts.rules import DemographicOf

TRAITS = (AGE_BAND, "gender", "region")
PERSON = "_person"


def columns_of(trait: str) -> tuple[str, ...]:
    """The columns that a trait is made of."""
    return BIRTH if trait == AGE_BAND else (trait,)


@dataclass(frozen=True)
class Profiles(Orders):
    """One row an order that is a sale or a return, by a trait of its buyer or seller.

    The buyer of an own purchase is its seller, whoever the customer is said to be.
    """

    of: DemographicOf = DemographicOf.BUYER

    own: ClassVar[tuple[str, ...]] = tuple(f"{whose}.{trait}" for whose in DemographicOf for trait in TRAITS)

    @property
    def sides_of_people(self) -> tuple[Side, ...]:
        """The tables in which the people are found."""
        return (Side.PERSON, Side.CUSTOMER) if self.of is DemographicOf.BUYER else (Side.PERSON,)

    def needs(self) -> tuple[str, ...]:
        """Also who bought or sold, and a trait of theirs."""
        traits = "|".join(
            f"{TABLE[side]}.{column}" for trait in TRAITS for side in self.sides_of_people
            for column in columns_of(trait)
        )
        who = "orders.customer_id" if self.of is DemographicOf.BUYER else "orders.distributor_id"
        return (*super().needs(), who, traits)

    def brings(self, name: str, export: Export, ranks: Sequence[str]) -> bool:
        """Whether a table of theirs has the trait."""
        columns = columns_of(name.partition(".")[2])
        return any(export.has(f"{TABLE[side]}.{column}") for side in self.sides_of_people for column in columns)

    def people_column(self, measure: str, dimensions: Dimensions) -> str:
        """The buyers, or the sellers."""
        return PERSON

    def rows(self, books: Books, dimensions: Dimensions, at: Boundary) -> Frame:
        """The orders' rows with the traits among the dimensions, and the person."""
        frame = super().rows(books, dimensions, at)
        for name in (d.name for d in dimensions if d.own and d.name in self.own):
            frame = self._traced(books, frame, name)
        person = nw.when(nw.col("own")).then(nw.col("seller")).otherwise(nw.col("buyer"))
        return frame.with_columns((nw.col("seller") if self.of is DemographicOf.SELLER else person).alias(PERSON))

    def _traced(self, books: Books, frame: Frame, name: str) -> Frame:
        """The rows with a trait of their people."""
        kept, trait, found = frame.collect_schema().names(), name.partition(".")[2], []
        for side in self.sides_of_people:
            people = self._people(books, side, trait)
            if people is None:
                found.append(nw.lit(None))
                continue
            unit = "seller" if side is Side.PERSON else "buyer"
            frame = books.engine.look_up(frame, unit, books.engine.directory(people))
            found.append(nw.col(f"_of_{side}"))
        value = found[0] if len(found) == 1 else nw.when(nw.col("own")).then(found[0]).otherwise(found[1])
        frame = frame.select(*kept, value.alias(name))
        return self._aged(books, frame, name) if trait == AGE_BAND else frame

    @staticmethod
    def _aged(books: Books, frame: Frame, name: str) -> Frame:
        """The rows with the band of the age on their day for the birth day, both counted from a March."""
        kept = frame.collect_schema().names()
        frame = since_march(frame, "day", "_today")
        frame = frame.with_columns(((nw.col("_today") - nw.col(name)) // YEAR).alias("_age"))
        band = band_of_age(nw.col("_age"), books.age_bands, books.engine.labels(books.age_bands))
        return frame.with_columns(band.alias(name)).select(*kept)

    @staticmethod
    def _people(books: Books, side: Side, trait: str) -> Frame | None:
        """A side's people (`person`) with the trait, of an age the birth day (`_of_<side>`); None without a column."""
        table, key = TABLE[side], KEY[side]
        columns = [column for column in columns_of(trait) if column in books.export.columns(table)]
        label = birth_day(frozenset(columns)) if trait == AGE_BAND else nw.col(trait)
        if not columns or label is None:
            return None
        people = books.export.scan(table, [key, *columns])
        people = people.select(nw.col(key).alias("person"), label.alias(f"_of_{side}"))
        return since_march(people, f"_of_{side}", "_march").select(
            "person", nw.col("_march").alias(f"_of_{side}")
        ) if trait == AGE_BAND else people
