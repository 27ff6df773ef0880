"""Cells that compute the right thing for the wrong step, or for a unit that another cell computes already.

A column of a sheet is a time step, or a row is; whoever reads the next column in a whole row of formulas
computes nothing that the network does not have, but has it in the wrong place. When every unknown cell is explained,
results may be left that stand nowhere, as numbers are typed in their place.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from xlcheck.formulas.algebra import Address
from xlcheck.graph.quantities import Role
from xlcheck.handmade.alignment.book_in_repair import BookInRepair, Repair
from xlcheck.handmade.alignment.matching import Matching
from xlcheck.handmade.alignment.moments import Moment
from xlcheck.handmade.alignment.needed import functions_of
from xlcheck.handmade.networks.elements import Key
from xlcheck.handmade.reading.precedents import Precedents

SAME, FEWEST_DIGITS = 1e-9, 2


def out_of_place(now: Matching, precedents: Precedents) -> dict[Address, int]:
    """Cells that hold something else than their place asks for, where what it asks for stands nowhere.

    Args:
        now: what the cells hold.
        precedents: who reads what.

    Returns:
        Cell → the element that it should hold; only the first ones, which read none of the others.
    """
    key_of = now.elements.key
    held = {
        cell: key_of(n) for cell, n in now.held.items()
        if cell not in now.wrong and not now.elements.is_weight[n] and now.elements.is_computed[n]
    }  # fmt: skip
    held = {cell: key for cell, key in held.items() if not _is_constant(now, cell)}
    asked: dict[Address, int] = {}
    for cell, key in held.items():
        if cell in now.placed.bound or key.step < 0:
            continue
        number = _at_its_moment(cell, key, now)
        if number is None:
            number = _in_line_with_its_unit(cell, key, now)
        if number is None and now.holders[now.held[cell]] > 1:
            number = _of_its_unit(cell, key, now.moment(cell, key), now)
        if number is not None:
            asked[cell] = number
    holders: dict[int, list[Address]] = defaultdict(list)
    for cell, number in now.held.items():
        if cell not in now.copies:
            holders[number].append(cell)
    asked |= _pushed_on(asked, held, holders, now)
    asked |= _in_order(held, now)
    while stays := [cell for cell, n in asked.items() if not asked.keys() >= {*holders[n]}]:
        asked = {cell: number for cell, number in asked.items() if cell not in stays}
    found: dict[Address, int] = {}
    for cell, number in asked.items():
        if number not in found.values():
            found[cell] = number
    return {cell: n for cell, n in found.items() if not any(p in found for p in precedents.of(cell))}


def shortened_results(now: Matching) -> dict[Address, int]:
    """Cells that hold a part of a result which stands nowhere, where their place asks for all of it."""
    found: dict[Address, int] = {}
    for cell, number in now.held.items() if now.missing_results else ():
        if now.elements.is_part[number] and cell not in now.wrong:
            expected = now.expected(cell)
            if expected is not None and not now.missing_results.isdisjoint(now.equals(expected)):
                found[cell] = expected
    return found


def _is_constant(now: Matching, cell: Address) -> bool:
    values = now.elements[now.held[cell]].values
    return bool((values == values[0]).all())


def _at_its_moment(cell: Address, key: Key, now: Matching) -> int | None:
    """The same element at the step and for the document of the cells in its column, or in its row."""
    moment = None if cell in now.copies else now.moment(cell, key)
    if moment is None or moment == (key.step, key.sample):
        return None
    return now.elements.at(Key(key.band, moment[0], moment[1], key.index))


def _in_line_with_its_unit(cell: Address, key: Key, now: Matching) -> int | None:
    """The same element of the unit of the cells in its row, or in its column, where these are all of one unit."""
    unit = None if cell in now.copies else now.unit(cell, key)
    return None if unit is None or unit == key.index else now.elements.at(Key(key.band, key.step, key.sample, unit))


def _of_its_unit(cell: Address, key: Key, moment: Moment | None, now: Matching) -> int | None:
    """What the cells around ask for, at the cell's own moment if that is known."""
    if cell in now.copies:
        return None
    votes = now.regularity.expected(cell)
    free = {k: weight for k, weight in votes.items() if k.band == key.band and k != key and k.step >= 0}
    if moment is not None:
        free = {k: weight for k, weight in free.items() if (k.step, k.sample) == moment}
    best = max(free, key=lambda k: (free[k], -k.index), default=None)
    return None if best is None else now.elements.at(best)


def _pushed_on(
    asked: Mapping[Address, int],
    held: Mapping[Address, Key],
    holders: Mapping[int, Sequence[Address]],
    now: Matching,
) -> dict[Address, int]:
    """Cells that hold what another one should hold, and should hold what a further one does: a whole row too high."""
    found: dict[Address, int] = {}
    wanted = [*asked.values()]
    while wanted:
        for cell in holders.get(wanted.pop(), ()):
            if cell in held and cell not in asked and cell not in found and cell not in now.placed.bound:
                key = held[cell]
                number = None if key.step < 0 else _of_its_unit(cell, key, now.moment(cell, key), now)
                if number is not None:
                    found[cell] = number
                    wanted.append(number)
    return found


def _in_order(held: Mapping[Address, Key], now: Matching) -> dict[Address, int]:
    """Cells in one row or column, as many as a vector has units, that give one of its elements twice."""
    vectors: dict[Key, list[Address]] = defaultdict(list)
    for cell, key in held.items():
        if cell not in now.copies and cell not in now.placed.bound:
            vectors[Key(key.band, key.step, key.sample, 0)].append(cell)
    found: dict[Address, int] = {}
    for key, cells in vectors.items():
        first = now.elements.at(key)
        if first is None:
            continue
        size = now.elements[first].source.size
        in_line = len({cell[:2] for cell in cells}) == 1 or len({(cell[0], cell[2]) for cell in cells}) == 1
        if len(cells) == size and in_line and len({now.held[cell] for cell in cells}) < size:
            found |= {c: first + i for i, c in enumerate(sorted(cells)) if now.held[c] != first + i}
    return found


def typed_results(now: Matching, book: BookInRepair) -> list[Repair]:
    """Results that stand nowhere, where a number is typed that equals them up to rounding, and that nothing reads.

    A number that is typed where somebody said a quantity stands is one of them, whatever it is.
    """
    elements = now.elements
    wanted = {
        number
        for place, source in enumerate(elements.sources)
        if not source.part and source.quantity.band.role in {Role.OUTPUT, Role.LOSS}
        for number in elements.numbers_of(place)
        if now.holders[number] == 0
    }
    wanted = {n for n in now.missing_results | wanted if not set(now.equals(n)) & now.holders.keys()}
    typed = [
        (cell, content.value) for cell in book.table.addresses if wanted
        if (content := book.table.cell(cell)) is not None and content.formula is None
        and isinstance(content.value, float) and cell not in book.placed.given and cell not in book.wrong
    ]  # fmt: skip
    found = [Repair(cell, book.placed.bound[cell]) for cell, _ in typed if cell in book.placed.bound]
    wanted -= {repair.number for repair in found}
    for number in sorted(wanted) if typed else ():
        element = elements[number]
        values = element.source.compute(book.right.saved_values(element.source.network))
        desired = float(values[element.sample, element.index])
        near = [cell for cell, value in typed if is_rounded(value, desired) and not book.precedents.readers(cell)]
        if len(near) == 1 and all(near[0] != repair.cell for repair in found):
            found.append(Repair(near[0], number))
    return found


def unfinished(now: Matching, book: BookInRepair) -> list[Repair]:
    """Results that stand nowhere, where a formula that nothing reads gives what they are computed from."""
    elements = now.elements

    def of_layer(number: int) -> Key:
        """The coordinates that are the same for all that one unit of a layer computes at one moment."""
        source, key = elements[number].source, elements.key(number)
        return Key((source.network, source.quantity.band.layer, ""), key.step, key.sample, key.index)

    last: dict[Key, list[Address]] = {of_layer(number): [] for number in now.missing_results}
    for cell, number in now.held.items() if last else ():
        if of_layer(number) not in last:
            continue
        source = elements[number].source
        whole = not source.part or source.size == source.quantity.shape[-1]
        if whole and elements.is_computed[number] and book.table.is_formula(cell) and not book.precedents.readers(cell):
            last[of_layer(number)].append(cell)
    found = []
    for number in sorted(now.missing_results):
        cells = last[of_layer(number)]
        if len(cells) == 1:
            found.append(Repair(cells[0], number))
    return found


def unread_out_of_line(now: Matching, book: BookInRepair) -> list[Repair]:
    """Formulas that nothing reads and that give something else than those in line with them ask for.

    So a gate without its sigmoid is still a sum of the layer, at a step before which no state is written.
    """
    found = []
    for cell in now.held:
        is_open = cell not in now.wrong and book.table.is_formula(cell) and not book.precedents.readers(cell)
        if is_open and now.is_misplaced(cell):
            expected = now.expected(cell)
            only_here = cell not in now.copies and now.holders[now.held[cell]] == 1
            if expected is not None and (only_here or expected in functions_of(cell, now)):
                found.append(Repair(cell, expected))
    return found


def is_rounded(typed: float, desired: float) -> bool:
    """Whether a number is another one, in full or with at least two digits after the point."""
    digits = len(repr(typed).partition(".")[2])
    return abs(typed - desired) <= SAME * max(1.0, abs(desired)) or (
        digits >= FEWEST_DIGITS and round(desired, digits) == typed
    )
