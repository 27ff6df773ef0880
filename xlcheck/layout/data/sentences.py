"""Data: several sentences whose words are one-hot vectors, with a drop-down that selects one."""

from __future__ import annotations

from xlcheck.formulas.addresses import cell_name
from xlcheck.layout.common import heading, subscript, title
from xlcheck.layout.data.documents import NAME, nth_word
from xlcheck.layout.data.store import Order, Store, item, selection
from xlcheck.layout.draft import Draft
from xlcheck.layout.sheet import SheetDraft
from xlcheck.texts import say, say_live

_INPUT = "input.x"
_NUMBER, _DOCUMENT, _WORDS = range(3)
_SELECTOR_ROW, _TABLE = 4, 7


def sentences_sheet(draft: Draft, vocabulary: tuple[str, ...], target: str) -> Store:
    """Fill the sheet: selector, sentences with their words, and a block of one-hot columns for each, with its sum.

    Beside them stands the word that should come next, the target, which no network here is asked for.
    """
    timesteps = len(draft.graph.members(_INPUT))
    sheet = draft.sheet(NAME, "input")
    columns = _WORDS + timesteps + 3
    title(sheet, NAME, say("sentences.intro", target=target), columns)
    sheet.widths.update({_NUMBER: 12, _DOCUMENT: 24, **{_WORDS + t: 11 for t in range(timesteps)}})
    sheet.widths.update({_WORDS + timesteps: 11, _WORDS + timesteps + 1: 11, _WORDS + timesteps + 2: 40})
    count = len(draft.samples)
    documents = sheet.at(_TABLE + 2, _DOCUMENT, count, 1)
    numbers = sheet.at(documents.top, _NUMBER, count)
    selection(draft, sheet, sheet.at(_SELECTOR_ROW, _DOCUMENT), say("kinds.sentence"), numbers, documents)
    heading(sheet, _TABLE, say("sentences.sentences"), columns)
    header = [say("common.word", step=t + 1) for t in range(timesteps)]
    header = [say("words.number"), say("kinds.sentence"), *header, "", say("words.next")]
    sheet.put_row(_TABLE + 1, 0, header, "header")
    for k, text in enumerate(draft.samples):
        row = _TABLE + 2 + k
        sheet.put(row, _NUMBER, float(k + 1), "column_label")
        sentence = sheet.put(row, _DOCUMENT, text, "input_text")
        for t, word in enumerate(text.split()):
            draft.helper(sheet, row, _WORDS + t, nth_word(f"${sentence.a1}", str(t + 1)), [word], "word")
        cells = [sheet.at(row, _WORDS + t).a1 for t in range(timesteps)]
        listed = sheet.at(_TABLE + 2 + count + 3, _DOCUMENT, len(vocabulary)).fixed()
        remark = "&".join(
            f'IF(COUNTIF({listed},{cell})>0,"",{say_live("sentences.not_known", word=cell)})' for cell in cells
        )
        sheet.put(row, _WORDS + timesteps + 1, target, "target_text")
        draft.helper(sheet, row, _WORDS + timesteps + 2, remark, [""], "hint_beside")
    blocks = _TABLE + 2 + count + 1
    _blocks(draft, sheet, blocks, timesteps, vocabulary, target)

    selected = draft.selected()
    words = tuple(
        (item(sheet.at(_TABLE + 2, _WORDS + t, count), selected), tuple(text.split()[t] for text in draft.samples))
        for t in range(timesteps)
    )
    ones = sheet.at(blocks + 2, _WORDS, count * len(vocabulary), timesteps)
    return Store(
        {_INPUT: ones}, {_INPUT: Order.UNITS}, {_INPUT: timesteps}, selected, item(documents, selected),
        say("sentences.choose_sentence"), words=words, kind=say("kinds.sentence"),
    )  # fmt: skip


def _blocks(
    draft: Draft, sheet: SheetDraft, top: int, timesteps: int, vocabulary: tuple[str, ...], target: str
) -> None:
    """One block below the other, a row for each word of the vocabulary."""
    heading(sheet, top, say("sentences.one_hot_columns"), _WORDS + timesteps + 3)
    steps = [f"x{subscript(t + 1)}" for t in range(timesteps)]
    header = [say("kinds.sentence"), say("words.word"), *steps, say("common.sum"), say("words.target")]
    sheet.put_row(top + 1, 0, header, "header")
    for k, text in enumerate(draft.samples):
        first = top + 2 + k * len(vocabulary)
        words = text.split()
        for i, entry in enumerate(vocabulary):
            row = first + i
            sheet.put(row, _NUMBER, float(k + 1), "column_label")
            name = sheet.put(row, _DOCUMENT, entry, "input_text")
            for t, word in enumerate(words):
                shown = cell_name(_TABLE + 2 + k, _WORDS + t, fixed_row=True)
                hot = [1.0 if word == entry else 0.0]
                draft.helper(sheet, row, _WORDS + t, f"IF({shown}=${name.a1},1,0)", hot, "input_code")
            ones = sheet.at(row, _WORDS, 1, timesteps).a1
            total = [float(words.count(entry))]
            draft.helper(sheet, row, _WORDS + timesteps, f"SUM({ones})", total, "intermediate_code")
            sheet.put(row, _WORDS + timesteps + 1, 1.0 if entry == target else 0.0, "target_code")
        for t in range(timesteps):
            draft.place(f"input.x[{t}]", sheet.at(first, _WORDS + t, len(vocabulary), 1), k)
