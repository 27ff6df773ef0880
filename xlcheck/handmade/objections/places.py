"""Where the numbers of a layer stand, and its results: one that follows none of its kind may be another one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from xlcheck.formulas.algebra import Address
from xlcheck.handmade.equations.reading import Reading, outputs
from xlcheck.handmade.forms.polynomials import Atom, cell_of
from xlcheck.handmade.objections.thresholds import names_a_bias
from xlcheck.handmade.reading.cells import CellTable, show
from xlcheck.handmade.reading.offsets import offset_on_sheet

Line = Mapping[int, Address]
"""What stands where along units, inputs, steps or samples, in their order."""
_NEAR = 2
"""Numbers before and behind one in its line that it may follow: those beside it may be wrong."""
_BLANK = 2
"""Cells from a number to the next one of its kind: a blank one may lie between."""
_RESULTS = "results"
_OTHERS = 24
"""Lines of what belongs to the numbers of one that are asked: in a table one goes like the other."""


def stands_apart(table: CellTable, reading: Reading) -> str | None:
    """Why a typed number or a result may be another one: it follows none of its kind, and most do; None if all do.

    A number follows another one that stands in its row or column, not farther away than what belongs to the two, or
    that stands to it as what belongs to the one stands to what belongs to the other, or as its next one does to that
    one in turn, as where each input has a box of its own. Of two numbers neither is sure.
    """
    kinds: dict[str, dict[Address, bool]] = {}
    for kind, line, lines in _Places(table, reading).lines():
        follows, keys = kinds.setdefault(kind, {}), list(line)
        others = [*islice((other for other in lines if other != line), _OTHERS)]
        for number, cell in enumerate(line.values()):
            asked = kind == _RESULTS or (table.is_number(cell) and not _is_one(table, cell))
            if asked and not follows.get(cell):
                follows[cell] = _follows(number, keys, line, others)
    for kind, follows in kinds.items():
        apart = sorted(cell for cell, does in follows.items() if not does)
        if len(follows) > 1 and apart and (2 * len(apart) <= len(follows) or len(follows) == 2):
            return f"{show(apart[0])} is not in line with the other {kind} of its layer"
    return None


def _is_one(table: CellTable, cell: Address) -> bool:
    """Whether a number is 1: what biases are multiplied with stands anywhere."""
    found = table.cell(cell)
    return found is not None and found.value == 1


class _Places:
    """Where everything of a layer stands: rows are units of gates, slots what they read, steps when.

    Args:
        table: the cells.
        reading: the layer.
    """

    def __init__(self, table: CellTable, reading: Reading) -> None:
        self._table, self._reading, layer = table, reading, reading.layer
        self._rows = [row for gate in reading.gates for row in gate]
        steps = [step for own in reading.documents for step in own] if reading.kind != "Dense" else layer.steps
        self._results = {step: _line({row: layer.atom(row, step) for row in self._rows}) for step in steps}
        slots = (*reading.features, *reading.states)
        self._inputs = {step: _line({x: layer.slots[step].get(x) for x in reading.features}) for step in steps}
        self._weights = {slot: _line({row: layer.weights[row].get(slot) for row in self._rows}) for slot in slots}
        sums = {row: sorted(layer.biases[row]) for row in self._rows}
        self._biases = [_line({row: own[at] for row, own in sums.items() if at < len(own)}) for at in (0, 1)]

    def lines(self) -> Iterator[tuple[str, Line, Sequence[Line]]]:
        """The lines of each kind of numbers, and those of what belongs to them."""
        yield from self._of_weights()
        yield from self._of_inputs()
        yield from self._of_results()
        yield from self._of_first_states()

    def _of_weights(self) -> Iterator[tuple[str, Line, Sequence[Line]]]:
        along_rows = [*self._biases, *self._weights.values(), *self._results.values()]
        for kind, slots in (("weights", self._reading.features), ("weights of states", [*self._reading.states])):
            weights = {slot: self._weights[slot] for slot in slots}
            along_slots = [_turned(weights, row) for row in self._rows]
            yield from ((kind, line, along_rows) for line in weights.values())
            yield from ((kind, line, [*along_slots, *self._inputs.values()]) for line in along_slots)
        of_one = {at: cell for at, line in enumerate(self._biases) for cell in line.values()}
        called = all(map(self._is_called_a_bias, of_one.values()))  # as the two that PyTorch adds
        yield from (
            ("biases", line, along_rows) for line in ([of_one] if len(self._rows) == 1 and called else self._biases)
        )

    def _is_called_a_bias(self, cell: Address) -> bool:
        return any(map(names_a_bias, self._table.next_words(cell)))

    def _of_inputs(self) -> Iterator[tuple[str, Line, Sequence[Line]]]:
        along_steps = [_turned(self._inputs, slot) for slot in self._reading.features]
        results = [_turned(self._results, row) for row in self._rows]
        yield from (("inputs", line, [*results, *along_steps]) for line in along_steps)
        weights = [_turned(self._weights, row) for row in self._rows]
        yield from (("inputs", line, [*self._inputs.values(), *weights]) for line in self._inputs.values())

    def _of_results(self) -> Iterator[tuple[str, Line, Sequence[Line]]]:
        """Each unit over the steps of a sample, beside its inputs and other samples."""
        made, runs = outputs(self._reading), [own for own in self._reading.documents if len(own) > 1]
        for unit in range(self._reading.units):
            lines = [_line({at: made.get((step, unit)) for at, step in enumerate(run)}) for run in runs]
            for line, run in zip(lines, runs, strict=True):
                inputs = [self._inputs[step] for step in run]
                read = [{at: own[x] for at, own in enumerate(inputs) if x in own} for x in self._reading.features]
                yield _RESULTS, line, [*read, *lines]

    def _of_first_states(self) -> Iterator[tuple[str, Line, Sequence[Line]]]:
        """Those of a unit in all samples, and of all units in a sample, beside the states of the first steps."""
        for symbol, given in self._reading.given.items():
            kind = symbol.removesuffix("_init")
            both = [{at: cell_of(x) for at, x in own.items()} for own in (given, self._reading.values.get(kind, {}))]
            for side in (0, 1):
                for key in {at[side] for at in both[0]}:
                    line, its = ({at[1 - side]: c for at, c in own.items() if at[side] == key} for own in both)
                    yield f"first states {kind}", line, [its]


def _line(atoms: Mapping[int, Atom | None]) -> Line:
    return {at: cell_of(atom) for at, atom in atoms.items() if atom is not None}


def _turned(lines: Mapping[int, Line], at: int) -> Line:
    return {own: line[at] for own, line in lines.items() if at in line}


def _follows(number: int, keys: Sequence[int], line: Line, others: Sequence[Line]) -> bool:
    """Whether a number of a line follows one of those near it, as what belongs to both follows one another.

    Args:
        number: which number of the line.
        keys: the keys of the line.
        line: the line.
        others: what belongs to it, by the same keys.
    """
    at = keys[number]
    for near in range(max(0, number - _NEAR), min(len(keys), number + _NEAR + 1)):
        before = keys[near]
        away = offset_on_sheet(line[before], line[at])
        belonging = (other for other in others if at in other and before in other)
        ways = [way for other in belonging if (way := offset_on_sheet(other[before], other[at])) not in {None, (0, 0)}]
        if away is None or (away != (0, 0) and (away in ways or away in _next_ways(near, number, [*line.values()]))):
            return True
        if 0 in away and away != (0, 0):
            along = [abs(sum(way)) for way in ways if way is not None and 0 in way]
            if not ways or abs(sum(away)) <= max(_BLANK * abs(near - number), *along, 0):
                return True
    return False


def _next_ways(one: int, other: int, cells: Sequence[Address]) -> Iterator[tuple[int, int] | None]:
    """How far the first of two numbers of a line is from the one before it, and the second from the one behind it."""
    apart = other - one
    for first in (one - apart, other):
        if 0 <= first < len(cells) and 0 <= first + apart < len(cells):
            yield offset_on_sheet(cells[first], cells[first + apart])
