"""The metrics layer for direct selling: exports in, KPIs out, every number with its definition."""
