"""Formulas that say nothing of a pair without a rating, as `=IF(B5="",0,…)` does where B5 is empty, or 0.

Some compute a result, as what somebody will think of a film, and others how far a result is from the rating.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from xlcheck.formulas.addresses import MAX_COLUMNS, cell_name
from xlcheck.formulas.algebra import Address
from xlcheck.formulas.tree import single_cell, walk
from xlcheck.formulas.unparse import unparse
from xlcheck.handmade.beside.statistics import Columns, is_called, names_in
from xlcheck.handmade.reading.cell_terms import source
from xlcheck.handmade.reading.offsets import offset_between
from xlcheck.handmade.reading.sheet_groups import SheetGroup
from xlcheck.handmade.reading.skipped_steps import Choice, choices
from xlcheck.handmade.rewriting.added_numbers import numbers_left_out

_APART = 2
"""Columns between what stands on a worksheet and these cells."""


@dataclass(frozen=True)
class RatedPairs:
    """Results of pairs of which only some have a rating.

    Attributes:
        results: a cell that is empty in the workbook → the formula whose result for any pair it holds.
        texts: these cells and the formulas of pairs with a rating → their formulas, without `=`.
        without: the formulas of pairs without a rating, that they have none, and their ratings of 0.
    """

    results: Mapping[Address, Address]
    texts: Mapping[Address, str]
    without: frozenset[Address]


def rated_pairs(part: SheetGroup) -> RatedPairs | None:
    """The formulas that ask for a rating; None if there are none, or if one of them may be meant otherwise.

    Each asks for what stands as far from it as from all that do the same, and a result is compared with just what its
    formula asks for. What is called by the name of a statistic is that of all pairs with a rating.

    Args:
        part: the worksheets.
    """
    own = {c: x for c, x in choices(part.table, part.values).items() if x.carried is None}
    if not own or any(part.table.is_formula(x.tested) for x in own.values()) or numbers_left_out(part):
        return None
    others = {cell: {*part.precedents.of(cell)} - {x.tested} for cell, x in own.items() if _reads_it(cell, x)}
    results = {cell: x for cell, x in own.items() if cell not in others}
    of_errors = {cell: next(iter(read)) for cell, read in others.items() if len(read) == 1}
    if len(of_errors) < len(others) or not all(map(part.table.is_formula, of_errors.values())):
        return None
    compared = {own[cell].tested: result for cell, result in of_errors.items() if not own[cell].is_skipped}
    compared |= {x.tested: cell for cell, x in results.items() if not x.is_skipped}
    if not _are_results(results, part) or any(_is_misnamed(cell, compared, part) for cell in part.table.texts):
        return None
    return _with_all_results(own, results, part)


def _with_all_results(
    own: Mapping[Address, Choice], results: Collection[Address], part: SheetGroup
) -> RatedPairs | None:
    texts = {cell: x.taken for cell, x in own.items() if not x.is_skipped and cell not in results}
    places: dict[Address, Address] = {}
    for cell in results:
        bounds = part.table.bounds[cell[0]]
        place = (*cell[:2], cell[2] + bounds.left + bounds.columns + _APART)
        if place[2] >= MAX_COLUMNS:
            return None
        places[place] = cell
        texts[place] = unparse(own[cell].whole.arguments[own[cell].branch])
        if not own[cell].is_skipped:
            texts[cell] = cell_name(*place[1:])
    without = {cell for cell, x in own.items() if x.is_skipped}
    unrated = {own[cell].tested for cell in without}.intersection(part.table.index)
    return RatedPairs(places, texts, frozenset(without | unrated))


def _reads_it(cell: Address, own: Choice) -> bool:
    """Whether what a formula computes where there is a rating reads it."""
    return any(single_cell(node, cell[0]) == own.tested for node in walk(own.whole.arguments[own.branch]))


def _are_results(results: Mapping[Address, Choice], part: SheetGroup) -> bool:
    """Whether formulas compute from typed numbers, and are compared with what they ask for, all as far from it."""
    away = {(own.tested[0], cell[0], *offset_between(cell, own.tested)) for cell, own in results.items()}
    read = {source(number, part.terms) for cell in results for number in part.precedents.of(cell)}
    typed = all(map(part.table.is_number, read - {own.tested for own in results.values()}))
    return len(away) < 2 and typed and all(_is_compared(cell, own.tested, part) for cell, own in results.items())


def _is_compared(cell: Address, tested: Address, part: SheetGroup) -> bool:
    """Whether a formula reads a result and what it is compared with, be it among many others."""
    return any(tested in part.precedents.of(reader) for reader in part.precedents.readers(cell))


def _is_misnamed(cell: Address, compared: Mapping[Address, Address], part: SheetGroup) -> bool:
    """Whether a formula that nobody reads is called by the name of a statistic, and is not that of all rated pairs.

    Args:
        cell: the formula.
        compared: rating → the result for its pair.
        part: the worksheets.
    """
    words = " ".join(part.table.next_words(cell))
    if part.precedents.readers(cell) or not names_in(words):
        return False
    index, numbers = part.table.index, part.values.numbers
    wanted, given = (np.array([[numbers[index[own]] for own in cells]]) for cells in (compared, compared.values()))
    with np.errstate(all="ignore"):
        known = Columns([given], [wanted]).statistics(())
        return not any(is_called(name, words) and np.allclose(numbers[index[cell]], held) for name, held in known)
