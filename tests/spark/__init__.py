"""The Spark engine beside the Polars one."""
