"""With bindings: nobody is called wrong whom another explanation, which is as good, leaves in peace."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from equation_sheets import save

from fixtures.handmade.drawn.bound import bindings_of
from fixtures.handmade.drawn.score import workbook
from fixtures.handmade.workbook import to_bytes
from xlcheck.api import check

pytestmark = pytest.mark.keras

_DENSE = """
[[model]]
[[model.layer]]
type = "Dense"
units = 2
activation = "tanh"
kernel = {{ range = "A1:B2", transposed = false }}
bias = "A3:B3"
[[model.layer]]
type = "Dense"
units = 2
activation = "{activation}"
kernel = {{ range = "A5:B6", transposed = false }}
bias = "A7:B7"
"""
_SAMPLES = "DEF"


def _dense(activation: str) -> tuple[dict[str, object], str]:
    """Two layers of two units over three samples, one in each column, sums and results in cells of their own."""
    rows = ((1.1, -0.5), (0.4, 0.9), (0.2, -0.3), (-0.8, 1.3), (0.6, -0.7), (0.5, 0.25))
    cells: dict[str, object] = {}
    for row, own in zip((1, 2, 3, 5, 6, 7), rows, strict=True):
        cells |= {f"A{row}": own[0], f"B{row}": own[1]}
    for column, inputs in zip(_SAMPLES, ((0.3, -1.2), (0.8, 0.45), (-0.65, 0.7)), strict=True):
        cells |= {f"{column}1": inputs[0], f"{column}2": inputs[1]}
        for unit, weight in enumerate("AB"):
            cells[f"{column}{4 + unit}"] = f"=${weight}$1*{column}1+${weight}$2*{column}2+${weight}$3"
            cells[f"{column}{7 + unit}"] = f"=TANH({column}{4 + unit})"
            cells[f"{column}{10 + unit}"] = f"=${weight}$5*{column}7+${weight}$6*{column}8+${weight}$7"
            total = f"{column}{10 + unit}"
            cells[f"{column}{13 + unit}"] = f"=MAX({total},0)" if activation == "relu" else f"=1/(1+EXP(-{total}))"
    documents = "".join(f'[[model.document]]\nx = "{column}1:{column}2"\n' for column in _SAMPLES)
    return cells, _DENSE.format(activation=activation) + documents


def _found(cells: Mapping[str, object], bindings: str, folder: Path) -> tuple[int, set[str], set[str], str]:
    """The exit code, the cells that are called wrong, those without a verdict, and what is said of these."""
    (folder / "w.toml").write_text(bindings, encoding="utf-8")
    report = check(save(cells, folder / "w.xlsx"), bindings=folder / "w.toml")
    unknown = [cell for cell in report.cells if cell.status == "not_evaluated"]
    said = " ".join(cell.message for cell in unknown)
    return report.exit_code, {cell.cell for cell in report.roots}, {cell.cell for cell in unknown}, said


@pytest.mark.parametrize("activation", ["relu", "sigmoid"])
def test_all_is_right_to_begin_with(tmp_path: Path, activation: str) -> None:
    """The sheet that the others spoil agrees throughout."""
    code, *rest = _found(*_dense(activation), tmp_path)
    assert (code, rest) == (0, [set(), set(), ""])


def test_a_sum_before_a_relu_is_not_its_result(tmp_path: Path) -> None:
    """Rule: a relu leaves a relu as it is, so who reads a wrong sum says of it that it should be that sum.

    Two settings of random numbers would not do: a relu of either is often 0 in both.
    """
    cells, bindings = _dense("relu")
    wrong = {f"{column}{row}": f"{cells[f'{column}{row}']}+${weight}$7" for column in _SAMPLES
             for row, weight in ((10, "A"), (11, "B"))}  # fmt: skip

    code, roots, _, _ = _found(cells | wrong, bindings, tmp_path)

    assert (code, roots) == (1, wrong.keys())


def test_a_right_sum_does_not_stand_for_a_result_that_nobody_computes(tmp_path: Path) -> None:
    """Rule: what computes a quantity that stands nowhere else, in line with others of it, is right as it is."""
    cells, bindings = _dense("sigmoid")
    wrong = {f"{column}{row}": f"=1/(1+EXP(-{column}{row - 4}))" for column in _SAMPLES for row in (13, 14)}

    code, roots, _, _ = _found(cells | wrong, bindings, tmp_path)

    assert code in {1, 3}
    assert roots <= wrong.keys()


def test_a_note_beside_the_network_does_not_stand_for_a_result(tmp_path: Path) -> None:
    """Rule: what nobody reads, far from the other results, is not blamed for one over which a number was typed."""
    cells, bindings = _dense("sigmoid")

    code, roots, unknown, said = _found(cells | {"F13": 0.5, "B20": "=100*F10", "B22": "=100*D11"}, bindings, tmp_path)

    assert code in {1, 3}
    assert roots <= {"F13"}
    assert "B20" not in unknown or "says what it should hold" in said or "not recognised" in said


def test_who_adds_up_a_word_is_wrong_because_of_it(tmp_path: Path) -> None:
    """Rule: a word in the place of a result is 0 in a sum; only the formula that gives it is wrong in itself."""
    cells, bindings = _dense("relu")
    for column in _SAMPLES:
        for unit, weight in enumerate("AB"):
            cells[f"{column}{10 + unit}"] = f"=SUMPRODUCT(${weight}$5:${weight}$6,{column}7:{column}8)+${weight}$7"
    cells |= {"C4": "sum", "E7": "=IF(C4>0,C4,0)"}

    code, roots, _, _ = _found(cells, bindings, tmp_path)
    assert (code, roots) == (1, {"E7"})


_RNN = """
[[model]]
[[model.layer]]
type = "SimpleRNN"
units = 3
kernel = "A1:C1"
recurrent_kernel = { range = "A2:C4", transposed = false }
bias = "A5:C5"
[[model.layer]]
type = "Dense"
units = 1
kernel = "A7:A9"
[[model.document]]
x = "E1:F1"
"simple_rnn.h_init" = "D11:D13"
"""


def _rnn() -> dict[str, object]:
    """Three units over two steps, one in each column; the products with the states have cells of their own."""
    cells: dict[str, object] = {f"D{row}": 0.0 for row in (11, 12, 13)} | {"E1": 0.7, "F1": -0.45}
    for row in (1, 2, 3, 4, 5):
        for number, column in enumerate("ABC"):
            cells[f"{column}{row}"] = round(0.23 * row - 0.41 * number + 0.11, 2)
    cells |= {"A7": 0.9, "A8": -0.6, "A9": 0.35, "F15": "=SUMPRODUCT(A7:A9,F11:F13)"}
    for before, column in ("DE", "EF"):
        for unit, weight in enumerate("ABC"):
            cells[f"{column}{3 + unit}"] = f"=SUMPRODUCT({weight}2:{weight}4,{before}11:{before}13)"
            cells[f"{column}{7 + unit}"] = f"={weight}1*{column}1+{column}{3 + unit}+{weight}5"
            cells[f"{column}{11 + unit}"] = f"=TANH({column}{7 + unit})"
    return cells


def test_who_reads_what_was_filled_wrongly_is_not_blamed(tmp_path: Path) -> None:
    """Rule: where a cell that is read may hold what stands nowhere, it or its reader is wrong, and nothing says which.

    The products of the second step were filled to the right without a `$`: each belongs to the unit below it.
    """
    wrong = {"F3": "=SUMPRODUCT(B2:B4,E11:E13)", "F4": "=SUMPRODUCT(C2:C4,E11:E13)", "F5": "=SUMPRODUCT(D2:D4,E11:E13)"}
    assert _found(_rnn(), _RNN, tmp_path)[:2] == (0, set())

    code, roots, unknown, said = _found(_rnn() | wrong, _RNN, tmp_path)

    assert code in {1, 3}
    assert roots <= wrong.keys()
    assert not unknown or "nothing says which" in said


@pytest.mark.parametrize(
    ("cell", "formula"),
    [
        ("E8", "=B1*E1+E4"),
        ("F7", "=A1*E1+F3+A5"),
        ("F12", "=1/(1+EXP(-F8))"),
        ("F15", "=SUMPRODUCT(A7:A9,E11:E13)"),
        ("E9", 0.25),
    ],
)
def test_what_is_wrong_for_certain_is_still_named(tmp_path: Path, cell: str, formula: object) -> None:
    """One mistake in a cell whose readers or whose line say what it should hold."""
    code, roots, _, _ = _found(_rnn() | {cell: formula}, _RNN, tmp_path)

    assert (code, roots) == (1, {cell})


@pytest.mark.parametrize("rows", [-5, -3])
def test_a_row_of_units_that_read_the_next_one_is_named_as_a_whole(tmp_path: Path, rows: int) -> None:
    """Rule: who holds what another one should hold should hold what a further one does, and so on to the last unit.

    Once the first was taken for the only wrong one, and the reader of all of them was called wrong as well.
    """
    wrong = {f"F{row}": f"=TANH(F{row + rows})" for row in (11, 12, 13)}

    code, roots, _, _ = _found(_rnn() | wrong, _RNN, tmp_path)

    assert (code, roots) == (1, wrong.keys())


def test_nobody_is_blamed_who_reads_what_is_not_explained(tmp_path: Path) -> None:
    """Rule: what reads a formula of which nobody knows what it should hold may be right.

    At both steps the first unit is tanh of an empty cell, which is nothing that the network has.
    """
    wrong = {f"{column}{row}": f"=TANH({column}{row - 5})" for column in "EF" for row in (11, 12, 13)}

    code, roots, unknown, said = _found(_rnn() | wrong, _RNN, tmp_path)

    assert code == 3
    assert not roots
    assert "F15" in unknown
    assert "S!F11 may be wrong" in said


@pytest.mark.parametrize(
    "seed",
    [
        *(112, 55018, 55025, 60021, 60096, 61017, 61024, 61032, 61115, 61138, 61140, 94007),
        *(777007, 777009, 778006, 778025, 778055),
    ],
)
def test_no_right_cell_of_a_drawn_sheet_is_called_wrong(tmp_path: Path, seed: int) -> None:
    """Gates and copied states of the step before, candidates of the unit below, gates without a sigmoid, and more.

    In each of these a right sum was once taken for a result, or for one of another sample.
    """
    planted = workbook(seed, [1], None, jumble=False)
    bindings = bindings_of(planted.drawn)
    assert bindings is not None
    (tmp_path / "w.xlsx").write_bytes(to_bytes(planted.drawn.layout, planted.edits))
    (tmp_path / "w.toml").write_text(bindings, encoding="utf-8")

    report = check(tmp_path / "w.xlsx", bindings=tmp_path / "w.toml")
    wrong = {str(cell) for cell in planted.roots}

    assert report.exit_code in {1, 3}
    assert {f"{root.sheet}!{root.cell}" for root in report.roots} <= wrong
    if seed == 777007:  # the sums themselves, not results in their place
        assert {str(root.quantity).split("[")[0] for root in report.roots} == {"dense_1.z"}
    if seed == 777009:
        assert {f"{c.sheet}!{c.cell}" for c in report.cells if c.status == "not_evaluated"} <= wrong
