"""Data: labelled documents whose words become integers, with a drop-down that selects one."""

from __future__ import annotations

from xlcheck.formulas.addresses import Range, cell_name
from xlcheck.graph.quantities import Quantity, Role
from xlcheck.layout.draft import Draft, SheetDraft, reference
from xlcheck.layout.lesson_sheets.common import heading, subscript, title
from xlcheck.layout.lesson_sheets.data import NAME, DataPlaces
from xlcheck.workbook.plan import DropDown

_NUMBER, _DOCUMENT, _LABEL, _COUNT, _WORDS = range(5)
_SELECTOR_ROW, _TABLE = 4, 7


def nth_word(text: str, number: str) -> str:
    """A formula for the n-th word of a text, in functions that Excel 2010 has.

    Every space becomes 99 spaces; the n-th stretch of 99 characters then holds just the n-th word.
    """
    return f'TRIM(MID(SUBSTITUTE(TRIM({text})," ",REPT(" ",99)),({number}-1)*99+1,99))'


def documents_sheet(draft: Draft, timesteps: int) -> DataPlaces:
    """Fill the sheet: selector, documents with words and padded codes, vocabulary."""
    sheet = draft.sheet(NAME, "input")
    codes_column = _WORDS + timesteps
    columns = codes_column + timesteps
    title(sheet, "Data", "Words become numbers: the most frequent word is 1, the next is 2, and so on. "
          "Documents that are too short are filled with zeros in front.", columns)  # fmt: skip
    sheet.widths.update({_NUMBER: 12, _DOCUMENT: 26, _LABEL: 12, _COUNT: 12})
    sheet.widths.update({_WORDS + t: 12 for t in range(2 * timesteps)})
    documents = sheet.at(_TABLE + 2, _DOCUMENT, len(draft.samples), 1)
    vocabulary = _vocabulary(draft, timesteps)
    vocabulary_top = _TABLE + 2 + len(draft.samples) + 2
    words = sheet.at(vocabulary_top + 2, 1, len(vocabulary), 1)
    codes = sheet.at(vocabulary_top + 2, 0, len(vocabulary), 1)

    _selector(draft, sheet, documents)
    heading(sheet, _TABLE, "Documents", columns)
    header = ["number", "document", "label", "words"]
    header += [f"word {t + 1}" for t in range(timesteps)] + [f"x{subscript(t + 1)}" for t in range(timesteps)]
    sheet.put_row(_TABLE + 1, 0, header, "header")
    for k in range(len(draft.samples)):
        _document(draft, sheet, k, timesteps, words, codes)
    _vocabulary_table(draft, sheet, vocabulary_top, vocabulary, timesteps, columns)

    selected = draft.selected()
    labels = sheet.at(_TABLE + 2, _LABEL, len(draft.samples), 1)

    def given(q: Quantity, index: int) -> str:
        if q.band.role is Role.TARGET:
            area = labels
        else:
            area = sheet.at(_TABLE + 2, codes_column + (q.step or 0), len(draft.samples), 1)
        return f"INDEX({reference(area, '', fixed=True)},{selected})"

    shown_words = []
    for t in range(timesteps):
        area = sheet.at(_TABLE + 2, _WORDS + t, len(draft.samples), 1)
        texts = tuple(sample.split()[t] for sample in draft.samples)
        shown_words.append((f"INDEX({reference(area, '', fixed=True)},{selected})", texts))
    code_block = sheet.at(_TABLE + 2, codes_column, len(draft.samples), timesteps)
    code_values = [draft.value(f"input.x[{t}]", 0, k) for k in range(len(draft.samples)) for t in range(timesteps)]
    label_values = [draft.value("target.y", 0, k) for k in range(len(draft.samples))]
    return DataPlaces(
        given,
        shown_words,
        (f"INDEX({reference(documents, '', fixed=True)},{selected})", draft.samples),
        [(code_block, code_values), (labels, label_values)],
    )


def _vocabulary(draft: Draft, timesteps: int) -> dict[str, int]:
    """Word → code, read off the documents and the codes that Keras was given."""
    pairs = {
        (int(draft.value(f"input.x[{t}]", 0, k)), word)
        for k, text in enumerate(draft.samples)
        for t, word in enumerate(_padded(text.split(), timesteps))
        if word
    }
    return {word: code for code, word in sorted(pairs)}


def _padded(words: list[str], timesteps: int) -> list[str]:
    return [""] * (timesteps - len(words)) + words


def _selector(draft: Draft, sheet: SheetDraft, documents: Range) -> None:
    sheet.put(_SELECTOR_ROW, 0, "document", "name")
    cell = sheet.put(_SELECTOR_ROW, _DOCUMENT, 1.0, "selector")
    sheet.heights[_SELECTOR_ROW] = 26
    draft.selector = cell
    numbers = sheet.at(documents.top, _NUMBER, documents.rows, 1)
    sheet.drop_downs.append(
        DropDown(cell, numbers, "Choose a document", "Every sheet shows the network reading this document.")
    )
    text = f"INDEX({reference(documents, NAME, fixed=True)},{cell.a1})"
    draft.helper(sheet, _SELECTOR_ROW, _LABEL, text, draft.samples, "strong")
    sheet.put(_SELECTOR_ROW, _WORDS, "← choose here; every sheet follows", "hint")


def _document(draft: Draft, sheet: SheetDraft, k: int, timesteps: int, words: Range, codes: Range) -> None:
    row = _TABLE + 2 + k
    text = draft.samples[k]
    parts = text.split()
    sheet.put(row, _NUMBER, float(k + 1), "column_label")
    document = sheet.put(row, _DOCUMENT, text, "input_text")
    sheet.put(row, _LABEL, draft.value("target.y", 0, k), "target_code")
    draft.place("target.y", sheet.at(row, _LABEL), k)
    count_text = f'LEN(TRIM({document.a1}))-LEN(SUBSTITUTE(TRIM({document.a1})," ",""))+1'
    count = draft.helper(sheet, row, _COUNT, count_text, [float(len(parts))], "column_label")
    word_cells = sheet.at(row, _WORDS, 1, timesteps)
    for t in range(timesteps):
        word = parts[t] if t < len(parts) else ""
        draft.helper(sheet, row, _WORDS + t, nth_word(f"${document.a1}", str(t + 1)), [word], "word")
    for t in range(timesteps):
        # The word that stands at this step once zeros have been put in front.
        number = f"{t + 1}-({timesteps}-{cell_name(row, count.left, fixed_column=True)})"
        word_texts = reference(word_cells, NAME, fixed=True)
        position = f"MATCH(INDEX({word_texts},1,{number}),{reference(words, NAME, fixed=True)},0)"
        looked_up = f"INDEX({reference(codes, NAME, fixed=True)},{position})"
        cell = draft.helper(
            sheet, row, _WORDS + timesteps + t, f"IF({number}<1,0,{looked_up})",
            [draft.value(f"input.x[{t}]", 0, k)], "input_code",
        )  # fmt: skip
        draft.place(f"input.x[{t}]", cell, k)


def _vocabulary_table(
    draft: Draft, sheet: SheetDraft, top: int, vocabulary: dict[str, int], timesteps: int, columns: int
) -> None:
    heading(sheet, top, "Vocabulary", columns)
    sheet.put_row(top + 1, 0, ["code", "word", "how often"], "header")
    all_words = sheet.at(_TABLE + 2, _WORDS, len(draft.samples), timesteps)
    spoken = [word for sample in draft.samples for word in sample.split()]
    for offset, (word, code) in enumerate(vocabulary.items()):
        row = top + 2 + offset
        sheet.put(row, 0, float(code), "input_code")
        cell = sheet.put(row, 1, word, "input_text")
        text = f"COUNTIF({reference(all_words, NAME, fixed=True)},{cell.a1})"
        draft.helper(sheet, row, 2, text, [float(spoken.count(word))], "column_label")
