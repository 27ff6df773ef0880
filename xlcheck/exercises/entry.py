"""`xlcheck.exercise`: one call from the name of a lesson, or a model, to a folder with an exercise.

The roster of students is a CSV file with one of them a line.
"""

from __future__ import annotations

import csv
import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

from xlcheck.arguments import checked
from xlcheck.choices import EngineName, FeedbackName
from xlcheck.engines import engine as engine_named
from xlcheck.errors import DataError, UsageError
from xlcheck.exercises.exercise import Exercise, make_exercise
from xlcheck.exercises.key import Student
from xlcheck.exercises.plan import ExercisePlan, read_plan
from xlcheck.exercises.subject import lesson_subject, model_subject
from xlcheck.files import filling, protected_inputs, read_input, reading
from xlcheck.memory import no_garbage_collection
from xlcheck.model.keras_file import require_file
from xlcheck.progress import Progress
from xlcheck.sizes import TEXTS
from xlcheck.workbook.signature import read_key

MOST = 100_000
_IDS = ("id", "student", "student id", "student_id", "sid", "number", "matriculation", "username", "id number", "login")
_NAMES = ("name", "full name", "student name")
_FIRST, _LAST = ("first name", "firstname", "given name"), ("last name", "lastname", "surname", "family name")
_FILE_UNSAFE = re.compile(r"[^\w.-]+")
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def read_roster(path: Path) -> tuple[Student, ...]:
    """Read the students' ids and names.

    The first line may name the columns (`id`, `name`; the lists of Moodle and Canvas are understood); without such a
    line the first column has the ids and the second, if there is one, the names. Columns are separated by commas,
    semicolons or tabs.

    Raises:
        DataError: the file cannot be read, has no students, or one twice.
    """
    with reading(path, DataError):
        content = read_input(path, TEXTS[".csv"])
    try:
        text = content.decode("utf-16" if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) else "utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        rows = [[cell.strip() for cell in row] for row in csv.reader(StringIO(text), delimiter=delimiter)]
    except csv.Error:  # as of a workbook or a PDF
        raise DataError(f"{path} is no CSV file; save the list of students as CSV, one of them a line") from None
    rows = [row for row in rows if any(row)]
    if not rows:
        raise DataError(f"{path} is empty; it needs one student a line: an id, and if you like a name")
    header = [cell.lower() for cell in rows[0]]
    own = next((header.index(name) for name in _IDS if name in header), None)
    if own is None and not {*_NAMES, *_FIRST, *_LAST}.isdisjoint(header):
        raise DataError(f"{path}: the first line names columns, and none of them is called id; call that of the ids so")
    students = [_student(row, header, own) for row in rows[1:]] if own is not None else [_plain(row) for row in rows]
    return _checked(path, students)


def _student(row: list[str], header: list[str], own: int) -> Student:
    def at(*names: str) -> str:
        place = next((header.index(name) for name in names if name in header), None)
        return row[place] if place is not None and place < len(row) else ""

    name = at(*_NAMES) or f"{at(*_FIRST)} {at(*_LAST)}".strip()
    return Student(row[own] if own < len(row) else "", name)


def _plain(row: list[str]) -> Student:
    return Student(row[0], row[1] if len(row) > 1 else "")


def _checked(path: Path, students: list[Student]) -> tuple[Student, ...]:
    """Give each student a file of an own name.

    Raises:
        DataError: an id is missing, or stands there twice, or there are too many.
    """
    if len(students) > MOST:
        raise DataError(f"{path} has {len(students):,} students, more than {MOST:,}; make several rosters")
    if not students:
        raise DataError(f"{path} names columns, but no student")
    ids: dict[str, int] = {}
    files: set[str] = set()
    found = []
    for line, student in enumerate(students, start=1):
        if not student.id:
            raise DataError(f"{path}: student {line} has no id; each needs one of their own")
        if not student.id.isprintable() or len(student.id) > 200 or len(student.name) > 200:
            raise DataError(f"{path}: the id or name of student {line} cannot be read; is this a CSV file?")
        if student.id in ids:
            raise DataError(
                f"{path}: the id {student.id!r} stands there twice, for students {ids[student.id]} and {line}"
            )
        ids[student.id] = line
        found.append(Student(student.id, student.name, 0, f"blanks/{_file_name(student.id, files)}.xlsx"))
    return tuple(found)


def _file_name(student: str, taken: set[str]) -> str:
    """An id as a file may be called everywhere; numbered if another student's is the same."""
    name = _FILE_UNSAFE.sub("_", student)[:80].strip("._") or "student"
    if _RESERVED.fullmatch(name):
        name = f"_{name}"
    wanted, number = name, 2
    while wanted.lower() in taken:
        wanted, number = f"{name}-{number}", number + 1
    taken.add(wanted.lower())
    return wanted


@checked
@no_garbage_collection()
def exercise(
    lesson: Any,
    folder: str | Path,
    *,
    inputs: Any = None,
    targets: Any = None,
    plan: str | Path | ExercisePlan | None = None,
    level: int | None = None,
    sample: int | None = None,
    roster: str | Path | None = None,
    feedback: FeedbackName | None = None,
    secret: str | Path | None = None,
    keras: int = 3,
    engine: EngineName = "ironcalc",
    progress: Progress | None = None,
) -> Exercise:
    """Write a workbook with blanks, its solution, a marking key and a hand-out.

    Args:
        lesson: a lesson's name, the path of a `.keras` file, or a `keras.Model`.
        folder: where to write; made if it is missing. A key that is there keeps its secret.
        inputs: for a model: path of an .npy, .npz or .csv file, or arrays.
        targets: for a model: the right answers, if gradients are to be blank.
        plan: an `exam.toml`, or an `ExercisePlan`: what is blank, points, hints, feedback, texts.
        level: what is blank if the plan has no patterns: 1, one gate; 2, one whole step; 3, everything.
        sample: which sample the workbook shows, from 1; by default what the plan says, or the first.
        roster: a CSV file of students, who then have numbers of their own.
        feedback: what students see of their marks: `none`, `count` or `cells`.
        secret: a file with the text that decides the students' numbers; by default a random one, kept in the key.
        keras: how many of the students' numbers Keras computes, too.
        engine: the formula engine that tries what was written.
        progress: called after each student's workbook.

    Raises:
        UsageError: the plan does not fit the network, the options do not fit together, or a file cannot be written.
        DataError: plan, roster, inputs or secret cannot be read.
        ModelError: the model cannot be used.
        OracleError: something does not compute what Keras computes.
        MissingDependencyError: Keras is needed, for a model, for gradients, or for variants, and not installed.
    """
    known = plan if isinstance(plan, ExercisePlan) else ExercisePlan() if plan is None else read_plan(Path(plan))
    if level is not None:
        if known.blanks:
            raise UsageError("the plan says what is blank, so a level says nothing; leave one of them out")
        known = replace(known, level=level)
    known = known if sample is None else replace(known, sample=sample)
    known = known if feedback is None else replace(known, feedback=feedback)
    is_model = not isinstance(lesson, str) or lesson.lower().endswith(".keras")
    if is_model and inputs is None:
        require_file(lesson)
        raise UsageError("a model needs something to read; pass --inputs FILE (.npy, .npz or .csv)")
    if not is_model and (inputs is not None or targets is not None):
        raise UsageError("--inputs and --targets go with a model; a lesson has its own")
    named = lesson if is_model else None
    with protected_inputs(named, inputs, targets, plan, roster, secret), filling(Path(folder)):
        students = () if roster is None else read_roster(Path(roster))
        text = None if secret is None else read_key(Path(secret)).hex()
        subject = model_subject(lesson, inputs, targets) if is_model else lesson_subject(lesson)
        return make_exercise(
            subject, Path(folder), known, students, engine=engine_named(engine), secret=text, keras=keras,
            told=progress,
        )  # fmt: skip
