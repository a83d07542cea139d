"""KPIs of a company's own."""
