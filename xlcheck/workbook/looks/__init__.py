"""What a file shows beside what its cells hold, and whether all of that is as it was built."""
