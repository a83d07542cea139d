"""What a referred-to table says of an id: that it is there, and of a person when they enrolled, left and came back."""

from __future__ import annotations

import narwhals as nw

from mlmkpi.engines import Frame
from mlmkpi.engines.checking import KEY, Checking
from mlmkpi.tables import ROSTER, TABLES

ENROLLED = "enrolled"
_EVER = 1 - 2**31
"""The day from which people are there whose rows do not tell when they enrolled."""


class Lookups:
    """Looks ids up; what is not asked for is not read."""

    def __init__(self, engine: Checking) -> None:
        self.engine = engine
        self.readable = {name: columns for name in engine.tables if (columns := engine.readable(name))}

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
            (holder, "distributor_id" if holder in ROSTER else name) for holder in self._holders(table, target)
        ]
        return self.engine.strange(frame, (table, column), known, flag)

    def attach(self, frame: Frame, table: str, column: str) -> Frame:
        """A frame of the table with the days of the person in a column, `enrolled` being null for the unknown alone."""
        people = self.engine.kept(self._everybody(self._holders(table, "distributors")))
        return self.engine.look_up(self.engine.keyed(frame, column), people).drop(KEY)

    def _holders(self, table: str, target: str) -> tuple[str, ...]:
        """The tables that the ids may stand in: a distributor may be a customer; enrolments do not know themselves."""
        names = {"distributors": ROSTER, "customers": ("customers", *ROSTER)}.get(target, (target,))
        if target == "customers" and target not in self.readable:
            return ()
        own = table if table == "enrollments" else None
        return tuple(name for name in names if name in self.readable and name != own)

    def _everybody(self, holders: tuple[str, ...]) -> Frame:
        """Everybody's first enrolment, termination (none before it) and first return to the books after it."""
        day, last, enrolled, terminated = map(nw.col, ("day", "last", ENROLLED, "terminated"))
        days = self.engine.kept(nw.concat([self._days(holder) for holder in holders]))
        people = days.group_by(KEY).agg(
            day.min().alias(ENROLLED), day.max().alias("last"), nw.col("left").max().alias("terminated")
        )
        valid = nw.when(terminated >= enrolled).then(terminated).alias("terminated")
        people = self.engine.kept(people.with_columns(valid))
        returned = people.filter(last > enrolled, last >= terminated).select(KEY, ENROLLED, "terminated")
        again = days.join(returned, on=KEY).filter(day > enrolled, day >= terminated)
        back = again.group_by(KEY).agg(day.min().alias("back"))
        people = people.drop("last").join(back, on=KEY, how="left")
        return people.with_columns(enrolled.fill_null(_EVER))

    def _days(self, table: str) -> Frame:
        """The days people enrolled on, and left on."""
        leaves = table == "distributors" and "terminated_on" in self.readable[table]
        columns = ["distributor_id", "enrolled_on", *["terminated_on"] * leaves]
        rows = self.engine.keyed(self.engine.with_keys(table, columns), "distributor_id").filter(~nw.col(KEY).is_null())
        left = nw.col("terminated_on") if leaves else nw.lit(None, nw.Int32)
        return rows.select(nw.col(KEY), nw.col("enrolled_on").alias("day"), left.alias("left"))


def _target(table: str, column: str) -> str:
    return str(TABLES[table].column(column).references).partition(".")[0]
