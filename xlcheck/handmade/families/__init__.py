"""Formulas that were filled from one another along rows, columns and blocks, and those that break their line."""
