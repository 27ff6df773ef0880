"""Which targets may be other numbers: those that formulas calculate with, and do not choose by."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter

from xlcheck.handmade.networks.bindings_file import read_bindings
from xlcheck.handmade.networks.targets import free_targets
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.workbook.reader import read_workbook

BINDINGS = """
[[model]]
loss = "binary_crossentropy"
[[model.layer]]
type = "Dense"
units = 1
activation = "sigmoid"
kernel = "A1"
bias = "A2"
[[model.document]]
x = "A3"
y = "A5"
"""


@pytest.mark.parametrize(
    ("formulas", "free"),
    [
        ({"A6": "=-(A5*LN(A4)+(1-A5)*LN(1-A4))"}, True),
        ({"A6": "=-A5*LN(A4)", "A7": "=-(1-A5)*LN(1-A4)", "A8": "=AVERAGE(SUM(A6:A7))/2"}, True),
        ({"A6": "=SUMPRODUCT(A5,LN(A4))"}, True),
        ({"A6": "=-IF(A5=1,LN(A4),LN(1-A4))"}, False),
        ({"A6": "=-LN(A5*A4+(1-A5)*(1-A4))"}, False),
        ({"A6": "=A5*A4+(1-A5)*(1-A4)", "A7": "=-LN(A6)"}, False),
        ({"A6": "=A5", "A7": "=CHOOSE(A6+1,-LN(1-A4),-LN(A4))"}, False),
        ({"A6": "=-LN(A4)/A5"}, False),
        ({"A6": "=-A5*A5*LN(A4)"}, False),
        ({"A6": "=-share*LN(A4)"}, False),
        ({"A6": "=-LN(A4)^A5"}, False),
        ({"A6": "=A4+1"}, True),
    ],
)
def test_targets_are_free_where_the_loss_is_linear_in_them(
    formulas: dict[str, str], free: bool, tmp_path: Path
) -> None:
    """A loss that picks, compares, divides by a target or takes a power or logarithm of one is left alone."""
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("S")
        sheet.write_column("A1", (0.5, 0.1, 2.0))
        sheet.write_formula("A4", "=1/(1+EXP(-(A1*A3+A2)))")
        sheet.write_number("A5", 1.0)
        book.define_name("share", "=S!$A$5")
        for cell, formula in formulas.items():
            sheet.write_formula(cell, formula)
    bindings = tmp_path / "book.toml"
    bindings.write_text(BINDINGS)
    content = read_workbook(path)
    table = CellTable(content)
    found = free_targets(table, read_bindings(bindings, content), Precedents(table))

    assert found == (frozenset({("S", 4, 0)}) if free else frozenset())


def test_without_targets_none_is_free(tmp_path: Path) -> None:
    """A network without a loss has none."""
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("S")
        sheet.write_column("A1", (0.5, 0.1, 2.0))
        sheet.write_formula("A4", "=1/(1+EXP(-(A1*A3+A2)))")
    bindings = tmp_path / "book.toml"
    bindings.write_text(BINDINGS.replace('loss = "binary_crossentropy"\n', "").replace('y = "A5"\n', ""))
    content = read_workbook(path)
    table = CellTable(content)

    assert free_targets(table, read_bindings(bindings, content), Precedents(table)) == frozenset()
