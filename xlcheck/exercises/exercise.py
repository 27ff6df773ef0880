"""From a lesson or a model to a folder: a workbook with blanks, one for each student, solution, key and hand-out."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from xlcheck.engines.base import Engine
from xlcheck.errors import DataError, OracleError, UsageError
from xlcheck.exercises.blanks import blanks_of, fits_backward, with_empty_blanks
from xlcheck.exercises.draws import personal
from xlcheck.exercises.front import Front
from xlcheck.exercises.handout import handout
from xlcheck.exercises.key import FILE, MarkingKey, Rules, Student, load_key
from xlcheck.exercises.marks import RIGHT, Element
from xlcheck.exercises.plan import ExercisePlan
from xlcheck.exercises.residuals import residual_of
from xlcheck.exercises.sheets import STYLE, BlankWorkbook, blank_workbook
from xlcheck.exercises.stamping import cut
from xlcheck.exercises.subject import Problem, Subject, keras_traces, problem_of
from xlcheck.exercises.variants import Drawer, Variant, ask_keras, places_of, variations_of
from xlcheck.files import make_folder, require_writable, write_text
from xlcheck.graph.quantities import Role
from xlcheck.graph.trace import Trace
from xlcheck.layout.plan import plan_model
from xlcheck.learning.forward import forward_graph
from xlcheck.learning.optimisers.batch import batch_graph
from xlcheck.texts import say
from xlcheck.verdicts.generated.check import check_content
from xlcheck.verdicts.report import CheckReport
from xlcheck.workbook.reader import read_workbook
from xlcheck.workbook.writer import write_workbook

if TYPE_CHECKING:
    import pandas as pd

BLANK, SOLUTION, HANDOUT, BLANKS = "blank.xlsx", "solution.xlsx", "handout.html", "blanks"
_AGREES = 1e-9

Told = Callable[[int, int], None]
"""Called with the number of students' workbooks that are written, and of all."""


@dataclass(frozen=True)
class Exercise:
    """What was written.

    Attributes:
        folder: where.
        key: the marking key.
        key_path: its file; it stays with the teacher, as the solution does.
        blank: the workbook with blanks.
        solution: the same network with all formulas, and Keras's numbers beside them.
        handout: the page for students.
        workbooks: each student's own, in the order of the roster.
        report: the check of the solution.
        asked_keras: how many of the students' variants Keras computed, too.
        forward: how many blanks have a live mark that holds their formula, hidden, as it cannot be turned round.
        left: workbooks of students who were on the roster before and are no longer; nobody touched them.
    """

    folder: Path
    key: MarkingKey
    key_path: Path
    blank: Path
    solution: Path
    handout: Path
    workbooks: tuple[Path, ...]
    report: CheckReport
    asked_keras: int
    forward: int
    left: tuple[Path, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """One row for each blank: cell, number, points, formula.

        Raises:
            MissingDependencyError: pandas is not installed.
        """
        from xlcheck.exercises.key import Blank
        from xlcheck.reports.frame import table

        rows = (
            asdict(replace(b, mark=None)) | {"cell": str(b.cell), "mark": str(b.mark or "")} for b in self.key.blanks
        )
        return table(rows, Blank)

    def __str__(self) -> str:
        students = f", {len(self.workbooks)} students" if self.workbooks else ""
        return (
            f"{self.key.title}: {len(self.key.blanks)} blanks, {self.key.points:g} points{students}, in {self.folder}"
        )

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{escape(b.element)}</td><td>{escape(str(b.cell))}</td><td>{b.points:g}</td>"
            f"<td><code>={escape(b.formula)}</code></td></tr>"
            for b in self.key.blanks
        )
        return (
            f"<p><b>{escape(self.key.title)}</b>: {len(self.key.blanks)} blanks, {self.key.points:g} points, "
            f"{len(self.workbooks)} students</p><table><tr><th>number</th><th>cell</th><th>points</th><th>formula</th>"
            f"</tr>{rows}</table>"
        )


def make_exercise(
    subject: Subject,
    folder: Path,
    plan: ExercisePlan,
    roster: Sequence[Student] = (),
    *,
    engine: Engine,
    secret: str | None = None,
    keras: int = 3,
    told: Told | None = None,
) -> Exercise:
    """Write an exercise into a folder, which is there; `xlcheck.exercise` says what the options mean.

    Before anything is written the workbook is tried: an engine calculates it with the solution's formulas in the
    blanks, and each must have Keras's number and, where there is a mark, ✓.

    Raises:
        UsageError: the plan does not fit the subject, or the files cannot be written.
        OracleError: something does not compute what Keras computes.
        MissingDependencyError: Keras has to be asked and is not installed.
    """
    problem = _problem(subject, plan)
    points = blanks_of(plan, problem.graph)
    for name in (BLANK, SOLUTION, HANDOUT, FILE):
        require_writable(folder / name)
    before = _known_key(folder / FILE)
    secret = secret or (before.secret if before is not None else "") or secrets.token_hex(32)
    trace, trained = keras_traces(problem, plan.sample)
    residuals = {
        name: residual_of(problem.graph[name], problem.graph, trace.values, plan.tolerance)
        for name in dict.fromkeys(name for name, _ in points)
    }
    variations = variations_of(problem, plan)
    own_numbers = personal(variations)
    varied = bool(roster) and bool(own_numbers)
    title, text = plan.title or _title(subject, problem), plan.text or say("exercise.task")
    own = blank_workbook(problem, plan, points, residuals, Front(title, text, personal=False))
    _try(own, trace, engine)
    report = _write_solution(problem, trace, trained, folder / SOLUTION, engine)
    write_workbook(own.plan, folder / BLANK)
    students: list[Student] = []
    asked: list[Variant] = []
    if roster:
        drawer = Drawer(problem, own_numbers, secret, residuals, plan.tolerance, points) if varied else None
        inputs = any(problem.graph[name].band.role is Role.INPUT for name in own_numbers)
        shown = replace(problem, sample=say("exercise.own_sample")) if varied and inputs else problem
        template = blank_workbook(shown, plan, points, residuals, Front(title, text, personal=True))
        sample = set(places_of(len(roster), keras)) if varied else set()
        for place, variant in enumerate(_write_students(problem, template, points, roster, drawer, folder, told)):
            students.append(variant.student)
            asked += [variant] if place in sample else []
    ask_keras(problem, asked)
    key = MarkingKey(
        name=subject.name, title=title, spec=problem.spec, batch=problem.batch, given=dict(problem.given),
        sample=problem.sample, blanks=own.blanks, hints=own.hints, bindings=tuple(own.draft.bindings),
        formulas=own.formulas, rules=Rules(plan.feedback, plan.tolerance, plan.typed), id_cell=own.id_cell,
        solution=SOLUTION, students=tuple(students), variations=variations,
        varied=varied, secret=secret,
    )  # fmt: skip
    key.save(folder / FILE)
    write_text(folder / HANDOUT, handout(key, plan, text, [BLANK]))
    forward = sum(residuals[name].forward for name, _ in points)
    workbooks = tuple(folder / student.file for student in key.students)
    left = {folder / student.file for student in before.students} - {*workbooks} if before is not None else set()
    return Exercise(
        folder, key, folder / FILE, folder / BLANK, folder / SOLUTION, folder / HANDOUT, workbooks, report, len(asked),
        forward, tuple(sorted(path for path in left if path.is_file())),
    )  # fmt: skip


def _write_solution(problem: Problem, trace: Trace, trained: Trace, path: Path, engine: Engine) -> CheckReport:
    """The workbook that xlcheck makes of the network, checked as every other."""
    subject = problem.subject
    planned = plan_model(
        problem.spec, trace, trained, (problem.sample,), STYLE, {}, batch=problem.batch, additions=subject.additions,
        subject=subject.name,
    )  # fmt: skip
    write_workbook(planned, path)
    return check_content(read_workbook(path), engine)


def _problem(subject: Subject, plan: ExercisePlan) -> Problem:
    """Forward only, or with the way back if that is asked for."""
    backward = subject.learns if plan.backward is None else plan.backward
    if plan.backward is None and not backward and subject.spec.loss is not None and plan.blanks:
        forward = forward_graph(replace(subject.spec, loss=None))
        probe = problem_of(subject, plan.sample, backward=True)
        backward = fits_backward(plan, forward, batch_graph(probe.spec, probe.batch) if probe.batch else forward)
    return problem_of(subject, plan.sample, backward=backward)


def _known_key(path: Path) -> MarkingKey | None:
    """The key that is there.

    Raises:
        UsageError: the file that the key would replace is something else.
    """
    if not path.is_file():
        return None
    try:
        return load_key(path)
    except DataError as error:
        raise UsageError(f"{error}; move it away, or choose another folder") from None


def _title(subject: Subject, problem: Problem) -> str:
    title = subject.title.removesuffix(", inside the sheet").removesuffix(" learns")
    return say("exercise.title" if problem.batch is None else "exercise.title_back", title=title)


def _try(own: BlankWorkbook, trace: Trace, engine: Engine) -> None:
    """Calculate the workbook with the solution in its blanks.

    Raises:
        OracleError: a blank has another number than Keras's, or a mark does not say so.
    """
    with TemporaryDirectory(prefix="xlcheck-") as folder:
        path = Path(folder) / "filled.xlsx"
        write_workbook(own.filled, path)
        session = engine.open(path)
        session.recalculate()
        for blank in own.blanks:
            value = session.read(blank.cell)[0][0]
            desired = float(trace[blank.quantity].reshape(-1)[blank.index])
            if not isinstance(value, (int, float)) or abs(value - desired) > _AGREES * max(1.0, abs(desired)):
                raise OracleError(f"{blank.element}: the solution's formula gives {value!r}, Keras {desired!r}")
            if blank.mark is not None and (mark := session.read(blank.mark)[0][0]) != RIGHT:
                raise OracleError(f"{blank.element}: the mark beside the right formula says {mark!r}")


def _write_students(
    problem: Problem,
    template: BlankWorkbook,
    points: Mapping[Element, float],
    roster: Sequence[Student],
    drawer: Drawer | None,
    folder: Path,
    told: Told | None,
) -> Iterator[Variant]:
    """Each student's workbook."""
    make_folder(folder / BLANKS)
    with TemporaryDirectory(prefix="xlcheck-") as temporary:
        path = Path(temporary) / "template.xlsx"
        write_workbook(template.plan, path)
        stamp = cut(path, template.draft)
    empty = with_empty_blanks(problem.graph, problem.given, points)
    same = Variant(Student(""), problem.given, {}, empty)
    for number, student in enumerate(roster, start=1):
        variant = drawer.variant(student) if drawer else replace(same, student=student)
        stamp.write(folder / student.file, variant.shown, student.id, student.name)
        if told is not None:
            told(number, len(roster))
        yield variant
