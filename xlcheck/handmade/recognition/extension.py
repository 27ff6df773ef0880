"""From a network that was found in a part of a large workbook to all of its steps and documents.

Steps and documents that were filled from one another have formulas of the same shape, each at the same
distance from the one before. Nothing is taken for granted here: whether the formulas compute what they
should is found out afterwards, with the numbers of every cell.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from xlcheck.formulas.algebra import Address
from xlcheck.formulas.shapes import is_filled_from
from xlcheck.handmade.networks.network import Network, Places
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.precedents import Precedents

Shift = tuple[int, int]

_MARKS, _MOST_STEPS = 4, 12
"""So many formulas of a step are looked at to see whether there is one, and so many steps to see which is typical."""


@dataclass(frozen=True)
class _Document:
    """Where a document's steps stand.

    Attributes:
        first: how far its first step is from the typical step of the part.
        steps: how many there are.
    """

    first: Shift
    steps: int


def extended(network: Network, table: CellTable, part: Precedents) -> list[Network]:
    """The network with all its steps and documents, one for each length; without regular steps as it is.

    Args:
        network: what was found in a part of the workbook.
        table: all cells of the workbook.
        part: who reads what in the part.
    """
    (given,) = network.spec.inputs
    if len(given.shape) != 2 or given.shape[0] < 2:
        return [network]
    sample = network.samples[-1]
    steps = [sample.get(f"{given.tensor}.x[{t}]", ()) for t in range(given.shape[0])]
    shift = _shift(steps)
    if shift is None:
        return [network]
    typical = _typical(steps, table, part)
    states = [_moved(cell, _plus((0, 0), shift, typical)) for cell in _states(sample)]
    finder = _Finder(table, steps[typical], shift, part, states)
    documents = defaultdict(list)
    for document in sorted(finder.documents(), key=lambda document: document.first):
        documents[document.steps].append(document)
    return [_with(network, length, members, shift, typical, table) for length, members in sorted(documents.items())]


def _typical(steps: Sequence[Places], table: CellTable, part: Precedents) -> int:
    """The step of the part, not its first, whose formulas most other steps have: one without a mistake."""
    marks = [_marks(inputs, part) for inputs in steps[:_MOST_STEPS]]

    def alike(t: int) -> int:
        return sum(_is_like(table, *pair) for other in marks for pair in zip(marks[t], other, strict=False))

    return max(range(1, len(marks)), key=lambda t: (alike(t), -t))


def _marks(inputs: Places, part: Precedents) -> list[Address]:
    """The first formulas that read the inputs of a step."""
    return _readers(inputs, part)[:_MARKS]


def _readers(inputs: Places, part: Precedents) -> list[Address]:
    return sorted({reader for cell in inputs if cell is not None for reader in part.readers(cell)})


def _is_like(table: CellTable, mark: Address, cell: Address) -> bool:
    """Whether a formula may have been filled from another one."""
    text = table.texts.get(cell)
    return text is not None and is_filled_from(table.texts[mark], mark[1:], text, cell[1:])


def _shift(steps: Sequence[Places]) -> Shift | None:
    """How far each step is from the one before, if that is the same for all inputs at all steps."""
    shifts = {
        (b[1] - a[1], b[2] - a[2]) if a is not None and b is not None and a[0] == b[0] else None
        for one, other in pairwise(steps)
        for a, b in zip(one, other, strict=True)
    }
    shift = shifts.pop() if len(shifts) == 1 else None
    return None if shift == (0, 0) else shift


def _states(sample: Mapping[str, Places]) -> list[Address]:
    """The cells of the states before the first step."""
    return [cell for name, places in sample.items() if name.endswith("_init") for cell in places if cell is not None]


class _Finder:
    """Finds steps and documents by the formulas that read their inputs.

    Args:
        table: all cells of the workbook.
        inputs: those of the typical step of the part.
        shift: how far each step is from the one before.
        part: who reads what in the part.
        states: the cells of the states before the typical step.
    """

    def __init__(
        self, table: CellTable, inputs: Places, shift: Shift, part: Precedents, states: Sequence[Address]
    ) -> None:
        self._table = table
        self._inputs = [cell for cell in inputs if cell is not None]
        self._readers = _readers(inputs, part)
        self._marks = _marks(inputs, part)
        self._shift = shift
        self._states = states

    def documents(self) -> Iterator[_Document]:
        """Every document."""
        taken: set[Address] = set()
        lead = None
        for offset in [(0, 0), *self._like_the_first()]:
            marks = [_moved(mark, offset) for mark in self._marks]
            if not all(map(self._is_like, self._marks, marks)) or not taken.isdisjoint(marks):
                continue
            first, last = self._end(offset, -1), self._end(offset, 1)
            run = [first]
            while run[-1] != last:
                run.append(_plus(run[-1], self._shift))
            taken.update(_moved(reader, step) for step in run for reader in self._readers)
            if lead is None:
                lead = self._lead(first)
            start = _plus(first, self._shift, -lead)
            if all(_moved(cell, start) in self._table.index for cell in self._inputs):
                yield _Document(start, len(run) + lead)

    def _like_the_first(self) -> Iterator[Shift]:
        """How far formulas like the first mark are from it, in its column and in its row."""
        if not self._marks:
            return
        sheet, row, column = self._marks[0]
        for other, r, c in self._table.texts:
            if other == sheet and (c == column or r == row) and self._is_like(self._marks[0], (other, r, c)):
                yield r - row, c - column

    def _is_step(self, offset: Shift) -> bool:
        """Whether there is a step, most formulas of which are right."""
        alike = sum(self._is_like(mark, _moved(mark, offset)) for mark in self._marks)
        return 2 * alike > len(self._marks)

    def _goes_on(self, offset: Shift, direction: int) -> bool:
        """Whether the next step is there, or is full of wrong formulas while the one after it is there."""
        if self._is_step(offset):
            return True
        computed = any(self._table.is_formula(_moved(mark, offset)) for mark in self._marks)
        return computed and self._is_step(_plus(offset, self._shift, direction))

    def _is_like(self, mark: Address, cell: Address) -> bool:
        return _is_like(self._table, mark, cell)

    def _end(self, offset: Shift, direction: int) -> Shift:
        while self._goes_on(further := _plus(offset, self._shift, direction), direction):
            offset = further
        return offset

    def _lead(self, first: Shift) -> int:
        """How many steps stand before the first one with such formulas: one, if its state before is computed."""
        if not self._states:
            return 1
        return int(any(self._table.is_formula(_moved(cell, first)) for cell in self._states))


def _with(
    network: Network, length: int, documents: Sequence[_Document], shift: Shift, typical: int, table: CellTable
) -> Network:
    """The network with these documents, all of this length."""
    (given,) = network.spec.inputs
    found = network.samples[-1]
    samples = []
    for document in documents:
        sample: dict[str, Places] = {}
        for name, places in found.items():
            if name.endswith("_init"):
                moved = _all_moved(places, _plus(document.first, shift, typical))
                if all(cell is not None and cell in table.index and not table.is_formula(cell) for cell in moved):
                    sample[name] = moved
            elif "[" not in name:  # a target at the last step
                away = _plus(document.first, shift, length + typical - given.shape[0])
                sample[name] = _all_moved(places, away)
        for name in {name.partition("[")[0] for name in found if "[" in name}:
            for t in range(length):
                sample[f"{name}[{t}]"] = _all_moved(found[f"{name}[{typical}]"], _plus(document.first, shift, t))
        samples.append(sample)
    spec = replace(network.spec, inputs=(replace(given, shape=(length, given.shape[1])),))
    return Network(spec, network.weights, tuple(samples), notes=network.notes)


def _all_moved(places: Places, by: Shift) -> Places:
    return tuple(None if cell is None else _moved(cell, by) for cell in places)


def _moved(cell: Address, by: Shift) -> Address:
    return cell[0], cell[1] + by[0], cell[2] + by[1]


def _plus(a: Shift, b: Shift, times: int = 1) -> Shift:
    return a[0] + times * b[0], a[1] + times * b[1]
