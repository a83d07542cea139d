"""The KPIs of teams, the naive way: every leader's team is walked person by person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from oracle.calendar import DAY, Span
from oracle.definitions import NullError
from oracle.distributors import bases
from oracle.figures import ONE, ZERO, Block, Unit, count, quantile, ratio, share
from oracle.ladder import Ladder
from oracle.roster import Roster
from oracle.split import Split
from oracle.world import World

Parents = Mapping[str, str | None]


def above(roster: Roster, kind: str) -> dict[str, str | None]:
    """Whom each person stands under: nobody where that one has never enrolled."""
    sponsored = any(roster.export.has(table, "sponsor_id") for table in ("distributors", "enrollments"))
    by_sponsor = kind == "sponsor" and sponsored
    found = {who: roster.sponsor(who) if by_sponsor else roster.named_enroller(who) for who in roster.first}
    return {who: parent if parent in roster.first else None for who, parent in found.items()}


def team_of(parents: Parents, leader: str) -> dict[str, int]:
    """The leader's team: how many generations below each one stands, the leader at 0."""
    found = {leader: 0}
    waiting = [leader]
    while waiting:
        person = waiting.pop()
        for who, parent in parents.items():
            if parent == person:
                found[who] = found[person] + 1
                waiting.append(who)
    return found


def has_tree(world: World) -> bool:
    """Whether the export says who stands under whom."""
    return any(
        world.export.has(table, column)
        for table in ("distributors", "enrollments") for column in ("sponsor_id", "enroller_id")
    )


@dataclass(frozen=True)
class Field:
    """The tree of a period, and what everybody in it sold."""

    world: World
    span: Span
    kind: str
    parents: Parents
    own: Mapping[str, Fraction]
    sold: frozenset[str]

    @classmethod
    def of(cls, world: World, span: Span, kind: str) -> Field:
        """The field of a period."""
        if not has_tree(world):
            raise NullError("needs a sponsor")
        own: dict[str, Fraction] = defaultdict(Fraction)
        for order in world.within(span):
            if order.seller is not None:
                own[order.seller] += order.volume
        sold = frozenset(world.sellers(span.first, span.closing))
        return cls(world, span, kind, above(world.roster, kind), own, sold)

    def leaders(self) -> list[str]:
        """Everybody who stands above somebody."""
        return sorted({parent for parent in self.parents.values() if parent is not None})

    def legs(self, who: str) -> list[str]:
        """The people directly below somebody."""
        return [one for one, parent in self.parents.items() if parent == who]

    def listed(self, who: str) -> bool:
        """Whether they are on the books on the closing day."""
        return self.world.roster.on_books(who, self.span.closing)

    def volume(self, who: str, depth: int | None = None, *, own: bool = True) -> Fraction:
        """The volume of a team."""
        return sum((self.own.get(one, ZERO) for one, below in team_of(self.parents, who).items()
                    if (depth is None or below <= depth) and (own or one != who)), ZERO)

    def largest(self, who: str) -> Fraction:
        """The largest leg's volume."""
        return max((self.volume(leg) for leg in self.legs(who)), default=ZERO)

    def size(self, who: str) -> int:
        """The people below on the books."""
        return sum(self.listed(one) for one in team_of(self.parents, who) if one != who)

    def breakaway(self, who: str, ranks: Mapping[str, int]) -> Fraction:
        """The volume down to the next person of the same rank or above."""
        total, waiting = self.own.get(who, ZERO), self.legs(who)
        while waiting:
            person = waiting.pop()
            if ranks[person] < ranks[who]:
                total += self.own.get(person, ZERO)
                waiting += self.legs(person)
        return total

    def has_begun(self, who: str) -> bool:
        """Whether their first recruit enrolled in the period."""
        days = [self.world.roster.first[leg] for leg in self.legs(who)]
        return bool(days) and self.span.first <= min(days) <= self.span.closing


def team_sales_volume(world: World, span: Span, split: Split) -> list[Block]:
    """The mean team's volume; by person each one's own team, with what it is made of."""
    world.need_volume()
    world.export.need("orders", "distributor_id")
    world.export.need_roster()
    field = Field.of(world, span, split.tree)
    depth, own = world.definitions.team_depth, world.definitions.team_includes_self
    if "distributor" in split.dimensions:
        return _personal(field, split)
    units = [
        Unit(split.person(who, span.closing), field.volume(who, depth, own=own), ONE, who)
        for who in field.parents
        if field.listed(who) and field.size(who)
    ]
    return [
        Block("value", units, ratio), Block("median", units, quantile(Fraction(1, 2))),
        Block("p90", units, quantile(Fraction(9, 10))),
    ]


def _personal(field: Field, split: Split) -> list[Block]:
    world, span = field.world, field.span
    depth, own = world.definitions.team_depth, world.definitions.team_includes_self
    leaders = field.leaders()
    shown = [
        who for who in field.parents
        if field.own.get(who) or who in field.sold or (who in leaders and world.roster.first[who] <= span.closing)
    ]
    people = {who: split.person(who, span.closing) for who in shown}
    ranks = _ranks(field)

    def block(name: str, found: Mapping[str, Fraction]) -> Block:
        return Block(name, [Unit(cell, found[who], person=who) for who, cell in people.items()], count)

    value = [Unit(cell, field.volume(who, depth, own=own), ONE, who) for who, cell in people.items()]
    leg = [Unit(cell, field.largest(who), field.volume(who), who) for who, cell in people.items()]
    blocks = [
        Block("value", value, ratio), Block("largest_leg", leg, ratio),
        block("own", {who: field.own.get(who, ZERO) for who in people}),
        block("outside_largest_leg", {who: field.volume(who) - field.largest(who) for who in people}),
        block("team_size", {who: Fraction(field.size(who)) for who in people}),
        block("frontline", {who: Fraction(sum(map(field.listed, field.legs(who)))) for who in people}),
        block("depth", {who: Fraction(max(team_of(field.parents, who).values())) for who in people}),
        block("active_legs", {
            who: Fraction(sum(any(one in field.sold for one in team_of(field.parents, leg)) for leg in field.legs(who)))
            for who in people
        }),
        block("new_leaders", {
            who: Fraction(sum(map(field.has_begun, team_of(field.parents, who)))) for who in people
        }),
    ]
    if ranks is None:
        return [*blocks, Block("breakaway", [], count, lacks="a ladder of ranks")]
    return [*blocks, block("breakaway", {who: field.breakaway(who, ranks) for who in people})]


def _ranks(field: Field) -> dict[str, int] | None:
    """Each person's place on the ladder on the closing day, none where there is no ladder."""
    world = field.world
    if not world.export.has("ranks"):
        return None
    try:
        ladder = Ladder(world, world.export.rows("ranks"))
    except NullError:
        return None
    return {who: ladder.at(who, field.span.closing) or 0 for who in field.parents}


def team_growth_rate(world: World, span: Span, split: Split) -> list[Block]:
    """People on the books at the end by those at the start, less 1; the median over leaders' downlines."""
    world.export.need_roster()
    books, start = world.roster.on_books, span.first - DAY
    people = list(world.roster.first)
    ends = {who: Fraction(books(who, span.closing)) - Fraction(books(who, start)) for who in people}
    starts = {who: Fraction(books(who, start)) for who in people}
    units = [Unit(split.person(who, start), ends[who], starts[who], who) for who in people]
    units = [unit for unit in units if unit.above or unit.below or books(str(unit.person), start)]
    blocks = [Block("value", units, ratio)]
    if has_tree(world):
        parents = above(world.roster, split.tree)
        both = [who for who in people if books(who, start) and books(who, span.closing)]
        blocks.append(_median(parents, both, ends, starts, split, start))
    return blocks


def team_retention_rate(world: World, span: Span, split: Split) -> list[Block]:
    """Those who stand under somebody, were in S a year before, and are in E; the median over leaders' downlines."""
    if not has_tree(world):
        raise NullError("needs a sponsor")
    yearly = copy(world)
    yearly.definitions = replace(world.definitions, retention_window="12m")
    start, end, day = bases(yearly, span)
    parents = above(world.roster, split.tree)
    kept = {who: Fraction(who in start and who in end) for who in parents}
    begun = {who: Fraction(who in start) for who in parents}
    units = [Unit(split.person(who, day), kept[who], ONE, who) for who in sorted(start) if parents.get(who)]
    listed = [who for who in parents if world.roster.on_books(who, span.closing)]
    return [Block("value", units, share), _median(parents, listed, kept, begun, split, day)]


def _median(
    parents: Parents, leaders: Sequence[str], over: Mapping[str, Fraction], under: Mapping[str, Fraction], split: Split,
    day: date,
) -> Block:
    """The median of the leaders' own ratios over their downlines."""
    units = []
    for who in leaders:
        below = [one for one in team_of(parents, who) if one != who]
        whole = sum((under[one] for one in below), ZERO)
        if whole:
            part = sum((over[one] for one in below), ZERO)
            units.append(Unit(split.person(who, day), part / whole, ONE, who))
    return Block("median", units, quantile(Fraction(1, 2)))


def largest_leg(world: World, span: Span, split: Split) -> Block:
    """The largest leg's share of the team's volume, the median over leaders on the books whose team has volume."""
    field = Field.of(world, span, split.tree)
    units = [
        Unit(split.person(who, span.closing), field.largest(who) / field.volume(who), ONE, who)
        for who in field.leaders()
        if field.listed(who) and field.volume(who) > 0
    ]
    return Block("largest_leg", units, quantile(Fraction(1, 2)))
