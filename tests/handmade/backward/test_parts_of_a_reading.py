"""What is made of a sheet once it is read as training steps, part by part: moves, estimates, columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from recognised_sheets import a1
from training_sheets import FIRST, LAST, ROWS, line, table_of, with_gradients

from xlcheck.handmade.backward.best_reading import best_reading
from xlcheck.handmade.backward.coefficients import SETTINGS, Coefficient
from xlcheck.handmade.backward.data import data_cells
from xlcheck.handmade.backward.estimates import estimated, estimates
from xlcheck.handmade.backward.kept import Kept
from xlcheck.handmade.backward.moves import Mover
from xlcheck.handmade.backward.network_cells import is_unwritten
from xlcheck.handmade.backward.quantities import Quantity, Role
from xlcheck.handmade.backward.roles import Reading
from xlcheck.handmade.backward.sheet import Sheet
from xlcheck.handmade.backward.slots import Pull, Slot
from xlcheck.handmade.backward.unwritten import with_outputs
from xlcheck.handmade.backward_judging.culprits import Search
from xlcheck.handmade.backward_judging.doubtful_data import doubtful_data, empty_data, made_of
from xlcheck.handmade.backward_judging.in_samples import Columns
from xlcheck.handmade.backward_judging.judge import Judge
from xlcheck.handmade.backward_judging.shown import computed_targets, shown
from xlcheck.handmade.backward_judging.tried import tried
from xlcheck.handmade.backward_judging.verdicts import Verdicts
from xlcheck.handmade.reading.cell_terms import CellTerms
from xlcheck.handmade.reading.cells import CellTable, CellValues
from xlcheck.oracle.dense_steps import dense_gradients
from xlcheck.verdicts.report import Status
from xlcheck.verdicts.tolerance import Tolerance

pytestmark = pytest.mark.keras

_Cell = tuple[str, int, int]


def _cell(name: str) -> _Cell:
    return "Sheet", int(name[1:]) - 1, ord(name[0]) - ord("A")


def _cells(cells: Mapping[str, object], folder: Path) -> tuple[CellTable, CellValues]:
    book = openpyxl.Workbook()
    for place, content in cells.items():
        book.active[place] = content
    book.save(folder / "w.xlsx")
    return table_of(folder / "w.xlsx")


def _read(table: CellTable, values: CellValues) -> Reading:
    terms = CellTerms(table, values)
    given = data_cells(terms)
    return best_reading(Sheet(terms.restricted([cell for cell in terms if cell not in given], given)), dense_gradients)


def _verdicts(cells: Mapping[str, object], folder: Path) -> Verdicts:
    table, values = _cells(cells, folder)
    return Verdicts(table, values, Tolerance(1e-12, 1e-12, 1e-15, {}), _read(table, values))


def test_an_update_moves_along_its_gradient(tmp_path: Path) -> None:
    """Rule: the rate is the cell that holds it, and the loss half of Keras's; an update of another sign has no move."""
    for sign, is_known in (("-", True), ("+", False)):
        wrong = {"E6": f"=E5{sign}A5*J5*C5"} if sign == "+" else {}
        table, values = _cells(with_gradients() | wrong, tmp_path)
        reading = _read(table, values)
        kept = Kept(reading.sheet, reading.steps, reading.libraries)
        move = Mover(reading.sheet, kept).move(1, _cell("E6"))
        assert (move is not None) is is_known
        if move is not None:
            assert (move.rate.cell, move.rule) == (_cell("A5"), ())
            assert move.rate.factor == pytest.approx(0.5, rel=1e-9)


def test_what_an_optimiser_keeps_is_named_after_its_gradient() -> None:
    """Rule: a movement says so, and squares are told from what is not squared."""
    values = np.ones(3)
    share = Coefficient(None, 0.9, (), values)
    slot = Slot(("S", 0, 0), "average", 2, share, 1.0, None, Pull("∂E/∂w1[1,1]", values), 2 * values, ())
    assert slot.quantity.name == "average of ∂E/∂w1[1,1]²"
    assert (slot.quantity.values == 2).all()
    assert replace(slot, kind="movement", power=1).quantity.name == "movement by movement of ∂E/∂w1[1,1]"


def test_a_difference_of_losses_estimates_a_gradient(tmp_path: Path) -> None:
    """Rule: an estimate is the difference of two losses over the step between them, for each weight and both sides."""
    error = "(E4{}*B4+F4*C4+G4-D4)^2"
    slope = f"=({error.format('+0.001').replace('E4+0.001', '(E4+0.001)')}-{error.format('')})/0.001"
    table, values = _cells(with_gradients() | {"N4": slope}, tmp_path)
    reading = _read(table, values)
    (step, *_), cell = reading.steps, _cell("N4")
    found = estimates(reading.sheet, reading.steps, {0: [cell]}, dense_gradients)[0].by_name
    estimate = found["estimate of ∂E/∂w1[1,1] at w1[1,1] + 0.001"]

    assert estimate.values[-1] == pytest.approx(reading.sheet.cells[cell][-1], rel=1e-9)
    assert estimate.values[-1] == pytest.approx(step.gradients[_cell("E4")][-1], rel=1e-2)
    assert "estimate of ∂E/∂b1[1] at b1[1] − 0.001" in found
    assert estimates(reading.sheet, reading.steps, {}, dense_gradients) == {}


def test_what_is_made_of_an_estimate_holds_nothing_else(tmp_path: Path) -> None:
    """Rule: a number that is always 1 is no slope if it is made of an estimate, which is known as one itself."""
    slope = "=((H4-D4+0.001*B4)^2-(H4-D4)^2)/0.001"
    table, values = _cells(with_gradients() | {"N4": slope, "O4": "=N4/ABS(N4)"}, tmp_path)
    reading = _read(table, values)
    cells = [_cell("N4"), _cell("O4")]
    known = {cells[1]: (0, Role(Quantity("∂o/∂z1[1]", np.ones(SETTINGS + 1))))}
    near = {cell: {0} for cell in cells}
    found = estimated(reading.sheet, reading.steps, known, near, dense_gradients)

    first = found[cells[0]]
    assert first is not None
    assert first[1].quantity.name.startswith("estimate of ∂E/∂w1[1,1]")
    assert found[cells[1]] is None


def test_a_wrong_gradient_is_found_by_the_updates_that_read_it(tmp_path: Path) -> None:
    """Rule: the one cell that puts an update right if it holds its gradient is the culprit; nothing is left open."""
    table, values = _cells(with_gradients() | {"K6": "=(H6-D6)*B6"}, tmp_path)
    reading = _read(table, values)
    found = Search(reading, 2, reading.usual(2), lambda _: False, lambda *_: False).run()

    assert {a1(cell): role.quantity.name for cell, role in found.roots.items()} == {"K6": "∂E/∂w1[2,1]"}
    assert (found.settled, found.open) == ({_cell("F7")}, {})
    assert not Search(reading, 1, reading.usual(1), lambda _: False, lambda *_: False).run().roots


def test_a_right_training_agrees_throughout(tmp_path: Path) -> None:
    """Rule: of a right sheet every formula agrees; a wrong gradient is the root, and what follows is carried."""
    said = _verdicts(with_gradients(), tmp_path)
    steps = frozenset(range(len(ROWS)))
    part = Judge(said, steps, None, {}).outcome()
    assert (part.checked, part.results) == (part.formula_cells, ())

    said = _verdicts(with_gradients() | {"K6": "=(H6-D6)*B6"}, tmp_path)
    results = Judge(said, steps, None, {}).outcome().results
    assert {own.cell: own.status for own in results} == {"K6": Status.ROOT, "F7": Status.CARRIED}


def test_a_cell_is_compared_once_with_what_it_should_hold(tmp_path: Path) -> None:
    """Rule: near is right, elsewhere is wrong or follows; rounding is meant where it is the rule."""
    said = _verdicts(with_gradients() | {"I5": "=ROUND(0.5*(H5-D5)^2,2)"}, tmp_path)
    right = {name: said.actual(_cell(name)) for name in ("I4", "I5", "I6", "I7", "I8")}
    for name, value in right.items():
        exact = 0.5 * said.local(_cell(name.replace("I", "L"))) ** 2 if name == "I5" else value
        said.compare(_cell(name), Role(Quantity(f"E of {name}", np.array([exact]))))
    assert [*map(a1, said.agree)] == ["I4", "I6", "I7", "I8"]
    assert [*map(a1, said.rounded)] == ["I5"]
    said.blame_rounded()
    assert [(own.cell, own.status) for own in said.results.values()] == [("I5", Status.ROOT)]

    said.leave(_cell("I5"), "nothing")
    assert said.results[_cell("I5")].status is Status.ROOT
    assert not said.near("", 1.0, float("nan"))
    assert "5 training steps of Dense(1, linear)" in said.assumed(range(5))
    assert "1 training step of" in said.assumed([0])


def test_what_is_shown_beside_a_training(tmp_path: Path) -> None:
    """Rule: the sum of all losses, their mean, the last weight; not a sum that leaves a step out, or another weight."""
    shows = {"N1": f"=SUM(I4:I{LAST})", "N2": f"=AVERAGE(I4:I{LAST})", "O1": f"=E{LAST}", "O2": f"=SUM(I4:I{LAST - 1})"}
    shows |= {"O5": f"=SUM(I5:I{LAST})", "P1": "=E5"}
    table, values = _cells(with_gradients() | shows, tmp_path)
    reading = _read(table, values)
    right = {_cell(f"I{row}"): "half of E" for row in ROWS} | {_cell(f"E{LAST}"): "w1[1,1]"}
    names = {name: found and found.name for name in shows for found in [shown(_cell(name), reading, right, table)]}

    assert names["N1"] == "sum of half of E over the steps"
    assert names["N2"] == "mean of half of E over the steps"
    assert names["O1"] == "last w1[1,1]"
    assert [names[name] for name in ("O2", "O5", "P1")] == [None, None, None]
    assert shown(_cell("A4"), reading, right, table) is None


def test_targets_may_be_made_by_formulas(tmp_path: Path) -> None:
    """Rule: whatever makes a target is none of the network's."""
    table, values = _cells(line() | {"D5": "=N5*2", "N5": 0.15}, tmp_path)
    reading = _read(table, values)
    assert {a1(cell): what for cell, what in computed_targets(table, reading, range(5)).items()} == {"D5": "target"}
    assert {*map(a1, made_of(table, reading))} <= {"N5"}


def test_empty_data_are_asked_about(tmp_path: Path) -> None:
    """Rule: an input that is empty, or reads an empty cell, may be another one."""
    table, values = _cells(line() | {"C5": "=N5"}, tmp_path)
    reading = _read(table, values)
    assert [a1(cell) for number in range(len(reading.steps)) for cell in empty_data(table, reading, number)] == ["C5"]


def test_data_that_were_pasted_are_doubtful(tmp_path: Path) -> None:
    """Rule: typed inputs that stand on another worksheet as well, where nothing reads them, may be copies of others."""
    book = openpyxl.Workbook()
    for place, content in line().items():
        book.active[place] = content
    book.save(tmp_path / "w.xlsx")
    table, values = table_of(tmp_path / "w.xlsx")
    assert [*doubtful_data(table, _read(table, values), range(5))] == []
    other = book.create_sheet("Data")
    for row in ROWS:
        other[f"A{row}"] = book.active[f"B{row}"].value
    book.save(tmp_path / "w.xlsx")
    table, values = table_of(tmp_path / "w.xlsx")
    assert [a1(cell) for cell in doubtful_data(table, _read(table, values), range(5))] == ["B4"]


def test_new_inputs_are_tried_with_the_last_weights(tmp_path: Path) -> None:
    """Rule: a sum of the last weights and new inputs is what the network says of these, and one of others is not."""
    row = LAST + 2
    new = {f"B{row}": 0.4, f"C{row}": -0.7}
    for last, is_one in ((LAST, True), (LAST - 1, False)):
        formula = f"=E{last}*B{row}+F{last}*C{row}+G{last}"
        table, values = _cells(with_gradients() | new | {f"H{row}": formula}, tmp_path)
        found = tried(table, _read(table, values), range(5), [_cell(f"H{row}")])
        assert (_cell(f"H{row}") in found) is is_one


def test_an_output_within_a_formula_gets_a_cell(tmp_path: Path) -> None:
    """Rule: the sum less a target, as the errors and losses have it, is a cell beside the sheet, once a step."""
    cells = {k: v for k, v in line().items() if k[0] not in "HI"}
    for row in ROWS:
        for weight in "EFG" if row > FIRST else "":
            output = f"E{row - 1}*B{row - 1}+F{row - 1}*C{row - 1}+G{row - 1}"
            factor = {"E": f"*B{row - 1}", "F": f"*C{row - 1}", "G": ""}[weight]
            cells[f"{weight}{row}"] = f"={weight}{row - 1}-A{row - 1}*({output}-D{row - 1}){factor}"
    terms = CellTerms(*_cells(cells, tmp_path))
    found = with_outputs(terms)

    assert len([cell for cell in found if is_unwritten(cell)]) == len(ROWS) - 1
    assert not any(map(is_unwritten, terms))
    assert with_outputs(CellTerms(*_cells(line(), tmp_path))).keys() == CellTerms(*_cells(line(), tmp_path)).keys()


def test_samples_are_added_up_in_their_order(tmp_path: Path) -> None:
    """Rule: cells that look alike, one a sample in its row, are a column, and others are none."""
    cells: dict[str, object] = {"A1": 0.1, "E1": 0.8, "F1": 0.2}
    for row, (x, target) in zip((3, 4, 5), ((0.4, 0.3), (-0.7, 1.1), (1.2, 0.6)), strict=True):
        cells |= {f"B{row}": x, f"C{row}": target, f"D{row}": f"=$E$1*B{row}+$F$1"}
        cells |= {f"G{row}": f"=(D{row}-C{row})*B{row}", f"H{row}": f"=D{row}-C{row}"}
    cells |= {"G6": "=SUM(G3:G5)", "H6": "=SUM(H3:H5)", "E2": "=E1-A1*G6", "F2": "=F1-A1*H6"}
    table, values = _cells(cells, tmp_path)
    reading = _read(table, values)
    columns = Columns(reading, 0, lambda *_: True, lambda cell: cell[2] > 5)

    assert [*map(a1, columns.added_by(_cell("G6")))] == ["G3", "G4", "G5"]
    assert columns.wanted(_cell("G6"), reading.roles[_cell("G6")][1]) == []
    apart = Columns(reading, 0, lambda *_: False, lambda cell: cell[2] > 5)
    assert apart.added_by(_cell("G6")) == []


def test_a_quantity_may_be_held_elsewhere(tmp_path: Path) -> None:
    """Rule: the other cells of the step that compute a gradient count, the cell itself and copies do not."""
    twice = {"M5": "=(H5-D5)*C5", "N5": "=K5"}
    reading = _read(*_cells(with_gradients() | twice, tmp_path))
    search = Search(reading, 1, reading.usual(1), lambda _: False, lambda *_: False)
    role = Role(Quantity("∂E/∂w1[2,1]", np.ones(1)))

    assert [*map(a1, search._elsewhere(role, _cell("M5")))] == ["K5"]
    assert [*map(a1, search._elsewhere(role, _cell("N5")))] == ["K5", "M5"]
