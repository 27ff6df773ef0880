"""Cells that attest one another: what does the same along a line, or in all units of a layer, is not edited in part.

One mistake, in one cell or filled along some, sets these apart from their neighbours, but for the ends of a line, where
a formula may have been filled too far. And a unit with one reads other inputs than the rest of its layer, or weights of
theirs, or has another activation.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from itertools import chain

from xlcheck.formulas.algebra import Address
from xlcheck.formulas.shapes import operands
from xlcheck.handmade.arrangements.arrangement import Arrangement
from xlcheck.handmade.arrangements.layer_cells import LayerCells
from xlcheck.handmade.arrangements.textbook import is_straight
from xlcheck.handmade.equations.instances import Instance
from xlcheck.handmade.forms.polynomials import Atom, cell_of
from xlcheck.handmade.objections.orders import crossed
from xlcheck.handmade.objections.unread_numbers import unread_near
from xlcheck.handmade.reading.cells import CellTable, beside
from xlcheck.handmade.reading.offsets import offset, run_from

_UNITS, _STEPS = 2, 3
"""Units and steps from which on a layer has witnesses of its own."""
_ONE_STEP = 3
"""Units that are enough at a single step."""
_Group = frozenset[Address]


class Attested:
    """The cells of which some cannot be edited without others.

    Args:
        table: the cells.
        base: the layers as they are.
    """

    def __init__(self, table: CellTable, base: Arrangement) -> None:
        self._wholes: dict[Address, list[_Group]] = defaultdict(list)
        for inner in chain(_filled(table), _typed(table)):
            for cell in inner:
                self._wholes[cell].append(inner)
        self._units: dict[Address, frozenset[_Group]] = {}
        counts = Counter(weight for layer in base.layers for weight in _weights(layer))
        for layer in base.layers:
            if _is_even(layer, base) and all(counts[weight] == 1 for weight in _weights(layer)):
                self._units |= _units_at_steps(layer, base)

    def are_set_apart(self, cells: _Group) -> bool:
        """Whether an edit of some cells leaves others as they are that attest them.

        Args:
            cells: those that are edited.
        """
        wholes = {own for cell in cells if cell in self._wholes for own in self._wholes[cell]}
        steps = {self._units[cell] for cell in cells if cell in self._units}
        return any(not own <= cells for own in wholes) or any(own.isdisjoint(cells) for units in steps for own in units)


def _filled(table: CellTable) -> Iterator[_Group]:
    """The formulas between the ends of each line that was filled from one of them, all references alike throughout."""
    for by in ((0, 1), (1, 0)):
        run, last = list[Address](), None
        for cell in sorted(table.texts, key=lambda own: own if by[1] else (own[0], own[2], own[1])):
            before = offset(cell, by, -1)
            moves = _moves(table, before, cell) if run[-1:] == [before] else None
            if moves is None or (len(run) > 1 and moves != last):
                yield frozenset(run[1:-1])
                run = [] if moves is None else [before]
            run.append(cell)
            last = moves
        yield frozenset(run[1:-1])


def _moves(table: CellTable, cell: Address, other: Address) -> object | None:
    """How far each reference of a formula is from that of another one; None if neither was filled from the other."""
    if not table.fills(cell, other):
        return None
    pairs = zip(operands(table.texts[cell]), operands(table.texts[other]), strict=True)
    return [(b.top - a.top, b.left - a.left, b.bottom - a.bottom, b.right - a.right) for a, b in pairs]


def _typed(table: CellTable) -> Iterator[_Group]:
    """The typed numbers between the ends of each line of them, but for those beside formulas."""
    typed = {cell for cell in table.typed_numbers if not any(map(table.is_formula, beside(cell)))}
    for by in ((0, 1), (1, 0)):
        for cell in typed:
            if offset(cell, by, -1) not in table.typed_numbers:
                yield frozenset(run_from(offset(cell, by), by, typed.__contains__)[:-1])


def _units_at_steps(layer: LayerCells, base: Arrangement) -> Mapping[Address, frozenset[_Group]]:
    """Cell of a unit → the cells of each unit at its step."""
    at: dict[int, list[_Group]] = defaultdict(list)
    for (_, step), own in layer.reading.layer.at.items():
        at[step] += (_cells(instance, base) for instance in own)
    return {cell: frozenset(units) for units in at.values() for unit in units for cell in unit}


def _is_even(layer: LayerCells, base: Arrangement) -> bool:
    """Whether all units are alike in what they read and how, in one order, and no weight is left over beside theirs."""
    reading, table = layer.reading, layer.reading.layer
    units, steps = len(table.rows), len(table.steps)
    if not (reading.is_certain and table.is_whole) or reading.unused or len(set(table.activations.values())) > 1:
        return False
    if (units < _ONE_STEP and (units < _UNITS or steps < _STEPS)) or not is_straight(layer, base):
        return False
    if crossed(base.reads.table, reading, layer.networks[0].weights) is not None:
        return False
    return not any(unread_near(base.reads.table, base.reads.read, {cell_of(own) for own in _weights(layer)}))


def _weights(layer: LayerCells) -> frozenset[Atom]:
    table = layer.reading.layer
    biases = (own for row in table.rows for own in table.biases[row])
    return frozenset((*biases, *(own for row in table.rows for own in table.weights[row].values())))


def _cells(instance: Instance, base: Arrangement) -> _Group:
    """The formula cells that a weighted sum is made of."""
    parts = (instance.atom, *base.forms.inlined.get(instance.atom, ()))
    return frozenset(filter(base.reads.is_formula, map(cell_of, parts)))
