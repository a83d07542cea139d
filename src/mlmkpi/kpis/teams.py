"""Teams: what leaders' teams sell, how they grow, and who stays in them."""

from __future__ import annotations

from mlmkpi.books.dimensions import Boundary
from mlmkpi.books.rules import ANY_ORDER, ActiveRule, Base, OrderRules, Refunds, Volume, Window
from mlmkpi.facts.downlines import Boundaries, Downlines, Sponsored
from mlmkpi.facts.leaders import RANKED, TeamVolumes
from mlmkpi.kpi import MEDIAN, P90, Better, Family, Interval, MedianRatio, Part, Quantiles, Ratio, Unit, kpi


@kpi(
    title="Team sales volume", short="Team sales volume", family=Family.LEADERSHIP, unit=Unit.VOLUME,
    better=Better.HIGHER,
)
def team_sales_volume(
    *, volume: Volume = Volume.QV, team_includes_self: bool = True, team_depth: int | None = None,
    refunds: Refunds = Refunds.REFUND_DATE, valid_status: tuple[str, ...] = (),
) -> Ratio:
    """Net volume of a person and everybody below them in the sponsor tree (TSV): the mean over people with a team.

    Formula: Σ TSV ÷ people on the books on the period's last day with anybody on the books below them; median and
    90th percentile over them. By team or distributor it is that person's own TSV, with: own volume; team_size (people
    on the books below), frontline (those directly below), depth (levels below, of whoever left too), active_legs
    (people directly below with a sale, their own or of anybody below), largest_leg (the share of the largest),
    outside_largest_leg, breakaway (the volume down to the next person of the same rank or above), new_leaders (people
    of the team, the leader too, the first of whose people directly below in the tree enrolled in the period).
    Unit: volume.
    Edge cases: the mean counts a volume once for everybody above it; whoever left still links the tree and their
    orders count; the tree is the one exported, whatever it was before. Legs, breakaway and outside_largest_leg are of
    the whole team with the leader, whatever `team_includes_self` and `team_depth` say.
    Source: set by mlmkpi.
    """
    if team_depth is not None and (type(team_depth) is not int or team_depth < 0):
        raise ValueError(f"team_depth is {team_depth!r}; expected a whole number from 0")
    teams = TeamVolumes(OrderRules(valid_status, refunds, volume), team_includes_self, team_depth)
    heads = teams.heads()

    def count(name: str) -> Part:
        return Part(name, getattr(teams, "levels" if name == "depth" else name)(), unit=Unit.COUNT, of_leaders=True)

    return Ratio(
        teams.volume(), heads,
        also=(
            Quantiles(heads, teams.volume(), (MEDIAN, P90)), Part("own", teams.own_volume(), of_leaders=True),
            *map(count, ("team_size", "frontline", "depth", "active_legs")),
            Part("largest_leg", teams.largest(), teams.whole(), unit=Unit.RATE, of_leaders=True),
            Part("outside_largest_leg", teams.outside(), of_leaders=True),
            Part("breakaway", teams.breakaway(), needs=RANKED, of_leaders=True), count("new_leaders"),
        ),
    )


@kpi(
    title="Team growth", short="Team growth", family=Family.LEADERSHIP, unit=Unit.RATE, better=Better.HIGHER,
    dims_at=Boundary.START,
)
def team_growth_rate() -> Ratio:
    """How much larger the field, or a leader's downline, has grown in the period.

    Formula: (people on the books on the last day − those on the books when the period opened) ÷ the latter; of a team
    without its leader. Beside it the median of that over leaders on the books at both ends with anybody below them when
    it opened.
    Unit: a rate; 0.1 is a tenth more.
    Edge cases: where nobody was on the books when the period opened the rate is null, and the numerator tells how many
    were added.
    Source: set by mlmkpi.
    """
    people = Boundaries()
    leaders = Downlines(people, "added", "at_start", at_both=True)
    return Ratio(people.added(), people.at_start(), also=(_median(leaders),))


@kpi(
    title="Team retention", short="Team retention", family=Family.LEADERSHIP, unit=Unit.RATE, better=Better.HIGHER,
    interval=Interval.WILSON, dims_at=Boundary.START,
)
def team_retention_rate(
    *, retention_base: Base = Base.CURRENT, lapse_after_days: int = 90, active_rule: ActiveRule = ANY_ORDER,
    refunds: Refunds = Refunds.REFUND_DATE, volume: Volume = Volume.QV, valid_status: tuple[str, ...] = (),
) -> Ratio:
    """The share of the people with a sponsor who were current a year before the period's end and still are.

    Formula: distributor retention over 12 months, of everybody who stands under somebody, once each; of a team without
    its leader. Beside it the median of that over leaders on the books at the period's end.
    Unit: a rate from 0 to 1.
    Edge cases: whoever's sponsor is not in the export has none; leaders with nobody of their downline current a year
    before are not in the median.
    Source: set-based retention as in distributor_retention_rate.
    """
    rules = active_rule.order_rules(valid_status, refunds, volume)
    people = Sponsored(rules, lapse_after_days, retention_base, Window.YEAR, active_rule)
    leaders = Downlines(people, "kept", "at_start")
    return Ratio(people.kept(), people.at_start(), also=(_median(leaders),))


def _median(leaders: Downlines) -> MedianRatio:
    return MedianRatio("median", leaders.leaders(), leaders.over(), leaders.under())
