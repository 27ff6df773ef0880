"""Which slips in a training are worth a reading: those that its cells tell of, and not what is meant or a habit."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import chain, combinations, starmap

import numpy as np

from xlcheck.formulas.algebra import Address, Leaf, Term, number_of
from xlcheck.formulas.shapes import operands, skeleton
from xlcheck.handmade import effort
from xlcheck.handmade.backward.coefficients import SETTINGS
from xlcheck.handmade.backward.data import behind
from xlcheck.handmade.backward.evaluation import same, value_of
from xlcheck.handmade.backward.roles import Reading
from xlcheck.handmade.backward.sheet import Sheet
from xlcheck.handmade.backward.updates import first_weights
from xlcheck.handmade.backward_judging.family import place_of, stands_for_learnt
from xlcheck.handmade.backward_judging.habits import HABIT, Habits
from xlcheck.handmade.backward_judging.multiplied_otherwise import as_multiplied
from xlcheck.handmade.backward_judging.slips import Edit, Slips, idle_cells, named_cells
from xlcheck.handmade.families.sequences import out_of_sequence
from xlcheck.handmade.families.unlike_kin import between, in_pattern, unlike_kin
from xlcheck.handmade.reading.cell_terms import CellTerms
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.digits import agrees
from xlcheck.handmade.reading.evaluated import computed
from xlcheck.handmade.reading.offsets import Offset, beside_at, offset, offset_between
from xlcheck.handmade.reading.reached import reached
from xlcheck.handmade.reading.results import results_of
from xlcheck.verdicts.parts import Part
from xlcheck.verdicts.report import Status

_LARGEST = 300
_SAME = 1e-9
_NEXT = 2
"""Distances between weights that are looked at: of several in a line, and of those of two trainings."""


class LikelySlips:
    """The edits of a training that are worth a reading.

    Args:
        table: the cells.
        terms: what they compute.
        reading: the sheet as it stands, if there is a network in it.
        part: what became of it, if it was accepted.
        sheet_of: finds the networks.
        copies: the cells that all other copies of their worksheet have otherwise, and the formula there.

    Attributes:
        is_certain: whether what there is of a training is accepted.
    """

    def __init__(
        self,
        table: CellTable,
        terms: CellTerms,
        reading: Reading | None,
        part: Part | None,
        sheet_of: Callable[[CellTerms], Sheet | None],
        copies: Edit,
    ) -> None:
        self._table, self._terms, self._reading, self._copies = table, terms, reading, copies
        self.is_certain = part is not None
        self._right = frozenset[Address]() if part is None else table.texts.keys() - results_of([part]).keys()
        self._unknown = {*table.texts} if part is None else {*results_of([part], {Status.NOT_EVALUATED})}
        steps = () if reading is None else reading.steps
        self._learning = {own for step in steps for own, move in step.moves.items() if move is not None}
        self._idle = idle_cells(table)
        self._habits = Habits(table, self._idle)
        self._computing = set[Address]() if reading is None else _computing_with_unknown(self._unknown, reading)
        self._promise = _Promise(terms, reading, sheet_of, self._computing, is_accepted=part is not None)

    def by_likelihood(self) -> Iterator[tuple[bool, Iterator[Edit]]]:
        """The edits of each kind, the likeliest kind first; and whether other formulas tell what should stand there."""
        stride = None if self._reading is None else self._reading.stride
        yield True, filter(None, map(self._but_for_the_same, (*in_pattern(self._table), *between(self._table))))
        strides = [] if stride is None else [stride, *self._between_trainings()]
        multiplied = as_multiplied(self._table, self._reading)
        told = chain([self._copies], out_of_sequence(self._table), multiplied, unlike_kin(self._table, strides))
        kin = filter(None, map(self._but_for_the_same, told))
        yield True, (own for own in kin if not self._is_meant_otherwise(own) and self._tells(own))
        slips = Slips(self._table, self._terms, stride, self._suspects(), self._idle)
        if self.is_certain:
            yield from self._known_first(slips)
        if not self.is_certain and len(self._table.texts) > _LARGEST:  # its lines say what is wrong in single cells
            lines = (own for own in slips.of_idle() if len(own) >= HABIT and self._habits.reads_idle(own))
            yield False, filter(self._is_worth, lines)
        else:
            yield from ((False, filter(self._is_worth, edits)) for edits in slips.by_likelihood())

    def _known_first(self, slips: Slips) -> Iterator[tuple[bool, Iterator[Edit]]]:
        """Formulas as they are beside: those first that hold, under the edit, what a step is known to have."""
        filled = (own for own in slips.filled_from_beside() if not self._learning >= own.keys())
        filled = (own for own in filled if self._may_settle_all(own) and not self._is_meant_otherwise(own))
        away = filter(self._is_likely, slips.as_a_step_away())
        others: tuple[list[Edit], list[Edit]] = ([], [])
        yield False, self._kept(filled, others[0])
        yield True, self._kept(away, others[1])
        yield False, filter(self._tells, others[0])
        yield False, filter(self._promise.of, others[1])

    def _kept(self, edits: Iterable[Edit], left: list[Edit]) -> Iterator[Edit]:
        """Those after which cells hold what a step is known to have; the others are left."""
        for edit in edits:
            effort.require_time()
            if self._promise.is_kept(edit):
                yield edit
            else:
                left.append(edit)

    def _suspects(self) -> set[Address]:
        """The cells that may be wrong.

        Where a training is certain, these are formulas of which nothing is known, though all that they read is, those
        that compute with a weight of which it is not known how it moves, and typed numbers for which a formula stands
        at the step beside.
        """
        table, reading, unknown = self._table, self._reading, self._unknown
        if not self.is_certain or reading is None:
            return {*table.texts, *table.typed_numbers}
        reads, stride = self._terms.reads, reading.stride if len(reading.steps) > 1 else None
        beginnings = {cell for cell in unknown if unknown.isdisjoint(reads.get(cell, ()))}
        read = {own for cell in beginnings for own in reads.get(cell, ()) if isinstance(self._terms.get(own), Leaf)}
        copies = {own for own in read if unknown.issuperset(self._terms.readers[own])}  # perhaps of something else
        if stride is None:
            return {*beginnings, *copies, *self._computing, *table.typed_numbers}
        outputs = (sample.outputs[-1][0] for step in reading.steps for sample in step.truth.network.samples)
        places = {place_of(cell, stride) for cell in (*outputs, *reading.sheet.updates)}  # elsewhere are new inputs
        typed = {c for c in table.typed_numbers if any(own in table.texts for own in beside_at(c, stride))}
        known_places = {cell for cell in beginnings | typed if place_of(cell, stride) in places}
        return copies | self._computing | known_places

    def _between_trainings(self) -> list[Offset]:
        """How far the weights of one training are away from those of the next one, where several stand beside it."""
        if self._reading is None:
            return []
        within = defaultdict[Address, set[int]](set)
        for number, weight in ((n, w) for n, own in enumerate(self._reading.sheet.networks) for w in own.weights):
            within[weight].add(number)
        firsts = {*first_weights(self._reading.sheet.updates).values()}
        pairs = ((a, b) for a, b in combinations(sorted(firsts), 2) if a[0] == b[0])
        pairs = ((a, b) for a, b in pairs if within[a].isdisjoint(within[b]))
        far = Counter(starmap(offset_between, pairs))
        return [by for by, count in far.most_common(_NEXT) if count > 1 and 0 in by]

    def _is_worth(self, edit: Edit) -> bool:
        return self._is_likely(edit) and self._promise.of(edit)

    def _is_likely(self, edit: Edit) -> bool:
        """Whether an edit is worth another look."""
        effort.require_time()  # of many edits few are
        likely = not self._habits.is_one(edit) and not self._learning >= edit.keys() and self._may_be_meant(edit)
        return likely and self._may_settle_all(edit)

    def _may_be_meant(self, edit: Edit) -> bool:
        """Whether no cell is known to be right beside others that are not, and nothing else is meant to stand there."""
        is_partly_right = 0 < len(self._right & edit.keys()) < len(edit)
        return not (is_partly_right or self._is_meant_otherwise(edit))

    def _is_meant_otherwise(self, edit: Edit) -> bool:
        """Whether cells only show something, or a number may be meant where a formula would stand."""
        effort.require_time()
        certain = self._reading if self.is_certain else None
        shows = _only_shows(edit, self._table, self._terms, certain)
        updates = self._table.texts if self._reading is None else self._reading.sheet.updates
        typed = {cell: own for cell, own in edit.items() if not _stands_between_filled(cell, self._table, updates)}
        return shows or _may_be_typed(typed, self._table, self._terms, certain)

    def _but_for_the_same(self, edit: Edit) -> Edit:
        """An edit without the formulas that are only written otherwise."""
        return {cell: text for cell, text in edit.items() if not self._computes_the_same(cell, text)}

    def _computes_the_same(self, cell: Address, text: str) -> bool:
        """Whether a formula gives what another one would, under all settings, or today where there are none."""
        terms = self._terms if self._reading is None else self._reading.sheet.terms
        own, other = terms.get(cell), terms.term_of(cell, text)
        if own is None or other is None or cell in self._table.arrays:
            return False
        if self._reading is not None:
            cells = self._reading.sheet.cells
            return own is other or same(value_of(own, cells), value_of(other, cells))

        def given(leaf: Term) -> float | None:
            return terms.number(leaf.cell) if isinstance(leaf, Leaf) else None

        return own is other or math.isclose(number_of(own, given), number_of(other, given), rel_tol=_SAME)

    def _tells(self, edit: Edit) -> bool:
        """Whether what others would have in the place of cells says more of a network, or may help what is unknown."""
        readers = (reader for cell in edit for reader in self._terms.readers.get(cell, ()))
        stride = None if self._reading is None else self._reading.stride
        if stride and self._right.issuperset(edit) and len({place_of(cell, stride) for cell in edit}) > 1:
            return False  # nobody does all of that wrong in the same way, and is right
        touches = self.is_certain and not self._unknown.isdisjoint({*edit, *readers})
        return touches or self._promise.of(edit)

    def _may_settle_all(self, edit: Edit) -> bool:
        """Whether all that is unknown depends on what an edit changes, or is read by it."""
        terms = self._terms
        below = {*edit, *reached(edit, lambda cell: terms.readers.get(cell, ()))}
        if not self.is_certain or below >= self._unknown:
            return True
        named = {own for cell, text in edit.items() for cells in named_cells(cell, text) for own in cells}
        return self._unknown <= below | named | reached(named, lambda cell: terms.reads.get(cell, ()))


def _computing_with_unknown(unknown: Collection[Address], reading: Reading) -> set[Address]:
    """The formulas of the forward pass that compute with a weight of which it is not known how it moves."""
    sheet = reading.sheet
    moved = {weight for update, weight in sheet.updates.items() if update in unknown}
    return {own for weight in moved for own in sheet.terms.readers.get(weight, ()) if own in reading.forward}


def _may_be_typed(edit: Edit, table: CellTable, terms: CellTerms, reading: Reading | None) -> bool:
    """Whether a number is not what the formula in its place gives: a training may begin anew with other weights.

    Nobody types what is neither a weight nor an input or a target, such as a velocity.
    """
    typed = edit.keys() & table.typed_numbers.keys()
    if reading is not None:
        weights = (step.truth.network.weights for step in reading.steps)
        typed &= {*reading.data}.union(*weights)
        typed = {cell for cell in typed if not _stands_between_learnt(cell, table, reading)}
    for cell in typed:
        wanted, number = computed(edit[cell], cell, table, terms.value), float(table.typed_numbers[cell])
        if wanted is None or not agrees(wanted, number):
            return True
    return False


def _stands_between_filled(cell: Address, table: CellTable, updates: Collection[Address]) -> bool:
    """Whether a cell is right between two formulas of which one was filled from the other, and that move no weights."""
    sides = ([offset(cell, by, k) for k in (-1, 1)] for by in ((0, 1), (1, 0)))
    return any({*s} <= table.texts.keys() and {*s}.isdisjoint(updates) and table.fills(*s) for s in sides)


def _stands_between_learnt(cell: Address, table: CellTable, reading: Reading) -> bool:
    """Whether formulas stand on both sides of a number that compute from weights, as outputs of a hidden unit."""
    sides = [own for own in beside_at(cell, reading.stride) if own in table.texts and own not in reading.sheet.updates]
    return len(sides) > 1 and cell in reading.data and stands_for_learnt(cell, reading)


def _only_shows(edit: Edit, table: CellTable, terms: CellTerms, reading: Reading | None) -> bool:
    """Whether a formula that nobody reads becomes what none of its line at the steps beside is: it may show anything.

    Or it becomes what reads an empty cell, as a mean does that moves beyond the last step.
    """
    stride = None if reading is None else reading.stride
    for cell in (own for own in edit if own in table.texts and not terms.readers.get(own)) if stride else ():
        areas = [ref.area(cell[0]) for ref in operands(edit[cell])]
        read = {(area.sheet, *place) for area in areas if area.size < _LARGEST for place in area.cells()}
        kinds = {skeleton(edit.get(own, table.texts[own])) for own in beside_at(cell, stride) if own in table.texts}
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
        computing: formulas that compute with a weight of which it is not known how it moves.
        is_accepted: whether what there is of a training is certain.
    """

    def __init__(
        self,
        terms: CellTerms,
        reading: Reading | None,
        sheet_of: Callable[[CellTerms], Sheet | None],
        computing: Collection[Address],
        *,
        is_accepted: bool,
    ) -> None:
        self._reading, self._sheet_of, self._is_accepted = reading, sheet_of, is_accepted
        self._computing = frozenset(computing)
        self._terms = terms if reading is None else reading.sheet.terms
        self._behind = set[Address]() if reading is None else _behind(reading)
        self._base = None if reading is None else _size(reading.sheet)

    def of(self, edit: Edit) -> bool:
        """Whether the sheet has more of a network under an edit, or the edited cells hold what they did not."""
        new = {cell: term for cell, text in edit.items() if (term := self._terms.term_of(cell, text)) is not None}
        if len(new) < len(edit):
            return False
        if self._reading is not None and self._behind.issuperset(new):
            is_kept = self.is_kept(edit)
            if is_kept or self._is_accepted:
                return is_kept
        terms = self._terms.edited(new)
        sheet = self._sheet_of(terms) if self._reading is None else Sheet(terms)
        if sheet is None or self._base is None:
            return sheet is not None
        size, computes = _size(sheet), self._is_accepted and self._computing.issuperset(new)
        return size > self._base or (computes and size == self._base)

    def is_kept(self, edit: Edit) -> bool:
        """Whether all of some cells behind the outputs would hold what a step is known to have.

        Args:
            edit: cell → the formula.
        """
        terms = {cell: self._terms.term_of(cell, text) for cell, text in edit.items()}
        reading = self._reading if self._behind.issuperset(edit) else None
        return reading is not None and all(
            term is not None and self._has_role(cell, term, reading) for cell, term in terms.items()
        )

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
