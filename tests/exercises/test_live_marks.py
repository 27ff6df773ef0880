"""Live marks: right beside what is right, wrong at the planted cell and nowhere else, in every engine there is."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from hand_in import exercise_of, hand_in, marks_of, solution
from thorough import part_of

from xlcheck.engines import engine
from xlcheck.engines.base import Engine
from xlcheck.exercises.exercise import Exercise
from xlcheck.exercises.plan import BlankRule, ExercisePlan
from xlcheck.formulas.addresses import Range

ENGINES = ("ironcalc", "cellrune", *(("libreoffice",) if shutil.which("soffice") else ()))


@pytest.fixture(scope="module")
def lstm(tmp_path_factory: pytest.TempPathFactory) -> Exercise:
    """Everything of the LSTM is blank."""
    return exercise_of("lstm", tmp_path_factory.mktemp("lstm"), ExercisePlan(level=3))


@pytest.fixture(scope="module")
def units(tmp_path_factory: pytest.TempPathFactory) -> Exercise:
    """Everything of an LSTM with two units is blank, so that vectors are multiplied by matrices."""
    return exercise_of("options/lstm", tmp_path_factory.mktemp("units"), ExercisePlan(level=3))


# What students do: the cell, and what stands in it instead of the right formula.
FAULTS: dict[str, tuple[str, str]] = {
    "a bias forgotten": ("lstm.z_f[0][0]", "=F13+F14"),
    "another gate's bias": ("lstm.z_f[1][0]", "=G13+G14+Weights!$D$16"),
    "tanh for a sigmoid": ("lstm.i[1][0]", "=TANH(G10)"),
    "no activation": ("lstm.c_tilde[0][0]", "=F20"),
    "gates exchanged": ("lstm.c[1][0]", "=G11*F28+G16*G21"),
    "the new memory left out": ("lstm.c[0][0]", "=F16*E28"),
    "tanh left out": ("lstm.h[0][0]", "=F26*F28"),
    "the step after": ("lstm.xk_o[0][0]", "=G6*Weights!$E$8"),
    "a typed number": ("lstm.f[0][0]", "0.6"),
    "an impossible gate": ("lstm.o[0][0]", "=1.5"),
    "a text": ("lstm.z_i[0][0]", "soon"),
    "an error": ("lstm.z_c[1][0]", "=1/0"),
}


def waiting(exercise: Exercise, planted: str) -> set[str]:
    """The numbers that are computed from what is no number."""
    reads = {"lstm.z_i[0][0]": {"lstm.i[0][0]"}, "lstm.z_c[1][0]": {"lstm.c_tilde[1][0]"}}
    return reads.get(planted, set())


@pytest.mark.parametrize("name", part_of(ENGINES, 2))
def test_the_right_formulas_get_right_everywhere(name: str, lstm: Exercise, units: Exercise, tmp_path: Path) -> None:
    """With the solution in the blanks every mark says so, and an empty workbook has ○ everywhere."""
    matrices = exercise_of("rnn-dimensions", tmp_path / "matrices", ExercisePlan(level=3))  # products, a softmax
    assert not matrices.forward
    for exercise in (lstm, matrices) if name == "libreoffice" else (lstm, units, matrices):
        path = hand_in(exercise.blank, solution(exercise.key.blanks), tmp_path / "all.xlsx")

        assert set(marks_of(path, exercise, engine(name)).values()) == {"✓"}
        assert set(marks_of(exercise.blank, exercise, engine(name)).values()) == {"○"}


@pytest.mark.parametrize("name", [name for name in ENGINES if name != "libreoffice"])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_marked_where_it_is_and_nowhere_else(fault: str, name: str, lstm: Exercise, tmp_path: Path) -> None:
    """The planted cell is ✗; all that follows from it is computed rightly, and so ✓, or ○ where it cannot be."""
    where, text = FAULTS[fault]
    marks = _planted(lstm, where, text, tmp_path, engine(name))
    bad = {element for element, mark in marks.items() if mark == "✗"}

    assert where in bad
    if fault not in ("a text", "an error"):
        assert bad == {where}
    else:  # what reads an error is an error itself, and waits where it reads nothing else
        assert all(marks[element] == "○" or element in bad for element in waiting(lstm, where))


@pytest.mark.libreoffice
def test_libreoffice_marks_a_fault_alike(lstm: Exercise, tmp_path: Path) -> None:
    """One run of the slowest engine: a forgotten bias and exchanged gates at once."""
    planted = (FAULTS["a bias forgotten"], FAULTS["gates exchanged"])
    cells = solution(lstm.key.blanks) | {_cell(lstm, where): text for where, text in planted}
    marks = marks_of(hand_in(lstm.blank, cells, tmp_path / "two.xlsx"), lstm, engine("libreoffice"))

    assert {e for e, mark in marks.items() if mark == "✗"} == {"lstm.z_f[0][0]", "lstm.c[1][0]"}


def test_every_blank_notices_a_number_a_little_beside(units: Exercise, tmp_path: Path) -> None:
    """Whatever the operation, a formula that gives a millionth more is ✗ in its cell and in no other."""
    right = {blank.cell: f"={blank.formula}" for blank in units.key.blanks}
    for blank in units.key.blanks[:: len(units.key.blanks) // 12]:
        cells: dict[Range, Any] = right | {blank.cell: f"=({blank.formula})*1.00001+0.00001"}
        marks = marks_of(hand_in(units.blank, cells, tmp_path / "one.xlsx"), units, engine("ironcalc"))

        assert {e for e, mark in marks.items() if mark == "✗"} == {blank.element}


def test_a_number_waits_for_those_that_it_is_computed_from(lstm: Exercise, tmp_path: Path) -> None:
    """A filled cell whose precedents are empty is neither right nor wrong."""
    only = {_cell(lstm, "lstm.f[0][0]"): "=0.67"}
    marks = marks_of(hand_in(lstm.blank, only, tmp_path / "only.xlsx"), lstm, engine("ironcalc"))

    assert set(marks.values()) == {"○"}


def test_everything_times_zero_is_not_right(lstm: Exercise, tmp_path: Path) -> None:
    """Zeros everywhere are ✗ wherever something else follows from what is given."""
    zeros = {blank.cell: f"=0*({blank.formula})" for blank in lstm.key.blanks}
    marks = marks_of(hand_in(lstm.blank, zeros, tmp_path / "zeros.xlsx"), lstm, engine("ironcalc"))

    assert all(marks[f"lstm.xk_{gate}[{t}][0]"] == "✗" for gate in "ifco" for t in range(2))
    assert all(marks[f"lstm.{gate}[{t}][0]"] == "✗" for gate in "ifo" for t in range(2))


@pytest.mark.parametrize("feedback", ["none", "count"])
def test_students_see_what_the_plan_says(feedback: Any, tmp_path: Path) -> None:
    """Without feedback there is no mark; counting says how many are right, and no sheet that is shown says which."""
    plan = ExercisePlan(blanks=(BlankRule("lstm.f*"),), feedback=feedback)
    exercise = exercise_of("lstm", tmp_path, plan)
    half = dict(list(solution(exercise.key.blanks).items())[:1])
    session = engine("ironcalc").open(hand_in(exercise.blank, half, tmp_path / "half.xlsx"))
    session.recalculate()
    count = session.read(Range("Start", 5, 1))[0][0]
    marks = {blank.mark.sheet for blank in exercise.key.blanks if blank.mark is not None}

    assert count == (None if feedback == "none" else 1)
    assert marks == (set() if feedback == "none" else {"Marks"})


def _cell(exercise: Exercise, element: str) -> Range:
    return next(blank.cell for blank in exercise.key.blanks if blank.element == element)


def _planted(exercise: Exercise, where: str, text: str, folder: Path, engine: Engine) -> dict[str, str]:
    content: Any = float(text) if text[0].isdigit() else text
    cells = solution(exercise.key.blanks) | {_cell(exercise, where): content}
    return marks_of(hand_in(exercise.blank, cells, folder / "planted.xlsx"), exercise, engine)
