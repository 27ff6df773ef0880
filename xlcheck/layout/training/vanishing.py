"""Vanishing: the linear recurrence term by term, and how far back each kind of memory can learn.

One row a word. The cell U is what the learner turns; every column follows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from xlcheck.arrays import Array
from xlcheck.formulas.addresses import Range, cell_name
from xlcheck.layout.common import heading, subscript, title
from xlcheck.layout.draft import Draft
from xlcheck.layout.sheet import SheetDraft
from xlcheck.texts import in_quotes, say, say_all, say_live
from xlcheck.workbook.plan import Chart, DropDown, Series

NAME = "Vanishing"
MACHINERY = "Machinery"
_MACHINE_TOP = 5
INPUTS, TOP = 4, 32
WORD, TEXT, X, STATE, TERM, PART, TO_INPUT, CLIPPED, TANH, TO_TANH, GATE, CELL, TO_CELL, SIZE = range(14)
_VALUE = 2
_CHOICES = (0.5, 0.9, 1.0, 1.1, 1.5, -0.9)
_CHOICES_COLUMN = SIZE
_ASIDE = INPUTS + 9  # the row of the curves, beside which there is room
_POWERS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class VanishingPlaces:
    """Where other sheets find the inputs and the verdict."""

    verdict: Range
    end: int


def vanishing_sheet(
    draft: Draft, gradients: Mapping[str, Array], clip: float, words: Sequence[str], tells: str
) -> VanishingPlaces:
    """Fill the sheet: inputs, the table, the curves, and a memory of two units.

    Args:
        draft: the workbook; weights, words and states are placed here.
        gradients: Keras's, over the steps: `linear.d_x`, `linear.clipped`, `tanh.d_h`, `lstm.d_c`.
        clip: the largest norm that a clipped gradient may have.
        words: what is read, one word a step.
        tells: the one of them that says what comes next.
    """
    steps = len(gradients["linear.d_x"])
    sheet = draft.sheet(NAME, "gradient")
    title(sheet, say("vanishing.title"), say("vanishing.intro"), 13)
    widths = {WORD: 7, TEXT: 11, X: 10, STATE: 14, TERM: 16, PART: 15, TO_INPUT: 15, CLIPPED: 15, TANH: 14, TO_TANH: 15}
    sheet.widths.update({**widths, GATE: 14, CELL: 14, TO_CELL: 15, **{SIZE + k: 13 for k in range(4)}})
    u, w = _inputs(draft, sheet, clip)
    _place(draft, sheet, steps)
    _place_machinery(draft)
    _header(sheet)
    for t in range(steps):
        sheet.put(TOP + 1 + t, TEXT, words[t], "word")
        _row(draft, sheet, t, steps, u, w, gradients)
    _remembered(draft, sheet, gradients, words.index(tells), tells)
    verdict = _answers(draft, sheet, steps, u)
    _charts(sheet, steps)
    end = _two_units(draft, sheet, TOP + steps + 4)
    sheet.freeze = (3, 1)
    return VanishingPlaces(verdict, end)


def _inputs(draft: Draft, sheet: SheetDraft, clip: float) -> tuple[str, str]:
    heading(sheet, INPUTS, say("vanishing.changes"), 13)
    lines = (("U", "linear.recurrent_kernel", say("vanishing.u_hint")), ("W", "linear.kernel", say("vanishing.w_hint")))
    cells = []
    for offset, (label, name, hint) in enumerate(lines):
        row = INPUTS + 1 + offset
        sheet.put(row, 0, label, "name")
        cell = sheet.put(row, _VALUE, draft.value(name), "selector" if label == "U" else "setting")
        draft.place(name, cell)
        sheet.put(row, _VALUE + 1, hint, "hint_beside")
        cells.append(cell)
        draft.place(f"tanh.{name.partition('.')[2]}", draft.helper(
            sheet, row, SIZE + 1, cell.a1, [draft.value(name)], "setting"))  # fmt: skip
        sheet.put(row, SIZE, say("vanishing.of_tanh", label=label), "label")
    choices = _powers(draft, sheet)
    message = say("vanishing.choose_message")
    sheet.drop_downs.append(DropDown(cells[0], choices, say("vanishing.choose_u"), message, others=True))
    row = INPUTS + 3
    sheet.put(row, 0, say("vanishing.clip_at"), "name")
    sheet.put(row, _VALUE, clip, "setting")
    sheet.put(row, _VALUE + 1, say("vanishing.clip_hint"), "hint_beside")
    row = INPUTS + 4
    sheet.put(row, 0, "LSTM", "name")
    for number, gate in enumerate(("i", "f", "c", "o")):
        sheet.put(row, _VALUE + 1 + number, gate, "column_label")
    for offset, name in enumerate(("kernel", "recurrent_kernel", "bias")):
        sheet.merge(sheet.at(row + 1 + offset, 0, 1, _VALUE), name, "label")
        area = sheet.at(row + 1 + offset, _VALUE + 1, 1, 4)
        draft.place(f"lstm.{name}", area)
        for number, (line, column) in enumerate(area.cells()):
            sheet.put(line, column, draft.value(f"lstm.{name}", number), "setting")
    sheet.put(row + 3, _VALUE + 5, say("vanishing.bias_hint"), "hint_beside")
    return cells[0].fixed(), cells[1].fixed()


def _powers(draft: Draft, sheet: SheetDraft) -> Range:
    """Values for U, of which one can be chosen, and what each does to the first of five words; returns the values."""
    sheet.put(_ASIDE, _CHOICES_COLUMN, say("vanishing.fourth_power"), "part_heading")
    sheet.put_row(_ASIDE + 1, _CHOICES_COLUMN, say_all("vanishing.powers_header"), "header")
    choices = sheet.numbers(_ASIDE + 2, _CHOICES_COLUMN, np.array(_CHOICES)[:, None], "choice")
    for k, value in enumerate(_CHOICES):
        row = _ASIDE + 2 + k
        cell = cell_name(row, _CHOICES_COLUMN)
        draft.helper(sheet, row, _CHOICES_COLUMN + 1, f"{cell}^4", [value**4], "intermediate_small", 1e-12)
        draft.helper(sheet, row, _CHOICES_COLUMN + 2, f"4*{cell}^3", [4 * value**3], "gradient_small", 1e-12)
    return choices


def _remembered(draft: Draft, sheet: SheetDraft, gradients: Mapping[str, Array], place: int, word: str) -> None:
    """What the end still has of the one word that tells what comes next."""
    row = _ASIDE + 9
    sheet.put(row, _CHOICES_COLUMN, say("vanishing.left_of", word=word, place=place + 1), "part_heading")
    sheet.put_row(row + 1, _CHOICES_COLUMN, ["linear", "tanh", "LSTM"], "header")
    for k, name in enumerate(("linear.d_x", "tanh.d_h", "lstm.d_c")):
        text = cell_name(TOP + 1 + place, SIZE + k)
        value = abs(float(gradients[name][place]))
        draft.helper(sheet, row + 2, _CHOICES_COLUMN + k, text, [value], "difference", 1e-12)


def _place(draft: Draft, sheet: SheetDraft, steps: int) -> None:
    columns = {"input.x": X, "words.x": X, "linear.h": STATE, "tanh.h": TANH, "lstm.f": GATE, "lstm.c": CELL}
    for t in range(steps):
        for band, column in columns.items():
            if f"{band}[{t}]" in draft.graph:
                draft.place(f"{band}[{t}]", sheet.at(TOP + 1 + t, column))


def _header(sheet: SheetDraft) -> None:
    heading(sheet, TOP - 2, say("vanishing.word_by_word"), 13)
    for column, name in ((STATE, "linear"), (TANH, "tanh"), (GATE, "lstm")):
        sheet.put(TOP - 1, column, say(f"vanishing.{name}"), "name")
    sheet.put_row(TOP, 0, say_all("vanishing.header"), "header")
    sheet.heights[TOP] = 32


def _row(draft: Draft, sheet: SheetDraft, t: int, steps: int, u: str, w: str, gradients: Mapping[str, Array]) -> None:
    row = TOP + 1 + t
    tensor = "words.x" if f"words.x[{t}]" in draft.graph else "input.x"
    x = sheet.put(row, X, draft.value(f"{tensor}[{t}]"), "input_short")
    sheet.put(row, WORD, float(t + 1), "column_label")
    for column, name, style in ((STATE, "linear.h", "state"), (TANH, "tanh.h", "state"), (GATE, "lstm.f", "gate"),
                                (CELL, "lstm.c", "state")):  # fmt: skip
        sheet.put(row, column, draft.live(draft.graph[f"{name}[{t}]"], 0, NAME), style)
    left = steps - 1 - t
    power = "" if left == 0 else "U · " if left == 1 else f"U{str(left).translate(_POWERS)} · "
    sheet.put(row, TERM, f"{power}W · x{subscript(t + 1)}", "equation_beside")
    to_input, own = gradients["linear.d_x"], float(draft.value(f"{tensor}[{t}]"))
    power = f"{u}^{left}*{w}"

    def helper(column: int, text: str, value: float, style: str = "gradient_tiny") -> Range:
        return draft.helper(sheet, row, column, text, [value], style, 1e-12)

    helper(PART, f"{power}*{x.a1}", float(to_input[t]) * own, "intermediate_tiny")
    to = helper(TO_INPUT, power, float(to_input[t]))
    span = Range(NAME, TOP + 1, TO_INPUT, steps).fixed()
    limit = f"$C${INPUTS + 4}"
    clipped = f"IF(SUMSQ({span})>{limit}^2,{to.a1}*{limit}/SQRT(SUMSQ({span})),{to.a1})"
    helper(CLIPPED, clipped, float(gradients["linear.clipped"][t]))
    tanh, cell = gradients["tanh.d_h"], gradients["lstm.d_c"]
    if left == 0:
        sheet.put(row, TO_TANH, 1.0, "gradient_tiny")
        sheet.put(row, TO_CELL, 1.0, "gradient_tiny")
    else:
        below = row + 1
        helper(TO_TANH, f"{cell_name(below, TO_TANH)}*(1-{cell_name(below, TANH)}^2)*{u}", float(tanh[t]))
        helper(TO_CELL, f"{cell_name(below, TO_CELL)}*{cell_name(below, GATE)}", float(cell[t]))
    for offset, (column, value) in enumerate(((TO_INPUT, to_input[t]), (TO_TANH, tanh[t]), (TO_CELL, cell[t]))):
        helper(SIZE + offset, f"ABS({cell_name(row, column)})", abs(float(value)), "difference")


def _answers(draft: Draft, sheet: SheetDraft, steps: int, u: str) -> Range:
    row = TOP + steps + 1
    parts = Range(NAME, TOP + 1, PART, steps).a1
    last = Range(NAME, TOP + steps, STATE)
    total = float(draft.value(f"linear.h[{steps - 1}]"))
    sheet.put(row, TERM, say("vanishing.sum_all_terms"), "label")
    draft.helper(sheet, row, PART, f"SUM({parts})", [total], "state", 1e-12)
    sheet.put(row + 1, TERM, say("vanishing.minus_last"), "label")
    draft.helper(sheet, row + 1, PART, f"SUM({parts})-{last.a1}", [0.0], "difference", 1e-12)
    text = (
        f"IF(ABS({u})<1,{say_live('vanishing.vanishes')},"
        f"IF(ABS({u})>1,{say_live('vanishing.explodes')},{say_live('vanishing.is_kept')}))"
    )
    return draft.helper(sheet, INPUTS - 1, 0, text, [say("vanishing.vanishes")], "name")


def _charts(sheet: SheetDraft, steps: int) -> None:
    words = sheet.at(TOP + 1, WORD, steps, 1)

    def line(name: str, column: int) -> Series:
        return Series(name, sheet.at(TOP + 1, column, steps, 1), words)

    sizes = say_all("vanishing.sizes")
    lines = tuple(line(name, SIZE + k) for k, name in enumerate(sizes))
    row = INPUTS + 9
    sheet.charts += [
        Chart(row, 0, say("vanishing.dependence"), say("words.word"), "", lines, width=610,
              height=330, markers=False, logarithmic=True),
        Chart(row, CLIPPED, say("vanishing.terms"), say("words.word"), "", (line(say("vanishing.term_of_word"), PART),),
              width=610, height=330, markers=False),
    ]  # fmt: skip


def _two_units(draft: Draft, sheet: SheetDraft, row: int) -> int:
    """With two units U is a matrix, and its largest singular value takes the role of |U|."""
    heading(sheet, row, say("vanishing.matrix"), 13)
    matrix = np.array([[0.8, 0.5], [-0.3, 0.7]])
    for (line, column), value in zip(sheet.at(row + 1, 1, 2, 2).cells(), matrix.reshape(-1), strict=True):
        sheet.put(line, column, float(value), "setting")
    sheet.put(row + 1, 0, "U", "name")
    a, b, c, d = (cell_name(row + 1 + i, 1 + j) for i in range(2) for j in range(2))
    squares = f"({a}^2+{b}^2+{c}^2+{d}^2)"
    text = f"SQRT(({squares}+SQRT({squares}^2-4*({a}*{d}-{b}*{c})^2))/2)"
    largest = float(np.linalg.svd(matrix, compute_uv=False)[0])
    sheet.put(row + 1, 4, say("vanishing.largest_singular_value"), "label")
    cell = draft.helper(sheet, row + 1, 5, text, [largest], "intermediate", 1e-12)
    shrinks, grows = say("vanishing.shrinks"), say("vanishing.may_grow")
    verdict = f"IF({cell.a1}<1,{in_quotes(shrinks)},{in_quotes(grows)})"
    draft.helper(sheet, row + 1, 6, verdict, [shrinks if largest < 1 else grows], "strong")
    return row + 4


def machinery_sheet(draft: Draft, layers: Sequence[str], words: Sequence[str]) -> None:
    """Everything else on the way, one row a word: projections, sums, gates."""
    sheet = draft.sheet(MACHINERY, "intermediate")
    title(sheet, MACHINERY, say("vanishing.machinery"), 12)
    sheet.put(_MACHINE_TOP - 1, 0, say("words.word"), "header")
    sheet.widths[0] = 11
    for t, word in enumerate(words):
        sheet.put(_MACHINE_TOP + t, 0, word, "word")
    for layer in layers:
        for band, members in draft.graph.bands(layer).items():
            area = draft.placed(members[0].name)
            if area.sheet != MACHINERY:
                continue
            sheet.put(_MACHINE_TOP - 2, area.left, layer, "column_label")
            sheet.put(_MACHINE_TOP - 1, area.left, band.label, "header")
            sheet.widths[area.left] = max(13, len(band.label) + 1)
            for q in members:
                content = draft.value(q.name) if q.expr is None else draft.live(q, 0, MACHINERY)
                row, column = next(draft.placed(q.name).cells())
                sheet.put(row, column, content, q.band.role.value)
    sheet.freeze = (_MACHINE_TOP, 1)
    sheet.printed = False


def _place_machinery(draft: Draft) -> None:
    """A column for each symbol that the table does not show."""
    column = 1
    for members in draft.graph.bands().values():
        if not draft.is_placed(members[0].name):
            for q in members:
                draft.place(q.name, Range(MACHINERY, _MACHINE_TOP + (q.step or 0), column))
            column += 1
