"""Data: one sentence whose words are one-hot vectors, each predicting the next."""

from __future__ import annotations

from xlcheck.formulas.addresses import cell_name
from xlcheck.layout.common import heading, title
from xlcheck.layout.data.documents import NAME, nth_word
from xlcheck.layout.data.store import Order, Store
from xlcheck.layout.draft import Draft, reference
from xlcheck.layout.sheet import SheetDraft
from xlcheck.texts import say, say_live

_INPUT, _TARGET = "input.x", "target.y"
_FIRST = 2
_SENTENCE, _WORDS, _INPUTS = 4, 8, 11


def sentence_sheet(draft: Draft, vocabulary: tuple[str, ...]) -> Store:
    """Fill the sheet: the sentence, its words, inputs and targets as one-hot columns."""
    timesteps = len(draft.graph.members(_INPUT))
    sheet = draft.sheet(NAME, "input")
    columns = _FIRST + timesteps + 1
    title(sheet, NAME, say("sentence.intro"), columns + 2)
    sheet.widths.update({0: 20, 1: 14, **{_FIRST + t: 11 for t in range(timesteps)}, _FIRST + timesteps: 60})
    sheet.put(_SENTENCE, 0, say("kinds.sentence"), "name")
    (text,) = draft.samples
    sentence = sheet.at(_SENTENCE, 1, 1, timesteps + 1)
    sheet.merge(sentence, text, "input_text")
    heading(sheet, _WORDS - 2, say("sentence.listed"), columns)
    sheet.put_row(_WORDS - 1, 0, ["", ""] + [f"t = {t + 1}" for t in range(timesteps)], "header")
    sheet.put(_WORDS, 0, say("words.word"), "name")
    words = text.split()
    for t in range(timesteps):
        formula = nth_word(f"${cell_name(_SENTENCE, 1, fixed_row=True)}", str(t + 1))
        draft.helper(sheet, _WORDS, _FIRST + t, formula, [words[t]], "word")
        cell = sheet.at(_WORDS, _FIRST + t).a1
        known = f"COUNTIF({sheet.at(_INPUTS, 1, len(vocabulary)).fixed()},{cell})>0"
        draft.helper(sheet, _WORDS + 1, _FIRST + t, f'IF({known},"",{say_live("sentence.not_known")})', [""], "hint")
    targets = _INPUTS + len(vocabulary) + 1
    _one_hot(draft, sheet, _INPUTS, say("sentence.input"), vocabulary, words, 0)
    _one_hot(draft, sheet, targets, say("sentence.target"), vocabulary, words, 1)
    sheet.put(targets + len(vocabulary) - 1, _FIRST + timesteps, say("sentence.no_target"), "hint")

    shown = tuple((reference(sheet.at(_WORDS, _FIRST + t), "", fixed=True), (words[t],)) for t in range(timesteps))
    size = len(vocabulary)
    return Store(
        {_INPUT: sheet.at(_INPUTS, _FIRST, size, timesteps), _TARGET: sheet.at(targets, _FIRST, size, timesteps)},
        {_INPUT: Order.UNITS, _TARGET: Order.UNITS},
        {_INPUT: timesteps, _TARGET: timesteps},
        "1",
        reference(sheet.at(_SENTENCE, 1), "", fixed=True),
        say("common.change_words_link"),
        sheet.at(_SENTENCE, 1),
        shown,
        say("kinds.sentence"),
    )


def _one_hot(
    draft: Draft, sheet: SheetDraft, top: int, label: str, vocabulary: tuple[str, ...], words: list[str], shift: int
) -> None:
    """One row for each word of the vocabulary: 1 where the word, `shift` steps ahead, is this one."""
    style = "target_code" if shift else "input_code"
    sheet.put(top, 0, label, "name")
    for i, entry in enumerate(vocabulary):
        name = sheet.put(top + i, 1, entry, "column_label" if shift else "input_text")
        for t in range(len(words)):
            word = cell_name(_WORDS, _FIRST + t + shift, fixed_row=True)
            ahead = words[t + shift] if t + shift < len(words) else ""
            draft.helper(
                sheet, top + i, _FIRST + t, f"IF({word}=${name.a1},1,0)", [1.0 if ahead == entry else 0.0], style
            )
