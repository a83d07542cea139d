"""Demographics: who the distributors are, and which of them take part."""

from __future__ import annotations

from mlmkpi.facts.segments import Aged, BusySegments, Segments
from mlmkpi.kpi import Better, Family, Interval, Ratio, Unit, kpi

SEGMENTS = (("age_band",), ("gender",), ("region",))


@kpi(
    title="Ages of distributors", short="Ages of distributors", family=Family.DEMOGRAPHICS, unit=Unit.RATE,
    better=Better.NONE,
)
def distributor_age_distribution() -> Ratio:
    """How old the distributors on the books are.

    Formula: people on the books at the period's end in each age band ÷ people on the books then; the count is the
    numerator.
    Unit: a rate from 0 to 1.
    Edge cases: a year of birth alone means its 1 July; people without a birth date are a band of their own; bands of
    fewer than `min_cell` people are hidden. Other bands are the setting age_bands.
    Source: set by mlmkpi.
    """
    people = Aged()
    return Ratio(people.listed(), people.listed(), blocks=(("age_band",),), of_total=True)


@kpi(
    title="Activity rate by segment", short="Activity by segment", family=Family.DEMOGRAPHICS, unit=Unit.RATE,
    better=Better.HIGHER, interval=Interval.WILSON,
)
def segment_activity_rate(*, activity_minimum: int = 1, activity_kinds: tuple[str, ...] = ()) -> Ratio:
    """The activity rate by age band, by gender and by region of the distributors.

    Formula: as the activity rate, of each segment.
    Unit: a rate from 0 to 1.
    Edge cases: of age, gender and region those are given that the export has; segments by age or gender of fewer than
    `min_cell` people are hidden.
    Source: set by mlmkpi.
    """
    busy = BusySegments(activity_minimum, activity_kinds)
    return Ratio(busy.found(), Segments().listed(), blocks=SEGMENTS)
