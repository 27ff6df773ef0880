"""Parameters: how many weights a layer has and why, here and in the chapter's real model, as live formulas."""

from __future__ import annotations

from dataclasses import dataclass

from xlcheck.layout.common import heading, title
from xlcheck.layout.draft import Draft
from xlcheck.layout.sheet import SheetDraft
from xlcheck.texts import say, say_all

NAME = "Parameters"


@dataclass(frozen=True)
class Count:
    """A layer's weights: a formula over the numbers above it.

    Attributes:
        formula: a formula; `{vocabulary}`, `{vector}` and `{units}` stand for the cells with these numbers.
        value: a function of the same three numbers.
    """

    layer: str
    formula: str
    value: tuple[int, int, int, int]

    def count(self, vocabulary: int, vector: int, units: int) -> int:
        """Coefficients of vocabulary·vector, vector·units, units·units and units."""
        a, b, c, d = self.value
        return a * vocabulary * vector + b * vector * units + c * units * units + d * units


COUNTS = (
    Count("Embedding", "{vocabulary}*{vector}", (1, 0, 0, 0)),
    Count("SimpleRNN", "{vector}*{units}+{units}*{units}+{units}", (0, 1, 1, 1)),
)


def parameters_sheet(draft: Draft, here: tuple[int, int, int], chapter: tuple[int, int, int]) -> None:
    """Fill the sheet.

    Args:
        draft: the workbook so far.
        here: rows of the embedding table, length of a vector, units, in this workbook's model.
        chapter: the same in the chapter's model.
    """
    sheet = draft.sheet(NAME, "weight")
    title(sheet, NAME, say("parameters.intro"), 6)
    sheet.widths.update({0: 26, 1: 46, 2: 20, 3: 26, 4: 44, 5: 10})
    heading(sheet, 4, say("parameters.sizes"), 4)
    sheet.put_row(5, 0, say_all("parameters.sizes_header"), "header_left")
    for offset, name in enumerate(("vocabulary", "vector", "units")):
        sheet.put_row(6 + offset, 0, say_all(f"parameters.{name}")[:1], "name")
        sheet.put_row(6 + offset, 1, say_all(f"parameters.{name}")[1:], "hint")
        sheet.put(6 + offset, 2, float(here[offset]), "input_count")
        sheet.put(6 + offset, 3, float(chapter[offset]), "input_count")
    heading(sheet, 11, say("parameters.weights"), 4)
    sheet.put_row(12, 0, say_all("parameters.weights_header"), "header_left")
    for offset, count in enumerate(COUNTS):
        sheet.put(13 + offset, 0, count.layer, "name")
        sheet.put(13 + offset, 1, say(f"parameters.{count.layer}"), "hint")
        for column, numbers in ((2, here), (3, chapter)):
            _count(draft, sheet, 13 + offset, column, count, numbers)
    sheet.put(16, 0, say("parameters.chapter_prints"), "hint")


def _count(draft: Draft, sheet: SheetDraft, row: int, column: int, count: Count, numbers: tuple[int, int, int]) -> None:
    cells = [sheet.at(6 + k, column).a1 for k in range(3)]
    text = count.formula.format(vocabulary=cells[0], vector=cells[1], units=cells[2])
    draft.helper(sheet, row, column, text, [float(count.count(*numbers))], "weight_count")
    if column == 3:
        sheet.put(row, 4, f"={text}", "formula")
