"""What keeps right cells from being called wrong: a reading that does not explain a workbook blames nobody."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from thorough import spread

from xlcheck.api import check
from xlcheck.errors import NothingCheckedError


def _row(sheet: object, row: int, values: list[object]) -> None:
    for column, value in enumerate(values, start=1):
        sheet.cell(row, column, value)  # type: ignore[attr-defined]


def test_numbers_that_are_inputs_are_not_called_missing_formulas(tmp_path: Path) -> None:
    """Three samples of one perceptron, one below the other, are no time steps; no number among them is wrong."""
    book = openpyxl.Workbook()
    sheet = book.active
    _row(sheet, 1, ["x", 2.0, 3.0, 5.0])
    _row(sheet, 2, ["w", 0.3])
    _row(sheet, 3, ["b", 0.1])
    _row(sheet, 4, ["y", "=1/(1+EXP(-(B1*$B$2+$B$3)))", "=1/(1+EXP(-(C1*$B$2+$B$3)))", "=1/(1+EXP(-(D1*$B$2+$B$3)))"])
    _row(sheet, 5, ["error", "=(B4-1)^2", "=(C4-0)^2", "=(D4-1)^2"])
    book.save(tmp_path / "w.xlsx")

    try:
        report = check(tmp_path / "w.xlsx")
    except NothingCheckedError:
        return

    assert not list(report.roots)


@pytest.mark.usefixtures("a_short_search")
@pytest.mark.parametrize(
    "above", spread(["hidden layer", "1", 1.0, -0.4, True, None, "=1", "=2-1", "=B1+3", "=TANH(1)"], 4)
)
def test_what_stands_above_a_column_is_not_called_a_missing_formula(above: object, tmp_path: Path) -> None:
    """A sum that reads one row too high reads a word, a number or nothing there: the sum is wrong, never that cell."""
    _two_layers(tmp_path / "w.xlsx", above, first=1)

    try:
        report = check(tmp_path / "w.xlsx")
    except NothingCheckedError:
        return

    assert {cell.cell for cell in report.roots} <= {"I2"}


def test_a_number_above_a_column_does_not_hide_a_right_network(tmp_path: Path) -> None:
    """The workbook of the test above without its mistake is recognised and right."""
    _two_layers(tmp_path / "w.xlsx", 1.0, first=2)

    report = check(tmp_path / "w.xlsx")

    assert (report.counts.agree, report.exit_code) == (8, 0)


def test_a_sum_whose_activation_was_typed_is_no_activation_without_its_function(tmp_path: Path) -> None:
    """A number over the state of one step makes the sum of that step end a sequence; it is right in its column."""
    book = openpyxl.Workbook()
    sheet = book.active
    _row(sheet, 1, [0.7, -1.3, 0.9, 0.2])
    sheet["D3"] = 0
    for row, x in enumerate([0.5, -0.8, 1.1, 0.3, 0.9, -0.4, 0.6, -0.7], start=4):
        _row(sheet, row, [x, x * x - 1, f"=A$1*A{row}+B$1*B{row}+C$1*D{row - 1}+D$1", f"=TANH(C{row})"])
    sheet["D9"] = 1.109914
    book.save(tmp_path / "w.xlsx")

    try:
        report = check(tmp_path / "w.xlsx")
    except NothingCheckedError:
        return

    assert {cell.cell for cell in report.roots} <= {"D9"}


def _two_layers(path: Path, above: object, first: int) -> None:
    """Three units of tanh in a column under one cell, and an output that reads three cells from a row on."""
    book = openpyxl.Workbook()
    sheet = book.active
    weights = [[1.0, -2.0, 0.5], [0.3, 1.5, -1.0], [-0.7, 0.4, 2.0], [1.2, -0.6, 0.9], [0.8, -1.1, 0.35]]
    for row, (x, values) in enumerate(zip([0.2, -0.6, 1.1, 0.4, -0.9], weights, strict=True), start=1):
        _row(sheet, row, [*values, None, x])
    _row(sheet, 7, [0.1, -0.2, 0.3])
    _row(sheet, 9, [1.4, -0.8, 0.6, 0.25])
    sheet["G1"], sheet["H1"] = "sum", above
    for row, column in enumerate("ABC", start=2):
        sheet[f"G{row}"] = f"=SUMPRODUCT({column}$1:{column}$5,$E$1:$E$5)+{column}$7"
        sheet[f"H{row}"] = f"=TANH(G{row})"
    sheet["I2"] = "=" + "+".join(f"{column}9*H{row}" for row, column in enumerate("ABC", start=first)) + "+D9"
    sheet["J2"] = "=1/(1+EXP(-I2))"
    book.save(path)


def test_nothing_recognised_says_what_would_settle_it(tmp_path: Path) -> None:
    """A workbook that is no network ends with exit code 3 and with the way to describe it."""
    book = openpyxl.Workbook()
    sheet = book.active
    for row in range(1, 9):
        _row(sheet, row, [row * 1.5, f"=EXP(A{row})/A{9 - row}", f"=B{row}*B{9 - row}-A{row}^2"])
    book.save(tmp_path / "w.xlsx")

    with pytest.raises(NothingCheckedError, match="bindings file"):
        check(tmp_path / "w.xlsx")


def test_an_odd_worksheet_leaves_the_others_alone(tmp_path: Path) -> None:
    """A network on one worksheet gets its verdict though nothing is known of the formulas on another one."""
    source = Path(__file__).parents[2] / "fixtures" / "handmade" / "book_simple_rnn.xlsx"
    book = openpyxl.load_workbook(source)
    sheet = book.create_sheet("odd")
    for row in range(1, 30):
        _row(sheet, row, [row * 0.7, f"=EXP(A{row})/A{30 - row}", f"=B{row}*B{30 - row}-A{row}^2"])
    book.save(tmp_path / "w.xlsx")

    alone, together = check(source), check(tmp_path / "w.xlsx")

    assert together.counts.agree == alone.counts.agree
    assert together.counts.root == 0
    assert together.exit_code == 3
    assert any("odd" in note for note in together.notes)


def _verdict(cells: dict[str, object], path: Path) -> tuple[int, set[str], str]:
    """The exit code, the roots, and all that is said of a worksheet."""
    book = openpyxl.Workbook()
    for cell, content in cells.items():
        book.active[cell] = content
    book.save(path)
    try:
        report = check(path)
    except NothingCheckedError as error:
        return error.exit_code, set(), str(error)
    said = (*report.notes, *(cell.message for cell in report.cells))
    return report.exit_code, {cell.cell for cell in report.roots}, " ".join(said)


@pytest.mark.keras
def test_a_gru_that_mixes_the_other_way_round_is_no_mistake(tmp_path: Path) -> None:
    """Rule: many texts define h as (1 − z)·h + z·h̃; it is Keras's GRU with z as 1 − z, and the report says so."""
    cells: dict[str, object] = {"F7": 0.0}
    for row, weights in enumerate(((0.6, 0.4, 0.1), (0.3, -0.5, 0.2), (1.1, 0.7, 0.05)), start=2):
        cells |= dict(zip((f"B{row}", f"C{row}", f"D{row}"), weights, strict=True))
    for row, x in enumerate((0.5, -0.1, 0.8, 0.2), start=8):
        z = f"$B${{0}}*B{row}+$C${{0}}*{{1}}+$D${{0}}"
        cells |= {
            f"B{row}": x,
            f"C{row}": f"=1/(1+EXP(-({z.format(2, f'F{row - 1}')})))",
            f"D{row}": f"=1/(1+EXP(-({z.format(3, f'F{row - 1}')})))",
            f"E{row}": f"=TANH({z.format(4, f'(D{row}*F{row - 1})')})",
            f"F{row}": f"=(1-C{row})*F{row - 1}+C{row}*E{row}",
        }
    code, roots, said = _verdict(cells, tmp_path / "w.xlsx")
    assert (code, roots) == (0, set())
    assert "as many texts define a GRU: its z is 1 − z of Keras" in said


@pytest.mark.keras
def test_an_output_that_is_one_product_needs_no_activation(tmp_path: Path) -> None:
    """Rule: v·h is a linear unit without a bias; nobody says that its activation is missing, and it is checked."""
    cells: dict[str, object] = {"J1": 0.7, "J2": 0.4, "J3": 0.1, "J7": 1.5, "B1": 0.3, "C1": -0.1, "D1": 0.6}
    cells |= {"B2": "=TANH($J$1*B1+$J$3)", "C2": "=TANH($J$1*C1+$J$2*B2+$J$3)", "D2": "=TANH($J$1*D1+$J$2*C2+$J$3)"}
    cells |= {f"{column}4": f"=$J$7*{column}2" for column in "BCD"}
    assert _verdict(cells, tmp_path / "w.xlsx")[:2] == (0, set())
    assert _verdict({**cells, "C4": "=$J$7*B2"}, tmp_path / "w.xlsx")[0] != 0


@pytest.mark.keras
def test_who_rounds_throughout_means_it(tmp_path: Path) -> None:
    """Rule: a ROUND is a mistake among formulas without one; where all formulas round, no cell is wrong."""
    cells: dict[str, object] = {
        "B1": 0.6,
        "B2": 0.9,
        "D1": 0.2,
        "D2": -0.4,
        "F1": 0.5,
        "F2": 0.3,
        "H1": 0.1,
        "H2": -0.2,
    }
    cells |= {"E4": 0.7, "E5": 1.2, "E6": -0.3}
    cells |= {"B4": "=ROUND(B1*D1+B2*D2+H1,3)", "B5": "=ROUND(B1*F1+B2*F2+H2,3)"}
    cells |= {"B6": "=ROUND(1/(1+EXP(-B4)),3)", "B7": "=ROUND(1/(1+EXP(-B5)),3)"}
    cells["B9"] = "=ROUND(1/(1+EXP(-(B6*E4+B7*E5+E6))),3)"
    code, roots, said = _verdict(cells, tmp_path / "w.xlsx")
    assert (code, roots) == (0, set())
    assert "5 formulas round to 3 digits" in said
