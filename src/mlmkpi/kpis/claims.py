"""Claims: what reviews of public statements found."""

from __future__ import annotations

from mlmkpi.facts.claims import Claims
from mlmkpi.kpi import Better, Family, Ratio, Unit, kpi


@kpi(
    title="Claims violations", short="Claims violations", family=Family.COMPLIANCE, unit=Unit.RATIO,
    better=Better.LOWER,
)
def claims_violation_rate() -> Ratio:
    """How many of a thousand reviewed claims broke the rules. An indicator, never a verdict.

    Formula: 1,000 × violations ÷ reviews with a verdict.
    Unit: violations in a thousand reviews.
    Edge cases: reviews without a verdict yet are left out and counted in the note.
    Source: set by mlmkpi.
    """
    claims = Claims()
    return Ratio(
        claims.violations(), claims.judged(), times=1000,
        noted=(("reviews without a verdict, left out", claims.undecided()),),
    )
