"""One leader's page: their figures beside the company's and the median leader's, and the people of their team."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from mlmkpi.books.lineage import TEAM, Teams, TreeKind
from mlmkpi.errors import UsageError
from mlmkpi.period import Every
from mlmkpi.pipeline import Exports, Result, compute
from mlmkpi.pipeline.downline import Asked, Downline, Member, downline
from mlmkpi.pipeline.opening import on_engine
from mlmkpi.pipeline.request import check_day, one_of
from mlmkpi.settings import Settings, load_settings

KPIS = (
    "team_sales_volume", "new_signups", "team_growth_rate", "distributor_retention_rate", "team_retention_rate",
    "active_distributor_rate", "personal_sales_volume", "active_customers", "customer_retention_rate",
)
WIDEST = 8
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
    team's, `change` that volume's since the period before, `retention` the share of their team that stayed current.
    """

    id: str
    name: str | None
    sponsor: str | None
    below: int
    listed: bool
    size: int
    volume: float
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
    list has the first ten, `counts` tells of how many. `warnings` are what is wrong with the exports.
    """

    leader: str
    tree: str
    every: str
    period: str
    period_start: date
    period_end: date
    as_of: date
    alone: bool
    figures: tuple[Line, ...]
    nodes: tuple[Node, ...]
    joined: tuple[Member, ...]
    lapsed: tuple[Member, ...]
    lapsing: tuple[Member, ...]
    rising: tuple[Member, ...]
    counts: dict[str, int]
    warnings: tuple[str, ...]


def team(
    exports: Exports = ".", leader: str = "", *, tree: str = "sponsor", every: str = "month", as_of: date | None = None,
    depth: int = 2, names: bool = False, bad_rows: str = "stop", config: Path | None = None,
    settings: Settings | None = None, engine: Any = None, progress: Callable[[str], None] | None = None,
) -> TeamPage:
    """One leader's page, for the last period that ended: nobody outside their team is on it.

    `tree` is "sponsor" or "enroller", `depth` how many generations the tree draws, `names` whether people's names are
    read. The rest is as in `compute`.

    Raises UsageError for an unknown leader, and what `compute` raises.
    """
    if depth < 0:
        raise UsageError("a tree's depth counts from 0", (("got", str(depth)), ("expected", "0 or more")))
    check_day("as_of", as_of)
    folder = Path(exports) if isinstance(exports, str | Path) else None
    settings = settings or load_settings(config, folder, Path.cwd())
    teams = Teams(one_of(TreeKind, "tree", tree))
    asked = Asked(leader, teams, one_of(Every, "every", every), as_of, names, bad_rows, str(folder or "EXPORTS"))
    found = on_engine(exports, settings, engine, bad_rows, lambda opened, _: downline(opened, settings, asked))
    drawn = _drawn(found.members, depth)

    def run(**options: Any) -> Result:
        return compute(
            exports, kpis=KPIS, every=every, first=found.period.start, last=found.period.end, as_of=found.as_of,
            tree=tree, bad_rows=bad_rows, settings=settings, engine=engine, progress=progress, **options,
        )

    drawn_teams = run(where={TEAM: [one.id for one in drawn]}).frame
    company = run()
    lines = _lines(drawn_teams.filter(pl.col(TEAM) == leader), company.frame, run(by=[TEAM]).frame)
    lists = _lists(found)
    return TeamPage(
        leader, tree, every, found.period.label, found.period.start, found.period.end, found.as_of,
        len(found.members) == 1, tuple(lines), tuple(_nodes(found, drawn, drawn_teams)),
        **{name: tuple(people[:SHOWN]) for name, people in lists.items()},
        counts={name: len(people) for name, people in lists.items()}, warnings=company.warnings,
    )


def _drawn(members: Sequence[Member], depth: int) -> list[Member]:
    """The leader and, generation by generation, the largest teams below whoever is drawn."""
    below: dict[str | None, list[Member]] = {}
    for one in members[1:]:
        below.setdefault(one.sponsor, []).append(one)

    def walk(one: Member) -> Iterator[Member]:
        yield one
        if one.below < depth:
            largest = sorted(below.get(one.id, ()), key=lambda leg: (-leg.volume, leg.id))
            for leg in largest[:WIDEST]:
                yield from walk(leg)

    return list(walk(members[0]))


def _nodes(found: Downline, drawn: Sequence[Member], teams: pl.DataFrame) -> Iterator[Node]:
    figures = {
        (row["team"], row["kpi"], row["statistic"]): row
        for row in teams.filter(pl.col("tenure").is_null()).iter_rows(named=True)
    }
    shown = {one.id for one in drawn}
    legs = _counted(one.sponsor for one in drawn[1:])
    direct = _counted(one.sponsor for one in found.members[1:])
    gone = _counted(one.sponsor for one in found.members[1:] if not one.listed and one.id not in shown)
    for one in drawn:
        volume = figures.get((one.id, "team_sales_volume", "value"), {})
        retention = figures.get((one.id, "distributor_retention_rate", "value"), {})
        more = direct.get(one.id, 0) - legs.get(one.id, 0)
        yield Node(
            one.id, one.name, one.sponsor if one.sponsor in shown else None, one.below, one.listed, one.size,
            one.volume, volume.get("change"), volume.get("previous"), retention.get("value"), more,
            gone.get(one.id, 0),
        )


def _counted(ids: Iterator[str | None]) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in ids:
        if one is not None:
            found[one] = found.get(one, 0) + 1
    return found


def _lines(leader: pl.DataFrame, company: pl.DataFrame, teams: pl.DataFrame) -> Iterator[Line]:
    """The leader's figures, each beside the company's and the median over all leaders."""
    keys = ["kpi", "statistic"]
    plain = pl.col("tenure").is_null()
    leaders = teams.filter(plain & pl.col(TEAM).is_not_null())
    median = leaders.group_by(keys).agg(pl.col("value").median().alias("_median"))
    whole = company.filter(plain).select(*keys, pl.col("value").alias("_company"))
    rows = leader.filter(plain).join(whole, on=keys, how="left").join(median, on=keys, how="left")
    order = {name: at for at, name in enumerate(KPIS)}
    for row in sorted(rows.iter_rows(named=True), key=lambda row: order[row["kpi"]]):
        comparable = row["kpi"] != "team_sales_volume" or row["statistic"] == "value"
        yield Line(
            row["kpi"], row["statistic"], row["unit"], row["value"], row["previous"], row["change"],
            row["_company"] if comparable else None, row["_median"], row["note"],
        )


def _lists(found: Downline) -> dict[str, list[Member]]:
    """Who joined, who lapsed and may be won back, who is about to lapse, who is nearest to the next rank."""
    below, end = found.members[1:], min(found.period.end, found.as_of)
    lapsed = [one for one in below if one.listed and one.current_before and not one.current]
    lapsing = [one for one in below if one.current and one.days_left <= SOON]
    joined = [one for one in below if found.period.start <= one.enrolled <= end]
    rising = [one for one in below if one.listed and one.usual_volume is not None and 0 < one.volume < one.usual_volume]
    return {
        "joined": sorted(joined, key=lambda one: (-one.enrolled.toordinal(), one.id)),
        "lapsed": sorted(lapsed, key=lambda one: (-one.days_left, one.id)),
        "lapsing": sorted(lapsing, key=lambda one: (one.days_left, one.id)),
        "rising": sorted(rising, key=lambda one: (-one.volume / (one.usual_volume or 1), one.id)),
    }
