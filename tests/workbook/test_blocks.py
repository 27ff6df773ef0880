"""Blocks of cells: the rows that are streamed hold what XlsxWriter's own cells would, and everything else stays its."""

from __future__ import annotations

import inspect
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from hypothesis import given, settings, strategies as st
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from xlcheck.errors import WorkbookError
from xlcheck.formulas.addresses import Range
from xlcheck.formulas.pattern import Letters, Number, Pattern, row_number
from xlcheck.workbook.block_rows import block_piece, row_texts
from xlcheck.workbook.plan import (
    Block,
    Chart,
    Formula,
    FormulaBlock,
    Merge,
    NumberBlock,
    PlannedCell,
    PlannedSheet,
    Series,
    Spill,
    WorkbookPlan,
)
from xlcheck.workbook.reader import read_workbook
from xlcheck.workbook.writer import write_workbook

RNG = np.random.default_rng(7)


def written(tmp_path: Path, **sheet: object) -> Path:
    """A workbook with one worksheet `S`."""
    path = tmp_path / "blocks.xlsx"
    write_workbook(WorkbookPlan((PlannedSheet("S", **{"cells": (), **sheet}),)), path)  # type: ignore[arg-type]
    return path


def stored(path: Path) -> tuple[dict[str, object], dict[str, object]]:
    """Formulas and constants, and values, of every cell, as openpyxl reads them."""
    formulas, values = (openpyxl.load_workbook(path, data_only=only)["S"] for only in (False, True))
    return (
        {cell.coordinate: cell.value for row in formulas.iter_rows() for cell in row if cell.value is not None},
        {cell.coordinate: cell.value for row in values.iter_rows() for cell in row if cell.value is not None},
    )


def one_by_one(blocks: tuple[Block, ...]) -> tuple[PlannedCell, ...]:
    """The same cells without blocks."""
    cells = []
    for block in blocks:
        for i, (row, column) in enumerate(block.area.cells()):
            if isinstance(block, NumberBlock):
                content: object = float(block.values[divmod(i, block.area.columns)])
            else:
                text = block.formulas.at(i) if isinstance(block.formulas, Pattern) else block.formulas[i]
                content = Formula(text, block.values if isinstance(block.values, str) else float(block.values[i]))
            cells.append(PlannedCell(row, column, content, block.style))  # type: ignore[arg-type]
    return tuple(cells)


MIXED: tuple[Block, ...] = (
    NumberBlock(Range("S", 2, 0, 40, 3), RNG.normal(size=(40, 3)), "weight"),
    FormulaBlock(Range("S", 2, 4, 30), Pattern(("TANH(A", row_number(2), ")<B$3&\"x\"")), RNG.normal(size=30), "state"),
    FormulaBlock(Range("S", 10, 3, 5), Pattern(("INDEX($", Letters(25), "$1,", Number(0, 3), ")*", Letters(2, 0))),
                 RNG.normal(size=5), "gate"),
    FormulaBlock(Range("S", 20, 3, 2), ("A21&B21", "\"<&>\""), "“✓” & <so on>", "verdict"),
)  # fmt: skip


def test_streamed_rows_hold_what_single_cells_would(tmp_path: Path) -> None:
    """Whether cells stand in blocks or alone makes no difference to a reader of the file, to the last bit."""
    blocks = stored(written(tmp_path, blocks=MIXED))

    assert blocks == stored(written(tmp_path, cells=one_by_one(MIXED)))
    assert blocks[1]["A3"] == MIXED[0].values[0, 0]  # type: ignore[index]


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_any_arrangement_of_blocks_gives_each_cell_once_and_in_order(data: st.DataObject) -> None:
    """However blocks begin and end beside each other, rows and the cells in them are in ascending order."""
    columns = data.draw(st.permutations(range(0, 30, 3)))
    blocks: list[Block] = []
    for column in columns[: data.draw(st.integers(1, 6))]:
        top, rows = data.draw(st.integers(0, 20)), data.draw(st.integers(1, 9))
        width = data.draw(st.integers(1, 3))
        blocks.append(NumberBlock(Range("S", top, column, rows, width), np.ones((rows, width)), "weight"))
    xml = "".join(row_texts([(block, block_piece(block, 1)) for block in blocks], {}))
    names = [piece.split('"')[0] for piece in xml.split('<c r="')[1:]]
    cells = [(int("".join(filter(str.isdigit, n))), len(n.rstrip("0123456789")), n) for n in names]

    assert cells == sorted(cells)
    assert len(set(names)) == len(names) == sum(block.area.size for block in blocks)


def test_rows_with_blocks_keep_heights_merges_charts_and_texts(tmp_path: Path) -> None:
    """What is no block stays XlsxWriter's, also in a row that has blocks."""
    path = written(
        tmp_path,
        cells=(PlannedCell(2, 6, "100 % “text”"), PlannedCell(50, 0, Formula("SUM(A3:A42)", 1.5))),
        merges=(Merge(Range("S", 2, 7, 2, 2), "merged", "symbol"),),
        heights={2: 33.0, 60: 24.0},
        charts=(Chart(5, 8, "a", "b", "c", (Series("s", Range("S", 2, 0, 40)),)),),
        blocks=MIXED,
    )
    sheet = openpyxl.load_workbook(path)["S"]

    assert (sheet["G3"].value, sheet["H3"].value, sheet["A51"].value) == ("100 % “text”", "merged", "=SUM(A3:A42)")
    assert [str(area) for area in sheet.merged_cells.ranges] == ["H3:I4"]
    assert (sheet.row_dimensions[3].height, sheet.row_dimensions[61].height) == (33.0, 24.0)
    assert "xl/charts/chart1.xml" in zipfile.ZipFile(path).namelist()


def test_every_cell_of_a_spilled_formula_has_its_value(tmp_path: Path) -> None:
    """One formula fills a range, is marked as a dynamic array, and viewers that do not calculate see all values."""
    path = written(
        tmp_path, spills=(Spill(Range("S", 1, 1, 3), "MMULT(A1:B3,D1:D2)", np.array([1.5, 2.5, 3.5]), "state"),)
    )
    xml = zipfile.ZipFile(path).read("xl/worksheets/sheet1.xml").decode()

    assert '<c r="B2" s="1" cm="1"><f t="array" ref="B2:B4">MMULT(A1:B3,D1:D2)</f><v>1.5</v></c>' in xml
    assert stored(path)[1] == {"B2": 1.5, "B3": 2.5, "B4": 3.5}


def test_an_empty_text_is_stored_as_a_text(tmp_path: Path) -> None:
    """A formula that gives "" has a stored value, with and without blocks beside it; XlsxWriter alone stores none."""
    empty = Formula('IF(1,"","x")', "")
    block = FormulaBlock(Range("S", 1, 1, 2), Pattern(('IF(1,"","x")',)), "", "state")
    for blocks in ((), (block,)):
        path = written(tmp_path, cells=(PlannedCell(1, 0, empty, "state"),), blocks=blocks)
        cells = read_workbook(path).sheets["S"].cells
        part = zipfile.ZipFile(path).read("xl/worksheets/sheet1.xml").decode()

        assert {cell.value for cell in cells.values()} == {""}
        assert part.count(' t="str"><f>') == part.count("<v></v>") == len(cells) == 1 + 2 * len(blocks)


@pytest.mark.parametrize(
    ("blocks", "message"),
    [
        ((MIXED[0], NumberBlock(Range("S", 41, 2, 1, 1), np.ones((1, 1)), "weight")), "the cell C42 is filled twice"),
        ((NumberBlock(Range("S", 0, 0, 1, 1), np.array([[np.inf]]), "weight"),), "S!A1 would hold an infinity"),
        ((NumberBlock(Range("S", 0, 0, 2, 1), np.array([[1.0], [np.nan]]), "weight"),), "S!A1:A2 would hold"),
    ],
)
def test_blocks_that_make_no_worksheet_are_refused(tmp_path: Path, blocks: tuple[Block, ...], message: str) -> None:
    """Cells that overlap or hold no number never reach a file."""
    with pytest.raises(WorkbookError, match=message):
        written(tmp_path, blocks=blocks)

    assert list(tmp_path.iterdir()) == []


def test_xlsxwriter_still_has_the_private_methods_that_streaming_uses() -> None:
    """A new XlsxWriter that renames them or takes other arguments is noticed here, not in a user's file."""
    arguments = {
        name: list(inspect.signature(getattr(Worksheet, name)).parameters)
        for name in (
            "_write_rows",
            "_write_row",
            "_write_cell",
            "_xml_number_element",
            "_xml_formula_element",
            "_check_dimensions",
        )
    }

    assert arguments["_write_rows"] == ["self"]
    assert arguments["_write_row"][:4] == ["self", "row", "spans", "row_info"]
    assert arguments["_write_cell"] == ["self", "row", "col", "cell"]
    assert arguments["_xml_number_element"] == ["self", "number", "attributes"]
    assert arguments["_xml_formula_element"] == ["self", "formula", "result", "attributes"]
    assert arguments["_check_dimensions"][:3] == ["self", "row", "col"]
    assert callable(Format._get_xf_index)
    assert {"table", "row_info", "fh"} <= vars(Worksheet()).keys()
