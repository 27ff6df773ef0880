"""Variants: every student's workbook holds the numbers that the key says, all are of use, and Keras agrees."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hand_in import exercise_of, hand_in, marks_of, solution
from thorough import part_of

import xlcheck
from xlcheck.engines import engine
from xlcheck.errors import UsageError
from xlcheck.exercises.blanks import with_empty_blanks
from xlcheck.exercises.exercise import Exercise
from xlcheck.exercises.front import Front
from xlcheck.exercises.key import load_key
from xlcheck.exercises.plan import BlankRule, ExercisePlan
from xlcheck.exercises.residuals import SLOPE, residual_of
from xlcheck.exercises.sheets import blank_workbook
from xlcheck.exercises.stamping import cut
from xlcheck.exercises.subject import lesson_subject, problem_of
from xlcheck.workbook.writer import write_workbook

STUDENTS = [f"s{number}" for number in range(12)]


@pytest.fixture(scope="module")
def lstm(tmp_path_factory: pytest.TempPathFactory) -> Exercise:
    """Everything of the LSTM is blank, for twelve students."""
    return exercise_of("lstm", tmp_path_factory.mktemp("lstm"), ExercisePlan(level=3), STUDENTS)


def test_each_workbook_has_the_numbers_of_its_student(lstm: Exercise) -> None:
    """An engine reads weights and inputs where the key says that they stand, and the id beside “student”."""
    for student, path in zip(lstm.key.students, lstm.workbooks, strict=True):
        session = engine("ironcalc").open(path)
        session.recalculate()
        given = lstm.key.numbers_of(student.id)

        assert session.read(lstm.key.id_cell)[0][0] == student.id
        for binding in lstm.key.bindings:
            if binding.quantity in given:
                read = [value for row in session.read(binding.area) for value in row]
                assert read == given[binding.quantity].reshape(-1).tolist()


def test_the_solution_is_right_in_each_workbook(lstm: Exercise, tmp_path: Path) -> None:
    """With the solution's formulas every mark is ✓ with every student's numbers, and the values are the key's."""
    for student, path in zip(lstm.key.students[::4], lstm.workbooks[::4], strict=True):
        filled = hand_in(path, solution(lstm.key.blanks), tmp_path / "filled.xlsx")
        session = engine("cellrune").open(filled)
        session.recalculate()
        values = lstm.key.values_of(student.id)

        assert set(marks_of(filled, lstm, engine("cellrune")).values()) == {"✓"}
        for blank in lstm.key.blanks:
            desired = float(values[blank.quantity].reshape(-1)[blank.index])
            assert session.read(blank.cell)[0][0] == pytest.approx(desired, abs=1e-12)


def test_no_two_students_have_the_same_and_no_gate_is_saturated(lstm: Exercise) -> None:
    """The numbers differ from student to student and from those that everybody has."""
    sets = [tuple(lstm.key.numbers_of(name)["lstm.kernel"].reshape(-1)) for name in (*STUDENTS, None)]
    slopes = [
        float((value * (1 - value)).min())
        for name in STUDENTS
        for quantity, value in lstm.key.values_of(name).items()
        if quantity.startswith(("lstm.i[", "lstm.f[", "lstm.o["))
    ]

    assert len(set(sets)) == len(STUDENTS) + 1
    assert min(slopes) >= SLOPE


def test_gates_that_draws_would_saturate_are_drawn_again(tmp_path: Path) -> None:
    """Of a network whose gates are nearly saturated some draws are thrown away, and none that is kept is saturated."""
    plan = ExercisePlan(blanks=(BlankRule("*.f"), BlankRule("*.o")))
    key = exercise_of("encoder-decoder", tmp_path, plan, STUDENTS[:6]).key
    base = key.values_of()
    free = [b.quantity for b in key.blanks if (base[b.quantity] * (1 - base[b.quantity]) >= SLOPE).all()]
    slopes = [float((v[q] * (1 - v[q])).min()) for v in map(key.values_of, STUDENTS[:6]) for q in free]

    assert min(slopes) >= SLOPE
    assert any(student.attempt for student in key.students)


def test_inputs_alone_can_differ(tmp_path: Path) -> None:
    """With `vary = ["inputs"]` weights are the same for all."""
    key = exercise_of("rnn-dimensions", tmp_path, ExercisePlan(vary=("inputs",)), ["ann", "bob"]).key
    ann, bob = key.numbers_of("ann"), key.numbers_of("bob")

    assert all(np.array_equal(ann[q.name], key.given[q.name]) for q in key.graph if q.is_weight and q.expr is None)
    assert any(not np.array_equal(ann[name], bob[name]) for name in ann)


def test_the_same_secret_makes_the_same_files(lstm: Exercise, tmp_path: Path) -> None:
    """An exercise that is written again into its folder keeps its secret, and so every byte of the workbooks."""
    before = [path.read_bytes() for path in lstm.workbooks]
    again = exercise_of("lstm", lstm.folder, ExercisePlan(level=3), STUDENTS, None)
    other = exercise_of("lstm", tmp_path, ExercisePlan(level=3), STUDENTS, None)

    assert [path.read_bytes() for path in again.workbooks] == before
    assert all(path.read_bytes() != old for path, old in zip(other.workbooks, before, strict=True))
    assert load_key(lstm.key_path).digest == again.key.digest


@pytest.mark.parametrize("lesson", part_of(["embedding", "rnn-dimensions", "gru", "bidirectional"], 2))
def test_a_stamped_workbook_is_what_would_have_been_laid_out(lesson: str, tmp_path: Path) -> None:
    """Laid out and written with a student's numbers, a workbook has the same bytes as one that was stamped."""
    plan = ExercisePlan(blanks=(BlankRule("*.h[1]"),))
    exercise = exercise_of(lesson, tmp_path, plan, ["ann"])
    problem = problem_of(lesson_subject(lesson), 1, backward=False)
    own = replace(problem, given=exercise.key.numbers_of("ann"))
    points = {(b.quantity, b.index): b.points for b in exercise.key.blanks}
    values = exercise.key.values_of()
    residuals = {q: residual_of(problem.graph[q], problem.graph, values, plan.tolerance) for q, _ in points}
    front = Front(exercise.key.title, "text", personal=True)
    base, wanted = (blank_workbook(p, plan, points, residuals, front) for p in (problem, own))
    write_workbook(base.plan, tmp_path / "base.xlsx")
    write_workbook(wanted.plan, tmp_path / "wanted.xlsx")
    shown = with_empty_blanks(problem.graph, own.given, points)
    empty = with_empty_blanks(problem.graph, problem.given, points)
    stamp = cut(tmp_path / "base.xlsx", base.draft)
    laid_out = cut(tmp_path / "wanted.xlsx", wanted.draft)

    assert stamp.workbook(shown, "ann", "Ann") == laid_out.workbook(shown, "ann", "Ann")
    assert stamp.workbook(shown, "ann", "Ann") != stamp.workbook(empty, "ann", "Ann")


def test_too_few_different_numbers_are_refused(tmp_path: Path) -> None:
    """Forty students cannot all have other inputs where there are nine; a sentence says so and what to do."""
    with pytest.raises(UsageError, match="no numbers of use"):
        exercise_of(
            "lstm", tmp_path, ExercisePlan(blanks=(BlankRule("lstm.f[1]"),), vary=("inputs",)),
            [f"s{k}" for k in range(40)],
        )  # fmt: skip


@pytest.mark.keras
@pytest.mark.parametrize("lesson", ["gru", pytest.param("lstm-training", marks=pytest.mark.exhaustive)])
def test_keras_computes_what_the_key_says_of_students(lesson: str, tmp_path: Path) -> None:
    """Keras is asked for some variants of a forward pass, or of a way back."""
    roster = tmp_path / "students.csv"
    roster.write_text("id;name\n1;Ada\n2;Bob\n3;Çelik\n", encoding="utf-8")
    made = xlcheck.exercise(lesson, tmp_path / lesson, roster=roster, level=3, keras=2)

    assert made.asked_keras == 2
    assert made.report.ok
    assert [student.name for student in made.key.students] == ["Ada", "Bob", "Çelik"]
