"""Check a workbook that xlcheck has made: recalculate the saved file, and compare every formula cell."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from xlcheck.arrays import Array
from xlcheck.engines.base import Engine, Session
from xlcheck.errors import ModelError, NothingCheckedError, OracleError, install_command
from xlcheck.frozen import dataclass
from xlcheck.graph.quantities import Graph, Quantity
from xlcheck.graph.trace import Trace
from xlcheck.verdicts.cell_result import Found
from xlcheck.verdicts.compare import compare
from xlcheck.verdicts.formula_cells import QUICK_CELLS, FormulaCells
from xlcheck.verdicts.generated.allowed import allow
from xlcheck.verdicts.generated.altered import altered, require_places
from xlcheck.verdicts.generated.edited_inputs import Given, formulas_for_numbers, read_given, said_of_formulas
from xlcheck.verdicts.generated.expectation import expectation_of
from xlcheck.verdicts.generated.filled_columns import FilledVerdict, judge_filled
from xlcheck.verdicts.generated.from_helpers import carry_from_helpers
from xlcheck.verdicts.generated.observe import Observation, observe
from xlcheck.verdicts.generated.second_opinion import (
    WHY,
    SecondOpinion,
    carry_through_arrays,
    who_computes_all,
    who_knows_overflows,
    without_lone_errors,
)
from xlcheck.verdicts.generated.summary import Judged, part_of
from xlcheck.verdicts.generated.unproven import depending_quantities
from xlcheck.verdicts.helpers import judge_helper, shows_other_words
from xlcheck.verdicts.messages import first_of, plural
from xlcheck.verdicts.parts import Part, report_of
from xlcheck.verdicts.placement import magnitude
from xlcheck.verdicts.read_otherwise import read_otherwise
from xlcheck.verdicts.readers_view import hidden_circle, lost_digits, reservations, without_effect
from xlcheck.verdicts.report import CheckReport, Status
from xlcheck.verdicts.tolerance import Patterns, Tolerance
from xlcheck.workbook.bindings import Helper
from xlcheck.workbook.content import TOO_LARGE, CellError, WorkbookContent
from xlcheck.workbook.manifest import Manifest

# What only the workbooks of a training need is imported where it is used.
if TYPE_CHECKING:
    from xlcheck.verdicts.ranges import Verdicts
    from xlcheck.workbook.epoch_table import EpochTable

# What constants of 15 digits can do to the numbers computed from them; measured with LibreOffice.
_ROUNDED = 1e-13
_QUICK_QUANTITIES = 1_000

Recompute = Callable[..., Trace]
"""(model, inputs, targets, initial states and weights by quantity name, and a batch if the workbook shows one) →
what Keras computes with them."""


def check_content(
    content: WorkbookContent,
    engine: Engine,
    *,
    recompute: Recompute | None = None,
    model_weights: Mapping[str, Array] | None = None,
    atol: float | None = None,
    rtol: float | None = None,
    tolerances: Patterns | None = None,
    as_built: bool = False,
    strict: bool = False,
    perturb: int | None = None,
) -> CheckReport:
    """Check one generated workbook with one engine, for every sample it can show; for the options see `xlcheck.check`.

    Keras is asked anew with `recompute` when inputs or weights were edited, or with a model; the weights of one are
    `model_weights`, by quantity name, and the workbook's are compared with them.

    Raises:
        WorkbookError: the workbook was not made by xlcheck, is damaged, or lacks a worksheet.
        ModelError: the model is not the one the workbook was built from.
        NothingCheckedError: Keras is needed, because inputs or weights were edited, and was not handed in.
        OracleError: Keras was asked and left a quantity out.
        EngineError: the engine cannot load the file.
    """
    manifest, graph = expectation_of(content)
    formulas = FormulaCells(_without_tables(content, manifest))
    all_formulas = FormulaCells(content) if manifest.tables else formulas
    fixed = frozenset(model_weights or ())
    engine, session, seen, overflows, why = _observed(content, manifest, graph, formulas, engine)
    not_computed = (s for s in seen.sightings if graph[s.placement.quantity].expr is None)
    given = read_given(graph, not_computed, manifest.trace, seen.settings, formulas, seen.changed, fixed=fixed)
    rounded = given.rounded and engine.absolute_tolerance < _ROUNDED
    # Where a gradient is nothing but what rounding leaves of 0, Adam makes ten thousand times as much of it.
    steps = {"*.new_*": Tolerance(max(manifest.atol, manifest.rtol), manifest.rtol)}
    usual = Tolerance(manifest.atol, manifest.rtol, _ROUNDED if rounded else engine.absolute_tolerance, steps)
    tolerance = _as_asked(usual, atol, rtol, tolerances)
    desired = _desired(content, manifest, graph, given, recompute, model_weights)
    seen = without_lone_errors(content.path, engine.name, seen, graph, desired, formulas, manifest.selector, overflows)
    workbook = _Workbook(manifest, graph, formulas, all_formulas, seen, given, desired, tolerance)
    judged, tables = workbook.judged(), list(workbook.tables())
    if tolerance != usual:
        judged = allow(judged, (v for _, verdicts in tables for v in verdicts), usual)
    samples, compare_weights = len(manifest.samples), model_weights is not None
    main = part_of(judged, oracle=desired.source, samples=samples, compare_weights=compare_weights)
    changed = altered(content, manifest)
    kept = changed.kept(content)
    typed_over = said_of_formulas(formulas_for_numbers(given.sightings))
    circle = hidden_circle(content, all_formulas)
    report = partial(
        report_of,
        content,
        engine,
        notes=(*_notes(workbook, why, rounded=rounded), *without_effect(content, circular=bool(circle), built=True)),
        edits=given.edits,
        reservations=(
            *reservations(content, engine, circle=circle, built=True, compared=seen.saved is not None),
            *_reservations(workbook, content, changed.seen, main),
        ),
        alterations=(*changed.words, *changed.seen, *typed_over, *content.notes),
        as_built=as_built,
        strict=strict,
    )
    parts = [main, Part((), notes=(*changed.words, *typed_over)), *(part for part, _ in tables)]
    found = report(parts)
    if found.counts.root:
        from xlcheck.verdicts.generated.moved_cells import require_cells_in_place

        if changed.words:
            require_places(content)
        require_cells_in_place(content, manifest, seen, all_formulas, session, tolerance, found.roots, kept)
    is_right = replace(found, reservations=()).ok  # what is odd may be wrong for other numbers
    by_default = perturb is None and is_right and not given.edits and _is_quick(graph, found, engine)
    if not (perturb or by_default):
        return found
    from xlcheck.verdicts.generated.perturbation import Perturbed, with_other_numbers

    settings = seen.settings[:2] if by_default else seen.settings
    known = (session, manifest, graph, formulas, all_formulas, seen.sightings, given.values, settings, kept)
    second = SecondOpinion(content.path, engine.name, formulas, manifest.selector)
    return report(with_other_numbers(parts, Perturbed(*known, tolerance, second).wrong(perturb or 1), perturb or 0))


def _observed(
    content: WorkbookContent, manifest: Manifest, graph: Graph, formulas: FormulaCells, engine: Engine
) -> tuple[Engine, Session, Observation, tuple[CellError, ...], str]:
    """What stands in the workbook, by whose account, which errors that one knows better, and why it was asked."""
    session = engine.open(content.path)
    seen = observe(content, manifest, graph, formulas, session, engine.name)
    if (found := who_computes_all(content, engine.name, seen, formulas)) is not None:
        another, session, why = found
        return another, session, observe(content, manifest, graph, formulas, session, another.name), (), why
    other = who_knows_overflows(content, engine.name, seen, graph, formulas, manifest.selector)
    if other is None:
        return engine, session, seen, (), ""
    seen = observe(content, manifest, graph, formulas, other[1], other[0].name)
    return *other, seen, (TOO_LARGE,), WHY


def _as_asked(usual: Tolerance, atol: float | None, rtol: float | None, tolerances: Patterns | None) -> Tolerance:
    asked = {name: limit for name, limit in (("atol", atol), ("rtol", rtol)) if limit is not None}
    return replace(usual, **asked, patterns={**({} if asked else usual.patterns), **(tolerances or {})})


@dataclass(frozen=True)
class _Workbook:
    """A workbook as an engine sees it, and what should stand in it; `all_formulas` are with tables of a training."""

    manifest: Manifest
    graph: Graph
    formulas: FormulaCells
    all_formulas: FormulaCells
    seen: Observation
    given: Given
    desired: Trace
    tolerance: Tolerance

    def judged(self) -> Judged:
        """The verdict on every cell that is not in the table of a training."""
        graph, seen, formulas, tolerance = self.graph, self.seen, self.formulas, self.tolerance
        computed = (s for s in seen.sightings if graph[s.placement.quantity].expr is not None)
        sightings = [*self.given.sightings, *computed]
        scale = max((magnitude(self.desired[q.name]) for q in graph if q.expr is not None), default=1.0)
        helpers = [
            judge_helper(
                helper,
                formulas.text(cell.sheet, cell.code),
                cell.values,
                seen.settings,
                max(tolerance.limit(max(scale, _size(helper))), tolerance.atol * _size(helper)),
                only_local=bool(self.given.edits) or shows_other_words(helper, cell.values, formulas),
            )
            for helper, cell in seen.helpers
        ]
        verdicts = compare(graph, sightings, self.desired.values, tolerance, seen.settings, formulas.reads)
        carry_through_arrays(verdicts, formulas)
        carry_from_helpers(verdicts, [helper for helper in helpers if helper.status is Status.ROOT], seen, formulas)
        return Judged(graph, verdicts, helpers, list(self._columns(scale)), seen, formulas, tolerance)

    def _columns(self, scale: float) -> Iterator[FilledVerdict]:
        bands = {band.name: members for band, members in self.graph.bands().items()} if self.seen.filled else {}
        settings, edited = self.seen.settings, bool(self.given.edits)
        for column, reading in self.seen.filled:
            values, limit = None, self.tolerance.limit(scale)
            if column.band:
                source = self.manifest.trace if column.stored else self.desired
                values = np.concatenate([_shown(q, source, settings) for q in bands[column.band]], axis=1)
                limit = self.tolerance.of(column.band).limit(magnitude(values))
            yield judge_filled(column, reading, self.formulas, settings, limit, values, only_local=edited)

    def _standing(self) -> dict[str, Array]:
        """What is given, in place of it what formulas give that should: tables follow from that."""
        values = dict(self.given.values)
        for s in self.given.sightings:
            q, place = self.graph[s.placement.quantity], s.placement
            if s.is_formula.any() and len(values[q.name]) == 1:
                values[q.name] = np.array(values[q.name])
                values[q.name].reshape(-1)[place.elements] = s.numbers[0]
        return values

    def tables(self) -> Iterator[tuple[Part, list[Verdicts]]]:
        """The verdicts on the tables of a training: its epochs, its nudged runs."""
        if not self.manifest.tables:
            return
        from xlcheck.graph.nudges import NUDGED
        from xlcheck.verdicts.generated.epochs import TableCheck

        for table, reading in zip(self.manifest.tables, self.seen.tables, strict=True):
            prefix = NUDGED if table is self.manifest.nudges else ""
            edited = {name: self.desired[prefix + name] for name in table.columns} if self.given.edits else None
            wide = replace(self.tolerance, atol=max(self.tolerance.atol, table.atol))
            check = TableCheck(self.graph, table, reading, self._standing(), self.all_formulas, wide)
            yield check.judged(table.values if edited is None else edited)


def _size(helper: Helper) -> float:
    """The largest number that a helper should give."""
    return max((abs(value) for value in helper.desired if isinstance(value, int | float)), default=0.0)


def _unselected(manifest: Manifest, seen: Observation) -> Iterator[str]:
    """That no sample is selected: each was evaluated, but a reader sees the look-ups fail."""
    if seen.saved is None:
        yield (
            f"{manifest.selector} selects the sample and holds none of the numbers from 1 to {len(seen.settings)}, so "
            "a reader may see errors, and stored values were not compared; choose a sample there"
        )


def _is_quick(graph: Graph, report: CheckReport, engine: Engine) -> bool:
    """Whether checking once more with other numbers takes little of the time; measured on the lessons."""
    embedded = engine.absolute_tolerance == 0
    return embedded and report.counts.formula_cells <= QUICK_CELLS and len(graph.quantities) <= _QUICK_QUANTITIES


def _without_tables(content: WorkbookContent, manifest: Manifest) -> WorkbookContent:
    """The workbook without the tables of a training, which are judged on their own."""
    if not manifest.tables:
        return content
    from xlcheck.verdicts.generated.epochs import without_tables

    return without_tables(content, manifest.tables)


def _shown(q: Quantity, source: Trace, settings: Sequence[int]) -> Array:
    """A quantity's values in each setting of the selector, `(settings, elements)`."""
    if q.is_weight:
        return np.broadcast_to(source[q.name].reshape(1, -1), (len(settings), source[q.name].size))
    return source[q.name][list(settings)]


def _notes(workbook: _Workbook, why: str, *, rounded: bool) -> Iterator[str]:
    edits = workbook.given.edits
    if why:
        yield why
    if rounded:
        yield f"the constants were rounded by the program that saved the file, so {_ROUNDED:g} is allowed as difference"
    if edits:
        yield (
            f"{plural(len(edits), 'input or weight was', 'inputs or weights were')} changed after the workbook "
            "was built; Keras was asked anew with the values that stand in it"
        )
    else:
        yield from lost_digits(workbook.manifest, workbook.graph)


def _reservations(workbook: _Workbook, content: WorkbookContent, changed: Sequence[str], main: Part) -> Iterator[str]:
    """Why a reader may see other values, by what xlcheck knows of its own workbooks."""
    w, wrong = workbook, {(r.sheet, r.code) for r in main.results if isinstance(r, Found) and r.status is Status.ROOT}
    yield from _unselected(w.manifest, w.seen)
    yield from depending_quantities(content, w.manifest, w.graph, w.formulas, w.seen, w.tolerance, wrong)
    yield from (f"{text}; build the workbook again" for text in changed)
    yield from read_otherwise(w.all_formulas)


def _desired(
    content: WorkbookContent,
    manifest: Manifest,
    graph: Graph,
    given: Given,
    recompute: Recompute | None,
    model_weights: Mapping[str, Array] | None,
) -> Trace:
    """What Keras computes with what stands in the workbook, or with a model's weights."""
    if not given.edits and model_weights is None:
        return manifest.trace
    if recompute is None:
        raise NothingCheckedError(_edited_without_keras(content, given))
    inputs = {**given.values, **_weights_of(graph, model_weights or {})}
    if manifest.epochs is not None:
        inputs = _for_retraining(manifest.epochs, inputs)
    shown = () if manifest.batch is None else (manifest.batch,)
    try:
        trace = recompute(manifest.spec, inputs, *shown)
    except ModelError as error:  # as where an input was changed to what the model does not know
        raise ModelError(f"{content.path}: {error}") from error
    missing = [q.name for q in graph if q.expr is not None and q.name not in trace]
    if missing:
        raise OracleError(f"{trace.source} gave no value for {missing[0]}, which {content.path} shows")
    return Trace(trace.source, {**trace.values, **inputs})


def _for_retraining(table: EpochTable, inputs: dict[str, Array]) -> dict[str, Array]:
    """What is given to the first epoch, and the sizes of the training."""
    from xlcheck.learning.optimisers.table import EPOCHS, SAMPLES

    return inputs | {SAMPLES: np.array([[float(table.samples)]]), EPOCHS: np.array([[float(table.area.rows)]])}


def _weights_of(graph: Graph, weights: Mapping[str, Array]) -> dict[str, Array]:
    for name, array in weights.items():
        if name not in graph or graph[name].shape != array.shape:
            other = f"the workbook's has {graph[name].shape}" if name in graph else "the workbook has no such weight"
            raise ModelError(
                f"the model's weight {name} has shape {array.shape}, {other}; "
                "pass the model from which the workbook was built"
            )
    return dict(weights)


def _edited_without_keras(content: WorkbookContent, given: Given) -> str:
    edits = [f"{e.sheet}!{e.cell} ({e.quantity}) holds {e.actual:.6g} instead of {e.desired:.6g}" for e in given.edits]
    return (
        f"{content.path}: inputs or weights were changed after the workbook was built "
        f"({first_of(edits, between='; ')}), so Keras has to be asked anew; install it with: {install_command('keras')}"
    )
