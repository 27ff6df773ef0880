"""Numbers that somebody typed beside results to compare them with, as what Python printed: these must agree, too."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice

from xlcheck.formulas import tree as ast
from xlcheck.formulas.algebra import Address
from xlcheck.formulas.parser import FormulaSyntaxError, parse
from xlcheck.formulas.shapes import moved, shape_of, skeleton
from xlcheck.handmade.beside.showing import asks_whether_same, is_difference
from xlcheck.handmade.reading.cells import CellTable, CellValues, show
from xlcheck.handmade.reading.digits import agrees, digits_of
from xlcheck.handmade.reading.offsets import Offset, offset, run_from
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.handmade.reading.printed import called, printed_by
from xlcheck.handmade.reading.reached import reached
from xlcheck.handmade.reading.sheet_groups import SheetGroup

_DIGITS, _FEW = 4, 2
"""Digits after the point from which on a number is no target or count that a result meets by chance; the fewest of one
that is compared at all."""
_SINGLE = 1e-5
"""How far what a program computes in single precision may be from what a worksheet computes, for numbers near 1."""
_ON_THE_WAY, _FAR, _PRECISE = 20.0, 0.01, 5e-5
"""Units of the last digit, and the share of a number, by which rounding on the way may change it; and by how much
single precision may, if nothing is rounded."""
_MANY, _NEAR = 6, 60
"""Digits of weights that were not rounded; and how far from results they may be typed again."""
_SHARE, _MOST = 0.1, 0.5
"""The share of the comparisons, at least two, in which the numbers agree, where they were typed for that; and of those
with fewer digits, which together are as many as those of two of the others."""
Compared = tuple[Address, Address]
"""A computed cell, and the typed one that it is compared with."""


def beside_results(part: SheetGroup) -> Iterator[str]:
    """What is said of numbers that somebody typed beside results, and that are others, in a sentence each.

    Args:
        part: the worksheets.
    """
    yield from compared_otherwise(part.table, part.values)
    yield from islice(listed_otherwise(part.table, part.values, part.precedents), 1)
    yield from islice(printed_otherwise(part.table, part.values, part.precedents), 1)


def said_beside_results(table: CellTable, values: CellValues, precedents: Precedents) -> Iterator[Collection[Compared]]:
    """The results beside which somebody typed what they should be, by who says so: a program, a line, a comparison.

    Args:
        table: the cells.
        values: what they hold.
        precedents: who reads what.
    """
    yield [(results[0], typed) for results, typed, _ in _printed(table, values, precedents) if len(results) == 1]
    for pairs in (*_compared(table), *_listed(table, precedents)):
        yield [own for own in pairs if digits_of(table.typed_numbers[own[1]]) >= _DIGITS]


def typed_among_formulas(table: CellTable, cells: Collection[Address] = ()) -> Iterator[str]:
    """What is said of numbers that stand in the place of a formula.

    Args:
        table: the cells.
        cells: those of which something is said anyway.
    """
    for cell, _ in typed_among(table):
        if cell not in cells:
            yield f"{show(cell)} is a typed number among formulas filled alike; it is right only if that is meant"


def typed_among(table: CellTable) -> Iterator[tuple[Address, str]]:
    """The numbers that stand right between formulas that go on from one another, and what would be filled there.

    Those next to these are no typed numbers, either, as where inputs and results take turns. A number at the end of a
    line is such a one if it ends another line, too, from which the same would be filled there: the corner of a block.

    Args:
        table: the cells.
    """
    for cell in sorted(table.typed_numbers):
        for by in ((0, 1), (1, 0)):
            line = [offset(cell, by, step) for step in (-2, -1, 1, 2)]
            formulas = [own for own in line if table.is_formula(own)]
            is_between = {*line[1:3]} <= {*formulas} and not any(map(table.is_number, line))
            if is_between and all(table.fills(formulas[0], own) for own in formulas[1:]):
                if _begins_in_turn(cell, by, table):
                    break
                if (text := moved(table.texts[line[1]], *by)) is not None:
                    yield cell, text
                break
        else:
            if (text := _ends_a_block(cell, table)) is not None:
                yield cell, text


def _ends_a_block(cell: Address, table: CellTable) -> str | None:
    """The formula that would be filled into a cell alike from its row and from its column, if it stands at the end."""
    texts: list[str | None] = []
    for by in ((0, 1), (1, 0)):
        for side in (-1, 1):
            near, far = (offset(cell, by, side * step) for step in (1, 2))
            if table.is_formula(near) and table.is_formula(far) and table.fills(near, far):
                texts.append(moved(table.texts[near], *(-side * step for step in by)))
                break
    return texts[0] if len(texts) > 1 and texts[0] == texts[1] else None


def _begins_in_turn(cell: Address, by: Offset, table: CellTable) -> bool:
    """Whether a line begins with a number, and with the same one again and again, as each batch does with a state."""
    line = run_from(run_from(cell, (-by[0], -by[1]), table.is_operand)[-1], by, table.is_operand)
    typed = {place: table.typed_numbers[own] for place, own in enumerate(line) if own in table.typed_numbers}
    stride = min(typed.keys() - {0}, default=len(line))
    return len({*typed.values()}) == 1 and [*typed] == [*range(0, len(line), stride)] and len(line) % stride == 0


def compared_otherwise(table: CellTable, values: CellValues) -> Iterator[str]:
    """What is said of comparisons with typed numbers, of which some agree to the last digit and others do not.

    Args:
        table: the cells.
        values: what they hold.
    """
    for family in _compared(table):
        agree = [own for own in family if _agree(table, values, *own)]
        known = {computed for computed, _ in agree}  # what somebody else typed for it is another learner's answer
        others = [own for own in family if own[0] not in known and _differ(table, values, *own)]
        digits = [digits_of(table.typed_numbers[typed]) for _, typed in agree]
        share = _SHARE if min(digits, default=0) >= _DIGITS else _MOST
        if others and len(agree) >= max(2, share * len(family)) and sum(digits) >= 2 * _DIGITS:
            computed, typed = min(others)
            yield f"{show(computed)} is compared with {show(typed)}, but is not what was typed there"


def _compared(table: CellTable) -> Iterable[Collection[Compared]]:
    """The results that formulas subtract from typed numbers, by those that were filled from one another."""
    pairs: dict[str, set[Compared]] = defaultdict(set)
    for cell, text in table.texts.items():
        if "#-#" in skeleton(text):
            pairs[shape_of(text, cell[1], cell[2])].update(_differences(cell, text, table))
    return pairs.values()


def listed_otherwise(table: CellTable, values: CellValues, precedents: Precedents) -> Iterator[str]:
    """What is said of numbers right beside results that nobody reads, of which most of their line say these again.

    Args:
        table: the cells.
        values: what they hold.
        precedents: who reads what.
    """
    for pairs in _listed(table, precedents):
        others = [own for own in pairs if _differ(table, values, *own)]
        if others and sum(_agree(table, values, *own) for own in pairs) >= max(2, _MOST * len(pairs)):
            computed, cell = min(others)
            yield f"{show(computed)} is not what {show(cell)} says beside it, as others of its line do"


def _listed(table: CellTable, precedents: Precedents) -> Iterator[Collection[Compared]]:
    """The results right beside which numbers are typed that nobody reads, a line of them after the other."""
    typed = [own for own, number in table.typed_numbers.items() if digits_of(number) >= _DIGITS]
    for by in ((0, -1), (-1, 0)):
        lines: dict[tuple[str, int], list[Compared]] = defaultdict(list)
        for cell in typed:
            computed = offset(cell, by)
            if table.is_formula(computed) and not precedents.readers(cell):
                lines[cell[0], cell[2] if by[1] else cell[1]].append((computed, cell))
        yield from lines.values()


def printed_otherwise(table: CellTable, values: CellValues, precedents: Precedents) -> Iterator[str]:
    """What is said of numbers by which the name of a program stands, and that no result beside them is.

    Args:
        table: the cells.
        values: what they hold.
        precedents: who reads what.
    """
    for results, typed, word in _printed(table, values, precedents):
        is_exact = all(_is_exact(own, table, precedents) for own in results)
        if all(_differ(table, values, own, typed, is_exact=is_exact) for own in results):
            yield f"{show(results[0])} is not what {show(typed)} says, beside which {word!r} stands"


def _printed(
    table: CellTable, values: CellValues, precedents: Precedents
) -> Iterator[tuple[list[Address], Address, str]]:
    """The results that a number may be by which the name of a program stands, the number, and what stands there."""
    lines: dict[tuple[bool, str, int, str], list[Address]] = defaultdict(list)
    for typed, number in table.typed_numbers.items():
        compares = (_only_compares(reader, typed, table) for reader in precedents.readers(typed))
        for above in (False, True) if digits_of(number) >= _DIGITS and all(compares) else ():
            if word := printed_by(table, typed, above=above):
                lines[above, word, typed[2] if above else typed[1], typed[0]].append(typed)
    for (above, word, *_), cells in lines.items():
        by = (0, 1) if above else (1, 0)
        away = _away_from_results(table, values, cells, by)
        for typed in cells:
            readers = precedents.readers(typed)
            named = _meant(table, typed, called(word), above=above) if away is None else [offset(typed, by, away)]
            results = [own for own in named if own not in readers]
            yield from [(results, typed, word)] if results else ()
            for computed, other in () if results else _in_blocks(table, typed):
                yield [computed], other, word


def _away_from_results(table: CellTable, values: CellValues, cells: Sequence[Address], by: Offset) -> int | None:
    """How far beside a line of typed numbers the formulas stand that most of them are; None if nobody knows."""
    ways = [back for near in range(1, _NEAR) for back in (-near, near)]

    def counts(back: int) -> tuple[int, int]:
        """How many agree, be it but for rounding on the way, and to the last digit."""
        pairs = [(own, typed) for typed in cells if (own := offset(typed, by, back)) in table.texts]
        agree = sum(_agree(table, values, *own) for own in pairs)
        return sum(not _differ(table, values, *own) for own in pairs) if len(cells) > 1 else agree, agree

    found = {back: counts(back) for back in ways}
    best = max(ways, key=found.__getitem__)
    return best if 2 * found[best][0] > len(cells) else None


def _in_blocks(table: CellTable, first: Address) -> Iterator[Compared]:
    """The cells of a block of typed numbers, each with that of a block of as many formulas in line with it."""

    def is_typed(cell: Address) -> bool:
        return digits_of(table.typed_numbers.get(cell, 0.0)) >= _DIGITS

    right, down = (len(run_from(first, by, is_typed)) for by in ((0, 1), (1, 0)))
    block = [offset(first, (row, column)) for row in range(down) for column in range(right)]
    for axis, size in ((1, down), (2, right)) if min(right, down) > 1 and all(map(is_typed, block)) else ():
        by = (1, 0) if axis == 1 else (0, 1)
        for back in range(size, min(_NEAR, first[1] if axis == 1 else first[2]) + 1):
            ends = [offset(own, by, -back) for own in block]
            around = (offset(ends[0], by, -1), offset(ends[0], by, size))
            if all(map(table.is_formula, ends)) and not any(map(table.is_formula, around)):
                yield from zip(ends, block, strict=True)
                return


def _is_exact(cell: Address, table: CellTable, precedents: Precedents) -> bool:
    """Whether a result is computed from weights of many digits, and nothing is rounded on the way."""
    leading = {cell, *reached([cell], precedents.of)}
    digits = [digits_of(table.typed_numbers[own]) for own in leading & table.typed_numbers.keys()]
    fractions = [own for own in digits if own > 1]
    is_exact = sum(own >= _MANY for own in fractions) > _MOST * len(fractions)
    return is_exact and not any("ROUND" in table.texts.get(own, "").upper() for own in leading)


def _only_compares(cell: Address, typed: Address, table: CellTable) -> bool:
    """Whether a formula asks how far a result is from a typed number, be it among others, or whether both are alike."""
    text = table.texts[cell]
    is_compared = is_difference(text) or asks_whether_same(text)
    return is_compared or any(other == typed for _, other in _differences(cell, text, table))


def _meant(table: CellTable, typed: Address, name: str, *, above: bool) -> list[Address]:
    """The results that a printed number may be: those called as it is in its row or column, or else those beside it."""
    sheet, row, column = typed
    axis = 1 if above else 2
    line = (own for own in table.texts if own[0] == sheet and own[axis] == typed[axis]) if name else ()
    named = [own for own in line if table.next_word(own, above=above).strip().casefold() == name]
    beside = [(sheet, row + by * (not above), column + by * above) for by in (-1, 1)]
    return named or [own for own in beside if own in table.texts]


def _differences(cell: Address, text: str, table: CellTable) -> Iterator[Compared]:
    """The computed cells and the typed ones that a formula subtracts from them, or them from."""
    try:
        nodes = [*ast.walk(parse(text))]
    except FormulaSyntaxError:
        return
    for node in nodes:
        match node:
            case ast.Operator("-", (ast.Reference(one), ast.Reference(other))) if one.size == other.size == 1:
                places = [(own.sheet or cell[0], own.top, own.left) for own in (one, other)]
                for computed, typed in (places, places[::-1]):
                    if table.is_formula(computed) and digits_of(table.typed_numbers.get(typed, 0.0)) >= _FEW:
                        yield computed, typed


def _agree(table: CellTable, values: CellValues, computed: Address, typed: Address) -> bool:
    return agree_to_the_last(table.value(computed, values), table.typed_numbers[typed])


def agree_to_the_last(shown: object, number: float) -> bool:
    """Whether a typed number is what a cell shows, in single precision or rounded to its digits.

    Args:
        shown: what the cell shows.
        number: what was typed.
    """
    return isinstance(shown, float) and (
        agrees(shown, number) or abs(shown - number) <= _SINGLE * max(1.0, abs(number))
    )


def _differ(table: CellTable, values: CellValues, computed: Address, typed: Address, *, is_exact: bool = False) -> bool:
    """Whether a number is another one, and not the result of numbers that were rounded on the way."""
    shown, number = table.value(computed, values), table.typed_numbers[typed]
    if not isinstance(shown, float):
        return True
    far = _PRECISE * max(1.0, abs(number)) if is_exact else _FAR * abs(number)
    return abs(shown - number) > max(_ON_THE_WAY * 10.0 ** -digits_of(number), far)
