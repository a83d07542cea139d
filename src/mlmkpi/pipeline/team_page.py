"""One leader's page: their figures beside the company's and the median leader's, and the people of their team."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import polars as pl

from mlmkpi.books.lineage import TEAM, Teams, TreeKind
from mlmkpi.errors import UsageError
from mlmkpi.period import Every, Period
from mlmkpi.pipeline import Exports, Result, compute
from mlmkpi.pipeline.downline import Asked, Downline, Member, downline
from mlmkpi.pipeline.opening import on_engine
from mlmkpi.pipeline.plan import check_definitions
from mlmkpi.pipeline.request import check_day, check_list, one_of
from mlmkpi.settings import Settings, chosen_settings

KPIS = (
    "team_sales_volume", "new_signups", "team_growth_rate", "distributor_retention_rate", "team_retention_rate",
    "active_distributor_rate", "personal_sales_volume", "active_customers", "customer_retention_rate",
)
WIDEST = 8
KEYS = ("kpi", "statistic")
FIGURES = (TEAM, *KEYS, "tenure", "value", "previous", "change")
SHOWN = 10
SOON = 30


@dataclass(frozen=True)
class Line:
    """A figure of the leader's team beside the company's and that of the median leader."""

    kpi: str
    statistic: str
    unit: str
    value: float | None
    previous: float | None
    change: float | None
    company: float | None
    median_leader: float | None
    note: str | None


@dataclass(frozen=True)
class Node:
    """A person of the team as the tree draws them; `more` people directly below are not drawn, `gone` of them left.

    `listed` says that they are on the books, `size` is how many people on the books stand below them, `volume` their
    team's (null before the orders start), `change` that volume's since the period before,
    `retention` the share of their team that stayed current.
    """

    id: str
    name: str | None
    sponsor: str | None
    below: int
    listed: bool
    size: int
    volume: float | None
    change: float | None
    previous: float | None
    retention: float | None
    more: int
    gone: int


@dataclass(frozen=True)
class TeamPage:
    """Everything the page says.

    `joined` enrolled in the period, `lapsed` were current when it opened and are on the books still, `lapsing` are
    current for at most 30 days more, `rising` are nearest to the usual team volume of the rank above theirs; each
    list has the first ten, `counts` tells of how many, null where the orders do not reach back far enough to know.
    Without orders (`has_orders` is false) what takes them is null, and their figures are not there.
    `warnings` are what is wrong with the exports.
    """

    leader: str
    tree: str
    every: str
    period: str
    period_start: date
    period_end: date
    as_of: date
    has_orders: bool
    alone: bool
    figures: tuple[Line, ...]
    nodes: tuple[Node, ...]
    joined: tuple[Member, ...]
    lapsed: tuple[Member, ...]
    lapsing: tuple[Member, ...]
    rising: tuple[Member, ...]
    counts: dict[str, int | None]
    warnings: tuple[str, ...]


def team(
    exports: Exports = ".", leader: str = "", *, tree: str = "sponsor", every: str = "month", as_of: date | None = None,
    depth: int = 2, names: bool = False, bad_rows: str = "stop", config: str | Path | None = None,
    settings: Settings | None = None, engine: Any = None, progress: Callable[[str], None] | None = None,
) -> TeamPage:
    """One leader's page, for the last period that ended: nobody outside their team is on it.

    `tree` is "sponsor" or "enroller", `depth` how many generations the tree draws, `names` whether people's names are
    read. The rest is as in `compute`.

    Raises UsageError for an unknown leader, and what `compute` raises.
    """
    if not isinstance(depth, int) or depth < 0:
        raise UsageError("a tree's depth counts from 0", (("got", repr(depth)), ("expected", "0 or more")))
    check_day("as_of", as_of)
    check_list("leader", [leader])
    settings = chosen_settings(settings, config, exports)
    check_definitions(settings)
    teams = Teams(one_of(TreeKind, "tree", tree))
    where = str(Path(exports)) if isinstance(exports, str | Path) else "EXPORTS"
    asked = Asked(leader, teams, one_of(Every, "every", every), as_of, names, bad_rows, where)
    found = on_engine(exports, settings, engine, bad_rows, lambda opened, _: downline(opened, settings, asked))
    drawn = _drawn(found.members, depth)

    def run(first: Period = found.period, **options: Any) -> Result:
        return compute(
            exports, kpis=KPIS, every=every, first=first.start, last=found.period.end, as_of=found.as_of,
            tree=tree, bad_rows=bad_rows, settings=settings, engine=engine, progress=progress, **options,
        )

    alone = run(found.before or found.period, where={TEAM: [leader, *_leading_nobody(found, drawn)]}).frame
    company, leaders = run(), run(by=[TEAM]).frame
    lines = _lines(found, alone.filter(pl.col(TEAM) == leader), company.frame, leaders)
    wanted = pl.col(TEAM).is_in([one.id for one in drawn]), pl.col("period") == found.period.label
    drawn_teams = pl.concat([frame.filter(*wanted).select(FIGURES) for frame in (leaders, alone)])
    lists = _lists(found)
    return TeamPage(
        leader, tree, every, found.period.label, found.period.start, found.period.end, found.as_of, found.has_orders,
        len(found.members) == 1, tuple(lines), tuple(_nodes(found, drawn, drawn_teams)),
        **{name: tuple(people or ())[:SHOWN] for name, people in lists.items()},
        counts={name: None if people is None else len(people) for name, people in lists.items()},
        warnings=(*found.warnings, *company.warnings),
    )


def _drawn(members: Sequence[Member], depth: int) -> list[Member]:
    """The leader and, generation by generation, the largest teams below whoever is drawn, by people without orders."""
    below: dict[str | None, list[Member]] = {}
    for one in members[1:]:
        below.setdefault(one.sponsor, []).append(one)

    drawn, ahead = [], [members[0]]
    while ahead:
        one = ahead.pop()
        drawn.append(one)
        if one.below < depth:
            largest = sorted(below.get(one.id, ()), key=lambda leg: (-_weight(leg), leg.id))
            ahead.extend(reversed(largest[:WIDEST]))
    return drawn


def _weight(leg: Member) -> float:
    return leg.size if leg.volume is None else leg.volume


def _leading_nobody(found: Downline, drawn: Sequence[Member]) -> list[str]:
    """Those drawn who lead nobody, and so have no figures among all leaders'.

    Asked for by name, a team of many has the middle of all its people worked out, for everybody of a long line anew.
    """
    lead = {one.sponsor for one in found.members[1:]}
    return [one.id for one in drawn if one.id not in lead]


def _nodes(found: Downline, drawn: Sequence[Member], teams: pl.DataFrame) -> Iterator[Node]:
    figures = {
        (row["team"], row["kpi"], row["statistic"]): row
        for row in teams.filter(pl.col("tenure").is_null()).iter_rows(named=True)
    }
    shown = {one.id for one in drawn}
    legs = Counter(one.sponsor for one in drawn)
    direct = Counter(one.sponsor for one in found.members)
    gone = Counter(one.sponsor for one in found.members if not one.listed and one.id not in shown)
    for one in drawn:
        volume = figures.get((one.id, "team_sales_volume", "value"), {})
        retention = figures.get((one.id, "distributor_retention_rate", "value"), {})
        yield Node(
            one.id, one.name, one.sponsor if one.sponsor in shown else None, one.below, one.listed, one.size,
            one.volume if found.covers(found.end) else None, volume.get("change"), volume.get("previous"),
            retention.get("value"), direct[one.id] - legs[one.id], gone[one.id],
        )


def _lines(found: Downline, leader: pl.DataFrame, company: pl.DataFrame, teams: pl.DataFrame) -> Iterator[Line]:
    """The leader's figures, each beside the company's and the median over all leaders.

    A count that is 0 has no row by team: such a leader counts 0.
    """
    plain = pl.col("tenure").is_null()
    rows, earlier = (
        _keyed(leader.filter(plain & (pl.col("period") == period.label))) if period else {}
        for period in (found.period, found.before)
    )
    leaders = teams.filter(plain & pl.col(TEAM).is_not_null()).group_by(*KEYS).agg("value").iter_rows()
    values = {(kpi, statistic): known for kpi, statistic, known in leaders}
    wholes = _keyed(company.filter(plain))
    for key, whole in wholes.items():
        if whole["unit"] == "count" and whole["value"] is not None:
            rows.setdefault(key, _nobody(whole, earlier.get(key)))
            others = values.setdefault(key, [])
            others.extend([0.0] * (found.leaders - len(others)))
    order = {name: at for at, name in enumerate(KPIS)}
    for key, row in sorted(rows.items(), key=lambda one: order[one[0][0]]):
        comparable = row["kpi"] != "team_sales_volume" or row["statistic"] == "value"
        others = [value for value in values.get(key, ()) if value is not None]
        yield Line(
            *key, row["unit"], row["value"], row["previous"], row["change"],
            wholes.get(key, {}).get("value") if comparable else None, median(others) if others else None, row["note"],
        )


def _keyed(rows: pl.DataFrame) -> dict[tuple[str, str], dict[str, Any]]:
    """Rows by KPI and statistic."""
    return {(row["kpi"], row["statistic"]): row for row in rows.iter_rows(named=True)}


def _nobody(whole: dict[str, Any], before: dict[str, Any] | None) -> dict[str, Any]:
    """The row of a count of nobody, after the row of the period before if there is one."""
    previous = before["value"] if before else None
    return {**whole, "value": 0.0, "previous": previous, "change": None if previous is None else -previous}


def _lists(found: Downline) -> dict[str, list[Member] | None]:
    """Who joined, who lapsed and may be won back, who is about to lapse, who is nearest to the next rank.

    None instead of those of whom the orders do not tell.
    """
    below, eve = found.members[1:], found.period.start - timedelta(days=1)
    lapsed = [one for one in below if one.listed and one.current_before and not one.current]
    lapsing = [one for one in below if one.current and _left(one) <= SOON]
    joined = [one for one in below if found.period.start <= one.enrolled <= found.end]
    rising = [one for one in below if one.listed and 0 < (one.volume or 0) < (one.usual_volume or 0)]
    return {
        "joined": sorted(joined, key=lambda one: (-one.enrolled.toordinal(), one.id)),
        "lapsed": sorted(lapsed, key=lambda one: (-_left(one), one.id)) if found.knows_current(eve) else None,
        "lapsing": sorted(lapsing, key=lambda one: (_left(one), one.id)) if found.knows_current(found.end) else None,
        "rising": sorted(rising, key=lambda one: (-_risen(one), one.id)) if found.has_orders else None,
    }


def _left(one: Member) -> int:
    return one.days_left or 0


def _risen(one: Member) -> float:
    """What part of the next rank's usual volume their team has."""
    return (one.volume or 0) / (one.usual_volume or 1)
