"""Which cells of submissions are wrong in themselves: many submissions at once, with numbers that nobody has seen.

Each submission is recalculated with its own numbers and with secret ones. A *round* is one set of numbers; the
submissions are the settings of `verdicts.compare`, the one judge. It says which cells do not follow from what they
read.

Behind a wrong cell much can look right. Whoever multiplies a gate by 0 has a 0 in everything that follows, and a
formula that is wrong in another way may give a 0, too. So wrong cells are *healed*: the right number is put in their
place, and everything is calculated again. A formula that follows from right numbers as well is right; one that does
not was only plausible.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic

import numpy as np

from xlcheck.arrays import Array
from xlcheck.engines.base import Engine, Session
from xlcheck.errors import XlcheckError
from xlcheck.formulas.addresses import Range
from xlcheck.grading.kept import Kept, KeptSession
from xlcheck.grading.prepared import PreparedKey
from xlcheck.grading.submission import State, Submission, computed_otherwise
from xlcheck.graph.evaluate import evaluate
from xlcheck.verdicts.compare import compare
from xlcheck.verdicts.judge import AGREE, NOT_EVALUATED, ROOT, Codes, Mask
from xlcheck.verdicts.placement import Placement, Sighting
from xlcheck.workbook.content import CellError, NotEvaluated, Value

_MOST_HEALINGS = 8
"""As a rule one suffices; each finds at least one more wrong cell, or is the last."""


@dataclass
class Judged:
    """What was found out about one submission.

    Attributes:
        roots: the formulas that are wrong in themselves.
        hidden: those of them that gave right numbers as long as an earlier cell was wrong.
        unknown: the formulas that the engine cannot compute.
        shown: what stands in each cell with the submission's own numbers, `(cells,)`; None if nothing was calculated.
        wanted: what should stand there, given what stands in the cells it is computed from; NaN where unknown.
        typed_right: the cells in which a number was typed, and it is the right one.
        blind: the cells that read something that is no number, so that before healing nobody could tell.
        unproven: the cells of which that is still so, with right numbers in the place of wrong ones.
        errors: the error values among what is shown, by cell.
        first: what stands in each cell in the first round with secret numbers, before anything is healed.
        error: why it could not be calculated.
        failed: when that was found out.
        to_blame: whether no other file was open beside it, so that nothing else can be the reason.
    """

    submission: Submission
    roots: set[int] = field(default_factory=set)
    hidden: set[int] = field(default_factory=set)
    unknown: set[int] = field(default_factory=set)
    shown: Array | None = None
    wanted: Array | None = None
    typed_right: set[int] = field(default_factory=set)
    blind: set[int] = field(default_factory=set)
    unproven: set[int] = field(default_factory=set)
    errors: dict[int, str] = field(default_factory=dict)
    first: Array | None = None
    error: XlcheckError | None = None
    failed: float = 0.0
    to_blame: bool = False

    def fail(self, error: XlcheckError) -> None:
        """Note why it could not be calculated, and when that was found out."""
        self.error, self.failed = error, monotonic()

    @property
    def bad(self) -> set[int]:
        """All cells that hold no right formula."""
        states = self.submission.states
        wrong = {index for index, state in states.items() if state not in {State.EQUAL, State.OTHER}}
        return wrong | self.roots | self.unknown

    @property
    def open(self) -> set[int]:
        """The formulas of which only the numbers tell whether they are right."""
        states = self.submission.states
        return {index for index, state in states.items() if state is State.OTHER} - self.roots - self.unknown


@dataclass
class _Calculated:
    """A submission in an engine, and the numbers of one round after the other, `(cells,)` each."""

    judged: Judged
    session: Session
    areas: list[Range]
    columns: list[int]
    numbers: Array
    otherwise: frozenset[int]
    others: dict[int, Value] = field(default_factory=dict)


def judge_submissions(
    submissions: Sequence[Submission], prepared: PreparedKey, engine: Engine, kept: Kept | None = None
) -> list[Judged]:
    """Judge submissions together where something has to be calculated; in `kept` if their files need not be loaded.

    A file on which the engine's process ends takes those with it that were open beside it. So whatever failed first is
    tried again by itself, where it has only itself to blame, and the others without it.
    """
    judged = {id(one.submission): one for one in _judged_together(submissions, prepared, engine, kept)}
    failed = [one for one in judged.values() if one.error is not None and not one.to_blame]
    failed.sort(key=lambda one: one.failed)
    if failed and (kept is not None or len(submissions) > 1):
        first, *others = [one.submission for one in failed]
        again = [*judge_submissions([first], prepared, engine), *judge_submissions(others, prepared, engine, kept)]
        judged |= {id(one.submission): one for one in again}
    return list(judged.values())


def _judged_together(
    submissions: Sequence[Submission], prepared: PreparedKey, engine: Engine, kept: Kept | None
) -> list[Judged]:
    all_judged = [Judged(submission) for submission in submissions]
    for_typed = prepared.key.rules.typed > 0
    calculated = []
    beside = 0  # files that are open in the process in which the next one will be
    for judged in all_judged:
        if judged.submission.must_be_calculated or (for_typed and State.TYPED in judged.submission.states.values()):
            try:
                calculated.append(_opened(judged, prepared, engine, kept))
                beside += not isinstance(calculated[-1].session, KeptSession)
            except XlcheckError as error:
                judged.fail(error)
                judged.to_blame, beside = beside == 0, 0
    alive = _read(calculated, None, prepared)
    _judge_shown(alive, prepared)
    for number in range(len(prepared.rounds)):
        alive = _read(alive, number, prepared)
        _judge_round(alive, number, prepared)
    _heal(alive, prepared)
    for one in alive:
        one.judged.unknown |= one.judged.open & one.judged.unproven
    return all_judged


def _heal(calculated: Sequence[_Calculated], prepared: PreparedKey) -> None:
    """Put right numbers in the place of wrong cells, and look again, until nothing more is found."""
    # Only where another formula is left that may read a wrong cell is anything to be found behind it.
    pending = [one for one in calculated if one.judged.bad and one.judged.open]
    for _ in range(_MOST_HEALINGS):
        if not pending:
            return
        before = {id(one): len(one.judged.bad) for one in pending}
        for number in range(len(prepared.rounds)):
            pending = _read(pending, number, prepared, heal=True)
            _judge_round(pending, number, prepared, healed=True)
        pending = [one for one in pending if len(one.judged.bad) > before[id(one)] and one.judged.open]


def _opened(judged: Judged, prepared: PreparedKey, engine: Engine, kept: Kept | None) -> _Calculated:
    submission = judged.submission
    session = None if kept is None else kept.session(submission)
    session = engine.open(submission.path) if session is None else session
    if submission.whole:
        areas, columns = [binding.area for binding in prepared.key.bindings], list(range(len(prepared.cells)))
    else:
        found = [(i, place) for i, place in enumerate(submission.places) if place is not None]
        areas, columns = [Range(*place) for _, place in found], [i for i, _ in found]
    otherwise = computed_otherwise(submission, engine.name, closed=isinstance(session, KeptSession))
    return _Calculated(judged, session, areas, columns, np.full(len(prepared.cells), np.nan), otherwise)


def _read(
    calculated: Sequence[_Calculated], number: int | None, prepared: PreparedKey, *, heal: bool = False
) -> list[_Calculated]:
    """Calculate each submission with the numbers of a round (None: its own); those that can be calculated."""
    alive = []
    for one in calculated:
        try:
            _calculate(one, number, prepared, heal=heal)
        except XlcheckError as error:
            one.judged.fail(error)
        else:
            alive.append(one)
    return alive


def _calculate(one: _Calculated, number: int | None, prepared: PreparedKey, *, heal: bool) -> None:
    if number is not None:
        truth = prepared.truth[number]
        for index in (*prepared.origins, *(one.judged.bad if heal else ())):
            place = one.judged.submission.places[index]
            if place is not None:
                sheet, row, column = place
                one.session.set(sheet, row, column, float(truth[index]))
    one.session.recalculate()
    packed = one.session.read_all(one.areas)
    # `placements` list a transposed range in the order of its cells, too.
    one.numbers = np.full(len(prepared.cells), np.nan)
    one.numbers[one.columns] = np.frombuffer(packed.numbers) if len(packed.numbers) else []
    one.others = {one.columns[cell]: value for cell, value in packed.others.items()}
    for index in one.otherwise:
        one.numbers[index], one.others[index] = np.nan, NotEvaluated("the engine computes this otherwise than Excel")


def _judge_round(
    calculated: Sequence[_Calculated], number: int, prepared: PreparedKey, *, healed: bool = False
) -> None:
    if not calculated:
        return
    status, wanted = _status(calculated, prepared, prepared.rounds[number])
    for one, row, local in zip(calculated, status, wanted, strict=True):
        if number == 0 and not healed:
            one.judged.first = one.numbers
            one.judged.blind = set(np.flatnonzero(~np.isfinite(local)).tolist())
        fresh = set(np.flatnonzero((row != AGREE) & ~np.isfinite(local)).tolist())
        one.judged.unproven = fresh if number == 0 else one.judged.unproven | fresh
        for index in one.judged.open:
            if row[index] == ROOT:
                one.judged.roots.add(index)
                if healed and index not in one.judged.blind:
                    one.judged.hidden.add(index)
            elif row[index] == NOT_EVALUATED and (
                healed or not any(index in prepared.followers(bad) for bad in one.judged.bad)
            ):
                one.judged.unknown.add(index)


def _judge_shown(calculated: Sequence[_Calculated], prepared: PreparedKey) -> None:
    """The round of each submission's own numbers; submissions with the same numbers are judged together."""
    groups: dict[bytes, list[_Calculated]] = {}
    origins = list(prepared.origins)
    for one in calculated:
        one.judged.shown = one.numbers
        one.judged.errors = {i: value.code for i, value in one.others.items() if isinstance(value, CellError)}
        if np.isfinite(one.numbers[origins]).all():
            groups.setdefault(one.numbers[origins].tobytes(), []).append(one)
    for group in groups.values():
        given = {name: np.array(value) for name, value in prepared.key.given.items()}
        for index, (name, element) in prepared.origins.items():
            given[name].reshape(-1)[element] = group[0].numbers[index]
        values = evaluate(prepared.key.graph, given)
        if not all(np.isfinite(value).all() for value in values.values()):
            continue
        asked = {i for one in group for i, s in one.judged.submission.states.items() if s in {State.OTHER, State.TYPED}}
        status, wanted = _status(group, prepared, values, asked)
        for one, row, local in zip(group, status, wanted, strict=True):
            judged, states = one.judged, one.judged.submission.states
            judged.wanted = local
            judged.roots |= {index for index in judged.open if row[index] == ROOT}
            judged.typed_right = {i for i, s in states.items() if s is State.TYPED and row[i] < NOT_EVALUATED}


def _status(
    calculated: Sequence[_Calculated],
    prepared: PreparedKey,
    values: dict[str, Array],
    asked: Collection[int] | None = None,
) -> tuple[Codes, Array]:
    """The verdict on each cell, and what should stand there given the sheet's own numbers, `(submissions, cells)`.

    Args:
        calculated: submissions with the same numbers.
        prepared: the key.
        values: what follows from these numbers.
        asked: the cells about which anybody asks; all by default.
    """
    if prepared.is_batch and len(calculated) > 1:
        alone = [_status([one], prepared, values, asked) for one in calculated]
        return np.concatenate([status for status, _ in alone]), np.concatenate([wanted for _, wanted in alone])
    numbers = np.array([one.numbers for one in calculated])
    needed = prepared.quantities_for(asked) if asked is not None else None
    unknown = [
        (row, index, value)
        for row, one in enumerate(calculated)
        for index, value in one.others.items()
        if isinstance(value, NotEvaluated)
    ]
    sightings: dict[int, tuple[Sighting, slice]] = {}
    for placement, columns in prepared.columns:
        if needed is None or placement.quantity in needed:
            start, stop = columns.start, columns.stop
            others = {(row, index - start): value for row, index, value in unknown if start <= index < stop}
            made = sighting(placement, numbers[:, columns], others)
            sightings[id(made)] = made, columns
    status: Codes = np.zeros(numbers.shape, dtype=np.int8)
    wanted = np.array(np.broadcast_to(prepared.values_in_cells(values), numbers.shape))
    everything = [made for made, _ in sightings.values()]
    for verdicts in compare(prepared.key.graph, everything, values, prepared.tolerance, [0] * len(calculated)):
        _, columns = sightings[id(verdicts.sighting)]
        status[:, columns] = verdicts.status
        if verdicts.local is not None:
            wanted[:, columns] = verdicts.local
    return status, wanted


def sighting(placement: Placement, numbers: Array, others: Mapping[tuple[int, int], Value] | None = None) -> Sighting:
    """What stands in the cells of a placement, of which nothing is asked but the numbers."""
    yes: Mask = np.ones(placement.codes.size, dtype=bool)
    return Sighting(placement, numbers, others or {}, is_formula=yes, must_be_formula=~yes, as_written=~yes)
