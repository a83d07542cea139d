"""The words round the figures: periods, families, segments and statistics as people call them."""

from __future__ import annotations

import re
from datetime import date, timedelta

from mlmkpi.period import Period

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)
FAMILIES = {
    "recruiting": "Recruiting and retention", "sales": "Sales", "engagement": "Engagement",
    "leadership": "Leadership", "customers": "Customers", "social": "Social media",
    "demographics": "Demographics", "operations": "Running the business", "compliance": "Compliance",
}
STATISTICS = {
    "own": "own purchases", "customer": "customer orders", "without_channel": "without a channel",
    "top_1pct": "top 1 %", "herfindahl": "Herfindahl",
    "herfindahl_country": "Herfindahl by country", "herfindahl_region": "Herfindahl by region",
    "pareto": "Pareto", "net": "net sales", "index_year": "year index",
    "team_sales_volume.own": "own volume", "income_distribution.net": "gross less expenses",
}
STEERING = (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
CONTROLS = dict.fromkeys(STEERING, "\N{REPLACEMENT CHARACTER}")
SPACES = {ord(space): " " for space in "\t\n\r"}


def clean(text: str) -> str:
    """Text from an export on one line, without what would steer a terminal."""
    return text.translate(CONTROLS | SPACES)


def day_text(day: date) -> str:
    """A date in words.

    >>> day_text(date(2026, 10, 31))
    '31 Oct 2026'
    """
    return f"{day.day} {MONTHS[day.month - 1][:3]} {day.year}"


def period_text(period: Period, every: str, *, full: bool = False) -> str:
    """A period as a heading.

    >>> october = Period(date(2026, 10, 1), date(2026, 10, 31), "2026-10")
    >>> period_text(october, "month"), period_text(october, "month", full=True)
    ('Oct 2026', 'October 2026')
    """
    if every == "day":
        return day_text(period.start)
    if every == "month":
        month = MONTHS[period.start.month - 1]
        return f"{month if full else month[:3]} {period.start.year}"
    if every == "quarter":
        return f"Q{(period.start.month + 2) // 3} {period.start.year}"
    return clean(period.label)


def label_text(label: str) -> str:
    """A month's or a quarter's label as a heading; another as it is.

    >>> label_text("2026-10"), label_text("2026-Q3"), label_text("2026-W41"), label_text("Autumn")
    ('October 2026', 'Q3 2026', '2026-W41', 'Autumn')
    """
    if month := re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", label):
        return f"{MONTHS[int(month[2]) - 1]} {month[1]}"
    if quarter := re.fullmatch(r"(\d{4})-(Q[1-4])", label):
        return f"{quarter[2]} {quarter[1]}"
    return clean(label)


def before_text(period: Period, every: str, earlier: Period | None) -> str:
    """The heading of the change: the period before, as short as can be."""
    last = period.start - timedelta(days=1)
    if every == "day":
        return f"vs {last.day} {MONTHS[last.month - 1][:3]}"
    if every == "week":
        return f"vs W{last.isocalendar().week:02d}"
    if every == "month":
        return f"vs {MONTHS[last.month - 1][:3]}"
    if every == "quarter":
        return f"vs Q{(last.month + 2) // 3}"
    if every == "year":
        return f"vs {last.year}"
    return f"vs {clean(earlier.label)}" if earlier else "vs before"


def family_text(family: str) -> str:
    """A section's title."""
    return FAMILIES.get(family, family.capitalize())


def family_place(family: str) -> int:
    """Where a section stands among the others, one that is not known behind them.

    >>> family_place("recruiting"), family_place("sales")
    (0, 1)
    """
    return list(FAMILIES).index(family) if family in FAMILIES else len(FAMILIES)


def statistic_text(statistic: str, kpi: str = "") -> str:
    """A statistic in words, those of the KPI where it has its own.

    >>> statistic_text("p90"), statistic_text("within_30"), statistic_text("clicks_per_link")
    ('P90', 'within 30 days', 'clicks per link')
    """
    if re.fullmatch(r"p\d+", statistic):
        return statistic.upper()
    if within := re.fullmatch(r"within_(\d+)", statistic):
        return f"within {within[1]} days"
    return STATISTICS.get(f"{kpi}.{statistic}") or STATISTICS.get(statistic, statistic.replace("_", " "))


def segment_text(label: str) -> str:
    """A dimension's value in words.

    >>> segment_text("<90 days"), segment_text(">=90 days"), segment_text("US")
    ('under 90 days', '90 days and more', 'US')
    """
    if under := re.fullmatch(r"<(\d+(?: days)?)", label):
        return f"under {under[1]}"
    if over := re.fullmatch(r">=(\d+(?: days)?)", label):
        return f"{over[1]} and more"
    return clean(label)
