"""Cells by the rows and columns in which they stand."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import save

from xlcheck.handmade.reading.cells import CellTable, address_of
from xlcheck.handmade.reading.lines import Lines, by_line, is_counted
from xlcheck.workbook.reader import read_workbook


def test_each_cell_stands_in_a_row_and_in_a_column() -> None:
    """Rule: cells of other worksheets are in no line together, and each line keeps their order."""
    one, right, below, elsewhere = ("S", 0, 0), ("S", 0, 2), ("S", 5, 0), ("T", 0, 0)
    assert dict(by_line([one, right, below, elsewhere])) == {
        ("S", 0, None): [one, right], ("S", None, 0): [one, below], ("S", None, 2): [right],
        ("S", 5, None): [below], ("T", 0, None): [elsewhere], ("T", None, 0): [elsewhere],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("numbers", "column", "counted"),
    [
        pytest.param((1, 2, 3, 4), 0, True, id="counted"),
        pytest.param((1, 2), 0, False, id="two only"),
        pytest.param((1, 2, 2, 3), 0, False, id="not counted on"),
        pytest.param((0.5, 1.5, 2.5), 0, False, id="no whole numbers"),
        pytest.param((1, 2, 3, 4), 1, False, id="behind another number"),
    ],
)
def test_rows_are_counted_by_numbers_before_all_others(numbers: tuple[float, ...], column: int, counted: bool) -> None:
    """Rule: 1, 2, 3 … in the first column of numbers count the rows, below a heading that is a word."""
    cells = {("S", row, column): float(number) for row, number in enumerate(numbers, start=1)}
    cells |= {("S", row, column + 1): 0.3 for row in range(1, 5)} | {("S", 0, 0): float("nan")}
    if column:
        cells |= {("S", row, 0): 0.7 for row in range(1, 5)}
    found = [is_counted(("S", row, column), lambda cell: cells.get(cell, 0.0)) for row in range(1, len(numbers) + 1)]
    assert found == [counted] * len(numbers)


@pytest.mark.parametrize(
    ("formula", "is_alone"),
    [("=A3+B3", False), ("=A9+B3", True), ("=A3*B3", False), ("=A1+B1", True)],
    ids=["filled", "another row", "of no kind of theirs", "pasted"],
)
def test_what_is_filled_otherwise_is_alone(formula: str, is_alone: bool, tmp_path: Path) -> None:
    """Rule: a formula is alone if others of its kind in line with it were filled from one another, and it was not."""
    cells = {f"C{row}": f"=A{row}+B{row}" for row in (1, 2, 4)} | {"C3": formula}
    table = CellTable(read_workbook(save(cells, tmp_path / "w.xlsx")))
    assert Lines(table.texts, table).is_alone(address_of("S", "C3")) is is_alone


def test_of_two_formulas_one_may_go_on_where_the_other_ends(tmp_path: Path) -> None:
    """Rule: a number is taken off one of two look-ups; other functions and lines of three say no such thing."""

    def adding(*texts: str) -> list[int]:
        cells = {f"B{row}": f"={text}" for row, text in enumerate(texts, start=1)}
        table = CellTable(read_workbook(save(dict(cells), tmp_path / "w.xlsx")))
        lines = Lines(table.texts, table)
        return [cell[1] for cell in table.texts if lines.adds_to_its_twin(cell)]

    one, other = "MATCH(A1,$D$1:$D$3,0)", "MATCH(A2,$D$1:$D$3,0)"
    assert adding(one, f"{other}-1") == [1]
    assert adding(f"{one}*2", other) == [0]
    assert adding(one, other) == []
    assert adding("MIN(D1:D9)", "MAX(D1:D9)") == []
    assert adding(one, other, f"{one}+1") == []


def test_a_formula_unlike_all_others_of_its_line_differs(tmp_path: Path) -> None:
    """Rule: three others that are alike but for what they read say so, or two of which it looks like a slip."""
    cells: dict[str, object] = {f"A{row}": 0.1 * row for row in range(1, 5)}
    cells |= {f"B{row}": f'=IF(A{row}>0.2,"A","B")' for row in (1, 2, 4)} | {"B3": '=IF(A3<0.2,"A","B")'}
    table = CellTable(read_workbook(save(cells, tmp_path / "w.xlsx")))
    lines = Lines(table.texts, table)
    assert [cell for cell in table.texts if lines.differs(cell)] == [("S", 2, 1)]
    few = Lines([cell for cell in table.texts if cell[1] < 3], table)
    assert [cell for cell in table.texts if cell[1] < 3 and few.differs(cell)] == [("S", 2, 1)]


@pytest.mark.parametrize(
    ("cells", "odd"),
    [
        ({"B1": "=A1/5-1", "B2": "=A2/5-1", "B3": "=A3/5+1"}, {"B3"}),
        ({"B1": "=A1/5-1", "B2": "=A2/5-1", "B3": "=A3/50-1"}, set()),
        ({"B1": "=SIN(A1)", "B2": "=SIN(A2)", "B3": "=COS(A3)"}, {"B3"}),
        ({"B1": "=A1/5-1", "B2": "=A2/5-1", "B3": "=2*A3"}, set()),
        ({f"{c}{row}": f"={c}{row + 9}/5" for c in "ABC" for row in (1, 2, 3)}, set()),
        ({f"{c}{row}": f"={c}{row + 9}/5" for c in "ABC" for row in (1, 2, 3)} | {"D2": "=IF(D11>2,1,0)"}, {"D2"}),
        (
            {f"{c}{row}": f"={c}{row + 9}/5" for c in "ABC" for row in (1, 2, 3)}
            | {f"D{row}": f"=IF(D{row + 9}>2,1,0)" for row in (1, 2, 3)},
            set(),
        ),
        (
            {f"{c}{row}": f"={c}{row + 9}/5-1" for c in "ABC" for row in (1, 2, 3)}
            | {f"D{row}": f"=D{row + 9}/5+1" for row in (1, 2, 3)},
            {"D1", "D2", "D3"},
        ),
    ],
    ids=[
        "a sign", "a number", "a function", "another formula", "all alike", "one of no kind", "a column of its own",
        "a sign in a whole column",
    ],
)  # fmt: skip
def test_a_slip_and_a_column_of_its_own(cells: dict[str, object], odd: set[str], tmp_path: Path) -> None:
    """Rule: of three, one is odd that looks like a slip; what a whole column computes otherwise is odd only if so."""
    table = CellTable(read_workbook(save(cells, tmp_path / "w.xlsx")))
    lines = Lines(table.texts, table)
    assert {cell for cell in table.texts if lines.differs(cell)} == {address_of("S", cell) for cell in odd}
