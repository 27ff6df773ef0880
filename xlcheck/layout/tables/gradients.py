"""Gradients and Step: for each weight how the mean loss changes with it, and where a step of training moves it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from xlcheck.formulas.addresses import Range
from xlcheck.formulas.pattern import formula_at
from xlcheck.graph.quantities import Quantity, Role
from xlcheck.layout.common import heading, title
from xlcheck.layout.draft import Draft
from xlcheck.layout.sheet import SheetDraft
from xlcheck.layout.tables.quantity_formulas import matrix_formulas
from xlcheck.layout.weights import LABELLED_COLUMNS, column_labels, matrix_starts, with_weights
from xlcheck.learning.optimisers.step import BEFORE, LAYER
from xlcheck.model.model_spec import ModelSpec
from xlcheck.texts import meant, say
from xlcheck.workbook.plan import Link

GRADIENTS, STEP = "Gradients", "Step"
_TOP = 4
_COLUMNS = 14


def gradients_sheet(
    draft: Draft, sheet: SheetDraft, spec: ModelSpec, gradients: Sequence[Quantity], source: Range
) -> None:
    """Fill the sheet of the gradients of all weights; `source` is where that stands which is summed."""
    text = say("gradients.intro")
    title(sheet, GRADIENTS, text, _COLUMNS)
    sheet.put(2, 2, Link(say("gradients.summed_link"), source), "link")
    _widths(sheet)
    row = _TOP
    for layer, members in _by_layer(gradients):
        sheet.starts.append(row)
        heading(sheet, row, layer, _COLUMNS)
        row += 1
        for q in members:
            row = _computed(draft, sheet, row, q, _labels(spec, q))


def step_sheet(
    draft: Draft, sheet: SheetDraft, spec: ModelSpec, quantities: Sequence[Quantity], optimiser: str
) -> None:
    """Fill the sheet of one step: the optimiser's settings, and for each weight its slots and the new weight."""
    text = say("gradients.step", optimiser=optimiser)
    title(sheet, STEP, text, _COLUMNS)
    _widths(sheet)
    row = _TOP
    sheet.starts.append(row)
    heading(sheet, row, say("gradients.settings"), _COLUMNS)
    row += 1
    for q in quantities:
        if q.band.layer == LAYER:
            row = _setting(draft, sheet, row, q)
    row += 1
    for layer, members in _by_layer([q for q in quantities if q.band.layer != LAYER]):
        sheet.starts.append(row)
        heading(sheet, row, layer, _COLUMNS)
        row += 1
        for q in members:
            fill = _computed if q.expr is not None else _constant
            row = fill(draft, sheet, row, q, _labels(spec, q))


def _labels(spec: ModelSpec, q: Quantity) -> list[str]:
    """What each column of the weight belongs to that a gradient, slot or new weight is of."""
    columns = q.shape[-1]
    symbol = q.band.symbol.removesuffix(BEFORE)
    for name, layer in with_weights(spec.layers):
        is_own = name == q.band.layer and any(symbol.endswith(f"_{weight}") for weight in layer.weights)
        if is_own and columns <= LABELLED_COLUMNS:
            return column_labels(layer, columns)
    return [str(column + 1) for column in range(columns)]


def _widths(sheet: SheetDraft) -> None:
    sheet.widths.update({0: 24, **dict.fromkeys(range(1, 65), 13.5)})
    sheet.freeze = (3, 1)


def _by_layer(quantities: Sequence[Quantity]) -> Iterator[tuple[str, list[Quantity]]]:
    layers = dict.fromkeys(q.band.layer for q in quantities)
    for layer in layers:
        yield layer, [q for q in quantities if q.band.layer == layer]


def _setting(draft: Draft, sheet: SheetDraft, row: int, q: Quantity) -> int:
    sheet.put(row, 0, q.band.label, "symbol")
    area = sheet.at(row, 1)
    draft.place(q.name, area)
    if q.expr is None:
        sheet.numbers(row, 1, draft.trace[q.name].reshape(1, 1), "setting")
    else:
        sheet.formulas(row, 1, matrix_formulas(draft, q, sheet.name, 0), draft.trace[q.name], 1, "setting")
        sheet.put(row, 2, q.band.equation, "equation")
    sheet.put(row, 5, meant(q.band.meaning), "text")
    return row + 1


def _caption(draft: Draft, sheet: SheetDraft, row: int, q: Quantity, labels: list[str]) -> Range:
    """Name, equation and meaning above the matrix; returns where it stands."""
    values = _matrix(draft, q)
    shape = " × ".join(f"{n:,}" for n in q.shape)
    sheet.put(row, 0, f"{q.band.label}   {shape}", "symbol")
    sheet.put_row(row, 1, (None, q.band.equation or None), "equation")
    sheet.put(row + 1, 2, meant(q.band.meaning), "hint")
    sheet.put_row(row + 2, 1, labels, "column_label")
    if len(values) > 1:
        first = 0.0 if q.band.symbol.endswith("embeddings") else 1.0  # codes count from 0
        sheet.numbers(row + 3, 0, np.arange(first, first + len(values))[:, None], "label")
    area = sheet.at(row + 3, 1, *values.shape)
    sheet.starts += matrix_starts(sheet, row, len(values))
    draft.place(q.name, area)
    return area


def _computed(draft: Draft, sheet: SheetDraft, row: int, q: Quantity, labels: list[str]) -> int:
    area = _caption(draft, sheet, row, q, labels)
    values = _matrix(draft, q)
    first = ""
    style = "slot" if q.band.role is Role.STATE else q.band.role.value
    for column in range(area.columns):
        formulas = matrix_formulas(draft, q, sheet.name, column)
        first = first or formula_at(formulas, 0)
        sheet.formulas(area.top, area.left + column, formulas, values[:, column], area.rows, style)
    sheet.put(area.top + area.rows, 0, say("common.first_formula"), "label")
    sheet.put(area.top + area.rows, 1, f"={first}", "formula")
    return area.top + area.rows + 2


def _constant(draft: Draft, sheet: SheetDraft, row: int, q: Quantity, labels: list[str]) -> int:
    area = _caption(draft, sheet, row, q, labels)
    sheet.numbers(area.top, area.left, _matrix(draft, q), "slot")
    return area.top + area.rows + 1


def _matrix(draft: Draft, q: Quantity) -> np.ndarray:
    array = draft.trace[q.name]
    return array.reshape(-1, array.shape[-1])
