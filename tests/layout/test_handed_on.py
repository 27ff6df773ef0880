"""Arrows beside states: they lead to where the state is read again."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from xlcheck.formulas.addresses import Range
from xlcheck.layout.matrices.handed_on import handed_on
from xlcheck.workbook.number_formats import digits_shown, misleads
from xlcheck.workbook.styles import ARROWS, STYLES

WORKBOOKS = Path(__file__).parents[2] / "workbooks"


def at(row: int, column: int) -> Range:
    """A cell."""
    return Range("s", row, column)


@pytest.mark.parametrize(("place", "arrow"), [((0, 3), "↗"), ((9, 3), "↘"), ((0, 1), "↖"), ((9, 1), "↙")])
def test_an_arrow_leads_to_the_copy(place: tuple[int, int], arrow: str) -> None:
    """Up or down, to the left or to the right; a copy in the same column needs none."""
    assert handed_on({"h": at(5, 2)}, [("h", at(0, 2)), ("h", at(*place))], [("h", at(7, 3))]) == {"h": arrow}


def test_an_arrow_leads_to_a_reader() -> None:
    """Where a state stands nowhere else, but is read in the next column; what is no state has no arrow."""
    assert handed_on({"c": at(5, 2)}, [("x", at(0, 3))], [("c", at(3, 3)), ("c", at(6, 2))]) == {"c": "→"}
    assert handed_on({"c": at(5, 2)}, [], [("c", at(5, 1))]) == {"c": "←"}
    assert handed_on({"c": at(5, 2)}, [], [("c", at(6, 2))]) == {}


@pytest.mark.parametrize("arrow", ARROWS)
@pytest.mark.parametrize("way", ["to", "from"])
def test_an_arrow_changes_no_number(arrow: str, way: str) -> None:
    """It stands beside the digits, which are those of the number, with its sign."""
    code = STYLES[f"state_{way}_{arrow}"]["num_format"]

    assert not misleads(code, None)
    assert [digits_shown(code, value) for value in (0.25, -0.25)] == [digits_shown("0.000000", 0.25)] * 2
    assert code.count("-0") == code.count(";")


def test_the_memory_of_a_lesson_can_be_followed() -> None:
    """In the LSTM, cell states are handed on to the right, hidden states up to the next step and down to the answer."""
    sheet = openpyxl.load_workbook(WORKBOOKS / "lstm.xlsx")["On one sheet"]
    rows = {row[0].value: row for row in sheet.iter_rows() if row[0].value}
    shown = {
        label: "".join(sign for cell in rows[label] for sign in cell.number_format[:12] if sign in ARROWS)
        for label in ("recurrent_kernel", "cₜ", "hₜ")
    }

    assert shown == {"recurrent_kernel": "↗↗", "cₜ": "→→", "hₜ": "↗↗↘"}
