"""A mistake filled down a column of one cell a sample is blamed there, and not on the mean that adds the column up."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import openpyxl
import pytest
from training_sheets import roots, trained

from xlcheck.verdicts.parts import Part

pytestmark = pytest.mark.keras

_SAMPLES = ((0.3, -0.7, 0.2), (0.9, 0.4, 0.7), (-0.5, 0.8, 0.9), (0.1, 0.6, 0.4))
_ROWS = range(2, 2 + len(_SAMPLES))
_MEANS = 8
_WEIGHTS = {"A12": 0.42, "A13": -0.58, "A14": 0.11, "B12": -0.31, "B13": 0.64, "B14": -0.24, "C12": 0.36, "C13": -0.27}
_WEIGHTS |= {"C14": 0.19}
_COLUMNS = {
    "D": "A{r}*$A$12+B{r}*$A$13+$A$14", "E": "A{r}*$B$12+B{r}*$B$13+$B$14",
    "F": "1/(1+EXP(-D{r}))", "G": "1/(1+EXP(-E{r}))",
    "H": "F{r}*$C$12+G{r}*$C$13+$C$14", "I": "1/(1+EXP(-H{r}))", "J": "(I{r}-C{r})^2",
    "K": "(I{r}-C{r})*I{r}*(1-I{r})", "L": "K{r}*$C$12*F{r}*(1-F{r})", "M": "K{r}*$C$13*G{r}*(1-G{r})",
}  # fmt: skip
"""Two inputs, two hidden units, an output, its squared error, and δ of the output and of both hidden units."""
_PRODUCTS = {
    "N": "K{r}*F{r}", "O": "K{r}*G{r}", "P": "K{r}", "Q": "L{r}*A{r}", "R": "L{r}*B{r}", "S": "L{r}",
    "T": "M{r}*A{r}", "U": "M{r}*B{r}", "V": "M{r}",
}  # fmt: skip
"""The gradient of each weight, a column each."""
_MOVED = {
    "C22": ("C12", "N"), "C23": ("C13", "O"), "C24": ("C14", "P"), "A22": ("A12", "Q"), "A23": ("A13", "R"),
    "A24": ("A14", "S"), "B22": ("B12", "T"), "B23": ("B13", "U"), "B24": ("B14", "V"),
}  # fmt: skip
_FACTORS = dict(zip("NOPQRSTUV", ("KF", "KG", "K", "LA", "LB", "L", "MA", "MB", "M"), strict=True))


def batch(path: Path, columns: Mapping[str, str], cells: Mapping[str, str], *, products: bool) -> set[str]:
    """The cells that are blamed in one step over a batch; as below."""
    found = outcome(path, columns, cells, products=products)
    return {*roots(found)}


def outcome(path: Path, columns: Mapping[str, str], cells: Mapping[str, str], *, products: bool) -> Part:
    """What became of one step over a batch.

    Args:
        path: where to write the workbook.
        columns: other formulas in whole columns.
        cells: other formulas in single cells.
        products: whether each sample's gradient has a cell; else `SUMPRODUCT` multiplies and adds up at once.
    """
    book = openpyxl.Workbook()
    sheet = book.active
    own = {**_COLUMNS, **(_PRODUCTS if products else {}), **columns}
    for row, (one, other, target) in zip(_ROWS, _SAMPLES, strict=True):
        sheet[f"A{row}"], sheet[f"B{row}"], sheet[f"C{row}"] = one, other, target
        for column, text in own.items():
            sheet[f"{column}{row}"] = "=" + text.format(r=row)
    first, last = _ROWS[0], _ROWS[-1]
    for column, factors in _FACTORS.items():
        areas = ",".join(f"{factor}{first}:{factor}{last}" for factor in factors)
        mean = f"AVERAGE({column}{first}:{column}{last})" if products else f"SUMPRODUCT({areas})/{len(_SAMPLES)}"
        sheet[f"{column}{_MEANS}"] = f"={mean}"
    sheet["E10"] = 0.5
    for cell, number in _WEIGHTS.items():
        sheet[cell] = number
    for cell, (weight, column) in _MOVED.items():
        sheet[cell] = f"={weight}-$E$10*{column}{_MEANS}"
    for cell, text in cells.items():
        sheet[cell] = text if text.startswith("=") else float(text)
    book.save(path)
    found = trained(path)
    assert found is not None
    return found


@pytest.mark.parametrize("products", [True, False], ids=["gradients in columns", "SUMPRODUCT"])
def test_a_right_batch_has_no_root(products: bool, tmp_path: Path) -> None:
    """Nothing is blamed where each sample has what it should."""
    assert batch(tmp_path / "w.xlsx", {}, {}, products=products) == set()


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("L", "K{r}*$C$13*F{r}*(1-F{r})"),
        ("M", "K{r}*$C$13*G{r}*G{r}"),
        ("M", "K{r}*$C$13*F{r}*(1-F{r})"),
        ("O", "K{r}*F{r}"),
        ("T", "M{r}*B{r}"),
        ("V", "L{r}"),
        ("Q", "L{r}"),
    ],
    ids=[
        "another weight",
        "no 1 minus",
        "another unit's slope",
        "another unit",
        "another input",
        "another δ",
        "no input",
    ],
)
def test_the_column_is_blamed_and_not_its_mean(column: str, text: str, tmp_path: Path) -> None:
    """All cells of the column are roots, though the mean below is the one cell that would put the update right."""
    roots = batch(tmp_path / "w.xlsx", {column: text}, {}, products=True)

    assert roots == {f"{column}{row}" for row in _ROWS}


@pytest.mark.parametrize(
    ("column", "text"), [("L", "K{r}*$C$13*F{r}*(1-F{r})"), ("M", "K{r}*$C$13*G{r}*G{r}")], ids=["weight", "slope"]
)
def test_a_column_that_is_multiplied_and_added_at_once_is_blamed(column: str, text: str, tmp_path: Path) -> None:
    """The δ of a hidden unit is wrong for all samples, and each gradient that `SUMPRODUCT` makes of it follows."""
    roots = batch(tmp_path / "w.xlsx", {column: text}, {}, products=False)

    assert roots == {f"{column}{row}" for row in _ROWS}


@pytest.mark.parametrize(
    ("cell", "text", "products"),
    [
        (f"T{_MEANS}", "=AVERAGE(U2:U5)", True),
        (f"T{_MEANS}", "=AVERAGE(T2:T4)", True),
        (f"T{_MEANS}", "=SUMPRODUCT(M2:M5,B2:B5)/4", False),
    ],
    ids=["another column", "a short range", "another input"],
)
def test_a_mean_that_adds_up_the_wrong_cells_is_blamed_itself(
    cell: str, text: str, products: bool, tmp_path: Path
) -> None:
    """Where each sample has what it should, the formula that adds up is the root."""
    assert batch(tmp_path / "w.xlsx", {}, {cell: text}, products=products) == {cell}


def test_biases_may_go_another_way_than_kernels(tmp_path: Path) -> None:
    """A wrong slope is blamed alone where biases have a rate of their own: their updates follow it as they should."""
    slower = {
        cell: f"={weight}-$E$11*{column}{_MEANS}" for cell, (weight, column) in _MOVED.items() if cell[1:] == "24"
    }
    wrong = {"L": re.sub(r"\*\(1-F{r}\)", "", _COLUMNS["L"])}
    roots = batch(tmp_path / "w.xlsx", wrong, {**slower, "E11": "0.1"}, products=True)

    assert roots == {f"L{row}" for row in _ROWS}


def test_gradients_of_a_loss_that_stands_nowhere_are_no_pass(tmp_path: Path) -> None:
    """Without the slope of the output they are those of a cross-entropy, with it those of the squared errors."""
    right = outcome(tmp_path / "right.xlsx", {}, {}, products=True)
    no_slope = outcome(tmp_path / "wrong.xlsx", {"K": "(I{r}-C{r})"}, {}, products=True)
    entropy = "-(C{r}*LN(I{r})+(1-C{r})*LN(1-I{r}))"
    meant = outcome(tmp_path / "meant.xlsx", {"K": "(I{r}-C{r})", "J": entropy}, {}, products=True)
    with_slope = outcome(tmp_path / "slope.xlsx", {"J": entropy}, {}, products=True)

    assert [found.without_cell for found in (right, no_slope, meant, with_slope)] == [0, 1, 0, 1]
