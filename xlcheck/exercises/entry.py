"""`xlcheck.exercise`: one call from the name of a lesson, or a model, to a folder with an exercise."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from xlcheck.arguments import checked
from xlcheck.choices import EngineName, FeedbackName
from xlcheck.engines import engine as engine_named
from xlcheck.errors import UsageError
from xlcheck.exercises.exercise import Exercise, make_exercise
from xlcheck.exercises.plan import ExercisePlan, read_plan
from xlcheck.exercises.roster import read_roster
from xlcheck.exercises.subject import lesson_subject, model_subject
from xlcheck.files import filling, protected_inputs
from xlcheck.memory import no_garbage_collection
from xlcheck.progress import Progress
from xlcheck.workbook.signature import read_key


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
