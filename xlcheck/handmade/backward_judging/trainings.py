"""Parts of a workbook as trainings: as they are read, and with the one mistake in them that hides what they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from xlcheck.formulas.algebra import Address
from xlcheck.handmade import effort
from xlcheck.handmade.backward.best_reading import best_reading
from xlcheck.handmade.backward.data import multiplies_errors
from xlcheck.handmade.backward.roles import Reading
from xlcheck.handmade.backward.unwritten import with_data, with_outputs
from xlcheck.handmade.backward_judging.likely_slips import LikelySlips
from xlcheck.handmade.backward_judging.one_slip import one_slip
from xlcheck.handmade.backward_judging.outcome import (
    in_lines,
    is_open,
    judged_with,
    may_be_trained,
    read_with,
    sheet_of,
    tells_weights,
    told_by_words,
)
from xlcheck.handmade.reading.cell_terms import CellTerms
from xlcheck.handmade.reading.results import results_of
from xlcheck.handmade.reading.sheet_groups import SheetGroup
from xlcheck.learning.dense_gradients import DenseGradients
from xlcheck.verdicts.parts import Part
from xlcheck.verdicts.report import Status
from xlcheck.verdicts.tolerance import Tolerance

_LARGE = 4_000
"""Formulas of a part up to which a training is looked for."""


class _Once:
    """A part as a training, without a search for a mistake; each question is answered once.

    Attributes:
        part: the part, whose id is its own while it is kept here.
        settled: what became of it, be it with one mistake in it, as soon as that is known.
    """

    settled: tuple[Part | None] | None = None

    def __init__(self, part: SheetGroup, tolerance: Tolerance, ask: DenseGradients) -> None:
        self.part, self._tolerance, self._ask = part, tolerance, ask

    @property
    def terms(self) -> CellTerms:
        """What its formulas compute."""
        return self.part.terms

    @cached_property
    def may_be_trained(self) -> bool:
        """Whether it seems to move weights towards targets."""
        return may_be_trained(self.terms)

    @cached_property
    def reading(self) -> Reading | None:
        """How it is read; None if nothing learns."""
        sheet = sheet_of(self.terms)
        return None if sheet is None else best_reading(sheet, self._ask)

    @cached_property
    def in_words(self) -> Part | None:
        """What became of it if formulas go by what others say in words."""
        return told_by_words(self.part.table, self.part.values, self._tolerance, self._ask)

    @cached_property
    def found(self) -> Part | None:
        """What became of it as it is read."""
        own = self.part
        if self.reading is None:
            return None
        return in_lines(own.table, own.values, self._tolerance, self.reading, own.as_in_copies)


def _only_repeats(edit: Mapping[Address, str], reading: Reading) -> bool:
    """Whether all that an edit changes is read by no formula, and other cells hold the same as this under the edit.

    So it is with results of somebody else, typed beside those that a sheet computes.
    """
    sheet = reading.sheet
    roles = {cell: (number, role.quantity.name) for cell, (number, role) in reading.roles.items()}
    holds: Mapping[Address, object] = {**roles, **sheet.updates}  # an update holds the next state of a weight
    held = {what for cell, what in holds.items() if cell not in edit}
    return all(cell in holds and holds[cell] in held and not sheet.terms.readers.get(cell) for cell in edit)


@dataclass(frozen=True)
class Trainings:
    """Checks parts of a workbook as trainings of dense networks, each once.

    Attributes:
        tolerance: what counts as agreement.
        ask: asks Keras for gradients.
    """

    tolerance: Tolerance
    ask: DenseGradients
    _known: dict[int, _Once] = field(default_factory=dict)

    def of(self, part: SheetGroup) -> Part | None:
        """What became of a part, be it with one mistake in it.

        None if it is no training, nothing that could be recognised for certain, or too large to be looked at.
        """
        if len(part.table.formulas) > _LARGE:
            return None
        own = self._once(part)
        if own.settled is None:
            own.settled = (self._of(part, own),)
        return own.settled[0]

    def _of(self, part: SheetGroup, own: _Once) -> Part | None:
        """The same, whenever it is asked."""
        if own.found is None and own.in_words is not None:
            return own.in_words
        if not is_open(own.found):
            return own.found
        learns = own.reading is not None and multiplies_errors(with_outputs(with_data(own.terms)))
        if not (own.found is not None or learns or own.may_be_trained):
            return None

        losses = {step.truth.loss for step in own.reading.steps} if own.found and own.reading else set[str]()
        unsettled = set() if own.found is None else {*results_of([own.found], {Status.NOT_EVALUATED})}

        def judged(edit: Mapping[Address, str]) -> Part | None:
            other = read_with(part.table, part.values, edit, self.ask, losses)
            if other is None or not any(map(tells_weights, other.steps)):
                return None
            if own.reading is not None and len(other.sheet.updates) < len(own.reading.sheet.updates):
                return None  # nobody mends a training by having less of it learn
            if _only_repeats(edit, other):
                return None  # what nobody reads is settled by whatever another cell holds
            found = judged_with(part.table, part.values, self.tolerance, other, edit, own.terms)
            left_out = results_of(filter(None, [found]), {Status.UNBOUND}).keys() - edit.keys()
            return None if unsettled & left_out else found  # what was open is settled, and not left out

        slips = LikelySlips(part.table, own.terms, own.reading, own.found, sheet_of, part.as_in_copies)
        return one_slip(slips, part.table, own.terms, judged) or own.found

    def learns(self, part: SheetGroup) -> bool:
        """Whether a part is the training of a network for certain, as far as time allows to tell."""
        try:
            return self.of(part) is not None
        except effort.OutOfTimeError:
            return False

    def learns_as_it_is(self, part: SheetGroup) -> bool:
        """Whether it is one without a mistake that hides that; to look for such a one takes long."""
        if len(part.table.formulas) > _LARGE:
            return False
        own = self._once(part)
        try:
            return own.may_be_trained and (own.found is not None or own.in_words is not None)
        except effort.OutOfTimeError:
            return False

    def settled(self, part: SheetGroup) -> Part | None:
        """What became of a part as it is read, if that leaves nothing open; to look at its layers alone takes long."""
        own = self._once(part) if self.learns_as_it_is(part) else None
        return None if own is None or is_open(own.found) else own.found

    def known(self, part: SheetGroup) -> Part | None:
        """What became of a part as it is read, as far as somebody asked for that in time.

        Args:
            part: the part.
        """
        found = self._once(part).__dict__.get("found")
        return found if isinstance(found, Part) else None

    def _once(self, part: SheetGroup) -> _Once:
        return self._known.setdefault(id(part), _Once(part, self.tolerance, self.ask))
