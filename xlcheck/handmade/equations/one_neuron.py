"""A single neuron for a single sample, the first sheet of many lessons: weighted sum and activation, and nothing else.

No other unit or sample says what it should compute. The worksheet does where it leaves nothing out: values and weights
stand in two full lines side by side, each read with the one beside it, and no number is left unread.
"""

from __future__ import annotations

from collections.abc import Collection
from itertools import pairwise

from xlcheck.formulas.algebra import Address
from xlcheck.handmade.equations.instances import LINEAR
from xlcheck.handmade.equations.polynomials import cell_of
from xlcheck.handmade.equations.reading import Reading
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.offsets import offset_between


def is_one_neuron(reading: Reading, table: CellTable, read: Collection[Address]) -> bool:
    """Whether a layer of one weighted sum is a neuron for certain.

    Args:
        reading: the layer.
        table: the cells.
        read: the cells that formulas read.
    """
    layer = reading.layer
    if len(layer.by_atom) != 1 or reading.activations["activation"] == LINEAR:
        return False
    (row,), (step,) = layer.rows, layer.steps
    weights, inputs = layer.weights[row], layer.slots[step]
    pairs = sorted((cell_of(inputs[slot]), cell_of(weight)) for slot, weight in weights.items())
    away = {(w[0] == x[0], w[1] - x[1], w[2] - x[2]) for x, w in pairs}
    steps = {offset_between(a, b) for (a, _), (b, _) in pairwise(pairs)}
    if len(pairs) < 2 or len(away) != 1 or len(steps) != 1 or all(next(iter(steps))):
        return False
    sheet = pairs[0][0][0]
    given = all(table.is_number(cell) for pair in pairs for cell in pair)
    unread = {cell for cell in table.typed_numbers if cell[0] == sheet and cell not in read}
    return given and unread <= table.numbering(read)
