"""What customers will be worth."""

from __future__ import annotations

from fractions import Fraction

from mlmkpi.books.rules import Base, ClvMethod, OrderRules, Refunds
from mlmkpi.facts.customers import Buyers, Customers
from mlmkpi.facts.holdout import DECILE, HoldOut
from mlmkpi.facts.lifetimes import Lifetimes
from mlmkpi.facts.orders import Orders
from mlmkpi.kpi import TOTAL, Better, Chain, Check, Family, Part, Ratio, Unit, kpi


def _held_out(figure: Ratio) -> Ratio | None:
    """What the customers of a horizon ago paid since then ÷ what the models then expected, by decile."""
    customers = figure.numerator.fact
    if not isinstance(customers, Lifetimes) or customers.method is not ClvMethod.BGNBD:
        return None
    held = HoldOut(customers.rules, customers.horizon_months)
    parts = Part("customers", held.customers()), Part("purchases", held.purchases(), held.purchases_expected())
    return Ratio(held.paid(), held.expected(), also=parts, blocks=(TOTAL, (DECILE,)))


@kpi(
    title="Customer lifetime value", short="Lifetime value", family=Family.CUSTOMERS, unit=Unit.MONEY,
    better=Better.HIGHER,
    check=Check(
        "the models fitted on everything but the last clv_horizon_months, and what was then expected of these months"
        " beside what came, by tenths of the customers from the most to the least expected (before margin and"
        " discount)", _held_out,
    ),
)
def customer_lifetime_value(
    *, clv_horizon_months: int = 12, clv_annual_discount: float = 0.0, margin: float = 1.0,
    clv_method: ClvMethod = ClvMethod.BGNBD, retention_base: Base = Base.CURRENT, customer_lapse_after_days: int = 90,
    refunds: Refunds = Refunds.REFUND_DATE, valid_status: tuple[str, ...] = (),
) -> Ratio:
    """What the average customer can be expected to buy in the months ahead (CLV).

    Formula: mean, over customers with a sale by the period's end, of the purchases expected in `clv_horizon_months`
    (BG/NBD) × the value expected of one (Gamma–Gamma) × `margin`; both models by maximum likelihood on all days so far.
    With clv_method = formula: average order value × sales to customers ÷ active customers × `margin` ÷
    (1 − customer retention), by calendar month alone.
    Unit: money.
    Edge cases: one purchase a customer and day; a purchase's value is net sales after the first day ÷ purchases after
    it; who joined before the orders start is left out. With fewer than 100 repeat buyers, or where a model cannot be
    fitted, net sales of the last `clv_horizon_months` × `margin` ÷ customers who bought in them, which the note says;
    so too with clv_method = historic; null where the orders do not reach back so far. Unless the KPI is named, the last
    period that has ended and the one before are fitted alone.
    `retention_base` and `customer_lapse_after_days` are those of the formula's retention; where nobody was lost it is
    null.
    Source: Fader, Hardie and Lee (2005); Fader and Hardie (2013).
    """
    if clv_method is ClvMethod.FORMULA:
        return _by_formula(margin, retention_base, customer_lapse_after_days, OrderRules(valid_status))
    customers = Lifetimes(
        OrderRules(valid_status, refunds), clv_horizon_months, clv_annual_discount, margin, clv_method
    )
    return Ratio(customers.worth(), customers.customers())


def _by_formula(margin: float, base: Base, lapse_after_days: int, rules: OrderRules) -> Ratio:
    orders = Orders(rules, classed=True)
    customers = Customers(rules, lapse_after_days, base)
    chain = Chain(
        by=((orders.customer_sales(), Buyers(rules).active()),), over=(customers.lost(), customers.at_start()),
        factor=Fraction(str(margin)),
    )
    return Ratio(orders.sales_amount(), orders.sales(), chain=chain)
