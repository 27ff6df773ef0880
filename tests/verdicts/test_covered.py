"""What IronCalc leaves out or does not understand is computed like everything else."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest
from workbook_parts import edited

from xlcheck import api
from xlcheck.verdicts.formula_cells import FormulaCells
from xlcheck.verdicts.generated.second_opinion import who_computes_all
from xlcheck.workbook.cell_codes import code_at
from xlcheck.workbook.content import Cell, CellError, SheetContent, Value, WorkbookContent

LSTM = Path(__file__).parents[2] / "workbooks" / "lstm.xlsx"


@pytest.mark.parametrize(("formula", "roots"), [("G7*Weights!$B$8", []), ("G7*Weights!$C$8", ["G9"])])
def test_a_formula_below_merged_cells_is_computed(tmp_path: Path, formula: str, roots: list[str]) -> None:
    """IronCalc leaves it out, so another engine is asked, which finds mistakes there as anywhere."""

    def merged(part: bytes) -> bytes:
        merge = b'<mergeCell ref="A2:G2"/>'
        part = part.replace(merge, merge + b'<mergeCell ref="F9:G9"/>')
        return part.replace(b"<f>G7*Weights!$B$8</f>", f"<f>{formula}</f>".encode(), 1)

    path = edited(LSTM, tmp_path / "merged.xlsx", "xl/worksheets/sheet6.xml", merged)
    report = api.check(path)

    assert [cell.cell for cell in report.roots if cell.sheet == "lstm"] == roots
    assert report.ok is not bool(roots)
    assert "ironcalc leaves out what stands in cells that merged ones cover, so cellrune was asked" in report.notes[0]


@pytest.mark.parametrize(("formula", "roots"), [("G7*WEIGHTS!$B$8", []), ("G7*WEIGHTS!$C$8", ["G9"])])
def test_a_worksheet_may_be_named_in_other_capitals(tmp_path: Path, formula: str, roots: list[str]) -> None:
    """As in every program; IronCalc finds it not, so another engine is asked."""

    def named(part: bytes) -> bytes:
        return part.replace(b"<f>G7*Weights!$B$8</f>", f"<f>{formula}</f>".encode(), 1)

    report = api.check(edited(LSTM, tmp_path / "named.xlsx", "xl/worksheets/sheet6.xml", named))

    assert [cell.cell for cell in report.roots if cell.sheet == "lstm"] == roots
    assert report.ok is not bool(roots)
    assert "ironcalc finds no worksheet that a formula names in other capitals, so cellrune" in report.notes[0]


@pytest.mark.parametrize("name", ["Data", "DATA"])
def test_what_a_weight_reads_is_known_in_other_capitals(tmp_path: Path, name: str) -> None:
    """A formula in the place of a weight that reads the network is no pass, however it spells the worksheet."""
    book = openpyxl.load_workbook(LSTM)
    cell = book["Weights"]["C8"]
    cell.value = f"={cell.value!r}+0*MOD({name}!G10,1)"
    book.save(tmp_path / "reads.xlsx")
    report = api.check(tmp_path / "reads.xlsx")

    assert (report.exit_code, report.counts.root) == (3, 0)
    assert "what Weights!C8 gives depends on other cells of this workbook's network" in report.reservations[0]


@pytest.mark.parametrize(
    ("engine", "formula", "value", "why"),
    [
        ("ironcalc", "A1*2", None, "merged ones cover"),
        ("ironcalc", None, None, ""),
        ("ironcalc", "A1*2", 0.0, ""),
        ("cellrune", "A1*2", None, ""),
        ("ironcalc", "net!A1", CellError("#REF!"), "in other capitals"),
        ("ironcalc", "Net!A1", CellError("#REF!"), ""),
        ("ironcalc", "Other!A1", CellError("#REF!"), ""),
        ("ironcalc", "net!A1", CellError("#N/A"), ""),
    ],
)
def test_another_engine_is_asked_only_for_what_one_leaves_out(
    engine: str, formula: str | None, value: Value, why: str
) -> None:
    """A formula that was computed to nothing, or that finds no worksheet, though there is one of another spelling."""
    cells = {(0, 0): Cell(1.0), (0, 1): Cell(2.0, formula)}
    content = WorkbookContent(LSTM, {"Net": SheetContent("Net", "visible", cells)})
    helper = SimpleNamespace(sheet="Net", code=code_at(0, 1), values=[value])
    seen: Any = SimpleNamespace(sightings=[], helpers=[(None, helper)])

    found = who_computes_all(content, engine, seen, FormulaCells(content))

    assert (found is None) is not bool(why)
    assert found is None or (found[0].name, why in found[2]) == ("cellrune", True)
