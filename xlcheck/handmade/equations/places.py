"""Where the numbers of a layer stand, and its results: one that follows none of its kind may be another one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from xlcheck.formulas.algebra import Address
from xlcheck.handmade.equations.forms import Atom, cell_of
from xlcheck.handmade.equations.orders import moved
from xlcheck.handmade.equations.reading import Reading, outputs
from xlcheck.handmade.reading.cells import CellTable, show

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
    that stands to it as what belongs to the one stands to what belongs to the other.

    Args:
        table: the cells.
        reading: the layer.
    """
    kinds: dict[str, dict[Address, bool]] = {}
    for kind, line, lines in _lines(reading):
        follows = kinds.setdefault(kind, {})
        others = [*islice((other for other in lines if other != line), _OTHERS)]
        for at, cell in line.items():
            asked = kind == _RESULTS or (table.is_number(cell) and not _is_one(table, cell))
            if asked and not follows.get(cell):
                follows[cell] = _follows(at, line, others)
    for kind, follows in kinds.items():
        apart = sorted(cell for cell, does in follows.items() if not does)
        if len(follows) > 1 and apart and (2 * len(apart) <= len(follows) or len(follows) == 2):
            return f"{show(apart[0])} stands apart from the other {kind} of its layer"
    return None


def _is_one(table: CellTable, cell: Address) -> bool:
    """Whether a number is 1: what biases are multiplied with stands anywhere."""
    found = table.cell(cell)
    return found is not None and found.value == 1


def _lines(reading: Reading) -> Iterator[tuple[str, Line, Sequence[Line]]]:
    """The lines of each kind of numbers, and those of what belongs to them."""
    layer = reading.layer
    rows = [row for gate in reading.gates for row in gate]
    steps = [step for own in reading.documents for step in own] if reading.kind != "Dense" else layer.steps
    results = {step: _line({row: layer.atom(row, step) for row in rows}) for step in steps}
    inputs = {step: _line({slot: layer.slots[step].get(slot) for slot in reading.features}) for step in steps}
    biases = [_line({row: own[at] for row in rows if at < len(own := sorted(layer.biases[row]))}) for at in (0, 1)]
    weights = {
        slot: _line({row: layer.weights[row].get(slot) for row in rows})
        for slot in (*reading.features, *reading.states)
    }
    along_rows = [*biases, *weights.values(), *results.values()]
    for kind, slots in (("weights", reading.features), ("weights of states", [*reading.states])):
        along_slots = [_turned({slot: weights[slot] for slot in slots}, row) for row in rows]
        for slot in slots:
            yield kind, weights[slot], along_rows
        for line in along_slots:
            yield kind, line, [*along_slots, *inputs.values()]
    for line in biases:
        yield "biases", line, along_rows
    along_steps = [_turned(lines, at) for lines, keys in ((results, rows), (inputs, reading.features)) for at in keys]
    for slot in reading.features:
        yield "inputs", _turned(inputs, slot), along_steps
    by_slot = [_turned(weights, row) for row in rows]
    for line in inputs.values():
        yield "inputs", line, [*inputs.values(), *by_slot]
    runs = [own for own in reading.documents if len(own) > 1]
    made = outputs(reading)
    for unit in range(reading.units):
        along = [{at: cell_of(made[step, unit]) for at, step in enumerate(own) if (step, unit) in made} for own in runs]
        for line, run in zip(along, runs, strict=True):
            read = [{at: inputs[step][s] for at, step in enumerate(run) if s in inputs[step]} for s in reading.features]
            yield _RESULTS, line, [*read, *along]
    for symbol, given in reading.given.items():
        values = reading.values.get(symbol.removesuffix("_init"), {})
        first, then = ({at: cell_of(atom) for at, atom in own.items()} for own in (given, values))
        for side in (0, 1):
            for key in {at[side] for at in first}:
                line, its = ({at[1 - side]: c for at, c in cells.items() if at[side] == key} for cells in (first, then))
                yield f"first states {symbol.removesuffix('_init')}", line, [its]


def _line(atoms: Mapping[int, Atom | None]) -> Line:
    return {at: cell_of(atom) for at, atom in atoms.items() if atom is not None}


def _turned(lines: Mapping[int, Line], at: int) -> Line:
    return {own: line[at] for own, line in lines.items() if at in line}


def _follows(at: int, line: Line, others: Sequence[Line]) -> bool:
    """Whether a number of a line follows one of those near it, as what belongs to both follows one another."""
    keys = list(line)
    own = keys.index(at)
    for number, before in enumerate(keys[max(0, own - _NEAR) : own + _NEAR + 1], start=max(0, own - _NEAR)):
        away = moved(line[before], line[at])
        belonging = (other for other in others if at in other and before in other)
        ways = [way for other in belonging if (way := moved(other[before], other[at])) not in {None, (0, 0)}]
        if away is None or (away in ways and away != (0, 0)):
            return True
        if 0 in away and away != (0, 0):
            distance, near = sum(away), _BLANK * abs(number - own)
            along = [sum(way) for way in ways if way is not None and 0 in way]
            if not ways or any(abs(distance) <= max(near, abs(way)) for way in along):
                return True
            if not along and abs(distance) <= near:
                return True
    return False
