"""Check a workbook that somebody else made: part by part, find its networks, ask Keras, judge each formula cell.

Somebody may say what the workbook computes; then that is checked. Otherwise worksheets that read one another are a
part, which is recognised and judged by itself, and which gets no verdict if it is not certain what it computes.
Networks of which one reads what another one computes are judged each by itself, those that are read first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from xlcheck.engines.base import Engine
from xlcheck.errors import NothingCheckedError, UsageError, install_command
from xlcheck.formulas.algebra import Address
from xlcheck.handmade import effort
from xlcheck.handmade.accepting.bench import excerpt
from xlcheck.handmade.accepting.by_equations import networks_of
from xlcheck.handmade.accepting.keras_answers import Recompute, asked_once
from xlcheck.handmade.accepting.outcome import Outcome, judged
from xlcheck.handmade.accepting.stored import by_chance
from xlcheck.handmade.accepting.summary import Abstention, part_of, reasons, report_on
from xlcheck.handmade.backward_judging.trainings import Trainings
from xlcheck.handmade.networks.bindings_file import ignored_cells, read_bindings
from xlcheck.handmade.networks.by_value import GivenModel, has_shape_of, network_by_value, under_model
from xlcheck.handmade.networks.network import Network
from xlcheck.handmade.parts_by_equations import PartsByEquations
from xlcheck.handmade.reading.cells import CellTable, show
from xlcheck.handmade.reading.engine_choice import Answers, answers_of
from xlcheck.handmade.reading.given_by_formulas import numbers_as_text, said_of_given
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.handmade.reading.reached import reached
from xlcheck.handmade.reading.sheet_groups import sheet_groups
from xlcheck.handmade.search import Search
from xlcheck.learning.dense_gradients import DenseGradients
from xlcheck.memory import no_garbage_collection
from xlcheck.verdicts.report import CheckReport, Status
from xlcheck.verdicts.tolerance import Patterns, Tolerance
from xlcheck.workbook.content import WorkbookContent

ATOL = RTOL = 1e-12
_A_SECOND = 5_000
"""Formulas of a large workbook for which there is one second."""


@no_garbage_collection()
def check_content(
    content: WorkbookContent,
    engine: Engine,
    *,
    recompute: Recompute | None,
    bindings: Path | Sequence[Network] | None = None,
    model: GivenModel | None = None,
    atol: float | None = None,
    rtol: float | None = None,
    tolerances: Patterns | None = None,
    perturb: int = 0,
    seconds: float | None = None,
    gradients: DenseGradients | None = None,
) -> CheckReport:
    """Check a workbook that xlcheck has not made.

    Args:
        content: the workbook, as read from the file.
        engine: recalculates the file.
        recompute: asks Keras what a model computes with given weights, inputs and states.
        bindings: a bindings file, or networks whose cells are known; without it they are found.
        model: a model with its weights and inputs; they are found in the workbook by value, and compared.
        atol: absolute tolerance; 1e-12 by default.
        rtol: tolerance relative to each quantity's largest magnitude; 1e-12 by default.
        tolerances: other limits for the quantities whose names fit a pattern.
        perturb: how many times to change all weights and inputs and to compare again.
        seconds: processor time for the recognition of a workbook that nobody has described; by default 10, and more
            for a very large one.
        gradients: asks Keras for the gradients of dense networks; without it, backward passes are not looked for.

    Raises:
        UsageError: the bindings do not fit the workbook, or a bound cell holds no number.
        NothingCheckedError: the workbook has no formula, or Keras is not at hand, or no network was found in it and no
            formula that breaks the pattern of its neighbours.
        EngineError: no engine can load the file.
    """
    table = CellTable(content)
    if not table.formulas:
        raise NothingCheckedError(f"{content.path} has no formula cell, so there is nothing to check")
    if recompute is None:
        raise NothingCheckedError(f"Keras is needed to check this workbook; run: {install_command('keras')}")
    recompute = asked_once(recompute)
    answers = answers_of(table, engine)
    precedents = Precedents(table)
    answers = replace(answers, by_chance=by_chance(table, precedents))
    texts = (*numbers_as_text(table, precedents), *said_of_given(table))
    tolerance = Tolerance(
        ATOL if atol is None else atol,
        RTOL if rtol is None else rtol,
        answers.engine.absolute_tolerance,
        tolerances or {},
    )
    if bindings is None and model is None:
        if seconds is None:
            seconds = max(effort.SECONDS, len(table.formulas) / _A_SECOND)
        trainings = None if gradients is None else Trainings(tolerance, gradients)
        search = Search(answers, PartsByEquations(recompute, tolerance, perturb), seconds, trainings)
        outcomes, abstentions = search.through(sheet_groups(table, answers.values, precedents))
        report = report_on(table, answers, outcomes, abstentions, texts, precedents)
        if not outcomes and not report.warnings:
            because = "; ".join(dict.fromkeys((*reasons(abstentions), *texts)))
            raise NothingCheckedError(f"no verdict on {content.path}: {because}")
        return report
    ignored = ignored_cells(bindings, content) if isinstance(bindings, Path) else frozenset()
    whole, whole_values = table, answers.values
    if ignored:
        table, values = excerpt(whole, whole_values, [a for a in whole.addresses if a not in ignored], ignored)
        answers, precedents = replace(answers, values=values), Precedents(table)
    networks, found = _told(table, answers, bindings, model, precedents)
    if model is None and read_one_another(table, networks):
        told, rest = judged_in_turn(table, answers, precedents, networks, recompute, tolerance, perturb)
    else:
        rest = []
        told = [
            judged(
                table, answers, precedents, networks, recompute, tolerance, model=model, perturb=perturb
            )
        ]  # fmt: skip
    left_out = [cell for cell in whole.texts if cell in ignored]
    is_of_a_network = any(verdict.cell in ignored for outcome in told for verdict in outcome.verdicts)
    told = [outcome.without(ignored, "") for outcome in told]
    said = f"not checked, because `ignore` in the bindings says so: {len(left_out)} of the formula cells"
    spare = [Abstention(whole, whole_values, left_out, said, matters=is_of_a_network, ignored=True)] if left_out else []
    spare += [Abstention(table, answers.values, rest, "", matters=False)] if rest else []
    return report_on(whole, answers, [*map(part_of, told)], spare, notes=(*found, *texts))


def _told(
    table: CellTable,
    answers: Answers,
    bindings: Path | Sequence[Network] | None,
    model: GivenModel | None,
    precedents: Precedents,
) -> tuple[tuple[Network, ...], tuple[str, ...]]:
    """The networks that somebody has described, and what is to be said of how they were found."""
    if bindings is not None:
        told = read_bindings(bindings, table.content) if isinstance(bindings, Path) else tuple(bindings)
        return (told if model is None else _under_model(told, model, table, answers)), ()
    if model is None:
        raise ValueError("nobody has described the networks")
    found, *_ = networks_of(table, answers.values, precedents)
    network = network_by_value(model, table, answers.values, found)
    return (network,), (f"the weights of the model were found in the workbook, from {_first_weight(network)} on",)


def _under_model(
    networks: tuple[Network, ...], model: GivenModel, table: CellTable, answers: Answers
) -> tuple[Network, ...]:
    """The networks of a bindings file, those of the model's shape under the model's names."""
    if not any(has_shape_of(network, model) for network in networks):
        raise UsageError(
            f"the bindings describe no network of the shape of the model {model.spec.name!r}; correct them, or pass "
            "the model whose weights stand in the workbook"
        )
    numbers = {address: float(answers.values.numbers[i]) for address, i in table.index.items()}
    return tuple(under_model(n, model, numbers) if has_shape_of(n, model) else n for n in networks)


def _first_weight(network: Network) -> str:
    cells = [cell for places in network.weights.values() for cell in places if cell is not None]
    return show(min(cells)) if cells else "nowhere"


def read_one_another(table: CellTable, networks: Sequence[Network]) -> bool:
    """Whether a network is given what another one may compute: formulas, and not typed numbers."""
    return len(networks) > 1 and any(table.is_formula(cell) for network in networks for cell in _given(network))


def judged_in_turn(
    table: CellTable,
    answers: Answers,
    precedents: Precedents,
    networks: Sequence[Network],
    recompute: Recompute,
    tolerance: Tolerance,
    perturb: int,
) -> tuple[list[Outcome], list[Address]]:
    """What became of each network, and the formula cells that belong to none.

    Args:
        table: the workbook's cells.
        answers: what they hold, and the engine to ask again.
        precedents: who reads what.
        networks: what is computed there.
        recompute: asks Keras.
        tolerance: what counts as agreement.
        perturb: how many times to change all weights and inputs and to compare again.
    """
    given = [frozenset(_given(network)) for network in networks]
    bound = [frozenset(_bound(network)) for network in networks]
    own = _each_once([_computed(table, precedents, n, given, bound) for n in range(len(networks))], bound, precedents)
    outcomes: list[Outcome] = []
    known: dict[Address, float] = {}
    for number in _order(given, own):
        read = {cell for formula in own[number] for cell in precedents.of(formula)}  # a typed 1, a mistaken reference
        part, values = excerpt(table, answers.values, own[number], given[number] | read)
        outcome = judged(
            part, replace(answers, values=values), Precedents(part), (networks[number],), recompute, tolerance,
            perturb=perturb, known={cell: known[cell] for cell in given[number] & known.keys()},
        )  # fmt: skip
        outcomes.append(outcome)
        known |= {v.cell: v.desired for v in outcome.verdicts if v.status in {Status.ROOT, Status.CARRIED}}
    claimed = frozenset().union(*own)
    return outcomes, [cell for cell in table.texts if cell not in claimed]


def _given(network: Network) -> Iterable[Address]:
    return (cell for *_, cell in network.cells())


def _bound(network: Network) -> Iterable[Address]:
    return (cell for named in network.bound for places in named.values() for cell in places if cell is not None)


def _computed(
    table: CellTable,
    precedents: Precedents,
    number: int,
    given: Sequence[frozenset[Address]],
    bound: Sequence[frozenset[Address]],
) -> set[Address]:
    """The formulas that follow from what a network is given, up to those that another one is given or claims."""
    others = frozenset().union(*(cells for other, cells in enumerate(bound) if other != number))
    ends = frozenset().union(*(cells for other, cells in enumerate(given) if other != number))
    own = bound[number] - given[number]
    found = own | reached(
        given[number] | (own - ends),
        precedents.readers,
        among=lambda cell: cell not in given[number] and cell not in others,
        through=lambda cell: cell not in ends,
    )
    return {cell for cell in found if cell in table.index}


def _each_once(
    own: Sequence[set[Address]], bound: Sequence[frozenset[Address]], precedents: Precedents
) -> list[set[Address]]:
    """The same, but what several networks follow with belongs to those whose named results are computed from it."""
    leading: list[set[Address]] = []
    for cells, results in zip(own, bound, strict=True):
        named = cells & results
        leading.append(named | reached(named, precedents.of, among=cells.__contains__))
    wanted = set().union(*leading)
    return [
        {cell for cell in cells if cell in led or cell not in wanted} for cells, led in zip(own, leading, strict=True)
    ]


def _order(given: Sequence[frozenset[Address]], own: Sequence[set[Address]]) -> list[int]:
    """The networks, each after those whose results it is given; as they were named, where they go round in a circle."""
    order: list[int] = []
    while len(order) < len(own):
        rest = [number for number in range(len(own)) if number not in order]
        ready = [n for n in rest if not any(given[n] & own[other] for other in rest if other != n)]
        order.append((ready or rest)[0])
    return order
