"""Numbers near the weights that no formula reads: one of them may be a weight that was forgotten."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator

from xlcheck.formulas.algebra import Address
from xlcheck.handmade.objections.thresholds import names_a_bias
from xlcheck.handmade.reading.cells import CellTable, beside, show
from xlcheck.handmade.reading.digits import COMPUTED, agrees, digits_of
from xlcheck.handmade.reading.offsets import offset, offset_between, run_from

_RATES = frozenset({
    "lr", "rate", "learning rate", "eta", "η", "alpha", "α", "step size", "lernrate", "epoch", "epochs", "page", "seed",
    "taux d'apprentissage", "tasa de aprendizaje", "taxa de aprendizado", "tasso di apprendimento",
})  # fmt: skip
"""What nobody calls a number of a layer: how fast or how often a network learns, where it is printed."""
_MANY = 4
"""Weights that stand in a second table, so that it is one of them."""
_NEAR, _FAR = 2, 4
"""Cells between weights and a number that may be one more of them, around them and in their row or column: a blank line
or words may stand between."""


def unread_beside(table: CellTable, read: Collection[Address], weights: set[Address]) -> list[str]:
    """Why a layer may have one weight more: a number near the others that no formula reads, in a sentence if any.

    Args:
        table: the cells.
        read: the cells that formulas read.
        weights: those that are weights.
    """
    unread = sorted(unread_near(table, read, weights))
    more = " …" if len(unread) > 1 else ""
    return [f"{show(unread[0])}{more} stands beside the weights and is read by no formula"] if unread else []


def weights_of_nothing(
    table: CellTable, read: Collection[Address], results: Iterable[Collection[Address]]
) -> Iterator[str]:
    """Why a layer may be missing, over whose formula a number was typed: what it would read and its weights are unread.

    Args:
        table: the cells.
        read: the cells that formulas read.
        results: those of layers that nobody ends a network with, as maxima of windows.
    """
    unread = {cell for cell in table.typed_numbers if cell not in read}
    for cells in (own for own in results if len(own) > 1 and not any(cell in read for cell in own)):
        first = min(cells)
        away = (offset_between(first, cell) for cell in sorted(unread) if cell[0] == first[0])
        beside_all = (by for by in away if all(offset(cell, by) in unread for cell in cells))
        if by := next(beside_all, None):
            yield f"a number stands beside each result, {show(offset(first, by))} and others, and no formula reads them"


def is_called_a_rate(table: CellTable, cell: Address) -> bool:
    """Whether the word before a number or above it says that it belongs to the training, not to a layer.

    Args:
        table: the cells.
        cell: the number's cell.
    """
    return any(word.rstrip(" :=") in _RATES for _, word in _words(table, cell))


def unread_near(table: CellTable, read: Collection[Address], weights: set[Address]) -> Iterator[Address]:
    """Typed numbers near weights that no formula reads: no counts, or called a bias or as one, or going on a block.

    A number of many digits that a weight holds, too, is that weight, as where all of them were pasted and some copied.
    Those copied in another order are no such numbers.

    Args:
        table: the cells.
        read: the cells that formulas read.
        weights: those that are weights.
    """
    words = {word for weight in weights for word in _words(table, weight)}
    numbering = table.numbering(read)
    unread = {cell for cell in table.typed_numbers if cell not in read}
    meant_otherwise = _copied(table, read, weights) | _other_sets(table, unread, weights) | numbering
    for cell in _around(weights) - meant_otherwise:
        if cell in read or not table.is_number(cell) or is_called_a_rate(table, cell):
            continue
        # A word before weights is that of their row, and no heading of what stands below it.
        is_of_row = (cell[0], cell[1] - 1, cell[2] + 1) in weights
        named = {own for own in _words(table, cell) if not (own[0] == "above" and is_of_row)}
        is_bias = any(names_a_bias(word) for _, word in named)
        is_one_of_several = named or any(map(table.is_number, beside(cell)))  # as the steps are counted above a table
        goes_on = _continues(cell, weights, 1 if is_one_of_several else _FAR)
        if not table.may_count(cell) or goes_on or is_bias or not words.isdisjoint(named):
            yield cell


def _other_sets(table: CellTable, unread: Collection[Address], weights: set[Address]) -> set[Address]:
    """The numbers of columns or rows with a heading that stand whole beside all weights: those of another network.

    A few of them would be weights that were forgotten, as the second biases of a GRU; nobody forgets half of a network.
    """
    found, on_sheet = set[Address](), Counter(sheet for sheet, *_ in weights)
    for by, side in (((1, 0), (0, 1)), ((0, 1), (1, 0))):
        for run in (run_from(cell, by, unread.__contains__) for cell in unread if offset(cell, by, -1) not in unread):
            for way in (-1, 1):
                beside_it = [offset(own, side, way) for own in run]
                ends = (offset(beside_it[0], by, -1), offset(beside_it[-1], by))
                heads = {offset(run[0], by, -1), ends[0]} <= table.words.keys()
                is_set = len(run) > _MANY and 2 * len(run) >= on_sheet[run[0][0]]
                if is_set and heads and weights.issuperset(beside_it) and ends[1] not in weights:
                    found.update(run)
    return found


def copied_otherwise(table: CellTable, weights: Collection[Address], given: Collection[Address]) -> list[str]:
    """Why a weight may be mistyped: all others stand in a second table, as they were printed, and another number there.

    Args:
        table: the cells.
        weights: those that are weights.
        given: all that layers are given.
    """
    long = {cell: number for cell, number in table.typed_numbers.items() if digits_of(number) >= COMPUTED}
    own, others = ({cell: long[cell] for cell in long if (cell in given) is is_given} for is_given in (True, False))
    own = {cell: own[cell] for cell in own if cell in weights}
    pairs = {cell: [it for it, y in others.items() if agrees(x, y) or agrees(y, x)] for cell, x in own.items()}
    missing = [cell for cell, copies in pairs.items() if not copies]
    copies = {it for several in pairs.values() for it in several}
    odd = [it for it in others if it not in copies and not copies.isdisjoint(beside(it))]
    if len(missing) != 1 or len(own) <= _MANY or len(odd) != 1:
        return []
    its, other = f"{show(missing[0])} is {own[missing[0]]:g}", f"{show(odd[0])} is {others[odd[0]]:g}"
    return [f"{its}, and {other} among copies of all other weights"]


def _copied(table: CellTable, read: Collection[Address], weights: set[Address]) -> set[Address]:
    """The numbers that nobody reads and that one weight holds too, which stands before that of the next ones."""
    held: dict[float, list[Address]] = defaultdict(list)
    for own in weights & table.typed_numbers.keys():
        held[table.typed_numbers[own]].append(own)
    copies = {
        cell: held[number][0] for cell, number in table.typed_numbers.items()
        if cell not in read and digits_of(number) >= COMPUTED and len(held.get(number, ())) == 1
    }  # fmt: skip
    following = {cell: [copies[own] for own in beside(cell) if own > cell and own in copies] for cell in copies}
    return {cell for cell, weight in copies.items() if all(weight < own for own in following[cell])}


def _words(table: CellTable, cell: Address) -> Iterator[tuple[str, str]]:
    """What stands right above a number and right before it."""
    sheet, row, column = cell
    for side, place in (("above", (sheet, row - 1, column)), ("before", (sheet, row, column - 1))):
        found = table.cell(place)
        if found is not None and isinstance(found.value, str) and found.formula is None and found.value.strip():
            yield side, found.value.strip().casefold()


def _around(cells: set[Address]) -> set[Address]:
    near, far = range(-_NEAR, _NEAR + 1), range(-_FAR, _FAR + 1)
    steps = {*((down, right) for down in near for right in near), *((k, 0) for k in far), *((0, k) for k in far)}
    return {(sheet, row + down, column + right) for sheet, row, column in cells for down, right in steps} - cells


def _continues(cell: Address, weights: set[Address], reach: int) -> bool:
    """Whether a number stands right behind a weight, or as far behind one as that is behind another one.

    One before it may be a heading that counts units.
    """
    sheet, row, column = cell
    for by in range(1, reach + 1):
        for down, right in ((by, 0), (0, by)):
            near, far = ((sheet, row - k * down, column - k * right) for k in (1, 2))
            if near in weights and (by == 1 or far in weights):
                return True
    return False
