"""Figures by team beside walked subtrees."""
