"""What became of the cells of some networks: align them, ask Keras, judge each formula cell."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType

import numpy as np

from xlcheck.errors import UsageError
from xlcheck.formulas.addresses import cell_name
from xlcheck.formulas.algebra import Address
from xlcheck.graph.trace import Trace
from xlcheck.handmade.accepting.keras_answers import Recompute
from xlcheck.handmade.accepting.perturb import disagreeing, with_perturbation
from xlcheck.handmade.accepting.stored import stored_values
from xlcheck.handmade.alignment.assignment import Assignment, assign
from xlcheck.handmade.alignment.right_values import RightValues
from xlcheck.handmade.alignment.rivals import explained
from xlcheck.handmade.alignment.unrecognised import HOW, Unrecognised, unrecognised
from xlcheck.handmade.equations.placement import Placement
from xlcheck.handmade.judging.diagnose import Diagnoser
from xlcheck.handmade.judging.explain import Explainer
from xlcheck.handmade.judging.inputs import Correction, correct_inputs
from xlcheck.handmade.judging.unrelated import unrelated
from xlcheck.handmade.judging.verdicts import NOISE, Judge, Verdict
from xlcheck.handmade.networks.by_value import GivenModel
from xlcheck.handmade.networks.network import Network, given_cells, numbers_in
from xlcheck.handmade.networks.targets import free_targets
from xlcheck.handmade.networks.weights import WeightReport, compare_weights
from xlcheck.handmade.reading.cell_terms import CellTerms
from xlcheck.handmade.reading.cells import CellTable, address_of, show
from xlcheck.handmade.reading.engine_choice import Answers
from xlcheck.handmade.reading.given_by_formulas import drawn_cells
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.handmade.reading.reached import reached
from xlcheck.handmade.reading.results import result_at
from xlcheck.verdicts.messages import UNBOUND, first_of
from xlcheck.verdicts.report import CellResult, Status
from xlcheck.verdicts.tolerance import Tolerance
from xlcheck.workbook.content import CellError, NotEvaluated, Value

CORRECT = "correct the workbook or the bindings"
"""What to do where bindings name a cell without a number."""


@dataclass(frozen=True)
class Outcome:
    """What became of the cells of some networks.

    Attributes:
        table: the cells that were looked at.
        precedents: who reads what.
        networks: the networks.
        traces: Keras's values for each of them.
        aligned: what each cell should hold.
        verdicts: the verdict on each cell that belongs to a network.
        results: each cell that is not simply right.
        notes: what a reader should know of it.
        weights: cells of weights that were compared with those of a model.
        left: what belongs to a network, or may belong to it, and was not checked.
        elsewhere: cells of these that have their verdict in another outcome.
    """

    table: CellTable
    precedents: Precedents
    networks: tuple[Network, ...]
    traces: tuple[Trace, ...]
    aligned: Assignment
    verdicts: tuple[Verdict, ...]
    results: tuple[CellResult, ...]
    notes: tuple[str, ...]
    weights: Collection[Address]
    left: Unrecognised
    elsewhere: frozenset[Address] = frozenset()

    def read(self, cell: Address) -> list[Address]:
        """The cells that a cell's formula reads."""
        return self.precedents.of(cell)

    def but_for(self, cells: Collection[Address]) -> Outcome:
        """The same without a word on those of its cells that have their verdict elsewhere.

        Args:
            cells: the cells that have one.
        """
        again = told_by([self]).intersection(cells)
        names = {(cell[0], cell_name(cell[1], cell[2])) for cell in again}
        verdicts = tuple(verdict for verdict in self.verdicts if verdict.cell not in again)
        results = tuple(result for result in self.results if (result.sheet, result.cell) not in names)
        return replace(self, verdicts=verdicts, results=results, elsewhere=self.elsewhere | again)

    def without(self, cells: Collection[Address], why: str) -> Outcome:
        """The same without a verdict on some cells.

        Args:
            cells: the cells.
            why: what to say of them.
        """
        verdicts = {verdict.cell: verdict for verdict in self.verdicts}
        names = {(cell[0], cell_name(cell[1], cell[2])) for cell in cells}
        results = [result for result in self.results if (result.sheet, result.cell) not in names]
        for cell in sorted(cells):
            found = verdicts.pop(cell, None)
            if found is not None and self.table.is_formula(cell):
                results.append(result_at(self.table, cell, Status.NOT_EVALUATED, why, found.actual))
        return replace(self, verdicts=tuple(verdicts.values()), results=tuple(results))

    @cached_property
    def called_wrong(self) -> Mapping[Address, CellResult]:
        """The cells that are called wrong in themselves, each with what is said of it."""
        return {address_of(own.sheet, own.cell): own for own in self.results if own.status is Status.ROOT}

    @property
    def roots(self) -> list[Verdict]:
        """The verdicts on cells that are wrong in themselves."""
        return [verdict for verdict in self.verdicts if verdict.status is Status.ROOT]


def judged(
    table: CellTable,
    answers: Answers,
    precedents: Precedents,
    networks: tuple[Network, ...],
    recompute: Recompute,
    tolerance: Tolerance,
    *,
    model: GivenModel | None = None,
    perturb: int = 0,
    known: Mapping[Address, float] = MappingProxyType({}),
    placement: Placement | None = None,
) -> Outcome:
    """Compare the cells of networks with Keras.

    Args:
        table: the cells to be looked at.
        answers: what they hold, and the engine to ask again.
        precedents: who reads what.
        networks: what is computed there.
        recompute: asks Keras what a model computes with given weights, inputs and states.
        tolerance: what counts as agreement.
        model: a model whose weights the cells should hold.
        perturb: how many times to change all weights and inputs and to compare again.
        known: wrong cells that the networks read, and what they should hold.
        placement: what each cell should hold, where that is known already; otherwise it is found by fingerprints.

    Raises:
        UsageError: a cell that should hold a given number holds none.
    """
    corrections, right_inputs = correct_inputs(table, answers, networks, precedents)
    numbers = _given_numbers(table, networks, answers, known) | right_inputs
    weights = _compare_weights(table, networks, model, numbers)
    numbers |= {**weights.right, **known}
    wrong_inputs = {*corrections, *right_inputs, *weights.right, *known}
    traces = tuple(recompute(network.spec, network.values(numbers)) for network in networks)
    place = _by_fingerprints(table, answers, networks, precedents) if placement is None else placement
    aligned, settings = place.aligned, place.settings
    judge = Judge(table, answers.values, networks, traces, aligned, precedents, tolerance, wrong_inputs)
    verdicts = list(judge.judge())
    opaque = frozenset[Address]() if placement is None else aligned.opaque
    if placement is not None:
        verdicts = with_perturbation(verdicts, _exact(aligned, tolerance) - opaque, aligned)
    if perturb or any(verdict.only_here for verdict in verdicts):
        wrong = disagreeing(table, answers, networks, aligned, recompute, tolerance, max(1, perturb))
        wrong -= _held(table, precedents)
        verdicts = with_perturbation(
            verdicts, wrong if perturb else wrong & _exact(aligned, tolerance), aligned,
            followers=bool(perturb) or placement is not None,
        )  # fmt: skip
        verdicts = [replace(v, only_here=v.only_here and v.cell not in opaque - wrong) for v in verdicts]
    strange = unrelated(verdicts, aligned, networks, precedents) if placement is None else set[Address]()
    left = unrecognised(table, networks, aligned, precedents, wrong_inputs)
    verdicts = [verdict for verdict in verdicts if verdict.cell not in {*left.cells, *strange}]
    explainer = Explainer(Diagnoser(networks, settings, aligned, precedents), table, networks)
    results = [explainer.result(own) for own in verdicts if own.status is not Status.AGREE or own.is_noise]
    results += weights.results
    results += _wrong_inputs(table, networks, answers, corrections, right_inputs)
    listed = {*aligned.held, *wrong_inputs} - left.cells.keys() - strange
    results += _unbound(table, listed, networks, answers, left.cells)
    agreeing = [verdict.cell for verdict in verdicts if verdict.status is Status.AGREE]
    results += stored_values(table, answers.values, answers.by_chance, agreeing)
    notes = (*weights.notes(), *_notes(verdicts, aligned), *left.notes)
    outcome = Outcome(
        table, precedents, networks, traces, aligned, tuple(verdicts), tuple(results), notes, tuple(weights.compared),
        left,
    )  # fmt: skip
    return outcome if placement is not None else _without_contested(outcome, place.unsure)


def _without_contested(outcome: Outcome, unsure: Mapping[Address, str]) -> Outcome:
    """The same without a verdict on cells that may be right, and on those that are wrong because of them."""
    status = {verdict.cell: verdict.status for verdict in outcome.verdicts}
    for cell, why in unsure.items():
        if status.get(cell) is Status.ROOT:
            behind = reached([cell], outcome.precedents.readers)
            carried = {own for own in behind if status.get(own) is Status.CARRIED}
            outcome = outcome.without({cell} | carried, f"{why}; {HOW}")
    return outcome


def _exact(aligned: Assignment, tolerance: Tolerance) -> set[Address]:
    """The wrong cells that may not differ: where somebody tolerates more than rounding, a slip may hide in it."""
    return {
        cell for cell in aligned.wrong
        if tolerance.of(aligned.elements[aligned.held[cell]].source.quantity.name).limit(1.0) <= NOISE
    }  # fmt: skip


def _held(table: CellTable, precedents: Precedents) -> set[Address]:
    """The formulas that draw and read cells, and what follows from them: what they give was held whatever they read."""
    found = {cell for cell in drawn_cells(table) if precedents.of(cell)}
    return found | reached(found, precedents.readers)


def _by_fingerprints(
    table: CellTable, answers: Answers, networks: Sequence[Network], precedents: Precedents
) -> Placement:
    """What each cell should hold, by what an engine computes from random weights and inputs."""
    terms = CellTerms(table, answers.values, given=given_cells(networks).keys())
    targets = free_targets(table, networks, precedents)

    def again(spared: Collection[Address]) -> tuple[Assignment, RightValues]:
        right = RightValues(table, terms, networks, targets, precedents=precedents)
        return assign(table, right, networks, precedents, spared), right

    found = explained(networks, precedents, again)
    settings = [found.right.graph_values(number) for number in range(len(networks))]
    return Placement(found.aligned, settings, found.contested)


def _compare_weights(
    table: CellTable, networks: Sequence[Network], model: GivenModel | None, numbers: Mapping[Address, float]
) -> WeightReport:
    """The weights in the sheet against those of the model, if there is one."""
    network = next((n for n in networks if model is not None and n.spec.layers == model.spec.layers), None)
    if model is None or network is None:
        return WeightReport()
    return compare_weights(network, model.values, numbers, table)


def _given_numbers(
    table: CellTable, networks: Sequence[Network], answers: Answers, known: Mapping[Address, float]
) -> dict[Address, float]:
    numbers = {**numbers_in(table, tuple(networks), answers.values.numbers), **known}
    for network in networks:
        for quantity, _, _, cell in network.cells():
            if not np.isfinite(numbers[cell]):
                value = answers.values[table.index[cell]] if cell in table.index else None
                if value is None and quantity.name.endswith("_init"):
                    numbers[cell] = 0.0  # a blank cell before the first step
                    continue
                said = f"{show(cell)} should hold a number of {quantity.name}, but holds {_shown(value)}"
                raise UsageError(f"{said}; {CORRECT}")
    return numbers


def _shown(value: Value) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, CellError):
        return f"the error {value.code}"
    if isinstance(value, NotEvaluated):
        return f"a formula that was not computed ({value.reason})"
    return f"the text {value!r}; numbers stored as text do not count" if isinstance(value, str) else repr(value)


def _unbound(
    table: CellTable,
    listed: Collection[Address],
    networks: Sequence[Network],
    answers: Answers,
    unrecognised_cells: Mapping[Address, str],
) -> Iterator[CellResult]:
    """Formula cells that belong to no quantity, those that make the inputs, and those that may belong to a network."""
    given = {cell for network in networks for _, _, _, cell in network.cells()}
    for position in table.formulas:
        cell = table.addresses[position]
        if cell in listed:
            continue
        value = answers.values[position]
        status, message = Status.UNBOUND, UNBOUND
        if isinstance(value, NotEvaluated):
            status, message = Status.NOT_EVALUATED, f"This formula was not checked: {value.reason}."
        elif cell in unrecognised_cells:
            status, message = Status.NOT_EVALUATED, unrecognised_cells[cell]
        elif cell in given:
            message = "This formula makes an input of the network, which was taken as it stands."
        yield result_at(table, cell, status, message, value)


def _wrong_inputs(
    table: CellTable,
    networks: Sequence[Network],
    answers: Answers,
    corrections: Mapping[Address, Correction],
    right: Mapping[Address, float],
) -> Iterator[CellResult]:
    """The cells that make wrong inputs, and the inputs that follow from them."""
    quantities = {cell: q.element(i) for n in networks for q, _, i, cell in n.cells()}
    for cell, own in corrections.items():
        yield result_at(
            table, cell, Status.ROOT, own.message, table.value(cell, answers.values), quantity=quantities.get(cell),
            desired=own.desired, local=own.desired, diagnosis=own.diagnosis,
        )  # fmt: skip
    for cell, desired in right.items():
        if cell not in corrections:
            message, value = (
                f"The input should be {desired:g}; it follows from a wrong cell.",
                table.value(cell, answers.values),
            )
            yield result_at(table, cell, Status.CARRIED, message, value, quantity=quantities.get(cell), desired=desired)


def _notes(verdicts: Sequence[Verdict], aligned: Assignment) -> Iterator[str]:
    only_here = [verdict for verdict in verdicts if verdict.only_here and verdict.status is Status.AGREE]
    if only_here:
        cells = first_of([show(verdict.cell) for verdict in only_here], 5)
        yield f"right only for the numbers shown: the formulas in {cells}; --perturb shows why"
    if not aligned.complete:
        yield "there are too many mistakes for every cell to be looked at; correct the first ones and check again"


def told_by(outcomes: Iterable[Outcome]) -> set[Address]:
    """The cells that have a verdict, or of which something is said.

    Args:
        outcomes: what became of networks.
    """
    return {cell for own in outcomes for cell in (*(verdict.cell for verdict in own.verdicts), *own.called_wrong)}
