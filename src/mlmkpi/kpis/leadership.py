"""Leadership: who climbs the ranks, who holds theirs, and who becomes a leader."""

from __future__ import annotations

from mlmkpi.books.dimensions import Boundary
from mlmkpi.books.rules import OrderRules
from mlmkpi.facts.ladder import RANK_FROM, RANK_TO, Climbers, Emerging, Titled
from mlmkpi.kpi import TOTAL, Better, Family, Interval, Part, Ratio, Unit, kpi

MOVES = (RANK_FROM, RANK_TO)


@kpi(
    title="Rank advancement", short="Rank advancement", family=Family.LEADERSHIP, unit=Unit.RATE, better=Better.HIGHER,
    interval=Interval.WILSON, dims_at=Boundary.START,
)
def rank_advancement_rate() -> Ratio:
    """The share of the people who could rise on the ladder of ranks and did.

    Formula: people whose rank at the period's end is higher than at its start ÷ people on the books at both and below
    the top at its start. Beside it: demotion, those whose rank is lower ÷ those above the bottom at the start; and how
    many moved from which rank to which.
    Unit: a rate from 0 to 1.
    Edge cases: somebody's rank is that of their latest paid-as row (of several on a day the highest), without one the
    lowest; ranks that are numbers need no ladder, others are null without one; rows of ranks that the ladder lacks are
    ignored and counted in a warning.
    Source: set by mlmkpi.
    """
    people = Climbers()
    return Ratio(
        people.risen(), people.below_top(), blocks=(TOTAL, MOVES),
        also=(
            Part("demotion", people.fallen(), people.above_bottom()),
            Part("moves", people.moved(), unit=Unit.COUNT, block=MOVES),
        ),
    )


@kpi(
    title="Rank maintenance", short="Rank maintenance", family=Family.LEADERSHIP, unit=Unit.RATE, better=Better.HIGHER,
    interval=Interval.WILSON,
)
def rank_maintenance_rate() -> Ratio:
    """The share of the people with a title who are paid at its rank.

    Formula: people on the books at the period's end whose latest rank paid as is at least their latest title ÷ people
    on the books then who have a title.
    Unit: a rate from 0 to 1.
    Edge cases: who was never paid as a rank has the lowest; null where the export does not tell titles from ranks.
    Source: set by mlmkpi.
    """
    people = Titled()
    return Ratio(people.held(), people.titled())


@kpi(
    title="Leadership emergence", short="New leaders", family=Family.LEADERSHIP, unit=Unit.RATE, better=Better.HIGHER,
    interval=Interval.WILSON, dims_at=Boundary.START,
)
def leadership_emergence_rate(
    *, leader_rank: str | None = None, lapse_after_days: int = 90, valid_status: tuple[str, ...] = ()
) -> Ratio:
    """The share of current people below the leaders' rank who reach it for the first time.

    Formula: people whose first row ever at `leader_rank` or above is dated in the period ÷ people current at its start
    and paid below that rank then.
    Unit: a rate from 0 to 1.
    Edge cases: null until `leader_rank` is set; who had been a leader before and fell back is in the denominator alone.
    Source: set by mlmkpi.
    """
    people = Emerging(OrderRules(valid_status), lapse_after_days, leader_rank=leader_rank)
    return Ratio(people.led(), people.at_start())
