"""A training that is whole but for one slip: one edit, and no other, makes every formula of it what it should be.

Where steps are few, no line says what a cell should hold. Then the whole has to: with the one edit all updates follow
their gradients, every formula has its place, and nothing is left open.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise, starmap

from xlcheck.formulas.algebra import Address
from xlcheck.handmade import effort
from xlcheck.handmade.backward_judging.likely_slips import LikelySlips
from xlcheck.handmade.backward_judging.slips import Edit
from xlcheck.handmade.reading.cell_terms import CellTerms
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.offsets import offset
from xlcheck.handmade.reading.results import roots_of
from xlcheck.verdicts.parts import Part
from xlcheck.verdicts.report import CellResult

_MOST_READINGS = 24
_SHARE, _UNLESS_CERTAIN = 0.8, 0.5
"""Of the time that is left, for the training of which some steps are certain; and where it may be none, as layers that
are no training need the rest."""
_SAME = 1e-9


def one_slip(
    slips: LikelySlips, table: CellTable, terms: CellTerms, judged: Callable[[Edit], Part | None]
) -> Part | None:
    """What became of a training that one edit makes whole; None if none does, or several in different cells.

    Args:
        slips: the edits that are worth a reading.
        table: the cells.
        terms: what they compute.
        judged: what becomes of the sheet under an edit.
    """
    found: dict[frozenset[Address], Part] = {}
    tried = 0
    try:
        with effort.limited_to((_SHARE if slips.is_certain else _UNLESS_CERTAIN) * effort.left()):
            for is_told, edits in slips.by_likelihood():
                for edit in edits:
                    effort.require_time()
                    if any(edit.keys() <= cells or edit.keys() >= cells for cells in found):
                        continue  # of what was filled from one, all is wrong
                    tried += 1
                    if tried > _MOST_READINGS:
                        return None
                    if (better := judged(edit)) is not None and _is_whole(better, edit, terms):
                        found[frozenset(edit)] = better
                        if is_told:
                            return better
                if found:
                    break
    except effort.OutOfTimeError:
        return None
    if len(found) > 1:  # what breaks no line by its edit is meant, and what is in line as it stands is not
        found = {cells: own for cells, own in found.items() if not any(_is_in_line(cell, table) for cell in cells)}
    return next(iter(found.values())) if len(found) == 1 else None


def _is_in_line(cell: Address, table: CellTable) -> bool:
    """Whether a formula stands between two from which, or to which, it was filled."""
    for by in ((0, 1), (1, 0)):
        line = [offset(cell, by, k) for k in (-1, 0, 1)]
        if {*line} <= table.texts.keys() and all(starmap(table.fills, pairwise(line))):
            return True
    return False


def _is_whole(part: Part, edit: Edit, terms: CellTerms) -> bool:
    """Whether just the edited cells are wrong, and right under the edit, and nothing is open.

    What nobody understands is wrong by its number.
    """
    roots = roots_of([part])
    known = not any(terms.is_opaque(cell) and _gives_what_it_should(own) for cell, own in roots.items())
    known = known and all(own.desired_formula == f"={edit.get(cell)}" for cell, own in roots.items())
    return known and part.counts().not_evaluated == 0 and roots.keys() == edit.keys()


def _gives_what_it_should(result: CellResult) -> bool:
    actual, desired = result.actual, result.desired
    return isinstance(actual, float) and isinstance(desired, float) and abs(actual - desired) <= _SAME * abs(desired)
