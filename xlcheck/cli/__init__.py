"""The command line: argument parsing and printing only. Results go to stdout, messages to stderr."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xlcheck import __version__
from xlcheck.cli.train import generate, train
from xlcheck.errors import UsageError, XlcheckError
from xlcheck.files import make_folder, require_ending
from xlcheck.progress import progress_bar

if TYPE_CHECKING:
    from xlcheck.verdicts.report import CheckReport

_INTERRUPTED = 130
_FORMATS = ("text", "json", "html", "junit")
_ENGINES = ("ironcalc", "cellrune", "libreoffice")
_STYLES = ("teaching", "book", "robust", "compact")
_STEPS = ("sgd", "rmsprop", "adam", "compiled")
_LOSSES = (
    "binary_crossentropy", "categorical_crossentropy", "sparse_categorical_crossentropy", "mean_squared_error",
)  # fmt: skip
_BLOCK = 2**16


def run(arguments: Sequence[str]) -> int:
    """Run a command and return its exit code; an expected error is printed as one sentence."""
    try:
        code = commands.main(args=list(arguments), prog_name="xlcheck", standalone_mode=False)
        sys.stdout.flush()
        return int(code or 0)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except XlcheckError as error:
        click.echo(f"xlcheck: {error}", err=True)
        return error.exit_code
    except OSError as error:
        if error.filename is None:  # stdout; what is left of the result would fail again at the end
            sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
        if not isinstance(error, BrokenPipeError):  # who closes a pipe has read enough
            what = f"{error.filename} cannot be used" if error.filename else "the result cannot be written"
            click.echo(f"xlcheck: {what}: {error.strerror or error}", err=True)
        return UsageError.exit_code
    except BaseException as error:
        if not _is_interrupt(error):
            raise
        click.echo("xlcheck: interrupted; nothing was left half-written", err=True)
        return _INTERRUPTED


def _is_interrupt(error: BaseException | None) -> bool:
    """Whether somebody pressed Ctrl-C; in compiled code, as of TensorFlow, that becomes the cause of an error."""
    while error is not None and not isinstance(error, click.Abort | KeyboardInterrupt):
        error = error.__cause__ or error.__context__
    return error is not None


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="xlcheck")
def commands() -> None:
    """Write Excel workbooks of neural networks in live formulas, and check every cell with Keras.

    Exit codes: 0 all agrees, 1 something disagrees, 2 wrong usage or an unreadable file, 3 nothing,
    or not everything, could be checked.
    """


commands.add_command(train)
commands.add_command(generate)

engine_option = click.option(
    "--engine", "engines", type=click.Choice(_ENGINES), multiple=True, default=("ironcalc",), show_default=True,
    help="Formula engine that recalculates the file; give it several times for a table of agreement.",
)  # fmt: skip
format_option = click.option(
    "--format",
    "format_",
    type=click.Choice(_FORMATS),
    default="text",
    show_default=True,
    help="How to print the result.",
)
quiet_option = click.option("-q", "--quiet", is_flag=True, help="Print no messages and no progress.")


@commands.command("list")
def list_() -> None:
    """Show the lessons, one line each."""
    from xlcheck.chapter.lessons.catalogue import ALL_LESSONS

    width = max(len(name) for name in ALL_LESSONS)
    for lesson in ALL_LESSONS.values():
        click.echo(f"{lesson.name:<{width}}  {lesson.story.title}")


@commands.command()
@click.argument("lessons", nargs=-1, metavar="LESSON… | MODEL.keras")
@click.option("--all", "all_", is_flag=True, help="Every lesson, into the folder workbooks/ or the one given with -o.")
@click.option(
    "--weights",
    type=click.Choice(("trained", "book")),
    default="trained",
    show_default=True,
    help="For a lesson: weights that were trained here, or the numbers printed in the book.",
)
@click.option("--train", is_flag=True, help="For a lesson: train anew in Keras; else the stored result is used.")
@click.option("--seed", type=int, help="Train anew from this seed (implies --train).")
@click.option(
    "--inputs",
    type=click.Path(path_type=Path),
    help="For a model: its inputs, as .npy, .npz or .csv. An .npz may hold initial states, too: lstm.h_init.",
)
@click.option("--text", help="For a model that reads words: the ones that it reads first.")
@click.option(
    "--vocabulary",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The words behind its codes: one a line, the first for the code 0, or JSON {word: code}. "
    "Models made by `xlcheck train` have theirs inside.",
)
@click.option(
    "--padding",
    type=click.Choice(("front", "back")),
    default="front",
    show_default=True,
    help="With --vocabulary: where zeros fill up a short text; of a long one the other end is kept.",
)
@click.option(
    "--unknown",
    type=click.IntRange(0),
    metavar="CODE",
    help="With --vocabulary: the code of all other words.  [default: that of [UNK] or <oov> in the file, else none]",
)
@click.option("--full-products", is_flag=True, help="For a model: multiply one-hot inputs out, not take rows.")
@click.option(
    "--backward",
    is_flag=True,
    help="For a model: also show the loss and all gradients, the samples being one batch.",
)
@click.option(
    "--targets", type=click.Path(path_type=Path), help="With --backward: the right answers, as .npy, .npz or .csv."
)
@click.option("--loss", type=click.Choice(_LOSSES), help="With --backward.  [default: the model's own loss]")
@click.option("--from-logits", is_flag=True, help="With --loss: the model's answers are logits, not probabilities.")
@click.option(
    "--step",
    type=click.Choice(_STEPS),
    help="With --backward: also show where one step moves each weight; compiled: by the model's own optimiser.",
)
@click.option("--learning-rate", type=float, help="With --step.  [default: the model's own, or Keras's default]")
@click.option(
    "--style",
    type=click.Choice(_STYLES),
    help="How formulas are written; compact, for models, needs Excel 365.  [default: teaching; for a model: robust]",
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="File to write; for several lessons, a folder.")
@engine_option
@format_option
@quiet_option
def build(
    lessons: tuple[str, ...], all_: bool, weights: str, train: bool, seed: int | None, inputs: Path | None,
    text: str | None, vocabulary: Path | None, padding: str, unknown: int | None, full_products: bool, backward: bool,
    targets: Path | None, loss: str | None, from_logits: bool, step: str | None, learning_rate: float | None,
    style: str | None, output: Path | None, engines: tuple[str, ...], format_: str, quiet: bool,
) -> int:  # fmt: skip
    """Write the workbook of a lesson or of a Keras model, then check the file that was written.

    With --train or --seed a lesson's model is trained in Keras first, saved as .keras beside the workbook,
    and its weights are shown.
    """
    from xlcheck import api

    models = [name for name in lessons if name.endswith(".keras")]
    if models and (len(lessons) > 1 or all_ or train or seed is not None or weights != "trained"):
        raise UsageError("name one model at a time, without the options for lessons; `xlcheck build --help` shows them")
    if not models and (inputs is not None or text is not None or vocabulary is not None or full_products):
        raise UsageError("--inputs, --text, --vocabulary and --full-products go with a model; name a .keras file")
    learning = (targets, loss, from_logits or None, step, learning_rate)
    if not models and (backward or any(option is not None for option in learning)):
        raise UsageError("--backward and the options that go with it are for a model; name a .keras file")
    if not backward and any(option is not None for option in learning):
        raise UsageError("--targets, --loss, --from-logits, --step and --learning-rate go with --backward; add it")
    if backward and targets is None:
        raise UsageError("--backward needs the right answers; pass them with --targets FILE (.npy, .npz or .csv)")
    if not models and style == "compact":
        raise UsageError("--style compact is for models; lessons are written as teaching, book or robust")
    reports = []
    if models:
        path = output or Path(models[0]).with_suffix(".xlsx")
        require_ending(path, ".xlsx")
        built = api.build_model(
            models[0],
            inputs,
            path,
            text=text,
            vocabulary=vocabulary,
            padding=padding,
            unknown=unknown,
            style=style or "robust",
            engine=engines[0],
            full_products=full_products,
            targets=targets,
            loss=loss,
            from_logits=from_logits,
            step=step,
            learning_rate=learning_rate,
        )
        reports += [built.report, *(api.check(path, engine=engine) for engine in engines[1:])]
        return _show(reports, format_)
    if train and seed is None:
        from xlcheck.chapter.training.lessons import SEED

        seed = SEED
    from xlcheck.chapter.lessons.catalogue import is_trained

    for name, path in _targets(lessons, all_, weights, output):
        own_seed = None if all_ and not is_trained(name) else seed
        with progress_bar(f"training {name}", show=own_seed is not None and not quiet) as progress:
            built = api.build(
                name,
                path,
                weights=weights,
                seed=own_seed,
                style=style or "teaching",
                engine=engines[0],
                progress=progress,
            )
        if built.model is not None:
            _show_model(name, built.model, path.with_suffix(".keras"), quiet=quiet)
        reports += [built.report, *(api.check(path, engine=engine) for engine in engines[1:])]
    return _show(reports, format_)


@commands.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--model",
    type=click.Path(path_type=Path),
    help="A .keras file: compute the truth with it now, and compare the weights in the workbook with its own.",
)
@click.option(
    "--inputs",
    type=click.Path(path_type=Path),
    help="What the workbook must have as inputs (.npy, .npz or .csv); for one made by hand, together with --model.",
)
@click.option(
    "--bind",
    "bindings",
    type=click.Path(path_type=Path),
    metavar="FILE.toml",
    help="Which cells hold what, for a workbook that xlcheck has not made.",
)
@click.option(
    "--perturb",
    type=click.IntRange(0),
    default=0,
    metavar="N",
    help="For a workbook made by hand: change all weights and inputs N times and compare again.",
)
@click.option("--atol", type=float, help="Absolute tolerance.  [default: what the workbook was verified with]")
@click.option("--rtol", type=float, help="Tolerance relative to each quantity's largest magnitude.")
@click.option("--all", "all_", is_flag=True, help="Show every cell that does not agree, not only the first roots.")
@click.option(
    "--annotate",
    type=click.Path(path_type=Path),
    metavar="OUT.xlsx",
    help="Also write a copy in which wrong cells are red, carried ones amber, each with a note.",
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write the result to a file instead of stdout.")
@engine_option
@format_option
@quiet_option
def check(
    files: tuple[Path, ...], model: Path | None, inputs: Path | None, bindings: Path | None, atol: float | None,
    rtol: float | None, perturb: int, all_: bool, annotate: Path | None, output: Path | None,
    engines: tuple[str, ...], format_: str, quiet: bool,
) -> int:  # fmt: skip
    """Recalculate workbooks and compare every formula cell with Keras."""
    # Threads for large products of matrices, which nobody needs here, take NumPy a third of its start.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from xlcheck import api

    if annotate is not None and len(files) > 1:
        raise UsageError("--annotate writes one marked copy; pass one workbook with it")
    if annotate is not None:
        require_ending(annotate, ".xlsx", ".xlsm")
    reports = [
        api.check(
            path,
            engine=engine,
            model=model,
            inputs=inputs,
            bindings=bindings,
            perturb=perturb,
            atol=atol,
            rtol=rtol,
        )
        for path in files
        for engine in engines
    ]
    if annotate is not None:
        from xlcheck.reports.annotate import annotate as write_copy

        marked = write_copy(reports[0], files[0], annotate)
        if not quiet:
            click.echo(f"{marked} cells are marked in {annotate}", err=True)
    return _show(reports, format_, output, all_=all_)


@commands.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), help="File to write.  [default: FILE with .toml]")
@quiet_option
def bind(file: Path, output: Path | None, quiet: bool) -> int:
    """Draft a bindings file: which cells of a workbook made by hand hold what."""
    from xlcheck import api
    from xlcheck.files import write_text

    path = output or file.with_suffix(".toml")
    if path.exists():
        raise UsageError(f"{path} exists already; name another file with -o, or move it away")
    proposal = api.propose(file)
    write_text(path, proposal.text)
    if not quiet:
        click.echo(f"{path}: explains {proposal.explained} of {proposal.formula_cells} formula cells", err=True)
    return 0


@commands.command()
@click.argument("lessons", nargs=-1, metavar="[LESSON…]")
@click.option("--verify", is_flag=True, help="Train and trace anew, and compare with what is stored.")
@click.option("-o", "--output", type=click.Path(path_type=Path), default=Path("fixtures"), show_default=True,
              help="The folder of the fixtures.")  # fmt: skip
def fixtures(lessons: tuple[str, ...], verify: bool, output: Path) -> int:
    """Write the regression fixtures, or verify that Keras still gives these numbers."""
    from xlcheck.chapter.recordings.names import TRAININGS
    from xlcheck.chapter.recordings.regenerate import write_fixtures
    from xlcheck.chapter.recordings.store import available_fixtures

    names = lessons or (*available_fixtures(), *TRAININGS)
    if verify:
        from xlcheck.chapter.recordings.verify import verify_fixtures

        report = verify_fixtures(names, output)
        click.echo(report.text())
        return 0 if report.ok else 1
    for path in write_fixtures(names, output):
        click.echo(path)
    return 0


def _targets(lessons: Sequence[str], all_: bool, weights: str, output: Path | None) -> Iterator[tuple[str, Path]]:
    """Each lesson with the file to write."""
    from xlcheck.chapter.lessons.catalogue import ALL_LESSONS, known_lesson

    if all_ == bool(lessons):
        raise UsageError("name one or more lessons, or pass --all; `xlcheck list` shows the lessons")
    names = list(ALL_LESSONS) if all_ else list(dict.fromkeys(known_lesson(name).name for name in lessons))
    ending = "" if weights == "trained" else f"-{weights}"
    if output is not None and len(names) == 1 and not all_:
        require_ending(output, ".xlsx")
        yield names[0], output
        return
    folder = output or (Path("workbooks") if all_ else Path())
    if folder.suffix.lower() == ".xlsx":
        raise UsageError(f"several lessons are written into a folder, and {folder} is the name of a workbook")
    make_folder(folder)
    for name in names:
        yield name, folder / f"{name}{ending}.xlsx"


def _show_model(lesson: str, model: Any, path: Path, *, quiet: bool) -> None:
    """Save the trained model beside its workbook, and show its layers and weights."""
    from xlcheck.chapter.training.tables import summary_rows, weight_rows
    from xlcheck.chapter.training.text_lessons import save_lesson

    save_lesson(lesson, model, path)
    if quiet:
        return
    from rich.console import Console
    from rich.table import Table

    console = Console(stderr=True)
    layers = Table("layer", "kind", "output shape", "parameters", title=f"Model saved as {path}", title_justify="left")
    for row in summary_rows(model):
        layers.add_row(row.layer, row.kind, str(row.output_shape), str(row.parameters))
    weights = Table("weight", "shape", "values", title="Weights", title_justify="left")
    for weight in weight_rows(model):
        values = "  ".join(f"{value:.8f}" for value in weight.values.reshape(-1))
        weights.add_row(f"{weight.layer}.{weight.weight}", str(weight.shape), values)
    console.print(layers, weights)


def _show(reports: Sequence[CheckReport], format_: str, output: Path | None = None, *, all_: bool = False) -> int:
    """Print the reports in the format asked for; the exit code of the worst of them."""
    if output is not None:
        from xlcheck.files import write_text

        write_text(output, chain(_pieces(reports, format_, all_), "\n"))
    elif format_ == "text" and (sys.stdout.isatty() or os.environ.get("FORCE_COLOR")):
        from rich.console import Console

        from xlcheck.reports.render_agreement import print_agreement
        from xlcheck.reports.render_text import ROWS, print_text

        console = Console()
        print_text(reports, console, rows=None if all_ else ROWS)
        if _several_engines(reports):
            print_agreement(reports, console)
    else:
        sys.stdout.writelines(_blocks(chain(_pieces(reports, format_, all_), "\n")))
    codes = [report.exit_code for report in reports]
    return next((code for code in (1, 3) if code in codes), 0)


def _pieces(reports: Sequence[CheckReport], format_: str, all_: bool) -> Iterator[str]:
    """The reports as one text, without colour and without a line end, in pieces."""
    if format_ == "json":
        from xlcheck.reports.render_json import json_pieces

        return json_pieces(reports)
    if format_ == "html":
        from xlcheck.reports.render_html import render_html

        return iter([render_html(reports).rstrip("\n")])
    if format_ == "junit":
        from xlcheck.reports.render_junit import render_junit

        return iter([render_junit(reports).rstrip("\n")])
    from xlcheck.reports.render_agreement import render_agreement
    from xlcheck.reports.render_text import ROWS, text_pieces

    text = text_pieces(reports, rows=None if all_ else ROWS)
    return chain(text, ["\n", render_agreement(reports)]) if _several_engines(reports) else text


def _several_engines(reports: Sequence[CheckReport]) -> bool:
    return len({report.engine for report in reports}) > 1


def _blocks(pieces: Iterable[str]) -> Iterator[str]:
    """Pieces joined to blocks that are worth printing."""
    waiting: list[str] = []
    length = 0
    for piece in pieces:
        waiting.append(piece)
        length += len(piece)
        if length > _BLOCK:
            yield "".join(waiting)
            waiting, length = [], 0
    yield "".join(waiting)
