"""Weights that are typed inside formulas, as in `=0.5*B2+0.3*C2+0.1`: each as a number in a cell of its own.

Formulas that were filled from one another have the same weights, also where the first one lacks a summand because
nothing stands before it. A formula in line with such a family that has most of its numbers shares these. A product that
stands alone has a weight only if it is added elsewhere, or if a sum in line with it goes on with the same weight; and
what is added to such products is a bias.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, cycle

from xlcheck.formulas.addresses import MAX_COLUMNS, MAX_ROWS, Range
from xlcheck.formulas.algebra import Address
from xlcheck.formulas.parser import FormulaSyntaxError, parse
from xlcheck.formulas.scanner import BOTTOM, LEFT, RIGHT, TOP
from xlcheck.formulas.shapes import shape_of
from xlcheck.formulas.tree import FunctionCall, Name, Node, Reference, rebuilt
from xlcheck.formulas.unparse import unparse
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.offsets import are_in_line, distance, offset_between
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.handmade.reading.reached import reached
from xlcheck.handmade.rewriting.weights_in_formulas import (
    Spot,
    Weighing,
    is_product,
    is_product_of_cells,
    is_sum_or_product,
    written_out,
)

_APART, _FAR = 2, 40
"""Rows and columns between what stands on a worksheet and the numbers; and to those that a family does not share."""


_WEIGHT_AND_BIAS = 2


@dataclass(frozen=True)
class TypedWeights:
    """Numbers out of formulas.

    Attributes:
        numbers: a cell that is empty in the workbook → the number that it stands for.
        texts: formula cell → its formula with these cells in place of its numbers, without `=`.
        rivals: formulas of one family that have other numbers than as many others of it, so that either may be wrong.
    """

    numbers: Mapping[Address, float]
    texts: Mapping[Address, str]
    rivals: Collection[Address] = ()


def typed_weights(table: CellTable, precedents: Precedents) -> TypedWeights | None:
    """The weights that are typed inside the formulas of a workbook; None if there are none, or no room for them."""
    trees = _parsed(table, "*", "{")
    ways = {cell: Weighing(cell[0]) for cell in trees}
    spots = {cell: found for cell, tree in trees.items() if _has_weights(found := ways[cell].spots(tree))}
    alone = {cell: Weighing(cell[0], alone=True) for cell in trees.keys() - spots.keys()}
    single = {cell: found for cell, way in alone.items() if len(found := way.spots(trees[cell])) == 1}
    sums = {
        cell: way
        for cell in single
        for way in spots
        if way != cell and are_in_line(cell, way) and _goes_on(cell, single[cell][0], way, spots)
    }
    trees |= _parsed(table, "+", "-")
    added = {cell for other, tree in trees.items() for cell in Weighing(other[0]).added(tree)}
    helpers = {cell for cell in single if cell in sums or (cell in added and is_product(trees[cell]))}
    ways |= {cell: alone[cell] for cell in helpers}
    spots |= {cell: single[cell] for cell in helpers}
    products = {cell for cell in spots if is_sum_or_product(trees[cell])}
    products |= {cell for cell, tree in trees.items() if is_product_of_cells(tree)}
    for cell in (cell for cell in trees if cell not in helpers and precedents.readers(cell)):
        way = Weighing(cell[0], products=products)
        if _has_weights(found := way.spots(trees[cell])):
            ways[cell], spots[cell] = way, found
    if not spots:
        return None
    spots = {cell: _once(own) for cell, own in spots.items()}
    like = _families({cell: spots[cell] for cell in table.texts if cell in spots and cell not in sums}, table)
    like |= {cell: like[other] for cell, other in sums.items()}
    places = _places(spots, like, table, precedents)
    if places is None:
        return None
    numbers, texts = {}, {}
    for cell in spots:
        own = cycle(places[cell])

        def take(number: float, area: Range | None, own: Iterator[Address] = own) -> Node:
            place = next(own)
            numbers[place] = number
            return Reference(Range("", *place[1:], 1, 1), TOP | LEFT | BOTTOM | RIGHT)

        texts[cell] = unparse(ways[cell].replaced(trees[cell], take))
    return TypedWeights(numbers, texts, {*_rivals(spots, like)}) if numbers else None


def _has_weights(spots: Sequence[Spot]) -> bool:
    """Whether numbers are weights: a 0 alone stands for what is not there, as for a state before the first step."""
    return any(number for number, _ in spots)


def _once(spots: list[Spot]) -> list[Spot]:
    """The numbers of a formula once that writes its sum several times, as an activation by IF does."""
    for length in range(1, len(spots)):
        own, times = spots[:length], len(spots) // length
        if own * times == spots and any(area is not None for _, area in own):  # two biases may be the same
            return own
    return spots


def _parsed(table: CellTable, *signs: str) -> dict[Address, Node]:
    """The formulas in which one of some signs stands, as trees; arrays apart. Names of cells are these cells."""
    trees: dict[Address, Node] = {}
    names = {name: own for name, own in table.names().items() if isinstance(own, Reference) and own.area.size == 1}
    for cell, text in table.texts.items():
        if cell not in table.arrays and any(sign in text for sign in signs):
            with suppress(FormulaSyntaxError):
                trees[cell] = written_out(_with_cells(parse(text), names, cell[0]))
    return trees


def _with_cells(node: Node, names: Mapping[str, Reference], sheet: str) -> Node:
    """A formula in which the cells stand that are called by names; but what `LET` and `LAMBDA` call so is their own."""
    match node:
        case Name(name) if (own := names.get(name.casefold())) is not None:
            return replace(own, area=replace(own.area, sheet="")) if own.area.sheet == sheet else own
        case FunctionCall("LET" | "LAMBDA"):
            return node
    return rebuilt(node, lambda own: _with_cells(own, names, sheet)) if names else node


def _goes_on(cell: Address, spot: Spot, other: Address, spots: Mapping[Address, Sequence[Spot]]) -> bool:
    """Whether a sum multiplies what lies to it as to a product with the same number."""
    number, area = spot
    if area is None:
        return False
    by = offset_between(cell, other)
    return (number, Range(area.sheet, area.top + by[0], area.left + by[1], 1, 1)) in spots[other]


def _places(
    spots: Mapping[Address, Sequence[Spot]], like: Mapping[Address, Address], table: CellTable, precedents: Precedents
) -> dict[Address, list[Address]] | None:
    """Formula cell → for each of its numbers the cell that stands for it; None if there is no room.

    Each sum of a formula has a row, in which the numbers stand in the order of the cells that they multiply: those of
    inputs before those of what is computed with typed weights.
    """
    computed = _following(spots, precedents)
    rows: Counter[str] = Counter()
    found: dict[Address, list[Address]] = {}
    for cell in sorted(spots, key=lambda cell: (like[cell] != cell, cell)):
        bounds, own = table.bounds[cell[0]], spots[cell]
        row, column = bounds.top + bounds.rows + _APART + rows[cell[0]], bounds.left + bounds.columns + _APART
        sums = _sums(own)
        order = sorted(range(len(own)), key=lambda number: (sums[number], *_order(cell[0], own[number], computed)))
        places = [
            (cell[0], row + sums[number], column + order.index(number) - sums.index(sums[number]))
            for number in range(len(own))
        ]
        if like[cell] != cell:
            shared = _shared(own, spots[like[cell]])
            places = [
                (*place[:2], place[2] + _FAR) if other is None else found[like[cell]][other]
                for place, other in zip(places, shared, strict=True)
            ]
        rows[cell[0]] += 1 + max(sums)
        found[cell] = places
        if row >= MAX_ROWS or column + len(own) + _FAR >= MAX_COLUMNS:
            return None
    return found


def _sums(spots: Sequence[Spot]) -> list[int]:
    """Which sum of a formula each of its numbers belongs to: one multiplies a cell once, and has one bias."""
    found: list[int] = []
    areas = set[Range | None]()
    for _, area in spots:
        if area in areas:
            areas = set()
        found.append(found[-1] + (not areas) if found else 0)
        areas.add(area)
    return found


def _order(sheet: str, spot: Spot, computed: Collection[Address]) -> tuple[bool, bool, Address]:
    """What a number multiplies: an input before what is computed, each by its place; behind all of them nothing."""
    area = spot[1]
    cell = ("", 0, 0) if area is None else (area.sheet or sheet, area.top, area.left)
    return area is None, cell in computed, cell


def _following(cells: Iterable[Address], precedents: Precedents) -> set[Address]:
    """Some cells, and all that is computed from them."""
    start = set(cells)
    return start | reached(start, precedents.readers)


def _families(spots: Mapping[Address, Sequence[Spot]], table: CellTable) -> dict[Address, Address]:
    """Formula cell → the one of its family by which all its numbers are known.

    It has most numbers, as nothing may stand before a first step, and of these those that most have.
    """
    like = _alike(spots, table)
    members: dict[Address, list[Address]] = defaultdict(list)
    for cell, first in like.items():
        members[first].append(cell)
    for own in members.values():
        numbers = {cell: tuple(number for number, _ in spots[cell]) for cell in own}
        shared = Counter(numbers.values())
        known = max(own, key=lambda cell: (len(spots[cell]), shared[numbers[cell]], cell))
        like |= dict.fromkeys(own, known)
    return like


def _rivals(spots: Mapping[Address, Sequence[Spot]], like: Mapping[Address, Address]) -> Iterator[Address]:
    """The formulas of each family whose numbers no more of it have than other ones that are as many."""
    families: dict[Address, dict[tuple[float, ...], list[Address]]] = defaultdict(lambda: defaultdict(list))
    for cell, known in like.items():
        if len(spots[cell]) == len(spots[known]):
            families[known][tuple(number for number, _ in spots[cell])].append(cell)
    for versions in families.values():
        most = max(map(len, versions.values()))
        tied = [own for own in versions.values() if len(own) == most]
        yield from chain(*tied) if len(tied) > 1 else ()


def _alike(spots: Mapping[Address, Sequence[Spot]], table: CellTable) -> dict[Address, Address]:
    """Formula cell → the first one of its family."""
    members: dict[tuple[str, str], list[Address]] = defaultdict(list)
    for cell in spots:
        members[cell[0], shape_of(table.texts[cell], *cell[1:])].append(cell)
    like = {cell: own[0] for own in members.values() for cell in own}
    sizes = Counter(like.values())
    in_line: dict[tuple[str, bool, int], list[Address]] = defaultdict(list)
    for cell in spots:
        in_line[cell[0], True, cell[1]].append(cell)
        in_line[cell[0], False, cell[2]].append(cell)
    followed: set[Address] = set()  # such a cell has a family, and joins no other one
    for cell in (cell for cell in spots if sizes[like[cell]] == 1):
        if cell in followed:
            continue
        near = {*in_line[cell[0], True, cell[1]], *in_line[cell[0], False, cell[2]]} - {cell}
        others = [other for other in near if like[other] == other or sizes[like[other]] > 1]
        others.sort(key=partial(_apart, cell, spots=spots, sizes={other: sizes[like[other]] for other in others}))
        for other in others:
            first = like[other]
            if like[first] == first != cell and _is_alike(spots[cell], spots[other], several=sizes[first] > 1):
                like[cell] = first
                followed.add(first)
                break
    return _with_first_steps(like, spots, in_line)


def _with_first_steps(
    like: Mapping[Address, Address],
    spots: Mapping[Address, Sequence[Spot]],
    in_line: Mapping[tuple[str, bool, int], Sequence[Address]],
) -> dict[Address, Address]:
    """The same, where first steps of several samples, filled from one another, are of the family of those behind them.

    They have all numbers of these but what a state is multiplied with.
    """
    joined: dict[Address, Address] = {}
    for first, size in Counter(like.values()).items():
        near = (*in_line[first[0], True, first[1]], *in_line[first[0], False, first[2]]) if size > 1 else ()
        longer = (o for o in near if like[o] != first and len(spots[o]) > len(spots[first]))
        behind = next((like[o] for o in longer if _is_alike(spots[first], spots[o], several=False)), None)
        if behind is not None and behind not in joined:
            joined[first] = behind
    return {cell: joined.get(first, first) for cell, first in like.items()}


def _apart(
    cell: Address, other: Address, spots: Mapping[Address, Sequence[Spot]], sizes: Mapping[Address, int]
) -> tuple[int, bool, int]:
    """How little a formula seems to be of another one's family: by what goes along, the family's size, the distance."""
    along = sum(_goes_on(cell, spot, other, spots) for spot in spots[cell])
    return -along, sizes[other] == 1, distance(cell, other)


def _is_alike(own: Sequence[Spot], others: Sequence[Spot], *, several: bool) -> bool:
    """Whether a formula has the weights of a family: most of them, or of a single other formula all that it has.

    Of a weight and a bias one is enough, where several other formulas have both.
    """
    read, there = ({area for _, area in spots if area is not None} for spots in (own, others))
    if not (read or there):  # biases alone
        return [number for number, _ in own] == [number for number, _ in others]
    if 2 * len(read & there) > len(read):  # another unit, which reads the same
        return False
    common = sum(other is not None for other in _shared(own, others))
    if several and len(own) == len(others) == _WEIGHT_AND_BIAS:
        return common > 0
    return common > 1 and (2 * common > len(others) if several else common == len(own))


def _shared(own: Sequence[Spot], others: Sequence[Spot]) -> list[int | None]:
    """For each number of a formula, which one of another formula it is."""
    left = dict(enumerate(others))
    found: list[int | None] = []
    for number, area in own:
        same = [i for i, (other, at) in left.items() if other == number and (at is None) == (area is None)]
        found.append(same[0] if same else None)
        if same:
            del left[same[0]]
    return found
