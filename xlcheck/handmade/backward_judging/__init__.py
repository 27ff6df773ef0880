"""Verdicts on backward passes: which cell of a training is wrong, which one edit mends it, and what stays open.

`trainings.Trainings(tolerance, ask).of(part)` takes one part of a workbook (a worksheet, or several that read one
another) and returns what became of each formula cell, or None where it sees no backward pass for
certain. In the order in which data flows:

- `certainty`, `family`: where a value in the right place is meant, and which cells break the line of their step
- `culprits`, `in_samples`, `exchange`, `diagnosis`: which cell is wrong, if a single one explains it, and how
- `slips`, `multiplied_otherwise`, `one_slip`: the one edit, if just one, under which a training of few steps is whole
- `tried`: forward passes on new inputs with the last weights
- `shown`, `best_step`: what is shown beside a training, such as the loss of all steps as one number
- `gaps`, `uneven`, `doubtful_data`: what leaves the check incomplete, though nobody is blamed
- `verdicts`, `judge`: what is said of a cell, and the verdict on each
"""
