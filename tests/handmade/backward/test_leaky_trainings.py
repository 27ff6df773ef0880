"""Trainings with a leaky relu whose slope below 0 stands in a cell, or is typed; and with other activations."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from training_sheets import FORMULAS, HEADS, cell, roots, trained, training

from xlcheck.verdicts.parts import Part

pytestmark = pytest.mark.keras

_STEPS = 3
_SLOPE = "$D$1"
_SPELLINGS = {
    "if": ("IF({z}>0,{z},{a}*{z})", "IF({z}>0,1,{a})"),
    "turned": ("IF({z}<0,{z}*{a},{z})", "IF({h}<0,{a},1)"),
    "maximum": ("MAX({a}*{z},{z})", "IF({z}>=0,1,{a})"),
}


def _leaky(spelling: str, slope: str = _SLOPE) -> dict[tuple[str, int], str | float]:
    """The formulas of hidden units with a leaky relu, and of their gradients, at each step."""
    return _bent(*_SPELLINGS[spelling], slope)


def _bent(forward: str, steep: str, slope: str = "") -> dict[tuple[str, int], str | float]:
    """The formulas of hidden units with an activation, and of their gradients with its slope, at each step."""
    found: dict[tuple[str, int], str | float] = {}
    for step in range(_STEPS):
        for unit, weights in ((1, ("g1", "g2")), (2, ("g3", "g4"))):
            names = {"z": f"{{z{unit}}}", "h": f"{{h{unit}}}", "a": slope}
            found[f"h{unit}", step] = "=" + forward.format(**names)
            for head in weights:
                old = f"{{h{unit}}}*(1-{{h{unit}}})"
                assert old in FORMULAS[head]
                found[head, step] = "=" + FORMULAS[head].replace(old, steep.format(**names))
    return found


def _judged(path: Path, contents: Mapping[tuple[str, int], str | float]) -> Part | None:
    return trained(training(path, _STEPS, contents))


@pytest.mark.parametrize("spelling", _SPELLINGS)
@pytest.mark.parametrize("slope", [_SLOPE, "0.01"])
def test_a_training_with_a_leaky_relu_agrees(spelling: str, slope: str, tmp_path: Path) -> None:
    """Rule: a leaky relu has the slope below 0 that stands in its cell, or is typed, forward and on the way back."""
    part = _judged(tmp_path / "w.xlsx", _leaky(spelling, slope))
    assert part is not None
    formulas = sum(head in FORMULAS or head[0] == "w" for head in HEADS) * _STEPS - 8
    assert (part.results, part.without_cell, part.checked) == ((), 0, formulas)
    assert f"leaky_relu, negative_slope={0.3 if slope == _SLOPE else 0.01}" in part.notes[0]


_S, _T = "1/(1+EXP(-{z}))", "TANH(LN(1+EXP({z})))"
_OTHERS = {
    "silu": ("{z}/(1+EXP(-{z}))", f"({_S}*(1+{{z}}*(1-{_S})))"),
    "softsign": ("{z}/(1+ABS({z}))", "(1/(1+ABS({z}))^2)"),
    "mish": (f"{{z}}*{_T}", f"({_T}+{{z}}*(1-{_T}^2)*{_S})"),
}


@pytest.mark.parametrize("name", _OTHERS)
def test_a_training_with_another_activation_agrees_and_one_wrong_slope_is_blamed(name: str, tmp_path: Path) -> None:
    """Rule: smooth activations of Keras are known by their values; one slope that is of another sum is wrong."""
    contents = _bent(*_OTHERS[name])
    part = _judged(tmp_path / "w.xlsx", contents)
    assert part is not None
    assert (part.results, part.without_cell) == ((), 0)
    assert f"Dense(2, {name})" in part.notes[0]
    contents["g3", 1] = str(contents["g3", 1]).replace("{z2}", "{z1}")
    wrong = _judged(tmp_path / "v.xlsx", contents)
    assert wrong is not None
    assert roots(wrong) == [cell("g3", 1)]


_WRONG = {
    "a slope of 0": ("g1", lambda text: text.replace(f",1,{_SLOPE})", ",1,0)")),
    "the slope of another cell": ("g4", lambda text: text.replace(_SLOPE, "$B$1")),
    "the slopes exchanged": ("g2", lambda text: text.replace(f",1,{_SLOPE})", f",{_SLOPE},1)")),
    "the sum of another unit": ("g3", lambda text: text.replace("IF({z2}", "IF({z1}")),
    "a mere relu": ("h2", lambda text: "=MAX(0,{z2})"),
    "another slope": ("h1", lambda text: text.replace(_SLOPE, "$B$1")),
}


@pytest.mark.parametrize("what", _WRONG)
def test_a_wrong_slope_is_blamed_alone(what: str, tmp_path: Path) -> None:
    """Rule: one formula of a step with another slope, or that of another sum, is the root, and no other is."""
    head, changed = _WRONG[what]
    contents = _leaky("if")
    contents[head, 1] = changed(str(contents[head, 1]))
    part = _judged(tmp_path / "w.xlsx", contents)
    assert part is not None
    assert roots(part) == [cell(head, 1)]
