"""What a referred-to table says of an id: that it is there, and of a person when they enrolled, left and came back."""

from __future__ import annotations

import narwhals as nw

from mlmkpi.engines import Frame
from mlmkpi.engines.checking import KEY, Checking
from mlmkpi.tables import TABLES

KNOWN = "known"
DAYS = ("enrolled", "terminated", "back")
_PEOPLE = ("distributors", "enrollments")


class Lookups:
    """Looks ids up; what is not asked for is not read."""

    def __init__(self, engine: Checking) -> None:
        self.engine = engine
        self.readable = {name: columns for name in engine.tables if (columns := engine.readable(name))}
        self._people: dict[tuple[str, ...], Frame] = {}

    def has(self, table: str, column: str) -> bool:
        """Whether the table that a column refers to is there."""
        return bool(self._holders(table, _target(table, column)))

    def is_own(self, table: str, column: str) -> bool:
        """Whether a column of a table refers to the table itself."""
        return _target(table, column) == table

    def strange(self, frame: Frame, table: str, column: str, flag: str) -> Frame:
        """A frame of the table with a flag: whether the table that the column refers to does not have its id."""
        target = _target(table, column)
        name = TABLES[target].key[0]
        known = [
            (holder, "distributor_id" if holder in _PEOPLE else name) for holder in self._holders(table, target)
        ]
        return self.engine.strange(frame, (table, column), known, flag)

    def attach(self, frame: Frame, table: str, column: str) -> Frame:
        """A frame of the table with the days of the person in a column, and `known`, null for who is unknown."""
        holders = self._holders(table, "distributors")
        if holders not in self._people:
            self._people[holders] = self.engine.kept(self._everybody(holders))
        return self.engine.look_up(frame, column, self._people[holders])

    def _holders(self, table: str, target: str) -> tuple[str, ...]:
        """The tables that the ids may stand in: a distributor may be a customer; enrolments do not know themselves."""
        names = {"distributors": _PEOPLE, "customers": ("customers", *_PEOPLE)}.get(target, (target,))
        if target == "customers" and target not in self.readable:
            return ()
        own = table if table == "enrollments" else None
        return tuple(name for name in names if name in self.readable and name != own)

    def _everybody(self, holders: tuple[str, ...]) -> Frame:
        """Everybody's first enrolment, termination (none before it) and first return to the books after it."""
        return self._histories(holders).select(KEY, *DAYS, nw.lit(1, nw.Int8).alias(KNOWN))

    def _histories(self, holders: tuple[str, ...]) -> Frame:
        days = nw.concat([self._days(holder, "enrolled_on") for holder in holders])
        people = days.group_by(KEY).agg(nw.col("day").min().alias("enrolled"))
        if "terminated_on" not in self.readable.get("distributors", ()) or "distributors" not in holders:
            return people.with_columns(terminated=nw.lit(None, nw.Int32), back=nw.lit(None, nw.Int32))
        left = self._days("distributors", "terminated_on").group_by(KEY).agg(nw.col("day").max().alias("terminated"))
        people = people.join(left, on=KEY, how="left")
        valid = nw.col("terminated") >= nw.col("enrolled")
        people = people.with_columns(nw.when(valid).then(nw.col("terminated")).alias("terminated"))
        gone = people.filter(~nw.col("terminated").is_null())
        again = (nw.col("day") > nw.col("enrolled")) & (nw.col("day") >= nw.col("terminated"))
        back = days.join(gone, on=KEY).filter(again).group_by(KEY).agg(nw.col("day").min().alias("back"))
        return people.join(back, on=KEY, how="left")

    def _days(self, table: str, column: str) -> Frame:
        rows = self.engine.keyed(self.engine.scan(table, ["distributor_id", column]), "distributor_id")
        days = rows.select(nw.col(KEY), nw.col(column).alias("day")).filter(~nw.col(KEY).is_null())
        return days if column == "enrolled_on" else days.filter(~nw.col("day").is_null())


def _target(table: str, column: str) -> str:
    return str(TABLES[table].column(column).references).partition(".")[0]
