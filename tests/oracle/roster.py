"""Who is on the books when: enrolments, rejoins, terminations, and who enrolled whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date

from oracle.calendar import DAY
from oracle.export import Export, Row


class Roster:
    """Everybody who has enrolled by the as-of date."""

    def __init__(self, export: Export, as_of: date, latest_sale: Mapping[str, date]) -> None:
        days: dict[str, set[date]] = defaultdict(set)
        for table in ("distributors", "enrollments"):
            for row in export.rows(table):
                if row["enrolled_on"] <= as_of:
                    days[row["distributor_id"]].add(row["enrolled_on"])
        self.export = export
        self.details: dict[str, Row] = {row["distributor_id"]: row for row in export.rows("distributors")}
        self.enrolments = {who: sorted(found) for who, found in days.items()}
        self.first = {who: found[0] for who, found in self.enrolments.items()}
        self.terminated: dict[str, date] = {}
        for who, row in self.details.items():
            day = row.get("terminated_on")
            if day is None and str(row.get("status")).casefold() == "terminated" and who in self.first:
                day = max(self.enrolments[who][-1], latest_sale.get(who, date.min)) + DAY
            if day is not None and day <= as_of:
                self.terminated[who] = day
        named = {who: self.named_enroller(who) for who in self.first}
        self.enroller = {who: None if other == who else other for who, other in named.items()}

    def named_enroller(self, who: str) -> str | None:
        """Who is written down as theirs, they themselves too: the first enrolment's row, else the distributors export.

        The recruiting credit is nobody's for somebody who enrolled themselves.
        """
        column = "enroller_id"
        if not (self.export.has("distributors", column) or self.export.has("enrollments", column)):
            return self.sponsor(who)
        named = self.named_in_enrollments(who, column)
        return named or self.details.get(who, {}).get(column)

    def sponsor(self, who: str) -> str | None:
        """The sponsor: the distributors export, else the first enrolment's row."""
        return self.details.get(who, {}).get("sponsor_id") or self.named_in_enrollments(who, "sponsor_id")

    def named_in_enrollments(self, who: str, column: str) -> str | None:
        """The highest id that the rows of the first enrolment's day name."""
        rows = self.export.rows("enrollments")
        named = [
            row[column]
            for row in rows
            if row["distributor_id"] == who and row["enrolled_on"] == self.first[who] and row.get(column)
        ]
        return max(named, default=None)

    def latest_enrolment(self, who: str, day: date) -> date | None:
        """The last day up to this one on which they enrolled or came back."""
        return max((found for found in self.enrolments.get(who, ()) if found <= day), default=None)

    def on_books(self, who: str, day: date) -> bool:
        """Whether they are on the books at the end of the day."""
        joined = self.latest_enrolment(who, day)
        left = self.terminated.get(who)
        if joined is None or left is None or left > day:
            return joined is not None
        return joined > left or (joined == left and joined > self.first[who])

    def newcomers(self, first: date, last: date) -> list[str]:
        """People whose first enrolment falls in these days."""
        return [who for who, day in self.first.items() if first <= day <= last]
