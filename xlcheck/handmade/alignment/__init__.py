"""Align each formula cell to what it should hold, also the wrong ones."""
