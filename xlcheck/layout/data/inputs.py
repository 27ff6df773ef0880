"""Inputs: every sample that the workbook knows, one row each, and the drop-down that selects one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from xlcheck.arrays import Array
from xlcheck.errors import WorkbookError
from xlcheck.formulas.addresses import MAX_COLUMNS, MAX_ROWS, Range
from xlcheck.graph.one_hot import LONG
from xlcheck.graph.quantities import Quantity
from xlcheck.graph.single_precision import lost_answers
from xlcheck.graph.trace import Trace
from xlcheck.layout.common import SHOWN, heading, shown_outputs, title
from xlcheck.layout.data.store import Order, Store, item, selection
from xlcheck.layout.draft import Draft, reference
from xlcheck.layout.images import shades
from xlcheck.layout.numbers import MOST_SAMPLES
from xlcheck.layout.sheet import SheetDraft
from xlcheck.texts import say
from xlcheck.workbook.plan import ColorScale

NAME = "Inputs"
_NUMBER, _SAMPLE, _FIRST = 0, 1, 2
_SELECTOR_ROW, _TOP = 4, 7
_MAX_WIDTH = 2000
_ACROSS = 10
"""Answers that have room beside a sample; more stand below all samples, one a row, if these are not more either."""


def inputs_sheet(draft: Draft, given: Mapping[str, Sequence[Quantity]], trained: Trace | None) -> Store:
    """Fill the sheet with the inputs, and with initial states that differ from sample to sample.

    The predictions of the model as trained are stored beside them, if these are given.
    """
    sheet = draft.sheet(NAME, "input")
    lost = trained is not None and any(lost_answers(draft.graph, draft.trace.values, trained.values))
    title(sheet, NAME, say("inputs.intro") + (f" {say('inputs.lost_digits')}" if lost else ""), 10)
    longest = max(map(len, draft.samples))
    sheet.widths.update({_NUMBER: 8, _SAMPLE: min(max(34, longest + 2), 60), **{_FIRST + j: 12 for j in range(60)}})
    row = _samples(draft, sheet, trained)
    areas, orders, timesteps = {}, {}, {}
    for band, members in given.items():
        values = np.stack([draft.trace[q.name].reshape(len(draft.samples), -1) for q in members], axis=1)
        steps, features = values.shape[1:]
        timesteps[band] = steps
        if steps > 1 and (features > 1 or steps > _MAX_WIDTH):
            orders[band] = Order.STEPS
        row, areas[band] = _stored(draft, sheet, row + 1, members, values, by_steps=band in orders)
    selected = "1" if draft.selector is None else reference(draft.selector, "", fixed=True)
    names = sheet.at(_TOP + 2, _SAMPLE, len(draft.samples))
    return Store(areas, orders, timesteps, selected, item(names, selected))


def require_room(shapes: Sequence[tuple[int, ...]]) -> None:
    """Refuse samples that the worksheet could hold neither in rows nor in columns, before hours are spent on them.

    Args:
        shapes: of each input, samples first; then the time steps, if there are any; then the features.

    Raises:
        WorkbookError: there is no room; the message has the sizes.
    """
    for shape in shapes:
        samples, steps, features = (*shape, 1, 1)[:3]
        # One-hot vectors are stored as places, one number each, which may stand beside each other.
        in_rows = steps > MAX_COLUMNS or 1 < features < LONG
        rows = samples * steps if in_rows else samples
        if samples > MOST_SAMPLES:
            raise WorkbookError(
                f"{samples:,} samples would need {samples:,} columns of a worksheet; at most {MOST_SAMPLES:,} have "
                "room. Take fewer samples"
            )
        if rows > MAX_ROWS:
            raise WorkbookError(
                f"{samples:,} sample{'s' if samples > 1 else ''} of {steps:,} steps would need {rows:,} "
                f"rows of a worksheet; Excel has {MAX_ROWS:,}. Take fewer time steps or fewer samples"
            )


def _samples(draft: Draft, sheet: SheetDraft, trained: Trace | None) -> int:
    """The selector and the table of samples with Keras's predictions; returns the row after it."""
    count = len(draft.samples)
    names, answers = ([], np.empty((count, 0))) if trained is None else _answers(draft, trained, count)
    beside = len(names) > 0 and (len(names) <= _ACROSS or count > _ACROSS)
    heading(sheet, _TOP, say("inputs.samples_and_answers") if beside else say("inputs.samples"), 8)
    sheet.put_row(_TOP + 1, 0, [say("words.number"), say("kinds.sample")], "header_left")
    sheet.numbers(_TOP + 2, _NUMBER, np.arange(1.0, count + 1)[:, None], "column_label")
    for k, text in enumerate(draft.samples):
        sheet.put(_TOP + 2 + k, _SAMPLE, text, "input_text")
    sheet.heights[_TOP + 1] = 32
    end = _TOP + 2 + count
    if beside:
        sheet.put_row(_TOP + 1, _FIRST, names, "header")
        width = max(12, 1.0 + max(len(line) for name in names for line in name.split("\n")))
        sheet.widths.update({_FIRST + j: min(width, 22) for j in range(len(names))})
        sheet.numbers(_TOP + 2, _FIRST, answers, "keras")
    elif names:
        heading(sheet, end + 1, say("inputs.answers"), 8)
        sheet.put_row(end + 2, 0, ["", say("words.answer")], "header_left")
        sheet.put_row(end + 2, _FIRST, [float(k + 1) for k in range(count)], "header")
        for j, name in enumerate(names):
            sheet.put(end + 3 + j, _SAMPLE, name.replace("\n", " "), "text")
        sheet.numbers(end + 3, _FIRST, answers.T, "keras")
        end += 3 + len(names)
    if count > 1:
        numbers, samples = (sheet.at(_TOP + 2, column, count) for column in (_NUMBER, _SAMPLE))
        selection(draft, sheet, sheet.at(_SELECTOR_ROW, _SAMPLE), say("kinds.sample"), numbers, samples)
    return end


def _answers(draft: Draft, trained: Trace, count: int) -> tuple[list[str], Array]:
    """Titles and the float32 model's answers; of long answers the largest number and its place."""
    names: list[str] = []
    columns: list[Array] = []
    for name, q in shown_outputs(draft.graph):
        values = trained[q.name].reshape(count, -1)
        step = "" if q.step is None else f", {q.band.at(q.step)}"
        if values.shape[1] <= SHOWN:
            units = draft.unit_names.get(q.band.name) or [str(j + 1) for j in range(values.shape[1])]
            names += [f"{name}{step}:\n{unit}" if len(units) > 1 else f"{name}{step}" for unit in units]
            columns += list(values.T)
        else:
            names += [f"{name}{step}:\nlargest", say("common.at_unit")]
            columns += [values.max(axis=1), values.argmax(axis=1).astype(np.float64) + 1]
    return names, np.stack(columns, axis=1).astype(np.float64)


def _stored(
    draft: Draft, sheet: SheetDraft, row: int, members: Sequence[Quantity], values: Array, *, by_steps: bool
) -> tuple[int, Range]:
    """The numbers of one input, `(samples, steps, features)`; returns the row after them and their range."""
    samples, steps, features = values.shape
    band = members[0].band
    shape = " × ".join(str(n) for n in ((steps, features) if by_steps else (steps * features,)))
    each = "one_number_per_sample" if shape == "1" else "numbers_per_sample"
    heading(sheet, row, say(f"inputs.{each}", name=band.name, shape=shape), 8)
    style = band.role.value + (
        "_code" if (values == np.round(values)).all() else "_short" if (values == np.round(values, 2)).all() else ""
    )
    columns = features if by_steps else steps * features
    each = say("words.row") if band.columns else "t"
    sheet.put_row(
        row + 1,
        0,
        [say("words.number"), each if by_steps else say("kinds.sample")],
        "header" if by_steps else "header_left",
    )
    first = f"{each} = " if not by_steps and steps > 1 else ""
    units = draft.unit_names.get(band.name, ()) if by_steps or steps == 1 else ()
    sheet.put_row(row + 1, _FIRST, list(units) or [f"{first}{j + 1}" for j in range(min(columns, 400))], "header")
    top = row + 2
    sheet.numbers(
        top, _NUMBER, np.repeat(np.arange(1.0, samples + 1), steps if by_steps else 1)[:, None], "column_label"
    )
    if by_steps:
        sheet.numbers(top, _SAMPLE, np.tile(np.arange(1.0, steps + 1), samples)[:, None], "column_label")
    else:
        names = sheet.at(_TOP + 2, _SAMPLE)
        for k in range(samples):
            draft.helper(sheet, top + k, _SAMPLE, f"B{names.top + k + 1}", [draft.samples[k]], "text")
    area = sheet.numbers(top, _FIRST, values.reshape(-1, columns), style)
    if band.columns == features:  # images of one channel, whose rows stand below each other
        sheet.scales.append(ColorScale(area, shades(values)))
    for k in range(samples):
        for t, q in enumerate(members):
            if by_steps:
                place = sheet.at(top + k * steps + t, _FIRST, 1, features)
            else:
                place = sheet.at(top + k, _FIRST + t * features, 1, features)
            draft.place(q.name, place, k)
    return top + area.rows, area
