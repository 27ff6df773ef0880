"""What is counted beside a training: whether each output is on the right side, and how many are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from xlcheck.formulas.algebra import Address
from xlcheck.formulas.shapes import shape_of
from xlcheck.handmade.backward.roles import Reading
from xlcheck.handmade.beside.decisions import decisions
from xlcheck.handmade.beside.evaluations import evaluations
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.handmade.reading.reads import Reads


def evaluated(
    reading: Reading, table: CellTable, precedents: Precedents, judged: Collection[Address]
) -> Collection[Address]:
    """The formulas that count what a training has got right so far, and the decisions that these are computed from.

    Args:
        reading: the training.
        table: the cells.
        precedents: who reads what.
        judged: the formulas of which something is known.
    """
    terms = reading.sheet.terms
    samples = [sample for step in reading.steps for sample in step.truth.network.samples]
    outputs = {(number, unit): cell for number, own in enumerate(samples) for unit, cell in enumerate(own.outputs[-1])}
    told = decisions([outputs], terms, {*judged, *reading.forward})
    shapes = {cell: shape_of(text, *cell[1:]) for cell, text in table.texts.items()}
    alike, known = Counter(shapes.values()), Counter(shapes[cell] for cell in judged if cell in shapes)
    # One answer of many may be what a step holds by chance, as a 1 is.
    taken = {cell for cell in judged if cell not in shapes or 2 * known[shapes[cell]] >= alike[shapes[cell]]}
    return evaluations(Reads(table, precedents, terms), taken - told, told)[0]
