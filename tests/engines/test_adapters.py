"""What each adapter makes of its engine's own values: numbers, texts, errors, and what is no value at all."""

from __future__ import annotations

import math
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import xlsxwriter

from xlcheck.engines import cellrune, engine
from xlcheck.engines.base import Formula
from xlcheck.formulas.addresses import Range
from xlcheck.workbook.content import CellError, NotEvaluated


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ({"kind": "blank"}, None), ({"kind": "number", "value": 0.5}, 0.5), ({"kind": "text", "value": ""}, ""),
        ({"kind": "logical", "value": True}, True), ({"kind": "error", "value": "#N/A"}, CellError("#N/A")),
        ({"kind": "unsupported", "code": "calculation.circular_reference"}, CellError("#CIRC!")),
        ({"kind": "unsupported", "message": "no such function", "detail": "FOO"},
         NotEvaluated("cellrune: no such function (FOO)")),
        ({"kind": "pending"}, NotEvaluated("cellrune: pending")),
    ],
)  # fmt: skip
def test_cellrune_s_values(cell: dict[str, Any], value: object) -> None:
    """An error is an error, a circle is one, too, and what CellRune cannot compute is not evaluated, with its words."""
    assert cellrune._value(cell) == value
    assert type(cellrune._value(cell)) is type(value)


@pytest.mark.formulon
def test_formulon_s_values(monkeypatch: pytest.MonkeyPatch) -> None:
    """An unknown name is not evaluated, since Excel may know it; every other error is one; arrays are no value."""
    from formulon import ValueKind

    from xlcheck.engines import formulon

    array = SimpleNamespace(kind=ValueKind.ARRAY)
    number = SimpleNamespace(kind=ValueKind.NUMBER, to_python=lambda: 2.0)

    monkeypatch.setattr(formulon, "_knows", "Sum".__eq__)  # to ask Formulon itself takes as long as it needs to start
    assert formulon._value(number) == 2.0
    assert formulon._value(array) == NotEvaluated("formulon: the result is array, not a value")
    assert formulon._with_unknown_in_small("=Sum(A1)+Frobnicate(A2)") == "SUM(A1)+frobnicate(A2)"


@pytest.mark.parametrize("name", ["ironcalc", "cellrune"])
def test_formulas_are_put_into_cells_and_taken_out(name: str, tmp_path: Path) -> None:
    """A formula may replace a number, a formula or nothing, in the words of the file; an empty one empties the cell."""
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("S 1")
        sheet.write_row(0, 0, [0.5, 2.0])
        sheet.write_formula(0, 2, "=A1+B1", None, 0)
    own = engine(name)
    session = own.open(path)
    assert own.takes_formulas
    session.set("S 1", 0, 1, Formula("A1*4"))
    session.set("S 1", 1, 0, Formula("TANH(B1)+'S 1'!A1"))
    session.set("S 1", 1, 1, "A1*4")
    session.recalculate()
    assert session.read(Range("S 1", 0, 0, 2, 3)) == [[0.5, 2.0, 2.5], [math.tanh(2.0) + 0.5, "A1*4", None]]
    session.set("S 1", 0, 1, Formula(""))
    session.recalculate()
    assert session.read(Range("S 1", 0, 0, 1, 3)) == [[0.5, None, 0.5]]
