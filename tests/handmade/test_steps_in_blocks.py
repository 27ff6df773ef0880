"""Steps in blocks below one another, as in a teacher's template or a calculation that is written line by line."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import answer, roots, save

from xlcheck.api import check

pytestmark = pytest.mark.keras


def _template() -> dict[str, object]:
    """A unit with two inputs over three steps, each in a row: products with their signs in cells of their own."""
    cells: dict[str, object] = {"L4": 0}
    numbers = {"B": 0.5, "F": -0.8, "J": 0.6, "N": 0.1}
    for step, (row, inputs) in enumerate(zip((4, 8, 12), ((1, 0.5), (-0.4, 1.2), (0.7, -0.3)), strict=True)):
        cells |= {f"A{row - 1}": f"t={step + 1}", f"L{row - 1}": "h(t-1)", f"C{row}": "x", f"E{row}": "+"}
        cells |= {f"{column}{row}": number if step == 0 else f"={column}4" for column, number in numbers.items()}
        cells |= {f"D{row}": inputs[0], f"H{row}": inputs[1]}
        cells |= {f"P{row}": f"=B{row}*D{row}+F{row}*H{row}+J{row}*L{row}+N{row}", f"P{row + 1}": f"=TANH(P{row})"}
        cells |= {f"L{row}": f"=P{row - 3}"} if step else {}
    return cells


def _lines(*, is_gru: bool = False) -> dict[str, object]:
    """A unit over two steps in column B, one line for each thing that is computed; its words in A."""
    gates = ("z", "r", "h") if is_gru else ("f", "i", "c", "o")
    numbers = (0.2, 0.5, 0.3, 0.6, -0.1, 0.1, 0.9, 0.4, 0.05, -0.3, 0.7, 0.2)
    cells: dict[str, object] = {f"B{row}": number for row, number in enumerate(numbers[: 3 * len(gates)], 2)}
    state = 0
    for step, x in enumerate((0.8, -0.5, 0.35)):
        top = 17 + step * 18
        cells |= {f"B{top}": x, f"B{top + 1}": f"=B{state}" if step else 0}
        if not is_gru:
            cells[f"B{top + 2}"] = f"=B{state - 2}" if step else 0
        for gate, name in enumerate(gates):
            first, row = 2 + 3 * gate, top + 3 + 2 * gate
            before = f"B{top + 6}*B{top + 1}" if is_gru and name == "h" else f"B{top + 1}"
            cells[f"B{row}"] = f"=$B${first}*B{top}+$B${first + 1}*{before}+$B${first + 2}"
            is_candidate = name in {"h", "c"}
            cells[f"B{row + 1}"] = f"=TANH(B{row})" if is_candidate else f"=1/(1+EXP(-B{row}))"
        if is_gru:
            state = top + 9
            cells[f"B{state}"] = f"=B{top + 4}*B{top + 1}+(1-B{top + 4})*B{top + 8}"
        else:
            cells |= {f"B{top + 11}": f"=B{top + 4}*B{top + 2}"}
            cells |= {f"B{top + 12}": f"=B{top + 11}+B{top + 6}*B{top + 8}", f"B{top + 13}": f"=TANH(B{top + 12})"}
            state = top + 14
            cells[f"B{state}"] = f"=B{top + 10}*B{top + 13}"
    return cells


_SHEETS = {"template": _template(), "LSTM": _lines(), "GRU": _lines(is_gru=True)}


@pytest.mark.parametrize("name", _SHEETS)
def test_it_is_recognised(name: str, tmp_path: Path) -> None:
    """All is right as it stands there."""
    assert answer(_SHEETS[name], tmp_path) == (0, set())


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        pytest.param("template", {"L8": "=P4"}, id="the sum for the state"),
        pytest.param("template", {"P12": "=B12*D12+F12*D12+J12*L12+N12"}, id="the first input twice"),
        pytest.param("template", {"J12": "=F4"}, id="another weight"),
        pytest.param("LSTM", {"B47": "=B46+B43"}, id="the input gate forgotten"),
        pytest.param("LSTM", {"B46": "=B37"}, id="the forget gate forgotten"),
        pytest.param("LSTM", {"B41": "=1/(1+EXP(-B38))"}, id="the sum of another gate"),
        pytest.param("LSTM", {"B44": 0.3131}, id="a typed sum"),
        pytest.param("GRU", {"B42": "=$B$8*B35+$B$9*B36+$B$10"}, id="the reset gate forgotten"),
    ],
)
def test_a_slip_is_found(name: str, wrong: dict[str, object], tmp_path: Path) -> None:
    """What stands in the same place of another step says what is meant."""
    assert roots({**_SHEETS[name], **wrong}, tmp_path) == wrong.keys()


@pytest.mark.parametrize("cell", ["B28", "B29", "B31"])
def test_a_forgotten_gate_has_its_name(cell: str, tmp_path: Path) -> None:
    """In any step, and for each of the gates."""
    forgotten = {"B28": "=B19", "B29": "=B28+B25", "B31": "=B30"}
    path = save({**_lines(), "B19": 0.4, cell: forgotten[cell]}, tmp_path / "w.xlsx")

    assert [(own.cell, own.diagnosis) for own in check(path).roots] == [(cell, "gate-missing")]


def test_a_reset_gate_that_nobody_reads_is_no_other_layer(tmp_path: Path) -> None:
    """Who computes it at each step means to use it, though all candidates are alike without it."""
    cells = _lines(is_gru=True)
    cells |= {f"B{top + 7}": f"=$B$8*B{top}+$B$9*B{top + 1}+$B$10" for top in (17, 35, 53)}

    found = check(save(cells, tmp_path / "w.xlsx"), effort=100)

    assert {own.cell for own in found.roots} == {"B24", "B42", "B60"}
    assert {own.diagnosis for own in found.roots} == {"gate-missing"}


def test_a_typed_state_gets_no_pass(tmp_path: Path) -> None:
    """The steps before begin with 0, and so the number may stand in the place of their last state."""
    assert answer({**_template(), "L12": 0.52}, tmp_path) == (3, set())
