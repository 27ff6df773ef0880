"""Worksheets read as if their formulas were written otherwise, and what is said of them put back."""
