"""Whether an edit makes formulas of cells that stand elsewhere on the worksheet, filled there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence, Set

from xlcheck.formulas.algebra import Address, Leaf, Term, outline
from xlcheck.handmade.arrangements.arrangement import Candidate
from xlcheck.handmade.forms.term_changes import Edit
from xlcheck.handmade.reading.cell_terms import CellTerms
from xlcheck.handmade.reading.offsets import offset_between


def as_elsewhere(candidates: Sequence[Candidate], terms: CellTerms) -> Sequence[Candidate]:
    """Those after whose edits each formula is one that stands elsewhere, filled there; all, if no first one is so.

    Filled from one another are formulas that do the same with computed cells that stand to them in the same way, and
    with any given numbers. A formula that was so before the edit, in its row or column, does not count.

    Args:
        candidates: the edits that may be meant.
        terms: what each formula computes.
    """

    def was_so(edit: Edit) -> bool:
        lines = {(side, own[0], own[side]) for own in edit for side in (1, 2)}
        in_line = {cell for cell in terms if any((side, cell[0], cell[side]) in lines for side in (1, 2))}
        before = {cell: terms[cell] for cell in edit if cell in terms}
        return len(before) == len(edit) and is_as_elsewhere(before, terms, among=in_line)

    alike = [own for own in candidates if is_as_elsewhere(own.edit, terms) and not was_so(own.edit)]
    first = {frozenset(candidate.edit): candidate for candidate in reversed(candidates)}
    return alike if any(candidate in alike for candidate in first.values()) else candidates


def is_as_elsewhere(edit: Edit, terms: CellTerms, *, beside: bool = False, among: Set[Address] | None = None) -> bool:
    """Whether each formula of an edit is one that stands elsewhere, filled there; two such ones for a mere copy.

    Args:
        edit: the formulas.
        terms: what each formula computes.
        beside: or one that does the same with the very same computed cells, as the gates of a step do.
        among: where it stands, if not anywhere.
    """

    def described(cell: Address, term: Term) -> Iterator[object]:
        yield outline(term, lambda o: offset_between(cell, o) if o in terms and o[0] == cell[0] else "given")
        if beside:
            yield outline(term, lambda o: o if o in terms else "given")

    places = (terms.keys() if among is None else among) - edit.keys()
    others = Counter(own for cell in places for own in described(cell, terms[cell]))
    return all(
        any(others[own] > isinstance(term, Leaf) for own in described(cell, term)) for cell, term in edit.items()
    )
