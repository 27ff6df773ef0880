"""Check a workbook that somebody else made: tie its cells to a model, ask Keras, judge each formula cell."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from xlcheck.engines.base import Engine
from xlcheck.errors import NothingCheckedError, UsageError
from xlcheck.formulas.addresses import cell_name
from xlcheck.formulas.algebra import Address
from xlcheck.garbage import no_garbage_collection
from xlcheck.graph.trace import Trace
from xlcheck.handmade.judging.diagnose import Diagnoser
from xlcheck.handmade.judging.explain import Explainer
from xlcheck.handmade.judging.verdicts import Judge, Verdict
from xlcheck.handmade.networks.bindings_file import read_bindings
from xlcheck.handmade.networks.by_value import GivenModel, has_shape_of, network_by_value, under_model
from xlcheck.handmade.networks.network import Network, numbers_in
from xlcheck.handmade.networks.targets import free_targets
from xlcheck.handmade.networks.weights import WeightReport, compare_weights
from xlcheck.handmade.perturb import disagreeing, with_perturbation
from xlcheck.handmade.placing.probe import Probe
from xlcheck.handmade.placing.tie import Tie, explained, tie
from xlcheck.handmade.placing.unrecognised import Unrecognised, unrecognised
from xlcheck.handmade.reading.cells import CellTable, show
from xlcheck.handmade.reading.numbers_as_text import numbers_as_text
from xlcheck.handmade.reading.opinions import Opinion, consult
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.handmade.recognition.inputs import Correction, correct_inputs
from xlcheck.handmade.recognition.recognise import recognise
from xlcheck.model.model_spec import ModelSpec
from xlcheck.verdicts.limits import Patterns
from xlcheck.verdicts.listing import Cells
from xlcheck.verdicts.messages import UNBOUND
from xlcheck.verdicts.report import CellResult, CheckReport, Counts, Kind, Status
from xlcheck.verdicts.tolerance import Tolerance, ulps
from xlcheck.workbook.content import WorkbookContent
from xlcheck.workbook.values import CellError, NotEvaluated, Value

Array = NDArray[np.float64]
Recompute = Callable[[ModelSpec, Mapping[str, Array]], Trace]

ATOL = RTOL = 1e-12
_ORDER = (Status.ROOT, Status.CARRIED, Status.NOT_EVALUATED, Status.UNBOUND, Status.AGREE)


@no_garbage_collection()
def check_foreign(
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

    Raises:
        UsageError: the bindings do not fit the workbook, or a bound cell holds no number.
        NothingCheckedError: the workbook has no formula, no network was found in it, or Keras is not at hand.
        EngineError: no engine can load the file.
    """
    table = CellTable(content)
    if not table.formulas:
        raise NothingCheckedError(f"{content.path} has no formula cell, so there is nothing to check")
    if recompute is None:
        raise NothingCheckedError('Keras is needed to check this workbook; run: pip install "xlcheck[keras]"')
    opinion = consult(table, engine)
    precedents = Precedents(table)
    networks, found = _networks(table, opinion, bindings, model, precedents)
    corrections, right_inputs = correct_inputs(table, opinion, networks, precedents)
    numbers = _given_numbers(table, networks, opinion) | right_inputs
    weights = _compare_weights(table, networks, model, numbers)
    numbers |= weights.right
    wrong_inputs = {*corrections, *right_inputs, *weights.right}
    traces = [recompute(network.spec, network.values(numbers)) for network in networks]
    targets = free_targets(table, networks, precedents)
    probe = Probe(table, opinion.sessions, networks, opinion.values.numbers, targets)
    tied = tie(table, probe, networks, precedents)
    tolerance = Tolerance(
        ATOL if atol is None else atol,
        RTOL if rtol is None else rtol,
        opinion.engine.absolute_tolerance,
        tolerances or {},
    )
    judge = Judge(table, opinion.values, networks, traces, tied, precedents, tolerance, wrong_inputs)
    verdicts = list(judge.judge())
    if perturb:
        wrong = disagreeing(table, opinion, networks, tied, recompute, tolerance, perturb)
        verdicts = with_perturbation(verdicts, wrong, tied)
    told = bindings is not None or model is not None
    assumed = () if told else _assumed(table, networks, tied)
    left = unrecognised(table, opinion.values, networks, tied, precedents, wrong_inputs, told=told)
    verdicts = [verdict for verdict in verdicts if verdict.cell not in left.cells]
    settings = [probe.graph_values(number) for number in range(len(networks))]
    explainer = Explainer(Diagnoser(networks, settings, tied, precedents), table)
    results = [explainer.result(verdict) for verdict in verdicts if _is_shown(verdict)]
    results += weights.results
    results += _wrong_inputs(table, networks, opinion, corrections, right_inputs)
    listed = {*tied.held, *wrong_inputs} - left.cells.keys()
    results += list(_unbound(table, listed, networks, opinion, left.cells))
    results.sort(key=lambda result: _ORDER.index(result.status))
    texts = numbers_as_text(table, precedents)
    notes = (*assumed, *found, *weights.notes(), *texts, *_notes(verdicts, tied), *left.notes)
    return _report(content, opinion, traces, networks, verdicts, results, notes, table, weights.compared, left)


def _networks(
    table: CellTable,
    opinion: Opinion,
    bindings: Path | Sequence[Network] | None,
    model: GivenModel | None,
    precedents: Precedents,
) -> tuple[tuple[Network, ...], tuple[str, ...]]:
    """The networks, and what is to be said of how they were found."""
    if bindings is not None:
        told = read_bindings(bindings, table.content) if isinstance(bindings, Path) else tuple(bindings)
        return (told if model is None else _under_model(told, model, table, opinion)), ()
    detection = recognise(table, opinion.values, opinion.sessions, precedents)
    found = detection.networks
    if model is not None:
        network = network_by_value(model, table, opinion.values, [d.network for d in found])
        return (network,), (f"the weights of the model were found in the workbook, from {_first_weight(network)} on",)
    if not found:
        because = "".join(f"; {text}" for text in (*detection.notes, *numbers_as_text(table, precedents)))
        raise NothingCheckedError(
            f"no network was recognised in {table.content.path}{because}; say what it computes in a bindings file "
            "(`xlcheck bind` writes a draft) and pass it with --bind"
        )
    return tuple(d.network for d in found), detection.notes


def _assumed(table: CellTable, networks: Sequence[Network], tied: Tie) -> Iterator[str]:
    """What was assumed of a workbook without bindings, in words."""
    for network, count in zip(networks, explained(table, networks, tied), strict=True):
        yield (
            f"no bindings were given; assumed {describe(network)}, which explains {count} of {len(table.formulas)} "
            "formula cells"
        )


def _under_model(
    networks: tuple[Network, ...], model: GivenModel, table: CellTable, opinion: Opinion
) -> tuple[Network, ...]:
    """The networks of a bindings file, those of the model's shape under the model's names."""
    if not any(has_shape_of(network, model) for network in networks):
        raise UsageError(
            f"the bindings describe no network of the shape of the model {model.spec.name!r}; correct them, or pass "
            "the model whose weights stand in the workbook"
        )
    numbers = {address: float(opinion.values.numbers[i]) for address, i in table.index.items()}
    return tuple(under_model(n, model, numbers) if has_shape_of(n, model) else n for n in networks)


def _compare_weights(
    table: CellTable, networks: Sequence[Network], model: GivenModel | None, numbers: Mapping[Address, float]
) -> WeightReport:
    """The weights in the sheet against those of the model, if there is one."""
    network = next((n for n in networks if model is not None and n.spec.layers == model.spec.layers), None)
    if model is None or network is None:
        return WeightReport()
    formulas = {
        cell: f"={content.formula}"
        for _, _, _, cell in network.cells()
        if (content := table.cell(cell)) is not None and content.formula is not None
    }
    return compare_weights(network, model.values, numbers, formulas)


def describe(network: Network) -> str:
    """A network in a few words: `LSTM(2) → Dense(1, sigmoid) with weights in Sheet1!B3:E3 …`."""
    layers = " → ".join(_layer(layer.kind, layer.options) for layer in network.spec.layers)
    where = f" (weights from {_first_weight(network)} on)"
    documents = "" if len(network.samples) == 1 else f" on {len(network.samples)} documents"
    return f"{layers}{documents}{where}"


def _first_weight(network: Network) -> str:
    cells = [cell for places in network.weights.values() for cell in places if cell is not None]
    return show(min(cells)) if cells else "nowhere"


def _layer(kind: str, options: Mapping[str, object]) -> str:
    return f"{kind}({options['units']}, {options['activation']})"


def _given_numbers(table: CellTable, networks: Sequence[Network], opinion: Opinion) -> dict[Address, float]:
    numbers = numbers_in(table, tuple(networks), opinion.values.numbers)
    for network in networks:
        for quantity, _, _, cell in network.cells():
            if not np.isfinite(numbers[cell]):
                position = table.index.get(cell)
                value = None if position is None else opinion.values[position]
                raise UsageError(
                    f"{show(cell)} should hold a number of {quantity.name}, but holds {_shown(value)}; correct the "
                    "workbook or the bindings"
                )
    return numbers


def _shown(value: Value) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, CellError):
        return f"the error {value.code}"
    if isinstance(value, NotEvaluated):
        return f"a formula that was not computed ({value.reason})"
    return f"the text {value!r}; numbers stored as text do not count" if isinstance(value, str) else repr(value)


def _is_shown(verdict: Verdict) -> bool:
    return verdict.status is not Status.AGREE or verdict.is_noise


def _unbound(
    table: CellTable,
    listed: Collection[Address],
    networks: Sequence[Network],
    opinion: Opinion,
    unrecognised_cells: Mapping[Address, str],
) -> Iterator[CellResult]:
    """Formula cells that belong to no quantity, those that make the inputs, and those that may belong to a network."""
    given = {cell for network in networks for _, _, _, cell in network.cells()}
    for position in table.formulas:
        cell = table.addresses[position]
        if cell in listed:
            continue
        value = opinion.values[position]
        content = table.cell(cell)
        formula = None if content is None or content.formula is None else f"={content.formula}"
        status, message = Status.UNBOUND, UNBOUND
        if isinstance(value, NotEvaluated):
            status, message = Status.NOT_EVALUATED, f"This formula was not checked: {value.reason}."
        elif cell in unrecognised_cells:
            status, message = Status.NOT_EVALUATED, unrecognised_cells[cell]
        elif cell in given:
            message = "This formula makes an input of the network, which was taken as it stands."
        yield CellResult(
            cell[0], cell_name(cell[1], cell[2]), status, Kind.VALUE, None, plain(value), None, None, formula, None,
            message,
        )  # fmt: skip


def _wrong_inputs(
    table: CellTable,
    networks: Sequence[Network],
    opinion: Opinion,
    corrections: Mapping[Address, Correction],
    right: Mapping[Address, float],
) -> list[CellResult]:
    """The cells that make wrong inputs, and the inputs that follow from them."""
    quantities = {cell: q.element(i) for n in networks for q, _, i, cell in n.cells()}
    found = []
    for cell in dict.fromkeys((*corrections, *right)):
        content = table.cell(cell)
        position = table.index.get(cell)
        value = None if position is None else opinion.values[position]
        correction = corrections.get(cell)
        desired = right[cell] if correction is None else correction.desired
        message = (
            f"The input should be {desired:g}; it follows from a wrong cell."
            if correction is None
            else correction.message
        )
        found.append(
            CellResult(
                cell[0], cell_name(cell[1], cell[2]), Status.CARRIED if correction is None else Status.ROOT, Kind.VALUE,
                quantities.get(cell), plain(value), desired, None if correction is None else desired,
                None if content is None or content.formula is None else f"={content.formula}",
                None if correction is None else correction.diagnosis, message,
            )
        )  # fmt: skip
    return found


def plain(value: Value) -> float | str | bool | None:
    """A cell's value as reports hold it: an error by its code, nothing where nothing was computed."""
    if isinstance(value, CellError):
        return value.code
    return None if isinstance(value, NotEvaluated) else value


def _notes(verdicts: Sequence[Verdict], tied: Tie) -> Iterator[str]:
    only_here = [verdict for verdict in verdicts if verdict.only_here and verdict.status is Status.AGREE]
    if only_here:
        cells = ", ".join(show(verdict.cell) for verdict in only_here[:5])
        more = f" and {len(only_here) - 5} more" if len(only_here) > 5 else ""
        yield f"right only for the numbers shown: the formulas in {cells}{more}; --perturb shows why"
    if not tied.complete:
        yield "there are too many mistakes for every cell to be looked at; correct the first ones and check again"


def _report(
    content: WorkbookContent,
    opinion: Opinion,
    traces: Sequence[Trace],
    networks: Sequence[Network],
    verdicts: Sequence[Verdict],
    results: Sequence[CellResult],
    notes: tuple[str, ...],
    table: CellTable,
    weights: Collection[Address],
    left: Unrecognised,
) -> CheckReport:
    number = {status: sum(result.status is status for result in results) for status in _ORDER}
    checked = len(verdicts) - sum(verdict.status is Status.NOT_EVALUATED for verdict in verdicts)
    wrong = [(result.sheet, result.cell) for result in results if result.status in {Status.ROOT, Status.CARRIED}]
    judged = (*weights, *(verdict.cell for verdict in verdicts)) if wrong else ()
    names = {(sheet, cell_name(row, column)) for sheet, row, column in judged}
    checked += len(weights)
    checked += sum(name not in names for name in wrong)
    typed = sum(not table.is_formula(verdict.cell) for verdict in verdicts)
    error, last_places = _largest_difference(verdicts)
    return CheckReport(
        workbook=str(content.path),
        engine=f"{opinion.engine.name} {opinion.engine.version}",
        oracle=traces[0].source,
        counts=Counts(
            formula_cells=len(table.formulas) + typed + len(left.missing),
            checked=checked,
            agree=checked - number[Status.ROOT] - number[Status.CARRIED],
            root=number[Status.ROOT],
            carried=number[Status.CARRIED],
            unbound=number[Status.UNBOUND],
            not_evaluated=number[Status.NOT_EVALUATED] + left.without_cell,
        ),
        max_abs_error=error,
        max_ulps=last_places,
        samples=max(len(network.samples) for network in networks),
        cells=Cells(results),
        notes=(*content.notes, *_links(content), *opinion.notes, *notes),
        quantities=tuple(dict.fromkeys(verdict.element.source.quantity.name for verdict in verdicts)),
    )


def _links(content: WorkbookContent) -> Iterator[str]:
    if content.external_links:
        yield f"links to other files were not followed: {', '.join(content.external_links)}"


def _largest_difference(verdicts: Sequence[Verdict]) -> tuple[float, float]:
    """Between the numbers of the cells and those of Keras; and in units in the last place."""
    numbers = [(v.actual, v.desired) for v in verdicts if isinstance(v.actual, float) and math.isfinite(v.actual)]
    actual, desired = np.reshape(numbers, (-1, 2)).T
    differences = np.abs(actual - desired)
    last_places = max(map(ulps, differences.tolist(), np.abs(desired).tolist()), default=0.0)
    return float(differences.max(initial=0.0)), last_places
