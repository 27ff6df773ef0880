"""Marks follow roots only: whatever is planted costs exactly its own points."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from classroom import FAULTS, STATUS, Classroom, make_classroom
from thorough import EVERY_CASE, part_of

from xlcheck.engines import engine
from xlcheck.grading.grade import grade_folder as grade
from xlcheck.grading.marks import Marker, StudentMarks
from xlcheck.grading.prepared import PreparedKey, prepare
from xlcheck.grading.records import Record
from xlcheck.grading.trial import try_key
from xlcheck.grading.work import Task, grade_chunk, sha256_of

STUDENTS = 200 if EVERY_CASE else 2


def mark(files: list[Path], prepared: PreparedKey) -> list[StudentMarks]:
    """The marks of files, graded in this process."""
    tasks = [Task(sha256_of(path), str(path)) for path in files]
    marker = Marker(prepared)
    return [marker.mark(path.name, record) for path, record in zip(files, grade_chunk(prepared, tasks), strict=True)]


@pytest.mark.parametrize("lesson", part_of(["lstm", "gru", "simple-rnn-training"], 2))
def test_whatever_is_planted_costs_exactly_its_points(lesson: str, tmp_path: Path) -> None:
    """For every student the cells that cost points are those in which a mistake was made, with the right reason."""
    room = make_classroom(tmp_path / "exercise", lesson, STUDENTS)
    rng = np.random.default_rng(len(lesson))
    planted = []
    for number in range(1, STUDENTS + 1):
        student = f"s{number:03}"
        kinds = room.draw(rng)
        planted.append((room.hand_in(student, tmp_path / f"{student}.xlsx", room.faulty(student, kinds)), kinds))

    for marks, (path, kinds) in zip(mark([path for path, _ in planted], prepare(room.key_file)), planted, strict=True):
        wrong = {cell.element: cell.status for cell in marks.cells if cell.status not in ("right", "carried")}
        assert wrong == {element: STATUS[kind] for element, kind in kinds.items()}, (path, marks)
        assert marks.earned == pytest.approx(room.expected(kinds))
        assert marks.student == path.stem


@pytest.mark.parametrize("kind", FAULTS)
def test_each_kind_of_mistake_has_its_status_and_costs_no_follower(kind: str, lstm: Classroom, tmp_path: Path) -> None:
    """A mistake in the first gate costs one cell, though nearly all others follow from it."""
    element = "lstm.i[0][0]"
    path = lstm.hand_in("s001", tmp_path / "s001.xlsx", lstm.faulty("s001", {element: kind}))

    (marks,) = mark([path], prepare(lstm.key_file))

    assert marks.earned == marks.points - lstm.points[element]
    assert marks.first is not None
    assert (marks.first.element, marks.first.status) == (element, STATUS[kind])
    assert marks.first.message
    assert marks.counts()["carried"] > 15


def test_a_given_number_that_was_changed_is_told(lstm: Classroom) -> None:
    """As soon as it is another number to as many digits as programs keep; a rounding error is none."""
    prepared = prepare(lstm.key_file)
    marker = Marker(prepared)
    given = marker._expected("s001")
    place = int(np.argmin(np.abs(given)))
    assert abs(given[place]) < 1

    def said(change: float) -> list[str]:
        numbers = [*given]
        numbers[place] += change
        return marker._other_numbers("s001", Record("", numbers=tuple(numbers)))

    assert said(0.5e-12) == []
    assert len(said(1.5e-12)) == 1
    assert said(1.5e-12)[0].startswith("numbers that were given were changed: ")


def test_a_wrong_cell_says_what_it_gives_and_what_it_should(lstm: Classroom, tmp_path: Path) -> None:
    """With the student's own numbers: the number, or the error value, of the formula and of the right one."""
    number, error = lstm.elements[:2]
    right = lstm.key.values_of("s002")
    typed = lstm.faulty("s002", {number: "shifted", error: "error"})
    (marks,) = mark([lstm.hand_in("s002", tmp_path / "s002.xlsx", typed)], prepare(lstm.key_file))
    wrong = {cell.element: cell for cell in marks.cells if cell.element in typed}
    wanted = {b.element: right[b.quantity].reshape(-1)[b.index] for b in lstm.key.blanks if b.element in typed}

    assert wrong[number].actual == pytest.approx(wanted[number] + 0.001, abs=1e-12)
    assert wrong[error].actual == "#DIV/0!"
    assert {element: cell.wanted for element, cell in wrong.items()} == pytest.approx(wanted, abs=1e-12)
    assert f"gives {wrong[number].actual:.6g}" in wrong[number].message


def test_everything_right_and_nothing_filled(lstm: Classroom, tmp_path: Path) -> None:
    """All points for the solution in any spelling, none for the workbook as it was handed out."""
    spelled = {
        b.element: f"= ( {b.formula.replace('Weights!', chr(39) + 'Weights' + chr(39) + '!')} )"
        for b in lstm.key.blanks
    }
    files = [
        lstm.hand_in("s001", tmp_path / "s001.xlsx", {}),
        lstm.hand_in("s002", tmp_path / "s002.xlsx", spelled),
        lstm.folder / "blanks" / "s003.xlsx",
    ]

    marks = mark(files, prepare(lstm.key_file))

    assert [m.earned for m in marks] == [marks[0].points, marks[0].points, 0.0]
    assert marks[2].counts() == {"missing": len(lstm.elements)}


def test_another_way_to_the_same_number_is_right(lstm: Classroom, tmp_path: Path) -> None:
    """A formula that is not the key's earns its points if it computes the same for numbers that nobody has seen."""
    own = {
        "lstm.i[0][0]": "=EXP(F10)/(1+EXP(F10))",
        "lstm.c_tilde[0][0]": "=2/(1+EXP(-2*F20))-1",
        "lstm.c[1][0]": "=SUMPRODUCT(G16,F28)+G21*G11",
    }

    (marks,) = mark([lstm.hand_in("s001", tmp_path / "s001.xlsx", own)], prepare(lstm.key_file))

    assert marks.earned == marks.points
    assert marks.cells[3].formula == own["lstm.i[0][0]"]


def test_what_is_right_only_behind_a_zero_earns_nothing(lstm: Classroom, tmp_path: Path) -> None:
    """Whoever multiplies by 0 hides nothing: what follows is calculated again with the right number in its place."""
    zero = {"lstm.c_tilde[0][0]": "=0*TANH(F20)"}
    hidden = zero | {"lstm.c[0][0]": "=F16*E28+7*F11*F21"}

    honest, hiding = mark(
        [lstm.hand_in("s001", tmp_path / "a.xlsx", zero), lstm.hand_in("s002", tmp_path / "b.xlsx", hidden)],
        prepare(lstm.key_file),
    )

    assert honest.earned == honest.points - 1
    found = {cell.element: cell for cell in hiding.cells if cell.status not in ("right", "carried")}
    assert {element: cell.status for element, cell in found.items()} == {
        "lstm.c_tilde[0][0]": "wrong",
        "lstm.c[0][0]": "trivial",
    }
    assert "lstm!F21" in found["lstm.c[0][0]"].message


def test_an_initial_state_of_zero_hides_no_wrong_weight(lstm: Classroom, tmp_path: Path) -> None:
    """The first step multiplies by a state that is 0 in the workbook; with other numbers it is not."""
    formula = next(b.formula for b in lstm.key.blanks if b.element == "lstm.hr_i[0][0]")
    wrong = {"lstm.hr_i[0][0]": f"={formula.replace('$B$12', '$C$12')}"}

    (marks,) = mark([lstm.hand_in("s001", tmp_path / "s001.xlsx", wrong)], prepare(lstm.key_file))

    assert marks.first is not None
    assert (marks.first.element, marks.earned) == ("lstm.hr_i[0][0]", marks.points - 1)


def test_hints_cost_what_the_plan_says(lstm: Classroom, tmp_path: Path) -> None:
    """The last opened hint says which part of the points of the blanks it is about all opened ones cost."""
    from classroom import fill

    path = lstm.hand_in("s001", tmp_path / "s001.xlsx", {})
    first, hint, *_ = [hint for hint in lstm.key.hints if hint.band == "lstm.f"]
    fill(path, tmp_path / "hint.xlsx", {hint.cell.sheet: {first.cell.a1: "1", hint.cell.a1: "1"}})

    (marks,) = mark([tmp_path / "hint.xlsx"], prepare(lstm.key_file))

    cost = sum(cell.points for cell in marks.cells if cell.quantity == "lstm.f") * hint.cost
    assert marks.hints == 2
    assert cost > 0
    assert marks.earned == pytest.approx(marks.points - cost)


def test_a_known_mistake_is_named(lstm: Classroom, tmp_path: Path) -> None:
    """The library of mistakes says what was done, if it is certain."""
    formula = next(b.formula for b in lstm.key.blanks if b.element == "lstm.z_i[0][0]")
    forgotten = {"lstm.z_i[0][0]": f"={formula.rpartition('+')[0]}"}

    (marks,) = mark([lstm.hand_in("s001", tmp_path / "s001.xlsx", forgotten)], prepare(lstm.key_file))

    assert marks.first is not None
    assert marks.first.mistake == "bias-missing"
    assert "bias" in marks.first.message


def test_what_ends_the_engine_takes_nobody_with_it(lstm: Classroom, tmp_path: Path) -> None:
    """Files are open side by side in one process of the engine; when one of them ends it, the others are judged."""
    deep = {"lstm.i[0][0]": "=" + "(" * 5000 + "F10" + ")" * 5000}
    files = [
        lstm.hand_in(student, tmp_path / f"{student}.xlsx", deep if student == "s002" else lstm.faulty(student, faults))
        for student, faults in (("s001", {"lstm.f[0][0]": "scaled"}), ("s002", {}), ("s003", {"lstm.o[0][0]": "zero"}))
    ]

    marks = mark(files, prepare(lstm.key_file))

    assert [bool(m.error) for m in marks] == [False, True, False]
    assert [m.earned for m in marks] == [m.points - 1 if m.student != "s002" else None for m in marks]


def test_a_key_that_contradicts_itself_marks_nobody(lstm: Classroom, tmp_path: Path) -> None:
    """The key's own solution is judged by its numbers first; a wrong key is refused and names the cell."""
    from dataclasses import replace
    from shutil import copytree

    from xlcheck.errors import DataError

    folder = copytree(lstm.folder, tmp_path / "exercise")
    first = lstm.key.blanks[0]
    replace(lstm.key, blanks=(replace(first, formula=f"{first.formula}+1"), *lstm.key.blanks[1:])).save(
        folder / "key.json"
    )

    with pytest.raises(DataError, match="lstm!F8"):
        try_key(folder / "key.json", prepare(folder / "key.json"), engine("ironcalc"))
    with pytest.raises(DataError, match="contradicts itself"):
        grade(lstm.folder / "blanks", folder / "key.json", tmp_path / "results")
