"""Several steps of descent, one a row, through layers of any kind: each follows the slopes of its loss."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from equation_sheets import answer, verdict
from training_sheets import table_of

from xlcheck.model.keras_import import import_keras

pytestmark = pytest.mark.keras

_ROWS = range(5, 13)
_Cells = dict[str, object]


def _rows(
    first: Mapping[str, object], formulas: Mapping[str, str], updates: Mapping[str, str], last: int = 0
) -> _Cells:
    """One step a row: numbers of the first row, formulas of each, and of each but the first those that move weights."""
    cells: _Cells = {f"{column}5": own for column, own in first.items()}
    for row in _ROWS:
        cells |= {f"{column}{row}": text.format(r=row, p=row - 1) for column, text in formulas.items()}
        if row > _ROWS[0]:
            cells |= {f"{column}{row}": text.format(r=row, p=row - 1) for column, text in updates.items()}
    return cells


def _numbers(columns: str, places: int = 2) -> _Cells:
    """Typed numbers of each row, between −1 and 1, each of its own."""
    random = np.random.default_rng(len(columns))
    return {f"{column}{row}": round(float(random.uniform(-1, 1)), places) for row in _ROWS for column in columns}


_SLOPE = "=$T{r}*((1-N{r}^2)*{0}{r}+(1-O{r}^2)*{1}{r}+(1-P{r}^2)*{2}{r})"
_FORWARD = {
    **{c: f"=TANH($H{{r}}*{x}{{r}}+$I{{r}}*{y}{{r}}+$J{{r}}*{z}{{r}}+$K{{r}})"
       for c, x, y, z in ("NABC", "OBCD", "PCDE")},
    "Q": "=AVERAGE(N{r}:P{r})",
    "R": "=1/(1+EXP(-(L{r}*Q{r}+M{r})))",
}  # fmt: skip
_BACK = {
    "S": "=R{r}-G{r}",
    "T": "=S{r}*L{r}/3",
    **{c: _SLOPE.replace("{0}", x).replace("{1}", y).replace("{2}", z) for c, x, y, z in ("UABC", "VBCD", "WCDE")},
    "X": "=T{r}*(3-N{r}^2-O{r}^2-P{r}^2)",
    "Y": "=-(G{r}*LN(R{r})+(1-G{r})*LN(1-R{r}))",
}
_MOVED = {c: f"={c}{{p}}-$B$2*{g}{{p}}" for c, g in ("HU", "IV", "JW", "KX")}
_MOVED |= {"L": "=L{p}-$B$2*S{p}*Q{p}", "M": "=M{p}-$B$2*S{p}"}
_FILTER = {"H": 0.5, "I": -0.4, "J": 0.3, "K": 0.1, "L": 0.6, "M": 0}


def _convolution(change: Mapping[str, object] | None = None) -> _Cells:
    """A filter of three in H to K over A to E, tanh; the mean of its results, and a sigmoid unit; targets in G."""
    cells = _numbers("ABCDE") | {f"G{row}": row % 2 for row in _ROWS} | {"B2": 0.8}
    return cells | _rows(_FILTER, _FORWARD | _BACK, _MOVED) | (change or {})


_HEADS = {
    "R": "=TANH(F{r}*B{r}+G{r}*C{r}+H{r})", "S": "=TANH(I{r}*B{r}+J{r}*C{r}+K{r})",
    "T": "=1/(1+EXP(-(L{r}*R{r}+M{r}*S{r}+N{r})))", "U": "=O{r}*R{r}+P{r}*S{r}+Q{r}",
    "V": "=-$D$2*LN(IF(D{r}=1,T{r},1-T{r}))+$F$2*(U{r}-E{r})^2",
    "W": "=$D$2*(T{r}-D{r})", "X": "=$F$2*2*(U{r}-E{r})",
    "Y": "=(W{r}*L{r}+X{r}*O{r})*(1-R{r}^2)", "Z": "=(W{r}*M{r}+X{r}*P{r})*(1-S{r}^2)",
}  # fmt: skip
_MOVED_HEADS = {
    **{c: f"={c}{{p}}-$B$2*{d}{{p}}*{x}{{p}}" for c, d, x in ("FYB", "GYC", "IZB", "JZC", "LWR", "MWS", "OXR", "PXS")},
    **{c: f"={c}{{p}}-$B$2*{d}{{p}}" for c, d in ("HY", "KZ", "NW", "QX")},
}
_FIRST = (0.4, -0.2, 0, 0.3, 0.5, 0.1, 0.6, -0.7, 0, 0.5, 0.3, 0)


def _two_heads(change: Mapping[str, object] | None = None) -> _Cells:
    """Two tanh units, and from them a probability and a number; one loss of both, each with its share."""
    cells = _numbers("BCE") | {f"D{row}": row % 2 for row in _ROWS} | {"B2": 0.3, "D2": 1, "F2": 0.5}
    return cells | _rows(dict(zip("FGHIJKLMNOPQ", _FIRST, strict=True)), _HEADS, _MOVED_HEADS) | (change or {})


def _unit(numbers: _Cells, behind: Mapping[str, str]) -> _Cells:
    """A linear unit of two inputs in G, and what stands behind it; its weights in D to F move by what J has."""
    formulas = {"G": "=SUMPRODUCT(A{r}:B{r},D{r}:E{r})+F{r}", **behind}
    updates = {"D": "=D{p}-$B$2*J{p}*A{p}", "E": "=E{p}-$B$2*J{p}*B{p}", "F": "=F{p}-$B$2*J{p}"}
    return numbers | _rows({"D": 0.3, "E": -0.2, "F": 0.1}, formulas, updates)


def _huber() -> _Cells:
    """Large errors count less."""
    numbers = _numbers("ABC") | {f"C{row}": (row * 7 % 5) - 1.7 for row in _ROWS} | {"B2": 0.2}
    loss, slope = "=IF(ABS(H{r})<=1,H{r}^2/2,ABS(H{r})-0.5)", "=IF(ABS(H{r})<=1,H{r},SIGN(H{r}))"
    return _unit(numbers, {"H": "=G{r}-C{r}", "I": loss, "J": slope})


def _hinge(change: Mapping[str, object] | None = None) -> _Cells:
    """Classes −1 and 1 in C, which nothing is taken off: margins in H, and their squares in I."""
    numbers = _numbers("AB") | {f"C{row}": 2 * (row % 2) - 1 for row in _ROWS} | {"B2": 0.1}
    margins = {"H": "=MAX(0,1-C{r}*G{r})", "I": "=H{r}^2", "J": "=-2*H{r}*C{r}"}
    return _unit(numbers, margins) | (change or {})


def _column(column: str, text: str) -> _Cells:
    """One formula, filled down."""
    return {f"{column}{row}": text.format(r=row, p=row - 1) for row in _ROWS}


_MADE = {"a convolution": _convolution, "two heads": _two_heads, "errors that count less": _huber, "margins": _hinge}


@pytest.mark.parametrize("what", _MADE)
def test_steps_down_the_slopes_agree(what: str, tmp_path: Path) -> None:
    """Rule: where all weights of all steps move along the slopes of one loss, all on the way is right."""
    assert answer(_MADE[what](), tmp_path) == (0, set())


def test_the_weights_in_the_end_are_those_of_keras(tmp_path: Path) -> None:
    """Two outputs, each with its own loss: Keras's gradients make of the weights what the last row shows."""
    keras, tf = import_keras(), pytest.importorskip("tensorflow")
    cells = _two_heads()
    assert answer(cells, tmp_path) == (0, set())
    inputs = keras.Input((2,))
    hidden = keras.layers.Dense(2, "tanh", dtype="float64")(inputs)
    heads = [keras.layers.Dense(1, own, dtype="float64")(hidden) for own in ("sigmoid", None)]
    model = keras.Model(inputs, heads)
    first = np.array(_FIRST)
    model.set_weights([
        first[[0, 1, 3, 4]].reshape(2, 2).T, first[[2, 5]], first[6:8, None], first[8:9], first[9:11, None], first[11:],
    ])  # fmt: skip
    for row in _ROWS[:-1]:
        x, (d, e) = np.array([[cells[f"B{row}"], cells[f"C{row}"]]], dtype=float), (cells[f"D{row}"], cells[f"E{row}"])
        with tf.GradientTape() as tape:
            share, number = (own[0, 0] for own in model(x))
            loss = -tf.math.log(share if d == 1 else 1 - share) + 0.5 * (number - e) ** 2
        variables = [own.value for own in model.trainable_variables]
        for variable, slope in zip(variables, tape.gradient(loss, variables), strict=True):
            variable.assign_sub(0.3 * slope)
    kernel, bias, *rest = (np.asarray(own) for own in model.get_weights())
    wanted = [*kernel[:, 0], bias[0], *kernel[:, 1], bias[1], *np.concatenate([np.ravel(own) for own in rest])]

    table, values = table_of(tmp_path / "w.xlsx")
    shown = [values[table.index["S", _ROWS[-1] - 1, column]] for column in range(5, 17)]
    assert np.allclose(np.array(shown, dtype=float), wanted, rtol=1e-9)


_SLIPS: dict[str, _Cells] = {
    "a gradient of the windows of another weight": _column("V", _BACK["U"]),
    "a formula of one step reads a weight twice": {"O8": "=TANH($H8*B8+$J8*C8+$J8*D8+$K8)"},
    "a number in the place of an update": {"J9": 0.5},
    "a gradient of one step without a factor": {"W7": "=$T7*((1-N7^2)*C7+(1-O7^2)*D7+E7)"},
    "an update of one step by another gradient": {"I10": "=I9-$B$2*W9"},
    "a bias that moves by the output": _column("M", "=M{p}-$B$2*S{p}*R{p}"),
}


@pytest.mark.parametrize("what", _SLIPS)
def test_one_slip_in_a_convolution_is_found(what: str, tmp_path: Path) -> None:
    """Rule: the cells of one line that alone spoil all that is wrong are wrong, in each step in which they do."""
    slip = {cell: own for cell, own in _SLIPS[what].items() if cell != "M5"}
    assert answer(_convolution(slip), tmp_path) == (1, {*slip})


_OF_HEADS: dict[str, _Cells] = {
    "an update of one step by the error of the other head": {"O9": "=O8-$B$2*W8*R8"},
    "an error that goes back without its share": _column("X", "=2*(U{r}-E{r})"),
    "a unit that gets the error of one head twice": _column("Z", "=(W{r}*M{r}+X{r}*M{r})*(1-S{r}^2)"),
}


@pytest.mark.parametrize("what", _OF_HEADS)
def test_one_slip_behind_two_heads_is_found(what: str, tmp_path: Path) -> None:
    """Rule: so it is where errors of several outputs flow back, with shares of their own."""
    assert answer(_two_heads(_OF_HEADS[what]), tmp_path) == (1, {*_OF_HEADS[what]})


_OF_MARGINS: dict[str, _Cells] = {
    "a margin of one step": {"H8": "=MAX(0,1-C7*G8)"},
    "an update by the input beside it": _column("E", "=E{p}-$B$2*J{p}*A{p}"),
    "a result of one step that reads a weight of the step before": {"G9": "=SUMPRODUCT(A9:B9,D8:E8)+F9"},
}


@pytest.mark.parametrize("what", _OF_MARGINS)
def test_one_slip_beside_margins_is_found(what: str, tmp_path: Path) -> None:
    """Rule: so it is where only the loss says what results should be."""
    slip = {cell: own for cell, own in _OF_MARGINS[what].items() if cell != "E5"}
    assert answer(_hinge(slip), tmp_path) == (1, {*slip})


_NO_VERDICT: dict[str, _Cells] = {
    "a rate of its own in one step": {f"{c}8": str(_MOVED[c]).format(p=7).replace("$B$2", "0.1") for c in _MOVED},
    "all weights of a filter move three times as far": _column("T", "=S{r}*L{r}"),
    "two slips": {"I10": "=I9-$B$2*W9", "W7": "=$T7*((1-N7^2)*C7+(1-O7^2)*D7+E7)"},
    "a loss of which a part does not depend on results": _column("Y", str(_BACK["Y"]) + "+G{r}/2"),
    "weights that move up": {f"{c}{row}": str(_MOVED[c]).format(p=row - 1).replace("-$B", "+$B")
                             for c in _MOVED for row in _ROWS[1:]},
}  # fmt: skip


@pytest.mark.parametrize("what", _NO_VERDICT)
def test_what_may_be_meant_or_is_not_told_gets_no_pass(what: str, tmp_path: Path) -> None:
    """Rule: rates may be meant, two mistakes are told by nothing, and slopes say nothing of what is added to a loss."""
    found = verdict(_convolution(_NO_VERDICT[what]), tmp_path, 5)
    assert found.code != 0
    assert found.roots <= {*_NO_VERDICT[what]}
