"""One step: the first epoch in slow motion, from the words to the loss, back again, and to new weights.

Columns: symbol, number, equation, meaning, the values (one column for each document, or a gradient beside what
nudging the weight gives), and the formula of the last document as text.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from xlcheck.formulas.addresses import Range, cell_name
from xlcheck.graph import expressions as ex
from xlcheck.graph.notation import at_step, label_of, notation
from xlcheck.graph.quantities import Quantity, Role
from xlcheck.graph.scalars import Index, indices, scalar_name
from xlcheck.layers.gates import gates_of
from xlcheck.layout.common import heading, shortened, title
from xlcheck.layout.draft import Draft, reference
from xlcheck.layout.sheet import SheetDraft
from xlcheck.layout.training.nudges import Difference
from xlcheck.layout.widening import formula_width
from xlcheck.learning.optimisers import OPTIMISERS
from xlcheck.learning.optimisers.step import LAYER, NEW
from xlcheck.learning.optimisers.table import LIMIT, EpochGraph
from xlcheck.texts import in_quotes, meant, say, say_all
from xlcheck.workbook.plan import Content, Formula

NAME = "One step"
SYMBOL, NUMBER, EQUATION, MEANING, FIRST = range(5)
_TOP = 4
_SHORT = 12  # letters of a sample that have room on one line
_EQUATION, _MEANING = 38, 32  # letters of a line
_SMALL = 0.94  # of a letter of the width of columns: a letter of a sentence in the mean
_WHOLE = 300  # letters of a formula that are shown beside its number
_PART = 6  # numbers of one quantity that are kept on one page
_WITHIN = 1e-10  # losses that agree to 1e-16, divided by 2e-5, with room for larger ones

_FORWARD, _LOSS, _BACKWARD, _WEIGHTS, _STEP = range(5)
_SECTIONS = ("forward", "loss", "backward", "gradients", "step")


@dataclass(frozen=True)
class _Line:
    """A row of the sheet: one number of one quantity, for all documents."""

    row: int
    q: Quantity
    index: Index

    @property
    def first(self) -> bool:
        """Whether it is the quantity's first number, which has the words beside it."""
        return not any(self.index)


def one_step_sheet(
    draft: Draft, epoch: EpochGraph, samples: Sequence[str], choice: Range, differences: Mapping[str, Difference]
) -> None:
    """Fill the sheet.

    The cell `choice` says which optimiser is chosen, from 1; `differences` are what nudging gives for each gradient.
    """
    sheet = draft.sheet(NAME, "gradient")
    compared = say_all("one_step.compared")
    values = max(len(samples), len(compared))
    columns = FIRST + values
    title(sheet, say("one_step.title"), say("one_step.intro"), columns)
    longest = max(len(_symbol(q)) for q in epoch.whole if q.expr is not None)
    numbered = any(max(q.shape) > 1 for q in epoch.whole)
    sheet.widths.update(
        {SYMBOL: max(20, longest), NUMBER: 8 if numbered else 2, EQUATION: _EQUATION, MEANING: _MEANING}
    )
    sheet.widths.update({FIRST + k: 14 for k in range(values)})
    for number, (row, lines) in enumerate(_rows(draft, sheet, epoch)):
        section = f"one_step.{_SECTIONS[number]}"
        heading(sheet, row, say(section), columns + 1)
        sheet.starts += [row, *_starts(lines)]
        sheet.merge(sheet.at(row + 1, 0, 1, columns), say(f"{section}_intro", limit=LIMIT), "remark")
        shown = compared if number == _WEIGHTS else [say("one_step.all_documents")] if number == _STEP else samples
        header: list[str | None] = [*say_all("one_step.header"), *shown, *[None] * (values - len(shown))]
        header[NUMBER] = header[NUMBER] if numbered else None
        last = say("common.formula") if number >= _WEIGHTS else say("one_step.formula_for", sample=samples[-1])
        sheet.put_row(row + 2, 0, [*header, last], "header_left")
        sheet.heights[row + 2] = 30 if max(map(len, samples)) > _SHORT else 18
        for line in lines:
            _fill(draft, sheet, epoch, line, columns, choice)
            if number == _WEIGHTS:
                _difference(draft, sheet, line, differences)
    texts = [cell.content for (_, column), cell in sheet.cells.items() if column == columns]
    sheet.widths[columns] = formula_width(texts)
    sheet.left_out = 1
    sheet.freeze = (3, 1)


def _rows(draft: Draft, sheet: SheetDraft, epoch: EpochGraph) -> list[tuple[int, list[_Line]]]:
    """Reserve a row for each number of each quantity; returns the first row of each section, and its lines."""
    sections = []
    row = _TOP
    for number in range(len(_SECTIONS)):
        top = row
        row += 3
        lines = []
        for q in (q for q in epoch.whole if q.expr is not None and _section(q) == number):
            for index in indices(q):
                places = list(_placed(epoch, q, index))
                for column, name in places:
                    draft.place(name, sheet.at(row, column))
                if places:
                    lines.append(_Line(row, q, index))
                    row += 1
        sections.append((top, lines))
        row += 1
    return sections


def _placed(epoch: EpochGraph, q: Quantity, index: Index) -> Iterator[tuple[int, str]]:
    for sample in [None] if q.is_weight else range(epoch.samples):
        name = scalar_name(q, index, sample)
        if name in epoch.scalars:
            yield FIRST + (sample or 0), name


def _section(q: Quantity) -> int:
    gradient = q.band.role is Role.GRADIENT
    if q.is_weight:
        return _WEIGHTS if gradient else _STEP
    if gradient:
        return _BACKWARD
    return _LOSS if q.band.role is Role.LOSS or q.band.layer == "loss" else _FORWARD


def _starts(lines: Sequence[_Line]) -> Iterator[int]:
    """The rows with which a page may begin: of quantities, and of parts of those with many numbers."""
    since = 0
    for line in lines[1:]:
        since = 0 if line.first else since + 1
        if since % _PART == 0:
            yield line.row


def _fill(draft: Draft, sheet: SheetDraft, epoch: EpochGraph, line: _Line, formula: int, choice: Range) -> None:
    q, row = line.q, line.row
    *_, last = [
        sheet.put(row, column, draft.live(draft.graph[name], 0, NAME), _style(q))
        for column, name in _placed(epoch, q, line.index)
    ]
    content = sheet.cells[row, last.left].content
    assert isinstance(content, Formula)  # noqa: S101 - every number on this sheet is computed
    sheet.put(row, formula, shortened(f"={content.text}", _WHOLE), "formula")
    lines = 1
    if line.first:
        sheet.put(row, SYMBOL, _symbol(q), "symbol_small" if q.is_weight else "symbol")
        chosen = _of_optimisers(q)
        if chosen is None:
            words: list[Content] = [_equation(line, epoch), at_step(meant(q.band.meaning), q.step)]
            for column, text, style in zip((EQUATION, MEANING), words, ("equation_wrap", "meaning"), strict=True):
                sheet.put(row, column, text, style)
        else:
            for column, texts, style in zip((EQUATION, MEANING), chosen, ("equation_wrap", "meaning"), strict=True):
                _chosen(draft, sheet, row, column, texts, style, choice)
            words = [max(texts, key=len) for texts in chosen]
        lines = max(
            math.ceil(_SMALL * len(str(text)) / wide) for text, wide in zip(words, (_EQUATION, _MEANING), strict=True)
        )
    elif text := _equation(line, epoch):
        sheet.put(row, EQUATION, text, "equation_wrap")
        lines = math.ceil(_SMALL * len(text) / _EQUATION)
    sheet.heights[row] = 13 * lines + 3
    numbers = ", ".join(str(i + 1) for i in line.index) if max(q.shape) > 1 else ""
    sheet.put(row, NUMBER, numbers, "first_unit" if line.first else "unit")


def _symbol(q: Quantity) -> str:
    return f"{q.band.layer}: {label_of(q)}" if q.is_weight else label_of(q)


def _difference(draft: Draft, sheet: SheetDraft, line: _Line, differences: Mapping[str, Difference]) -> None:
    """What nudging the weight gives, beside its gradient."""
    name = scalar_name(line.q, line.index)
    own = differences[name]
    draft.helper(sheet, line.row, FIRST + 1, own.text, [own.value], _style(line.q), _WITHIN)
    text = f"{cell_name(line.row, FIRST)}-{cell_name(line.row, FIRST + 1)}"
    draft.helper(sheet, line.row, FIRST + 2, text, [draft.value(name) - own.value], "difference", _WITHIN)


def _chosen(
    draft: Draft, sheet: SheetDraft, row: int, column: int, texts: Sequence[str], style: str, choice: Range
) -> None:
    """The text for the optimiser that is chosen."""
    options = ",".join(map(in_quotes, texts))
    shown = texts[round(draft.value(f"{LAYER}.choice")) - 1]
    draft.helper(sheet, row, column, f"CHOOSE({reference(choice, NAME, fixed=True)},{options})", [shown], style)


def _style(q: Quantity) -> str:
    """What the step shows can be very small, but for the weights."""
    small = q.is_weight and q.band.role is not Role.WEIGHT
    return f"{q.band.role.value}_small" if small else q.band.role.value


def _of_optimisers(q: Quantity) -> tuple[list[str], list[str]] | None:
    """Equation and meaning with each optimiser, for what depends on the one that is chosen."""
    optimisers = list(OPTIMISERS.values())
    if q.band.layer == LAYER:
        used = ["beta_1" in own.settings for own in optimisers]
        return (
            [q.band.equation if yes else say("one_step.not_used") for yes in used],
            [
                meant(q.band.meaning) if yes else say("one_step.no_use", name=own.name)
                for own, yes in zip(optimisers, used, strict=True)
            ],
        )
    if q.band.symbol.startswith(NEW):
        return [say("one_step.weight", equation=own.equation) for own in optimisers], [
            meant(own.meaning) for own in optimisers
        ]
    symbol = q.band.symbol.partition("_")[0]
    slots = [next((slot for slot in own.kept if slot.symbol == symbol), None) for own in optimisers]
    if q.band.role is Role.GRADIENT or not any(slots):
        return None
    return (
        [say("one_step.not_used") if slot is None else f"{slot.label} ← {slot.equation}" for slot in slots],
        [
            say("one_step.no_use", name=own.name) if slot is None else meant(slot.meaning)
            for own, slot in zip(optimisers, slots, strict=True)
        ],
    )


def _equation(line: _Line, epoch: EpochGraph) -> str:
    """How a quantity is computed, beside its first number; of what has a part for each gate, beside each part's."""
    q, gates = line.q, gates_of(epoch.whole.symbols)
    own = gates.get(q.band.layer, ())
    if isinstance(q.expr, ex.Concat) and q.is_weight and len(q.expr.items) == len(own):
        gate, unit = divmod(line.index[-1], q.shape[-1] // len(own))
        if unit or any(line.index[:-1]):
            return ""
        return f"{label_of(q)}[{own[gate]}] = {notation(q.expr.items[gate], epoch.whole, gates)}"
    if not line.first or q.expr is None:
        return ""
    if q.band.equation:
        return at_step(q.band.equation, q.step)
    return f"{label_of(q)} = {notation(q.expr, epoch.whole, gates)}"
