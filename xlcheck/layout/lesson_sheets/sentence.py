"""Data: one sentence whose words are one-hot vectors, each predicting the next."""

from __future__ import annotations

from xlcheck.formulas.addresses import cell_name
from xlcheck.graph.quantities import Quantity, Role
from xlcheck.layout.draft import Draft, SheetDraft, reference
from xlcheck.layout.lesson_sheets.common import heading, title
from xlcheck.layout.lesson_sheets.data import NAME, DataPlaces
from xlcheck.layout.lesson_sheets.documents import nth_word

_FIRST = 2
_SENTENCE, _WORDS, _INPUTS = 4, 8, 10


def sentence_sheet(draft: Draft, timesteps: int, vocabulary: tuple[str, ...]) -> DataPlaces:
    """Fill the sheet: the sentence, its words, inputs and targets as one-hot columns."""
    sheet = draft.sheet(NAME, "input")
    columns = _FIRST + timesteps + 1
    title(sheet, "Data", "Each word becomes a column with a single 1, in the row of that word: a one-hot "
          "vector. At every step the network should predict the next word.", columns + 2)  # fmt: skip
    sheet.widths.update({0: 20, 1: 14, **{_FIRST + t: 11 for t in range(timesteps)}, _FIRST + timesteps: 60})
    sheet.put(_SENTENCE, 0, "sentence", "name")
    (text,) = draft.samples
    sentence = sheet.at(_SENTENCE, 1, 1, timesteps + 1)
    sheet.merge(sentence, text, "input_text")
    heading(sheet, _WORDS - 2, "Words", columns)
    sheet.put_row(_WORDS - 1, 0, ["", ""] + [f"t = {t + 1}" for t in range(timesteps)], "header")
    sheet.put(_WORDS, 0, "word", "name")
    words = text.split()
    for t in range(timesteps):
        formula = nth_word(f"${cell_name(_SENTENCE, 1, fixed_row=True)}", str(t + 1))
        draft.helper(sheet, _WORDS, _FIRST + t, formula, [words[t]], "word")
    targets = _INPUTS + len(vocabulary) + 1
    _one_hot(draft, sheet, _INPUTS, "input xₜ", vocabulary, words, 0)
    _one_hot(draft, sheet, targets, "target (next word)", vocabulary, words, 1)
    sheet.put(targets + len(vocabulary) - 1, _FIRST + timesteps,
              "← no word follows the last one: its target is all zeros, and so is its loss", "hint")  # fmt: skip

    def given(q: Quantity, index: int) -> str:
        top = targets if q.band.role is Role.TARGET else _INPUTS
        return reference(sheet.at(top + index, _FIRST + (q.step or 0)), "")

    shown = [(reference(sheet.at(_WORDS, _FIRST + t), ""), (words[t],)) for t in range(timesteps)]
    size = len(vocabulary)
    sources = [
        (
            sheet.at(top, _FIRST, size, timesteps),
            [draft.value(f"{name}[{t}]", i) for i in range(size) for t in range(timesteps)],
        )
        for top, name in ((_INPUTS, "input.x"), (targets, "target.y"))
    ]
    return DataPlaces(given, shown, (reference(sheet.at(_SENTENCE, 1), "", fixed=True), draft.samples), sources)


def _one_hot(
    draft: Draft, sheet: SheetDraft, top: int, label: str, vocabulary: tuple[str, ...], words: list[str], shift: int
) -> None:
    """One row for each word of the vocabulary: 1 where the word, `shift` steps ahead, is this one."""
    style = "target_code" if shift else "input_code"
    sheet.merge(sheet.at(top, 0, len(vocabulary), 1), label, "name")
    for i, entry in enumerate(vocabulary):
        name = sheet.put(top + i, 1, entry, "column_label" if shift else "input_text")
        for t in range(len(words)):
            word = cell_name(_WORDS, _FIRST + t + shift, fixed_row=True)
            ahead = words[t + shift] if t + shift < len(words) else ""
            draft.helper(
                sheet, top + i, _FIRST + t, f"IF({word}=${name.a1},1,0)", [1.0 if ahead == entry else 0.0], style
            )
