"""Facts: the tables laid over periods, one row a unit and period, each built once a run."""
