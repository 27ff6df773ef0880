"""Recurrent networks that are trained through time, step by step in a sheet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from equation_sheets import answer
from recurrent_sheets import Habits, by_steps, cells, down, row_by_row
from training_sheets import Cells, filled, roots, trained

from xlcheck.verdicts.parts import Part

pytestmark = pytest.mark.keras

_PLAIN = Habits()
_HABITS = {
    "an output at the end": _PLAIN,
    "an output at each step": Habits(every=True),
    "two steps without biases or outputs of their own": Habits(steps=2, top=False, bias=False),
    "states that are the outputs": Habits(top=False, every=True, activation="sigmoid"),
    "no first state, one formula a gradient": Habits(first=None, short=True),
    "a first state of 0 that gradients leave out": Habits(short=True, steps=4),
    "a first state": Habits(first=0.25, every=True),
    "gradients alone": Habits(learns=False, every=True),
}


def _outcome(own: Cells, path: Path) -> Part | None:
    return trained(filled(path, own))


def _passes(part: Part | None, own: Cells) -> bool:
    formulas = sum(isinstance(content, str) and content.startswith("=") for content in own.values())
    return part is not None and (part.results, part.without_cell, part.checked) == ((), 0, formulas)


@pytest.mark.parametrize("what", _HABITS)
@pytest.mark.parametrize("layout", ["down", "rows", "columns"])
def test_a_training_through_time_agrees(what: str, layout: str, tmp_path: Path) -> None:
    """Rule: the steps of a recurrent layer are samples of a dense one that reads the sample before, as Keras has it."""
    habits = _HABITS[what]
    places = down(habits) if layout == "down" else by_steps(habits, across=layout == "columns")
    own = cells(habits, places)
    part = _outcome(own, tmp_path / "w.xlsx")
    assert _passes(part, own)
    assert part is not None
    assert part.notes[0].count("SimpleRNN(1, ") == 1


@pytest.mark.parametrize("what", ["an output at the end", "a first state", "no first state, one formula a gradient"])
def test_several_trainings_through_time_agree(what: str, tmp_path: Path) -> None:
    """Rule: a row may be a training step in which a recurrent network is unrolled."""
    own = row_by_row(_HABITS[what], 4)
    assert _passes(_outcome(own, tmp_path / "w.xlsx"), own)


_WRONG = {
    "a weight is missing on the way back": ("s1", "={d2}"),
    "a flow with another sign": ("s1", "=-({u}*{d2})"),
    "the slope of another step": ("g2", "=(1-{h1}^2)"),
    "twice the slope": ("g1", "=2*(1-{h1}^2)"),
    "the state of its own step": ("du2", "={d2}*{h2}"),
    "the input of the step before": ("dw3", "={d3}*{x2}"),
    "a step is not added": ("Dw", "={dw1}+{dw2}"),
    "a step is added twice": ("Db", "={d1}+{d2}+{d2}"),
    "uphill": ("newu", "={u}+{rate}*{Du}"),
}


@pytest.mark.parametrize("what", _WRONG)
@pytest.mark.parametrize("layout", ["rows", "columns"])
def test_a_mistake_on_the_way_back_is_blamed_alone(what: str, layout: str, tmp_path: Path) -> None:
    """Rule: one cell on the way back that is not what the chain rule says is the root, and no other is."""
    name, text = _WRONG[what]
    places = by_steps(_PLAIN, across=layout == "columns")
    assert roots(_outcome(cells(_PLAIN, places, {name: text}), tmp_path / "w.xlsx")) == [places[name]]


_OPEN: dict[str, tuple[Habits, str, str | float]] = {
    "a state that reads no step before": (_PLAIN, "z2", "={w}*{x2}+{b}"),
    "a state that passes one step over": (_PLAIN, "z3", "={w}*{x3}+{u}*{h1}+{b}"),
    "the input of another step": (_PLAIN, "z3", "={w}*{x2}+{u}*{h2}+{b}"),
    "another weight": (_PLAIN, "z2", "={w}*{x2}+{v}*{h1}+{b}"),
    "another activation at one step": (_PLAIN, "h2", "=1/(1+EXP(-{z2}))"),
    "the first step is typed": (Habits(first=None, short=True), "z1", 0.35),
    "the first state is the first output": (_PLAIN, "h0", "={h1}*0"),
    "a weight that does not move": (_PLAIN, "newu", "={u}"),
    "a weight that moves twice as far": (_PLAIN, "newv", "=2*({v}-{rate}*{Dv})"),
    "a gradient with another sign than others": (replace(_PLAIN, learns=False), "Db", "=-({d1}+{d2}+{d3})"),
    "a flow twice, and so all before it": (replace(_PLAIN, activation="sigmoid"), "s2", "={u}*{d3}*2"),
    "one of two slopes twice": (Habits(steps=2, first=None), "g1", "=2*(1-{h1}^2)"),
}


@pytest.mark.parametrize("what", _OPEN)
@pytest.mark.parametrize("layout", ["down", "rows"])
def test_what_may_be_wrong_elsewhere_is_no_pass_and_no_blame(what: str, layout: str, tmp_path: Path) -> None:
    """Rule: where the recurrence itself is broken, or nothing says which cell is wrong, the cell is blamed or none."""
    habits, name, text = _OPEN[what]
    places = down(habits) if layout == "down" else by_steps(habits)
    own = cells(habits, places, {name: text})
    part = _outcome(own, tmp_path / "w.xlsx")
    assert not _passes(part, own)
    assert {*roots(part)} <= {places[name]}


def _handing_back() -> Cells:
    """A row a step: input, target, states, output; the gradient from its own error, from the next step, and of both."""
    own: Cells = {"B2": 0.5, "D2": 0.8, "F2": -0.1, "H2": 1.1, "J2": 0.05, "L2": 0.1}
    for row, (x, t) in zip(range(5, 9), ((1, 0.6), (-0.5, 0.1), (0.25, 0.4), (-1, -0.3)), strict=True):
        own |= {
            f"B{row}": x, f"C{row}": t, f"D{row}": 0 if row == 5 else f"=F{row - 1}",
            f"E{row}": f"=$B$2*B{row}+$D$2*D{row}+$F$2", f"F{row}": f"=TANH(E{row})", f"G{row}": f"=$H$2*F{row}+$J$2",
            f"H{row}": f"=2*(G{row}-C{row})", f"I{row}": f"=H{row}*$H$2", f"J{row}": f"=L{row + 1}*$D$2",
            f"K{row}": f"=I{row}+J{row}", f"L{row}": f"=K{row}*(1-F{row}^2)", f"M{row}": f"=L{row}*B{row}",
            f"N{row}": f"=L{row}*D{row}", f"O{row}": f"=H{row}*F{row}",
        }  # fmt: skip
    own |= {"J8": 0}
    sums = {"B": "SUM(M5:M8)", "D": "SUM(N5:N8)", "F": "SUM(L5:L8)", "H": "SUM(O5:O8)", "J": "SUM(H5:H8)"}
    return own | {f"{weight}12": f"={weight}2-$L$2*{gradient}" for weight, gradient in sums.items()}


@pytest.mark.parametrize(
    ("edit", "expected"),
    [({}, set()), ({"L6": "=K6*(1-F6)"}, {"L6"}), ({"J7": "=L8*$B$2"}, {"J7"})],
    ids=["right", "the slope", "another weight"],
)
def test_a_0_may_stand_for_what_no_later_step_hands_back(edit: Cells, expected: set[str], tmp_path: Path) -> None:
    """Rule: a 0 that is only added at the last step is that, and no number of which others are as good."""
    own = {**_handing_back(), **edit}
    part = _outcome(own, tmp_path / "w.xlsx")
    assert part is not None
    assert {*roots(part)} == expected
    assert _passes(part, own) is not bool(edit)


def _errors_at_each_step(change: Mapping[str, object] | None = None) -> dict[str, object]:
    """One unit over three steps, a result at each; row 19 has what later steps hand back, and a 0 behind the last."""
    own: dict[str, object] = {"B4": 0.6, "B5": 0.4, "B6": 0.2, "B7": 1.1, "B8": -0.1, "B10": 0.3, "E19": 0}
    for before, step, after, x, target in zip("BCD", "CDE", "DEF", (0.4, -0.3, 0.7), (0.3, -0.2, 0.6), strict=True):
        state = f"+$B$5*{before}15" if step != "C" else ""
        own |= {f"{step}13": x, f"{step}14": target, f"{step}15": f"=TANH($B$4*{step}13{state}+$B$6)"}
        own |= {f"{step}16": f"=$B$7*{step}15+$B$8", f"{step}17": f"=2/3*({step}16-{step}14)"}
        own |= {f"{step}18": f"={step}17*$B$7", f"{step}20": f"=({step}18+{step}19)*(1-{step}15^2)"}
        own |= {f"{step}19": f"={after}20*$B$5"} if step != "E" else {}
        own |= {f"{step}21": f"=({step}16-{step}14)^2"}
    own |= {"C4": "=SUMPRODUCT(C13:E13,C20:E20)", "C5": "=D20*C15+E20*D15", "C6": "=SUM(C20:E20)"}
    own |= {"C7": "=SUMPRODUCT(C17:E17,C15:E15)", "C8": "=SUM(C17:E17)", "B22": "=AVERAGE(C21:E21)"}
    return own | {f"D{row}": f"=B{row}-$B$10*C{row}" for row in range(4, 9)} | (change or {})


def test_a_0_that_no_later_step_hands_back_stays_a_0(tmp_path: Path) -> None:
    """Rule: a typed 0 that is only added stands for what there is not, also in brackets before a slope."""
    assert answer(_errors_at_each_step(), tmp_path) == (0, set())
    slip = {"C19": "=E20*$B$5"}
    assert answer(_errors_at_each_step(slip), tmp_path) == (1, {*slip})
