"""Data: labelled documents whose words become integers, with a drop-down that selects one."""

from __future__ import annotations

from dataclasses import dataclass

from xlcheck.formulas.addresses import Range, cell_name
from xlcheck.graph.trace import Trace
from xlcheck.layout.common import heading, subscript, title
from xlcheck.layout.data.store import Store, item, selection
from xlcheck.layout.draft import Draft, reference
from xlcheck.layout.sheet import SheetDraft
from xlcheck.texts import say, say_all, say_live

NAME = "Data"
_INPUT, _TARGET = "input.x", "target.y"
_NUMBER, _DOCUMENT, _LABEL, _COUNT, _WORDS = range(5)
_SELECTOR_ROW, _TABLE = 4, 7


@dataclass(frozen=True)
class _Vocabulary:
    """Where the words of the vocabulary and their codes stand."""

    words: Range
    codes: Range

    def place(self, word: str) -> str:
        """A formula for the place of a word; an error if it is not there."""
        return f"MATCH({word},{self.words.fixed()},0)"

    def knows(self, word: str) -> str:
        """A formula that says whether a word is there."""
        return f"ISNUMBER({self.place(word)})"


def nth_word(text: str, number: str) -> str:
    """A formula for the n-th word of a text, in functions that Excel 2010 has.

    Every space becomes 99 spaces; the n-th stretch of 99 characters then holds just the n-th word.
    """
    return f'TRIM(MID(SUBSTITUTE(TRIM({text})," ",REPT(" ",99)),({number}-1)*99+1,99))'


def documents_sheet(draft: Draft, trained: Trace) -> Store:
    """Fill the sheet: selector, documents with words and padded codes, vocabulary, predictions as trained."""
    timesteps = len(draft.graph.members(_INPUT))
    sheet = draft.sheet(NAME, "input")
    count = len(draft.samples)
    columns = _WORDS + 2 * timesteps + 2
    title(sheet, NAME, say("documents.intro"), columns)
    sheet.widths.update({_NUMBER: 12, _DOCUMENT: 26, _LABEL: 12, _COUNT: 12})
    sheet.widths.update({_WORDS + t: 12 for t in range(2 * timesteps)})
    sheet.widths.update({columns - 2: 15, columns - 1: 50})
    documents = sheet.at(_TABLE + 2, _DOCUMENT, count)
    vocabulary = _vocabulary(draft, timesteps)
    top = _TABLE + 2 + count + 2
    listed = _Vocabulary(sheet.at(top + 2, 1, len(vocabulary)), sheet.at(top + 2, 0, len(vocabulary)))

    numbers = sheet.at(documents.top, _NUMBER, count)
    selection(draft, sheet, sheet.at(_SELECTOR_ROW, _DOCUMENT), say("kinds.document"), numbers, documents)
    heading(sheet, _TABLE, say("documents.documents"), columns)
    header = [say("common.word", step=t + 1) for t in range(timesteps)]
    header += [f"x{subscript(t + 1)}" for t in range(timesteps)]
    header = [*say_all("documents.header"), *header, say("common.keras_float32"), say("documents.remark")]
    sheet.put_row(_TABLE + 1, 0, header, "header")
    sheet.heights[_TABLE + 1] = 32
    answer = trained[draft.graph.outputs[-1]].reshape(count, -1)
    for k in range(count):
        _document(draft, sheet, k, timesteps, listed)
        sheet.put(_TABLE + 2 + k, columns - 2, float(answer[k, 0]), "keras")
    _vocabulary_table(draft, sheet, top, vocabulary, timesteps, columns)

    selected = draft.selected()
    spoken = tuple(
        (
            item(sheet.at(_TABLE + 2, _WORDS + t, count), selected),
            tuple(_word(text.split(), t) for text in draft.samples),
        )
        for t in range(timesteps)
    )
    codes = sheet.at(_TABLE + 2, _WORDS + timesteps, count, timesteps)
    labels = sheet.at(_TABLE + 2, _LABEL, count)
    return Store(
        {_INPUT: codes, _TARGET: labels}, {}, {_INPUT: timesteps, _TARGET: 1}, selected, item(documents, selected),
        say("common.choose_link_document"), words=spoken, kind=say("kinds.document"),
    )  # fmt: skip


def _vocabulary(draft: Draft, timesteps: int) -> dict[str, int]:
    """Word → code, read off the documents and the codes that Keras was given."""
    pairs = {
        (int(draft.value(f"{_INPUT}[{t}]", 0, k)), word)
        for k, text in enumerate(draft.samples)
        for t, word in enumerate(text.split(), start=timesteps - len(text.split()))
    }
    return {word: code for code, word in sorted(pairs)}


def _document(draft: Draft, sheet: SheetDraft, k: int, timesteps: int, vocabulary: _Vocabulary) -> None:
    row = _TABLE + 2 + k
    text = draft.samples[k]
    parts = text.split()
    sheet.put(row, _NUMBER, float(k + 1), "column_label")
    document = sheet.put(row, _DOCUMENT, text, "input_text")
    sheet.put(row, _LABEL, draft.value(_TARGET, 0, k), "target_code")
    draft.place(_TARGET, sheet.at(row, _LABEL), k)
    count_text = f'LEN(TRIM({document.a1}))-LEN(SUBSTITUTE(TRIM({document.a1})," ",""))+1'
    count = draft.helper(sheet, row, _COUNT, count_text, [float(len(parts))], "column_label")
    words = sheet.at(row, _WORDS, 1, timesteps)
    for t in range(timesteps):
        draft.helper(sheet, row, _WORDS + t, nth_word(f"${document.a1}", str(t + 1)), [_word(parts, t)], "word")
    for t in range(timesteps):
        # The word that stands at this step once zeros have been put in front; an unknown one is none to Keras, too.
        number = f"{t + 1}-MAX(0,{timesteps}-{cell_name(row, count.left, fixed_column=True)})"
        code = f"IFERROR(INDEX({vocabulary.codes.fixed()},{vocabulary.place(f'INDEX({words.fixed()},1,{number})')}),0)"
        cell = draft.helper(
            sheet, row, _WORDS + timesteps + t, f"IF({number}<1,0,{code})", [draft.value(f"{_INPUT}[{t}]", 0, k)],
            "input_code",
        )  # fmt: skip
        draft.place(f"{_INPUT}[{t}]", cell, k)
    cells = [sheet.at(row, _WORDS + t).a1 for t in range(timesteps)]
    remark = "&".join(
        f'IF(OR({cell}="",{vocabulary.knows(cell)}),"",{say_live("documents.not_known", word=cell)})' for cell in cells
    )
    shown = f'IF({count.a1}>{timesteps},{say_live("documents.too_long", steps=timesteps)},"")&{remark}'
    draft.helper(sheet, row, _WORDS + 2 * timesteps + 1, shown, [""], "hint_beside")


def _word(words: list[str], place: int) -> str:
    return words[place] if place < len(words) else ""


def _vocabulary_table(
    draft: Draft, sheet: SheetDraft, top: int, vocabulary: dict[str, int], timesteps: int, columns: int
) -> None:
    heading(sheet, top, say("documents.vocabulary"), columns)
    sheet.put_row(top + 1, 0, say_all("documents.vocabulary_header"), "header")
    all_words = sheet.at(_TABLE + 2, _WORDS, len(draft.samples), timesteps)
    spoken = [word for sample in draft.samples for word in sample.split()]
    for offset, (word, code) in enumerate(vocabulary.items()):
        row = top + 2 + offset
        sheet.put(row, 0, float(code), "input_code")
        cell = sheet.put(row, 1, word, "input_text")
        text = f"COUNTIF({reference(all_words, NAME, fixed=True)},{cell.a1})"
        draft.helper(sheet, row, 2, text, [float(spoken.count(word))], "column_label")
