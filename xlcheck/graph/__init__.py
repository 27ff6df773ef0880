"""Quantities and expressions: the forward pass as data, with its values in NumPy."""
