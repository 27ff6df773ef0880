"""Typed numbers that are none of a network: zeros where a first step adds nothing, and what results are scaled by.

Who has a column for `h(t−1)·U` types a 0 into it at the first step, as there is no state yet. That is no number of the
network, but what the formula of the other steps would give. And who divides scores by `SQRT(B1)` has typed the size of
keys, and no input.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence

from xlcheck.formulas.algebra import Address, Function, Leaf, Product, Sum, Term, subterms
from xlcheck.formulas.shapes import shape_of
from xlcheck.handmade.reading.cell_terms import CellTerms
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.offsets import Offset, are_in_line, distance, offset, offset_between, run_from
from xlcheck.handmade.reading.reached import reached
from xlcheck.handmade.reading.sheet_groups import SheetGroup

_SUM = 1.0
"""The factor of a number that is only added."""


def terms_of(part: SheetGroup) -> CellTerms:
    """What each formula computes, with zeros that stand for what the first step lacks as the blanks that others leave.

    Numbers of which only roots are taken, to divide by them, count as just these numbers.

    Args:
        part: the worksheets.
    """
    terms, table = part.terms, part.table
    taken_for = {**dict.fromkeys(_first_terms(terms, table)), **_sizes(terms, table)}
    return CellTerms(table, part.values, taken_for=taken_for) if taken_for else terms


def _sizes(terms: CellTerms, table: CellTable) -> dict[Address, float]:
    """The numbers by whose roots several formulas divide, and the roots in cells of their own by which several do."""
    found = dict[Address, bool]()
    roots = {cell for cell, term in terms.items() if (size := _under_a_root(term)) and table.is_number(size.cell)}
    divisors = (own for term in subterms(*terms.values()) if isinstance(term, Product) for own in term.factors)
    below = {factor for factor, power in divisors if power == -1}
    for leaf in (own if isinstance(own, Leaf) else _under_a_root(own) for own in below):
        if leaf is not None and (leaf.cell in roots or (leaf.cell not in terms and table.is_number(leaf.cell))):
            ways = [_is_divided_by(terms[reader], leaf, root=leaf.cell not in roots)
                    for reader in terms.readers[leaf.cell]]  # fmt: skip
            found[leaf.cell] = len(ways) > 1 and all(ways)
    return {cell: terms.number(cell) for cell, is_size in found.items() if is_size}


def _under_a_root(term: Term) -> Leaf | None:
    """The cell of which a term is the root."""
    match term:
        case Function(name="SQRT", arguments=(Leaf() as own,)):
            return own
    return None


def _is_divided_by(term: Term, leaf: Leaf, *, root: bool) -> bool:
    """Whether a term is something over a cell, or over its root, and the cell is nowhere else in it."""
    match term:
        case Product(factors=factors):
            rest = [own for own, power in factors if power != -1 or (_under_a_root(own) if root else own) is not leaf]
            return len(rest) == len(factors) - 1 > 0 and leaf not in {*subterms(*rest)}
    return False


def _first_terms(terms: CellTerms, table: CellTable) -> Iterator[Address]:
    added = _added_zeros(terms, table)
    if not added:
        return
    alike: dict[str, list[Address]] = defaultdict(list)
    for cell, text in table.texts.items():
        alike[shape_of(text, cell[1], cell[2])].append(cell)
    steps: dict[tuple[str, Offset], set[Offset]] = defaultdict(set)
    known = set[Address]()
    alone: dict[Address, list[tuple[Address, str]]] = {}
    for zero, readers in added.items():
        shapes = [shape_of(table.texts[own], own[1], own[2]) if own in table.texts else "" for own in readers]
        found = [
            _step(zero, own, alike[shape], terms, added.keys()) for own, shape in zip(readers, shapes, strict=True)
        ]
        if None in found:
            alone[zero] = [*zip(readers, shapes, strict=True)]
            continue
        yield zero
        known.add(zero)
        for own, shape, by in zip(readers, shapes, found, strict=True):
            steps[shape, offset_between(own, zero)].update(() if by is None else (by,))
    for zero, read in alone.items():  # of a sample of one step
        ways = [(own, shape, steps.get((shape, offset_between(own, zero)), ())) for own, shape in read]
        if all(by and not any(offset(own, one, -1) in alike[shape] for one in by) for own, shape, by in ways):
            yield zero
            continue
        # A gate that has nothing to forget yet leads to nothing; its next step goes on from what others led to.
        next_ones = {offset(zero, by) for by in set().union(*steps.values())} - added.keys()
        if any(place in terms and not known.isdisjoint(_above(place, terms)) for place in next_ones):
            yield zero


def _above(cell: Address, terms: CellTerms) -> set[Address]:
    """What a cell is computed from in the end."""
    return reached([cell], lambda own: terms.reads.get(own, ()))


def _added_zeros(terms: CellTerms, table: CellTable) -> Mapping[Address, Sequence[Address]]:
    """The typed zeros that formulas only add, and these formulas."""
    found: dict[Address, list[Address]] = {}
    for cell, readers in terms.readers.items():
        is_zero = table.is_number(cell) and cell not in terms and terms.number(cell) == 0
        if is_zero and all(adds(terms, reader, cell) for reader in readers):
            found[cell] = [*readers]
    return found


def adds(terms: CellTerms, reader: Address, cell: Address) -> bool:
    """Whether a formula only adds a cell that it reads; in a sigmoid, EXP(−(…)), it is taken away.

    Args:
        terms: what each formula computes.
        reader: the formula.
        cell: the cell.
    """
    found = [*subterms(terms[reader])]
    negative = {own.arguments[0] for own in found if isinstance(own, Function) and own.name == "EXP"}
    return any(
        isinstance(part, Leaf) and part.cell == cell and (k == _SUM or (k == -_SUM and own in negative))
        for own in found if isinstance(own, Sum) for part, k in own.parts
    )  # fmt: skip


def _step(
    zero: Address, reader: Address, same: Collection[Address], terms: CellTerms, zeros: Collection[Address]
) -> Offset | None:
    """How far the next step is: there a formula like the reader reads, in the place of the zero, what that led to.

    In between may stand those of other samples, as many as there are zeros in line: they read a zero, too, or what
    another one leads to. None if no formula goes on.
    """
    others = [own for own in same if own != reader and are_in_line(own, reader)]
    nearest: dict[tuple[bool, bool], list[Offset]] = defaultdict(list)
    for other in sorted(others, key=lambda own: distance(own, reader)):
        by = offset_between(reader, other)
        if offset(zero, by) not in zeros:
            nearest[other[1] == reader[1], other > reader].append(by)
    for (in_row, _), found in nearest.items():
        ways = ((0, 1), (0, -1)) if in_row else ((1, 0), (-1, 0))
        samples = sum(len(run_from(zero, by, zeros.__contains__)) for by in ways) - 1
        for by in found[:samples]:
            place = offset(zero, by)
            if place in terms and zero in _above(place, terms):
                return by
    return None
