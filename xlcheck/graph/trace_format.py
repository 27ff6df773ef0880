"""What JSON files of traces call themselves; apart from the rest, so that looking for them costs nothing."""

FORMAT = "xlcheck-golden-1"
"""The golden files of the pytest plugin are such files, too."""
