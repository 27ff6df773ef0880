"""What stands beside a network and would tell a reader something else than the network: an error, another word."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from itertools import product
from typing import Final

from xlcheck.formulas import tree
from xlcheck.formulas.algebra import Address
from xlcheck.formulas.parser import parsed
from xlcheck.formulas.scanner import cut
from xlcheck.formulas.shapes import shape_of, skeleton
from xlcheck.handmade.reading.cells import CellTable, CellValues, show
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.handmade.reading.reached import reached
from xlcheck.workbook.content import CellError

_DESCRIBES = re.compile(r"(?P<name>[A-Z.]+)\([^(),]+:[^(),]+\)$", re.IGNORECASE)
"""A number that describes one range."""
_DESCRIBES_SOME = re.compile(r"\b(?:SUM|AVERAGE|MEDIAN|MAX|MIN|STDEV|VAR)[.PS]{0,2}\(", re.IGNORECASE)
_MOST = 2_000
CALLED: Final = {
    "mean": re.compile(r"\b(?:mean|average|avg|mittel\w*|durchschnitt\w*|moyenne|media|média|promedio)\b"),
    "total": re.compile(r"\b(?:sum|total|summe|somme|suma|soma|somma)\b"),
    "largest": re.compile(r"\b(?:max|maximum|highest|largest)\b"),
    "least": re.compile(r"\b(?:min|minimum|lowest|smallest)\b"),
    "median": re.compile(r"\bmedian\b"),
}
"""What people call a number → the words."""
_LAST = re.compile(r"\b(?:last|final|letzte[rs]?|dernière?|últim[oa]|ultim[oa])\b")
_SHOWS = re.compile(r" *(?:ROUND\( *)?#(?: *, *\d+ *\))? *$", re.IGNORECASE)
"""What is left of a formula that repeats a cell, perhaps rounded."""
_PLACE = re.compile(r"\b(?:ROWS?|COLUMNS?)\(|\bCELL\(|\bRAND", re.IGNORECASE)
"""What gives something else in another cell, or each time."""
_ABOVE, _BELOW = frozenset({">", ">="}), frozenset({"<", "<="})
_GIVES = {
    "AVERAGE": "mean", "SUM": "total", "MAX": "largest", "MIN": "least", "MEDIAN": "median",
}  # fmt: skip


def said_otherwise(
    table: CellTable,
    values: CellValues,
    precedents: Precedents,
    spare: Collection[Address],
    agreeing: Collection[Address],
) -> Iterator[str]:
    """Why what is shown beside a network is not what its results say, in a sentence each.

    Args:
        table: all cells.
        values: what they hold.
        precedents: who reads what.
        spare: the formula cells that belong to nothing.
        agreeing: the formula cells that agree.
    """
    right = {*agreeing}
    for cell in sorted(spare):
        value = table.value(cell, values)
        below = reached([cell], precedents.of) if isinstance(value, CellError) else set[Address]()
        if isinstance(value, CellError) and not right.isdisjoint(below):
            yield f"{show(cell)} shows {value.code}, though it is made of results that were checked"
        why = (
            _called_otherwise(cell, table)
            or _other_word(cell, table, values, precedents)
            or _of_several_kinds(cell, table, precedents)
            or _not_the_last(cell, table)
            or _says_the_other(cell, table)
            or _computes_again(cell, table, precedents)
        )
        if why is not None:
            yield why


def _called_otherwise(cell: Address, table: CellTable) -> str | None:
    """Why a number that describes a range may be another one than the word beside it says, as a sum called a mean."""
    gives, word = _gives(cell, table), next(table.next_words(cell, over_blanks=False), "").casefold()
    called = _kinds_called(word)
    if gives is None or not called or gives in called:
        return None
    return f"{show(cell)} is called {word.strip()!r} and is the {gives} of what it reads"


def _gives(cell: Address, table: CellTable) -> str | None:
    """What a formula gives that describes one range."""
    found = _DESCRIBES.match(table.texts.get(cell, "").strip())
    return _GIVES.get(found["name"].upper()) if found else None


def _kinds_called(word: str) -> set[str]:
    return {kind for kind, words in CALLED.items() if words.search(word)}


def is_called_what_it_is(cell: Address, table: CellTable) -> bool:
    """Whether a formula describes one range, and the nearest word says how, as `sum of h` beside a sum.

    Args:
        cell: the formula.
        table: all cells.
    """
    return _gives(cell, table) in _kinds_called(next(table.next_words(cell), "").casefold())


def _other_word(cell: Address, table: CellTable, values: CellValues, precedents: Precedents) -> str | None:
    """Why a repeated word may be that of another row: those on both sides, or three on one, stand in their order.

    Two alone may be a choice, as where the words of a sentence are fetched from a list. Words that take turns, as those
    of two batches, repeat what the one before the last does.
    """
    if not precedents.is_copy(cell):
        return None
    for axis, line in product((0, 1), ((-1, 1), (1, 2, 3), (-1, -2, -3))):
        near = [(cell[0], cell[1] + by * (1 - axis), cell[2] + by * axis) for by in line]
        if all(precedents.is_copy(own) and isinstance(table.value(own, values), str) for own in near):
            shapes = {shape_of(table.texts[own], *own[1:]) for own in near}
            turns = [(cell[0], cell[1] + by * (1 - axis), cell[2] + by * axis) for by in (-2, 2)]
            if any(table.texts.get(own) == table.texts[cell] for own in turns):
                continue
            if len(shapes) == 1 and shape_of(table.texts[cell], *cell[1:]) not in shapes:
                return f"{show(cell)} repeats another cell than {show(near[0])} and {show(near[1])} in line with it"
    return None


def _of_several_kinds(cell: Address, table: CellTable, precedents: Precedents) -> str | None:
    """Why a number that describes a block describes nothing: this holds errors and their squares, say, side by side."""
    areas = precedents.ranges(cell) if _DESCRIBES_SOME.search(table.texts[cell]) else ()
    for area in (own for own in areas if min(own.rows, own.columns) > 1 and own.size <= _MOST):
        texts = {place: table.texts[place] for place in table.cells_in(area, cell[0]) if place in table.texts}
        for place, text in texts.items():
            for read in precedents.of(place):
                if read in texts and skeleton(texts[read]) != skeleton(text):
                    return f"{show(cell)} describes {show(read)} and {show(place)}, which is made of it, as one"
    return None


def _not_the_last(cell: Address, table: CellTable) -> str | None:
    """Why what is called the last one of a line is not: another formula of its kind, filled from it, comes behind."""
    text = table.texts[cell]
    if not _SHOWS.match(skeleton(text)) or not any(_LAST.search(word) for word in _names(cell, table)):
        return None
    shown = [(area.sheet, area.top, area.left) for area in (ref.area(cell[0]) for ref in cut(text).refs)]
    for (sheet, row, column), (down, right) in product(shown, ((1, 0), (0, 1))):
        before, own, after = ((sheet, row + k * down, column + k * right) for k in (-1, 0, 1))
        if {before, own, after} <= table.texts.keys() and table.fills(before, own) and table.fills(own, after):
            return f"{show(cell)} is called the last one and shows {show(own)}, behind which {show(after)} stands"
    return None


def _says_the_other(cell: Address, table: CellTable) -> str | None:
    """Why a choice between two results may be the wrong way round: each is called by the word for the other one.

    So is `IF(B2<B3,"cat","dog")` where `cat` stands before B2.
    """
    node = parsed(table.texts[cell]) if '"' in table.texts[cell] else None
    for part in tree.walk(node) if node is not None else ():
        match part:
            case tree.FunctionCall(
                name="IF",
                arguments=(
                    tree.Operator(symbol=symbol, operands=(tree.Reference() as one, tree.Reference() as other)),
                    tree.Literal(value=str(first)), tree.Literal(value=str(second)),
                ),
            ) if symbol in _ABOVE | _BELOW:  # fmt: skip
                large, small = (first, second) if symbol in _ABOVE else (second, first)
                chosen, left = _names_of(one, cell, table), _names_of(other, cell, table)
                is_other = {large.casefold()} <= left - chosen and {small.casefold()} <= chosen - left
            case _:
                continue
        if is_other:
            return f"{show(cell)} chooses between two results the other way round than the words beside them"
    return None


def _computes_again(cell: Address, table: CellTable, precedents: Precedents) -> str | None:
    """Why a number may be another one: the formula above it or to its left, that of another name, is the very same.

    Those of an array do the same, and those that ask where they stand, as `COLUMN()` does.
    """
    text, (sheet, row, column) = table.texts[cell], cell
    if cell in table.arrays or precedents.is_copy(cell) or _PLACE.search(text) or not cut(text).refs:
        return None
    for other in ((sheet, row - 1, column), (sheet, row, column - 1)):
        if table.texts.get(other) == text and other not in table.arrays and _names(cell, table) != _names(other, table):
            return f"{show(cell)} computes the very same as {show(other)} beside it"
    return None


def _names_of(reference: tree.Reference, cell: Address, table: CellTable) -> set[str]:
    named = tree.single_cell(reference, cell[0])
    return set() if named is None else _names(named, table)


def _names(cell: Address, table: CellTable) -> set[str]:
    """The words before a cell and above it."""
    return {word.strip().casefold() for word in table.next_words(cell)}
