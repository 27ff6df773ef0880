"""The data sets: one file each, on top of `words`, which turns text into arrays."""
