"""What an edit leaves unread, and what formulas then read for nothing: nobody means that."""

from __future__ import annotations

import math
from collections.abc import Sequence

from xlcheck.formulas.algebra import Address
from xlcheck.handmade.arrangements.arrangement import Arrangement, Candidate, seeming_weights
from xlcheck.handmade.arrangements.layer_cells import at_first
from xlcheck.handmade.equations.reading import outputs
from xlcheck.handmade.forms.forms import COPY
from xlcheck.handmade.forms.polynomials import atom_of, cell_of
from xlcheck.handmade.reading.cell_terms import leaves
from xlcheck.handmade.reading.cells import beside
from xlcheck.handmade.reading.offsets import offset


def leaves_idle(candidate: Candidate, base: Arrangement) -> bool:
    """Whether nobody reads any more after an edit what was made to be read.

    That is so of formulas; numbers beside weights; weights apart from these, if they are more than one range, as a slip
    leads to one place, or more than are read instead; numbers of which each of several formulas reads its own: formulas
    may have stood there.
    """
    idle = idle_under(candidate, base)
    weights = seeming_weights(candidate.arrangement)
    near = {other for weight in weights for other in beside(weight)}
    lost = idle & seeming_weights(base)
    sides = [sorted({cell[1] for cell in lost}), sorted({cell[2] for cell in lost})]
    is_range = len(lost) == math.prod(map(len, sides)) and all(map(_is_run, sides))
    new = {cell for term in candidate.edit.values() for cell in leaves(term)} - base.reads.readers.keys()
    is_slip = is_range and len(lost) <= max(1, len(new))
    shown = {cell for own in candidate.edit.keys() & base.reads.terms.keys() for cell in base.reads.terms.reads[own]}
    formulas = {cell for cell in idle if base.reads.is_formula(cell) and cell in shown}  # not times a blank cell before
    numbers = {cell for cell in idle if base.reads.is_typed(cell)}
    own = {cell for cell in numbers if {*base.reads.readers[cell]} < candidate.edit.keys()}
    return bool(formulas or (lost & near if is_slip else lost) or len(own) > 1)


def takes_an_input_away(candidate: Candidate, base: Arrangement) -> bool:
    """Whether an edit makes a formula of a number between two others in a row or column, or leaves it unread.

    The same formulas read one of these two, and the other one, too, if any do.
    """
    reads, table = base.reads, base.reads.table

    def is_between(cell: Address, down: int, right: int) -> bool:
        own = reads.in_the_end(cell)
        both = [offset(cell, (down, right), by) for by in (-1, 1)]
        if not all(table.is_number(other) and other not in candidate.edit for other in both):
            return False
        shared = [not own.isdisjoint(reads.in_the_end(other)) for other in both]
        return any(shared) and all(shares or not reads.read.get(o) for shares, o in zip(shared, both, strict=True))

    idle = idle_under(candidate, base)
    for cell in (cell for cell in candidate.edit if table.is_formula(cell) and any(map(table.is_number, idle))):
        read = reads.of(cell)  # a copy of a number that nobody else reads, filled like the copies beside it
        alike = (table.fills(cell, o) for o in beside(cell) if table.is_formula(o))
        if len(read) == 1 and read[0] in idle and table.is_number(read[0]) and reads.is_copy(cell) and any(alike):
            return True
    lost = [cell for cell in (*candidate.edit, *idle) if table.is_number(cell)]
    return any(is_between(cell, *line) for cell in lost if reads.readers.get(cell) for line in ((0, 1), (1, 0)))


def reads_for_nothing(candidate: Candidate, base: Arrangement) -> bool:
    """Whether a formula that is not edited reads a number that no layer has: another network has it."""
    return any(candidate.arrangement.read_for_nothing(candidate.arrangement.own - candidate.edit.keys()))


def keeps_a_blank(candidate: Candidate, base: Arrangement) -> bool:
    """Whether a formula reads a layer, or is of it, and an empty cell that it alone reads, after an edit of others.

    At a first step there may be no state, and what all formulas of a row read may be a bias that is none.
    """
    reads, found = base.reads, candidate.arrangement
    edited = [cell for cell in candidate.edit if reads.is_formula(cell)]
    if any(not all(map(reads.terms.holds_number, reads.of(cell))) for cell in edited):
        return False  # the others may have been filled like these
    first = {cell for layer in found.layers for cell in at_first(layer, found.forms)}
    first = {cell for cell in first if found.forms.of(atom_of(cell)).kind != COPY}  # with a blank it is no copy
    readers = {reader for cell in found.own for reader in (cell, *reads.readers.get(cell, ()))}
    readers -= {*first, *candidate.edit}
    texts = reads.table.texts
    readers -= {o for o in readers & texts.keys() for c in edited if reads.table.fills(c, o)}
    return any(
        other not in reads.table.index and len(reads.readers[other]) == 1
        for cell in readers & texts.keys()
        for other in reads.of_single_cells(cell)
    )


def idle_under(candidate: Candidate, base: Arrangement) -> set[Address]:
    """The cells that nobody reads any more after an edit, but for results of which nobody reads others either."""
    edited, read = candidate.edit.keys(), {cell for term in candidate.edit.values() for cell in leaves(term)}
    readers = base.reads.readers  # what is multiplied with a blank cell is read, too, though no term shows it
    held = base.reads.table.index
    idle = {cell for cell in readers if cell in held and edited >= {*readers[cell]} and cell not in read}
    for layer in candidate.arrangement.layers if idle else ():
        results = {cell_of(atom) for atom in outputs(layer.reading).values()}
        if any(cell not in readers for cell in results - edited):
            idle -= results
    return idle


def _is_run(numbers: Sequence[int]) -> bool:
    return not numbers or numbers[-1] - numbers[0] + 1 == len(numbers)
