"""Zeros that are typed where the first step of a sequence adds nothing from the state before it.

Who has a column for `h(t−1)·U` types a 0 into it at the first step, as there is no state yet. That is no number of the
network, but what the formula of the other steps would give.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence

from xlcheck.formulas.algebra import Address, Leaf, Sum, subterms
from xlcheck.formulas.shapes import shape_of
from xlcheck.handmade.reading.cell_terms import CellTerms
from xlcheck.handmade.reading.cells import CellTable, CellValues
from xlcheck.handmade.reading.offsets import are_in_line, distance, offset, offset_between, run_from
from xlcheck.handmade.reading.reached import reached

_SUM = 1.0
"""The factor of a number that is only added."""


def terms_of(table: CellTable, values: CellValues) -> CellTerms:
    """What each formula computes, with zeros that stand for what the first step lacks as the blanks that others leave.

    Args:
        table: the cells.
        values: what they hold.
    """
    terms = CellTerms(table, values)
    blank = frozenset(_first_terms(terms, table))
    return CellTerms(table, values, blank=blank) if blank else terms


def _first_terms(terms: CellTerms, table: CellTable) -> Iterator[Address]:
    added = _added_zeros(terms, table)
    if not added:
        return
    alike: dict[str, list[Address]] = defaultdict(list)
    for cell, text in table.texts.items():
        alike[shape_of(text, cell[1], cell[2])].append(cell)
    for zero, readers in added.items():
        if all(_goes_on(zero, reader, alike, terms, table, added.keys()) for reader in readers):
            yield zero


def _added_zeros(terms: CellTerms, table: CellTable) -> Mapping[Address, Sequence[Address]]:
    """The typed zeros that formulas only add, and these formulas."""
    found: dict[Address, list[Address]] = {}
    for cell, readers in terms.readers.items():
        is_zero = table.is_number(cell) and cell not in terms and terms.number(cell) == 0
        if is_zero and all(_adds(terms, reader, cell) for reader in readers):
            found[cell] = [*readers]
    return found


def _adds(terms: CellTerms, reader: Address, cell: Address) -> bool:
    sums = [own for own in subterms(terms[reader]) if isinstance(own, Sum)]
    return any(isinstance(part, Leaf) and part.cell == cell and k == _SUM for own in sums for part, k in own.parts)


def _goes_on(
    zero: Address,
    reader: Address,
    alike: Mapping[str, Sequence[Address]],
    terms: CellTerms,
    table: CellTable,
    zeros: Collection[Address],
) -> bool:
    """Whether the next formula in line with the reader reads, in the place of the zero, what the reader led to.

    In between may stand those of other samples, as many as there are zeros in line: they read a zero, too, or what
    another one leads to.
    """
    same = alike[shape_of(table.texts[reader], reader[1], reader[2])] if reader in table.texts else ()
    others = [own for own in same if own != reader and are_in_line(own, reader)]
    nearest: dict[tuple[bool, bool], list[Address]] = defaultdict(list)
    for other in sorted(others, key=lambda own: distance(own, reader)):
        place = offset(zero, offset_between(reader, other))
        if place not in zeros:
            nearest[other[1] == reader[1], other > reader].append(place)
    for (in_row, _), places in nearest.items():
        ways = ((0, 1), (0, -1)) if in_row else ((1, 0), (-1, 0))
        samples = sum(len(run_from(zero, by, zeros.__contains__)) for by in ways) - 1
        for place in places[:samples]:
            if place in terms and zero in reached([place], lambda own: terms.reads.get(own, ())):
                return True
    return False
