"""Statistics that are no ratio of sums, and the intervals around those that are: pure functions on numpy arrays."""
