"""A training that is whole but for one slip: one edit, and no other, makes every formula of it what it should be.

Where steps are few, no line says what a cell should hold. Then the whole has to: with the one edit all updates follow
their gradients, every formula has its place, and nothing is left open.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from functools import partial
from itertools import pairwise, starmap

import numpy as np

from xlcheck.formulas.algebra import Address, Leaf, Term
from xlcheck.formulas.shapes import moved, operands, shape_of, skeleton
from xlcheck.handmade import effort
from xlcheck.handmade.backward.coefficients import SETTINGS
from xlcheck.handmade.backward.data import behind
from xlcheck.handmade.backward.evaluation import same, value_of
from xlcheck.handmade.backward.roles import Reading
from xlcheck.handmade.backward.sheet import Sheet
from xlcheck.handmade.backward_judging.family import place_of
from xlcheck.handmade.backward_judging.slips import Edit, Slips
from xlcheck.handmade.families.patterns import as_in_pattern
from xlcheck.handmade.reading.cell_terms import CellTerms
from xlcheck.handmade.reading.cells import CellTable, address_of
from xlcheck.handmade.reading.digits import agrees
from xlcheck.handmade.reading.evaluated import computed
from xlcheck.handmade.reading.lines import lines_of
from xlcheck.handmade.reading.offsets import beside_at, offset
from xlcheck.verdicts.parts import Part
from xlcheck.verdicts.report import CellResult, Status

_MOST_READINGS, _HABIT, _LARGEST = 24, 3, 300
_SHARE, _UNLESS_CERTAIN = 0.8, 0.5
"""Of the time that is left, for the training of which some steps are certain; and where it may be none, as layers that
are no training need the rest."""
_MANY, _FEW = 6, 3
"""Formulas around one that breaks their pattern, from which on that is tried first; and of how many that is."""
_SAME = 1e-9


def one_slip(
    table: CellTable,
    terms: CellTerms,
    reading: Reading | None,
    part: Part | None,
    sheet_of: Callable[[CellTerms], Sheet | None],
    judged: Callable[[Edit], Part | None],
) -> Part | None:
    """What became of a training that one edit makes whole; None if none does, or several in different cells.

    Args:
        table: the cells.
        terms: what they compute.
        reading: the sheet as it stands, if there is a network in it.
        part: what became of it, if it was accepted.
        sheet_of: finds the networks.
        judged: what becomes of the sheet under an edit.
    """
    for edit in (*_in_pattern(table), *_between(table)):
        if (better := judged(edit)) is not None and _is_whole(better, edit, terms):
            return better
    if len(table.texts) > _LARGEST:  # what is large has lines that say what is wrong
        return None
    suspects = _suspects(table, terms, reading, part)
    right = frozenset[Address]() if part is None else table.texts.keys() - _in_question(part)
    habits, promise = _Habits(table), _Promise(terms, reading, sheet_of, is_accepted=part is not None)
    slips = Slips(table, terms, None if reading is None else reading.stride, suspects)
    found: dict[frozenset[Address], Part] = {}
    tried, shows = 0, partial(_only_shows, table=table, terms=terms, reading=None if part is None else reading)
    try:
        with effort.limited_to((_UNLESS_CERTAIN if part is None else _SHARE) * effort.left()):
            for edits in slips.by_likelihood():
                for edit in edits:
                    effort.require_time()
                    if frozenset(edit) in found or 0 < len(right & edit.keys()) < len(edit) or habits.is_one(edit):
                        continue
                    if shows(edit) or _may_be_typed(edit, table, terms) or not promise.of(edit):
                        continue
                    tried += 1
                    if tried > _MOST_READINGS:
                        return None
                    if (better := judged(edit)) is not None and _is_whole(better, edit, terms):
                        found[frozenset(edit)] = better
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


def _in_pattern(table: CellTable) -> list[Edit]:
    """The formulas that break a pattern of many others, as these have it."""
    broken = sorted(as_in_pattern(table), key=lambda own: -own[2])
    return [{cell: text} for cell, text, followers in broken[:_FEW] if followers >= _MANY]


def _between(table: CellTable) -> list[Edit]:
    """The formulas between two that were filled from one another, as these are there; few, or they are no slips."""
    found: list[Edit] = []
    for cell in table.texts:
        for by in ((0, 1), (1, 0)):
            before, behind = (offset(cell, by, k) for k in (-1, 1))
            if {before, behind} <= table.texts.keys() and table.fills(before, behind) and not table.fills(before, cell):
                text = moved(table.texts[before], *by)
                found += [] if text is None else [{cell: text}]
    return found if len(found) <= _FEW else []


def _suspects(table: CellTable, terms: CellTerms, reading: Reading | None, part: Part | None) -> set[Address]:
    """The cells that may be wrong.

    Where a training is certain, these are formulas of which nothing is known, though all that they read is, and typed
    numbers for which a formula stands at the step beside.
    """
    if part is None or reading is None:
        return {*table.texts, *table.typed_numbers}
    unknown = _in_question(part, {Status.NOT_EVALUATED})
    stride = reading.stride
    beginnings = {cell for cell in unknown if unknown.isdisjoint(terms.reads.get(cell, ()))}
    read = {own for cell in beginnings for own in terms.reads.get(cell, ()) if isinstance(terms.get(own), Leaf)}
    copies = {own for own in read if unknown.issuperset(terms.readers[own])}  # perhaps of something else
    if stride is None:
        return {*beginnings, *copies, *table.typed_numbers}
    outputs = (sample.outputs[-1][0] for step in reading.steps for sample in step.truth.network.samples)
    places = {place_of(cell, stride) for cell in (*outputs, *reading.sheet.updates)}  # elsewhere new inputs are tried
    typed = {
        cell for cell in table.typed_numbers
        if any(own in table.texts for own in beside_at(cell, stride))
    }  # fmt: skip
    return copies | {cell for cell in beginnings | typed if place_of(cell, stride) in places}


def _in_question(part: Part, statuses: Collection[Status] = frozenset(Status)) -> set[Address]:
    """The cells of which nothing is known, or those that something else is said of than that they are right."""
    results = (result for result in part.results if isinstance(result, CellResult) and result.status in statuses)
    return {address_of(result.sheet, result.cell) for result in results}


def _may_be_typed(edit: Edit, table: CellTable, terms: CellTerms) -> bool:
    """Whether a number is not what the formula in its place gives: a training may begin anew with other weights."""
    for cell in edit.keys() & table.typed_numbers.keys():
        wanted, number = computed(edit[cell], cell, table, terms.value), float(table.typed_numbers[cell])
        if wanted is None or not agrees(wanted, number):
            return True
    return False


def _only_shows(edit: Edit, table: CellTable, terms: CellTerms, reading: Reading | None) -> bool:
    """Whether a formula that nobody reads becomes what none of its line at the steps beside is: it may show anything.

    Or it becomes what reads an empty cell, as a mean does that moves beyond the last step.
    """
    stride = None if reading is None else reading.stride
    for cell in (own for own in edit if own in table.texts and not terms.readers.get(own)) if stride else ():
        areas = [ref.area(cell[0]) for ref in operands(edit[cell])]
        read = {(area.sheet, *place) for area in areas if area.size < _LARGEST for place in area.cells()}
        kinds = {skeleton(table.texts[own]) for own in beside_at(cell, stride) if own in table.texts}
        if skeleton(edit[cell]) not in kinds or not read <= table.index.keys():
            return True
    return False


def _size(sheet: Sheet) -> tuple[int, int, int]:
    """How many layers all samples of a sheet pass through, how many weights there are, and how many are updated."""
    layers = sum(len(network.layers) * len(network.samples) for network in sheet.networks)
    weights = {cell for network in sheet.networks for cell in network.weights}
    return layers, len(weights), sum(weight in weights for weight in sheet.updates.values())


class _Promise:
    """Tells which edits are worth a reading: without asking Keras, so that many can be weighed.

    Args:
        terms: what the cells compute.
        reading: the sheet as it stands, if there is a network in it.
        sheet_of: finds the networks.
        is_accepted: whether what there is of a training is certain.
    """

    def __init__(
        self,
        terms: CellTerms,
        reading: Reading | None,
        sheet_of: Callable[[CellTerms], Sheet | None],
        *,
        is_accepted: bool,
    ) -> None:
        self._reading, self._sheet_of, self._is_accepted = reading, sheet_of, is_accepted
        self._terms = terms if reading is None else reading.sheet.terms
        self._behind = set[Address]() if reading is None else _behind(reading)
        self._base = None if reading is None else _size(reading.sheet)

    def of(self, edit: Edit) -> bool:
        """Whether the sheet has more of a network under an edit, or the edited cells hold what they did not."""
        new = {cell: term for cell, text in edit.items() if (term := self._terms.term_of(cell, text)) is not None}
        if len(new) < len(edit):
            return False
        if self._reading is not None and self._behind.issuperset(new):
            holds = all(self._has_role(cell, term, self._reading) for cell, term in new.items())
            if holds or self._is_accepted:
                return holds
        terms = self._terms.edited(new)
        sheet = self._sheet_of(terms) if self._reading is None else Sheet(terms)
        return sheet is not None and (self._base is None or _size(sheet) > self._base)

    def _has_role(self, cell: Address, term: Term, reading: Reading) -> bool:
        """Whether a cell holds a quantity under another term, or an update follows its gradient."""
        sheet, values = reading.sheet, value_of(term, reading.sheet.cells)
        if cell in sheet.updates:
            weight = sheet.updates[cell]
            if any(form[0] for number in range(len(reading.steps)) for form in reading.usual(number)):
                return True  # what has momentum, say, does not follow its gradient alone
            moved = sheet.cells[weight] - values
            steps = [(number, step) for number, step in enumerate(reading.steps) if weight in step.gradients]
            return any(
                same(moved, rate * step.gradients[weight]) for number, step in steps for rate in reading.rates(number)
            )
        values = np.ones(SETTINGS + 1) * values
        return any(reading.role(number, values) is not None for number in range(len(reading.steps)))


def _behind(reading: Reading) -> set[Address]:
    """The cells that are computed from outputs, or hold a quantity of a step."""
    samples = (sample for step in reading.steps for sample in step.truth.network.samples)
    outputs = {cell for sample in samples for cell in sample.outputs[-1]}
    found = behind(outputs, reading.sheet.order, reading.sheet.terms)
    return found - outputs - reading.forward.keys() | reading.sheet.updates.keys()


class _Habits:
    """Tells slips from habits.

    Args:
        table: the cells.
    """

    def __init__(self, table: CellTable) -> None:
        self._shapes = {cell: _shape(text, cell) for cell, text in table.texts.items()}
        self._lines = Counter((line, shape) for cell, shape in self._shapes.items() for line in lines_of(cell))

    def is_one(self, edit: Edit) -> bool:
        """Whether three formulas or more do alike what no other one in line with them does otherwise."""
        if len(edit) < _HABIT:
            return False
        wanted = {cell: _shape(text, cell) for cell, text in edit.items()}
        own = Counter((line, self._shapes[cell]) for cell in edit if cell in self._shapes for line in lines_of(cell))
        return any(
            all(self._lines[line, shape] <= own[line, shape] for line in lines_of(cell))
            for cell, shape in wanted.items()
        )


def _shape(text: str, cell: Address) -> str:
    return shape_of(text.replace("$", ""), *cell[1:])


def _is_whole(part: Part, edit: Edit, terms: CellTerms) -> bool:
    """Whether just the edited cells are wrong, and right under the edit, and nothing is open.

    What nobody understands is wrong by its number.
    """
    results = [own for own in part.results if isinstance(own, CellResult)]
    roots = {address_of(own.sheet, own.cell): own for own in results if own.status is Status.ROOT}
    known = not any(terms.is_opaque(cell) and _gives_what_it_should(own) for cell, own in roots.items())
    known = known and all(own.desired_formula == f"={edit.get(cell)}" for cell, own in roots.items())
    return known and part.counts().not_evaluated == 0 and roots.keys() == edit.keys()


def _gives_what_it_should(result: CellResult) -> bool:
    actual, desired = result.actual, result.desired
    return isinstance(actual, float) and isinstance(desired, float) and abs(actual - desired) <= _SAME * abs(desired)
