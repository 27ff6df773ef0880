"""What leaves the check of a training incomplete, though nobody is blamed: weights and lines that may be wrong."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Container, Iterator, Mapping

import numpy as np

from xlcheck.formulas.algebra import Address
from xlcheck.handmade.backward.certainty import weight_cells
from xlcheck.handmade.backward.evaluation import same
from xlcheck.handmade.backward.family import stride_of
from xlcheck.handmade.backward.roles import Reading
from xlcheck.handmade.networks.formula_text import may_be_layer
from xlcheck.handmade.reading.cells import CellTable

_Weights = Mapping[tuple[int, int, int], Address]


def gaps(
    table: CellTable,
    reading: Reading,
    accepted: Collection[int],
    right: Collection[Address],
    others: Container[Address],
) -> int:
    """How many things are open in steps that were judged.

    Args:
        table: the cells.
        reading: the sheet as training steps.
        accepted: numbers of the steps that are certain.
        right: the cells that are right.
        others: the other cells with a verdict.
    """
    steps = {number: weight_cells(reading.steps[number].truth.network) for number in sorted(accepted)}
    followed = [*_one_after_another(steps, reading.sheet.updates)]
    typed = {cell for _, before, own in followed for cell in _typed_anew(table, reading, before, own)}
    return (
        sum(map(reading.missing_gradients, accepted))
        + sum(cell not in others for cell in typed)
        + sum(_unmoved(reading, steps, followed))
        + _uneven(reading, accepted)
        + _typed_at_the_end(table, reading, right, others)
    )


def seems_to_belong(cell: Address, table: CellTable, reading: Reading, right: Container[Address]) -> bool:
    """Whether the cell in the same place of the step before or after is right, or a formula computes with one that is.

    Args:
        cell: a formula of which nobody knows what it should compute.
        table: the cells.
        reading: the sheet as training steps.
        right: the cells that are right.
    """
    stride = stride_of(reading)
    beside = [(cell[0], cell[1] + by * stride[0], cell[2] + by * stride[1]) for by in (-1, 1)] if stride else []
    computes = may_be_layer(table.texts[cell]) and any(o in right for o in reading.sheet.terms.reads.get(cell, ()))
    return computes or any(other in right for other in beside)


def _one_after_another(
    steps: Mapping[int, _Weights], updates: Mapping[Address, Address]
) -> Iterator[tuple[int, _Weights, _Weights]]:
    """The number of each step from whose weights those of another one move, and the weights of both."""
    holding: dict[Address, set[int]] = defaultdict(set)
    for number, weights in steps.items():
        for cell in weights.values():
            holding[cell].add(number)
    for own in steps.values():
        moved = {updates[cell] for cell in own.values() if cell in updates}
        for number in sorted(set().union(*(holding[cell] for cell in moved if cell in holding))):
            before = steps[number]
            follows = before.keys() == own.keys() and any(updates.get(own[at]) == cell for at, cell in before.items())
            if follows and before is not own:
                yield number, before, own


def _uneven(reading: Reading, accepted: Collection[int]) -> int:
    """How many updates of a step go farther than most of it, or move a bias by another rule than most biases move."""
    count = 0
    moves = [[m for m in reading.steps[number].moves.values() if m is not None] for number in accepted]
    for own in moves:
        alike = [sum(np.allclose(one.rate.size, other.rate.size) for other in own) for one in own]
        count += sum(number < max(alike) for number in alike)
    rules = Counter(move.rule for own in moves for move in own if move.is_bias)
    return count + sum(sorted(rules.values())[:-1])


def _unmoved(
    reading: Reading, steps: Mapping[int, _Weights], followed: Collection[tuple[int, _Weights, _Weights]]
) -> Iterator[bool]:
    """Whether a weight stays what it is, or is computed otherwise, where others move.

    A frozen weight has no gradient on the worksheet, and moves at no step.
    """
    updates = reading.sheet.updates
    moving = {place for own in steps.values() for place, cell in own.items() if cell in updates}
    for number, before, own in followed:
        for place in (place for place, cell in own.items() if updates.get(cell) != before[place]):
            gradient = reading.steps[number].gradients[before[place]]
            held = (role.quantity.values for at, role in reading.roles.values() if at == number)
            yield place in moving or any(same(values, gradient) for values in held)


def _typed_anew(table: CellTable, reading: Reading, before: _Weights, own: _Weights) -> Iterator[Address]:
    """Typed numbers in the place of a weight among updated ones that are not the number of the step before.

    They may have been pasted over formulas: a weight that nobody trains stays what it is.
    """
    number = reading.sheet.terms.number
    for place, cell in own.items():
        if cell in table.index and not table.is_formula(cell) and number(cell) != number(before[place]):
            yield cell


def _typed_at_the_end(
    table: CellTable, reading: Reading, right: Collection[Address], others: Container[Address]
) -> int:  # fmt: skip
    """How many numbers stand where a line of formulas of the earlier steps ends."""
    stride = stride_of(reading)
    if stride is None:
        return 0

    def beside(cell: Address, steps: int) -> Address:
        return cell[0], cell[1] + steps * stride[0], cell[2] + steps * stride[1]

    ends = [beside(cell, 1) for cell in right if cell not in reading.sheet.updates]
    typed = [end for end in ends if end in table.index and end not in table.texts]
    lines = [end for end in typed if end not in table.words and beside(end, -2) in right]
    return sum(beside(end, 1) not in table.index and end not in others for end in lines)
