"""Grade submissions of an exercise: marks that follow roots only, for a folder of any size."""
