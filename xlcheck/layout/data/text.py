"""Text: words typed into cells become codes, by the vocabulary that travels with the model; and what it answers.

Everything on the sheet is a live formula except the words, so that other words can be typed in Excel itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xlcheck.formulas.addresses import Range
from xlcheck.graph.quantities import Quantity
from xlcheck.layout.common import heading, title
from xlcheck.layout.data.answers import ANSWER_TOP, CANDIDATES, Answer, label, next_words, numbers
from xlcheck.layout.data.store import Store
from xlcheck.layout.draft import Draft, reference
from xlcheck.layout.sheet import SheetDraft
from xlcheck.model.encoding import FROM_FILE, PADDING, Encoding, Words
from xlcheck.texts import in_quotes, say, say_all, say_live
from xlcheck.workbook.plan import DropDown

NAME, VOCABULARY = "Text", "Vocabulary"
INPUT = "input.x"
_NUMBER, _TYPED, _READ, _PLACE, _CODE, _KNOWN, _STEP, _STEP_CODE, _STEP_WORD, _SENTENCE, _CONTEXT = (
    0, 1, 2, 3, 4, 5, 7, 8, 9, 11, 12,
)  # fmt: skip
_COLUMNS = 12
_NOTHING = "–"
"""Stands where no word was typed: programs that do not calculate cannot tell an empty text from no value."""
_STRIPPED = '*?~.,!:;"()@#'
"""Signs that are taken out of a typed word; the first three would be wildcards in a look-up."""


@dataclass(frozen=True)
class TypedText:
    """A text for a model that reads words.

    Attributes:
        encoding: the model's vocabulary and pre-processing.
        text: as given by the user.
    """

    encoding: Encoding
    text: str

    @property
    def options(self) -> str:
        """The options of the command line that say so."""
        vocabulary = " --vocabulary FILE" if self.encoding.task == FROM_FILE else ""
        return f'--text "{self.text}"{vocabulary}{" --padding back" if self.encoding.back else ""}'

    @property
    def words(self) -> Words:
        """The words that stand in the cells at first; of a text that is too long those that the model reads."""
        return self.encoding.tokens.words(self.text)[self.encoding.kept]


class TypedInputs(Store):
    """The codes of the typed words, fetched cell by cell."""

    def lookup(self, q: Quantity, unit: str) -> str:
        """The formula that fetches the code of a time step."""
        area = self.areas[q.band.name]
        return reference(area.cell(q.step or 0), "", fixed=True)


@dataclass(frozen=True)
class _Columns:
    """The cells of the table of words, one row a word that can be typed."""

    read: Range
    place: Range
    code: Range
    known: Range


@dataclass(frozen=True)
class TextPage:
    """The sheet of the text, on which the answer is put once the layers are laid out.

    Attributes:
        vocabulary: where the words of the vocabulary stand.
        inputs: where other sheets find the codes.
    """

    typed: TypedText
    sheet: SheetDraft
    vocabulary: Range
    inputs: TypedInputs

    def answer(self, draft: Draft) -> Answer | None:
        """Put the model's answer above the text, in words if it has words."""
        encoding = self.typed.encoding
        if encoding.labels:
            return label(draft, self.sheet, encoding.labels)
        if draft.graph[draft.graph.outputs[-1]].shape[-1] == encoding.size:
            return next_words(draft, self.sheet, encoding, self.vocabulary)
        numbers(draft, self.sheet)
        return None


def text_page(draft: Draft, typed: TypedText) -> TextPage:
    """Fill the sheets of the text and of the vocabulary."""
    encoding = typed.encoding
    sheet = draft.sheet(NAME, "input")
    subtitle = say("text.intro")
    title(sheet, NAME, subtitle, _COLUMNS)
    sheet.widths.update({_NUMBER: 8, _TYPED: 24, _READ: 20, _PLACE: 10, _CODE: 10, _KNOWN: 12, 6: 3})
    sheet.widths.update({_STEP: 8, _STEP_CODE: 10, _STEP_WORD: 20, 10: 3, _SENTENCE: 60, _CONTEXT: 14})
    vocabulary = _vocabulary_sheet(draft, encoding)
    columns = _typed_words(draft, sheet, typed, vocabulary, _answer_rows(draft, encoding))
    codes = _steps(draft, sheet, typed, columns, vocabulary)
    sheet.freeze = (3, 0)
    shown = encoding.encode(typed.text)
    words = [
        (reference(sheet.at(codes.top + t, _STEP_WORD), "", fixed=True), (encoding.word(int(shown[t])),))
        for t in range(encoding.timesteps)
    ]
    sentence = reference(sheet.at(codes.top + codes.rows - 1, _SENTENCE), "", fixed=True)
    inputs = TypedInputs(
        {INPUT: codes}, {}, {INPUT: encoding.timesteps}, "1", sentence, say("common.change_words_link"),
        sheet.at(codes.top, _TYPED), words, "text",
    )  # fmt: skip
    return TextPage(typed, sheet, vocabulary, inputs)


def _vocabulary_sheet(draft: Draft, encoding: Encoding) -> Range:
    sheet = draft.sheet(VOCABULARY, "input")
    title(sheet, VOCABULARY, say("text.vocabulary_intro"), 8)
    sheet.widths.update({0: 10, 1: 28})
    sheet.put_row(4, 0, [say("words.code"), say("words.word")], "header_left")
    count = len(encoding.words)
    first = encoding.first_code
    sheet.numbers(5, 0, np.arange(first, first + count, dtype=np.float64)[:, None], "column_label")
    for row, word in enumerate(encoding.words, start=5):
        sheet.put(row, 1, word, "input_text")
    sheet.freeze = (5, 0)
    sheet.printed = False
    return listed_words(encoding)


def listed_words(encoding: Encoding) -> Range:
    """Where the words of the vocabulary stand."""
    return Range(VOCABULARY, 5, 1, len(encoding.words))


def _answer_rows(draft: Draft, encoding: Encoding) -> int:
    """How many rows the answer takes."""
    outputs = draft.graph[draft.graph.outputs[-1]].shape[-1]
    return len(encoding.labels) or min(CANDIDATES, len(encoding.words) if outputs == encoding.size else outputs)


def _typed_words(draft: Draft, sheet: SheetDraft, typed: TypedText, vocabulary: Range, answer_rows: int) -> _Columns:
    """One row for each word that can be typed: the word, what is read of it, its place, its code."""
    encoding, words = typed.encoding, typed.words
    steps = encoding.timesteps
    above = ANSWER_TOP + 4 + answer_rows
    heading(sheet, above, say("text.your_words"), _KNOWN + 1)
    sheet.put_row(above + 1, 0, say_all("text.header"), "header")
    sheet.put(above + 1, _SENTENCE, say("text.so_far"), "header_left")
    sheet.heights[above + 1] = 32
    top = above + 2
    listed = reference(vocabulary, NAME, fixed=True)
    for k in range(steps):
        row = top + k
        word = words[k] if k < len(words) else ""
        sheet.put(row, _NUMBER, float(k + 1), "column_label")
        cell = sheet.put(row, _TYPED, word or None, "selector")
        read = draft.helper(sheet, row, _READ, _cleaned(cell.a1), [word or _NOTHING], "word")
        empty = f'{read.a1}="{_NOTHING}"'
        before = "" if k == 0 else f"+{sheet.at(row - 1, _PLACE).a1}"
        place = float(min(k + 1, len(words)))
        draft.helper(sheet, row, _PLACE, f"IF({empty},0,1){before}", [place], "column_label")
        found = f"MATCH({read.a1},{listed},0)"
        code = f"{found}+{encoding.first_code - 1}"
        if encoding.unknown is not None:
            code = f"IFERROR({code},{encoding.unknown})"
        value: float | str = float(encoding.codes.get(word, encoding.unknown or PADDING)) if word else _NOTHING
        draft.helper(sheet, row, _CODE, f'IF({empty},"{_NOTHING}",{code})', [value], "input_code")
        known = _NOTHING if not word else say("common.yes") if word in encoding.codes else say("text.not_known")
        text = f'IF({empty},"{_NOTHING}",IF(ISNUMBER({found}),{say_live("common.yes")},{say_live("text.not_known")}))'
        draft.helper(sheet, row, _KNOWN, text, [known], "column_label")
        so_far = f'{sheet.at(row - 1, _SENTENCE).a1}&" "&' if k else ""
        text = f'TRIM({so_far}IF({empty},"",{read.a1}))'
        draft.helper(sheet, row, _SENTENCE, text, [" ".join(words[: k + 1])], "text")
    if encoding.unknown is None:
        message = say("text.input_message")
        sheet.drop_downs += [
            DropDown(sheet.at(top + k, _TYPED), vocabulary, say("text.input_title"), message) for k in range(steps)
        ]
    return _Columns(*(sheet.at(top, column, steps) for column in (_READ, _PLACE, _CODE, _KNOWN)))


def _cleaned(cell: str) -> str:
    """A typed word in lower case without the signs around it; a number becomes a text.

    Empty cells are told by their value 0: IronCalc takes the ones that openpyxl writes for zeros.
    """
    text = f'{cell}&""'
    for sign in _STRIPPED:
        text = f'SUBSTITUTE({text},"{sign.replace(chr(34), chr(34) * 2)}","")'
    return f'IF(OR({cell}=0,TRIM({text})=""),"{_NOTHING}",LOWER(TRIM({text})))'


def _steps(draft: Draft, sheet: SheetDraft, typed: TypedText, columns: _Columns, vocabulary: Range) -> Range:
    """What the model reads at each time step: the words, and something in front or behind if there are too few."""
    encoding = typed.encoding
    steps, first = encoding.timesteps, encoding.first_code
    top = columns.code.top
    sheet.put_row(top - 1, _STEP, say_all("text.steps_header"), "header")
    context = _context(sheet, typed, top)
    count = sheet.at(top + steps - 1, _PLACE).fixed()
    codes = encoding.encode(typed.text)
    specials = ",".join(in_quotes(encoding.word(code)) for code in range(first))
    listed = reference(vocabulary, NAME, fixed=True)
    for t in range(steps):
        row = top + t
        sheet.put(row, _STEP, float(t + 1), "column_label")
        step = sheet.at(row, _STEP).a1
        number = step if encoding.back else f"{step}-{steps}+{count}"
        typed_code = f"INDEX({columns.code.fixed()},MATCH({number},{columns.place.fixed()},0))"
        if encoding.back:
            text = f"IF({step}>{count},{_padding(encoding)},{typed_code})"
        else:
            text = f"IF({number}<1,{_in_front(encoding, number, context, f'{step}+{count}')},{typed_code})"
        cell = draft.helper(sheet, row, _STEP_CODE, text, [float(codes[t])], "input_code")
        draft.place(f"{INPUT}[{t}]", cell, 0)
        word = f"INDEX({listed},{cell.a1}-{first - 1})" if first != 1 else f"INDEX({listed},{cell.a1})"
        if first:
            word = f"IF({cell.a1}<{first},CHOOSE({cell.a1}+1,{specials}),{word})"
        draft.helper(sheet, row, _STEP_WORD, word, [encoding.word(int(codes[t]))], "word")
    return sheet.at(top, _STEP_CODE, steps)


def _context(sheet: SheetDraft, typed: TypedText, top: int) -> Range | None:
    """The words that stand in front of a text that is too short, as codes."""
    encoding = typed.encoding
    if not encoding.context:
        return None
    sheet.put(top - 1, _CONTEXT, say("text.padding"), "header")
    codes = np.array(encoding.encode_words(encoding.context), dtype=np.float64)
    return sheet.numbers(top, _CONTEXT, codes[:, None], "input_code")


def _in_front(encoding: Encoding, number: str, context: Range | None, place: str) -> str:
    """A formula for the code at a step before the first word, whose number is below 1."""
    if context is not None:
        return f"INDEX({context.fixed()},{place})"
    if encoding.start is not None:
        return f"IF({number}=0,{encoding.start},{_padding(encoding)})"
    return _padding(encoding)


def _padding(encoding: Encoding) -> str:
    """A formula for the code that fills up; an error where every code is a word's."""
    return str(PADDING) if encoding.has_padding else "NA()"
