"""Responses: whether people recommend the company, and what becomes of leads."""

from __future__ import annotations

from mlmkpi.facts.leads import Leads
from mlmkpi.facts.surveys import OffScale, Surveys
from mlmkpi.kpi import Better, Family, Interval, Part, Ratio, Unit, kpi


@kpi(
    title="Net promoter score", short="Net promoter score", family=Family.CUSTOMERS, unit=Unit.POINTS,
    better=Better.HIGHER, interval=Interval.POINTS,
)
def net_promoter_score() -> Ratio:
    """How much more people would recommend the company than would not (NPS), from −100 to 100.

    Formula: 100 × (promoters, who answer 9 or 10, − detractors, who answer 0 to 6) ÷ valid answers, each with its
    weight where the export has weights; beside it the numbers of promoters and detractors.
    Unit: points.
    Edge cases: answers off the scale from 0 to 10 are left out and counted in the note; of a respondent's answers in a
    period the latest counts, of one day's the lowest; an empty weight is 0, and who weighs 0 is counted in the note.
    Source: F. Reichheld, The One Number You Need to Grow, Harvard Business Review, 2003.
    """
    surveys = Surveys()
    return Ratio(
        surveys.net(), surveys.weight(), times=100,
        also=(
            Part("promoters", surveys.promoters(), unit=Unit.COUNT),
            Part("detractors", surveys.detractors(), unit=Unit.COUNT),
        ),
        noted=(
            ("answers off the scale", OffScale().off_scale()),
            ("respondents whose answer weighs 0 or has no weight", surveys.weightless()),
        ),
    )


@kpi(
    title="Lead conversion", short="Lead conversion", family=Family.SOCIAL, unit=Unit.RATE, better=Better.HIGHER,
    interval=Interval.WILSON,
)
def lead_conversion_rate(*, lead_window_days: int = 30, digital_sources: tuple[str, ...] = ()) -> Ratio:
    """The share of the leads that became a customer or distributor in time.

    Formula: leads of the period that converted 0 to `lead_window_days` days after they came in ÷ leads of the period.
    Unit: a rate from 0 to 1.
    Edge cases: leads younger than the window are in neither, so that the last periods wait for them; a lead that
    converted before it came in did not; `digital_sources` keeps the leads from these sources.
    Source: set by mlmkpi.
    """
    leads = Leads(lead_window_days, digital_sources)
    return Ratio(leads.converted(), leads.leads())


@kpi(
    title="Prospects to customers", short="  to customers", family=Family.SOCIAL, unit=Unit.RATE, better=Better.HIGHER,
    interval=Interval.WILSON,
)
def prospect_to_customer_rate(*, lead_window_days: int = 30, digital_sources: tuple[str, ...] = ()) -> Ratio:
    """The share of the leads that became customers in time.

    Formula: leads of the period that became customers within `lead_window_days` days ÷ leads of the period.
    Unit: a rate from 0 to 1.
    Edge cases: as lead conversion; a converted lead without an outcome is in no part of it.
    Source: set by mlmkpi.
    """
    leads = Leads(lead_window_days, digital_sources, True)
    return Ratio(leads.to_customer(), leads.leads())


@kpi(
    title="Prospects to distributors", short="  to distributors", family=Family.SOCIAL, unit=Unit.RATE,
    better=Better.HIGHER, interval=Interval.WILSON,
)
def prospect_to_distributor_rate(*, lead_window_days: int = 30, digital_sources: tuple[str, ...] = ()) -> Ratio:
    """The share of the leads that became distributors in time.

    Formula: leads of the period that became distributors within `lead_window_days` days ÷ leads of the period.
    Unit: a rate from 0 to 1.
    Edge cases: as lead conversion; a converted lead without an outcome is in no part of it.
    Source: set by mlmkpi.
    """
    leads = Leads(lead_window_days, digital_sources, True)
    return Ratio(leads.to_distributor(), leads.leads())
