"""Check a part of a workbook as the training of a dense network: accept a reading of it, or see none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping

import numpy as np

from xlcheck.formulas.algebra import Address, Term
from xlcheck.formulas.scalars import Words
from xlcheck.handmade.backward.best_reading import best_reading
from xlcheck.handmade.backward.data import data_cells, may_learn, moves_factors
from xlcheck.handmade.backward.evaluation import value_of
from xlcheck.handmade.backward.own_beginnings import with_own_beginnings
from xlcheck.handmade.backward.roles import Reading, read_under
from xlcheck.handmade.backward.sheet import Sheet
from xlcheck.handmade.backward.steps import Step, exact_updates
from xlcheck.handmade.backward.unwritten import with_data, with_outputs
from xlcheck.handmade.backward.updates import find_updates
from xlcheck.handmade.backward_judging.family import amendments, place_of, stands_for_learnt
from xlcheck.handmade.backward_judging.habits import is_weighted
from xlcheck.handmade.backward_judging.judge import Judge
from xlcheck.handmade.backward_judging.verdicts import Verdicts
from xlcheck.handmade.reading.cell_terms import CellTerms, in_order
from xlcheck.handmade.reading.cells import CellTable, CellValues
from xlcheck.handmade.reading.results import results_of
from xlcheck.learning.dense_gradients import LEAKY, PERCEPTRON, DenseGradients, losses_of
from xlcheck.verdicts.parts import Part
from xlcheck.verdicts.report import Status
from xlcheck.verdicts.tolerance import Tolerance

_KINKED = ("relu", LEAKY)
_SAME = 1e-9
_OF_TWO_VALUES = (
    "This, or what it reads, does not follow the perceptron's rule; outputs of two values do not tell which."
)
_OF_TWO_LOSSES = (
    "This, or what other gradients follow from, does not fit the loss, and no cell says which loss is meant."
)
_WEIGHTED = "This multiplies by another number than formulas in line with it, which multiply by 1, and may be meant to."
_IN_WORDS = "This, or a word that it goes by, does not follow the rule by which the weights move."
_LARGE = 4_000
"""Formulas of a part up to which a training is looked for."""
_FEW = 4
"""Steps with cells that break their lines, of which each is looked at by itself."""
_ENOUGH = 2
"""Updates, or gradients where nothing is updated, that have to be exact before anything is believed."""


def told_by_words(table: CellTable, values: CellValues, tolerance: Tolerance, ask: DenseGradients) -> Part | None:
    """The same where formulas go by what others say in words, as `yes` and `no`: nobody is blamed for a word."""
    terms = CellTerms(table, values, words=True)
    said = {cell for cell, words in (terms.words or {}).items() if isinstance(words, Words)}
    sheet = sheet_of(terms) if said else None
    reading = None if sheet is None else best_reading(sheet, ask)
    part = None if reading is None else judged_with(table, values, tolerance, reading, {}, terms)
    return None if part is None else part.without_blame(_IN_WORDS)


def is_open(part: Part | None) -> bool:
    """Whether nobody is blamed, and something is not known."""
    if part is None:
        return True
    counts = part.counts()
    return not counts.root and counts.not_evaluated > 0


def in_lines(
    table: CellTable, values: CellValues, tolerance: Tolerance, reading: Reading, copies: Mapping[Address, str]
) -> Part | None:
    """What became of a sheet as it is read, but for cells that break their lines, or are unlike those of its copies."""
    terms, ask = reading.sheet.terms, reading.ask
    lines = {**copies, **amendments(table, reading)}
    samples = (sample for step in reading.steps for sample in step.truth.network.samples)
    given = reading.data.union(*(sample.ones for sample in samples))
    amended = {
        cell: text for cell, text in lines.items()
        if terms.term_of(cell, text) is not None and (cell not in given or _is_among_learnt(cell, reading))
    }  # fmt: skip
    if amended:
        better = read_with(table, values, amended, ask)
        if better is not None and not _is_better(better, reading):
            formulas = {cell: text for cell, text in amended.items() if table.is_formula(cell)}
            several = ((own, read_with(table, values, own, ask)) for own in _by_step(formulas, reading))
            amended, better = next(
                ((own, r) for own, r in several if r is not None and _is_better(r, reading)), (amended, better)
            )
        if better is None or not _is_better(better, reading):
            told = amended.items() if better is not None else ()
            amended = {cell: text for cell, text in told if better and _is_told_by_its_line(cell, reading, better)}
            better = read_with(table, values, amended, ask) if amended else None
            if better is not None and exact_updates(better.steps) < exact_updates(reading.steps):
                better = None  # what others of its line have puts wrong what was right
        amended, reading = (amended, better) if better is not None else ({}, reading)
        amended = {cell: text for cell, text in amended.items() if _differs(cell, terms, reading.sheet)}
    return judged_with(table, values, tolerance, reading, amended, terms)


def _by_step(amended: Mapping[Address, str], reading: Reading) -> Iterator[dict[Address, str]]:
    """The formulas that break their lines, those of each step apart: what begins a line is as it has to be."""
    steps: dict[tuple[str, int], dict[Address, str]] = defaultdict(dict)
    for cell, text in amended.items() if reading.stride is not None else ():
        steps[place_of(cell, reading.stride or (0, 0))][cell] = text
    yield from steps.values() if len(steps) <= _FEW else ()


def judged_with(
    table: CellTable,
    values: CellValues,
    tolerance: Tolerance,
    reading: Reading,
    amended: Mapping[Address, str],
    terms: CellTerms,
) -> Part | None:
    """What became of a sheet that was read with some cells amended; None if it is no training for certain."""
    near = best_reading(Sheet(reading.sheet.terms, reading.sheet), reading.ask) if _has_kinks(reading.sheet) else None
    if _explains_most(reading):
        opaque = {cell for cell in amended if terms.is_opaque(cell)}
        said = Verdicts(table, values, tolerance, reading)
        part = Judge(said, _accepted(reading), near, amended, opaque=opaque).outcome()
        results = results_of([part])
        statuses = {own.status for own in results.values()}
        if Status.CARRIED in statuses and Status.ROOT not in statuses:
            return part.without_blame("This follows from what may be wrong; nothing tells which cell is.")
        if Status.ROOT in statuses and _may_have_another_loss(reading):
            return part.without_blame(_OF_TWO_LOSSES)
        if any(own.status is Status.ROOT and is_weighted(cell, table) for cell, own in results.items()):
            return part.without_blame(_WEIGHTED)
        return part.without_blame(_OF_TWO_VALUES) if reading.steps[0].truth.loss == PERCEPTRON else part
    if near is not None and _explains_most(near):
        return Judge(Verdicts(table, values, tolerance, near), _accepted(near), None, {}).outcome()
    return None


def _may_have_another_loss(reading: Reading) -> bool:
    """Whether as many updates follow another loss, and none is written: what is wrong by one of them is right by one.

    So it is where errors are handed back as popular books do, without the slope of the output.
    """
    if any(role.quantity.name.startswith("E") for _, role in reading.roles.values()):
        return False
    known, count = reading.steps[0].truth.loss, exact_updates(reading.steps)
    losses = {loss for own in reading.sheet.networks for loss in losses_of(own.layers[-1].activation)} - {known}
    others = (read_under(reading.sheet, loss, reading.ask) for loss in sorted(losses))
    return any(exact_updates(other.steps) >= count > 0 for other in others)


def may_be_trained(terms: CellTerms) -> bool:
    """Whether a part without a verdict seems to move weights towards targets, so that it matters that it has none.

    Args:
        terms: what its formulas compute.
    """
    terms = with_outputs(with_data(terms))
    updates = find_updates(terms, in_order(terms.reads), terms.reads)
    return (bool(updates) and may_learn(terms, updates)) or moves_factors(terms)


def sheet_of(terms: CellTerms) -> Sheet | None:
    """The sheet with its networks; inputs and targets that are computed count as given where that shows more layers.

    Outputs get cells of their own if there is no network otherwise, or none that reads some of the weights that move;
    then inputs and targets, too, that are made within formulas.
    """
    sheets: list[Sheet] = []
    for own in _written_apart(with_own_beginnings(terms.deciding())):
        for given in dict.fromkeys((frozenset[Address](), data_cells(own))):
            left = _with_given(own, given) if given else own
            sheets += [Sheet(left)] if may_learn(left) else []
        best = max(sheets, key=lambda own: sum(len(network.layers) for network in own.networks), default=None)
        if best is not None and best.networks and not _idle(best):
            break
    return best if best is not None and best.networks else None


def _with_given(terms: CellTerms, given: frozenset[Address]) -> CellTerms:
    """The same, for which some cells count as given; those that make the same of the same cells are one."""
    first: dict[Term, Address] = {}
    for cell in sorted(given):
        first.setdefault(terms[cell], cell)
    again = {cell: terms.algebra.leaf(first[terms[cell]]) for cell in given.difference(first.values())}
    left = terms.restricted([cell for cell in terms if cell not in given or cell in again], {*first.values()})
    return left.edited(again) if again else left


def _written_apart(terms: CellTerms) -> Iterator[CellTerms]:
    """What formulas compute, as it is, and with cells for what stands within formulas."""
    yield terms
    if (apart := with_outputs(terms)) is not terms:
        yield apart
    if (made := with_data(terms)) is not terms:
        yield with_outputs(made)


def _idle(sheet: Sheet) -> frozenset[Address]:
    """The weights that move, and that no network reads."""
    read = frozenset[Address]().union(*(network.weights for network in sheet.networks))
    return frozenset(sheet.updates.values()) - read


def read_with(
    table: CellTable,
    values: CellValues,
    amended: Mapping[Address, str],
    ask: DenseGradients,
    among: Collection[str] = (),
) -> Reading | None:
    """The sheet with other formulas in some cells; None where it has no network then."""
    sheet = sheet_of(CellTerms(table, values, amended))
    return None if sheet is None else best_reading(sheet, ask, among)


def _differs(cell: Address, terms: CellTerms, amended: Sheet) -> bool:
    """Whether a cell as it stands computes something else than amended, be it for other numbers than those shown."""
    if cell not in terms:
        return True
    if cell not in amended.updates and cell not in amended.cells:
        return False
    wanted = amended.after[cell] if cell in amended.updates else amended.cells[cell]
    return not np.allclose(value_of(terms[cell], amended.cells), wanted, rtol=_SAME, atol=_SAME, equal_nan=True)


def _is_among_learnt(cell: Address, reading: Reading) -> bool:
    """Whether what stands in the place of an input is none, by the steps beside.

    Unless all weights of a step that reads it move as they have to.
    """
    exact = (own.truth.network for own in reading.steps if own.moves and None not in own.moves.values())
    if any(cell in row for network in exact for own in network.samples for row in (own.inputs, own.ones, own.targets)):
        return False
    return stands_for_learnt(cell, reading)


def _is_told_by_its_line(cell: Address, reading: Reading, better: Reading) -> bool:
    """Whether a formula holds something of its step, and as the others of its line have it something else, or more."""
    both = [own.roles[cell] for own in (reading, better) if cell in own.roles]
    held = {(own.quantity.name, f"{np.ravel(own.factor)[-1]:.9g}") for _, own in both}
    return len(both) > 1 and len({step for step, _ in both}) == 1 and len(held) > 1


def _is_better(one: Reading, other: Reading) -> bool:
    """Whether a reading explains more steps, updates, gradients or cells than another one, and none of them less."""
    pairs = list(zip(_explained(one), _explained(other), strict=True))
    return all(x >= y for x, y in pairs) and any(x > y for x, y in pairs)


def _explained(reading: Reading) -> tuple[int, ...]:
    held = sum(reading.held_gradients(number) for number in range(len(reading.steps)))
    exact = exact_updates(reading.steps)
    # An update that adds nothing is no update but a copy of a weight, as cells of the forward part are.
    moved = {update for step in reading.steps for update, move in step.moves.items() if move is not None}
    known = len(moved | reading.roles.keys() | reading.forward.keys())
    return len(_accepted(reading)), exact, exact + held, exact + len(reading.roles), known


def _accepted(reading: Reading) -> frozenset[int]:
    """The accepted steps, and the last one after them, from which nothing is learnt any more."""
    learning = [n for n, step in enumerate(reading.steps) if not step.truth.network.is_held_out]
    accepted = {number for number in learning if is_accepted(reading, number)}
    known = {cell for number in accepted for cell in reading.steps[number].truth.network.weights}
    after = {update for number in accepted for update in reading.steps[number].moves}
    for number, step in enumerate(reading.steps):
        weights = step.truth.network.weights
        before = {reading.sheet.updates.get(cell, cell) for cell in weights}
        if step.truth.network.is_held_out:
            shows = any(role.quantity.name == "E" for at, role in reading.roles.values() if at == number)
            accepted |= {number} if shows and weights <= known | after else set()
        elif not step.moves and before <= known and before != weights:
            accepted.add(number)
    return frozenset(accepted)


def _explains_most(reading: Reading) -> bool:
    """Whether steps are accepted, and most of those that move weights: few may look like a training by chance."""
    accepted, moving = _accepted(reading), {number for number, step in enumerate(reading.steps) if step.moves}
    return bool(accepted) and 2 * len(accepted & moving) >= len(moving)


def tells_weights(step: Step) -> bool:
    """Whether weights move, or are read by several samples or inputs by several units: else each may be the other."""
    network = step.truth.network
    return bool(step.moves) or len(network.samples) > 1 or len(network.layers[0].kernel[0]) > 1


def _has_kinks(sheet: Sheet) -> bool:
    """Whether an activation has a kink, so that a formula may be right on one side of it only."""
    return any(layer.activation.startswith(_KINKED) for network in sheet.networks for layer in network.layers)


def is_accepted(reading: Reading, number: int) -> bool:
    """Whether a network is trained for certain: updates of the usual form follow its gradients, at least half of them.

    Of one that is unrolled over its steps a few are enough: one cell on the way back through time spoils most of them.

    Where nothing is updated, the gradients of half of the weights must stand somewhere.
    """
    step, usual = reading.steps[number], reading.usual(number)
    held = reading.held_gradients(number)
    if step.moves:
        exact = sum(move is not None and move.form in usual for move in step.moves.values())
        most = 2 * exact >= len(step.moves) or bool(step.truth.network.before)
        return exact > 0 and exact + held >= _ENOUGH and most
    return reading.is_about_weights(number) and held >= _ENOUGH and 2 * held >= len(step.truth.network.weights)
