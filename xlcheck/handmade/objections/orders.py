"""In which order units, steps and weights stand: what follows its formulas may yet have changed places."""

from __future__ import annotations

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence, Set

from xlcheck.formulas.algebra import Address
from xlcheck.formulas.references import plain_reference
from xlcheck.handmade.equations.reading import Reading, outputs
from xlcheck.handmade.families.filling import STEP
from xlcheck.handmade.forms.polynomials import cell_of
from xlcheck.handmade.reading.cells import CellTable, show
from xlcheck.handmade.reading.offsets import offset, offset_on_sheet

_NUMBER = re.compile(r"\d+")
_FEW = 3
"""Steps of a sample that run backwards if the first and the last one change places."""


def exchanged(table: CellTable, reading: Reading, *, is_one_of_two: bool = False) -> str | None:
    """Why inputs or results may have changed places: they fill the same places in another order than others do.

    Units that stand elsewhere, or otherwise, are how somebody likes it; the same places in another order are a mistake.
    So it is beside computed inputs; typed ones may be taken from a list in any order. Of a layer with a memory
    everything may stand backwards beside something else, as time runs there, if another one reads the same inputs, or
    if two cells that changed places could not make it so.

    Args:
        table: the cells.
        reading: the layer.
        is_one_of_two: whether another layer reads the same inputs.
    """
    slots = reading.layer.slots
    of_steps = [{slot: cell_of(own[slot]) for slot in reading.features if slot in own} for own in slots.values()]
    for line in of_steps[1:]:
        if wrong := _in_other_places(line, of_steps[0]):
            return f"{show(wrong)} is read in the place of another input of its step or sample"
    may_run_back = reading.kind != "Dense" and (is_one_of_two or any(len(own) > _FEW for own in reading.documents))
    inputs = (
        {step: cell_of(own[slot]) for step, own in reading.layer.slots.items() if slot in own}
        for slot in reading.features
    )
    first: Mapping[int, Address] = next((line for line in inputs if all(map(table.is_formula, line.values()))), {})
    for symbol, values in reading.values.items():
        own: Mapping[int, Address] = {}
        lines: dict[int, dict[int, Address]] = defaultdict(dict)
        for (step, unit), atom in values.items():
            lines[unit][step] = cell_of(atom)
        for line in lines.values():
            wrong = _in_other_places(line, own) or _in_other_places(line, first)
            if wrong and not (may_run_back and not own and _is_backwards(line, first)):
                return f"{show(wrong)} holds {symbol} of another step or sample than the cells in line with it do"
            own = own or line
        first = first or own
    return None


def out_of_line(table: CellTable, reading: Reading, is_looked_up: Callable[[Address], bool]) -> str | None:
    """Why an input or a result may be another one: most of a step stand one way from those before, and this elsewhere.

    In its place, on that way, stands another number. One that is the same at both steps does not count.

    Args:
        table: the cells.
        reading: the layer.
        is_looked_up: whether a formula finds a cell's number in a list, where each step has its own anywhere.
    """
    slots, features = reading.layer.slots, reading.features
    read = sorted((step for step in slots if slots[step]), key=lambda step: min(slots[step].values()))
    runs = reading.documents if reading.kind != "Dense" else [read]
    lines = [{step: {key: cell_of(own[key]) for key in features if key in own} for step, own in slots.items()}]
    for values in reading.values.values():
        line: dict[int, dict[int, Address]] = defaultdict(dict)
        for (step, unit), atom in values.items():
            line[step][unit] = cell_of(atom)
        lines.append(line)
    for line, (one, other) in itertools.product(lines, [pair for run in runs for pair in itertools.pairwise(run)]):
        before, behind = line.get(one, {}), line.get(other, {})
        ways = {key: offset_on_sheet(before[key], behind[key]) for key in before.keys() & behind.keys()}
        (way, count), *_ = [*Counter(ways.values()).most_common(1), (None, 0)]
        for key in sorted(ways) if way is not None and 2 * count > len(ways) and count > 1 else ():
            sheet, row, column = before[key]
            place = (sheet, row + way[0], column + way[1]) if way is not None else before[key]
            is_taken = table.is_formula(place) or table.is_number(place)
            if ways[key] not in {way, (0, 0)} and is_taken and not is_looked_up(behind[key]):
                return f"{show(behind[key])} stands apart from the others of its step, and {show(place)} in its place"
    return None


def gap_in_a_line(table: CellTable, reading: Reading) -> str | None:
    """Why a result may be another one: those of a step stand in one line but for it, and a formula in a gap there."""
    for symbol, values in reading.values.items():
        of_step: dict[int, list[Address]] = defaultdict(list)
        for (step, _), atom in values.items():
            of_step[step].append(cell_of(atom))
        for cells, side in itertools.product((own for own in of_step.values() if len(own) > _FEW), (0, 1)):
            places = {cell: (cell[1], cell[2]) for cell in cells}
            ((line, count),) = Counter(place[side] for place in places.values()).most_common(1)
            along = {place[1 - side] for place in places.values() if place[side] == line}
            gaps = [(line, at) if side == 0 else (at, line) for at in range(min(along), max(along)) if at not in along]
            taken = [cell for row, column in gaps if table.is_formula(cell := (cells[0][0], row, column))]
            if count == len(places) - 1 and len(taken) == 1:  # two units may be said to stand in one cell
                (apart,) = (show(cell) for cell, place in places.items() if place[side] != line)
                return f"{show(taken[0])} stands among {symbol} of one step, and {apart} holds what belongs there"
    return None


def _in_other_places(line: Mapping[int, Address], other: Mapping[int, Address]) -> Address | None:
    """The first cell of a line that fills the same places as another one, moved as a whole, in another order."""
    steps = line.keys() & other.keys()
    away = {offset_on_sheet(other[step], line[step]) for step in steps}
    own = {line[step] for step in steps}
    if len(away) < 2 or None in away or len(own) < len(steps):
        return None
    down, right = offset_on_sheet(min(other[step] for step in steps), min(own)) or (0, 0)
    places = {step: offset(other[step], (down, right)) for step in steps}
    return min(line[step] for step in steps if line[step] != places[step]) if own == {*places.values()} else None


def _is_backwards(line: Mapping[int, Address], other: Mapping[int, Address]) -> bool:
    steps = sorted(line.keys() & other.keys(), key=line.__getitem__)
    return steps == sorted(steps, key=other.__getitem__, reverse=True)


def turned_units(reading: Reading, weights: Mapping[str, Sequence[Address | None]]) -> bool | None:
    """Whether all units of an answer, side by side, stand the other way round than their weights; None if unknown.

    Args:
        reading: the layer.
        weights: by name in Keras the cell of each number, row by row.
    """
    units, answers = reading.units, outputs(reading)
    places = next(iter(weights.values()))[:units]
    cells = [cell_of(answers[step, unit]) for step, unit in sorted(answers) if step == min(answers)[0]]
    known = [cell for cell in places if cell is not None]
    if units < 2 or not len(cells) == len(known) == units or not (_is_in_order(cells) and _is_in_order(known)):
        return None
    return (cells[0] < cells[-1]) != (known[0] < known[-1])


def other_order(reading: Reading, weights: Mapping[str, Sequence[Address | None]]) -> str | None:
    """Why units may be mixed up: those of an answer, side by side, stand in another order than their weights do.

    Args:
        reading: the layer.
        weights: by name in Keras the cell of each number, row by row.
    """
    units, width = reading.units, reading.units * len(reading.gates)
    rows = [places[at : at + units] for places in weights.values() for at in range(0, min(len(places), width), units)]
    kept = [cells for row in rows if len(cells := [cell for cell in row if cell is not None]) == units]
    answers, ways = outputs(reading), defaultdict[bool, list[Address]](list)
    for step in sorted({step for step, _ in answers}) if units > 1 else ():
        cells = [cell_of(answers[step, unit]) for unit in range(units) if (step, unit) in answers]
        order = _is_in_order(cells) if len(cells) == units else None
        if order is not None and any(_is_in_order(row) is not None and _is_in_order(row) != order for row in kept):
            return f"{show(cells[0])} and the units beside it stand in another order than their weights"
        if order:
            ways[cells[0] < cells[-1]].append(cells[0])
    if len(ways) > 1:
        return (
            f"{show(min(ways.values(), key=len)[0])} and the units beside it stand the other way round than elsewhere"
        )
    return None


def crossed(table: CellTable, reading: Reading, weights: Mapping[str, Sequence[Address | None]]) -> str | None:
    """Why weights may be mixed up: they stand in another order than the inputs that they multiply, or than others do.

    Args:
        table: the cells.
        reading: the layer.
        weights: by name in Keras the cell of each number, row by row.
    """
    width, slots = reading.units * len(reading.gates), reading.features
    kernel = next(places for name, places in weights.items() if name.endswith(".kernel"))
    rows, copied = [], bool(table.stands_for)
    for step, own in reading.layer.slots.items():
        if all(slot in own for slot in slots):  # an input stands where formulas read it, be it as a copy
            pairs = sorted(pair for instance in reading.layer.at_step(step) for pair in instance.named)
            named = {x: copy for x, copy in pairs if _only_repeats(cell_of(copy), table)}  # a look-up follows no order
            cells = [cell_of(named.get(own[slot], own[slot])) for slot in slots]
            rows.append([table.stands_for.get(cell, cell) for cell in cells])
            copied = copied or not named.keys().isdisjoint(own.values())
    inputs = [*range(len(slots))]
    if rows and copied:
        ((order, _),) = Counter(tuple(sorted(inputs, key=row.__getitem__)) for row in rows).most_common(1)
        inputs = [*order]  # of most steps: one with another order says nothing of the weights of all
        rows = sorted(([row[at] for at in inputs] for row in rows), key=lambda row: not _is_in_order(row))
    if len(slots) < 2 or not any(map(_is_in_order, rows)):
        return None
    columns = [[kernel[at + row * width] for row in inputs] for at in range(width)]
    known = [cells for column in columns if len(cells := [c for c in column if c is not None]) == len(slots)]
    blocks = _blocks(rows[0])
    known = [[cells[k] for block in sorted(blocks, key=lambda own: cells[own[0]]) for k in block] for cells in known]
    orders = {
        (_is_in_order(cells), cells == sorted(cells)): cells[0] for cells in known if _is_in_order(cells) is not None
    }
    backwards = len(known) == 1 and not all(forwards for _, forwards in orders)  # several are a habit
    backwards = backwards and not all(map(_are_numbered, itertools.repeat(table), known))
    if len(orders) > 1 or any(not in_order for in_order, _ in orders) or backwards:
        return f"the weights from {show(min(orders.values()))} on stand in another order than their inputs do"
    return None


def weights_apart(weights: Mapping[str, Sequence[Address | None]]) -> Iterator[str]:
    """Why two weights of a unit may be exchanged: those of a kind stand in a line for all units but one.

    Args:
        weights: of a layer that has one of each kind a unit, as a normalisation has; by name in Keras their cells.
    """
    for name, places in weights.items():
        cells = [cell for cell in places if cell is not None]
        for axis in (1, 2):
            lines = Counter((cell[0], cell[axis]) for cell in cells)
            (line, most), *others = lines.most_common() or [(("", 0), 0)]
            if len(others) == 1 and others[0][1] == 1 and most > 1:
                odd = next(cell for cell in cells if (cell[0], cell[axis]) != line)
                yield f"{show(odd)} is read as {name.rpartition('.')[2]}, and others of its kind stand in another line"


def _are_numbered(table: CellTable, cells: Sequence[Address]) -> bool:
    """Whether words beside cells number them in their order, as `w2` and `w1` above weights that stand backwards do."""
    words = ["".join(itertools.islice(table.next_words(cell, over_blanks=False), 1)) for cell in cells]
    numbers = [int(found[0]) if (found := _NUMBER.findall(word)) else 0 for word in words]
    return numbers == sorted({*numbers})


def _blocks(cells: Sequence[Address]) -> list[list[int]]:
    """The numbers of cells that stand side by side, block by block: which block is joined to which is up to people.

    All are one block where a cell stands alone, as one that has changed places may.
    """
    blocks: list[list[int]] = [[0]]
    for number, (one, other) in enumerate(itertools.pairwise(cells), start=1):
        if offset_on_sheet(one, other) in {(0, 1), (1, 0)}:
            blocks[-1].append(number)
        else:
            blocks.append([number])
    return blocks if all(len(own) > 1 for own in blocks) else [[*range(len(cells))]]


def exchanged_formulas(table: CellTable, own: Set[Address]) -> Iterator[tuple[Sequence[Address], Sequence[Address]]]:
    """Two formulas in a line, and two in the next: each is like the other one there, and not like itself.

    Args:
        table: the cells.
        own: those that are looked at.
    """
    formulas = own & table.texts.keys()
    for side in (1, 2):
        lines: dict[tuple[str, int], list[Address]] = defaultdict(list)
        for cell in sorted(formulas):
            lines[cell[0], cell[1] if side == 1 else cell[2]].append(cell)
        for (sheet, at), (name, following) in itertools.pairwise(sorted(lines)):
            line = lines[sheet, at] if name == sheet else []
            beside = {x: (sheet, following, x[2]) if side == 1 else (sheet, x[1], following) for x in line}
            unlike = [
                (number, one)
                for number, (one, other) in enumerate(beside.items())
                if other in formulas and not table.fills(one, other)
            ]
            for number, (first, one) in enumerate(unlike):
                for second, other in unlike[number + 1 : number + 1 + STEP]:
                    crossing = table.fills(one, beside[other]) and table.fills(other, beside[one])
                    if crossing and second - first <= STEP:
                        yield (one, other), (beside[one], beside[other])


def exchanged_in_words(table: CellTable, own: Set[Address]) -> str | None:
    """Why two formulas of a layer may be exchanged, if any are; see `exchanged_formulas`."""
    for (one, other), _ in exchanged_formulas(table, own):
        return f"{show(one)} and {show(other)} stand the other way round than those of their kind in the next line"
    return None


def _only_repeats(cell: Address, table: CellTable) -> bool:
    return plain_reference(table.texts.get(cell, "").strip().removeprefix("+")) is not None


def _is_in_order(cells: Sequence[Address]) -> bool | None:
    """Whether cells in one line stand in the order of their places, forwards or backwards; None if they are no line."""
    if len({cell[:2] for cell in cells}) > 1 and len({cell[::2] for cell in cells}) > 1:
        return None
    return list(cells) in (sorted(cells), sorted(cells, reverse=True))
