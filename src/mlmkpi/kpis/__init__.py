"""Every KPI, registered in report order by importing its family's module."""

from mlmkpi.kpis import (  # noqa: F401, I001
    recruiting,
    newcomers,
    sales,
    engagement,
    leadership,
    teams,
    customers,
    responses,
    social,
    posts,
    demographics,
    territories,
    compliance,
    claims,
    income,
    supply,
    growth,
    value,
    products,
    markets,
)
