"""Formulas that look something up in the wrong place: beside what they searched, or in a list that is in no order.

`INDEX(B$2:B$6,MATCH(A12,A$1:A$6,0))` gives for each word the row below its own, and `VLOOKUP(A12,A2:C6,2)` asks for a
list that is sorted. Filled alike everywhere they break no line, and whatever they give is taken for an input.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations, pairwise

from xlcheck.formulas import tree
from xlcheck.formulas.addresses import Range
from xlcheck.formulas.algebra import Address
from xlcheck.formulas.look_ups import SEARCHING, calls
from xlcheck.formulas.parser import parsed
from xlcheck.formulas.scanner import cut, tokens_between
from xlcheck.formulas.shapes import skeleton
from xlcheck.handmade.equations.reading import Reading
from xlcheck.handmade.forms.polynomials import Atom, cell_of
from xlcheck.handmade.networks.formula_text import looks_up
from xlcheck.handmade.reading.cells import CellTable, CellValues, beside, show
from xlcheck.handmade.reading.lines import lines_of
from xlcheck.handmade.reading.naming import names
from xlcheck.handmade.reading.offsets import offset
from xlcheck.handmade.reading.reached import reached
from xlcheck.handmade.reading.sheet_groups import SheetGroup
from xlcheck.workbook.content import CellError, Value

_TWO = 2
_BY_CRITERION = frozenset({"SUMIF", "COUNTIF", "AVERAGEIF"})
_LOOKS_UP = calls(SEARCHING | _BY_CRITERION)
_SCALES = re.compile(r"[*/] *\(?(\d+(?:\.\d+)?)(?![\w(!:])")
"""A typed number by which something is multiplied or divided."""


def looked_up_wrongly(table: CellTable, values: CellValues, cells: Iterable[Address]) -> Iterator[str]:
    """Why formulas may not give what they look up, in a sentence each.

    Args:
        table: all cells.
        values: what they hold.
        cells: the formula cells.
    """
    cells = sorted(cells)
    looking = [cell for cell in cells if looks_up(table.texts[cell])]
    yield from _unlike_their_line(looking, table)
    yield from _by_another_key(looking, table)
    for cell in cells:
        text = table.texts[cell]
        node = parsed(text) if _LOOKS_UP.search(text) else None
        for part in tree.walk(node) if node is not None else ():
            if isinstance(part, tree.FunctionCall):
                why = (
                    _beside_what_it_searches(part, cell[0], table)
                    or _in_no_order(part, cell[0], table, values)
                    or _one_too_few(part, cell, table, values)
                )
                if why is not None:
                    yield f"{show(cell)} {why}"
                    break


def finds_by(cell: Address, reader: Address, table: CellTable) -> bool:
    """Whether a formula reads a cell only to find others by its number, as the first sample of a batch.

    Args:
        cell: the cell.
        reader: the formula.
        table: the cells.
    """
    own = parsed(table.texts[reader])
    if own is None:
        return False
    calls = (
        node for node in tree.walk(own) if isinstance(node, tree.FunctionCall) and node.name in {"INDEX", "OFFSET"}
    )
    places = {id(node) for call in calls for place in call.arguments[1:] for node in tree.walk(place)}
    reads = [
        node for node in tree.walk(own)
        if isinstance(node, tree.Reference) and cell in table.cells_in(node.area, reader[0])
    ]  # fmt: skip
    return bool(reads) and all(id(node) in places for node in reads)


def _unlike_their_line(cells: Iterable[Address], table: CellTable) -> Iterator[str]:
    """Why formulas may look up something else: they name a cell twice where all others of their line do not.

    Or one number of several that are equal in these is another one, such as that of a column, or what they divide by.
    """
    lines: dict[object, dict[Address, tuple[tuple[int, ...], tuple[int, ...], tuple[str, ...]]]] = defaultdict(dict)
    for cell in cells:
        text = cut(table.texts[cell])
        numbers = [own for part in text.between for kind, own in tokens_between(part) if kind == "number"]
        several = len(_LOOKS_UP.findall(table.texts[cell])) > 1  # one may have a scale of its own
        scales = tuple(_SCALES.findall(table.texts[cell])) if several else ()
        alike = _first_alike([ref[:6] for ref in text.refs]), _first_alike(numbers), scales
        for line in lines_of(cell):
            lines[line, skeleton(table.texts[cell])][cell] = alike
    for own in lines.values():
        for cell, (named, typed, scales) in own.items() if len(own) > _TWO else ():
            others = {its for other, its in own.items() if other != cell}
            ((its_named, its_typed, its_scales), *more) = others
            if not more and len({*named}) < len({*its_named}):
                yield f"{show(cell)} looks up the same cell twice, where the others of its line look up different ones"
            elif not more and len({*typed}) > len({*its_typed}):
                yield f"{show(cell)} looks up by different numbers, where the others of its line repeat the same one"
            elif not more and scales != its_scales:
                yield f"{show(cell)} scales what it looks up otherwise than the others of its line"


def _by_another_key(cells: Iterable[Address], table: CellTable) -> Iterator[str]:
    """Why formulas may look up something else: two side by side find two columns of one table, each by its own key."""
    found: dict[Address, tuple[Range, Address]] = {}
    for cell in cells:
        areas = [ref.area(cell[0]) for ref in cut(table.texts[cell]).refs]
        columns, keys = ([own for own in areas if (own.size > 1) is several] for several in (True, False))
        if len(columns) == len(keys) == 1:
            found[cell] = columns[0], (keys[0].sheet, keys[0].top, keys[0].left)
    for cell, (column, key) in found.items():
        for by in ((0, 1), (1, 0)):
            other = offset(cell, by)
            beside = Range(column.sheet, column.top + by[0], column.left + by[1], column.rows, column.columns)
            if other in found and found[other][0] == beside and found[other][1] not in {key, offset(key, by)}:
                yield f"{show(other)} looks up by {show(found[other][1])}, and {show(cell)} beside it by {show(key)}"


def _first_alike(items: Sequence[object]) -> tuple[int, ...]:
    """For each of some items the place of the first one that is equal."""
    return tuple(map(items.index, items))


def failing_for_others(part: SheetGroup, cells: Iterable[Address]) -> Iterator[str]:
    """Why formulas that give an error may be right: what they read gives one, or they look up a word that is misspelt.

    Args:
        part: all worksheets.
        cells: the formulas.
    """
    table, values, cells = part.table, part.values, [*cells]
    behind = reached(cells, part.precedents.readers)
    for cell in cells:
        value, text = table.value(cell, values), table.texts.get(cell, "")
        if not isinstance(value, CellError):
            continue
        if value.code == "#N/A" and looks_up(text):
            yield f"{show(cell)} looks in the wrong place, or its list does not hold what it looks up"
        for other in part.precedents.of(cell):
            if other not in behind and isinstance(table.value(other, values), CellError):
                yield f"{show(cell)} may give an error only because {show(other)} does"


def looked_up_apart(
    readings: Iterable[Reading], asked: Callable[[Address], Collection[Address]], edited: Collection[Address] = ()
) -> Iterator[str]:
    """Why the inputs of a step may be those of two: one is looked up by another word than that beside it.

    At most steps both are looked up by one, as the numbers of a word's vector are.

    Args:
        readings: the layers.
        asked: the cells that a formula names one by one.
        edited: those of which it is not known what they would name.
    """
    for reading in readings:
        named = {step: {x: cell_of(c) for own in reading.layer.at_step(step) for x, c in own.named}
                 for step in reading.layer.steps}  # fmt: skip
        for pair in combinations(reading.features, 2):
            together, apart = 0, list[str]()
            for step, slots in reading.layer.slots.items():
                cells = [named[step][slots[slot]] for slot in pair if slots.get(slot) in named.get(step, ())]
                if len(cells) == len(pair) and not any(cell in edited for cell in cells):
                    one, other = ({*asked(cell)} for cell in cells)
                    together += not one.isdisjoint(other)
                    both = " and ".join(map(show, sorted(cells)))
                    apart += (
                        [f"{both} are looked up by two words, and stand for one step"] if one.isdisjoint(other) else []
                    )
                elif len(cells) == 1 and all(slot in slots for slot in pair):
                    (typed,) = (cell_of(slots[slot]) for slot in pair if slots[slot] not in named[step])
                    apart.append(f"{show(typed)} is no number that is looked up, as {show(cells[0])} of its step is")
            yield from apart[:1] if together > len(apart) else ()


def looked_up_twice(
    readings: Iterable[Reading], reads: Callable[[Address], Collection[Address]], edited: Collection[Address] = ()
) -> Iterator[str]:
    """Why a step may read the wrong input: two cells look up one number for it, by one word.

    Args:
        readings: the layers.
        reads: all cells that a formula names.
        edited: those of which it is not known what they would name.
    """
    for instance in (own for reading in readings for own in reading.layer.instances):
        found: dict[Atom, list[Address]] = defaultdict(list)
        for x, cell in sorted(instance.named):
            if x in instance.inputs and cell_of(cell) not in edited:
                found[x].append(cell_of(cell))
        for one, other in (own for own in found.values() if len(own) == _TWO):
            if {*reads(one)} == {*reads(other)} and len({*reads(one)}) > 1:
                yield f"{show(one)} and {show(other)} look up one number for two inputs of a step"


def _beside_what_it_searches(call: tree.FunctionCall, sheet: str, table: CellTable) -> str | None:
    """Why the place that was found in one range is another one in the range from which something is taken.

    Or in a list that the formula holds, which is longer or shorter. Words may say that both belong together.
    """
    match call:
        case tree.FunctionCall("INDEX", (tree.ArrayLiteral(rows=rows), tree.FunctionCall("MATCH", (_, found, *_)), *_)):
            listed = sum(map(len, rows))
            if isinstance(found, tree.Reference) and found.area.size != listed:
                return f"takes one of {listed} by its place in {found.area.a1}, which has {found.area.size} cells"
    for taken, down, searched in _pairs(call):
        one, other = (replace(area, sheet=area.sheet or sheet) for area in (taken, searched))
        if not _are_side_by_side(one, other, down=down) and not _are_called_alike(one, other, table, down=down):
            return f"searches {other.a1} and takes what it finds from {one.a1}, which is not in line with it"
    return None


def _pairs(call: tree.FunctionCall) -> Iterator[tuple[Range, bool, Range]]:
    """The range from which something is taken, whether by its row, and the range in which its place is sought."""
    match call:
        case tree.FunctionCall("SUMIF", (tree.Reference(area=asked), _, tree.Reference(area=taken))):
            yield taken, taken.rows > 1, asked
        case tree.FunctionCall(name="INDEX", arguments=(tree.Reference(area=taken), *places)):
            by_row = taken.rows > 1 or len(places) > 1
            for down, place in zip((by_row, False), places, strict=False):
                if isinstance(place, tree.FunctionCall) and place.name in {"MATCH", "XMATCH"}:
                    searched = place.arguments[1] if len(place.arguments) > 1 else None
                    if isinstance(searched, tree.Reference):
                        yield taken, down, searched.area
        case tree.FunctionCall(
            name="LOOKUP" | "XLOOKUP", arguments=(_, tree.Reference(area=searched), tree.Reference(area=taken), *_)
        ):
            yield taken, searched.rows > 1, searched


def _are_side_by_side(taken: Range, searched: Range, *, down: bool) -> bool:
    """Whether the first cells belong together, and so the others: they are as many, or begin in one line."""
    starts = [(area.top, area.left) for area in (taken, searched)]
    along = down and searched.columns == 1
    across = not down and searched.rows == 1
    if not (along or across):
        return taken.size == searched.size or 1 not in (searched.rows, searched.columns)
    own = taken.rows if down else taken.columns
    (one, other) = (start[0] if down else start[1] for start in starts)
    if own != searched.size:
        return one == other
    return taken.sheet != searched.sheet or one == other or abs(one - other) >= own


def _are_called_alike(taken: Range, searched: Range, table: CellTable, *, down: bool) -> bool:
    """Whether each cell of a range is called what stands in its place in a list of words, as `P(cat)` is for `cat`."""
    cells, words = table.cells_in(taken, taken.sheet), table.cells_in(searched, searched.sheet)
    labels = [table.next_word(cell, above=not down) for cell in cells]
    said = [str(table.words.get(cell, "")) for cell in words]
    return len(labels) == len(said) and all(map(names, labels, said))


def _in_no_order(call: tree.FunctionCall, sheet: str, table: CellTable, values: CellValues) -> str | None:
    """Why the nearest is not what is looked up: it is sought in a list that is not sorted."""
    match call:
        case tree.FunctionCall(name="VLOOKUP" | "HLOOKUP" as name, arguments=(_, tree.Reference(area=area), _, *exact)):
            keys = replace(area, columns=1) if name == "VLOOKUP" else replace(area, rows=1)
        case tree.FunctionCall(name="MATCH", arguments=(_, tree.Reference(area=keys), *exact)):
            pass
        case tree.FunctionCall(name="LOOKUP", arguments=(_, tree.Reference(area=keys), *_)):
            exact = []
            if 1 not in (keys.rows, keys.columns):
                return None
        case _:
            return None
    kind = exact[0] if exact else tree.Literal(1.0)
    falls = isinstance(kind, tree.Operator) and kind.symbol == "-"
    if not falls and (not isinstance(kind, tree.Literal) or not kind.value):
        return None
    held = [table.value(own, values) for own in table.cells_in(keys, sheet)]
    if _is_sorted([value for value in held if value is not None], falls=falls):
        return None
    return f"looks for the nearest in {keys.a1}, which is not sorted; a last argument of 0 finds the very one"


def _one_too_few(call: tree.FunctionCall, cell: Address, table: CellTable, values: CellValues) -> str | None:
    """Why a sum or a count of what meets a criterion may lack one: the cell right before or behind its range does.

    A count that goes on from cell to cell lacks what it does not count yet.
    """
    match call:
        case tree.FunctionCall(name, (tree.Reference(area=asked), wanted, *_)) if name in _BY_CRITERION:
            pass
        case _:
            return None
    named = tree.single_cell(wanted, cell[0])
    word = table.value(named, values) if named is not None else getattr(wanted, "value", None)
    if 1 not in (asked.rows, asked.columns) or asked.size == 1 or not isinstance(word, str | float) or word == "":
        return None
    filled = [own for own in beside(cell) if own in table.texts and table.fills(cell, own)]
    kin = [ref.area(cell[0]) for own in filled for ref in cut(table.texts[own]).refs]
    if any((own.top, own.left) == (asked.top, asked.left) and own.size != asked.size for own in kin):
        return None
    cells = table.cells_in(asked, cell[0])  # none, beyond what the worksheet holds
    for end, away in ((cells[0], -1), (cells[-1], 1)) if cells else ():
        other = offset(end, (asked.columns == 1, asked.rows == 1), away)
        kinds = {skeleton(table.texts.get(own, "")) for own in (end, other)}  # a total below is none of them
        if other != named and len(kinds) == 1 and table.value(other, values) == word:
            side = "behind" if away > 0 else "before"
            return f"leaves out what stands at {show(other)}, right {side} what it searches"
    return None


def _is_sorted(held: list[Value], *, falls: bool) -> bool:
    words = [value.casefold() for value in held if isinstance(value, str)]
    numbers = [value for value in held if isinstance(value, float)]
    if len(words) + len(numbers) < len(held):
        return True  # nobody knows
    rising = all(a <= b for a, b in pairwise(numbers)) and all(a <= b for a, b in pairwise(words))
    return all(a >= b for a, b in pairwise(numbers)) and not words if falls else rising
