"""One step of descent through an LSTM: updates follow the slopes of the loss, and what spoils some of them is found."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from equation_sheets import answer
from training_sheets import table_of

from xlcheck.model.keras_import import import_keras

pytestmark = pytest.mark.keras

_PARAMETERS = (0.5, 0.2, 0.1, 0.3, -0.1, 1.0, 0.8, 0.4, 0.1, 0.6, -0.3, 0.05, 1.2, -0.1)
"""A kernel, a recurrent kernel and a bias for each of i, f, g and o; the weight and the bias of the result."""
_INPUTS, _TARGET, _RATE = (0.7, -0.4, 0.9), 0.5, 0.2
_GATES = (("5", "4", "5", "6"), ("6", "7", "8", "9"), ("8", "13", "14", "15"))


def _lstm(change: Mapping[str, object] | None = None) -> dict[str, object]:
    """Parameters in B, gradients in C, new ones in D; steps in H to J: x, i, f, g, o, c, h, then what flows back."""
    cells: dict[str, object] = {f"B{row}": own for row, own in enumerate(_PARAMETERS, 4)}
    cells |= {"C20": _RATE, "G9": 0, "G10": 0, "J12": "=B16*J10+B17", "J13": _TARGET, "J14": "=(J12-J13)^2"}
    cells |= {"J15": "=2*(J12-J13)", "J17": "=J15*B16"}
    for before, t, after, x in zip("GHI", "HIJ", "IJK", _INPUTS, strict=True):
        cells[f"{t}4"] = x
        for row, kernel, recurrent, bias in _GATES:
            cells[f"{t}{row}"] = f"=1/(1+EXP(-($B${kernel}*{t}4+$B${recurrent}*{before}10+$B${bias})))"
        cells |= {f"{t}7": f"=TANH($B$10*{t}4+$B$11*{before}10+$B$12)", f"{t}9": f"={t}6*{before}9+{t}5*{t}7"}
        cells[f"{t}10"] = f"={t}8*TANH({t}9)"
        later = f"+{after}18*{after}6" if t != "J" else ""
        if later:
            cells[f"{t}17"] = f"={after}19*$B$5+{after}20*$B$8+{after}21*$B$11+{after}22*$B$14"
        cells |= {
            f"{t}18": f"={t}17*{t}8*(1-TANH({t}9)^2){later}",
            f"{t}19": f"={t}18*{t}7*{t}5*(1-{t}5)",
            f"{t}20": f"={t}18*{before}9*{t}6*(1-{t}6)",
            f"{t}21": f"={t}18*{t}5*(1-{t}7^2)",
            f"{t}22": f"={t}17*TANH({t}9)*{t}8*(1-{t}8)",
        }
    for gate, row in enumerate((19, 20, 21, 22)):
        top, delta = 4 + 3 * gate, f"$H{row}:$J{row}"
        cells |= {
            f"C{top}": f"=SUMPRODUCT({delta},$H$4:$J$4)",
            f"C{top + 1}": f"=SUMPRODUCT({delta},$G$10:$I$10)",
            f"C{top + 2}": f"=SUM({delta})",
        }
    cells |= {"C16": "=J15*J10", "C17": "=J15"}
    return cells | {f"D{row}": f"=B{row}-$C$20*C{row}" for row in range(4, 18)} | (change or {})


def test_a_step_through_an_lstm_agrees_and_is_that_of_keras(tmp_path: Path) -> None:
    """Rule: where all weights move along their slopes, all on the way is right; the new weights are Keras's."""
    assert answer(_lstm(), tmp_path) == (0, set())
    keras, tf = import_keras(), pytest.importorskip("tensorflow")
    lstm, dense = keras.layers.LSTM(1, dtype="float64"), keras.layers.Dense(1, dtype="float64")
    model = keras.Sequential([keras.Input((len(_INPUTS), 1)), lstm, dense])
    gates = np.array(_PARAMETERS[:12]).reshape(4, 3)
    lstm.set_weights([gates[:, :1].T, gates[:, 1:2].T, gates[:, 2]])
    dense.set_weights([np.array([[_PARAMETERS[12]]]), np.array([_PARAMETERS[13]])])
    with tf.GradientTape() as tape:
        loss = (model(np.reshape(_INPUTS, (1, len(_INPUTS), 1)))[0, 0] - _TARGET) ** 2
    slopes = [np.ravel(own) for own in tape.gradient(loss, [own.value for own in model.trainable_variables])]
    wanted = np.array(_PARAMETERS) - _RATE * np.concatenate([np.stack(slopes[:3], axis=1).ravel(), *slopes[3:]])

    table, values = table_of(tmp_path / "w.xlsx")
    assert np.allclose([values[table.index["S", row - 1, 3]] for row in range(4, 18)], wanted, rtol=1e-12)


def _without_first_state() -> dict[str, object]:
    """Gradients of recurrent kernels without the first step, whose state before is 0."""
    tops = zip((5, 8, 11, 14), (19, 20, 21, 22), strict=True)
    return {f"C{top}": f"=SUMPRODUCT($I{row}:$J{row},$H$10:$I$10)" for top, row in tops}


def test_gradients_may_leave_a_first_state_of_0_out(tmp_path: Path) -> None:
    """Rule: a typed 0 in whose place the next step has a formula adds nothing; a state that was computed does."""
    assert answer(_lstm(_without_first_state()), tmp_path) == (0, set())
    slip = {"C11": "=SUMPRODUCT($J21:$J21,$I$10:$I$10)"}
    assert answer(_lstm(_without_first_state() | slip), tmp_path) == (1, {*slip})


def test_a_gate_that_no_result_reads_is_not_blamed_for_who_reads_it(tmp_path: Path) -> None:
    """Rule: a formula that is computed from no result is none on the way back, though a wrong one there reads it."""
    first = {"H9": "=H5*H7"}
    assert answer(_lstm(first), tmp_path) == (0, set())
    slip = {"H18": "=H17*H8*(1-TANH(H9)^2)+I18*H6"}
    assert answer(_lstm(first | slip), tmp_path) == (1, {*slip})


_SLIPS: dict[str, dict[str, object]] = {
    "a state that flows back through the wrong gate": {"I18": "=I17*I8*(1-TANH(I9)^2)+J18*I6"},
    "a path that is left out": {"H17": "=I19*$B$5+I20*$B$8+I21*$B$11"},
    "a gradient of the wrong delta": {"C8": "=SUMPRODUCT($H19:$J19,$G$10:$I$10)"},
    "a derivative that is left out": {"I21": "=I18*I5"},
    "another derivative": {"J22": "=J17*TANH(J9)*(1-J8^2)"},
    "a number in the place of a formula": {"H20": 0.01},
    "an update that reads another gradient": {"D12": "=B12-$C$20*C11"},
    "an update that moves up the slope": {"D7": "=B7+$C$20*C7"},
}


@pytest.mark.parametrize("what", _SLIPS)
def test_one_slip_on_the_way_back_is_found(what: str, tmp_path: Path) -> None:
    """Rule: the only formula with which all other weights move along their slopes, too, is wrong, and no other."""
    slip = _SLIPS[what]
    code, roots = answer(_lstm(slip), tmp_path)
    assert (code, roots) == (1, {*slip})


_NO_VERDICT: dict[str, dict[str, object]] = {
    "two slips": _SLIPS["another derivative"] | _SLIPS["a derivative that is left out"],
    "weights that move up the slope": {f"D{row}": f"=B{row}+$C$20*C{row}" for row in range(4, 18)},
    "a rate of its own": {"D7": "=B7-0.1*C7"},
    "rates of their own": {f"D{row}": f"=B{row}-0.0{row}*C{row}" for row in range(4, 18)},
    "an error that is handed back twice as large in some": {"J17": "=2*J15*B16"},
    "a penalty for kernels alone": {"C21": 0.1}
    | {f"D{row}": f"=B{row}-$C$20*(C{row}+$C$21*B{row})" for row in (4, 5, 7, 8, 10, 11, 13, 14, 16)},
}


@pytest.mark.parametrize("what", _NO_VERDICT)
def test_what_follows_no_slopes_is_no_pass_and_blames_nobody_else(what: str, tmp_path: Path) -> None:
    """Rule: several mistakes, or weights that move in another way, get no verdict."""
    code, roots = answer(_lstm(_NO_VERDICT[what]), tmp_path, 6)
    assert code != 0
    assert roots <= ({*_NO_VERDICT[what]} if "slip" in what else set())


@pytest.mark.parametrize(
    "slip",
    [
        {"I7": "=TANH($B$10*I4+$B$11*H10)"},
        {"I6": "=1/(1+EXP(-($B$7*I4+$B$8*H10+$B$6)))"},
    ],
    ids=["no bias", "another bias"],
)
def test_a_slip_on_the_way_forward_is_found(slip: dict[str, object], tmp_path: Path) -> None:
    """Rule: a formula of a layer is wrong if the layer is right with another one, and then all weights follow, too."""
    code, roots = answer(_lstm(slip), tmp_path)
    assert (code, roots) == (1, {*slip})


@pytest.mark.parametrize("slip", [{"J9": "=J6*I9+J5*I7"}, {"J12": "=B16*I10+B17"}], ids=["a candidate", "a state"])
def test_a_step_that_passes_what_it_computes_over_is_no_pass(slip: dict[str, object], tmp_path: Path) -> None:
    """Rule: where a result reads the step before, nobody but that formula is blamed."""
    code, roots = answer(_lstm(slip), tmp_path, 6)
    assert code != 0
    assert roots <= {*slip}


_SIGNAL = (0.2, 0.9, -0.4, 0.6, 0.1, -0.8, 0.5)


def _pooled(change: Mapping[str, object] | None = None) -> dict[str, object]:
    """A convolution in row 11, relu in 12, the larger of two each in 13, a sigmoid unit; one step on one signal."""
    cells: dict[str, object] = {"B4": 0.7, "C4": -0.3, "B5": 0.1, "B6": 1.2, "C6": -0.8, "D6": 0.5, "B7": -0.2, "B8": 1}
    cells |= {"B9": 0.5, "B14": "=1/(1+EXP(-(B13*B6+D13*C6+F13*D6+B7)))", "B16": "=B14-B8"}
    cells |= {f"{c}3": x for c, x in zip("BCDEFGH", _SIGNAL, strict=True)}
    cells["B15"] = "=-(B8*LN(B14)+(1-B8)*LN(1-B14))"
    pairs = (("B", "B", "B"), ("C", "B", "B"), ("D", "D", "C"), ("E", "D", "C"), ("F", "F", "D"), ("G", "F", "D"))
    for (own, pool, weight), after in zip(pairs, "CDEFGH", strict=True):
        cells |= {f"{own}11": f"=$B$4*{own}3+$C$4*{after}3+$B$5", f"{own}12": f"=MAX(0,{own}11)"}
        cells[f"{own}17"] = f"=IF(AND({own}12=${pool}$13,{own}11>0),$B$16*${weight}$6,0)"
    cells |= {f"{pool}13": f"=MAX({pool}12:{chr(ord(pool) + 1)}12)" for pool in "BDF"}
    cells |= {"B19": "=B4-$B$9*SUMPRODUCT($B17:$G17,B3:G3)", "C19": "=C4-$B$9*SUMPRODUCT($B17:$G17,C3:H3)"}
    cells |= {"B20": "=B5-B9*SUM(B17:G17)", "B22": "=B7-B9*B16"}
    cells |= {f"{c}21": f"={c}6-$B$9*$B$16*{p}13" for c, p in zip("BCD", "BDF", strict=True)}
    return cells | (change or {})


def test_a_step_through_a_pooled_convolution_agrees(tmp_path: Path) -> None:
    """Rule: what chooses the larger of two on the way back is looked at for either choice."""
    assert answer(_pooled(), tmp_path) == (0, set())


@pytest.mark.parametrize(
    "slip",
    [
        {"C19": "=C4-$B$9*SUMPRODUCT($B17:$G17,B3:G3)"},
        {"C21": "=C6-$B$9*$B$16*F13"},
        {"F17": "=IF(F11>0,$B$16*$D$6,0)"},
    ],
    ids=["another window", "another pool", "without the larger one"],
)
def test_a_slip_behind_a_pooled_convolution_is_no_pass(slip: dict[str, object], tmp_path: Path) -> None:
    """Rule: the formula that alone spoils an update is wrong, be it right for the numbers shown."""
    code, roots = answer(_pooled(slip), tmp_path)
    assert (code, roots) == (1, {*slip})
