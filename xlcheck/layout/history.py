"""Training: the loss after each epoch, as Keras reported it."""

from __future__ import annotations

from collections.abc import Sequence

from xlcheck.layout.common import title
from xlcheck.layout.draft import Draft
from xlcheck.texts import say, say_all
from xlcheck.workbook.plan import Chart, Series

NAME = "Training"
_TOP = 4


def history_sheet(draft: Draft, history: Sequence[float]) -> None:
    """Fill the sheet with the history and its curve."""
    sheet = draft.sheet(NAME, "loss")
    title(sheet, NAME, say("history.intro", count=len(history)), 11)  # fmt: skip
    sheet.widths.update({0: 12, 1: 16, 2: 4})
    across, up = header = say_all("history.header")
    sheet.put_row(_TOP, 0, header, "header")
    for epoch, loss in enumerate(history):
        sheet.put(_TOP + 1 + epoch, 0, float(epoch + 1), "column_label")
        sheet.put(_TOP + 1 + epoch, 1, float(loss), "loss")
    values = sheet.at(_TOP + 1, 1, len(history), 1)
    epochs = sheet.at(_TOP + 1, 0, len(history), 1)
    sheet.charts.append(
        Chart(_TOP, 3, say("history.chart"), across, up, (Series(up, values, epochs),), width=760, height=380,
              markers=False)
    )  # fmt: skip
    sheet.questions = _TOP + 21, 3
    sheet.printed = False
    sheet.freeze = (_TOP + 1, 0)
