"""Workbooks that somebody else made: tie their cells to a model's quantities, and judge each cell."""
