"""What is counted beside a training: whether each output is on the right side, and how many are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping

from xlcheck.formulas.algebra import Address
from xlcheck.formulas.shapes import shape_of
from xlcheck.handmade.backward.quantities import ANSWERS
from xlcheck.handmade.backward.roles import Reading
from xlcheck.handmade.beside.decisions import decisions
from xlcheck.handmade.beside.evaluations import evaluations
from xlcheck.handmade.reading.cell_terms import source
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.handmade.reading.reads import Reads

COUNTED = "This formula counts some of the answers only, or divides by another number than theirs."


def evaluated(
    reading: Reading,
    table: CellTable,
    precedents: Precedents,
    agree: Mapping[Address, str],
    others: Collection[Address],
) -> tuple[Collection[Address], Collection[Address]]:
    """The formulas that count what a training has got right so far, with the decisions behind these.

    And those that count a part of these, or in another way.

    Args:
        reading: the training.
        table: the cells.
        precedents: who reads what.
        agree: cells that are right, and what they hold.
        others: further ones of which something is known.
    """
    terms, data = reading.sheet.terms, reading.data
    judged = {cell for cell, name in agree.items() if name not in ANSWERS and source(cell, terms) not in data}
    judged |= {*others}
    samples = [step.truth.network.samples for step in reading.steps]
    asked = [[own for several in samples for own in several], *samples[-1:]]  # all, or those of the last step alone
    outputs = [
        {(number, unit): cell for number, own in enumerate(several) for unit, cell in enumerate(own.outputs[-1])}
        for several in asked if len(several) > 1
    ]  # fmt: skip
    results = {cell for own in outputs for cell in own.values()}
    copies = {cell for cell in judged - results if source(cell, terms) in results}
    told = decisions(outputs, terms, {*judged, *reading.forward} - copies)
    shapes = {cell: shape_of(text, *cell[1:]) for cell, text in table.texts.items()}
    alike, known = Counter(shapes.values()), Counter(shapes[cell] for cell in judged if cell in shapes)
    # One answer of many may be what a step holds by chance, as a 1 is.
    taken = {cell for cell in judged if cell not in shapes or 2 * known[shapes[cell]] >= alike[shapes[cell]]}
    regular, odd = evaluations(Reads(table, precedents, terms), taken - told, told)
    unknown = {cell for cell in odd if cell not in agree and cell not in others}
    counting = {cell for cell in unknown if not regular.isdisjoint(precedents.of(cell))}
    return regular, counting | {cell for cell in odd if agree.get(cell) in ANSWERS}
