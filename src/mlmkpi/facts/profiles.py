"""Orders by who bought or sold: age on the day of the order, gender and region."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import narwhals as nw
import polars as pl

from mlmkpi.books.ages import YEAR, band_of_age, birth_day, since_march
from mlmkpi.books.attributes import AGE_BAND, TABLE, listed_people
from mlmkpi.books.books import Books
from mlmkpi.books.dimensions import Boundary, Dimensions, Side
from mlmkpi.books.export import Export
from mlmkpi.books.rules import DemographicOf
from mlmkpi.declaration import BIRTH
from mlmkpi.engines import PERSON, Frame
from mlmkpi.facts.orders import Orders

TRAITS = (AGE_BAND, "gender", "region")
WHO = "_person"
READ = (WHO, "cell", "span", "buyer", "amount", "sale", "own")
"""What measures and splits read of the rows."""


def columns_of(trait: str) -> tuple[str, ...]:
    """The columns that a trait is made of."""
    return BIRTH if trait == AGE_BAND else (trait,)


@dataclass(frozen=True)
class Profiles(Orders):
    """One row an order that is a sale or a return, by a trait of its buyer or seller.

    The buyer of an own purchase is its seller, whoever the customer is said to be.
    """

    of: DemographicOf = DemographicOf.BUYER

    made_once: ClassVar[bool] = True
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
        return WHO

    def prepare(self, books: Books, dimensions: Dimensions) -> None:
        """Also ask for the people's traits."""
        super().prepare(books, dimensions)
        for side in self.sides_of_people:
            books.wanted_of.setdefault(side, set()).update(_columns(books, side))

    def rows(self, books: Books, dimensions: Dimensions, at: Boundary) -> Frame:
        """The orders' rows with the traits among the dimensions, and the person."""
        frame, traits = super().rows(books, dimensions, at), [d.name for d in dimensions if d.own]
        if self.of is DemographicOf.SELLER:
            rows = self._traced(books, frame, Side.PERSON, traits)
        else:
            own = self._traced(books, frame.filter(nw.col("own")), Side.PERSON, traits)
            others = self._traced(books, frame.filter(~nw.col("own")), Side.CUSTOMER, traits)
            rows = books.engine.concat([own, others])
        aged = f"{self.of}.{AGE_BAND}"
        return self._aged(books, rows, aged) if aged in traits else rows

    def parts(self, books: Books, dimensions: Dimensions, at: Boundary) -> list[Frame]:
        """The rows with every trait, made once for whatever they are split by."""
        split = books.split_all(self, dimensions)

        def build() -> Frame:
            rows = self.rows(books, split, at)
            unread = [name for name in rows.collect_schema().names() if name not in (*READ, *(d.name for d in split))]
            return books.engine.materialise(rows.drop(*unread))

        return [books.once_here(("orders", self, split, at), build)]

    def _traced(self, books: Books, frame: Frame, side: Side, traits: Sequence[str]) -> Frame:
        """The rows with who of a side stands behind each (WHO), and with some of their traits."""
        who = "seller" if side is Side.PERSON else "buyer"
        frame = frame.with_columns(nw.col(who).alias(WHO))
        if not traits:
            return frame
        kept, people = frame.collect_schema().names(), self._people(books, side)
        return books.engine.look_up(frame, WHO, people).select(
            *kept, *(nw.col(_of_people(trait.partition(".")[2])).alias(trait) for trait in traits)
        )

    @staticmethod
    def _aged(books: Books, frame: Frame, name: str) -> Frame:
        """The rows with the band of the age on their day for the birth day, both counted from a March."""
        kept = frame.collect_schema().names()
        days = since_march(books.days.select(nw.col("day").alias(PERSON)), PERSON, "_today")
        frame = books.engine.look_up(frame, "day", days)
        frame = frame.with_columns(((nw.col("_today") - nw.col(name)) // YEAR).alias("_age"))
        band = band_of_age(nw.col("_age"), books.age_bands, books.engine.labels(books.age_bands))
        return frame.with_columns(band.alias(name)).select(*kept)

    def _people(self, books: Books, side: Side) -> Frame:
        """A side's people (`person`) with every trait that any of them has; of an age the birth day from a March."""

        def build() -> Frame:
            columns = _columns(books, side)
            nobody = pl.DataFrame(schema={PERSON: books.engine.encode(()).dtype})
            people = listed_people(books, side, sorted(columns)) if columns else books.engine.small(nobody)
            people = people.select(PERSON, *(nw.col(f"_a_{name}").alias(name) for name in sorted(columns)))
            birth = birth_day(frozenset(columns & set(BIRTH)))
            no_day, no_text = nw.lit(None, dtype=nw.Int32), nw.lit(None, dtype=nw.String)
            people = people.select(
                PERSON, (no_day if birth is None else birth).alias("_birth"),
                *(
                    (nw.col(name) if name in columns else no_text).alias(_of_people(name))
                    for name in TRAITS if name != AGE_BAND
                ),
            )
            return books.engine.directory(since_march(people, "_birth", _of_people(AGE_BAND)).drop("_birth"))

        return books.once(("traits", side), build)


def _of_people(trait: str) -> str:
    """What a trait is called beside the columns of rows."""
    return f"_trait_{trait}"


def _columns(books: Books, side: Side) -> set[str]:
    """The columns that a side's people have their traits of."""
    return {c for trait in TRAITS for c in columns_of(trait)} & books.export.columns(TABLE[side])
