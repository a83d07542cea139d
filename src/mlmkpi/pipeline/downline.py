"""The people of one leader's team, one by one: when they joined, until when they are current, what their team sells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from shlex import quote
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl

from mlmkpi.books.attributes import ranked
from mlmkpi.books.books import Books
from mlmkpi.books.dimensions import Boundary, Dimension
from mlmkpi.books.export import Export
from mlmkpi.books.lineage import TREE, Teams, leaders_of, lineage_of
from mlmkpi.books.ranks import held_ladder, steps_at
from mlmkpi.books.roster import Roster
from mlmkpi.books.spans import Span, schedule
from mlmkpi.declaration import SCALE
from mlmkpi.engines import Engine
from mlmkpi.errors import DataError, UsageError
from mlmkpi.facts.leaders import Int64s, Members, TeamVolumes
from mlmkpi.facts.people import ENROLLED, People
from mlmkpi.genealogy import subtree_sums
from mlmkpi.kpi import KPIS
from mlmkpi.period import Calendar, Every, Period, choose_periods, day_number, from_day_number
from mlmkpi.pipeline.clock import company_calendar, read_clock
from mlmkpi.pipeline.plan import lack, plan
from mlmkpi.settings import Settings
from mlmkpi.tables import ROSTER

HOLDERS = 5
"""A rank's usual volume is told where so many people hold it."""


@dataclass(frozen=True)
class Member:
    """One person of a team on the period's last day.

    `below` is how many generations they stand below the leader, `size` how many people on the books stand below them.
    `days_left` is how many days more they are current without another sale, below 0 where they lapsed. `volume` is
    that of their team as the settings define it, `own` their own. `next_rank` is the one above theirs, `usual_volume`
    the median volume of the teams of those who hold it. Without orders, what they tell is None.
    """

    id: str
    name: str | None
    sponsor: str | None
    below: int
    enrolled: date
    listed: bool
    current: bool | None
    current_before: bool | None
    days_left: int | None
    size: int
    volume: float | None
    own: float | None
    rank: str | None
    next_rank: str | None
    usual_volume: float | None


@dataclass(frozen=True)
class Downline:
    """A leader's team in a period, the leader first, depth-first by id; `before` is the period before it.

    `leaders` is how many people of the export lead by the period's end, `data_start` the day the orders start,
    `has_orders` whether any of them has a day, `warnings` what is wrong with the day it is as of.
    """

    period: Period
    before: Period | None
    as_of: date
    members: tuple[Member, ...]
    leaders: int
    lapse_after_days: int
    data_start: date | None
    has_orders: bool
    warnings: tuple[str, ...]

    @property
    def end(self) -> date:
        """The period's last day that is seen."""
        return min(self.period.end, self.as_of)

    def covers(self, day: date, days: int = 1) -> bool:
        """Whether the orders reach back over so many days up to this one."""
        return self.data_start is not None and self.data_start <= day - timedelta(days=days - 1)

    def knows_current(self, day: date) -> bool:
        """Whether who is current on the day is known: it takes the orders of as many days as one takes to lapse."""
        return self.covers(day, self.lapse_after_days)


@dataclass(frozen=True)
class Asked:
    """Whose team, when, whether names are read, whether rows that do not fit stop the run, and of which exports."""

    leader: str
    teams: Teams
    every: Every
    as_of: date | None
    names: bool
    bad_rows: str
    exports: str


def downline(engine: Engine, settings: Settings, asked: Asked) -> Downline:
    """The people of the team. UsageError for an unknown leader, DataError where the export cannot tell, LoopError."""
    export = Export(engine, bad_rows=asked.bad_rows, currency=settings.currency)
    people, volumes = _facts(export, settings, asked)
    clock = read_clock(engine, ROSTER, asked.as_of)
    roster = Roster(export, day_number(clock.as_of))
    lineage = lineage_of(engine, roster, asked.teams.kind)
    leader = int(leaders_of(engine, [asked.leader], lineage)[0])
    calendar = company_calendar(engine) if asked.every is Every.PERIOD else Calendar(asked.every)
    period = _ended(choose_periods(calendar, clock.as_of, count=2), clock.as_of)
    laid = schedule(calendar, [period], clock.as_of, year=False)
    has_orders = clock.data_start is not None
    facts = [people, volumes] if has_orders else []
    books = Books(
        export, laid, clock.data_start, facts, ladder=held_ladder(export, settings.rank_ladder, laid.as_of),
        teams=asked.teams, lineage=lineage, roster=roster,
    )
    for fact in facts:
        fact.prepare(books, ())
    books.build()
    span = laid.spans[laid.shown[0]]
    team = lineage.team(leader, asked.teams, with_leader=True)
    everybody = Members.of(books, lineage)
    enrolled = from_day_number(int(everybody.days["enrolled"][leader]))
    if enrolled > period.end:
        raise UsageError(
            f"{asked.leader} enrolled on {enrolled}, after {period.label}, the last period that ended",
            (("fix", "set a later --as-of, or shorter periods with --every"),),
        )
    leaders = int(np.count_nonzero((everybody.days["enrolled"] <= span.end) & (lineage.tree.legs > 0)))
    sales = _sales(books, everybody, people, volumes, span) if has_orders else None
    return Downline(
        period, calendar.before(period), clock.as_of,
        tuple(_members(books, everybody, sales, span, team, names=asked.names)),
        leaders, people.lapse_after_days, None if clock.data_start is None else from_day_number(clock.data_start),
        has_orders, clock.warnings,
    )


def _facts(export: Export, settings: Settings, asked: Asked) -> tuple[People, TeamVolumes]:
    """The facts of retention and of team volume under the settings; an export without orders needs the tree alone."""
    kpis = [KPIS["distributor_retention_rate"], KPIS["team_sales_volume"]]
    retention, volume = plan(kpis, export, settings, (), asked.teams)
    lacks = [retention.lacks, volume.lacks]
    if not export.columns("orders"):
        lacks = [lack(need, export) for need in (ENROLLED, TREE) if not export.has(need)]
    for reason in filter(None, lacks):
        fix = f"mlmkpi kpis {quote(asked.exports)} --missing tells what cures it"
        raise DataError(f"a team's page {reason}", (("fix", fix),))
    people, volumes = retention.figure.of.fact, volume.figure.of.fact
    if not isinstance(people, People) or not isinstance(volumes, TeamVolumes):
        raise AssertionError("other facts than expected")
    return people, volumes


def _ended(periods: Sequence[Period], as_of: date) -> Period:
    """The last period that ended by the as-of date, else the last one."""
    return next((period for period in reversed(periods) if period.end <= as_of), periods[-1])


@dataclass(frozen=True, eq=False)
class Sales:
    """What the orders tell of everybody of the tree: the last day each was active by the period's two boundaries, the
    volume of their team and their own, and how many days it takes to lapse.
    """

    before: Int64s
    now: Int64s
    whole: Int64s
    own: Int64s
    lapse: int

    def told(self, at: int, listed: bool, listed_before: bool, span: Span) -> dict[str, Any]:
        """What they tell of one person, who is on the books on the period's last day and on the day before it."""
        left = int(self.now[at]) + self.lapse - 1 - span.end
        left_before = int(self.before[at]) + self.lapse - 1 - span.before
        return {
            "current": listed and left >= 0, "current_before": listed_before and left_before >= 0, "days_left": left,
            "volume": int(self.whole[at]) / SCALE, "own": int(self.own[at]) / SCALE,
        }


UNTOLD = dict.fromkeys(("current", "current_before", "days_left", "volume", "own"))


def _sales(books: Books, everybody: Members, people: People, volumes: TeamVolumes, span: Span) -> Sales:
    before, now = (_last_active(books, people, everybody, day) for day in (span.before, span.end))
    rows = volumes.rows(books, (Dimension("distributor"),), Boundary.END).filter(nw.col("span") == span.index)
    sold = books.engine.collect(rows.select("unit", "team_volume", "own"))
    whole, own = everybody.placed(sold, "team_volume", "own")
    return Sales(before, now, whole, own, people.lapse_after_days)


def _members(
    books: Books, everybody: Members, sales: Sales | None, span: Span, team: np.ndarray[Any, Any], *, names: bool
) -> Iterator[Member]:
    ids, listed, before = everybody.lineage.ids, everybody.listed(span.end), everybody.listed(span.before)
    size = subtree_sums(everybody.lineage.tree, listed, include_self=False)
    ranks = _ranks(books, everybody, span.end, sales)
    texts = books.engine.decode(ids.gather(team)).to_list()
    known = dict(zip(team.tolist(), texts, strict=True))
    tree, leader = everybody.lineage.tree, int(team[0])
    called = _names(books, ids.gather(team)) if names else {}
    for at, text in known.items():
        if everybody.days["enrolled"][at] > span.end:
            continue
        here = bool(listed[at])
        rank, next_rank, usual = ranks(at)
        yield Member(
            text, called.get(text), known.get(int(tree.parents[at])), int(tree.depth[at] - tree.depth[leader]),
            from_day_number(int(everybody.days["enrolled"][at])), here, size=int(size[at]), rank=rank,
            next_rank=next_rank, usual_volume=usual,
            **(sales.told(at, here, bool(before[at]), span) if sales else UNTOLD),
        )


def _last_active(books: Books, people: People, everybody: Members, day: int) -> np.ndarray[Any, Any]:
    """The last day up to this one on which each person enrolled, came back or had a sale."""
    line = books.timeline
    cells = books.cells(people.rules, "seller").filter(nw.col("cell") < len(line.cells_of(line.low, day)))
    sales = books.engine.collect(cells.group_by("unit").agg(nw.col("last_sale").max().alias("day")))
    rejoins = books.roster.rejoins().filter(nw.col("day") <= day)
    back = books.engine.collect(rejoins.group_by("unit").agg(nw.col("day").max()))
    enrolled = everybody.days["enrolled"]
    sold, returned = (everybody.placed(days, "day")[0] for days in (sales, back))
    found = [np.where(enrolled <= day, enrolled, 0), sold, returned]
    latest: np.ndarray[Any, Any] = np.maximum.reduce(found)
    return latest


def _ranks(books: Books, everybody: Members, day: int, sales: Sales | None) -> Any:
    """For a person: their rank, the next one, and the median team volume of those on the books who hold that."""
    if not ranked(books.export) or not books.ladder:
        return lambda at: (None, None, None)
    steps = books.engine.collect(steps_at(books, [day])).rename({"person": "unit"})
    [step], listed = everybody.placed(steps, f"_step_{day}"), everybody.listed(day)
    usual: list[float | None] = [
        float(np.median(sales.whole[held])) / SCALE if sales and np.count_nonzero(held) >= HOLDERS else None
        for held in ((step == place) & listed for place in range(len(books.ladder)))
    ]

    def ranks(at: int) -> tuple[str | None, str | None, float | None]:
        place = int(step[at])
        top = place + 1 >= len(books.ladder)
        return books.ladder[place], None if top else books.ladder[place + 1], None if top else usual[place + 1]

    return ranks


def _names(books: Books, ids: pl.Series) -> dict[str, str]:
    """The names that the export has of these people."""
    if "name" not in books.export.columns("distributors"):
        return {}
    rows = books.export.scan("distributors", ["distributor_id", "name"])
    wanted = books.engine.small(ids.alias("distributor_id").to_frame())
    found = books.engine.collect(rows.join(wanted, on="distributor_id", how="semi"))
    texts = books.engine.decode(found["distributor_id"])
    return {text: name for text, name in zip(texts, found["name"], strict=True) if name is not None}


