"""What is bought to join, to close a month, and by itself: indicators that regulators look at, never verdicts."""

from __future__ import annotations

from mlmkpi.books.rules import ANY_ORDER, ActiveRule, OrderRules, Refunds, Volume
from mlmkpi.facts.autoship import Autoships, AutoshipSpells
from mlmkpi.facts.kits import Kits
from mlmkpi.facts.leaders import Legs
from mlmkpi.facts.loading import OwnPurchases
from mlmkpi.facts.sellers import Sellers
from mlmkpi.kpi import Better, Concentrated, Concentration, Family, MedianRatio, Ratio, Shape, Survival, Unit, kpi


@kpi(
    title="Kit revenue share", short="Kit revenue share", family=Family.COMPLIANCE, unit=Unit.RATE, better=Better.LOWER,
)
def kit_revenue_share(*, refunds: Refunds = Refunds.REFUND_DATE, valid_status: tuple[str, ...] = ()) -> Ratio:
    """The share of starter kits in what the company takes in.

    Formula: Σ amount of orders of kind kit ÷ (net sales + those).
    Unit: a rate from 0 to 1.
    Edge cases: where no order is of kind kit, the enrolments' kit amounts count; a kit's return is in neither sum.
    Source: set by mlmkpi.
    """
    kits = Kits(OrderRules(valid_status, refunds))
    return Ratio(kits.kits(), kits.with_kits())


@kpi(
    title="Month-end loading", short="Month-end loading", family=Family.COMPLIANCE, unit=Unit.RATE,
    better=Better.LOWER,
)
def month_end_loading_share(
    *, volume: Volume = Volume.QV, refunds: Refunds = Refunds.REFUND_DATE, valid_status: tuple[str, ...] = (),
) -> Ratio:
    """The share of own-purchase volume that is bought in the last 3 days of a calendar month; by chance 3 in 30.

    Formula: net volume of own purchases on those days ÷ net volume of own purchases.
    Unit: a rate from 0 to 1.
    Edge cases: a return counts on the day it is booked; null where own purchases come to 0 or less.
    Source: set by mlmkpi.
    """
    own = OwnPurchases(OrderRules(valid_status, refunds, volume))
    return Ratio(own.late_volume(), own.volume())


@kpi(
    title="Autoship share", short="Autoship share", family=Family.COMPLIANCE, unit=Unit.RATE, better=Better.NONE,
)
def autoship_share(*, refunds: Refunds = Refunds.REFUND_DATE, valid_status: tuple[str, ...] = ()) -> Ratio:
    """The share of net sales that comes by subscription.

    Formula: net sales of autoship orders ÷ net sales.
    Unit: a rate from 0 to 1.
    Edge cases: an order is an autoship where `is_autoship` says so, or where that says nothing and it has an
    `autoship_id`; so is a return, by its own row.
    Source: set by mlmkpi.
    """
    orders = Autoships(OrderRules(valid_status, refunds))
    return Ratio(orders.autoship_net_sales(), orders.net_sales())


@kpi(
    title="Autoship survival", short="Autoship survival", family=Family.COMPLIANCE, unit=Unit.DAYS,
    better=Better.HIGHER,
)
def autoship_survival(*, valid_status: tuple[str, ...] = ()) -> Survival:
    """How long half of the buyers who start a subscription keep it.

    Formula: the Kaplan–Meier median of the days from a buyer's first autoship sale to the end of the spell, by the
    period of the first; the share that has ended within 90 days beside it.
    Unit: days.
    Edge cases: one spell a buyer, ended 45 days after the last autoship sale where that day has come; a distributor's
    own subscription counts; null where more than half still go on.
    Source: Kaplan and Meier (1958).
    """
    spells = AutoshipSpells(OrderRules(valid_status))
    return Survival(spells.observed(), spells.duration(), spells.event(), (90,))


@kpi(
    title="Volume concentration", short="Volume concentration", family=Family.COMPLIANCE, unit=Unit.RATIO,
    better=Better.LOWER,
)
def volume_concentration(
    *, volume: Volume = Volume.QV, active_rule: ActiveRule = ANY_ORDER, refunds: Refunds = Refunds.REFUND_DATE,
    valid_status: tuple[str, ...] = (),
) -> Concentrated:
    """How unequally personal volume is spread over active distributors.

    Formula: the Gini coefficient of personal sales volume over active distributors. Beside it the share of the top 1 %;
    and the largest leg's share of a team's volume, the median over everybody on the books who sponsors somebody and
    whose team has volume.
    Unit: a ratio from 0 (all alike) to 1 (one has it all).
    Edge cases: volume below 0 counts as 0; null where there is none.
    Source: Gini (1912), the population form.
    """
    sellers = Sellers(OrderRules(valid_status, refunds, volume), active_rule, True)
    active, worth, legs = sellers.active(), sellers.volume(), Legs(sellers.rules)
    return Concentrated(
        Concentration("value", active, worth, Shape.GINI), (
            Concentration("top_1pct", active, worth, Shape.TOP_1PCT),
            MedianRatio("largest_leg", legs.sold(), legs.largest(), legs.whole(), Unit.RATE),
        ),
    )
