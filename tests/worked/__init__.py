"""Definitions worked with a company's own figures."""
