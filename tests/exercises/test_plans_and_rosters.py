"""Plans and rosters: what they say happens, and what they cannot say is refused in one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
from hand_in import exercise_of, hand_in, solution

from xlcheck.engines import engine
from xlcheck.errors import DataError, UsageError
from xlcheck.exercises.blanks import blanks_of
from xlcheck.exercises.draws import personal
from xlcheck.exercises.entry import read_roster
from xlcheck.exercises.plan import BlankRule, ExercisePlan, read_plan
from xlcheck.exercises.subject import lesson_subject, problem_of
from xlcheck.formulas.addresses import Range

PLAN = """
title = "Mid-term"
text = "Fill in the forget gate."
feedback = "count"
tolerance = 1e-6
typed = 0.25
sample = 2
hints = [0.2]
vary = ["weights"]
blanks = ["lstm.f*", { quantity = "*.h[1]", points = 3 }]
"""


def _names(plan: ExercisePlan, lesson: str = "lstm", *, backward: bool = False) -> dict[str, float]:
    problem = problem_of(lesson_subject(lesson), plan.sample, backward=backward)
    return {f"{name}#{index}": points for (name, index), points in blanks_of(plan, problem.graph).items()}


def test_a_plan_says_everything(tmp_path: Path) -> None:
    """Each setting of the file is a field of the plan."""
    path = tmp_path / "exam.toml"
    path.write_text(PLAN, encoding="utf-8")

    assert read_plan(path) == ExercisePlan(
        title="Mid-term", text="Fill in the forget gate.", feedback="count", tolerance=1e-6, typed=0.25, sample=2,
        hints=(0.2,), vary=("weights",), blanks=(BlankRule("lstm.f*"), BlankRule("*.h[1]", 3.0)),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("blank = []", "no setting of a plan 'blank'; did you mean blanks"),
        ('feedback = "colours"', "there is no feedback 'colours'"),
        ("level = 4", "no level 4"),
        ("level = true", "level cannot be True"),
        ("typed = 2", "typed is a number from 0 to 1"),
        ("tolerance = nan", "tolerance is a number"),
        ("hints = [0.5, 0.1]", "at least that of the hint before"),
        ("hints = 1", "hints is a list"),
        ("blanks = [1]", "a blank is a pattern"),
        ('blanks = [{ quantity = "x", point = 1 }]', "did you mean points"),
        ('vary = ["biases"]', "no kind of numbers to vary"),
        ("sample = 0", "counted from 1"),
        ("= 3", "is no TOML file"),
    ],
)
def test_what_no_plan_says_is_refused(text: str, words: str, tmp_path: Path) -> None:
    """One sentence names the file, the setting and what it may be."""
    path = tmp_path / "exam.toml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(DataError, match=words) as error:
        read_plan(path)
    assert str(path) in str(error.value)


def test_patterns_choose_symbols_steps_numbers_and_gates() -> None:
    """`*` stands for any characters, brackets for themselves; the last pattern that fits gives the points."""
    assert set(_names(ExercisePlan(blanks=(BlankRule("lstm.f"),)))) == {"lstm.f[0]#0", "lstm.f[1]#0"}
    assert set(_names(ExercisePlan(blanks=(BlankRule("*.h[1]"),)))) == {"lstm.h[1]#0"}
    assert len(_names(ExercisePlan(blanks=(BlankRule("lstm/forget gate"),)))) == 8
    assert len(_names(ExercisePlan(blanks=(BlankRule("lstm.*[1]"),)))) == 19
    rules = (BlankRule("lstm.f*"), BlankRule("lstm.f[1]", 5.0))
    assert _names(ExercisePlan(blanks=rules)) == {"lstm.f[0]#0": 1.0, "lstm.f[1]#0": 5.0}
    assert set(_names(ExercisePlan(blanks=(BlankRule("simple_rnn.h[0][2]"),)), "rnn-dimensions")) == {
        "simple_rnn.h[0]#2"
    }


def test_a_pattern_that_fits_nothing_is_refused() -> None:
    """The sentence names the pattern and what there is; weights are no blanks."""
    for pattern in ("lstm.q", "lstm.kernel", "lstm.h[7]"):
        with pytest.raises(UsageError, match="fits nothing that is computed"):
            _names(ExercisePlan(blanks=(BlankRule(pattern),)))


def test_levels_are_one_gate_one_step_everything() -> None:
    """Of an LSTM the forget gate, the last step, and all that is computed."""
    groups = [{name.split("[")[0] for name in _names(ExercisePlan(level=level))} for level in (1, 2, 3)]
    last = _names(ExercisePlan(level=2))

    assert groups[0] == {"lstm.xk_f", "lstm.hr_f", "lstm.z_f", "lstm.f"}
    assert all("[1]" in name for name in last)
    assert len(last) == 19
    assert {"dense.z#0", "dense.y#0"} <= groups[2]
    assert len(_names(ExercisePlan(level=3))) == 40
    assert set(_names(ExercisePlan(level=1), backward=True)) == {"dense.d_kernel#0", "dense.d_bias#0"}


def test_a_hint_opens_when_those_before_it_are_open(tmp_path: Path) -> None:
    """1 typed beside the second hint opens nothing until the first is open, too."""
    exercise = exercise_of("lstm", tmp_path, ExercisePlan(blanks=(BlankRule("lstm.f[1]"),)))
    first, second, third = exercise.key.hints
    texts = []
    for typed in ((), (second,), (first,), (first, second), (first, second, third)):
        path = hand_in(exercise.blank, {hint.cell: 1 for hint in typed}, tmp_path / "hints.xlsx")
        session = engine("ironcalc").open(path)
        session.recalculate()
        cells = [Range(hint.cell.sheet, hint.cell.top, hint.cell.left + 2) for hint in exercise.key.hints]
        texts.append([str(session.read(cell)[0][0]) for cell in cells])

    closed = "type 1 to open"
    assert texts[0] == texts[1] == [closed] * 3
    assert "computed from" in texts[2][0]
    assert texts[2][1:] == [closed] * 2
    assert "1 divided by (1 plus e to the power of minus" in texts[3][1]
    assert texts[4][2] == "The formula in G16 reads G15."
    assert [hint.cost for hint in exercise.key.hints] == [0.1, 0.25, 0.5]


def test_with_the_same_numbers_for_all_secret_numbers_still_differ(tmp_path: Path) -> None:
    """`vary = []` gives everybody the same workbook but for the id; a grader can still draw other numbers."""
    exercise = exercise_of("lstm", tmp_path, ExercisePlan(vary=()), ["ann", "bob"])
    key = exercise.key

    assert not key.varied
    assert personal(key.variations) == {}
    assert (key.numbers_of("ann")["lstm.kernel"] == key.given["lstm.kernel"]).all()
    assert not (key.other_numbers("x")["lstm.kernel"] == key.given["lstm.kernel"]).any()
    for path in exercise.workbooks:
        hand_in(path, solution(key.blanks), tmp_path / "filled.xlsx")


@pytest.mark.parametrize(
    ("text", "students"),
    [
        ("id,name\n1,Ada\n2,Bob\n", [("1", "Ada"), ("2", "Bob")]),
        ("1;Ada\n2;Bob\n", [("1", "Ada"), ("2", "Bob")]),
        ("ada\nbob\n", [("ada", ""), ("bob", "")]),
        ("First name,Last name,ID number\nAda,Lovelace,7\n", [("7", "Ada Lovelace")]),
        ("\ufeffStudent,ID\n\n", None),
        ("name\tlogin\nAda\tal\n", [("al", "Ada")]),
    ],
)
def test_rosters_are_read_as_people_have_them(
    text: str, students: list[tuple[str, str]] | None, tmp_path: Path
) -> None:
    """Commas, semicolons or tabs, a line of names or none, the columns of Moodle and Canvas."""
    path = tmp_path / "students.csv"
    path.write_text(text, encoding="utf-8")
    if students is None:
        with pytest.raises(DataError):
            read_roster(path)
    else:
        assert [(student.id, student.name) for student in read_roster(path)] == students


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_rosters_come_in_the_encodings_that_excel_saves(encoding: str, tmp_path: Path) -> None:
    """As CSV, as CSV UTF-8, and as Unicode text."""
    path = tmp_path / "students.txt"
    path.write_bytes("id\tname\n7\tZoë Müller\n".encode(encoding))

    assert [(student.id, student.name) for student in read_roster(path)] == [("7", "Zoë Müller")]


def test_ids_that_no_file_can_be_called_get_files_of_their_own(tmp_path: Path) -> None:
    """Slashes, reserved names of Windows and names that differ in capitals alone make different files."""
    path = tmp_path / "students.csv"
    path.write_text("../x\nCON\nab\nAB\nÇelik\n", encoding="utf-8")
    files = [student.file for student in read_roster(path)]

    assert len({name.lower() for name in files}) == 5
    assert all(name.startswith("blanks/") and ".." not in name and name.count("/") == 1 for name in files)
    assert "blanks/CON.xlsx" not in files


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "is empty"), (b"id,name\n", "no student"), (b"1\n1\n", "twice"), (b"id,name\n,Ada\n", "no id"),
     (b"Name,Matrikel\nAda,7\n", "none of them is called id"), (b"\x00\x01\n", "cannot be read"),
     (b"PK\x03\x04\r\x00\r\n", "is no CSV file; save the list of students as CSV")],
)  # fmt: skip
def test_what_is_no_roster_is_refused(content: bytes, words: str, tmp_path: Path) -> None:
    """One sentence says what is wrong with it."""
    path = tmp_path / "students.csv"
    path.write_bytes(content)

    with pytest.raises(DataError, match=words):
        read_roster(path)
