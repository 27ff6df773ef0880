"""The chapter: its lessons, data sets, training and recordings."""
