"""The registry's second half: lines, growth, places, earnings, goals, and what regulators watch."""

from __future__ import annotations

from oracle import compliance, earnings, goals, growth, lines, places, repeat
from oracle.earnings import PERCENTILES
from oracle.kpi import ANY, LINES, Kpi

INCOME = ("value", "median", *(f"p{at}" for at in PERCENTILES), "gross", "expenses", "net")
GEOGRAPHY = ("value", "net", "herfindahl_country", "herfindahl_region")

KPIS_B: dict[str, Kpi] = {
    "customer_geographic_distribution": Kpi(
        places.customer_geographic_distribution, ANY, GEOGRAPHY, brings=("customer.country", "customer.region")
    ),
    "demographic_sales_trend": Kpi(
        places.demographic_sales_trend, LINES, ("value", "index", "index_year"), always_year=True
    ),
    "market_penetration_rate": Kpi(places.market_penetration_rate),
    "yoy_growth": Kpi(growth.yoy_growth, LINES, always_year=True),
    "order_size_trend": Kpi(growth.order_size_trend, LINES),
    "product_mix_share": Kpi(lines.product_mix_share, LINES, ("value", "herfindahl"), brings=("order.category",)),
    "best_sellers": Kpi(lines.best_sellers, LINES, ("value", "units", "pareto"), brings=("order.product",)),
    "product_return_rate": Kpi(lines.product_return_rate, LINES, window=lines.return_window),
    "market_contribution": Kpi(earnings.market_contribution),
    "first_income_30d": Kpi(earnings.first_income_30d, reads="roster", window=earnings.thirty_days),
    "goal_attainment": Kpi(goals.goal_attainment, reads="goals"),
    "goal_pace": Kpi(goals.goal_pace, reads="goals"),
    "payout_ratio": Kpi(earnings.payout_ratio),
    "reinvestment_rate": Kpi(earnings.reinvestment_rate, reads="roster"),
    "payout_cap_headroom": Kpi(earnings.payout_cap_headroom),
    "seasonality_index": Kpi(growth.seasonality_index, LINES, last_only=True),
    "one_time_buyer_share": Kpi(repeat.one_time_buyer_share, ANY),
    "second_order_rate_60d": Kpi(repeat.second_order_rate_60d, "person customer", window=repeat.sixty_days),
    "ten_customer_share": Kpi(compliance.ten_customer_share),
    "majority_retail_share": Kpi(compliance.majority_retail_share),
    "income_distribution": Kpi(earnings.income_distribution, statistics=INCOME, reads="roster"),
    "earnings_gini": Kpi(earnings.earnings_gini, reads="roster"),
    "top_1pct_earnings_share": Kpi(earnings.top_1pct_earnings_share, reads="roster"),
    "share_earning_nothing": Kpi(earnings.share_earning_nothing, reads="roster"),
    "at_most_break_even_share": Kpi(earnings.at_most_break_even_share, reads="roster"),
    "kit_revenue_share": Kpi(compliance.kit_revenue_share, ANY),
    "month_end_loading_share": Kpi(compliance.month_end_loading_share, ANY),
    "autoship_share": Kpi(compliance.autoship_share, LINES),
    "autoship_survival": Kpi(compliance.autoship_survival, statistics=("value", "within_90")),
    "net_revenue_retention": Kpi(growth.net_revenue_retention, "person customer"),
    "gross_revenue_retention": Kpi(growth.gross_revenue_retention, "person customer"),
    "volume_concentration": Kpi(compliance.volume_concentration, "person order", ("value", "top_1pct", "largest_leg")),
}
