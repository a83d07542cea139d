"""The people of the business: who enrolled when, under whom, left when and came back when."""

from __future__ import annotations

from collections.abc import Sequence

import narwhals as nw

from mlmkpi.books.export import Export
from mlmkpi.books.expressions import Expr, flag
from mlmkpi.books.memo import Memo
from mlmkpi.engines import Frame
from mlmkpi.spelling import spelled
from mlmkpi.tables import ROSTER

FAR = 4_000_000
"""A day that never comes: stands for "not terminated", "did not come back", "never enrolled"."""
DAYS = ("enrolled", "terminated", "returned_on")
"""The columns of a person's row that say when they are on the books."""


class Roster:
    """Builds the roster and its events from the distributors and enrollments tables, as seen on the as-of date.

    `impossible` counts the terminations, of the people built, that come before the enrolment and so do not count.
    """

    def __init__(self, export: Export, as_of: int) -> None:
        self.export = export
        self.as_of = as_of
        self.impossible = 0
        self.distributors = export.columns("distributors")
        self.enrollments = export.columns("enrollments")
        self._memo: Memo[Frame] = Memo()

    @property
    def exists(self) -> bool:
        """Whether the export says who is a distributor."""
        return bool(self.distributors or self.enrollments)

    def enrolments(self) -> Frame:
        """One row an enrolment: `person`, `day`."""
        return self._memo.once("enrolments", lambda: self.export.engine.materialise(self._read_enrolments()))

    def _read_enrolments(self) -> Frame:
        frames = []
        for table in ROSTER:
            if self.export.columns(table):
                frame = self.export.scan(table, ["distributor_id", "enrolled_on"])
                frames.append(frame.rename({"distributor_id": "person", "enrolled_on": "day"}))
        rows = self.export.engine.concat(frames).filter(nw.col("day") <= self.as_of)
        return rows.filter(~nw.col("person").is_null())

    def firsts(self) -> Frame:
        """One row a person: `person`, `enrolled`, `latest`, the days of the first and the last enrolment."""
        return self._memo.once("firsts", self._read_firsts)

    def _read_firsts(self) -> Frame:
        days = nw.col("day").min().alias("enrolled"), nw.col("day").max().alias("latest")
        return self.export.engine.materialise(self.enrolments().group_by("person").agg(*days))

    def people(self, last_sales: Frame | None) -> Frame:
        """One row a person: `person`, `enrolled`, `terminated`, `returned_on` (far days where never).

        `last_sales` (`person`, `last_sale`) dates the leaving of those marked terminated without a date.
        """
        enrolments = self.enrolments()
        people = self._with_terminations(self.firsts(), last_sales)
        left = nw.col("terminated")
        people = people.with_columns(
            nw.when(left >= nw.col("enrolled")).then(left).otherwise(nw.lit(FAR)).alias("terminated"),
            flag(left < nw.col("enrolled")).alias("_impossible"),
        )
        people = self.export.engine.materialise(people)
        counted = self.export.engine.collect(people.select(nw.col("_impossible").sum()))
        self.impossible, people = int(counted.item() or 0), people.drop("_impossible")
        several = people.filter(nw.col("latest") > nw.col("enrolled")).select("person", "enrolled", "terminated")
        back = enrolments.join(several, on="person", how="inner")
        back = back.filter((nw.col("day") > nw.col("enrolled")) & (nw.col("day") >= nw.col("terminated")))
        back = back.group_by("person").agg(nw.col("day").min().alias("returned_on"))
        people = people.join(back, on="person", how="left")
        return people.with_columns(nw.col("returned_on").fill_null(FAR)).drop("latest")

    def rejoins(self) -> Frame:
        """One row an enrolment after the first day: `unit`, `day`."""
        several = self.firsts().filter(nw.col("latest") > nw.col("enrolled")).select("person", "enrolled")
        later = self.enrolments().join(several, on="person", how="inner").filter(nw.col("day") > nw.col("enrolled"))
        return later.select(nw.col("person").alias("unit"), "day")

    @property
    def marked_terminated(self) -> Sequence[str]:
        """The status spellings that mean terminated."""
        if "status" not in self.distributors:
            return ()
        return spelled(self.export.engine.spellings("distributors", "status"), ["terminated"])

    def undated_leavers(self) -> Frame:
        """`person` of those marked terminated without a date."""
        columns = ["distributor_id", "status", *(self.distributors & {"terminated_on"})]
        frame = self.export.scan("distributors", columns).filter(nw.col("status").is_in(list(self.marked_terminated)))
        if "terminated_on" in self.distributors:
            frame = frame.filter(nw.col("terminated_on").is_null())
        return frame.select(nw.col("distributor_id").alias("person"))

    def enrollers(self) -> Frame | None:
        """`person`, `enrolled`, `enroller`, of all ever enrolled: the highest of the first day's rows, else the listed.

        Where an export has one of the two trees alone, it serves as both.
        """
        if not self._has("enroller_id"):
            return self._sponsors("enroller") if self._has("sponsor_id") else None
        return self._enrollers("enroller")

    def sponsors(self) -> Frame | None:
        """`person`, `enrolled`, `sponsor`, of all ever enrolled: the listed one, else the highest of the first day."""
        if not self._has("sponsor_id"):
            return self._enrollers("sponsor") if self._has("enroller_id") else None
        return self._sponsors("sponsor")

    def _enrollers(self, name: str) -> Frame:
        return self._above([self._first("enroller_id"), self._listed("enroller_id")], name)

    def _sponsors(self, name: str) -> Frame:
        return self._above([self._listed("sponsor_id"), self._first("sponsor_id")], name)

    def first_enrolment(self, column: str) -> Frame:
        """`person`, `above`: a text of the enrollments of the first day ever; of two that day the highest."""
        rows = self.export.scan("enrollments", ["distributor_id", "enrolled_on", column])
        firsts = self.firsts().select("person", "enrolled")
        rows = rows.join(firsts, left_on="distributor_id", right_on="person", how="inner")
        rows = rows.filter(nw.col("enrolled_on") == nw.col("enrolled"))
        best = rows.group_by("distributor_id").agg(nw.col(column).max().alias("above"))
        return best.select(nw.col("distributor_id").alias("person"), "above")

    def _above(self, sources: Sequence[Frame | None], name: str) -> Frame:
        """`person`, `enrolled` and, under the name, whom the first source that knows somebody puts above them."""
        people, found = self.firsts().select("person", "enrolled"), []
        for at, source in enumerate(frame for frame in sources if frame is not None):
            known = source.rename({"above": f"above_{at}", "on": f"on_{at}"}).filter(~nw.col("person").is_null())
            people = self.export.engine.look_up(people, "person", known)
            dated = nw.col(f"on_{at}").is_null() | (nw.col(f"on_{at}") == nw.col("enrolled"))
            found.append(nw.when(dated).then(nw.col(f"above_{at}")))
        return people.select("person", "enrolled", nw.coalesce(*found).alias(name))

    def _first(self, column: str) -> Frame | None:
        """`person`, `above`, `on`: by the enrollments table the first day, and the highest id of its rows."""
        if column not in self.enrollments:
            return None
        engine = self.export.engine
        rows = self.export.scan("enrollments", ["distributor_id", "enrolled_on", column])
        rows = rows.filter(nw.col("enrolled_on") <= self.as_of)
        best = rows.group_by("distributor_id").agg(
            engine.latest(FAR - nw.col("enrolled_on"), nw.col(column)).max().alias("best"),
            nw.col("enrolled_on").min().alias("on"),
        )
        above = engine.latest_person(nw.col("best")).alias("above")
        return best.select(nw.col("distributor_id").alias("person"), above, "on")

    def _listed(self, column: str) -> Frame | None:
        """`person`, `above`, `on` (null: whenever it was)."""
        if column not in self.distributors:
            return None
        base = self.export.scan("distributors", ["distributor_id", column])
        undated = nw.lit(None, dtype=nw.Int32).alias("on")
        return base.select(nw.col("distributor_id").alias("person"), nw.col(column).alias("above"), undated)

    def _has(self, column: str) -> bool:
        return column in self.distributors | self.enrollments

    def _with_terminations(self, first: Frame, last_sales: Frame | None) -> Frame:
        if not self.distributors:
            return first.with_columns(nw.lit(None, dtype=nw.Int32).alias("terminated"))
        columns = ["distributor_id", *(self.distributors & {"terminated_on"})]
        listed = self.export.scan("distributors", columns)
        listed = listed.select(nw.col("distributor_id").alias("person"), self._terminated_on().alias("terminated"))
        people = self.export.engine.look_up(first, "person", listed.filter(~nw.col("person").is_null()))
        if last_sales is not None:
            people = people.join(last_sales, on="person", how="left")
            latest = nw.max_horizontal(nw.col("latest"), nw.col("last_sale")) + 1
            undated = ~nw.col("last_sale").is_null()
            people = people.with_columns(
                nw.when(undated).then(nw.when(latest <= self.as_of).then(latest)).otherwise(nw.col("terminated"))
                .alias("terminated")
            )
        return people.select("person", "enrolled", "latest", "terminated")

    def _terminated_on(self) -> nw.Expr:
        if "terminated_on" not in self.distributors:
            return nw.lit(None, dtype=nw.Int32)
        return nw.when(nw.col("terminated_on") <= self.as_of).then(nw.col("terminated_on"))


def on_books(day: int | Expr) -> Expr:
    """Whether a person (`enrolled`, `terminated`, `returned_on`) is on the books on the day."""
    return (nw.col("enrolled") <= day) & ((nw.col("terminated") > day) | (nw.col("returned_on") <= day))


def never(column: str) -> Expr:
    """A day column with the far day for null."""
    return nw.col(column).fill_null(FAR)
