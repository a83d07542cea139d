"""The oracle's formulas against published figures: survival, intervals, quantiles, calendars."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from math import sqrt
from statistics import mean, stdev

import pytest

from oracle import survival
from oracle.calendar import Calendar, back_a_year
from oracle.figures import Unit, quantile
from oracle.intervals import linearised, wilson


def near(low: float, high: float) -> list[object]:
    """Bounds to five digits."""
    return [pytest.approx(low, rel=1e-5), pytest.approx(high, rel=1e-5)]


def test_survival_of_the_maintained_group_of_the_aml_trial() -> None:
    times = [(9, True), (13, True), (13, False), (18, True), (23, True), (28, False), (31, True), (34, True),
             (45, False), (48, True), (161, False)]
    published = [(9, 0.909), (13, 0.818), (18, 0.716), (23, 0.614), (31, 0.491), (34, 0.368), (48, 0.184)]
    assert [(day, round(float(left), 3)) for day, left, _, _ in survival.curve(times)] == published
    assert survival.median(times) == 31
    assert survival.share_within(times, 161) == 1 - survival.curve(times)[-1][1]
    assert survival.share_within(times, 162) is None
    assert survival.share_within([(3, True)], 30) == 1


@pytest.mark.parametrize(
    ("numerator", "denominator", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_as_newcombe_published_it(numerator: int, denominator: int, low: float, high: float) -> None:
    found = [round(bound or 0, 4) for bound in wilson(Fraction(numerator), Fraction(denominator))]
    assert found == [low, high]


def test_linearised_intervals() -> None:
    values = [10, 12, 7, 30]
    half = 1.959964 * stdev(values) / sqrt(4)
    means = linearised([(Fraction(value), Fraction(1)) for value in values])
    assert list(means) == near(mean(values) - half, mean(values) + half)
    clustered = linearised([(Fraction(2), Fraction(2)), (Fraction(0), Fraction(1))])
    assert list(clustered) == near(2 / 3 - 1.959964 * 4 / 9, 2 / 3 + 1.959964 * 4 / 9)
    assert linearised([(Fraction(1), Fraction(1))]) == (None, None)


def test_quantiles_interpolate() -> None:
    units = [Unit((), Fraction(value)) for value in (1, 2, 3, 10)]
    assert quantile(Fraction(1, 2))(units).value == Fraction(5, 2)
    assert quantile(Fraction(9, 10))(units).value == 3 + Fraction(7, 10) * 7


def test_years_go_back_to_the_same_place() -> None:
    assert back_a_year(date(2025, 2, 28)) == date(2024, 2, 29)
    assert back_a_year(date(2024, 2, 29)) == date(2023, 2, 28)
    assert back_a_year(date(2024, 2, 28)) == date(2023, 2, 28)
    months, weeks = Calendar("month", date(2026, 10, 15)), Calendar("week", date(2026, 10, 15))
    last = months.spans(None, None, 2)[-1]
    assert [span.label for span in months.spans(None, None, 2)] == ["2026-09", "2026-10"]
    assert (last.closing, months.twelve_months(last)[0]) == (date(2026, 10, 15), date(2025, 10, 16))
    before = months.year_before(last)
    assert before is not None
    assert (before.first, before.closing) == (date(2025, 10, 1), date(2025, 10, 15))
    assert [span.label for span in weeks.spans(None, None, 1)] == ["2026-W42"]
    assert weeks.back(date(2026, 10, 15)) == date(2025, 10, 16)
    assert [span.label for span in Calendar("quarter", date(2026, 10, 15)).spans(date(2026, 5, 5), None, None)] == [
        "2026-Q2", "2026-Q3", "2026-Q4",
    ]
