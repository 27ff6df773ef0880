"""The report on a workbook from what became of each of its parts."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence, Set
from dataclasses import dataclass, replace
from itertools import chain, islice

import numpy as np

from xlcheck.formulas.addresses import cell_name, parse_range
from xlcheck.formulas.algebra import Address
from xlcheck.formulas.shapes import shape_of, skeleton
from xlcheck.handmade.accepting.idle_parts import with_idle_parts
from xlcheck.handmade.accepting.outcome import Outcome
from xlcheck.handmade.beside.codes import coded_otherwise
from xlcheck.handmade.beside.lookups import looked_up_wrongly
from xlcheck.handmade.beside.numbers_of_others import numbers_of_others
from xlcheck.handmade.beside.on_two_scales import compared_unscaled
from xlcheck.handmade.beside.picked_by_words import chosen_by_other_words, looked_up_by_others, picked_otherwise
from xlcheck.handmade.beside.preparation import against, feeders
from xlcheck.handmade.beside.said_beside import said_otherwise
from xlcheck.handmade.beside.typed_beside import typed_among_formulas
from xlcheck.handmade.families.copies_in_turn import copied_out_of_turn
from xlcheck.handmade.families.lines_of_numbers import counted_out_of_turn, described_twice, picked_out_of_turn
from xlcheck.handmade.families.odd_beside import beside_the_layers
from xlcheck.handmade.families.patterns import broken_patterns, out_of_place
from xlcheck.handmade.judging.verdicts import Verdict
from xlcheck.handmade.reading.cells import CellTable, CellValues, address_of, show
from xlcheck.handmade.reading.engine_choice import Answers
from xlcheck.handmade.reading.lines import lines_of
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.handmade.reading.results import result_at
from xlcheck.handmade.reading.sheet_copies import meant_otherwise
from xlcheck.handmade.reading.skipped_steps import as_taken
from xlcheck.verdicts.elsewhere import CHANCE, DEPENDS_ON, depends_on, said_of
from xlcheck.verdicts.formula_cells import FormulaCells
from xlcheck.verdicts.messages import UNBOUND
from xlcheck.verdicts.parts import Part, report_of
from xlcheck.verdicts.placement import ulps
from xlcheck.verdicts.read_otherwise import read_otherwise
from xlcheck.verdicts.readers_view import hidden_circle, reservations, without_effect
from xlcheck.verdicts.report import CellResult, CheckReport, Status
from xlcheck.workbook.content import CellError, NotEvaluated

_MOST_SHEETS = 5
"""Worksheets that a sentence names."""
_FINDS_CELLS = {"INDIRECT"}
"""What people write to find a cell by its name; by itself that is the same cell everywhere."""


@dataclass(frozen=True)
class Abstention:
    """Formula cells of a workbook without a verdict.

    Attributes:
        table: the worksheets on which they stand.
        values: what these hold.
        cells: the formula cells.
        reason: why, and what would settle it, joined by `; `; empty where nothing is to be said.
        matters: whether they may belong to a network; scratch beside networks is no gap in the check.
        ignored: whether somebody asked to leave them alone.
        sheets: the worksheets, where a workbook has several parts that are told apart by them.
    """

    table: CellTable
    values: CellValues
    cells: Sequence[Address]
    reason: str
    matters: bool = True
    ignored: bool = False
    sheets: Sequence[str] = ()


def reasons(abstentions: Sequence[Abstention]) -> tuple[str, ...]:
    """Why parts have no verdict: what is true of the same worksheets together, what is true of most of them last."""
    sheets: dict[str, dict[str, None]] = {}
    for part in abstentions:
        for why in part.reason.split("; ") if part.reason else ():
            sheets.setdefault(why, {}).update(dict.fromkeys(part.sheets))
    together: dict[tuple[str, ...], list[str]] = {}
    for why, names in sorted(sheets.items(), key=lambda item: len(item[1])):
        together.setdefault(tuple(names), []).append(why)
    return tuple((f"{worksheets(names)}: " if names else "") + "; ".join(own) for names, own in together.items())


def worksheets(names: Sequence[str]) -> str:
    """The names of worksheets in a sentence; of many the first ones."""
    shown = [f"'{name}'" for name in names[:_MOST_SHEETS]]
    more = [f"{len(names) - len(shown)} more"] if len(names) > len(shown) else []
    *first, last = [*shown, *more]
    listed = f"{', '.join(first)} and {last}" if first else last
    return f"worksheet{'s' if len(names) > 1 else ''} {listed}"


def report_on(
    table: CellTable,
    answers: Answers,
    parts: Sequence[Part],
    abstentions: Sequence[Abstention] = (),
    notes: Sequence[str] = (),
    precedents: Precedents | None = None,
) -> CheckReport:
    """The report on a workbook, with a warning for what has no verdict and breaks the pattern of its neighbours.

    Args:
        table: all cells of the workbook.
        answers: the engine that recalculated it.
        parts: what became of the parts that were checked.
        abstentions: the other parts.
        notes: what else a reader should know.
        precedents: who reads what, where nobody has said what the workbook computes: then formulas that lead to
            judged ones must be seen to be no layers.
    """
    content, formulas = table.content, FormulaCells(table.content)
    circular = CellError("#CIRC!") in answers.values.others.values()
    circle = None if circular else hidden_circle(content, formulas)
    no_effect = tuple(without_effect(content, circular=circular or circle is not None))
    gaps = reasons([part for part in abstentions if part.matters])
    report = report_of(
        content,
        answers.engine,
        [*parts, *map(_unchecked, abstentions), Part((), notes=no_effect, gaps=gaps)],
        notes=(*answers.notes, *reasons(abstentions), *notes),
        reservations=reservations(content, answers.engine, circle=circle, circular=circular),
    )
    settled = {cell for part in abstentions if part.ignored for cell in part.cells}
    unknown = report.cells.with_status(Status.NOT_EVALUATED, Status.UNBOUND)
    places = [(result.sheet, parse_range(result.cell)) for result in unknown]
    without_verdict = {(sheet, place.top, place.left) for sheet, place in places}
    open_cells = without_verdict - settled
    wrong = {(result.sheet, result.cell) for result in report.cells.with_status(Status.ROOT, Status.CARRIED)}
    agreeing = {cell for cell in table.texts.keys() - without_verdict if (cell[0], cell_name(*cell[1:])) not in wrong}
    roots = {address_of(result.sheet, result.cell) for result in report.roots}
    unbound = {
        (result.sheet, place.top, place.left)
        for result, (_, place) in zip(unknown, places, strict=True) if result.status is Status.UNBOUND
    }  # fmt: skip
    spare = unbound & open_cells
    targets = set().union(*(_filled(part.targets, table) for part in parts))
    both_ways = set().union(*(part.both_ways for part in parts))
    choices = {cell: numbers for part in parts for cell, numbers in part.choices.items()}
    taken = as_taken(table, answers.values)
    return replace(
        report,
        warnings=broken_patterns(table, open_cells) if open_cells else (),
        reservations=(
            *report.reservations,
            *read_otherwise(formulas),
            *typed_among_formulas(table, {address_of(*own) for own in wrong}),
            *depending_cells(table, without_verdict),
            *with_idle_parts(taken, answers.values, agreeing - targets - both_ways, choices),
            *_why_not_right(
                table,
                taken,
                answers.values,
                precedents,
                agreeing,
                open_cells.difference(*(part.summands for part in parts)),
                spare,
                targets,
                _kin(roots, table),
            ),
        ),
    )


def _why_not_right(
    table: CellTable,
    taken: CellTable,
    values: CellValues,
    precedents: Precedents | None,
    agreeing: set[Address],
    open_cells: set[Address],
    spare: set[Address],
    targets: set[Address],
    beside_roots: set[Address],
) -> Iterator[str]:
    """Why formulas that agree, those that lead to them and those beside them may yet be wrong, in a sentence each.

    Args:
        table: all cells of the workbook.
        taken: the same with the branches that are taken where steps are skipped.
        values: what they hold.
        precedents: who reads what, where nobody has said what the workbook computes.
        agreeing: the formula cells that agree.
        open_cells: those that have no verdict and may need one.
        spare: those of them that belong to nothing.
        targets: formulas that make targets, beside which those that make inputs are others.
        beside_roots: those whose lines a mistake breaks, and not they.
    """
    reads = precedents if precedents is None or taken is table else Precedents(taken)
    made = [] if reads is None else feeders(taken, values, reads, agreeing, open_cells)
    yield from out_of_place(table, values, {*agreeing, *made, *spare} - beside_roots)
    given = {read for cell in agreeing for read in reads.of(cell) if table.is_number(read)} if reads else set()
    yield from meant_otherwise(table, {*agreeing, *given})
    yield from looked_up_wrongly(table, values, {*agreeing, *made, *spare})
    if reads is not None:
        yield from numbers_of_others(table, reads, agreeing)
        yield from copied_out_of_turn(table, reads)
        yield from counted_out_of_turn(table, reads)
        yield from islice(chain(described_twice(table), picked_out_of_turn(table)), 1)
        yield from coded_otherwise(table)
        picked = chain(picked_otherwise(table, reads), looked_up_by_others(table, reads), chosen_by_other_words(table))
        yield from islice(picked, 1)
        yield from beside_the_layers(table, spare, agreeing - targets)
        yield from compared_unscaled(table, values, reads, made, spare | agreeing, agreeing)
        yield from said_otherwise(table, values, reads, spare, agreeing)
        yield from against(taken, values, reads, made, agreeing)


def _kin(roots: Collection[Address], table: CellTable) -> set[Address]:
    """The formulas in line with roots that do the same."""
    kinds = {(line, skeleton(table.texts.get(root, ""))) for root in roots for line in lines_of(root)}
    if not kinds:
        return set()
    return {cell for cell, own in table.texts.items() if any((line, skeleton(own)) in kinds for line in lines_of(cell))}


def _filled(cells: Collection[Address], table: CellTable) -> set[Address]:
    """The formulas among some that were filled from one another, and do not just say the same once more."""
    alike: dict[object, dict[str, list[Address]]] = defaultdict(lambda: defaultdict(list))
    for cell in cells:
        text = table.texts[cell]
        alike[shape_of(text, *cell[1:])][text].append(cell)
    return {cell for own in alike.values() if len(own) > 1 for same in own.values() for cell in same}


def part_of(outcome: Outcome) -> Part:
    """What became of the networks of a part, as reports put parts together."""
    error, last_places = _largest_difference(outcome.verdicts)
    return Part(
        outcome.results,
        formula_cells=_formula_cells(outcome),
        checked=_checked(outcome),
        without_cell=len(outcome.left.missing),
        notes=outcome.notes,
        gaps=outcome.left.notes,
        quantities=tuple(dict.fromkeys(verdict.element.source.quantity.name for verdict in outcome.verdicts)),
        oracle=outcome.traces[0].source,
        samples=max(len(network.samples) for network in outcome.networks),
        max_abs_error=error,
        max_ulps=last_places,
        held={verdict.cell: verdict.element.name for verdict in outcome.verdicts},
        summands=_summands(outcome),
    )


def _summands(outcome: Outcome) -> frozenset[Address]:
    """The formulas of no quantity that only cells of a network read, none of which is given to it; these are right.

    So are they, then: part of a sum, as the share of some of the inputs.
    """
    right = {verdict.cell for verdict in outcome.verdicts if verdict.status is Status.AGREE}
    known = {verdict.cell for verdict in outcome.verdicts}
    known |= {cell for network in outcome.networks for *_, cell in network.cells()}
    read = {other for cell in right for other in outcome.read(cell)} - known
    readers = outcome.precedents.readers
    return frozenset(own for own in read if outcome.table.is_formula(own) and right.issuperset(readers(own)))


def _checked(outcome: Outcome) -> int:
    """How many cells were compared with Keras."""
    checked = sum(verdict.status is not Status.NOT_EVALUATED for verdict in outcome.verdicts)
    wrong = [(r.sheet, r.cell) for r in outcome.results if r.status in {Status.ROOT, Status.CARRIED}]
    judged = (*outcome.weights, *(verdict.cell for verdict in outcome.verdicts)) if wrong else ()
    names = {(sheet, cell_name(row, column)) for sheet, row, column in judged}
    return checked + len(outcome.weights) + sum(name not in names for name in wrong)


def _formula_cells(outcome: Outcome) -> int:
    """Formula cells, cells that should hold a formula, and results that stand nowhere."""
    typed = sum(not outcome.table.is_formula(verdict.cell) for verdict in outcome.verdicts)
    twice = sum(map(outcome.table.is_formula, outcome.elsewhere))
    return len(outcome.table.formulas) - twice + typed + len(outcome.left.missing)


def _unchecked(part: Abstention) -> Part:
    """A part without a verdict; a doubt about what was read leaves a gap, even where every formula has its place."""
    doubted = part.matters and part.reason and not part.cells
    return Part([*_left_out(part)], formula_cells=len(part.cells), without_cell=int(bool(doubted)))


def _left_out(part: Abstention) -> Iterator[CellResult]:
    """The formula cells of a part without a verdict.

    What no engine computes is a gap in scratch, too, unless a reason says that it was left out.
    """
    for cell in part.cells:
        value = part.values[part.table.index[cell]]
        status, message = Status.UNBOUND, UNBOUND
        if part.matters:
            status, message = Status.NOT_EVALUATED, part.reason
        elif isinstance(value, NotEvaluated) and not part.reason:
            status, message = Status.NOT_EVALUATED, f"This formula was not checked: {value.reason}."
        yield result_at(part.table, cell, status, message, value)


def _largest_difference(verdicts: Sequence[Verdict]) -> tuple[float, float]:
    """Between the numbers of the cells and those of Keras; and in units in the last place."""
    numbers = [(v.actual, v.desired) for v in verdicts if isinstance(v.actual, float) and math.isfinite(v.actual)]
    actual, desired = np.reshape(numbers, (-1, 2)).T
    differences = np.abs(actual - desired)
    last_places = max(map(ulps, differences.tolist(), np.abs(desired).tolist()), default=0.0)
    return float(differences.max(initial=0.0)), last_places


def depending_cells(table: CellTable, unknown: Collection[Address]) -> Iterator[str]:
    """Why cells that agree may be others elsewhere, in sentences.

    Numbers that are drawn are an input like any other: only a formula of the network that draws is no pass.

    Args:
        table: the cells of the workbook.
        unknown: the formula cells without a verdict.
    """
    texts = table.texts
    names = {name.casefold(): what for name, text in table.content.names.items() if (what := _reason(text, {}))}
    found = {cell: what for cell, text in texts.items() if (what := _reason(text, names)) is not None}
    outside = {cell: what for cell, what in found.items() if cell in unknown and what != CHANCE}
    inside = {cell: what for cell, what in found.items() if cell not in unknown}
    if outside:
        inside |= _reading(table, outside, set(unknown), inside.keys())
    yield from said_of((show(cell), what) for cell, what in inside.items())


def _reason(text: str, names: dict[str, str]) -> str | None:
    if not names and '"' not in text and not any(word in text.upper() for word in DEPENDS_ON):
        return None
    return depends_on(text, names, but=_FINDS_CELLS)


def _reading(
    table: CellTable, outside: dict[Address, str], unknown: Set[Address], known: Set[Address]
) -> dict[Address, str]:
    """The cells with a verdict that read cells which depend on something, through others without one or at once."""
    readers = Precedents(table)
    found: dict[Address, str] = {}
    reached, new = dict(outside), list(outside)
    while new:
        cell = new.pop()
        for reader in readers.readers(cell):
            if reader not in unknown and reader not in known:
                found.setdefault(reader, reached[cell])
            elif reader in unknown and reader not in reached:
                reached[reader] = reached[cell]
                new.append(reader)
    return found
