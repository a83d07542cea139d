"""The definitions themselves: what every KPI in the registry must have."""
