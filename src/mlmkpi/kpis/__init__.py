"""Every KPI, registered in report order by importing its family's module."""

from mlmkpi.kpis import recruiting, newcomers, sales, engagement, customers, social, compliance, supply, growth  # noqa: F401, I001
