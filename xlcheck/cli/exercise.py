"""`xlcheck exercise`: workbooks with blanks, their solution and marking key, other numbers for each student."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import click

from xlcheck.choices import EngineName, FeedbackName
from xlcheck.cli.options import INPUT, OUTPUT, OneOf, complete_lessons, engine_option, quiet_option, texts_option
from xlcheck.cli.status import echo
from xlcheck.errors import UsageError
from xlcheck.progress import progress_bar

if TYPE_CHECKING:
    from xlcheck.exercises.exercise import Exercise


@click.command("exercise")
@click.argument("lessons", nargs=-1, required=True, metavar="LESSON… | MODEL.keras", shell_complete=complete_lessons)
@click.option("--inputs", type=INPUT, help="For a model: what it reads, as .npy, .npz or .csv.")
@click.option("--targets", type=INPUT, help="For a model: the right answers, if the exercise goes back to gradients.")
@click.option("--plan", type=INPUT, metavar="exam.toml", help="What is blank, points, hints, feedback, texts.")
@click.option(
    "--level",
    type=click.IntRange(1, 3),
    help="Without patterns in a plan: 1, one gate; 2, one whole step; 3, everything from the weights.  [default: 1]",
)
@click.option("--sample", type=click.IntRange(1), metavar="N", help="Which sample it shows.  [default: 1]")
@click.option(
    "--roster", type=INPUT, metavar="students.csv", help="Students (id, name), each with numbers of their own."
)
@click.option("--feedback", type=OneOf(get_args(FeedbackName)), help="What students see of their marks.")
@click.option("--secret", type=INPUT, metavar="FILE", help="The text in it decides each student's numbers.")
@click.option(
    "--keras", type=click.IntRange(0), default=3, show_default=True,
    help="How many students' numbers Keras computes, too.",
)  # fmt: skip
@click.option("-o", "--output", type=OUTPUT, required=True, metavar="FOLDER", help="Folder to write into.")
@texts_option
@engine_option
@quiet_option
def command(
    lessons: Sequence[str], inputs: Path | None, targets: Path | None, plan: Path | None, level: int | None,
    sample: int | None, roster: Path | None, feedback: FeedbackName | None, secret: Path | None, keras: int,
    output: Path, engines: Sequence[EngineName], quiet: bool,
) -> int:  # fmt: skip
    """Write workbooks with blanks, and the key to mark them.

    A hand-out and the solution come with them. With --roster every student gets a workbook of their own, with other
    weights and inputs. The key and the solution stay with you; `xlcheck grade` marks with the key what comes back.
    """
    from xlcheck.exercises.entry import exercise

    names = list(dict.fromkeys(lessons))
    if len(engines) > 1:
        raise UsageError("an exercise is tried with one engine; name one with --engine")
    if output.exists() and not output.is_dir():
        raise UsageError(f"{output} is a file; an exercise is written into a folder")
    ok = True
    for name in names:
        folder = output if len(names) == 1 else output / Path(name).stem
        with progress_bar(f"exercise {name}", show=roster is not None and not quiet) as told:
            made = exercise(
                name, folder, inputs=inputs, targets=targets, plan=plan, level=level, sample=sample, roster=roster,
                feedback=feedback, secret=secret, keras=keras, engine=engines[0], progress=told,
            )  # fmt: skip
        ok = ok and made.report.ok
        if not quiet:
            _show(made)
    return 0 if ok else 1


def _show(made: Exercise) -> None:
    key = made.key
    cells = f"{len(key.blanks)} cell{'s' if len(key.blanks) > 1 else ''} to fill, {key.points:g} points"
    echo(f"{key.title}: {cells}")
    echo(f"  for students    {made.blank if not made.workbooks else made.workbooks[0].parent}, {made.handout}")
    echo(f"  for you         {made.key_path}, {made.solution}")
    counts = made.report.counts
    said = "agrees with Keras" if made.report.ok else "DIFFERS from Keras"
    echo(f"  solution        {said}: {counts.agree:,} of {counts.checked:,} cells")
    if made.workbooks:
        own = "each with numbers of its own" if key.varied else "all with the same numbers"
        asked = f"; Keras computed {made.asked_keras} of them, too, and agrees" if made.asked_keras else ""
        echo(f"  students        {len(made.workbooks):,} workbooks, {own}{asked}")
    if made.left:
        shown = ", ".join(path.name for path in made.left[:5]) + (" …" if len(made.left) > 5 else "")
        echo(f"  left            {shown} in {made.left[0].parent}: no longer on the roster; delete them if you like")
    if made.forward and key.rules.feedback != "none":
        echo(
            f"  marks           {made.forward} of {len(key.blanks)} hold the formula that is asked for, hidden but in "
            "the file: its number does not say what it was computed from"
        )
