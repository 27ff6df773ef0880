"""Worksheets in pieces that nothing connects: networks side by side, and what reads a recurrent layer that is known.

Where a mistake in one of them keeps the whole from being a textbook network, the others may still be looked at alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from xlcheck.formulas.algebra import Address
from xlcheck.handmade.acceptance import looks_like_a_network
from xlcheck.handmade.by_equations import excerpt
from xlcheck.handmade.outcome import Outcome
from xlcheck.handmade.reading.cell_terms import CellTerms
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.handmade.reading.sheet_groups import SheetGroup

_ITS_STATE_IS_ITS_OWN = frozenset({"SimpleRNN", "LSTM", "GRU"})
"""Layers of which it is certain where they end; of gates, each may seem to be a Dense layer."""


def pieces(part: SheetGroup, outcomes: Sequence[Outcome]) -> Iterator[tuple[SheetGroup, CellTerms]]:
    """The pieces of some worksheets that may be networks, if there are several, smallest first; each as worksheets.

    What a piece reads of known layers are numbers there.

    Args:
        part: the worksheets.
        outcomes: what became of the layers that were accepted there.
    """
    known = {
        verdict.cell
        for outcome in outcomes
        if {layer.kind for network in outcome.networks for layer in network.spec.layers} <= _ITS_STATE_IS_ITS_OWN
        for verdict in outcome.verdicts
    }
    found = _connected(part, known)
    for own in found if known or len(found) > 1 else ():
        piece, given = _alone(part, own)
        if looks_like_a_network(piece.table):
            yield piece, CellTerms(piece.table, piece.values, computed=given)


def _connected(part: SheetGroup, known: Collection[Address]) -> list[set[Address]]:
    """The formulas that read one another or the same cells, without those of known layers."""
    group_of: dict[Address, set[Address]] = {}
    for formula in part.table.texts:
        if formula not in known:
            own = {formula, *part.precedents.of(formula)}
            for other in {id(group_of[cell]): group_of[cell] for cell in own if cell in group_of}.values():
                own |= other
            group_of |= dict.fromkeys(own, own)
    groups = {
        id(own): {cell for cell in own if cell in part.table.texts and cell not in known} for own in group_of.values()
    }
    return sorted(groups.values(), key=lambda own: (len(own), min(own)))


def _alone(part: SheetGroup, own: Collection[Address]) -> tuple[SheetGroup, set[Address]]:
    """Some formulas, the cells that no other formula reads, and as numbers what is read besides: these, too."""
    table = part.table
    read = {cell for formula in own for cell in part.precedents.of(formula)}
    others = {cell for formula in table.texts if formula not in own for cell in part.precedents.of(formula)}
    kept = {cell for cell in table.addresses if cell in own or (cell not in table.texts and cell not in others - read)}
    new, values = excerpt(table, part.values, kept, read - kept)
    return SheetGroup(part.sheets, new, values, Precedents(new)), read - kept
