"""Workbooks that real people made, where they are at hand: what they get wrong is found, and nobody is accused falsely.

They are no part of the repository; see README.md of the folder for what they compute and for their wrong cells.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from xlcheck.api import check
from xlcheck.errors import NothingCheckedError

_BESIDE = (above / "shared" / "data" / "handmade" for above in Path(__file__).parents)
FOLDER = next((folder for folder in _BESIDE if folder.is_dir()), Path("not at hand"))

pytestmark = [
    pytest.mark.keras,
    pytest.mark.skipif(not FOLDER.is_dir(), reason="the workbooks of others are not at hand"),
]

COLUMNS = ("AA", "AF", "AJ", "AN")
LSTM = {
    *(("medium", cell) for cell in ("O49", "T49", "X49", "AB49", "T61", "T62", "T63", "T64")),
    *(("seq2seq", f"{column}54") for column in COLUMNS),
    *(("seq2seq", f"AF{row}") for row in (66, 67, 68, 69)),
    *(("seq2seq", f"{column}{row}") for column in COLUMNS for row in (129, 130, 205, 206)),
}
# Workbook → its wrong cells, and the exit code; 3 may become 0 when more is recognised.
EXPECTED: dict[str, tuple[set[tuple[str, str]], int]] = {
    "ai-by-hand-RNN": (set(), 0),
    "ai-by-hand-LSTM": (LSTM, 1),
    "ai-by-hand-Multi-Layer-Perceptron": (set(), 0),
    "ai-by-hand-Backpropagation": (set(), 3),
    "ai-by-hand-W1-Dot-Product": (set(), 3),
    "ai-by-hand-Softmax": (set(), 3),
    "ai-by-hand-AlphaFold": (set(), 3),
    "fastai-entropy-example": (set(), 0),
    "fastai-layers-example": (set(), 3),
    "rashad-neural-network": (set(), 0),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_exactly_the_wrong_cells_are_named(name: str, request: pytest.FixtureRequest) -> None:
    """The cells that were found wrong by reading every formula, no other ones, and a verdict only where one is due."""
    wanted, code = EXPECTED[name]
    if code == 3:
        request.getfixturevalue("a_short_search")
    path = next(FOLDER.glob(f"{name}.xlsx"))
    try:
        report = check(path)
    except NothingCheckedError:
        assert code == 3
        return

    assert {(cell.sheet, cell.cell) for cell in report.roots} == wanted
    assert report.exit_code in {code, 0, 3} - ({0} if code == 1 else set())
    if code == 0:
        assert report.ok
    if name == "ai-by-hand-LSTM":
        assert any("medium!M41" in note or "medium!O41" in note for note in report.notes)
