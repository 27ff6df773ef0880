"""All texts: which part of the data each belongs to, what Keras answered, and how often that was right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xlcheck.arrays import Array
from xlcheck.formulas.addresses import Range
from xlcheck.layout.common import title
from xlcheck.layout.draft import Draft
from xlcheck.layout.numbers import RIGHT, WRONG
from xlcheck.layout.sheet import SheetDraft
from xlcheck.texts import in_quotes, say, say_all, say_live

NAME = "All texts"
_NUMBER, _TEXT, _PLACE, _PART, _LABEL, _SHARE, _ANSWER, _RIGHT = range(8)
_SIDE = 9
_TOP = 4


@dataclass(frozen=True)
class Texts:
    """Texts with labels.

    Attributes:
        labels: 0 or 1 for each.
        names: what the labels 0 and 1 are called.
        places: the place of each in the shuffled order, from 1.
        test_share: how much of them is for the test.
    """

    texts: Sequence[str]
    labels: Sequence[int]
    names: Sequence[str]
    places: Sequence[int]
    test_share: float


def accuracy_sheet(draft: Draft, texts: Texts) -> None:
    """Fill the sheet; `draft.further["answers"]` has the probability of label 1 for each text."""
    sheet = draft.sheet(NAME, "output")
    title(sheet, NAME, say("accuracy.intro"), _RIGHT + 1)
    sheet.heights[1] = 50
    sheet.widths.update({_NUMBER: 8, _TEXT: 84, _PLACE: 10, _PART: 10, _LABEL: 10, _SHARE: 13, _ANSWER: 10, _RIGHT: 8})
    sheet.widths.update({_RIGHT + 1: 4, _SIDE: 34, _SIDE + 1: 13, _SIDE + 2: 13, _SIDE + 3: 13})
    page = _Page(draft, sheet, texts, draft.further["answers"])
    page.settings()
    page.listed()
    row = page.table(_TOP + 6, say("accuracy.training"))
    page.table(row + 1, say("accuracy.test"))
    sheet.freeze = (_TOP + 1, 0)
    sheet.printed = False


class _Page:
    def __init__(self, draft: Draft, sheet: SheetDraft, texts: Texts, answers: Array) -> None:
        self._draft, self._sheet, self._texts = draft, sheet, texts
        self._answers = answers
        count = len(texts.texts)
        self._cells = {column: sheet.at(_TOP + 1, column, count) for column in range(_RIGHT + 1)}
        self._tests = round(texts.test_share * count)
        self._parts = [
            say("accuracy.test") if place <= self._tests else say("accuracy.training") for place in texts.places
        ]
        self._said = [texts.names[int(share >= 0.5)] for share in answers]
        self._names = [texts.names[label] for label in texts.labels]

    def settings(self) -> None:
        """What may be changed: how much is for the test, and from which probability on a text counts as positive."""
        sheet, row = self._sheet, _TOP
        _heading(sheet, row, say("accuracy.changes"))
        sheet.put(row + 1, _SIDE, say("accuracy.share_test"), "text")
        self._share = sheet.put(row + 1, _SIDE + 1, self._texts.test_share, "choice")
        sheet.put(row + 2, _SIDE, say("accuracy.threshold", label=self._texts.names[1]), "text")
        self._threshold = sheet.put(row + 2, _SIDE + 1, 0.5, "choice")
        sheet.put(row + 3, _SIDE, say("accuracy.held_back"), "text")
        text = f"ROUND({self._share.a1}*COUNT({self._cells[_NUMBER].a1}),0)"
        self._count = self._draft.helper(sheet, row + 3, _SIDE + 1, text, [float(self._tests)], "intermediate_code")

    def listed(self) -> None:
        """One row a text."""
        draft, sheet, texts = self._draft, self._sheet, self._texts
        sheet.put_row(_TOP, 0, say_all("accuracy.header"), "header")
        sheet.heights[_TOP] = 32
        for k, text in enumerate(texts.texts):
            row = _TOP + 1 + k
            sheet.put(row, _NUMBER, float(k + 1), "column_label")
            sheet.put(row, _TEXT, text, "text")
            place = sheet.put(row, _PLACE, float(texts.places[k]), "column_label")
            part = f"IF({place.a1}<={self._count.fixed()},{say_live('accuracy.test')},{say_live('accuracy.training')})"
            draft.helper(sheet, row, _PART, part, [self._parts[k]], "column_label")
            label = sheet.put(row, _LABEL, self._names[k], "target_text")
            share = sheet.put(row, _SHARE, float(self._answers[k]), "keras")
            said = f"IF({share.a1}>={self._threshold.fixed()},{in_quotes(texts.names[1])},{in_quotes(texts.names[0])})"
            answer = draft.helper(sheet, row, _ANSWER, said, [self._said[k]], "output_text")
            right = f'IF({answer.a1}={label.a1},"{RIGHT}","{WRONG}")'
            sign = RIGHT if self._said[k] == self._names[k] else WRONG
            draft.helper(sheet, row, _RIGHT, right, [sign], "column_label")

    def table(self, row: int, part: str) -> int:
        """The confusion table and the accuracy of a part; returns the row after them."""
        sheet, names = self._sheet, self._texts.names
        own = [k for k, name in enumerate(self._parts) if name == part]
        _heading(sheet, row, say("accuracy.part", part=part))
        sheet.put_row(row + 1, _SIDE, [say("accuracy.confusion"), *names, say("common.in_all")], "header_left")
        for i, name in enumerate(names):
            sheet.put(row + 2 + i, _SIDE, name, "strong")
            counts = [sum(self._names[k] == name and self._said[k] == said for k in own) for said in names]
            for j, said in enumerate(names):
                style = "output_code" if i == j else "loss_code"
                self._helper(row + 2 + i, j, self._counted(part, name, said), counts[j], style)
            self._helper(row + 2 + i, 2, f"SUM({sheet.at(row + 2 + i, _SIDE + 1, 1, 2).a1})", sum(counts), "keras_code")
        square = sheet.at(row + 2, _SIDE + 1, 2, 2)
        right = sum(self._said[k] == self._names[k] for k in own)
        most = max(sum(self._names[k] == name for k in own) for name in names)
        first, last = (sheet.at(row + 2 + i, _SIDE + 1 + i).a1 for i in range(2))
        sheet.put(row + 4, _SIDE, say("accuracy.share_of_right"), "text")
        self._helper(row + 4, 0, f"({first}+{last})/SUM({square.a1})", right / len(own), "output")
        sheet.put(row + 5, _SIDE, say("accuracy.always_same_answer"), "text")
        totals = sheet.at(row + 2, _SIDE + 3, 2)
        self._helper(row + 5, 0, f"MAX({totals.a1})/SUM({totals.a1})", most / len(own), "intermediate")
        return row + 6

    def _counted(self, part: str, name: str, said: str) -> str:
        wanted = ((_PART, part), (_LABEL, name), (_ANSWER, said))
        pairs = [f"{self._cells[column].fixed()},{in_quotes(text)}" for column, text in wanted]
        return f"COUNTIFS({','.join(pairs)})"

    def _helper(self, row: int, column: int, text: str, value: float, style: str) -> Range:
        return self._draft.helper(self._sheet, row, _SIDE + 1 + column, text, [float(value)], style, 1e-15)


def _heading(sheet: SheetDraft, row: int, text: str) -> None:
    """A heading over the tables at the side."""
    sheet.put(row, _SIDE, text, "heading")
    sheet.put_row(row, _SIDE + 1, [None] * 3, "heading")
