"""What an edit makes of the lines in which formulas stand: what nobody means whose formulas were filled."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Sequence

from xlcheck.formulas.algebra import Address, Leaf, Sum, Term, outline, subterms
from xlcheck.formulas.shapes import operands, skeleton
from xlcheck.handmade.arrangements.arrangement import Arrangement, Candidate, seeming_weights
from xlcheck.handmade.reading.cell_terms import leaves
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.lines import Line, by_line
from xlcheck.handmade.reading.offsets import are_in_line, distance, offset, offset_between

_CLEARLY = 2
"""Formulas more."""
_WINDOW = 3
"""Cells in a line that are read together, and not by chance."""
_Read = tuple[Address, set[Address]]
"""A formula's cell, and what it reads."""


def leaves_its_line(candidate: Candidate, base: Arrangement) -> bool:
    """Whether an edit that does the same reads something else in the place of what clearly more others in line read.

    A blank cell may be read as well, as a first state. Asked are others that have weights in common with the cell, as
    it is or, alone, as it would be; or else those that do the same. Of weights that counts in a single cell: cells that
    were filled from one may all have those of others.
    """
    terms, edit, texts = base.reads.terms, candidate.edit, base.reads.table.texts
    # What multiplies a blank is in no term, and yet it is read.
    read_before = {cell: {*terms.reads[cell], *base.reads.of_single_cells(cell)} for cell in edit if cell in terms}
    weights = seeming_weights(base) if len(read_before) > 1 else set[Address]()
    in_all = 0
    for cell, before in read_before.items():
        after = {*leaves(edit[cell])}
        lost, new = before - after, after - before
        does = (outline(term, lambda _: "") for term in (terms[cell], edit[cell]))
        if not (lost and new) or (not lost.isdisjoint(terms.reads[cell]) and len({*does}) > 1):
            continue  # nothing stands in the place of something, or another formula was pasted there
        others = [o for o in terms.keys() - edit.keys() if are_in_line(cell, o)]
        sides = (before, after) if len(edit) == 1 else (before,)
        akin = [other for other in others if any(len(own.intersection(terms.reads[other])) > 1 for own in sides)]
        read = [(other, {*terms.reads[other]}) for other in akin]
        if not akin and cell in texts:  # what does the same reads the same in the same places
            alike = [o for o in others if skeleton(texts.get(o, "")) == skeleton(texts[cell])]
            named = {own: _named(own, base.reads.table) for own in (cell, *alike)}
            places = [at for at, own in enumerate(named[cell]) if not own.isdisjoint(lost)]
            read = [(other, {own for at in places for own in named[other][at]}) for other in alike]
        of_new = _most_readers(new, cell, read)
        if _most_readers(lost, cell, read) >= of_new + _CLEARLY:
            return True
        in_all += _most_readers(lost - weights, cell, read) - of_new
    return in_all >= _CLEARLY


def _named(cell: Address, table: CellTable) -> Sequence[set[Address]]:
    """The cells of each reference of a formula."""
    areas = (table.clip(own.area(cell[0])) for own in operands(table.texts[cell]))
    return [{(area.sheet, *place) for place in area.cells()} for area in areas]


def reads_once(candidate: Candidate, base: Arrangement) -> bool:
    """Whether an edit puts a weight to use in one of some formulas that were filled from one, and not in the others.

    Before it others may be what was filled too far, unless they read the same weights: those are one unit at each step.
    Two that have several weights each for themselves are two units, though they may share others.
    """
    table, reads, weights = base.reads.table, base.reads, seeming_weights(candidate.arrangement)
    texts = table.texts
    before = seeming_weights(base)
    for cell in candidate.edit.keys() & texts.keys():
        if all(reads.readers.get(own) for own in {*leaves(candidate.edit[cell])} & weights):
            continue
        own = before.intersection(reads.of(cell))
        for other in texts.keys() - candidate.edit.keys():
            its = before.intersection(reads.of(other))
            are_two = min(len(own - its), len(its - own)) > 1
            counts = are_in_line(cell, other) and not are_two and (other > cell or len(own & its) > 1)
            if counts and texts[other] != texts[cell] and table.fills(cell, other):
                return True
    return False


def follows_the_few(candidate: Candidate, base: Arrangement) -> bool:
    """Whether an edit makes several formulas that were filled from one what fewer others in line with them are."""
    edit, terms = candidate.edit, base.reads.terms

    def filled(cell: Address, term: Term) -> object:
        return outline(term, lambda own: offset_between(cell, own))

    if len(edit) < _CLEARLY or not edit.keys() <= terms.keys():
        return False
    before, after = ({filled(cell, own[cell]) for cell in edit} for own in (terms, edit))
    others = [cell for cell in terms if cell not in edit and all(are_in_line(cell, own) for own in edit)]
    few = sum(filled(cell, terms[cell]) in after for cell in others)
    return len(before) == len(after) == 1 and 0 < few < len(edit)


def takes_an_addition_away(candidate: Candidate, base: Arrangement) -> bool:
    """Whether an edit takes from formulas what each of them adds that stands to it as to the others.

    A connection past a layer is such a summand, and other units may be those that lack one.
    """
    edit, terms = candidate.edit, base.reads.terms
    away = dict[Address, object]()
    for cell in edit if len(edit) >= _CLEARLY and edit.keys() <= terms.keys() else ():
        before, after = ({*leaves(own[cell])} for own in (terms, edit))
        sums = (own.parts for own in subterms(terms[cell]) if isinstance(own, Sum))
        added = {own.cell for own, _ in itertools.chain.from_iterable(sums) if isinstance(own, Leaf)}
        away |= {own: offset_between(cell, own) for own in before - after if own in added and after < before}
    return len(away) == len(edit) and len({*away.values()}) == 1


def breaks_a_window(candidate: Candidate, base: Arrangement) -> bool:
    """Whether an edit takes a cell out of each of several windows that formulas read along a line, as of a convolution.

    What all of the formulas read, as weights are, may stand in a line with what one of them should not read. Windows
    lie on lines of others: what each formula reads of its own step, one below the other, is none.
    """
    edit, table, reads = candidate.edit, base.reads.table, base.reads.terms.reads
    if len(edit) < _CLEARLY or not edit.keys() <= reads.keys() & table.texts.keys():
        return False
    named = zip(*([own.area(cell[0]) for own in operands(table.texts[cell])] for cell in edit), strict=False)
    in_all = {(own[0].sheet, *place) for own in named if len({*own}) == 1 for place in table.clip(own[0]).cells()}
    broken: Counter[Line] = Counter()
    for cell, term in edit.items():
        before, after = {*reads[cell]} - in_all, {*leaves(term)} - in_all
        lines = [(line, sorted(own)) for line, own in by_line(before).items() if len(own) >= _WINDOW]
        windows = [(line, own) for line, own in lines if distance(own[0], own[-1]) == len(own) - 1]
        taken = [line for line, own in windows if 0 < len(after.intersection(own)) < len(own)]
        if not taken:
            return False
        broken.update(taken)
    return max(broken.values()) > 1


def takes_a_loop_away(candidate: Candidate, base: Arrangement) -> bool:
    """Whether an edit takes results of the step before from formulas, for which a first value was typed.

    A formula alone reads that value; filled along, it reads the results in line with it, which the edit leaves out.
    """
    reads, table, texts = base.reads, base.reads.table, base.reads.table.texts
    for cell in candidate.edit.keys() & reads.terms.keys() & texts.keys():
        for lost in {*reads.terms.reads[cell]} - {*leaves(candidate.edit[cell])}:
            for by in ((0, 1), (1, 0)) if reads.is_formula(lost) else ():
                value, before = lost, cell
                while reads.is_formula(value):
                    value, before = (offset(at, by, -1) for at in (value, before))
                filled = before in texts and table.fills(before, cell)
                if filled and table.is_number(value) and [*reads.readers.get(value, ())] == [before]:
                    return True
    return False


def _most_readers(cells: Iterable[Address], at: Address, read: Sequence[_Read]) -> int:
    return max((max(_readers(own, at, read)) for own in cells), default=0)


def _readers(own: Address, at: Address, read: Sequence[_Read]) -> tuple[int, int]:
    """How many formulas read a cell; and how many read one that stands to them as it does to another formula."""
    by = offset_between(at, own)
    return sum(own in its for _, its in read), sum((own[0], o[1] + by[0], o[2] + by[1]) in its for o, its in read)
