"""Edits that were tried, and those of them that make a textbook network and that somebody may have meant."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from xlcheck.formulas.algebra import Address
from xlcheck.handmade import effort
from xlcheck.handmade.accepting.bench import Bench
from xlcheck.handmade.arrangements.arrangement import Arrangement, Candidate, seeming_weights
from xlcheck.handmade.arrangements.textbook import is_textbook
from xlcheck.handmade.edits.against_edits import is_strange, oddities
from xlcheck.handmade.edits.under_edits import UnderEdits
from xlcheck.handmade.forms.term_changes import Edit
from xlcheck.handmade.reading.cell_terms import leaves

_WAYS = 8
"""Edits of the same cells that are kept: one of them may be what stands elsewhere, filled there."""


class TriedEdits:
    """The edits that may be meant, of all that were tried.

    Args:
        sheets: the worksheets under one edit after the other.
        bench: judges the layers.
        untouched: cells that no edit may touch.
    """

    def __init__(self, sheets: UnderEdits, bench: Bench, untouched: Collection[Address]) -> None:
        self._sheets, self._bench, self._untouched = sheets, bench, frozenset(untouched)
        self._found: dict[frozenset[Address], list[Candidate]] = {}

    def through(self, edits: Iterable[Edit]) -> bool:
        """Try all edits, and say whether there was time for that.

        Args:
            edits: cells → what they would compute.
        """
        try:
            for edit in map(self._sheets.with_blanks, edits):
                effort.require_time()
                self._try(edit)
        except effort.OutOfTimeError:
            return False
        return True

    def _try(self, edit: Edit) -> None:
        cells, base = frozenset(edit), self._sheets.base
        if not self._untouched.isdisjoint(edit) or len(self._found.get(cells, ())) == _WAYS:
            return
        arrangement = self._sheets.arrangement(edit)
        if arrangement is not None and is_textbook(arrangement, cells):
            candidate = Candidate(edit, arrangement)
            if not is_strange(candidate, base) and not wrong_beside(candidate, self._bench):
                self._found.setdefault(cells, []).append(candidate)

    def likely(self) -> list[Candidate]:
        """Those of the smallest sets of cells, as far as nothing speaks against them more than against others."""
        least = [cells for cells in self._found if not any(other < cells for other in self._found)]
        odd = {cells: oddities(self._found[cells][0], self._sheets.base) for cells in least}
        return [own for cells in least if odd[cells] == min(odd.values()) for own in self._found[cells]]


def share_weights(edits: Iterable[Edit], base: Arrangement) -> bool:
    """Whether cells would read other weights than now, and other cells go on reading these.

    One of those may be wrong instead; as long as not all edits were tried, nobody knows.

    Args:
        edits: those that may be meant.
        base: the layers as they are.
    """
    weights = frozenset(seeming_weights(base))

    def are_shared(edit: Edit) -> bool:
        before = (own for cell in edit for own in base.reads.of(cell))
        lost = weights.intersection(before) - {*leaves(*edit.values())}
        return any(not lost.isdisjoint(base.reads.of(other)) for other in base.reads.terms.keys() - edit.keys())

    return any(map(are_shared, edits))


def wrong_beside(candidate: Candidate, bench: Bench) -> bool:
    """Whether other cells than the edited ones compute something else than they should, or one of these does not.

    Args:
        candidate: the edit.
        bench: judges the layers.
    """
    if bench.wrong_in(candidate.arrangement, candidate.edit) != candidate.edit.keys():
        return True
    layers = candidate.arrangement.all_layers if candidate.edit else ()
    return any(bench.wrong_under(layer, candidate.edit) for layer in layers)
