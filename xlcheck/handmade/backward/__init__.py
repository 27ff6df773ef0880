"""Backward passes in workbooks that people made: dense networks with their gradients and updates, step by step.

`outcome.backward_outcome(table, values, tolerance, ask)` takes the cells of one part of a workbook (a worksheet, or
several that read one another) and returns what became of each formula cell, or None where it sees no backward pass for
certain. In the order in which data flows:

- `data`: inputs and targets that are computed, as typed ones are given
- `unwritten`: outputs that stand within other formulas
- `updates`: where a step ends, so that each step stands alone, with weights of its own
- `evaluation`, `neurons`, `network`: the forward part as layers of cells
- `truth`: what Keras says of it, under random settings and for the numbers shown
- `quantities`, `roles`: each cell named by its values under all settings
- `coefficients`, `set_up`: numbers made of hyperparameters alone, and the cells that hold them
- `slots`, `kept`, `moves`: what an optimiser keeps of a gradient, and how a weight moves by it
- `estimates`: gradients by finite differences
- `steps`: updates that follow their gradients, which decide whether anything is believed
- `certainty`, `family`: where a value in the right place is meant, and which cells break the line of their step
- `culprits`, `exchange`, `diagnosis`: which cell is wrong, if a single one explains it, and how
- `slips`, `one_slip`: the one edit, if there is just one, under which a training of few steps is whole
- `tried`: forward passes on new inputs with the last weights
- `shown`: what is shown beside a training, such as the loss of all steps as one number
- `gaps`, `doubtful_data`: what leaves the check incomplete, though nobody is blamed
- `verdicts`, `judge`: what is said of a cell, and the verdict on each
"""
