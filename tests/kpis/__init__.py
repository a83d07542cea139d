"""Each KPI worked by hand on a few rows."""
