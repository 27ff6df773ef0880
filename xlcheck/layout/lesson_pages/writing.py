"""Twenty words: a model of the next word that reads what it has written, after few epochs and after all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xlcheck.arrays import Array
from xlcheck.formulas.addresses import Range
from xlcheck.formulas.printing import formula
from xlcheck.graph import expressions as ex
from xlcheck.graph.quantities import Graph
from xlcheck.graph.rewriting import replaced
from xlcheck.layout.common import heading, title
from xlcheck.layout.data.text import NAME as TEXT, listed_words
from xlcheck.layout.draft import Draft, View, reference
from xlcheck.layout.sheet import SheetDraft
from xlcheck.model.encoding import Encoding
from xlcheck.numerics import exp
from xlcheck.texts import say, say_all
from xlcheck.workbook.plan import Link
from xlcheck.workbook.styles import BRIEF

NAME = "Twenty words"
_TOP, _NUMBER, _FIRST, _WIDE = 4, 0, 1, 4
_ROUNDING, _SHARES = 4e-14, 1e-12
_LEFT = 1
_LINE = 70  # letters of a line of what is written


@dataclass(frozen=True)
class Stage:
    """A model at some point of its training.

    Attributes:
        key: before the names of its numbers in `draft.further`: windows, states, what the softmax reads.
        epochs: after how many.
        own: whether its weights are not those of the workbook but stand in `draft.further`, too.
    """

    key: str
    epochs: int
    own: bool

    @property
    def sheet(self) -> str:
        """The name of the sheet with its numbers."""
        return f"After {self.epochs} epochs"


def writing_sheets(draft: Draft, encoding: Encoding, recurrent: str, dense: str, stages: Sequence[Stage]) -> None:
    """Fill the sheet with the words, and for each stage one with the numbers."""
    sheet = draft.sheet(NAME, "output")
    title(sheet, NAME, say("writing.intro"), 12)
    sheet.put(2, 2, Link(say("common.change_words_link"), Range(TEXT, 0, 0)), "link")
    sheet.widths.update({_NUMBER: 8})
    vocabulary = listed_words(encoding)
    for place, stage in enumerate(stages):
        numbers = _Numbers(draft, draft.sheet(stage.sheet, "state"), stage, recurrent, dense)
        numbers.fill()
        _column(draft, sheet, _FIRST + place * _WIDE, numbers, encoding, vocabulary)
    sheet.one_page = True


def _column(
    draft: Draft, sheet: SheetDraft, left: int, numbers: _Numbers, encoding: Encoding, vocabulary: Range
) -> None:
    """What one stage writes: the word, its probability, and the sentence so far."""
    stage = numbers.stage
    if left == _FIRST:
        sheet.put(_TOP + 1, _NUMBER, "", "header")
    sheet.put(_TOP, left, Link(stage.sheet, Range(numbers.sheet.name, 0, 0)), "link_heading")
    sheet.put_row(_TOP + 1, left, say_all("writing.header"), "header")
    sheet.put(_TOP + 1, left + 2, say("writing.written"), "header_left")
    sheet.widths.update({left: 15, left + 1: 13, left + 2: 61, left + 3: 3})
    listed = reference(vocabulary, NAME, fixed=True)
    logits = draft.further[f"{stage.key}.z"]
    written: list[str] = []
    for k, z in enumerate(logits):
        row = _TOP + 2 + k
        if left == _FIRST:
            sheet.put(row, _NUMBER, float(k + 1), "column_label")
        written.append(encoding.word(int(z.argmax())))
        code = reference(numbers.code(k), NAME)
        word = draft.helper(sheet, row, left, f"INDEX({listed},{code}+1)", [written[-1]], "output_text")
        share = float(1 / exp(z - z.max()).sum())  # the largest exponential is 1
        text = f"1/SUM({reference(numbers.exponentials(k), NAME)})"
        draft.helper(sheet, row, left + 1, text, [share], "output", _SHARES)
        before = f'{sheet.at(row - 1, left + 2).a1}&" "&' if k else ""
        draft.helper(sheet, row, left + 2, f"{before}{word.a1}", [" ".join(written)], "sentence")
        sheet.heights[row] = 30 if len(" ".join(written)) > _LINE else 15


class _Numbers:
    """The sheet with the states of one stage: a block of rows for each word, time to the right, then the sums."""

    def __init__(self, draft: Draft, sheet: SheetDraft, stage: Stage, recurrent: str, dense: str) -> None:
        self.sheet = sheet
        self.stage = stage
        self._draft = draft
        self._states: Array = draft.further[f"{stage.key}.h"]
        self._codes: Array = draft.further[f"{stage.key}.codes"]
        self._logits: Array = draft.further[f"{stage.key}.z"]
        self._words: int = self._states.shape[0]
        self._steps: int = self._states.shape[1]
        self._units: int = self._states.shape[2]
        self._recurrent, self._dense = recurrent, dense
        self._inner = Draft(draft.graph, draft.trace, draft.samples, draft.style)
        kept = {*(f"{recurrent}.h[{t}]" for t in range(self._steps)), f"{recurrent}.h_init", f"{dense}.z"}
        self._expressions = {name: written_into(draft.graph, name, kept) for name in kept if "init" not in name}

    def fill(self) -> None:
        """Write everything."""
        sheet = self.sheet
        text = say("writing.numbers_intro")
        title(sheet, sheet.name, text, 14)
        sheet.put(2, 2, Link(say("writing.words_link"), Range(NAME, 0, 0)), "link")
        sheet.freeze = (_TOP + 1, _LEFT)
        sheet.printed = False
        sheet.widths.update({0: 10, **dict.fromkeys(range(_LEFT, self._sums + self._logits.shape[1]), 10.5)})
        sheet.put_row(_TOP, _LEFT, [f"t = {t + 1}" for t in range(self._steps)], "column_label")
        sheet.put_row(_TOP, self._sums, self._draft.unit_names[f"{self._dense}.z"], "column_label")
        self._weights()
        for k in range(self._words):
            self._reserve(k)
        for k in range(self._words):
            self._block(k)

    def code(self, k: int) -> Range:
        """The cell of the code of a word that is written."""
        return self.sheet.at(self._top(k), self._sums)

    def logits(self, k: int) -> Range:
        """What the softmax reads for a word."""
        return self.sheet.at(self._top(k) + 1, self._sums, 1, self._logits.shape[1])

    def exponentials(self, k: int) -> Range:
        """The exponentials of these sums, the largest of which is taken away before: no number becomes too large."""
        sums = self.logits(k)
        return self.sheet.at(sums.top + 1, sums.left, 1, sums.columns)

    @property
    def _sums(self) -> int:
        """The first column of the sums: the states end two columns before it."""
        return self._steps + 2

    def _top(self, k: int) -> int:
        return _TOP + 1 + k * (self._units + 2)

    def _weights(self) -> None:
        """The stage's weights: those of the workbook, or its own below all blocks."""
        row = self._top(self._words) + 1
        for q in self._draft.graph:
            if not q.is_weight:
                continue
            if not self.stage.own:
                self._inner.place(q.name, self._draft.placed(q.name))
                continue
            values = self._draft.further[f"{self.stage.key}.{q.name}"]
            matrix = values.reshape(-1, values.shape[-1])
            heading(self.sheet, row, say("writing.weight_after", name=q.name, epochs=self.stage.epochs), self._steps)
            self._inner.place(q.name, self.sheet.numbers(row + 1, _LEFT, matrix, f"weight{BRIEF}"))
            row += len(matrix) + 2

    def _reserve(self, k: int) -> None:
        top = self._top(k)
        for t in range(self._steps):
            self._inner.place(f"input.x[{t}]", self.sheet.at(top, _LEFT + t), k)
            self._inner.place(f"{self._recurrent}.h[{t}]", self.sheet.at(top + 1, _LEFT + t, self._units), k)
        self._inner.place(f"{self._recurrent}.h_init", self._draft.placed(f"{self._recurrent}.h_init"), k)
        self._inner.place(f"{self._dense}.z", self.logits(k), k)

    def _block(self, k: int) -> None:
        """One word: the window, the states, the sums, and the code of the largest one."""
        draft, sheet, top = self._draft, self.sheet, self._top(k)
        view = View(self._inner, sheet.name, k)
        sheet.put(top, 0, say("writing.word", number=k + 1), "name")
        for unit in range(self._units):
            sheet.put(top + 1 + unit, 0, say("common.unit", unit=unit + 1), "label")
        sheet.put(top, self._sums - 1, say("writing.next_code"), "label")
        sheet.put(top + 1, self._sums - 1, say("words.sums"), "label")
        sheet.put(top + 2, self._sums - 1, "exp", "label")
        for t in range(self._steps):
            if k == 0:
                text = reference(draft.placed(f"input.x[{t}]", 0), sheet.name)
            else:
                text = (self.code(k - 1) if t == self._steps - 1 else sheet.at(self._top(k - 1), _LEFT + t + 1)).a1
            draft.helper(sheet, top, _LEFT + t, text, [float(self._codes[k, t])], "input_code")
            expr = self._expressions[f"{self._recurrent}.h[{t}]"]
            for unit in range(self._units):
                own, value = formula(expr, unit, view, draft.style), float(self._states[k, t, unit])
                draft.helper(sheet, top + 1 + unit, _LEFT + t, own, [value], "state", _ROUNDING)
        cells = self.logits(k)
        scale = max(1.0, float(np.abs(self._logits).max()))
        for unit in range(cells.columns):
            own = formula(self._expressions[f"{self._dense}.z"], unit, view, draft.style)
            value = float(self._logits[k, unit])
            sum_ = draft.helper(sheet, cells.top, cells.left + unit, own, [value], "intermediate", _ROUNDING * scale)
            text, value = f"EXP({sum_.a1}-MAX({cells.fixed()}))", float(exp(value - self._logits[k].max()))
            draft.helper(sheet, cells.top + 1, cells.left + unit, text, [value], "intermediate", _ROUNDING * scale)
        code = float(self._logits[k].argmax())
        text = f"MATCH(MAX({cells.a1}),{cells.a1},0)-1"
        draft.helper(sheet, top, self._sums, text, [code], "output_code")


def written_into(graph: Graph, name: str, kept: set[str]) -> ex.Expr:
    """What a quantity is, with everything written into it that is not kept, but for one-hot vectors."""

    def definition(expr: ex.Expr) -> ex.Expr | None:
        if not isinstance(expr, ex.Ref) or expr.name in kept:
            return None
        own = graph[expr.name].expr
        return None if own is None or isinstance(own, ex.OneHot) else replaced(own, definition)

    expr = graph[name].expr
    if expr is None:
        raise ValueError(f"{name} is given, not computed")
    return replaced(expr, definition)
