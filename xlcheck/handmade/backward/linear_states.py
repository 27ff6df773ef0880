"""Recurrent units without an activation: sums that the same weights carry on from step to step, as to count ones."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from xlcheck.formulas.algebra import Address, Leaf, Product, subterms
from xlcheck.handmade.backward.neurons import Neurons
from xlcheck.handmade.backward.recurrence import Recurrence, recurrences
from xlcheck.handmade.reading.cell_terms import CellTerms, source
from xlcheck.handmade.reading.reached import reached


def with_linear_states(
    neurons: Neurons, terms: CellTerms, compared: Iterable[Address], updated: Collection[Address]
) -> Neurons:
    """The units, and among them the states of recurrent layers that have no activation.

    Of a chain of sums nothing but its weights tells that it is one: they are multiplied with a number and a state at
    each step, and no input is made of a weight, as what flows back through time and what a momentum keeps are.

    Args:
        neurons: the units that have an activation, or are no states.
        terms: of the formula cells.
        compared: what may be compared with targets, as the last state.
        updated: the weights that are updated, before and after.
    """
    sums = {cell for cell in (*_multiplied(terms, updated), *compared) if cell in terms}
    sums.difference_update(updated, neurons.activated)
    units = {unit.cell: unit for unit in neurons.handing_on(sums).activated_ones() if unit.cell in sums}
    found = (own for own in recurrences(units, updated, terms.is_computed) if _carries(own, terms, updated))
    states = [cell for own in found for step in own.steps for cell in step.outputs[0]]
    return neurons.handing_on(states) if states else neurons


def _multiplied(terms: CellTerms, updated: Collection[Address]) -> Iterator[Address]:
    """The cells that formulas multiply with a given one, be it through copies."""
    for part in subterms(*terms.values()):
        if isinstance(part, Product):
            cells = {source(own.cell, terms) for own, power in part.factors if isinstance(own, Leaf) and power == 1}
            computed = {cell for cell in cells if cell in terms and cell not in updated}
            yield from computed if len(computed) < len(cells) else ()


def _carries(found: Recurrence, terms: CellTerms, updated: Collection[Address]) -> bool:
    """Whether no input of a recurrent layer is made of its weights, or of any that learn."""
    weights = {cell for row in found.layer.kernel for cell in row}.union(updated)
    inputs = [cell for step in found.steps for cell in step.inputs]
    return weights.isdisjoint((*inputs, *reached(inputs, lambda cell: terms.reads.get(cell, ()))))
