"""Word vectors: the rows of an embedding table of two numbers as points, so that near words lie near each other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from xlcheck.arrays import Array
from xlcheck.layout.common import title
from xlcheck.layout.draft import Draft, reference
from xlcheck.texts import say, say_all
from xlcheck.workbook.plan import Chart, Series

NAME = "Word vectors"
_TOP = 4
_LABELS = ("right", "left", "above", "below")
_LONG, _HIGH = 0.3, 0.08  # of a label, as shares of the chart


def word_vectors_sheet(draft: Draft, weight: str, words: Sequence[str]) -> None:
    """Fill the sheet: the word of each row of a weight, `(words, 2)`."""
    sheet = draft.sheet(NAME, "output")
    text = say("word_vectors.intro")
    title(sheet, NAME, text, 12)
    sheet.widths.update({0: 12, 1: 16, 2: 16, 3: 16, 4: 4})
    _, _, across, up = header = say_all("word_vectors.header")
    sheet.put_row(_TOP, 0, header, "header")
    area, values = draft.placed(weight), draft.trace[weight]
    series = []
    for code, word in enumerate(words):
        row = _TOP + 1 + code
        sheet.put(row, 0, float(code), "column_label")
        sheet.put(row, 1, word, "input_text")
        for column in (0, 1):
            cell = area.cell(code, column)
            desired = [float(values[code, column])]
            draft.helper(sheet, row, 2 + column, reference(cell, NAME, fixed=True), desired, "weight")
        label = _LABELS[min(_near(values, code), len(_LABELS) - 1)]
        series.append(Series(sheet.at(row, 1), sheet.at(row, 3), sheet.at(row, 2), label=label))
    chart = Chart(_TOP, 5, NAME, across, up, tuple(series), width=560, height=400, dots=True)
    sheet.charts.append(chart)


def _near(points: Array, last: int) -> int:
    """How many points before one lie so near to it that their labels would cover each other."""
    size = np.ptp(points, axis=0)
    apart = np.abs(points[:last] - points[last])
    return int(((apart[:, 0] <= _LONG * size[0]) & (apart[:, 1] <= _HIGH * size[1])).sum())
