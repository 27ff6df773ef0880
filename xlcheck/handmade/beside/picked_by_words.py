"""Formulas that take the result of one class: by hand, in line with the word that says which it is, or by its word."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from xlcheck.formulas import tree
from xlcheck.formulas.algebra import Address
from xlcheck.formulas.parser import parsed
from xlcheck.formulas.shapes import shape_of, skeleton
from xlcheck.handmade.networks.formula_text import looks_up
from xlcheck.handmade.reading.cells import CellTable, show
from xlcheck.handmade.reading.offsets import run_from
from xlcheck.handmade.reading.precedents import Precedents

_FEW = 3
"""Formulas that are enough to tell which words say what they take."""
_WORD = re.compile(r"\w+")


def picked_otherwise(table: CellTable, precedents: Precedents) -> Iterator[str]:
    """Why a formula may take the result of another class: the word in its row or column says it, as it does at others.

    The results stand in lines that are called as the classes are. If the words of no line say so of all formulas, those
    of the line that do so most often, and of more than half of them, are meant.

    Args:
        table: all cells.
        precedents: who reads what.
    """
    single = {cell: own[0] for cell in table.texts if len(own := precedents.of(cell)) == 1}
    for axis in (0, 1):
        families: dict[tuple[str, int, str], dict[Address, Address]] = defaultdict(dict)
        for cell, read in single.items():
            if read[0] == cell[0] and read[1:][1 - axis] == cell[1:][1 - axis]:
                families[cell[0], cell[1:][axis], skeleton(table.texts[cell])][cell] = read
        for picked in families.values():
            if len(picked) >= _FEW and len({own[1:][axis] for own in picked.values()}) > 1:
                yield from _unlike_words(picked, axis, table)


def looked_up_by_others(table: CellTable, precedents: Precedents) -> Iterator[str]:
    """Why results may be looked up by other words than those meant: words of the same list stand in line, unread.

    So a loss may look up what is said of the letter that was given instead of the one that comes next.

    Args:
        table: all cells.
        precedents: who reads what.
    """
    for axis in (0, 1):
        families: dict[tuple[str, int, str], dict[Address, set[Address]]] = defaultdict(dict)
        for cell in filter(lambda own: looks_up(table.texts[own]), table.texts):
            read = {own for own in precedents.of(cell) if own in table.words and own[0] == cell[0]}
            families[cell[0], cell[1:][axis], skeleton(table.texts[cell])][cell] = read
        for own in (own for own in families.values() if len(own) >= _FEW):
            places = set.intersection(*own.values())
            keys, listed = {cell: read - places for cell, read in own.items()}, _said(places, table)
            lines = {word[1:][axis] for word in table.words if word[0] == next(iter(own))[0]}
            for line in (
                sorted(lines) if all(keys.values()) and _said(set().union(*keys.values()), table) <= listed else ()
            ):
                others = [_across(cell, axis, line) for cell in own]
                are_said = all(other in table.words for other in others) and _said(others, table) <= listed
                if are_said and not any(map(precedents.readers, others)):
                    key, other = show(min(keys[min(own)])), show(min(others))
                    yield f"{show(min(own))} looks up the word of {key}, and no formula reads that of {other}"


def chosen_by_other_words(table: CellTable) -> Iterator[str]:
    """Why a formula may choose the result of another class: as `IF(O2="b",M2,L2)` where M is called `p c`, and L `p b`.

    Args:
        table: all cells.
    """
    asked = set[object]()
    for cell in (own for own in sorted(table.texts) if '"' in table.texts[own]):
        # Formulas that were filled choose alike.
        if (kind := (cell[0], shape_of(table.texts[cell], *cell[1:]))) in asked:
            continue
        asked.add(kind)
        node = parsed(table.texts[cell])
        for own in () if node is None else tree.walk(node):
            chosen = [*_choices(own, cell[0])]
            names = {place: _called(place, 0, table) | _called(place, 1, table) for _, place in chosen}
            for word, place in chosen:
                others = [other for other in names if other != place and word in names[other]]
                if word and word not in names[place] and others:
                    yield f"{show(cell)} takes {show(place)} for {word!r}, while {show(others[0])} is called so"


def _choices(node: tree.Node, sheet: str) -> Iterator[tuple[str, Address]]:
    """The words by which a formula chooses, each with the one cell that it then takes; the last has no word."""
    match node:
        case tree.FunctionCall(name="IF", arguments=(asked, then, *others)):
            cases, rest = [(asked, then)], others
        case tree.FunctionCall(name="IFS", arguments=arguments):
            cases, rest = [*zip(arguments[::2], arguments[1::2], strict=False)], []
        case _:
            return
    for asked, taken in cases:
        match asked:
            case tree.Operator(
                symbol="=",
                operands=(tree.Reference(), tree.Literal(value=str(word)))
                | (tree.Literal(value=str(word)), tree.Reference()),
            ):
                yield from ((word.casefold().strip(), place) for place in _one_cell(taken, sheet))
    for other in rest:
        yield from [*_choices(other, sheet)] or (("", place) for place in _one_cell(other, sheet))


def _one_cell(node: tree.Node, sheet: str) -> Iterator[Address]:
    """The cell that is read, if it is only one, and read once."""
    read = [part for part in tree.walk(node) if isinstance(part, tree.Reference)]
    if len(read) == 1 and (place := tree.single_cell(read[0], sheet)) is not None:
        yield place


def _said(cells: Iterable[Address], table: CellTable) -> set[str]:
    return {table.words[cell].casefold().strip() for cell in cells}


def _unlike_words(picked: Mapping[Address, Address], axis: int, table: CellTable) -> Iterator[str]:
    by = (1, 0) if axis == 0 else (0, 1)
    runs = (run_from(own, way, table.is_formula) for own in picked.values() for way in (by, (-by[0], -by[1])))
    results = {own for run in runs for own in run}
    called = {own: _called(own, axis, table) for own in results}
    classes, lines = set[str]().union(*called.values()), {own[1:][axis] for own in results}
    best: Sequence[tuple[Address, str]] | None = None
    for line in sorted({own[1:][axis] for own in table.words if own[0] == next(iter(picked))[0]} - lines):
        said = {cell: table.words.get(_across(cell, axis, line), "").casefold().strip() for cell in picked}
        others = [(cell, word) for cell, word in said.items() if word not in called[picked[cell]]]
        if all(said.values()) and classes.issuperset(said.values()) and (best is None or len(others) < len(best)):
            best = others
    for cell, word in best if best is not None and 2 * len(best) < len(picked) else ():
        yield f"{show(cell)} takes {show(picked[cell])}, and the word {word!r} in line with it says another one"


def _called(cell: Address, axis: int, table: CellTable) -> set[str]:
    """The words of what stands first before a cell in its line."""
    sheet, row, column = cell
    before = ((sheet, row, k) if axis == 0 else (sheet, k, column) for k in range((column, row)[axis])[::-1])
    text = next((table.words[own] for own in before if own in table.words), "").casefold()
    return {text.strip(), *_WORD.findall(text)}


def _across(cell: Address, axis: int, line: int) -> Address:
    return (cell[0], line, cell[2]) if axis == 0 else (cell[0], cell[1], line)
