"""Steps that are skipped carry the state on, as Keras's Masking and `mask_zero` have it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from equation_sheets import answer, save, simple_rnn, verdict

from xlcheck.api import check

_STEPS = range(12, 18)


def _masked(skipped: Mapping[int, object], condition: str = "$A{row}=0") -> dict[str, object]:
    """Three units over six steps; a mask in column A says which of them are skipped."""
    cells = simple_rnn(len(_STEPS))
    for row in _STEPS:
        cells[f"A{row}"] = skipped.get(row, 1)
        for unit in "HIJ":
            new = str(cells[f"{unit}{row}"]).removeprefix("=")
            cells[f"{unit}{row}"] = f"=IF({condition.format(row=row)},{unit}{row - 1},{new})"
    return {cell: own for cell, own in cells.items() if own is not None}


def _lstm() -> dict[str, object]:
    """A unit over five steps of which the first two and the last but one are skipped, its gates in D to G."""
    cells: dict[str, object] = {"H10": 0, "I10": 0}
    numbers = (0.5, -0.3, 0.12, 0.81, 0.42, -0.2, -0.64, 0.93, 0.07, 0.37, -0.55, 0.28)
    for gate in range(4):
        cells |= {f"{c}{gate + 3}": numbers[3 * gate + k] for k, c in enumerate("BCD")}
    for row, (x, mask) in enumerate(((0.3, 0), (0.2, 0), (1.2, 1), (-0.7, 0), (2.5, 1)), start=11):
        cells |= {f"B{row}": x, f"C{row}": mask}
        for gate, column in enumerate("DEFG", start=3):
            total = f"$B{row}*$B${gate}+$I{row - 1}*$C${gate}+$D${gate}"
            cells[f"{column}{row}"] = f"=TANH({total})" if column == "F" else f"=1/(1+EXP(-({total})))"
        cells[f"H{row}"] = f"=IF($C{row}=1,E{row}*H{row - 1}+D{row}*F{row},H{row - 1})"
        cells[f"I{row}"] = f"=IF($C{row}=1,G{row}*TANH(H{row}),I{row - 1})"
    return cells


_PADDED: Mapping[int, object] = {16: 0, 17: 0}


@pytest.mark.keras
@pytest.mark.parametrize(
    ("skipped", "condition"),
    [
        pytest.param(_PADDED, "$A{row}=0", id="behind"),
        pytest.param({12: 0, 13: 0}, "$A{row}=0", id="in front"),
        pytest.param({14: 0}, "0=$A{row}", id="between"),
        pytest.param({16: None, 17: None}, '$A{row}=""', id="blank"),
    ],
)
def test_skipped_steps_carry_the_state_on(skipped: Mapping[int, object], condition: str, tmp_path: Path) -> None:
    """Whatever stands there instead of a number of the mask, and wherever steps are skipped."""
    found = verdict(_masked(skipped, condition), tmp_path)
    assert (found.code, found.roots) == (0, set())
    assert f"{6 - len(skipped)} steps" in found.said
    assert f"from S!H{min(skipped)} on; they carry the state on" in found.said


@pytest.mark.keras
def test_both_states_of_an_lstm_are_carried_on(tmp_path: Path) -> None:
    """Its gates are computed at skipped steps, too, and nothing comes of them."""
    found = verdict(_lstm(), tmp_path)
    assert (found.code, found.roots) == (0, set())


@pytest.mark.keras
def test_gates_of_skipped_steps_that_are_filled_from_those_above_are_in_order(tmp_path: Path) -> None:
    """Rule: a tanh stands between sigmoids in each row; only one that is no gate of the rows above is strange."""
    cells = _lstm()
    for gate, column in enumerate("DEFG", start=3):
        cells |= {f"{column}{row}": cells.pop(f"{own}{gate}") for row, own in zip((30, 31, 32), "BCD", strict=True)}
        for row in range(11, 16):
            total = f"$B{row}*{column}$30+$I{row - 1}*{column}$31+{column}$32"
            cells[f"{column}{row}"] = f"=TANH({total})" if column == "F" else f"=1/(1+EXP(-({total})))"

    assert verdict(cells, tmp_path).code == 0
    total = "$B14*E$30+$I13*E$31+E$32"
    assert verdict(cells | {"E14": f"=TANH({total})"}, tmp_path).code == 3


@pytest.mark.keras
def test_the_last_state_is_that_of_keras(tmp_path: Path) -> None:
    """Keras itself skips the same steps, and ends with the same state."""
    keras = pytest.importorskip("keras")
    cells = _masked({13: 0, 16: 0, 17: 0})
    report = check(save(cells, tmp_path / "w.xlsx"))
    weights = [[[cells[f"{c}{row}"] for c in "BCD"] for row in rows] for rows in ((2, 3), (5, 6, 7), (9,))]
    layer = keras.layers.SimpleRNN(3)
    inputs = np.array([[[cells[f"E{row}"], cells[f"F{row}"]] for row in _STEPS]], dtype=np.float64)
    layer.build(inputs.shape)
    layer.set_weights([np.array(own, dtype=np.float64) if len(own) > 1 else np.array(own[0]) for own in weights])
    state = np.array(layer(inputs, mask=np.array([[cells[f"A{row}"] == 1 for row in _STEPS]])))[0]

    shown = {own.cell: own for own in report.cells}
    assert report.exit_code == 0
    assert [shown[f"{c}17"].actual for c in "HIJ"] == pytest.approx(state.tolist(), abs=1e-6)


@pytest.mark.keras
@pytest.mark.usefixtures("a_short_search")
@pytest.mark.parametrize(
    ("cells", "wrong"),
    [
        pytest.param(_masked(_PADDED, "$A{row}=1"), {}, id="the other way round"),
        pytest.param(_masked(_PADDED), {"H16": "=IF($A16=0,H14,0)"}, id="an earlier state"),
        pytest.param(_masked(_PADDED), {"H13": "=IF($A13=0,H11,{H13})"}, id="an earlier state, not taken today"),
        pytest.param(_masked(_PADDED), {"H16": "=IF($A16=0,H15,{H16})*1"}, id="more than a choice"),
        pytest.param(
            _lstm(), {f"I{row}": f"=IF($C{row}=1,G{row}*TANH(H{row}),0)" for row in range(11, 16)}, id="0 everywhere"
        ),
        pytest.param(_masked(_PADDED), {"H14": "=IF($A17=0,H13,{H14})"}, id="the mask of another step"),
        pytest.param(_masked(_PADDED), {"I17": 0}, id="a state of 0"),
        pytest.param(_masked(_PADDED), {"J16": "=IF($A16=0,I15,{J16})"}, id="that of another unit"),
        pytest.param(_lstm(), {"I14": "=IF($C14=1,G14*TANH(H14),0)"}, id="no state of an LSTM"),
        pytest.param(_lstm(), {"G14": "=1/(1+EXP(-($B14*$B$6+$I13*$C$6+$D$5)))"}, id="a gate that nobody needs"),
    ],
)
def test_what_skips_otherwise_gets_no_pass(cells: dict[str, object], wrong: Mapping[str, str], tmp_path: Path) -> None:
    """Rule: nobody is told that all is right where another state is carried on, or would be for another mask."""
    computed = {cell: str(own).partition(",")[2].partition(",")[2][:-1] for cell, own in cells.items()}
    changed = {cell: own.format(**computed) if isinstance(own, str) else own for cell, own in wrong.items()}
    found = verdict({**cells, **changed}, tmp_path)

    assert found.code in {1, 3}
    assert found.roots <= {*wrong}


@pytest.mark.keras
@pytest.mark.parametrize(
    ("cell", "old", "new", "skipped"),
    [
        ("I14", "$E14*C$2", "$E14*D$2", _PADDED),
        ("H13", "TANH(", "(", _PADDED),
        ("J15", "I14*", "I13*", {13: 0}),
    ],
)
def test_a_mistake_in_what_is_computed_is_found(
    cell: str, old: str, new: str, skipped: Mapping[int, object], tmp_path: Path
) -> None:
    """The formula is shown as it stands there, and that which should stand there with its condition."""
    cells = _masked(skipped)
    right = str(cells[cell])
    text = right.replace(old, new)
    assert text != right

    (root,) = check(save({**cells, cell: text}, tmp_path / "w.xlsx")).roots

    assert (root.cell, root.formula) == (cell, text)
    assert root.desired_formula is None or root.desired_formula.startswith(f"=IF($A{cell[1:]}=0,{cell[0]}")


def _across() -> dict[str, object]:
    """Two units of three samples in rows 8 to 10: inputs in B to E, masks made of them in G to J, states from L on."""
    cells: dict[str, object] = {
        f"{column}{row}": round(0.29 * row - 0.37 * number - 0.2, 2)
        for row in (2, 4, 5, 6) for number, column in enumerate("BC")
    }  # fmt: skip
    lengths = {8: 4, 9: 2, 10: 3}
    for row, length in lengths.items():
        states = [("L", "M"), ("N", "O"), ("P", "Q"), ("R", "S")]
        for step, (x, mask, units) in enumerate(zip("BCDE", "GHIJ", states, strict=True)):
            cells[f"{x}{row}"] = round(0.41 * row - 0.93 * step - 2.1, 2) if step < length else 0
            cells[f"{mask}{row}"] = f"=IF({x}{row}=0,0,1)"
            for unit, weight in zip(units, "BC", strict=True):
                before = states[step - 1] if step else ()
                terms = [f"{x}{row}*${weight}$2", *(f"{b}{row}*${weight}${k}" for k, b in enumerate(before, 4))]
                carried = f"{before[units.index(unit)]}{row}" if before else "0"
                cells[f"{unit}{row}"] = f"=IF({mask}{row}=0,{carried},TANH({'+'.join(terms)}+${weight}$6))"
        cells[f"T{row}"] = f"=SUM(G{row}:J{row})"
    return cells


@pytest.mark.keras
@pytest.mark.parametrize(
    ("cell", "old", "new"),
    [
        pytest.param("L8", "", "", id="right"),
        pytest.param("L9", "G9", "G8", id="the mask of another sample at a first step"),
        pytest.param("P8", "I8", "H8", id="the mask of another step"),
        pytest.param("R9", "$B$4", "$C$4", id="a weight in a branch that is not taken"),
        pytest.param("O10", "M10,", "L10,", id="the state of the other unit in a branch that is not taken"),
    ],
)
def test_masks_that_stand_together(cell: str, old: str, new: str, tmp_path: Path) -> None:
    """What a formula does for another mask is known from other steps, where each reads what belongs to it."""
    cells = _across()
    cells[cell] = str(cells[cell]).replace(old, new)
    found = verdict(cells, tmp_path)

    assert found.roots == set()
    assert found.code == (3 if old else 0)


def _masked_by_itself() -> dict[str, object]:
    """A unit over four steps in G to J for samples in rows 4 to 6; an input of 0 skips a step, also the first one."""
    cells: dict[str, object] = {"B10": 1.1, "B11": -0.6, "B12": 0.15, "B13": 2, "B14": -0.4}
    for row, inputs in enumerate(((0.5, -0.2, 0.9, 0), (0.3, 0, 0, 0), (-0.4, 0.8, 0, 0)), 4):
        for x, before, h, value in zip("BCDE", " GHI", "GHIJ", inputs, strict=True):
            state = "0" if before == " " else f"{before}{row}"
            cells[f"{x}{row}"] = value
            cells[f"{h}{row}"] = f"=IF({x}{row}=0,{state},TANH($B$10*{x}{row}+$B$11*{state}+$B$12))"
        cells[f"L{row}"] = f"=J{row}*$B$13+$B$14"
    return cells


@pytest.mark.keras
def test_an_input_may_be_its_own_mask(tmp_path: Path) -> None:
    """Rule: who asks whether it is 0 skips it, and who asks which is larger has a ReLU; so does a first step."""
    assert answer(_masked_by_itself(), tmp_path) == (0, set())
    assert answer(_masked_by_itself() | {"H6": "=IF(C6=0,G6,TANH($B$10*C6+$B$11*G6))"}, tmp_path)[0] != 0
    unmasked = {f"J{row}": f"=TANH($B$10*E{row}+$B$11*I{row}+$B$12)" for row in (4, 5, 6)}
    assert answer(_masked_by_itself() | unmasked, tmp_path) == (3, set()), "the last step asks for nothing"
