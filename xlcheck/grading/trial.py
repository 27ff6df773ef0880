"""Try a key on its own solution before anybody is marked with it: what is right must come out as right."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

from xlcheck.engines.base import Engine
from xlcheck.engines.plain import write_plain
from xlcheck.errors import DataError
from xlcheck.grading.judging import judge_submissions
from xlcheck.grading.prepared import PreparedKey, handed_out, shown_place
from xlcheck.grading.submission import read_submission
from xlcheck.workbook.content import Cell
from xlcheck.workbook.reader import read_workbook


def try_key(path: Path, prepared: PreparedKey, engine: Engine) -> None:
    """Fill a workbook with the key's own formulas, and judge it by its numbers alone.

    Raises:
        DataError: a cell comes out as wrong, so the key cannot mark anybody.
    """
    content = read_workbook(handed_out(path))
    sheets = {name: dict(sheet.cells) for name, sheet in content.sheets.items()}
    for index, number in prepared.blanks.items():
        sheet, row, column = prepared.cells[index]
        sheets[sheet][row, column] = Cell(None, prepared.key.blanks[number].formula)
    filled = replace(
        content, sheets={name: replace(sheet, cells=sheets[name]) for name, sheet in content.sheets.items()}
    )
    with tempfile.TemporaryDirectory(prefix="xlcheck-") as folder:
        file = Path(folder) / "solution.xlsx"
        write_plain(filled, file)
        judged = judge_submissions([read_submission(file, prepared, trust_texts=False)], prepared, engine)[0]
    if judged.error is not None:
        raise DataError(f"{path} cannot be used: its own solution cannot be calculated ({judged.error})")
    if judged.bad:
        shown = ", ".join(shown_place(prepared.cells[index]) for index in sorted(judged.bad)[:3])
        raise DataError(
            f"{path} contradicts itself: its own solution comes out as wrong in {shown}; write the exercise anew with "
            "`xlcheck exercise`"
        )
