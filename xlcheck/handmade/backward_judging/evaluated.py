"""What is made of the outputs of a training: decisions, what is counted of these, and numbers on the data's scale."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from itertools import chain

from xlcheck.formulas.algebra import Address
from xlcheck.formulas.shapes import shape_of
from xlcheck.handmade.backward.quantities import ANSWERS
from xlcheck.handmade.backward_judging.tried import outputs_of_new
from xlcheck.handmade.backward_judging.verdicts import Verdicts
from xlcheck.handmade.beside.decisions import decisions
from xlcheck.handmade.beside.evaluations import evaluations
from xlcheck.handmade.beside.scales import scaled_back
from xlcheck.handmade.reading.cell_terms import CellTerms, source
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.handmade.reading.reads import Reads

COUNTED = "This formula counts some of the answers only, or divides by another number than theirs."


def evaluated(said: Verdicts, precedents: Precedents) -> tuple[Collection[Address], Collection[Address]]:
    """The formulas that count what a training has got right so far, with the decisions behind these.

    With them those that put its outputs back on the scale of the data. And those that count a part of the answers, or
    in another way.

    Args:
        said: what is known of the cells of the training.
        precedents: who reads what.
    """
    reading, table, agree, others = said.reading, said.table, said.agree, said.results
    terms, data = reading.sheet.terms, reading.data
    judged = {cell for cell, name in agree.items() if name not in ANSWERS and source(cell, terms) not in data}
    judged |= {*others}
    samples = [step.truth.network.samples for step in reading.steps]
    asked = [[own for several in samples for own in several], *samples[-1:]]  # all, or those of the last step alone
    outputs = [
        {(number, unit): cell for number, own in enumerate(several) for unit, cell in enumerate(own.outputs[-1])}
        for several in asked if len(several) > 1
    ]  # fmt: skip
    shapes = {cell: shape_of(text, *cell[1:]) for cell, text in table.texts.items()}
    new = outputs_of_new(agree, reading.steps[-1].truth.network)
    units = {shapes[cell]: unit for (_, unit), cell in new.items() if cell in shapes}
    again = sorted(
        cell for cell in agree if shapes.get(cell) in units and cell not in new.values()
    )  # as of a known one
    new |= {(len(new) + number, units[shapes[cell]]): cell for number, cell in enumerate(again)}
    outputs += [new] if new else []
    results = {cell for own in outputs for cell in own.values()}
    copies = {cell for cell in judged - results if source(cell, terms) in results}
    told = decisions(outputs, terms, {*judged, *reading.forward} - copies)
    alike, known = Counter(shapes.values()), Counter(shapes[cell] for cell in judged if cell in shapes)
    # One answer of many may be what a step holds by chance, as a 1 is.
    taken = {cell for cell in judged if cell not in shapes or 2 * known[shapes[cell]] >= alike[shapes[cell]]}
    regular, odd = evaluations(Reads(table, precedents, terms), taken - told, told)
    unknown = {cell for cell in odd if cell not in agree and cell not in others}
    counting = {cell for cell in unknown if not regular.isdisjoint(precedents.of(cell))}
    targets = {cell for several in samples for own in several for cell in own.targets}
    rest = table.texts.keys() - agree.keys() - others.keys() - odd - regular
    if rest := {cell for cell in rest if source(cell, terms) not in data - targets}:
        weights = frozenset().union(*(step.truth.network.weights for step in reading.steps))
        back = scaled_back(rest, CellTerms(table, said.values), results, targets, weights, is_known=True)
        regular |= {*chain(*back)}
    return regular, counting | {cell for cell in odd if agree.get(cell) in ANSWERS}
