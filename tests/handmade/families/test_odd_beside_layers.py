"""Formulas beside layers that do otherwise than those in line with them, and a gate that nobody reads."""

from __future__ import annotations

import random
from itertools import product
from pathlib import Path

import openpyxl
import pytest
from sheets_of_formulas import saved

from xlcheck.api import check
from xlcheck.formulas.addresses import cell_name
from xlcheck.handmade.families.odd_beside import beside_the_layers
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.workbook.reader import read_workbook

_GATE = "1/(1+EXP(-({}*$A$1+{}*$B$1)))"


@pytest.mark.parametrize(
    ("odd", "text", "is_told"),
    [
        ((3, 4), _GATE.replace("1/", "2/", 1).format("C4", "D4"), True),
        ((1, 4), _GATE.replace("EXP(-", "EXP(").format("C2", "D2"), True),
        ((5, 4), _GATE.replace("-(", "-TANH(").format("C6", "D6"), True),
        ((3, 4), _GATE.format("C4", "D5"), True),
        ((3, 4), _GATE.format("C4", "D4"), False),
        ((3, 4), _GATE.format("G4", "H4"), False),  # of other cells altogether
        ((3, 4), "SUM(C2:C4)", False),
        ((6, 4), "AVERAGE(E2:E6)", False),
    ],
)
def test_a_spare_formula_in_line_with_a_layer_is_told(
    odd: tuple[int, int], text: str, *, is_told: bool, tmp_path: Path
) -> None:
    """Rule: it computes something else of what it would read there, or the same of something else in part."""
    formulas = {(row, 4): _GATE.format(f"C{row + 1}", f"D{row + 1}") for row in range(1, 6)} | {odd: text}
    table = CellTable(read_workbook(saved(tmp_path, formulas)))
    (sheet,) = {cell[0] for cell in table.texts}
    spare = (sheet, *odd)
    told = list(beside_the_layers(table, {spare}, table.texts.keys() - {spare}))
    assert [cell_name(*odd) in why for why in told] == [True] * is_told


@pytest.mark.parametrize(
    ("odd", "text", "is_told"),
    [(3, "D4", True), (1, "D2", True), (5, "D6^4", True), (3, "D4^2", False), (5, "SUM(E2:E5)", False)],
)
def test_a_spare_formula_in_line_with_others_is_told(odd: int, text: str, *, is_told: bool, tmp_path: Path) -> None:
    """Rule: of formulas that were filled and belong to nothing, one that computes something else of its row is told."""
    formulas = {(row, 4): f"D{row + 1}^2" for row in range(1, 6)} | {(odd, 4): text}
    table = CellTable(read_workbook(saved(tmp_path, formulas)))
    told = list(beside_the_layers(table, table.texts, set()))
    assert [cell_name(odd, 4) in why for why in told] == [True] * is_told


@pytest.mark.parametrize(
    ("texts", "is_told"),
    [
        (("A{0}/15", "B{0}/200", "C{0}/200"), False),
        (("A{0}/200", "B{0}/200", 'IF(D{0}="x",1,0)'), False),
        (("A{0}/15", "B{0}/200", "C{0}/200", "D{0}/200", "E{0}/200"), True),
    ],
)
def test_inputs_may_have_ranges_of_their_own(texts: tuple[str, ...], *, is_told: bool, tmp_path: Path) -> None:
    """Rule: two that are scaled by one number say nothing of a third one; more do, and a word is not scaled."""
    formulas = {(row, 6 + k): text.format(row + 1) for row in range(1, 5) for k, text in enumerate(texts)}
    path = saved(tmp_path, formulas)
    book = openpyxl.load_workbook(path)
    for row in range(2, 6):
        for column in range(1, 6):
            book.active.cell(row, column, "x" if column == 4 and len(texts) == 3 else row * column + 0.5)
    book.save(path)
    table = CellTable(read_workbook(path))
    assert bool(list(beside_the_layers(table, table.texts, set()))) is is_told


@pytest.mark.parametrize(("words", "is_told"), [("ball", False), ("bbll", True), ("1234", True)])
def test_a_loss_may_be_that_of_the_class_that_is_called(words: str, *, is_told: bool, tmp_path: Path) -> None:
    """Rule: a formula that reads the row that the word above it names is no slip, whatever those beside it read."""
    path = tmp_path / "w.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for name, shares in zip("bal", ((0.2, 0.1, 0.3, 0.2), (0.5, 0.6, 0.1, 0.2), (0.3, 0.3, 0.6, 0.6)), strict=True):
        sheet.append([f"P({name})", *shares])
    sheet.append(["target", *words])
    sheet.append(["loss", "=-LN(B1)", "=-LN(C2)", "=-LN(D3)", "=-LN(E3)"])
    book.save(path)
    table = CellTable(read_workbook(path))
    assert bool(list(beside_the_layers(table, table.texts, set()))) is is_told


def _lstm_of_three_units() -> dict[str, object]:
    """Two steps down the page, of which the first has no state before it, so that nobody reads its forget gates."""
    rng = random.Random(5)
    cells: dict[str, object] = {}
    for column, row in product(
        "ABCDEFGHIJKL", range(1, 7)
    ):  # three units of i, f, c and o, with five weights and a bias
        cells[f"{column}{row}"] = round(rng.uniform(-0.9, 0.9), 3)
    for step, columns in enumerate("NO"):
        cells |= {f"{columns}{row}": round(rng.uniform(-0.9, 0.9), 3) for row in (10, 11)}
        before = chr(ord(columns) - 1)
        for place, unit in enumerate("ABCDEFGHIJKL"):
            total = f"SUMPRODUCT({unit}$1:{unit}$2,{columns}10:{columns}11)+{unit}$6"
            total += f"+SUMPRODUCT({unit}$3:{unit}$5,{before}34:{before}36)" if step else ""
            cells[f"{columns}{13 + place}"] = f"=TANH({total})" if 6 <= place < 9 else f"=1/(1+EXP(-({total})))"
        for unit in range(3):
            kept = f"{columns}{16 + unit}*{before}{28 + unit}+" if step else ""
            cells[f"{columns}{28 + unit}"] = f"={kept}{columns}{13 + unit}*{columns}{19 + unit}"
            cells[f"{columns}{34 + unit}"] = f"={columns}{22 + unit}*TANH({columns}{28 + unit})"
    return cells


@pytest.mark.keras
def test_a_gate_that_nobody_reads_is_no_pass_if_it_is_another_one(tmp_path: Path) -> None:
    """Rule: a forget gate of a first step without a state belongs to its layer only if it is one of its gates."""
    cells = _lstm_of_three_units()
    book = openpyxl.Workbook()
    for place, value in cells.items():
        book.active[place] = value
    codes = {}
    for change in ("", "2/(1+", "1/(1-"):
        book.active["N17"] = str(cells["N17"]).replace("1/(1+", change or "1/(1+")
        book.save(tmp_path / "lstm.xlsx")
        report = check(tmp_path / "lstm.xlsx")
        codes[change] = report.exit_code, any("N17" in why for why in report.reservations)
    assert codes == {"": (0, False), "2/(1+": (3, True), "1/(1-": (1, False)}
