"""Records: the rows of one table in the period of their day, with all that they can be split by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import narwhals as nw

from mlmkpi.books.attributes import DISTRIBUTOR, KEY, customer_attributes, seller_attributes
from mlmkpi.books.books import Books
from mlmkpi.books.dimensions import Boundary, Dimensions, Side
from mlmkpi.engines import Frame
from mlmkpi.facts.base import Fact
from mlmkpi.facts.splits import of_row

PERSON, CUSTOMER = "_person", "_customer"


class Records(Fact):
    """One row a record of `table`, dated by its column `day`; what somebody's records are split by is theirs."""

    unit: ClassVar[str] = PERSON
    day: ClassVar[str]

    def needs(self) -> tuple[str, ...]:
        """The day of a record."""
        return (f"{self.table}.{self.day}",)

    @property
    def reads_orders(self) -> bool:
        """It does not."""
        return False

    def recorded(
        self, books: Books, dimensions: Dimensions, numbers: Sequence[str], texts: Sequence[str] = ()
    ) -> Frame:
        """Records seen on the as-of date: `_day`, `_person`, `_customer` where exported, the columns, row dimensions.

        Columns that the export lacks are null: `numbers` as whole numbers, `texts` as text.
        """
        export, columns = books.export, books.export.columns(self.table)
        split = [d.name for d in self.of_rows(books, dimensions)]
        links = {name: KEY[side] for name, side in ((PERSON, Side.PERSON), (CUSTOMER, Side.CUSTOMER))}
        links = {name: column for name, column in links.items() if column in columns}
        kept = dict.fromkeys([*(name for name in (*numbers, *texts) if name in columns), *split])
        marks = export.marks(self.table)
        rows = export.scan(self.table, [*sorted({self.day, *links.values(), *kept}), *marks])
        absent = [nw.lit(None, dtype=nw.Int64).alias(name) for name in numbers if name not in columns]
        absent += [nw.lit(None, dtype=nw.String).alias(name) for name in texts if name not in kept]
        rows = rows.select(
            nw.col(self.day).alias("_day"), *(nw.col(column).alias(name) for name, column in links.items()),
            *kept, *absent, *marks,
        )
        return rows.filter(nw.col("_day") <= books.schedule.as_of)

    def of_rows(self, books: Books, dimensions: Dimensions) -> Dimensions:
        """The dimensions that are columns of the table."""
        return tuple(d for d in dimensions if d.own or of_row(self, books.export, d, books.ladder))

    def split(self, books: Books, rows: Frame, dimensions: Dimensions, at: Boundary) -> Frame:
        """Rows by span with the attributes of their people beside the dimensions that they have already."""
        own = self.of_rows(books, dimensions)
        theirs = tuple(d for d in dimensions if d not in own)
        names = rows.collect_schema().names()
        rows = rows if PERSON in names else rows.with_columns(nw.lit(None, dtype=nw.String).alias(PERSON))
        if PERSON in names or any(d.name == DISTRIBUTOR for d in theirs):
            rows = seller_attributes(books, theirs, at).attach(rows, PERSON)
        if CUSTOMER in names:
            rows = customer_attributes(books, theirs, at).attach(rows, CUSTOMER)
        return rows
