"""Check: one row for each number of the selected sample, beside Keras's own, with a live verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xlcheck.formulas.addresses import Range, cell_name
from xlcheck.graph.quantities import Quantity
from xlcheck.graph.trace import Trace
from xlcheck.layout.draft import Draft, SheetDraft, reference
from xlcheck.layout.lesson_sheets.common import heading, title
from xlcheck.layout.lesson_sheets.data import DataPlaces
from xlcheck.layout.originals import Source, questions
from xlcheck.workbook.plan import Highlight, Link

NAME = "Check"
RIGHT, WRONG, OBSOLETE = "✓", "✗", "–"
TOLERANCE = 1e-12
_LINK, _LABEL, _STEP, _UNIT, _WORKBOOK, _KERAS, _DIFFERENCE, _VERDICT, _TRAINED, _STORED = range(10)
_STATE_ROW, _TOLERANCE_ROW, _TOP = 4, 5, 8


@dataclass(frozen=True)
class CheckPlaces:
    """Where other sheets find the verdict.

    Attributes:
        applies: TRUE as long as weights and data are those that Keras was given.
        verdicts: one mark a row.
    """

    applies: Range
    verdicts: Range


def check_sheet(draft: Draft, data: DataPlaces, trained: Trace, copies: SheetDraft) -> CheckPlaces:
    """Fill the sheet.

    Args:
        draft: the workbook so far, with every quantity of the selected sample placed.
        data: ranges whose change makes Keras's values obsolete.
        trained: the same quantities from the float32 model.
        copies: the hidden sheet that keeps copies of weights and data, from column C on.
    """
    sheet = draft.sheet(NAME, "keras")
    samples = len(draft.samples)
    several = samples > 1
    columns = _STORED + (2 * samples if several else 0)
    title(sheet, "Check", "Every number that this workbook computes, beside the same number from Keras in "
          "double precision. The last digits may differ by rounding; anything larger than the tolerance is a "
          "mistake.", _STORED)  # fmt: skip
    widths = {
        _LINK: _name_width(draft),
        _LABEL: 18,
        _STEP: 7,
        _UNIT: 7,
        _WORKBOOK: 21,
        _KERAS: 21,
        _DIFFERENCE: 12,
        _VERDICT: 9,
    }
    sheet.widths.update({**widths, _TRAINED: 21, **{_STORED + k: 21 for k in range(2 * samples)}})
    rows = [
        (q, unit) for q in draft.graph if q.expr is not None and draft.is_placed(q.name) for unit in range(q.shape[-1])
    ]
    applies = _state(draft, sheet, data, copies)
    tolerance = sheet.at(_TOLERANCE_ROW, _WORKBOOK)
    heading(sheet, _TOP - 1, "Number by number", columns)
    header = ["number", "symbol", "step", "unit", "this workbook", "Keras, float64", "difference", "verdict",
              "Keras as trained, float32"]  # fmt: skip
    if several:
        header += [f"float64 for “{text}”" for text in draft.samples] + [
            f"float32 for “{text}”" for text in draft.samples
        ]
    sheet.put_row(_TOP, 0, header, "header")
    sheet.heights[_TOP] = 32
    for offset, (q, unit) in enumerate(rows):
        _row(draft, sheet, _TOP + 1 + offset, q, unit, trained, applies, tolerance)
    verdicts = sheet.at(_TOP + 1, _VERDICT, len(rows), 1)
    sheet.highlights += [
        Highlight(verdicts, mark, style) for mark, style in ((RIGHT, "right"), (WRONG, "wrong"), (OBSOLETE, "edited"))
    ]
    sheet.freeze = (_TOP + 1, 1)
    return CheckPlaces(applies, verdicts)


def verdict_formula(places: CheckPlaces, sheet: str, count: int) -> tuple[str, str]:
    """The overall verdict as a formula, and its text when everything agrees."""
    verdicts = reference(places.verdicts, sheet, fixed=True)
    applies = reference(places.applies, sheet, fixed=True)
    text = (
        f'IF({applies},COUNTIF({verdicts},"{RIGHT}")&" of {count} cells agree with Keras",'
        f'"A weight or an input was changed: Keras\'s column no longer applies")'
    )
    return text, f"{count} of {count} cells agree with Keras"


def _state(draft: Draft, sheet: SheetDraft, data: DataPlaces, copies: SheetDraft) -> Range:
    """The cell that compares weights and data with hidden copies of what Keras was given."""
    unchanged = "*".join(question.formula for question in questions(_sources(draft, data), copies, NAME))
    sheet.merge(sheet.at(_STATE_ROW, 0, 1, _WORKBOOK), "weights and inputs are those Keras was given", "label")
    applies = draft.helper(sheet, _STATE_ROW, _WORKBOOK, unchanged, [1.0], "keras_code")
    sheet.merge(sheet.at(_TOLERANCE_ROW, 0, 1, _WORKBOOK), "tolerance", "label")
    sheet.put(_TOLERANCE_ROW, _WORKBOOK, TOLERANCE, "difference")
    sheet.put(
        _STATE_ROW,
        _KERAS,
        "1: the comparison applies   0: something was changed, Keras's column is obsolete",
        "hint",
    )
    return applies


def _name_width(draft: Draft) -> float:
    """Wide enough for the longest name of a number."""
    return max([26.0, *(len(q.element(q.shape[-1] - 1)) + 2.0 for q in draft.graph if q.expr is not None)])


def _sources(draft: Draft, data: DataPlaces) -> list[Source]:
    """Weights, initial states and data."""
    given = [q for q in draft.graph if q.expr is None and (q.is_weight or q.band.symbol.endswith("_init"))]
    sources = [
        Source(q.name, draft.placed(q.name), draft.trace[q.name] if q.is_weight else draft.trace[q.name][0])
        for q in given
    ]
    return sources + [Source(NAME, area, np.array(values)) for area, values in data.sources]


def _row(
    draft: Draft, sheet: SheetDraft, row: int, q: Quantity, unit: int, trained: Trace, applies: Range, tolerance: Range
) -> None:
    area = draft.placed(q.name)
    cell = Range(area.sheet, area.top + unit, area.left)
    samples = range(len(draft.samples))
    sheet.put(row, _LINK, Link(q.element(unit), cell), "link")
    sheet.put(row, _LABEL, q.band.label, "equation")
    sheet.put(row, _STEP, "" if q.step is None else float(q.step + 1), "column_label")
    sheet.put(row, _UNIT, float(unit + 1), "column_label")
    values = draft.values(q.name, unit)
    draft.helper(sheet, row, _WORKBOOK, reference(cell, NAME), values, q.band.role.value)
    single = [float(v) for v in trained[q.name].reshape(len(samples), -1)[:, unit]]
    _stored(draft, sheet, row, _KERAS, _STORED, values)
    _stored(draft, sheet, row, _TRAINED, _STORED + len(samples), single)
    workbook, keras = cell_name(row, _WORKBOOK), cell_name(row, _KERAS)
    difference = draft.helper(sheet, row, _DIFFERENCE, f"{workbook}-{keras}", [0.0], "difference")
    text = (
        f'IF({reference(applies, NAME, fixed=True)}=0,"{OBSOLETE}",IF(ISNUMBER({difference.a1}),'
        f'IF(ABS({difference.a1})<={reference(tolerance, NAME, fixed=True)},"{RIGHT}","{WRONG}"),"{WRONG}"))'
    )
    draft.helper(sheet, row, _VERDICT, text, [RIGHT], "verdict")


def _stored(draft: Draft, sheet: SheetDraft, row: int, column: int, store: int, values: Sequence[float]) -> None:
    """Keras's value for the selected sample; with several samples looked up among the stored ones."""
    if draft.selector is None:
        sheet.put(row, column, values[0], "keras")
        return
    for k, value in enumerate(values):
        sheet.put(row, store + k, value, "keras")
    stored = reference(sheet.at(row, store, 1, len(values)), NAME)
    text = f"INDEX({stored},1,{draft.selected()})"
    draft.helper(sheet, row, column, text, values, "keras")
