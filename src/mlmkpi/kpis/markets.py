"""Markets and the people in them: where customers live, who buys, how much of a market is reached, what it brings."""

from __future__ import annotations

from mlmkpi.books.rules import DemographicOf, OrderRules, Refunds
from mlmkpi.facts.base import Measure
from mlmkpi.facts.contribution import Contributions
from mlmkpi.facts.places import PLACES, Penetration, PlacedBuyers, PlacedOrders
from mlmkpi.facts.profiles import TRAITS, Profiles
from mlmkpi.kpi import Better, Family, Part, Ratio, Unit, kpi


@kpi(
    title="Where customers live", short="Customer geography", family=Family.DEMOGRAPHICS, unit=Unit.RATE,
    better=Better.NONE,
)
def customer_geographic_distribution(
    *, refunds: Refunds = Refunds.REFUND_DATE, valid_status: tuple[str, ...] = (),
) -> Ratio:
    """How the period's customers, and what they buy, are spread over countries and regions.

    Formula: active customers of a country (region) ÷ active customers; beside it the same of net customer sales, and
    the Herfindahl index of the known countries (regions), the sum of their squared shares in what
    is known.
    Unit: a rate; the shares of all countries, and those of all regions, add to 1.
    Edge cases: who is not in the customers table, or without a country there, is `(unknown)`.
    Source: Herfindahl (1950), for the index.
    """
    active = PlacedBuyers(OrderRules(valid_status)).active()
    net = PlacedOrders(OrderRules(valid_status, refunds), classed=True).customer_net_sales()
    return Ratio(
        active, active, also=(Part("net", net, net),), blocks=tuple((place,) for place in PLACES), of_total=True,
        herfindahl=(("herfindahl_country", PLACES[0]), ("herfindahl_region", PLACES[1])),
    )


@kpi(
    title="Sales by who buys", short="Demographic sales", family=Family.DEMOGRAPHICS, unit=Unit.MONEY,
    better=Better.NONE,
)
def demographic_sales_trend(
    *, demographic_of: DemographicOf = DemographicOf.BUYER, refunds: Refunds = Refunds.REFUND_DATE,
    valid_status: tuple[str, ...] = (),
) -> Ratio:
    """Net sales by age band, gender and region of the buyer, and how each has grown beside the total.

    Formula: Σ net amount; index: 100 × (the segment now ÷ before) ÷ (the total now ÷ before), on the previous period
    and on the year before.
    Unit: money; an index of 100 has grown as the total.
    Edge cases: age is that on the day of the order; an own purchase's buyer is its distributor; an index is null where
    the segment or the total before, or the total now, is not above 0, or the orders do not cover the earlier period.
    Source: set by mlmkpi.
    """
    orders = Profiles(OrderRules(valid_status, refunds), of=demographic_of)
    blocks = tuple((f"{demographic_of}.{trait}",) for trait in TRAITS)
    return Ratio(orders.net_sales(), blocks=blocks, year_ago=True, index=True)


@kpi(
    title="Market penetration", short="Market penetration", family=Family.DEMOGRAPHICS, unit=Unit.RATE,
    better=Better.HIGHER,
)
def market_penetration_rate(*, valid_status: tuple[str, ...] = ()) -> Ratio:
    """The share of a market's people who are customers.

    Formula: customers with a sale in the 12 months up to the period's end ÷ the population of their markets.
    Unit: a rate from 0 to 1.
    Edge cases: a customer's market is their own where known, else that of the seller of their latest sale; the rows of
    a market are added up; markets without a population are left out above and below, and
    their customers counted in the note; null until the orders reach back 12 months.
    Source: set by mlmkpi.
    """
    people = Penetration(OrderRules(valid_status))
    elsewhere = ("customers of markets without a population, left out", people.elsewhere())
    return Ratio(people.customers(), people.population(), noted=(elsewhere,))


def _made_of(figure: Ratio) -> tuple[Measure, ...]:
    """Net sales, and what is taken off them."""
    rows = figure.of.fact
    if not isinstance(rows, Contributions):
        raise TypeError(rows)
    return rows.net_sales(), rows.goods(), rows.commissions(), rows.costs()


@kpi(
    title="Market contribution", short="Market contribution", family=Family.OPERATIONS, unit=Unit.MONEY,
    better=Better.HIGHER, made_of=_made_of,
)
def market_contribution(*, refunds: Refunds = Refunds.REFUND_DATE, valid_status: tuple[str, ...] = ()) -> Ratio:
    """What is left of sales after goods, commissions and the costs of running a market.

    Formula: net sales − cost of goods of their lines − commissions − costs.
    Unit: money.
    Edge cases: sales and goods belong to the seller's market, commissions to the earner's; a line's `cost` is the whole
    line's, 0 where it is missing, which the note counts, and given back by a return; commissions are dated by
    `earned_on`, else `paid_on`.
    Source: set by mlmkpi.
    """
    rows = Contributions(OrderRules(valid_status, refunds))
    return Ratio(rows.contribution(), noted=(("lines without a cost, counted as 0", rows.lines_without_cost()),))
