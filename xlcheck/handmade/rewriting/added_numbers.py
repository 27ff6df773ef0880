"""Numbers that formulas add to products of two tables, as in `=$K$1+$G5+B$9+$E5*B$7+$F5*B$8`: those of one are factors.

A recommender adds a number of the user, one of the film and one that all have. A layer of Keras has one bias a unit.
The number of a user is an input that each unit multiplies with 1, and so it is written here; the one that all have is
added to it before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from xlcheck.formulas.addresses import MAX_COLUMNS, Range, cell_name, quote_sheet
from xlcheck.formulas.algebra import Address, Leaf, Product, Sum, Term
from xlcheck.formulas.parser import parsed
from xlcheck.formulas.scanner import BOTTOM, LEFT, RIGHT, TOP
from xlcheck.formulas.tree import Node, Operator, Reference, children, rebuilt
from xlcheck.formulas.unparse import unparse
from xlcheck.handmade.beside.straight import names_a_line
from xlcheck.handmade.forms.colours import Colours
from xlcheck.handmade.objections.unread_numbers import is_called_a_rate
from xlcheck.handmade.reading.cell_terms import CellTerms, source
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.sheet_groups import SheetGroup

_APART = 2
"""Rows or columns between what stands on a worksheet and these cells."""
_MOST = 4_000
"""Formulas that add such numbers; to look at more takes too long."""
_Side = frozenset[Address]
"""The factors that a formula reads of one table."""


@dataclass(frozen=True)
class AddedNumbers:
    """Numbers that are added to products of two tables, as factors.

    Attributes:
        texts: formula cells, and cells that are empty in the workbook → their formulas, without `=`.
        ones: cells that are empty in the workbook, for the ones that multiply these numbers.
        sums: those of the cells with formulas that add two of these numbers → the number that is not that of all.
    """

    texts: Mapping[Address, str]
    ones: Collection[Address]
    sums: Mapping[Address, Address]


@dataclass(frozen=True)
class _Added:
    """A sum of products of two typed numbers each, and of numbers.

    Attributes:
        tree: the formula.
        chain: the sum in it.
        products: the factors of its products.
        alone: its summands that are numbers, each with the cell that holds it.
    """

    tree: Node
    chain: Node
    products: Sequence[tuple[Address, Address]]
    alone: Sequence[tuple[Node, Address]]


def added_numbers(table: CellTable, terms: CellTerms) -> AddedNumbers | None:
    """The numbers that formulas add to products of two tables, if each formula adds more than one.

    None unless each formula multiplies a line of one table with a line of another, no two of them the same two lines,
    and adds a number to each line of a table, or one to all; and unless there is room.

    Args:
        table: the cells.
        terms: what their formulas compute.
    """
    found = dict(_sums(table, terms)) if len(table.texts) <= _MOST else {}
    if len(found) < 2 or len({len(own.alone) for own in found.values()}) > 1:
        return None
    tables = _Tables.of(found)
    return None if tables is None else tables.as_factors(table)


def numbers_left_out(part: SheetGroup) -> set[Address]:
    """The typed numbers of worksheets that no formula reads, and that neither number nor name a line.

    Among several tables of numbers each may be one that belongs to all that is computed, and was forgotten.

    Args:
        part: the worksheets.
    """
    table = part.table
    unread = {cell for cell in table.typed_numbers if not part.precedents.readers(cell)}
    read = table.typed_numbers.keys() - unread
    others = (cell for cell in unread - table.numbering(read) if not is_called_a_rate(table, cell))
    return {cell for cell in others if not any(names_a_line(cell, by, table, read) for by in ((0, 1), (1, 0)))}


def _sums(table: CellTable, terms: CellTerms) -> Iterator[tuple[Address, _Added]]:
    for cell, text in table.texts.items():
        tree = parsed(text) if "+" in text and cell not in table.arrays else None
        own = None if tree is None else _sum_in(tree, tree, cell, table, terms)
        if own is not None:
            yield cell, own


def _sum_in(node: Node, tree: Node, cell: Address, table: CellTable, terms: CellTerms) -> _Added | None:
    """The first sum in a formula that adds products of two typed numbers, and several numbers."""
    products: list[tuple[Address, Address]] = []
    alone: list[tuple[Node, Address]] = []
    summands = _summands(node)
    for own in summands if len(summands) > 1 else ():
        match terms.term_of(cell, unparse(own)):
            case Leaf(cell=read) if (number := source(read, terms)) in table.typed_numbers:
                alone.append((own, number))
            case Sum() | Product() as term if (pairs := [*_pairs(term, table, terms)]) and None not in pairs:
                products += [pair for pair in pairs if pair is not None]
            case _:
                break
    else:
        if products and len(alone) > 1:
            return _Added(tree, node, products, alone)
    inner = (_sum_in(own, tree, cell, table, terms) for own in children(node))
    return next((own for own in inner if own is not None), None)


def _summands(node: Node) -> list[Node]:
    match node:
        case Operator("+", (one, other)):
            return [*_summands(one), *_summands(other)]
    return [node]


def _pairs(term: Sum | Product, table: CellTable, terms: CellTerms) -> Iterator[tuple[Address, Address] | None]:
    """The factors of each product that a term adds once; None for anything else."""
    is_bare = isinstance(term, Product) or term.constant == 0
    parts: Sequence[tuple[Term, float]] = term.parts if isinstance(term, Sum) else ((term, 1.0),)
    for part, times in parts:
        match part:
            case Product(factors=((Leaf(cell=one), 1.0), (Leaf(cell=other), 1.0))) if is_bare and times == 1:
                pair = source(one, terms), source(other, terms)
                yield pair if all(map(table.is_number, pair)) else None
            case _:
                yield None


@dataclass(frozen=True)
class _Tables:
    """The two tables whose lines formulas multiply, and the numbers that are added.

    Attributes:
        found: the formulas.
        sides: formula → the factors that it reads of the table that keeps its numbers, and of the other one.
        biases: for each of these tables the numbers that are added to its lines; none if it has none.
        of_all: the number that all formulas add; None if there is none.
    """

    found: Mapping[Address, _Added]
    sides: Mapping[Address, tuple[_Side, _Side]]
    biases: tuple[Mapping[_Side, Address], Mapping[_Side, Address]]
    of_all: Address | None

    @classmethod
    def of(cls, found: Mapping[Address, _Added]) -> _Tables | None:
        """What formulas multiply and add; None if they do not do so alike.

        Args:
            found: the formulas.
        """
        readers = defaultdict[Address, set[Address]](set)
        for cell, own in found.items():
            for number in (*(x for pair in own.products for x in pair), *(number for _, number in own.alone)):
                readers[number].add(cell)
        colours = Colours()
        for own in found.values():
            for one, other in own.products:
                colours.join(one, other, opposite=True)
        everywhere = {number for number, cells in readers.items() if len(cells) == len(found)}
        factors = {x for own in found.values() for pair in own.products for x in pair}
        added = {number for own in found.values() for _, number in own.alone}
        if len(everywhere) > 1 or (added | everywhere) & factors:
            return None
        for own in found.values():
            alone = [number for _, number in own.alone if number not in everywhere]
            groups = defaultdict[_Side, list[Address]](list)
            for number in (*(x for pair in own.products for x in pair), *alone):
                groups[frozenset(readers[number])].append(number)
            if len(groups) != 2:  # as where a line is read by one formula alone, like the other one
                continue
            for group in groups.values():
                for number in group[1:]:
                    colours.join(group[0], number, opposite=False)
        return cls._coloured(found, colours, next(iter(everywhere), None))

    @classmethod
    def _coloured(cls, found: Mapping[Address, _Added], colours: Colours, of_all: Address | None) -> _Tables | None:
        roots = {colours.root(x)[0] for own in found.values() for pair in own.products for x in pair}
        sides: dict[Address, tuple[_Side, _Side]] = {}
        added: tuple[dict[_Side, set[Address]], ...] = (defaultdict(set), defaultdict(set))
        kinds = set[tuple[bool, ...]]()
        for cell, own in found.items():
            read = [frozenset(x for pair in own.products for x in pair if colours.root(x)[1] == side) for side in
                    (False, True)]  # fmt: skip
            if {len(side) for side in read} != {len(own.products)}:
                return None
            sides[cell] = read[0], read[1]
            numbers = [number for _, number in own.alone if number != of_all]
            where = [colours.root(number) for number in numbers]
            if not {root for root, _ in where} <= roots or len({side for _, side in where}) < len(where):
                return None
            kinds.add(tuple(sorted(side for _, side in where)))
            for number, (_, side) in zip(numbers, where, strict=True):
                added[side][read[side]].add(number)
        biases = tuple({key: next(iter(numbers)) for key, numbers in own.items()} for own in added)
        if len(roots) > 1 or len(kinds) > 1 or len({*sides.values()}) < len(sides) or not any(biases):
            return None
        for several, its in zip(added, biases, strict=True):
            if any(len(own) > 1 for own in several.values()) or len({*its.values()}) < len(its):
                return None
        keeping = [bool(own) for own in biases]
        keys = [len({own[side] for own in sides.values()}) for side in (0, 1)]
        first = keeping.index(True) if not all(keeping) else int(keys[1] < keys[0])
        turned = {cell: (own[first], own[1 - first]) for cell, own in sides.items()}
        return cls(found, turned, (biases[first], biases[1 - first]), of_all)

    def as_factors(self, table: CellTable) -> AddedNumbers | None:
        """The formulas with one number less that they add, and with a product more; None if there is no room.

        Args:
            table: the cells.
        """
        kept, others = ({own[side] for own in self.sides.values()} for side in (0, 1))
        ones = _beside(kept, table, 1)
        own = self.biases[1]
        inputs = _beside(others, table, 2) if self.of_all is not None else own
        if ones is None or inputs is None or any(cell[2] >= MAX_COLUMNS for cell in (*ones.values(), *inputs.values())):
            return None
        texts: dict[Address, str] = {}
        for cell, added in self.found.items():
            side, other = self.sides[cell]
            moved = [node for node, number in added.alone if number in {self.of_all, own.get(other)}]
            product = Operator("*", (_reference(inputs, other, cell[0]), _reference(ones, side, cell[0])))
            rest = [node for node in _summands(added.chain) if not any(node is one for one in moved)]
            whole = rest[0]
            for node in (*rest[1:], product):
                whole = Operator("+", (whole, node))
            texts[cell] = unparse(_with(added.tree, added.chain, whole))
        sums: dict[Address, Address] = {}
        if self.of_all is not None:
            for key, place in inputs.items():
                summed = [self.of_all, *([own[key]] if key in own else [])]
                texts[place] = "+".join(_named(number, place[0]) for number in summed)
                sums[place] = summed[-1]
        return AddedNumbers(texts, [*ones.values()], sums)


def _beside(keys: Collection[_Side], table: CellTable, line: int) -> dict[_Side, Address] | None:
    """For each line of a table an empty cell in line with it, these in a line of their own; None if it is no table."""
    firsts = {key: min(key) for key in keys}
    if len(keys) < 2 or len({cell[0] for cell in firsts.values()}) > 1:
        return None
    bounds = table.bounds[next(iter(firsts.values()))[0]]
    row, column = (own + line * _APART for own in (bounds.top + bounds.rows, bounds.left + bounds.columns))
    if len({cell[1] for cell in firsts.values()}) == 1:
        return {key: (sheet, row, at) for key, (sheet, _, at) in firsts.items()}
    if len({cell[2] for cell in firsts.values()}) == 1:
        return {key: (sheet, at, column) for key, (sheet, at, _) in firsts.items()}
    return None


def _reference(places: Mapping[_Side, Address], key: _Side, sheet: str) -> Reference:
    """One of some cells in a line, fixed on this line."""
    place = places[key]
    fixed = TOP | BOTTOM if len({own[1] for own in places.values()}) == 1 else LEFT | RIGHT
    return Reference(Range("" if place[0] == sheet else place[0], *place[1:]), fixed)


def _named(cell: Address, sheet: str) -> str:
    name = cell_name(*cell[1:])
    return name if cell[0] == sheet else f"{quote_sheet(cell[0])}!{name}"


def _with(node: Node, one: Node, other: Node) -> Node:
    """A tree with another node in the place of one."""
    return other if node is one else rebuilt(node, lambda own: _with(own, one, other))
