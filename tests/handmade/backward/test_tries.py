"""New inputs below a training, and what the network says of them with its last weights."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from equation_sheets import answer
from training_sheets import FIRST, LAST, Cells, judged, one_step, trained, with_gradients

from fixtures.handmade.drawn.training import training_layout
from fixtures.handmade.workbook import to_bytes
from xlcheck.verdicts.report import Status

pytestmark = pytest.mark.keras

_ROW = LAST + 4
_NEW = {f"B{_ROW}": 0.4, f"C{_ROW}": -1.3}
_LAST = f"=E{LAST}*B{_ROW}+F{LAST}*C{_ROW}+G{LAST}"
_BEFORE = _LAST.replace(str(LAST), str(LAST - 1))


def _statuses(cells: Cells, path: Path) -> dict[str, Status]:
    found = judged(with_gradients() | _NEW | cells, path)
    return {result.cell: result.status for result in found.results} | (
        {"gaps": Status.UNBOUND} if found.without_cell else {}
    )


@pytest.mark.parametrize("seed", [21004, 21006, 21008, 21009])
def test_drawn_tries_are_right(seed: int, tmp_path: Path) -> None:
    """Rule: a forward pass with the last weights on new inputs is checked, layer by layer, wherever it stands."""
    layout, _, habits = training_layout(Random(f"{seed} training False"), f"drawn_training_{seed}")
    path = tmp_path / "w.xlsx"
    path.write_bytes(to_bytes(layout))
    found = trained(path)
    assert habits.tries
    assert found is not None
    assert {result.status for result in found.results} <= {Status.UNBOUND}
    assert found.without_cell == 0


def test_the_last_weights_are_tried(tmp_path: Path) -> None:
    """Rule: the weights of the last row, or copies of them elsewhere, say what the network has learnt."""
    assert _statuses({f"H{_ROW}": _LAST}, tmp_path / "w.xlsx") == {}
    copies = {f"Try!A{k}": f"=Sheet!{c}{LAST}" for k, c in enumerate("EFG", 1)}
    cells: Cells = {**copies, "Try!B1": 0.4, "Try!B2": 1.1, "Try!B4": "=SUMPRODUCT(A1:A2,B1:B2)+A3"}
    assert _statuses({**cells, f"B{_ROW}": None, f"C{_ROW}": None}, tmp_path / "w.xlsx") == {}


def _or_gate(decision: str) -> dict[str, object]:
    """A unit that learns from one sample a row, and below what it answers to all four with its last weights."""
    cells: dict[str, object] = {"B1": 0.8, "E4": 0.3, "F4": -0.2, "G4": 0.1}
    data = ((0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 1))
    for row in range(4, 16):
        cells |= dict(zip((f"A{row}", f"B{row}", f"C{row}"), data[row % 4], strict=True))
        cells[f"H{row}"] = f"=1/(1+EXP(-(A{row}*E{row}+B{row}*F{row}+G{row})))"
        cells[f"I{row}"] = f"=(H{row}-C{row})*H{row}*(1-H{row})"
        for weight, times in (("E", f"*A{row}"), ("F", f"*B{row}"), ("G", "")):
            cells[f"{weight}{row + 1}"] = f"={weight}{row}-$B$1*I{row}{times}"
    for row, (one, other, _) in enumerate(data, 20):
        cells |= {f"A{row}": one, f"B{row}": other, f"D{row}": decision.format(row)}
        cells[f"C{row}"] = f"=1/(1+EXP(-($E$16*A{row}+$F$16*B{row}+$G$16)))"
    return cells


@pytest.mark.usefixtures("a_short_search")
def test_decisions_on_new_inputs_need_no_verdict(tmp_path: Path) -> None:
    """Rule: which side of a threshold each answer of the last weights is on, be it that it is rounded, is no layer."""
    for decision in ("=ROUND(C{0},0)", "=IF(C{0}>0.5,1,0)"):
        assert answer(_or_gate(decision), tmp_path) == (0, set())
    odd = {"D23": "=ROUND(C22,0)"}
    assert answer(_or_gate("=ROUND(C{0},0)") | odd, tmp_path) == (3, set())


_NO_VERDICT = {
    "the weights of the step before": _BEFORE,
    "a weight of the step before": _LAST.replace(f"E{LAST}", f"E{LAST - 1}"),
    "one input twice": _LAST.replace(f"C{_ROW}", f"B{_ROW}"),
    "an empty input": _LAST.replace(f"C{_ROW}", f"D{_ROW}"),
    "no bias": _LAST.removesuffix(f"+G{LAST}"),
    "the weights exchanged": f"=E{LAST}*C{_ROW}+F{LAST}*C{_ROW}+G{LAST}",
}


@pytest.mark.parametrize("what", _NO_VERDICT)
def test_what_is_no_forward_pass_with_the_last_weights_gets_no_verdict(what: str, tmp_path: Path) -> None:
    """Rule: other weights, or a sum that is not that of the network, may be a mistake."""
    assert _statuses({f"H{_ROW}": _NO_VERDICT[what]}, tmp_path / "w.xlsx").get(f"H{_ROW}") is Status.NOT_EVALUATED


def test_a_sample_with_an_input_of_another_one_gets_no_verdict(tmp_path: Path) -> None:
    """Rule: it may have been meant to read its own input, which stands there."""
    cells = {f"H{_ROW}": _LAST, f"B{_ROW + 1}": 0.5, f"C{_ROW + 1}": 0.7}
    below = f"=E{LAST}*B{_ROW + 1}+F{LAST}*C{_ROW}+G{LAST}"
    found = _statuses({**cells, f"H{_ROW + 1}": below}, tmp_path / "w.xlsx")
    assert found[f"H{_ROW + 1}"] is Status.NOT_EVALUATED


def test_the_first_weights_are_tried_beside_the_last_ones(tmp_path: Path) -> None:
    """Rule: what the network said before it learnt is right where the same inputs are tried with what it has learnt."""
    first = _LAST.replace(f"E{LAST}", "E4").replace(f"F{LAST}", "F4").replace(f"G{LAST}", "G4")
    assert _statuses({f"G{_ROW}": first, f"H{_ROW}": _LAST}, tmp_path / "w.xlsx") == {}
    assert _statuses({f"G{_ROW}": first}, tmp_path / "w.xlsx") == {f"G{_ROW}": Status.NOT_EVALUATED}


def _scaled(one: str, other: str) -> Cells:
    """Inputs scaled by a mean and a spread that are typed, and new ones made by two formulas."""
    cells: Cells = {"P1": 2, "P2": 3, "Q1": 0.7, "Q2": 1.4}
    for row in range(FIRST, LAST + 1):
        cells |= {f"P{row}": 1.5 + 0.37 * row % 2, f"Q{row}": 0.3 + 0.53 * row % 3}
        cells |= {f"{c}{row}": f"=({raw}{row}-{raw}$1)/{raw}$2" for c, raw in zip("BC", "PQ", strict=True)}
    cells |= {f"P{_ROW}": 2.2, f"Q{_ROW}": 1.9, f"B{_ROW}": one, f"C{_ROW}": other, f"H{_ROW}": _LAST}
    return cells


_ONE, _OTHER = f"=(P{_ROW}-P1)/P2", f"=(Q{_ROW}-Q1)/Q2"


def test_new_inputs_are_scaled_as_those_of_samples(tmp_path: Path) -> None:
    """Rule: a new input may be computed of a typed number as the same input of each sample is, from the same cells."""
    assert {*_statuses(_scaled(_ONE, _OTHER), tmp_path / "w.xlsx").values()} <= {Status.UNBOUND}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (_ONE, _OTHER.replace("Q1", "P1")),
        (_ONE, _OTHER.replace("Q2", "P2")),
        (_ONE, _OTHER.replace("-", "+")),
        (_ONE, f"=(Q{_ROW - 1}-Q1)/Q2"),
        (_OTHER, _ONE),
        (_ONE, f"=(P{_ROW}-Q1)/Q2"),
        (f"=(Q{_ROW}-P1)/P2", f"=(P{_ROW}-Q1)/Q2"),
    ],
    ids=[
        "another mean",
        "another spread",
        "a sign",
        "an empty cell",
        "exchanged",
        "one number twice",
        "numbers exchanged",
    ],
)
def test_new_inputs_that_are_scaled_otherwise_are_no_pass(one: str, other: str, tmp_path: Path) -> None:
    """Rule: one that is made otherwise, of another number or of none, leaves what is computed of it open."""
    statuses = _statuses(_scaled(one, other), tmp_path / "w.xlsx")
    assert statuses[f"H{_ROW}"] is Status.NOT_EVALUATED
    assert Status.ROOT not in statuses.values()


_NESTED = "=1/(1+EXP(-(J5/(1+EXP(-(J1*P{0}+J2*Q{0}+B7)))+J6/(1+EXP(-(J3*P{0}+J4*Q{0}+B7)))+B8)))"


@pytest.mark.usefixtures("a_short_search")
def test_a_whole_network_in_one_formula_is_tried(tmp_path: Path) -> None:
    """Rule: one formula may say what the last weights give for new inputs, if it is what Keras says."""
    new = {"P1": 0.3, "Q1": 0.8, "P2": -0.4, "Q2": 0.15, "R1": _NESTED.format(1), "R2": _NESTED.format(2)}
    assert answer(one_step(**new), tmp_path) == (0, set())
    for wrong in (("J4*Q2", "J4*P2"), ("J6/", "B6/"), ("+B8", "-B8")):
        assert answer(one_step(**new | {"R2": _NESTED.format(2).replace(*wrong)}), tmp_path) == (3, set())


@pytest.mark.usefixtures("a_short_search")
@pytest.mark.parametrize("last", [0.3, "=G15"])
def test_a_last_weight_that_nobody_reads_is_tried_by_nobody(last: object, tmp_path: Path) -> None:
    """Rule: a number in the place of the last bias, which no formula reads, is no reason to give no answer at all."""
    cells = _or_gate("") | {f"{c}{row}": None for c in "CD" for row in range(20, 24)} | {"C20": "=E16*A20+F16*B20"}
    code, _ = answer(cells | {"G16": last}, tmp_path)
    assert code in {1, 3}
