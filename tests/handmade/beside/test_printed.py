"""Numbers below or behind the name of a program: what that printed, also where blanks stand between."""

from __future__ import annotations

from pathlib import Path

import pytest
from recognised_sheets import cell_at, sheet

from xlcheck.handmade.reading.printed import printed_by


@pytest.mark.parametrize(
    ("cells", "above", "said"),
    [
        ({"C1": "keras", "C2": 0.25}, True, "keras"),
        ({"C1": "keras", "B1": "ours", "C4": 0.25}, True, "keras"),  # headings, and rows without a result
        ({"C1": "keras", "C4": 0.25}, True, None),  # a word of its own heads what is right below it
        ({"C1": "keras", "B1": "ours", "C2": "test", "C4": 0.25}, True, None),
        ({"A3": "keras", "A4": "error", "C3": 0.25}, False, "keras"),
        ({"A3": "keras", "C3": 0.25}, False, None),
        ({"A3": "keras loss", "A4": "error", "C3": 0.25}, False, None),
        ({"C1": "케라스 p 음식", "C2": 0.25}, True, "케라스 p 음식"),
        ({"C1": "Keras的结果", "C2": 0.25}, True, "Keras的结果"),
        ({"C1": "ケラスの値", "C2": 0.25}, True, "ケラスの値"),
        ({"C1": "Ответ Керас", "C2": 0.25}, True, "Ответ Керас"),
        ({"C1": "torchon", "C2": 0.25}, True, None),
    ],
)
def test_who_printed_a_number(cells: dict[str, object], above: bool, said: str | None, tmp_path: Path) -> None:
    number = next(name for name, value in cells.items() if value == 0.25)
    assert printed_by(sheet({**cells, "H9": "=1+1"}, tmp_path).table, cell_at(number), above=above) == said
