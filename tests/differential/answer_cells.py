"""The cells in which a saved workbook shows the model's answer, as a reader finds them; an engine computes them.

Nothing of xlcheck is asked: openpyxl reads the sheet, IronCalc computes it.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import ironcalc
import openpyxl
from openpyxl.utils.cell import column_index_from_string, coordinate_from_string

_HEADING = "The selected sample, and the answer"
_PICTURE = "The network, unrolled over time"
_SELECTOR = re.compile(r"INDEX\([^,]+,'?(?P<sheet>[^'!]+)'?!\$?(?P<column>[A-Z]+)\$?(?P<row>\d+)\)")


def answers(path: Path, samples: int) -> list[list[list[float]]]:
    """For each sample the rows of numbers below the heading of the answer on the first sheet, in their order.

    A network whose answer is one number may have it in the picture below instead, above the words "the answer"; one
    that answers with a number at each step may have them there as the numbers to which its arrows lead.
    """
    book = openpyxl.load_workbook(path, read_only=True)
    start = {(cell.row, cell.column): str(cell.value) for row in book.worksheets[0] for cell in row if cell.value}
    top = next(row for (row, column), value in start.items() if column == 1 and value == _HEADING)
    rows = []
    row = top + 2
    while (row, 1) in start:
        rows.append([(row, column) for column in range(3, 11) if start.get((row, column), "").startswith("=")])
        row += 1
    if not rows:
        rows = [[(row - 1, column)] for (row, column), value in start.items() if value == "the answer"]
    if not rows:
        above = next(row for (row, column), value in start.items() if column == 1 and value == _PICTURE) + 1
        rows = [[cell] for cell in sorted(start) if cell[0] == above and start[cell].startswith("=")]
    model = ironcalc.load_from_xlsx(str(path), "en", "UTC")
    found = []
    for sample in range(samples):
        if samples > 1:
            choose = _SELECTOR.search(start[top + 1, 3])
            assert choose, "the first sheet does not say where a sample is chosen"
            column, number = coordinate_from_string(choose["column"] + choose["row"])
            sheet = book.sheetnames.index(choose["sheet"])
            model.update_cell_with_number(sheet, number, column_index_from_string(column), float(sample + 1))
        model.evaluate()
        found.append([[_number(model, *cell) for cell in cells] for cells in rows])
    return found


def _number(model: Any, row: int, column: int) -> float:
    return float(model.get_cell_value(0, row, column))
