"""Cells that were moved because somebody has inserted some: it is said, and nobody is blamed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import openpyxl
import pytest
from workbook_parts import typed

from xlcheck import api
from xlcheck.building.build import build_model
from xlcheck.errors import NothingCheckedError
from xlcheck.formulas.addresses import Range, parse_range
from xlcheck.formulas.scanner import Ref, cut
from xlcheck.model.keras_import import import_keras
from xlcheck.verdicts.generated import moved_cells
from xlcheck.verdicts.generated.moved_cells import _Numbers, _Search
from xlcheck.verdicts.recalculate import Reading
from xlcheck.workbook.cell_codes import codes_of
from xlcheck.workbook.reader import read_workbook

LSTM = Path(__file__).parents[2] / "workbooks" / "lstm.xlsx"


def formula_cells(sheet: Any) -> Iterator[Any]:
    """The cells of a worksheet that hold formulas."""
    return (cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f")


def follow(book: openpyxl.Workbook, followed: Callable[[Ref, str], str]) -> None:
    """Let each reference of a formula become another text; it is told of it, and of the formula's worksheet."""
    for sheet in book:
        for cell in formula_cells(sheet):
            between, refs = cut(cell.value)
            parts = (followed(ref, sheet.title) + rest for ref, rest in zip(refs, between[1:], strict=True))
            cell.value = between[0] + "".join(parts)


def with_cells_inserted(path: Path, area: Range, *, down: bool) -> None:
    """The lesson with cells inserted at an area as Excel does it: what lies below or behind moves, and is followed."""

    def moved(row: int, column: int) -> tuple[int, int]:
        if down:
            return row + area.rows * (row >= area.top), column
        return row, column + area.columns * (column >= area.left)

    def lies_there(top: int, left: int, bottom: int, right: int) -> bool:
        if down:
            return area.left <= left and right < area.left + area.columns
        return area.top <= top and bottom < area.top + area.rows

    def followed(ref: Ref, home: str) -> str:
        corners = ref.top, ref.left, ref.bottom, ref.right
        if (ref.sheet or home) != area.sheet or ref.kind not in {"cell", "range"} or not lies_there(*corners):
            return str(ref)
        (top, left), (bottom, right) = moved(ref.top, ref.left), moved(ref.bottom, ref.right)
        return str(ref._replace(top=top, left=left, bottom=bottom, right=right))

    book = openpyxl.load_workbook(LSTM)
    follow(book, followed)
    own = book[area.sheet]
    held = {(cell.row - 1, cell.column - 1): cell.value for row in own.iter_rows() for cell in row}
    there = {place: value for place, value in held.items() if lies_there(*place, *place) and moved(*place) != place}
    for row, column in there:
        own.cell(row + 1, column + 1).value = None
    for place, value in there.items():
        row, column = moved(*place)
        own.cell(row + 1, column + 1).value = value
    book.save(path)


@pytest.mark.parametrize(
    ("sheet", "area", "down", "said"),
    [
        ("lstm", "D9:G9", True, "cells of lstm from E9 on were moved 1 row down, so they do not"),
        ("lstm", "D9:F10", True, "cells of lstm from E9 on were moved 2 rows down"),
        ("lstm", "D9:D12", False, "cells of lstm from F9 on were moved 1 column to the right"),
        ("Weights", "C5:D5", True, "cells of Weights from C8 on were moved 1 row down"),
        ("Numbers", "D1:D1048576", False, "cells of Numbers from D6 on were moved 1 column to the right"),
        ("Numbers", "D17:E18", True, "cells of Numbers from E17 on were moved 2 rows down"),
        ("Matrices", "D17:E17", True, "cells of Matrices from E25 on were moved 1 row down"),
        ("Check", "D15:E15", True, "cells of Check from D15 on were moved 1 row down"),
        ("Check", "D15:D17", False, "cells of Check from D15 on were moved 1 column to the right"),
    ],
)
def test_nobody_is_blamed_where_cells_have_moved(sheet: str, area: str, down: bool, said: str, tmp_path: Path) -> None:
    """Formulas follow, and all is computed as before; where the cells went is said, and how to get them back.

    So is it with formulas beside numbers that are none of the network's, where one move explains all that are not as
    they were written.
    """
    with_cells_inserted(tmp_path / "w.xlsx", parse_range(area, sheet), down=down)

    with pytest.raises(NothingCheckedError, match=said):
        api.check(tmp_path / "w.xlsx")


@pytest.mark.parametrize(
    ("first", "by"), [("F9", (0, 1)), ("F9", (1, 0)), ("F14", (0, -1))], ids=["step before", "unit above", "step after"]
)
def test_a_row_that_reads_its_neighbours_is_wrong(first: str, by: tuple[int, int], tmp_path: Path) -> None:
    """Numbers that appear one place on are no cells that have moved, unless all behind them have, to the last."""
    book = openpyxl.load_workbook(LSTM)
    own, place = book["lstm"], parse_range(first, "lstm")
    row = [own.cell(place.top + 1, place.left + 1 + step) for step in range(2)]
    for cell in row:
        before = own.cell(cell.row - by[0], cell.column - by[1])
        cell.value = f"={before.coordinate}"
    book.save(tmp_path / "w.xlsx")

    assert api.check(tmp_path / "w.xlsx").exit_code == 1


def test_cells_that_were_emptied_are_missing(tmp_path: Path) -> None:
    """What stands nowhere has not moved."""
    book = openpyxl.load_workbook(LSTM)
    for (cell,) in book["lstm"]["F9:F12"]:
        cell.value = None
    book.save(tmp_path / "w.xlsx")
    report = api.check(tmp_path / "w.xlsx")

    assert report.exit_code == 1
    assert {cell.kind for cell in report.roots} == {"missing"}


@pytest.mark.parametrize(
    ("built", "now", "found"),
    [
        ([0.0, 1.0, 2.0, 3.0], [0.0, 1.0, 2.0, 3.0, 4.0], None),
        ([0.0, 1.0, 2.0, 3.0], [0.0, None, 1.0, 2.0, 3.0], "A2 on were moved 1 row down"),
        ([0.0, 1.0, 2.0, 3.0], [0.0, None, 1.0, 2.0, 9.0], None),
        ([0.0, 1.0, 2.0, 3.0], [0.0, None, 1.0, 2.0], None),
        ([0.0, 1.0, 2.0, 3.0], [0.0, None, None, 1.0, 2.0, 3.0], "A2 on were moved 2 rows down"),
        ([0.0, 1.0, 2.0, 3.0], [0.0, 2.0, 3.0], None),
        ([0.0, 0.0], [None, None, 0.0, 0.0], "A1 on were moved 2 rows down"),
        ([0.0, 0.0], [None, 0.0, 0.0], None),
    ],
)
def test_all_behind_the_first_must_have_moved(
    built: list[float], now: list[float | None], found: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last of them, too, to where nothing was; rows that read their neighbours have no such number there. Zeros
    stand anywhere by chance, as the states before a first step; but not twice where nothing was."""
    held = np.array([*(np.nan if number is None else number for number in now), *[np.nan] * 20])
    codes, numbers = codes_of(Range("S", 0, 0, len(built))), np.array([built])

    def read(_: object, areas: list[Range], *more: object) -> list[Reading]:
        (area,) = areas
        grid = np.pad(held[:, None], ((0, 0), (0, 9)), constant_values=np.nan)
        return [Reading(area, grid[: area.rows, : area.columns].reshape(1, -1), {})]

    monkeypatch.setattr(moved_cells, "recalculate", read)
    empty: Any = SimpleNamespace(trace={}, helpers=(), filled=(), sightings=(), selector=None, settings=[0])
    unwritten: Any = SimpleNamespace(text=lambda sheet, code: None)
    search = _Search(empty, empty, unwritten, empty, empty, set())
    limits, formulas = np.full(codes.size, 1e-9), np.ones(codes.size, dtype=bool)
    search._numbers = {"S": _Numbers(codes, numbers, limits, formulas, held[: codes.size] == numbers[0])}

    said = next(search.of_numbers(), None)
    assert said == (f"cells of S from {found}, so they do not stand where they were built" if found else None)


@pytest.mark.keras
def test_a_name_that_is_typed_over_has_not_moved(tmp_path: Path) -> None:
    """Though the same look-up of the sample's name stands five rows above it, as it was built there."""
    keras: Any = import_keras()
    inputs = [keras.Input((size,)) for size in (3, 2)]
    built, spoiled = tmp_path / "two.xlsx", tmp_path / "typed.xlsx"
    model = keras.Model(inputs, keras.layers.Concatenate()(inputs))
    build_model(model, [np.array([[1.0, 2, 3], [4, 5, 6]]), np.array([[7.0, 8], [9, 10]])], built)
    cells = read_workbook(built).sheets["Inputs"].cells
    lookups = [place for place, cell in cells.items() if cell.formula == "B11"]
    first, last = min(lookups), max(lookups)
    report = api.check(typed(built, spoiled, "Inputs", {last: "sample 2"}))

    assert first < last
    assert [(r.sheet, parse_range(r.cell).top) for r in report.roots] == [("Inputs", last[0])]


@pytest.mark.keras
def test_a_slip_where_all_steps_are_alike_has_not_moved(tmp_path: Path) -> None:
    """Though each number stands a column further left, too: what was the last column is still filled."""
    keras: Any = import_keras()
    built, spoiled = tmp_path / "alike.xlsx", tmp_path / "slip.xlsx"
    x = keras.Input((1,))
    steps = keras.layers.RepeatVector(2)(x)
    model = keras.Model(x, keras.layers.Dense(1, activation="tanh", name="own")(steps))
    build_model(model, np.array([[0.5], [0.7]]), built)
    (formula,) = {cell.formula for place, cell in read_workbook(built).sheets["own"].cells.items() if place == (5, 6)}
    assert formula is not None
    report = api.check(typed(built, spoiled, "own", {(5, 6): f"=1+{formula}"}))

    assert [(r.sheet, r.cell) for r in report.roots] == [("own", "G6")]
