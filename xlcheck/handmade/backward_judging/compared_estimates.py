"""How far estimated gradients are from those of the chain rule, in the ways in which people compare the two."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from xlcheck.arrays import Array
from xlcheck.formulas.algebra import Address, Function, outline
from xlcheck.handmade.backward.estimates import ESTIMATE
from xlcheck.handmade.backward.evaluation import same, value_of
from xlcheck.handmade.backward.quantities import Quantity
from xlcheck.handmade.backward.roles import Reading
from xlcheck.handmade.reading.cells import show
from xlcheck.handmade.reading.offsets import Offset, offset_between

_LARGE, _DRAWN, _CLOSE = 1e6, 24, 1e-6
"""Numbers beside which those do not count that keep a formula from dividing by 0, and how many are tried."""
_FACTORS = (1.0, -1.0, 2.0, 100.0, 200.0)
"""How people count a difference: either way, as a share of a mean, in per cent."""


def compared(cell: Address, reading: Reading, right: Mapping[Address, str]) -> Quantity | None:
    """How far one estimated gradient is from its gradient, or all are, in whatever way; None if it is not known.

    Where both are the same but for rounding there is no number that tells: the formula is held against what people
    make of a gradient and an estimate, whatever these are. Who compares the same twice leaves another one out.

    Args:
        cell: the formula.
        reading: the sheet as training steps.
        right: the cells that are right, and what they hold.
    """
    terms = reading.sheet.terms
    reads = terms.reads[cell]
    pairs = _pairs(reads, reading, right)
    numbers = {read: np.full(_DRAWN, terms.number(read)) for read in reads if read in reading.sheet.settings}
    is_all = pairs and {*reads} == {*numbers, *(own for pair in pairs for own in pair)}
    if not is_all or 1 < len(pairs) < sum(_is_estimate(own, reading, right) for own in right):
        return None
    if any(terms[other] is terms[cell] for other in terms.readers[pairs[0][1]] if other != cell):
        return None
    random, shape = np.random.default_rng(0), (2, len(pairs), _DRAWN)
    drawn = random.uniform(0.5, 2.0, shape) * random.choice((-_LARGE, _LARGE), shape)
    for pair, gradient, estimate in zip(pairs, *drawn, strict=True):
        numbers |= {pair[0]: gradient, pair[1]: estimate}
    with np.errstate(all="ignore"):
        values = value_of(terms[cell], numbers)
        known = any(np.allclose(values, by * own, _CLOSE, 0) for own in _ways(*drawn) for by in _FACTORS)
    return Quantity("how far the estimate is from the gradient", reading.sheet.cells[cell]) if known else None


def _pairs(reads: Sequence[Address], reading: Reading, right: Mapping[Address, str]) -> list[tuple[Address, Address]]:
    """The right gradients and their estimates among what a formula reads; none if one of them stands alone."""
    estimates = {read: reading.roles[read] for read in reads if _is_estimate(read, reading, right)}
    pairs = list[tuple[Address, Address]]()
    for estimate, (number, role) in estimates.items():
        step = reading.steps[number]
        weight = next(cell for cell, name in step.gradient_names.items() if f" {name} " in role.quantity.name)
        wanted = step.gradients[weight] * role.factor
        others = (read for read in reads if read in right and read not in estimates)
        pairs += [(other, estimate) for other in others if same(reading.sheet.cells[other], wanted)]
    return pairs if len(pairs) == len(estimates) else []


def compared_otherwise(reading: Reading, right: Mapping[Address, str]) -> Iterator[str]:
    """Why what stands beside an estimate may be wrong: it is compared otherwise than those in line with it.

    Args:
        reading: the sheet as training steps.
        right: the cells that are right, and what they hold.
    """
    terms, ways = reading.sheet.terms, dict[Offset, dict[object, Address]]()
    for estimate in (own for own in right if _is_estimate(own, reading, right)):
        for cell in (own for own in terms.readers.get(estimate, ()) if own in right and own[0] == estimate[0]):
            ways.setdefault(offset_between(estimate, cell), {})[outline(terms[cell], lambda _: "")] = cell
    for cells in ways.values():
        if len(cells) > 1:
            yield f"{show(min(cells.values()))} compares an estimate of a gradient otherwise than those in line with it"


def reads_estimates(cell: Address, reading: Reading, right: Mapping[Address, str]) -> bool:
    """Whether a formula computes with an estimated gradient, and not only decides by it.

    Args:
        cell: the formula.
        reading: the sheet as training steps.
        right: the cells that are right, and what they hold.
    """
    terms = reading.sheet.terms
    term = terms.get(cell)
    decides = term is None or (isinstance(term, Function) and term.name == "IF")
    return not decides and any(_is_estimate(read, reading, right) for read in terms.reads[cell])


def _is_estimate(cell: Address, reading: Reading, right: Mapping[Address, str]) -> bool:
    return cell in reading.roles and right.get(cell, "").startswith(f"{ESTIMATE} of ")


def _ways(gradients: Array, estimates: Array) -> Iterator[Array]:
    """What people make of gradients and estimates of them, `(weights, settings)` each."""
    off = gradients - estimates
    sizes = [np.sqrt(np.square(own).sum(axis=0)) for own in (off, gradients, estimates, gradients + estimates)]
    length, one, other, both = sizes
    yield from (length, length**2, np.abs(off).sum(axis=0), np.abs(off).max(axis=0))
    yield from (np.abs(off).mean(axis=0), np.square(off).mean(axis=0), np.sqrt(np.square(off).mean(axis=0)))
    yield from (length / size for size in (one, other, one + other, np.maximum(one, other), both))
    if len(off) == 1:
        yield from (off[0], off[0] / gradients[0], off[0] / estimates[0])
        yield from (estimates[0] / gradients[0], gradients[0] / estimates[0])
