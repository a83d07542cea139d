"""The registry's second half: lines, growth, customers' share, income and goals."""

from __future__ import annotations

from oracle.kpi import Kpi

KPIS_B: dict[str, Kpi] = {}
