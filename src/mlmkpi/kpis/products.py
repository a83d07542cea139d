"""Products: what is sold, what sells best, and what comes back."""

from __future__ import annotations

from mlmkpi.books.rules import OrderRules, Refunds
from mlmkpi.facts.products import Pieces, SoldUnits
from mlmkpi.kpi import Better, Family, Part, Ratio, Unit, kpi

CATEGORY, PRODUCT = "order.category", "order.product"


@kpi(
    title="Product mix", short="Product mix", family=Family.SALES, unit=Unit.RATE, better=Better.NONE,
)
def product_mix_share(*, refunds: Refunds = Refunds.REFUND_DATE, valid_status: tuple[str, ...] = ()) -> Ratio:
    """The share of each product category in net sales.

    Formula: net amount of a category's lines ÷ net sales; beside it the Herfindahl index of the known categories,
    the sum of their squared shares in what is known: 1 where one has it all.
    Unit: a rate; the shares add to 1.
    Edge cases: what has no line or no category is `(unknown)`; a return's lines are taken off.
    Source: Herfindahl (1950), for the index.
    """
    lines = Pieces(OrderRules(valid_status, refunds), by=CATEGORY)
    net = lines.net_sales()
    return Ratio(net, net, blocks=((CATEGORY,),), of_total=True, herfindahl=(("herfindahl", CATEGORY),))


@kpi(
    title="Best sellers", short="Best sellers", family=Family.SALES, unit=Unit.MONEY, better=Better.NONE,
)
def best_sellers(*, refunds: Refunds = Refunds.REFUND_DATE, valid_status: tuple[str, ...] = ()) -> Ratio:
    """The hundred products that bring in most, and how much of it all the top fifth of the products does.

    Formula: Σ net amount of a product's lines, and its units; Pareto: the net amount of the ⌈20 %⌉ largest products ÷
    that of all products.
    Unit: money; units are a count, Pareto a rate.
    Edge cases: products of equal amounts stand in the order of their ids; a return's lines are taken off.
    Source: set by mlmkpi.
    """
    lines = Pieces(OrderRules(valid_status, refunds), by=PRODUCT)
    units = Part("units", lines.units(), unit=Unit.COUNT)
    return Ratio(lines.net_sales(), also=(units,), blocks=((PRODUCT,),), largest=100)


@kpi(
    title="Product return rate", short="Product returns", family=Family.SALES, unit=Unit.RATE, better=Better.LOWER,
)
def product_return_rate(*, return_window_days: int = 90, valid_status: tuple[str, ...] = ()) -> Ratio:
    """The share of the units sold that come back within some days.

    Formula: of the units sold in the period, those returned 0 to `return_window_days` days later ÷ units sold.
    Unit: a rate.
    Edge cases: returns that do not name a known order are left out, and counted in the note of the period they came
    in; where the export does not say what a return undoes, units returned in the period ÷ units sold in it, which the
    note says. Sales too young to have been followed so long are left out.
    Source: set by mlmkpi.
    """
    units = SoldUnits(OrderRules(valid_status, Refunds.REFUND_DATE), return_window_days=return_window_days)
    return Ratio(
        units.returned(), units.sold(), noted=(("returns without a known original order, left out", units.orphans()),)
    )
