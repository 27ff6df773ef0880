"""Cells and ranges in A1 notation, and back."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st
from openpyxl.utils import column_index_from_string, get_column_letter, quote_sheetname

from xlcheck.formulas.addresses import (
    MAX_COLUMNS,
    MAX_ROWS,
    Range,
    cell_name,
    column_index,
    column_name,
    parse_range,
    quote_sheet,
    unquote_sheet,
)

rows = st.integers(0, MAX_ROWS - 1)
columns = st.integers(0, MAX_COLUMNS - 1)


@pytest.mark.parametrize("column", [0, 25, 26, 51, 52, 701, 702, MAX_COLUMNS - 1])
def test_columns_are_named_as_openpyxl_names_them(column: int) -> None:
    """Letters and numbers of columns are those of another library, shifted by one."""
    assert column_name(column) == get_column_letter(column + 1)
    assert column_index(column_name(column).lower()) == column_index_from_string(column_name(column)) - 1 == column


@given(rows, columns, st.booleans(), st.booleans())
def test_cell_survives_the_round_trip(row: int, column: int, fixed_row: bool, fixed_column: bool) -> None:
    """A cell's name, with or without $, is parsed to the same cell."""
    name = cell_name(row, column, fixed_row=fixed_row, fixed_column=fixed_column)

    assert parse_range(name, "S") == Range("S", row, column)


@given(rows, columns, rows, columns, st.text(min_size=1, max_size=31))
def test_range_survives_the_round_trip(top: int, left: int, bottom: int, right: int, sheet: str) -> None:
    """A range's text names the same range, whatever the worksheet is called and in whatever order the corners are."""
    top, bottom = sorted((top, bottom))
    left, right = sorted((left, right))
    area = Range(sheet, top, left, bottom - top + 1, right - left + 1)
    quoted = "'" + sheet.replace("'", "''") + "'"

    assert parse_range(f"{quoted}!{area.a1}") == area
    assert parse_range(f"{quoted}!{area.fixed()}") == area
    assert parse_range(f"{quoted}!{cell_name(bottom, right)}:{cell_name(top, left)}") == area


def test_cells_run_row_by_row() -> None:
    """A range's cells come in C order, and there are as many as its size says."""
    area = parse_range("S!B2:C3")

    assert list(area.cells()) == [(1, 1), (1, 2), (2, 1), (2, 2)]
    assert area.size == 4
    assert str(area) == "S!B2:C3"
    assert str(parse_range("B2", "My sheet")) == "'My sheet'!B2"


@pytest.mark.parametrize(
    "name",
    ["S", "Weights", "my_sheet2", "My sheet", "it's", "2020", "A1", "R", "C", "R1C1", "Ü", "a-b", "TRUE", "false"],
)
def test_sheet_names_are_quoted_where_excel_needs_it(name: str) -> None:
    """A quoted name is unquoted to itself; one that could be a cell, a value or two words is quoted."""
    quoted = quote_sheet(name)

    assert unquote_sheet(quoted) == name
    assert quoted in {name, quote_sheetname(name)}
    assert (quoted == name) == (name in {"S", "Weights", "my_sheet2"})


@pytest.mark.parametrize(
    "text", ["", "A", "1", "A0", "A1048577", "XFE1", "A1:", ":A1", "A1:B2:C3", "A1,B1", "R1C1", "A-1", "$$A1", "é1"]
)
def test_what_is_no_range_is_refused(text: str) -> None:
    """Text that names no cell of Excel's grid is never guessed at."""
    with pytest.raises(ValueError, match=r"is not a cell or a range|lies outside the grid"):
        parse_range(text)


@given(rows, columns, st.integers(1, 40), st.integers(1, 40), st.data())
def test_parts_are_counted_from_the_first_cell(
    top: int, left: int, height: int, width: int, data: st.DataObject
) -> None:
    """A cell, an element and a part stand as far from the first cell as is said, and only cells inside are held."""
    area = Range("S", top, left, height, width)
    down, right = data.draw(st.integers(0, height + 2)), data.draw(st.integers(0, width + 2))
    cell = area.cell(down, right)

    assert (cell.top - top, cell.left - left, cell.size, area.cell()) == (down, right, 1, Range("S", top, left))
    assert area.holds(cell.top, cell.left) == ((cell.top, cell.left) in area.cells())
    assert list(area.part(2, 3, down=down, right=right).cells()) == [
        (cell.top + row, cell.left + column) for row in range(2) for column in range(3)
    ]
    line, column = Range("S", top, left, 1, width), Range("S", top, left, height)
    for vector in (line, column):
        assert [vector.element(index) for index in range(vector.size)] == [Range("S", *at) for at in vector.cells()]
