"""Numbers typed where an activation should stand: they are, to the last digit, what one of computed cells gives."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from xlcheck.formulas.algebra import Address
from xlcheck.formulas.scanner import cut
from xlcheck.handmade.reading.cell_terms import CellTerms, source
from xlcheck.handmade.reading.cells import CellTable, show
from xlcheck.handmade.reading.digits import COMPUTED, agrees, digits_of
from xlcheck.handmade.reading.offsets import Offset, in_line, offset, offset_between, run_from
from xlcheck.handmade.reading.printed import is_printed
from xlcheck.handmade.reading.reached import reached
from xlcheck.layers.activations import activation_function

_NEAR = 4
"""Cells between a number and the sum of which it may be the activation, in its row or column."""
_ACTIVATIONS: Mapping[str, Callable[[float], float]] = {
    "TANH": math.tanh,
    "sigmoid": lambda x: 1 / (1 + math.exp(-x)) if x > -500 else 0.0,
}
_BENT = ("relu", "leaky_relu", "elu", "softplus", "softsign")
"""Others, each of which some typed number is by chance, if it has few digits; what they leave as it is was copied."""
_MANY = 6
"""Digits of a number that is none of these by chance."""


@dataclass(frozen=True)
class TypedOver:
    """A number and where it comes from.

    Attributes:
        cell: the typed number.
        of: the cell of which it is the activation.
        activation: as Excel calls it, or as Keras does.
        among: the cells of which a softmax is, in their order.
    """

    cell: Address
    of: Address
    activation: str
    among: tuple[Address, ...] = ()

    @property
    def said(self) -> str:
        """The same in words."""
        return f"{show(self.cell)} is a typed number, and {self.activation.replace('TANH', 'tanh')} of {show(self.of)}"


def typed_over(terms: CellTerms, table: CellTable) -> Iterator[TypedOver]:
    """The typed numbers that are an activation of a computed number in line with them, which no formula computes."""
    computed = {cell: terms.number(cell) for cell in terms if not math.isnan(terms.number(cell))}
    bent: dict[str, dict[Address, float]] = {}
    if computed and max(map(digits_of, table.typed_numbers.values()), default=0) >= _MANY:
        values = np.array([*computed.values()])
        bent = {own: dict(zip(computed, activation_function(own)(values).tolist(), strict=True)) for own in _BENT}

    def names(number: float, other: Address) -> Iterator[str]:
        yield from (own for own, function in _ACTIVATIONS.items() if agrees(function(computed[other]), number))
        if digits_of(number) >= _MANY and not agrees(computed[other], number):
            yield from (own for own, results in bent.items() if agrees(results[other], number))

    reads: list[set[Address]] = []
    for cell, number in table.typed_numbers.items():
        near = chain(*in_line(cell, _NEAR)) if digits_of(number) >= COMPUTED else ()
        found = [
            TypedOver(cell, other, name)
            for other in near if other in computed
            for name in names(number, other) if not _depends_on(cell, other, terms)
        ]  # fmt: skip
        same = {*_holding(cell, number, terms, computed)} if found else set()
        # Near 0 tanh leaves a number as it is: who compares both, or has it printed, takes them for the same.
        reads += [] if reads or not same else _reads(terms, table)
        compared = [read for read in reads if cell in read] if same else []
        is_compared = (same and is_printed(table, cell)) or any(same <= read for read in compared if same)
        yield from (own for own in found if same <= {own.of} and not is_compared)
    yield from _softmaxes(terms, computed, table.typed_numbers)


def typed_again(inputs: Collection[Address], terms: CellTerms, table: CellTable) -> Iterator[str]:
    """What is said of numbers that a layer reads and somebody typed, though beside them they are computed.

    Args:
        inputs: the cells of what a layer is given at its steps.
        terms: what each formula computes.
        table: the cells.
    """
    found: dict[Offset, list[Address]] = defaultdict(list)
    typed = {cell: number for cell in inputs if digits_of(number := table.typed_numbers.get(cell, 0.0)) >= COMPUTED}
    for cell, number in typed.items():
        for other in chain(*in_line(cell, _NEAR)):
            if other in terms and agrees(terms.number(other), number) and not _depends_on(cell, other, terms):
                found[offset_between(cell, other)].append(cell)
    for by, cells in found.items():
        if len(cells) > 1 or digits_of(typed[cells[0]]) >= _MANY:
            first = min(cells)
            yield f"{show(first)} is a typed number, and what {show(offset(first, by))} computes"


def _reads(terms: CellTerms, table: CellTable) -> Iterator[set[Address]]:
    """What each formula reads, also one that gives a word, of which there is no term."""
    yield from map(set, terms.reads.values())
    for cell, text in table.texts.items():
        if cell not in terms:
            areas = (ref.area(cell[0]) for ref in cut(text).refs)
            yield {own for area in areas if area.size <= _NEAR for own in table.cells_in(area, cell[0])}


def _depends_on(cell: Address, other: Address, terms: CellTerms) -> bool:
    """Whether a formula is computed from a typed number, so that this is none of its results."""
    return cell in reached([other], lambda own: terms.reads[own] if own in terms else ())


def _holding(cell: Address, number: float, terms: CellTerms, computed: Mapping[Address, float]) -> Iterator[Address]:
    """The formulas that give a typed number, and do not read it."""
    others = (other for other, own in computed.items() if agrees(own, number))
    yield from (other for other in others if cell not in {*terms.reads[other], source(other, terms)})


def _softmaxes(
    terms: CellTerms, computed: Mapping[Address, float], typed: Mapping[Address, float]
) -> Iterator[TypedOver]:
    """The typed numbers that are a softmax of as many computed ones beside them, or before or behind in their line.

    Where formulas hold the shares, the numbers were typed beside them, to compare.
    """
    numbers = {cell: number for cell, number in typed.items() if digits_of(number) >= COMPUTED}
    for down, right in ((1, 0), (0, 1)):
        for run in _runs(numbers, (down, right)):
            if all(any(_holding(cell, numbers[cell], terms, computed)) for cell in run):
                continue
            across = [(by * right, by * down) for by in range(-_NEAR, _NEAR + 1) if by]
            along = [(by * down, by * right) for by in range(-_NEAR - len(run), _NEAR + len(run) + 1)]
            for by in (*across, *(by for by in along if abs(sum(by)) >= len(run))):
                sums = tuple(offset(cell, by) for cell in run)
                if all(cell in computed for cell in sums) and _is_softmax(
                    [numbers[cell] for cell in run], [computed[cell] for cell in sums]
                ):
                    yield from (TypedOver(cell, total, "softmax", sums) for cell, total in zip(run, sums, strict=True))


def _runs(cells: Collection[Address], by: Offset) -> Iterator[list[Address]]:
    """The cells that stand right behind one another in a column or row, if there are several."""
    for cell in sorted(cells):
        if offset(cell, by, -1) not in cells and offset(cell, by) in cells:
            yield run_from(cell, by, cells.__contains__)


def _is_softmax(numbers: Sequence[float], sums: Sequence[float]) -> bool:
    powers = [math.exp(total - max(sums)) for total in sums]
    pairs = zip(powers, numbers, strict=True)
    return all(agrees(power / sum(powers), number) for power, number in pairs)
