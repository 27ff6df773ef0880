"""Activations that are known by their values, as people spell them."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import verdict

from xlcheck.formulas.algebra import Function, Leaf, Sum
from xlcheck.handmade.forms.other_activations import NAMES, other_activation
from xlcheck.layers.activations import FORMER

pytestmark = pytest.mark.keras
_SPELLINGS = {
    "softplus": "LN(1+EXP({z}))",
    "softsign": "({z})/(1+ABS({z}))",
    "hard_silu": "({z})*MAX(0,MIN(1,({z})/6+0.5))",
    "silu": "({z})/(1+EXP(-({z})))",
    "elu": "IF({z}>0,{z},EXP({z})-1)",
    "selu": "1.0507009873554805*IF({z}>0,{z},1.6732632423543772*(EXP({z})-1))",
    "relu6": "MIN(6,MAX(0,{z}))",
    "hard_sigmoid": "MAX(0,MIN(1,({z})/6+0.5))",
    "hard_tanh": "MAX(-1,MIN(1,{z}))",
    "mish": "({z})*TANH(LN(1+EXP({z})))",
    "log_sigmoid": "-LN(1+EXP(-({z})))",
    "exponential": "EXP({z})",
}


def _network(activation: str, *, apart: bool) -> dict[str, object]:
    """Two units of two inputs over four samples, their sums in cells of their own or not, and a head."""
    cells: dict[str, object] = {"B1": 0.7, "C1": -0.4, "B2": 0.3, "C2": 0.9, "B3": 0.1, "C3": -0.2}
    cells |= {"E1": 1.1, "E2": -0.6, "E3": 0.05}
    for row, (x, y) in zip(range(6, 10), ((1.2, -0.7), (-2.4, 1.5), (0.3, 3.1), (-0.9, -2.2)), strict=True):
        cells |= {f"A{row}": x, f"B{row}": y}
        for z, h, w in (("D", "F", "B"), ("E", "G", "C")):
            total = f"{w}$1*$A{row}+{w}$2*$B{row}+{w}$3"
            cells |= {f"{z}{row}": f"={total}"} if apart else {}
            cells[f"{h}{row}"] = "=" + activation.format(z=f"{z}{row}" if apart else total)
        cells[f"H{row}"] = f"=1/(1+EXP(-($E$1*F{row}+$E$2*G{row}+$E$3)))"
    return cells


@pytest.mark.parametrize("apart", [True, False], ids=["of a cell", "of a sum"])
@pytest.mark.parametrize("name", _SPELLINGS)
def test_an_activation_is_known_by_its_values(name: str, apart: bool, tmp_path: Path) -> None:
    """Rule: a function of one sum that gives what an activation of Keras gives is this activation."""
    cells = _network(_SPELLINGS[name], apart=apart)
    found = verdict(cells, tmp_path)

    assert (found.code, found.roots) == (0, set())
    assert f"Dense(2, {name})" in found.said


@pytest.mark.parametrize("apart", [False, True])
@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("({z})*NORMSDIST({z})", "gelu"),
        ("0.5*({z})*(1+ERF(({z})/SQRT(2)))", "gelu"),
        ("0.5*({z})*(1+TANH(SQRT(2/PI())*(({z})+0.044715*({z})^3)))", "gelu by tanh"),
    ],
)
def test_gelu_in_either_form(text: str, name: str, apart: bool, tmp_path: Path) -> None:
    """Rule: GELU by the normal distribution, by the error function or by tanh is known; another constant is wrong."""
    found = verdict(_network(text, apart=apart), tmp_path)
    assert (found.code, found.roots) == (0, set())
    assert f"Dense(2, {name})" in found.said
    if "0.044715" in text and not apart:
        wrong = {"G7": "=" + text.format(z="C$1*$A7+C$2*$B7+C$3").replace("0.044715", "0.44715")}
        assert verdict(_network(text, apart=False) | wrong, tmp_path).roots == {"G7"}


def test_a_function_that_keras_has_not_is_none(tmp_path: Path) -> None:
    """Rule: what is close to an activation, or of other numbers, is none; it gets no verdict."""
    for text in ("LN(1+EXP(2*({z})))", "({z})/(1+({z})^2)^0.5", "IF({z}>0,{z},2*(EXP({z})-1))"):
        found = verdict(_network(text, apart=False), tmp_path)
        assert (found.code, found.roots) == (3, set())


def test_one_cell_with_another_function_is_named(tmp_path: Path) -> None:
    """Rule: among formulas with an activation of this kind, one with another is wrong."""
    cells = _network(_SPELLINGS["softplus"], apart=False)
    total = "C$1*$A7+C$2*$B7+C$3"

    assert verdict(cells | {"G7": f"=MAX(0,{total})"}, tmp_path).roots == {"G7"}


def test_names_are_those_of_keras() -> None:
    """Rule: an activation that is known by its values is one that Keras applies to each number, or that it applied."""
    import keras

    assert all(callable(keras.activations.get(name)) for name in NAMES if name not in FORMER)
    assert {*_SPELLINGS} - {"exponential"} <= {*NAMES}


def test_exponentials_of_what_is_less_than_a_sum_are_no_layer(tmp_path: Path) -> None:
    """Rule: `EXP(z − max)`, a step on the way to the logarithm of a sum of exponentials, is not `exponential`."""
    cells = {c: v for c, v in _network("EXP({z})", apart=True).items() if c[0] != "H" and c not in {"E1", "E2", "E3"}}
    for row in range(6, 10):
        cells |= {f"{c}{row}": f"=EXP({z}{row}-MAX($D{row}:$E{row}))" for c, z in (("F", "D"), ("G", "E"))}
        cells[f"H{row}"] = f"=LN(F{row}+G{row})+MAX($D{row}:$E{row})"

    found = verdict(cells, tmp_path)
    assert found.roots == set()
    assert ", exponential)" not in found.said


def test_a_part_that_is_times_0_is_no_activation() -> None:
    """A gate by the state of 0 that is typed in a first step, `1/(1+EXP(-x))*0`, can be of no sum's size."""
    x, y = Leaf(0, ("S", 0, 0)), Leaf(1, ("S", 0, 1))
    of_x, of_y = (Function(n, "EXP", (leaf,)) for n, leaf in ((2, x), (3, y)))

    assert other_activation(Sum(4, 1.0, ((of_x, 0.0), (of_y, 1.0)))) is None
    assert other_activation(Function(6, "LN", (Sum(5, 1.0, ((of_x, 0.0), (of_y, 0.0))),))) is None
