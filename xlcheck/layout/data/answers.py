"""What a model that reads words answers, in words: the likeliest next ones, or a label; live."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xlcheck.formulas.addresses import Range
from xlcheck.graph.quantities import Quantity
from xlcheck.layout.common import heading
from xlcheck.layout.draft import Draft, reference
from xlcheck.layout.numbers import slack
from xlcheck.layout.sheet import SheetDraft
from xlcheck.model.encoding import Encoding
from xlcheck.texts import in_quotes, say, say_all

CANDIDATES = 10
ANSWER_TOP = 4
_WORD, _PROBABILITY = 1, 2
_WIDE = 6


@dataclass(frozen=True)
class Answer:
    """The answer in words.

    Attributes:
        cell: where it stands.
        text: what it is at first.
    """

    cell: Range
    text: str


def next_words(draft: Draft, sheet: SheetDraft, encoding: Encoding, vocabulary: Range) -> Answer:
    """The ten words that are most likely to come next, the likeliest first; returns the first.

    The model's answer, which is placed already, has a probability for each code of the vocabulary.
    """
    output = draft.graph[draft.graph.outputs[-1]]
    probabilities = draft.trace[output.name][0]
    order = np.argsort(-probabilities, kind="stable")
    heading(sheet, ANSWER_TOP, say("answers.next_word"), _WIDE)
    sheet.put_row(ANSWER_TOP + 1, 0, say_all("answers.next_word_header"), "header")
    area = draft.placed(output.name)
    cells = reference(area, sheet.name, fixed=True)
    listed = reference(vocabulary, sheet.name, fixed=True)
    first = encoding.first_code
    specials = ",".join(in_quotes(encoding.word(code)) for code in range(first))
    for rank in range(min(CANDIDATES, len(encoding.words))):
        row = ANSWER_TOP + 2 + rank
        sheet.put(row, 0, float(rank + 1), "column_label")
        largest = sheet.at(row, _PROBABILITY)
        likeliest = encoding.word(int(order[rank]))
        style = "output_text" if rank else "output_box"
        place = f"MATCH({largest.a1},{cells},0)"
        word = f"INDEX({listed},{place}-{first})" if first else f"INDEX({listed},{place})"
        if first:
            word = f"IF({place}<={first},CHOOSE({place},{specials}),{word})"
        draft.helper(sheet, row, _WORD, word, [likeliest], style)
        value = float(probabilities[order[rank]])
        draft.helper(sheet, row, _PROBABILITY, f"LARGE({cells},{rank + 1})", [value], "output", slack(draft, output))
    return Answer(sheet.at(ANSWER_TOP + 2, _WORD), encoding.word(int(order[0])))


def numbers(draft: Draft, sheet: SheetDraft) -> None:
    """The model's answer, which is placed already, where nothing says what it means: the first of its numbers."""
    output = draft.graph[draft.graph.outputs[-1]]
    heading(sheet, ANSWER_TOP, say("common.the_answer"), _WIDE)
    sheet.put_row(ANSWER_TOP + 1, _WORD, say_all("answers.numbers_header"), "header")
    area = draft.placed(output.name)
    for unit in range(min(CANDIDATES, output.shape[-1])):
        row = ANSWER_TOP + 2 + unit
        sheet.put(row, _WORD, say("answers.unit", layer=output.band.layer, unit=unit + 1), "strong")
        text = reference(area.cell(unit), sheet.name)
        value = float(draft.trace[output.name][0, unit])
        draft.helper(sheet, row, _PROBABILITY, text, [value], "output", slack(draft, output))


def label(draft: Draft, sheet: SheetDraft, labels: Sequence[str]) -> Answer:
    """The probability of each label, and the label that the model gives; its answer is placed already.

    A single output is the probability of the second label.
    """
    output = draft.graph[draft.graph.outputs[-1]]
    heading(sheet, ANSWER_TOP, say("common.the_answer"), _WIDE)
    sheet.put_row(ANSWER_TOP + 1, _WORD, say_all("answers.labels_header"), "header")
    for number, text in enumerate(labels):
        row = ANSWER_TOP + 2 + number
        sheet.put(row, _WORD, text, "strong")
        formula, value = _probability(draft, sheet, output, number)
        draft.helper(sheet, row, _PROBABILITY, formula, [value], "output", slack(draft, output))
    names = sheet.at(ANSWER_TOP + 2, _WORD, len(labels))
    shares = sheet.at(ANSWER_TOP + 2, _PROBABILITY, len(labels))
    row = ANSWER_TOP + 2 + len(labels)
    sheet.put(row, 0, say("words.answer"), "label")
    values = [_probability(draft, sheet, output, number)[1] for number in range(len(labels))]
    answer = labels[int(np.argmax(values))]
    text = f"INDEX({names.a1},MATCH(MAX({shares.a1}),{shares.a1},0))"
    return Answer(draft.helper(sheet, row, _WORD, text, [answer], "output_box"), answer)


def _probability(draft: Draft, sheet: SheetDraft, output: Quantity, label_number: int) -> tuple[str, float]:
    """The formula and the value of a label's probability."""
    area = draft.placed(output.name)
    values = draft.trace[output.name][0]
    if output.shape[-1] > 1:
        cell = area.cell(label_number)
        return reference(cell, sheet.name), float(values[label_number])
    text = reference(area.cell(), sheet.name)
    return (text, float(values[0])) if label_number else (f"1-{text}", 1.0 - float(values[0]))
