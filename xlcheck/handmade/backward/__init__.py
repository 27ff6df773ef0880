"""Backward passes in workbooks that people made: dense networks with their gradients and updates, step by step.

Each cell gets the quantity of the training step that it holds. In the order in which data flows:

- `data`: inputs and targets that are computed, as typed ones are given
- `unwritten`: outputs that stand within other formulas
- `updates`: where a step ends, so that each step stands alone, with weights of its own
- `evaluation`, `neurons`, `recurrence`, `network`: the forward part as layers of cells
- `held_out`: samples of a validation
- `truth`: what Keras says of it, under random settings and for the numbers shown
- `quantities`, `through_time`, `roles`: each cell named by its values under all settings
- `coefficients`, `set_up`: numbers made of hyperparameters alone, and the cells that hold them
- `slots`, `kept`, `moves`, `robust`: what an optimiser keeps of a gradient, and how a weight moves by it
- `estimates`: gradients by finite differences
- `steps`: updates that follow their gradients, which decide whether anything is believed
"""
