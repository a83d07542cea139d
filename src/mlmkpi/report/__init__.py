"""Renderers: pure functions from a Result to one output each, and what they ask of a Result and of a KPI.

`render.render` gives any of them by its name. A renderer loads what it needs and no more: only `table` loads Rich.
"""
