"""Social media: what it sells, and how people respond."""

from __future__ import annotations

from mlmkpi.books.rules import OrderRules, Refunds
from mlmkpi.facts.orders import Orders
from mlmkpi.kpi import Better, Family, Part, Ratio, Unit, kpi
from mlmkpi.tables import SOCIAL


@kpi(
    title="Social sales share", short="Social sales share", family=Family.SOCIAL, unit=Unit.RATE, better=Better.NONE,
)
def social_sales_share(
    *, social_channels: tuple[str, ...] = SOCIAL, refunds: Refunds = Refunds.REFUND_DATE,
    valid_status: tuple[str, ...] = (),
) -> Ratio:
    """The share of net sales that came through social channels.

    Formula: net sales through `social_channels` (case does not matter) ÷ net sales; beside it the share of sales that
    name no channel, which could be either.
    Unit: a rate from 0 to 1.
    Edge cases: null where net sales are 0 or less.
    Source: set by mlmkpi.
    """
    if not social_channels:
        raise ValueError("social_channels is empty; expected a channel or more")
    orders = Orders(OrderRules(valid_status, refunds), social_channels)
    part = Part("without_channel", orders.net_sales_without_channel(), orders.net_sales())
    return Ratio(orders.social_net_sales(), orders.net_sales(), also=(part,))
