"""Numbers that no formula reads, in the place of a further input, step or state: one may be wrong or missing."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from operator import itemgetter

from xlcheck.formulas.algebra import Address
from xlcheck.formulas.shapes import operands, skeleton
from xlcheck.handmade.equations.reading import Reading, outputs
from xlcheck.handmade.equations.windows import ahead_of_windows
from xlcheck.handmade.forms.polynomials import Atom, cell_of
from xlcheck.handmade.reading.cells import CellTable, show
from xlcheck.handmade.reading.offsets import Offset, offset, offset_on_sheet


def input_left_out(table: CellTable, read: Collection[Address], reading: Reading) -> str | None:
    """Why a layer may be another one: numbers in the place of its inputs or states are left out; None if none are.

    Args:
        table: the cells.
        read: the cells that formulas read.
        reading: the layer.
    """
    found = (why(table, read, reading) for why in (_passed_over, _begins_elsewhere, _ends_early, _one_more))
    return next(filter(None, found), None)


def reads_less(multiplies_blank: Callable[[Address], bool], reading: Reading) -> str | None:
    """Why a sample may lack a term: its sums read no number where those of others read one, not even a blank cell.

    Args:
        multiplies_blank: whether a formula has products with blank cells.
        reading: the layer.
    """
    layer = reading.layer
    for (_, step), own in sorted(layer.at.items()) if reading.kind == "Dense" else ():
        cell = cell_of(min(instance.atom for instance in own))
        missing = set(reading.features) - layer.slots[step].keys()
        if missing and not multiplies_blank(cell):
            return f"{show(cell)} reads fewer inputs than the others of its layer"
    return None


def begins_late(
    reads: Callable[[Address], Collection[Address]], table: CellTable, read: Collection[Address], reading: Reading
) -> str | None:
    """Why all windows of a picture may be wrong: they go beyond one end of its lines, and leave out the other one.

    Args:
        reads: the cells that a formula reads.
        table: the cells.
        read: the cells that any formula reads.
        reading: the layer.
    """
    layer = reading.layer
    inputs = {cell_of(own[slot]) for own in layer.slots.values() for slot in reading.features if slot in own}
    short = (own for (_, step), own in sorted(layer.at.items()) if set(reading.features) - layer.slots[step].keys())
    blanks = {cell for own in short for cell in reads(cell_of(own[0].atom)) if cell not in table.index}
    ways = ((1, 0), (-1, 0), (0, 1), (0, -1)) if reading.kind == "Dense" else ()
    for blank, way in itertools.product(sorted(blanks), ways):
        place = offset(blank, way)
        while place in inputs:
            place = offset(place, way)
        if offset(blank, way) != place and table.is_number(place) and place not in read:
            beyond = f"windows go beyond the other end of its line, to {show(blank)}, which is empty"
            return f"no formula reads {show(place)}, while {beyond}"
    return None


def reads_empty(reads: Callable[[Address], Collection[Address]], table: CellTable, reading: Reading) -> str | None:
    """Why an input or a first state may be another one: a formula stands in its place that reads empty cells only.

    Not so a copy of the blank cells before the first step, filled on to the copies of the states of later steps.

    Args:
        reads: the cells that a formula reads.
        table: the cells.
        reading: the layer.
    """
    inputs = [own[slot] for own in reading.layer.slots.values() for slot in reading.features if slot in own]
    states = [atom for own in reading.given.values() for atom in own.values()]
    copies = {cell_of(copy) for instance in reading.layer.instances for _, copy in instance.named}
    for what, atoms, filled in (("an input", inputs, set[Address]()), ("a first state", states, copies)):
        for cell in filter(table.is_formula, map(cell_of, atoms)):
            is_empty = bool(read := reads(cell)) and not any(other in table.index for other in read)
            if is_empty and not any(table.fills(cell, other) for other in filled):
                return f"{show(cell)}, {what}, reads nothing but {show(min(read))}, which is empty"
    return None


def _passed_over(table: CellTable, read: Collection[Address], reading: Reading) -> str | None:
    """Why steps or samples may be wrong that read one input twice or none: no formula reads a number in its place."""
    ahead = {*ahead_of_windows(reading, table, read)}
    for slot in reading.features:
        own = [atoms[slot] for atoms in reading.layer.slots.values() if slot in atoms]
        near = {*(_next_to(own) if len(set(own)) < len(own) else ()), *_one_stride_on(reading, slot)}
        near |= {*_where_most_are(reading, slot)}
        like = {_does(cell_of(atom), table) for atom in own} - {None}
        unread = [
            cell for cell in near - ahead if cell not in read and (table.is_number(cell) or _does(cell, table) in like)
        ]
        if unread:
            return f"no formula reads {show(min(unread))}, and a step or sample reads the input beside it, or none"
    return None


def _does(cell: Address, table: CellTable) -> str | None:
    """What a formula does, whatever with; nothing is said of what it makes numbers from if that is typed into it."""
    text = table.texts.get(cell)
    return None if text is None else skeleton(text) if operands(text) else ""


def _where_most_are(reading: Reading, slot: int) -> Iterator[Address]:
    """The cells that stand to a result as the inputs of most others stand to theirs, where this one reads another."""
    made = {
        step: cell_of(atom) for (step, _), atom in sorted(outputs(reading).items(), key=itemgetter(1), reverse=True)
    }
    read = {step: cell_of(atoms[slot]) for step, atoms in reading.layer.slots.items() if slot in atoms and step in made}
    away = Counter(offset_on_sheet(made[step], cell) for step, cell in read.items())
    by, count = away.most_common(1)[0] if away else (None, 0)
    if by is not None and 2 * count > len(read):
        yield from (own for step, cell in read.items() if (own := offset(made[step], by)) != cell)


def _one_stride_on(reading: Reading, slot: int) -> Iterator[Address]:
    """The cells that stand to an input as the next result stands to its own, if that reads the same input or none."""
    made, slots = outputs(reading), reading.layer.slots
    first = {step: min(atom for (at, _), atom in made.items() if at == step) for step in {at for at, _ in made}}
    runs = reading.documents if reading.kind != "Dense" else [sorted(first, key=first.__getitem__)]
    for pair in (pair for run in runs for pair in itertools.pairwise(run)):
        for one, other in (pair, pair[::-1]):
            atom = slots[one].get(slot)
            if atom is not None and slots[other].get(slot, atom) == atom and one in first and other in first:
                away = offset_on_sheet(cell_of(first[one]), cell_of(first[other]))
                if away is not None:
                    yield offset(atom, away)


def _begins_elsewhere(table: CellTable, read: Collection[Address], reading: Reading) -> str | None:
    """Why a first state may be another one: an unread number stands where that would, a step before the first one."""
    for symbol, given in reading.given.items():
        values = reading.values.get(symbol.removesuffix("_init"), {})
        for document in (own for own in reading.documents if len(own) > 1):
            for unit in range(reading.units):
                before = _further(values.get((document[1], unit)), values.get((document[0], unit)))
                atom = given.get((document[0], unit))
                is_idle = before is not None and table.is_number(before) and before not in read
                if before is not None and is_idle and atom is not None and cell_of(atom) != before:
                    return f"no formula reads {show(before)}, which stands where the first state would"
    return None


def _ends_early(table: CellTable, read: Collection[Address], reading: Reading) -> str | None:
    """Why a sample may have one step more: its inputs stand there, unread, and numbers in the place of its results."""
    made, slots = outputs(reading), reading.layer.slots
    for before, last in (document[-2:] for document in reading.documents if len(document) > 1):
        units = [(made.get((before, unit)), made.get((last, unit))) for unit in range(reading.units)]
        results = [_further(one, other) for one, other in units]
        inputs = [_further(slots[before].get(slot), slots[last].get(slot)) for slot in reading.features]
        if all(cell is not None and table.is_number(cell) and cell not in read for cell in inputs) and all(
            cell is not None and (table.is_number(cell) or table.is_formula(cell)) for cell in results
        ):
            return (
                f"{show(next(filter(None, results)))} stands where the next step would, whose inputs no formula reads"
            )
    return None


def _one_more(table: CellTable, read: Collection[Address], reading: Reading) -> str | None:
    """Why samples may be steps: an input of the last one goes on to a number that nobody reads, and others do not.

    So do states that were typed, each beside the step that should compute it. A series of which each sample reads
    several numbers ends with one that none after it reads.
    """
    made, slots = outputs(reading), reading.layer.slots
    first = {step: min(atom for (at, _), atom in made.items() if at == step) for step in {at for at, _ in made}}
    before, last, *_ = [*sorted(first, key=first.__getitem__)[-2:], None, None]
    if reading.kind != "Dense" or before is None or last is None:
        return None
    away = offset_on_sheet(cell_of(first[before]), cell_of(first[last]))
    known = [slots[last][slot] for slot in reading.features if slot in slots[last]] if away else []
    beyond = [offset(atom, away) for atom in known] if away else []
    unread = [cell for cell in beyond if table.is_number(cell) and cell not in read]
    unread = [cell for cell in unread if not (away and _ends_a_series(table, cell, away, known))]
    if 0 < len(unread) < len(beyond):
        return (
            f"no formula reads {show(unread[0])}, which stands where a further input would, or a state that was typed"
        )
    return None


def _ends_a_series(table: CellTable, cell: Address, away: Offset, inputs: Collection[Atom]) -> bool:
    """Whether a number is the last of its line, and a sample reads the two before it."""
    before = {offset(cell, away, -1), offset(cell, away, -2)}
    return not table.is_number(offset(cell, away)) and before <= {cell_of(atom) for atom in inputs}


def _further(one: Atom | None, other: Atom | None) -> Address | None:
    """The cell as far behind the second one as that is behind the first."""
    away = None if one is None or other is None else offset_on_sheet(cell_of(one), cell_of(other))
    return None if other is None or not away or away == (0, 0) else offset(other, away)


def _next_to(own: Sequence[Atom]) -> Iterator[Address]:
    """The cells before and behind each input, in the line in which the others stand."""
    cells = {cell_of(atom) for atom in own}
    for one, other in itertools.permutations(cells, 2):
        down, right = offset_on_sheet(one, other) or (0, 0)
        if 0 in (down, right):
            for by in (-1, 1):
                yield offset(one, (bool(down), bool(right)), by)
