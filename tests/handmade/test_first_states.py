"""First states that somebody computes: a decoder begins with the last states of an encoder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from equation_sheets import answer, simple_rnn, verdict

pytestmark = pytest.mark.keras


def _decoder(step: int) -> dict[str, object]:
    """Three units over five steps, and three others over three steps that begin with the states of one of them."""
    cells = simple_rnn(5)
    for row in (2, 3, 5, 6, 7, 9):
        cells |= {f"{c}{row}": round(0.23 * row - 0.17 * k - 0.9, 2) for k, c in enumerate("LMN")}
    cells |= {f"{own}11": f"={other}{step}" for own, other in zip("RST", "HIJ", strict=True)}
    for row in range(12, 15):
        cells |= {f"P{row}": round(0.4 * row - 5, 2), f"Q{row}": round(3.1 - 0.3 * row, 2)}
        for state, weight in zip("RST", "LMN", strict=True):
            terms = [f"$P{row}*{weight}$2", f"$Q{row}*{weight}$3"]
            terms += [f"{before}{row - 1}*{weight}${k}" for k, before in enumerate("RST", start=5)]
            cells[f"{state}{row}"] = f"=TANH({'+'.join(terms)}+{weight}$9)"
    return cells


def test_the_last_state_is_what_another_network_begins_with(tmp_path: Path) -> None:
    """As in a model that reads one sentence and writes another one."""
    found = verdict(_decoder(16), tmp_path)
    assert (found.code, found.roots) == (0, set())


@pytest.mark.parametrize("step", [12, 15])
def test_any_other_state_gets_no_pass(step: int, tmp_path: Path) -> None:
    """Keras gives the last one alone; nobody is blamed, as somebody may mean it."""
    found = verdict(_decoder(step), tmp_path, effort=60)  # time enough to find which edit would do
    assert (found.code, found.roots) == (3, set())
    assert "not the last one of its own" in found.said


def test_what_is_given_before_a_network_reads_itself_is_not_blamed(tmp_path: Path) -> None:
    """Two inputs are typed, then each answer is the next input: the second may be given, or typed over a formula."""
    cells: dict[str, object] = {"B2": 1.49, "C2": 1.05, "B3": -0.8, "C3": 0.56, "B4": -0.58, "C4": -1.47, "B5": 0.18}
    cells |= {"C5": 1.28, "B6": -1.22, "C6": -1.12, "B7": 0.1, "C10": 0, "D10": 0, "B11": 0.6, "B12": -0.2}
    for row in range(11, 17):
        for unit, weight in (("C", "B"), ("D", "C")):
            states = f"$C{row - 1}*{weight}$3+$D{row - 1}*{weight}$4"
            cells[f"{unit}{row}"] = f"=TANH($B{row}*{weight}$2+{states}+{weight}$5)"
        cells[f"E{row}"] = f"=C{row}*$B$6+D{row}*$C$6+$B$7"
        cells |= {f"B{row + 2}": f"=E{row + 1}"} if row < 15 else {}
    found = verdict(cells, tmp_path)

    assert found.roots == set()
    assert found.code == 3


def _sentences() -> dict[str, object]:
    """Three sentences of three words below one another, each after a first state: inputs in E, states in F, a share."""
    cells: dict[str, object] = {"A3": 1.929, "A6": -0.608, "A9": -0.829, "A12": -0.801, "A13": 0.518}
    for top, words in ((3, (0.25, -1.0, -1.0)), (13, (0.5, -1.0, 0.7)), (23, (0.75, 0.75, -1.0))):
        cells[f"F{top}"] = 0
        for row, x in enumerate(words, top + 1):
            cells |= {f"E{row}": x, f"F{row}": f"=TANH($A$3*E{row}+$A$6*F{row - 1}+$A$9)"}
        cells[f"F{top + 5}"] = f"=1/(1+EXP(-(F{top + 3}*$A$12+$A$13)))"
    return cells


def test_a_number_typed_over_a_first_step_is_no_first_state(tmp_path: Path) -> None:
    """Rule: before it the first state stands unread, and beside it an input that no step reads, as others do."""
    assert answer(_sentences(), tmp_path) == (0, set())
    code, roots = answer(_sentences() | {"F4": -0.2}, tmp_path)
    assert code != 0
    assert roots <= {"F4"}
    without = {cell: value for cell, value in _sentences().items() if cell != "F3"}
    assert answer(without | {"F4": -0.2}, tmp_path)[0] != 0
    padded = {cell: value for cell, value in without.items() if cell != "F4"}
    assert answer(padded | {"E4": 0, "F5": "=TANH($A$3*E5+$A$9)"}, tmp_path)[0] != 1


def _without_reset_at_first(wrong: Mapping[str, object]) -> dict[str, object]:
    """A unit of a GRU over six days, of which the first has no state, and so no gate that resets it."""
    cells: dict[str, object] = {"J3": 0.5, "K3": -0.4, "L3": 0.2, "J4": 0.7, "K4": 0.6, "L4": -0.1, "J5": 0.9}
    cells |= {"K5": 1.1, "L5": 0.3} | {f"B{row}": x for row, x in enumerate((0.4, -0.6, -1.2, 0.8, 0.1, -0.3), start=4)}
    cells |= {"C4": "=1/(1+EXP(-($J$3*B4+$L$3)))", "E4": "=TANH($J$5*B4+$L$5)", "F4": "=(1-C4)*E4"}
    for row in range(5, 10):
        for gate, weights in (("C", 3), ("D", 4)):
            total = f"$J${weights}*B{row}+$K${weights}*F{row - 1}+$L${weights}"
            cells[f"{gate}{row}"] = f"=1/(1+EXP(-({total})))"
        cells[f"E{row}"] = f"=TANH($J$5*B{row}+$K$5*D{row}*F{row - 1}+$L$5)"
        cells[f"F{row}"] = f"=C{row}*F{row - 1}+(1-C{row})*E{row}"
    return cells | wrong


@pytest.mark.parametrize(
    "wrong",
    [
        {f"E{row}": f"=TANH($J$5*B{row}+$K$5*C{row}*F{row - 1}+$L$5)" for row in range(5, 10)},
        {f"D{row}": f"=1/(1+EXP(-($J$3*B{row}+$K$4*F{row - 1}+$L$4)))" for row in range(5, 10)},
    ],
)
def test_a_gate_that_a_first_step_does_without_hides_no_slip(wrong: dict[str, object], tmp_path: Path) -> None:
    """Rule: what is filled down reads another cell than it should, and the first step, which differs, is right."""
    found = verdict(_without_reset_at_first(wrong), tmp_path, effort=60)
    assert (found.code, found.roots) == (1, {*wrong})


def test_a_first_step_may_do_without_a_gate(tmp_path: Path) -> None:
    assert verdict(_without_reset_at_first({}), tmp_path).code == 0
