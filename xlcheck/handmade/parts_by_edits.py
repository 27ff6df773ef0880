"""Small parts, and pieces of parts, that one edit makes a network: small networks have no witnesses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from xlcheck.formulas.algebra import Address
from xlcheck.handmade import effort
from xlcheck.handmade.accepting.by_equations import Settled, layers_of
from xlcheck.handmade.accepting.outcome import Outcome
from xlcheck.handmade.accepting.pieces import pieces
from xlcheck.handmade.edits.single_edit import NONE, edit_as_told, edit_as_typed, one_edit
from xlcheck.handmade.edits.typed_results import TypedResults
from xlcheck.handmade.parts_by_equations import ByEquations, PartsByEquations
from xlcheck.handmade.reading.engine_choice import Answers
from xlcheck.handmade.reading.sheet_groups import SheetGroup
from xlcheck.handmade.rewriting.first_terms import terms_of

_PIECE = 60
"""Formulas up to which one edit is looked for in a piece of a part."""
_IF_TYPED = 0.6
"""The share of the time in which only edits are tried that give the results that somebody typed."""


@dataclass(frozen=True)
class PartsByEdits:
    """Looks for the one edit that makes a part a network.

    Attributes:
        equations: what recognises and judges layers by their equations.
    """

    equations: PartsByEquations

    def whole(self, own: ByEquations, answers: Answers, layers: Settled) -> Sequence[Outcome] | str:
        """What became of a part that one edit makes a network, or why there is no verdict on it.

        Args:
            own: what the equations of the part say.
            answers: what the workbook computes.
            layers: what became of its layers so far.
        """
        try:
            if layers.is_misnamed or self.equations.is_apart(own.part, answers, layers):
                return NONE
            bench = self.equations.bench(own.part, answers, own.terms)
            found = one_edit(own.part, own.terms, own.layers, bench)
        except effort.OutOfTimeError:
            return effort.USED_UP
        return found.outcomes or found.why

    def as_typed(self, part: SheetGroup, answers: Answers) -> Sequence[Outcome]:
        """What became of a part whose results are not what somebody typed beside them, if one edit makes them that.

        Args:
            part: the part.
            answers: what the workbook computes.
        """
        typed = TypedResults(part, part.terms)
        with effort.limited_to(effort.left() * _IF_TYPED), suppress(effort.OutOfTimeError):
            own = self.equations.of(part, answers) if typed else None
            if own is not None and not own.found.roots:
                bench = self.equations.bench(part, answers, own.terms)
                return edit_as_typed(part, own.terms, own.layers, bench, typed)
        return ()

    def as_told(self, part: SheetGroup, answers: Answers, meant: Mapping[Address, str]) -> Sequence[Outcome]:
        """What became of a part in which all is right with other formulas, if these make its layers what they are.

        Args:
            part: the part.
            answers: what the workbook computes.
            meant: cell → the formula that it should hold.
        """
        with suppress(effort.OutOfTimeError):
            own = self.equations.of(part, answers)
            edit = {cell: term for cell, text in meant.items() if (term := own.terms.term_of(cell, text)) is not None}
            if edit.keys() == meant.keys():
                return edit_as_told(part, own.terms, own.layers, self.equations.bench(part, answers, own.terms), edit)
        return ()

    def piece_by_piece(self, part: SheetGroup, answers: Answers, layers: Settled) -> Iterator[Outcome]:
        """What became of the pieces of a part that one edit each makes a network, but for those that are right.

        Args:
            part: the part.
            answers: what the workbook computes.
            layers: what became of its layers.
        """
        for piece in pieces(part):
            is_settled = layers.outcomes and piece.table.texts.keys().isdisjoint(layers.left)
            if len(piece.table.formulas) > _PIECE or is_settled or layers.roots.intersection(piece.table.texts):
                continue
            terms = terms_of(piece)
            bench = self.equations.bench(piece, replace(answers, values=piece.values), terms)
            try:
                outcomes = one_edit(piece, terms, layers_of(piece, terms), bench).outcomes
            except effort.OutOfTimeError:
                return
            if any(outcome.roots for outcome in outcomes):
                yield from outcomes
