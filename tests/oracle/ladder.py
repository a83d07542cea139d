"""The KPIs of ranks: who climbs, who falls, who is paid at their title, who becomes a leader."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from oracle.calendar import DAY, Span
from oracle.definitions import NullError
from oracle.export import Row
from oracle.figures import ONE, Block, Unit, count, share
from oracle.split import Split
from oracle.world import World


class Ladder:
    """The ranks from the lowest up, and where people stand on them."""

    def __init__(self, world: World, rows: Sequence[Row]) -> None:
        self.rungs = [str(rank) for rank in world.definitions.rank_ladder]
        seen = [row for row in rows if row["effective_on"] <= world.as_of]
        if not self.rungs:
            ranks = {str(row["rank"]) for row in seen}
            if not all(rank.isdigit() for rank in ranks):
                raise NullError("needs rank_ladder")
            self.rungs = sorted(ranks, key=int)
        if not self.rungs:
            raise NullError("no rank is known")
        self.rows = [row for row in seen if str(row["rank"]) in self.rungs]

    def place(self, row: Row) -> int:
        """How many rungs stand below a row's rank."""
        return self.rungs.index(str(row["rank"]))

    def at(self, who: str, day: date, kind: str = "paid_as") -> int | None:
        """The rung of the latest row up to the day; of one day's, the highest; none without a row."""
        held = [
            (row["effective_on"], self.place(row))
            for row in self.rows
            if row["distributor_id"] == who and row["effective_on"] <= day and kind_of(row) == kind
        ]
        return max(held)[1] if held else None


def kind_of(row: Row) -> str:
    """What a rank is one of; an empty kind is paid-as."""
    return row.get("kind") or "paid_as"


def _paid_as(world: World) -> Ladder:
    world.export.need("ranks")
    world.export.need_roster()
    return Ladder(world, world.export.rows("ranks"))


def rank_advancement_rate(world: World, span: Span, split: Split) -> list[Block]:
    """Those above where they stood by those who could climb; the same downwards; and how many moved where."""
    ladder = _paid_as(world)
    start = span.first - DAY
    up, down, moves = [], [], []
    for who in world.roster.first:
        if not (world.roster.on_books(who, start) and world.roster.on_books(who, span.closing)):
            continue
        cell = split.person(who, start)
        was, now = ladder.at(who, start) or 0, ladder.at(who, span.closing) or 0
        if was < len(ladder.rungs) - 1:
            up.append(Unit(cell, Fraction(now > was), ONE, who))
        if was > 0:
            down.append(Unit(cell, Fraction(now < was), ONE, who))
        own = (("rank_from", ladder.rungs[was]), ("rank_to", ladder.rungs[now]))
        moves.append(Unit(cell, ONE, person=who, own=own))
    return [Block("value", up, share), Block("demotion", down, share), Block("moves", moves, count, has_own=True)]


def rank_maintenance_rate(world: World, span: Span, split: Split) -> list[Block]:
    """People on the books with a title whose paid-as rank reaches it."""
    world.export.need("ranks", "kind")
    world.export.need_roster()
    ladder = Ladder(world, world.export.rows("ranks"))
    units = []
    for who in world.roster.first:
        title = ladder.at(who, span.closing, "title")
        if title is not None and world.roster.on_books(who, span.closing):
            kept = (ladder.at(who, span.closing) or 0) >= title
            units.append(Unit(split.person(who, span.closing), Fraction(kept), ONE, who))
    return [Block("value", units, share)]


def leadership_emergence_rate(world: World, span: Span, split: Split) -> list[Block]:
    """People current at the start below the leaders' rank who reach it for the first time in the period."""
    if world.definitions.leader_rank is None:
        raise NullError("set leader_rank")
    world.export.need("distributors")
    world.export.need("orders", "distributor_id")
    ladder = _paid_as(world)
    leader = _leaders_rung(ladder, str(world.definitions.leader_rank), bool(world.definitions.rank_ladder))
    start = span.first - DAY
    world.need_history(start, world.definitions.lapse_after_days)
    units = []
    for who in world.roster.first:
        if not world.is_current(who, start) or (ladder.at(who, start) or 0) >= leader:
            continue
        reached = [
            row["effective_on"]
            for row in ladder.rows
            if row["distributor_id"] == who and kind_of(row) == "paid_as" and ladder.place(row) >= leader
        ]
        emerged = bool(reached) and span.first <= min(reached) <= span.closing
        units.append(Unit(split.person(who, start), Fraction(emerged), ONE, who))
    return [Block("value", units, share)]


def _leaders_rung(ladder: Ladder, rank: str, is_given: bool) -> int:
    """The lowest rung of leaders; numeric ranks need not be held by anybody."""
    if rank in ladder.rungs:
        return ladder.rungs.index(rank)
    if is_given or not rank.isdigit():
        raise NullError("leader_rank is not on the ladder")
    return sum(1 for rung in ladder.rungs if int(rung) < int(rank))
