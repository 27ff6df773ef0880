"""Workbooks of Keras models with one fault or edit in them: it is found where it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import ironcalc
import numpy as np
import pytest
from sequential import L, sequential

from xlcheck.building.build import with_places
from xlcheck.engines import engine
from xlcheck.formulas.addresses import Range
from xlcheck.formulas.pattern import formula_at
from xlcheck.layout.plan import plan_model
from xlcheck.model.keras_reader import read_model
from xlcheck.oracle.record import record, retrace
from xlcheck.verdicts.generated.check import check_content
from xlcheck.verdicts.report import CheckReport
from xlcheck.workbook.manifest import manifest_of
from xlcheck.workbook.plan import FormulaBlock, NumberBlock, WorkbookPlan
from xlcheck.workbook.reader import read_workbook
from xlcheck.workbook.writer import write_workbook

pytestmark = pytest.mark.keras


class Planted:
    """The plan of a small model's workbook, in which faults can be planted."""

    def __init__(self, path: Path, plan: WorkbookPlan) -> None:
        self.path = path
        self.plan = plan
        write_workbook(plan, path)
        manifest = manifest_of(read_workbook(path))
        assert manifest is not None
        self.places = {b.quantity: b.area for b in manifest.bindings if b.sample is None}
        self.copies = {copy.band: copy.area for copy in manifest.copies}

    def write(self, area: Range, change: Callable[[str], str] | float) -> CheckReport:
        """Change the formula or number of a range's first cell, write the file and check it."""
        sheets = []
        for sheet in self.plan.sheets:
            blocks = list(sheet.blocks)
            for i, block in enumerate(blocks):
                a = block.area
                if a.sheet == area.sheet and (area.top, area.left) in set(a.cells()):
                    place = list(a.cells()).index((area.top, area.left))
                    blocks[i : i + 1] = self._changed(block, place, change)
            sheets.append(replace(sheet, blocks=tuple(blocks)))
        write_workbook(replace(self.plan, sheets=tuple(sheets)), self.path)
        return check_content(read_workbook(self.path), engine("ironcalc", guarded=False), recompute=retrace)

    @staticmethod
    def _changed(block: Any, place: int, change: Any) -> list[Any]:
        if isinstance(block, NumberBlock):
            values = block.values.copy()
            values.flat[place] = change
            return [replace(block, values=values)]
        if callable(change):
            texts = [formula_at(block.formulas, i) for i in range(block.area.rows)]
            texts[place] = change(texts[place])
            return [replace(block, formulas=tuple(texts))]
        a, texts = block.area, [formula_at(block.formulas, i) for i in range(block.area.rows)]
        values = (
            [block.values] * a.rows
            if isinstance(block.values, str)
            else [block.values[i : i + 1] for i in range(a.rows)]
        )
        cells = [Range(a.sheet, a.top + i, a.left) for i in range(a.rows)]
        rest = [FormulaBlock(cells[i], (texts[i],), values[i], block.style) for i in range(a.rows) if i != place]
        return [*rest, NumberBlock(cells[place], np.array([[change]]), block.style)]


@pytest.fixture(scope="module")
def plan() -> WorkbookPlan:
    """What is right."""
    model = sequential((3, 2), L.SimpleRNN(2, name="rnn"), L.Dense(2, name="out"))
    inputs = np.random.default_rng(3).normal(size=(2, 3, 2))
    spec, trace = with_places(replace(read_model(model), loss=None), record(model, inputs))
    return plan_model(spec, trace, record(model, inputs, dtype="float32"), ["a", "b"])


@pytest.fixture
def planted(tmp_path: Path, plan: WorkbookPlan) -> Planted:
    """A correct workbook to spoil."""
    return Planted(tmp_path / "planted.xlsx", plan)


def roots(report: CheckReport) -> list[str]:
    """Addresses of the cells that are wrong in themselves."""
    return [f"{cell.sheet}!{cell.cell}" for cell in report.roots]


def first(area: Range) -> str:
    """The address of a range's first cell."""
    return f"{area.sheet}!{area.a1.split(':')[0]}"


def test_a_wrong_formula_is_the_root_and_the_rest_is_carried(planted: Planted) -> None:
    """Only the planted cell is blamed; what reads it, on other sheets too, passes the error on."""
    place = planted.places["rnn.z[1]"]
    report = planted.write(place, lambda text: f"{text}+0.001")

    assert roots(report) == [first(place)]
    assert {cell.quantity for cell in report.cells if cell.quantity} >= {"rnn.h[2][0]", "out.y[0]"}
    assert {cell.sheet for cell in report.cells} >= {"rnn", "out", "Numbers", "Check", "Start"}


def test_a_number_instead_of_a_formula_is_a_root(planted: Planted) -> None:
    """A typed number is wrong even where it is the right one."""
    place = planted.places["rnn.h[0]"]
    value = read_workbook(planted.path).sheets["rnn"].cells[place.top, place.left].value
    assert isinstance(value, float)
    report = planted.write(place, value)

    assert [(first(place), "not_a_formula")] == [(f"{c.sheet}!{c.cell}", str(c.kind)) for c in report.roots]


@pytest.mark.parametrize(
    ("column", "change"),
    [
        (4, lambda text: text.replace("rnn!", "out!")),
        (5, lambda text: f"{text}+1"),
        (6, lambda text: "0"),
        (7, lambda text: '"✓"&"?"'),
        (4, 0.25),
        (7, 1.0),
    ],
)
def test_cells_of_the_comparison_are_judged_too(planted: Planted, column: int, change: Any) -> None:
    """A column that copies, looks up, subtracts or marks is wrong in the cell that was changed, and nowhere else.

    That holds even where the other formula gives the right value: it would not show a mistake that comes later.
    """
    area = planted.copies["rnn.h"]
    cell = Range(area.sheet, area.top + 1, column)
    report = planted.write(cell, change)
    wrong = {f"{c.sheet}!{c.cell}" for c in report.cells if c.sheet in {"rnn", "out"}}

    assert not wrong
    assert roots(report) == [first(cell)]


def test_an_edited_weight_is_an_edit_and_keras_is_asked_anew(planted: Planted) -> None:
    """With another weight, Keras computes other numbers, and the workbook must follow."""
    report = planted.write(planted.places["rnn.kernel"], 0.75)

    assert [edit.quantity for edit in report.edits] == ["rnn.kernel[0][0]"]
    assert report.counts.root == report.counts.carried == 0, report.cells[:3]


def test_an_edited_weight_shows_on_the_first_sheet(planted: Planted) -> None:
    """In the workbook itself the verdict says that Keras's stored numbers no longer apply."""
    model = ironcalc.load_from_xlsx(str(planted.path))
    sheets = {item["name"]: i for i, item in enumerate(model.get_worksheets_properties())}
    model.evaluate()
    before = model.get_cell_value_by_ref("Start!A4")
    place = planted.places["rnn.kernel"]
    model.update_cell_with_number(sheets[place.sheet], place.top + 1, place.left + 1, 0.75)
    model.evaluate()

    assert before.endswith("numbers agree with Keras")
    assert model.get_cell_value_by_ref("Start!A4").startswith("A weight or an input was changed")
    assert model.get_cell_value_by_ref("Numbers!H6") == "–"
