"""`xlcheck build`: a workbook of a lesson or of a model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, get_args

import click

from xlcheck.choices import EngineName, PaddingName, StepName, StyleName, WeightsName
from xlcheck.cli.options import (
    HOUR,
    INPUT,
    LOSSES,
    OUTPUT,
    OneOf,
    budgeted,
    complete_lessons,
    engine_option,
    format_option,
    quiet_option,
    texts_option,
)
from xlcheck.cli.results import show
from xlcheck.cli.status import status
from xlcheck.errors import UsageError
from xlcheck.files import make_folder, require_writable
from xlcheck.model.keras_file import FOREIGN
from xlcheck.progress import progress_bar

if TYPE_CHECKING:
    from xlcheck.arrays import Array
    from xlcheck.verdicts.report import CheckReport

_FEW = 32  # numbers of a weight that are all shown


@click.command("build")
@click.argument("lessons", nargs=-1, metavar="LESSON… | MODEL.keras", shell_complete=complete_lessons)
@click.option("--all", "all_", is_flag=True, help="Every lesson, into the folder workbooks/ or the one given with -o.")
@click.option(
    "--weights",
    type=OneOf(get_args(WeightsName)),
    default="trained",
    show_default=True,
    help="For a lesson: weights that were trained here, the numbers printed in the book, or small whole numbers, so "
    "that sums can be done in your head.",
)
@click.option("--train", is_flag=True, help="For a lesson: train anew in Keras; else the stored result is used.")
@click.option("--seed", type=int, help="Train anew from this seed (implies --train).")
@click.option(
    "--inputs",
    type=INPUT,
    help="For a model: its inputs, as .npy, .npz or .csv. An .npz may hold initial states, too: lstm.h_init.",
)
@click.option("--text", help="For a model that reads words: the ones that it reads first.")
@click.option(
    "--vocabulary",
    type=INPUT,
    metavar="FILE",
    help="The words behind its codes: one per line, the first for the code 0, or JSON {word: code}. "
    "Models made by `xlcheck train` have theirs inside.",
)
@click.option(
    "--padding",
    type=OneOf(get_args(PaddingName)),
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
@click.option("--full-products", is_flag=True, help="For a model: multiply one-hot inputs out instead of picking rows.")
@click.option(
    "--backward", is_flag=True, help="For a model: also show the loss and all gradients, the samples being one batch."
)
@click.option("--targets", type=INPUT, help="With --backward: the right answers, as .npy, .npz or .csv.")
@click.option(
    "--loss",
    type=OneOf(LOSSES),
    metavar="LOSS",
    help=f"With --backward: {', '.join(LOSSES[:-1])} or {LOSSES[-1]}.  [default: the model's own loss]",
)
@click.option("--from-logits", is_flag=True, help="With --loss: the model's answers are logits, not probabilities.")
@click.option(
    "--step",
    type=OneOf(get_args(StepName)),
    help="With --backward: also show where one step moves each weight; compiled: by the model's own optimiser.",
)
@click.option("--learning-rate", type=float, help="With --step.  [default: the model's own, or Keras's default]")
@click.option(
    "--style",
    type=OneOf(get_args(StyleName)),
    help="How formulas are written; compact, for models, needs Excel 365.  [default: teaching; for a model: robust]",
)
@click.option(
    "--sign",
    type=INPUT,
    metavar="KEYFILE",
    help="Sign the workbook with the key in this file; `check --verify-key` asks for it.",
)
@click.option("-o", "--output", type=OUTPUT, help="File to write, or a folder for it; for several lessons, a folder.")
@texts_option
@engine_option
@format_option
@quiet_option
@budgeted(HOUR)
def command(
    lessons: tuple[str, ...], all_: bool, weights: WeightsName, train: bool, seed: int | None, inputs: Path | None,
    text: str | None, vocabulary: Path | None, padding: PaddingName, unknown: int | None, full_products: bool,
    backward: bool, targets: Path | None, loss: str | None, from_logits: bool, step: StepName | None,
    learning_rate: float | None, style: StyleName | None, sign: Path | None, output: Path | None,
    engines: tuple[EngineName, ...], format_: str, quiet: bool,
) -> int:  # fmt: skip
    """Write the workbook of a lesson or a model, and check it.

    With --train or --seed a lesson's model is trained in Keras first, saved as .keras beside the workbook,
    and its weights are shown.
    """
    models = [name for name in lessons if name.lower().endswith((".keras", *FOREIGN))]  # the latter are refused by name
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
    if models:
        options = {
            "text": text, "vocabulary": vocabulary, "padding": padding, "unknown": unknown, "style": style or "robust",
            "full_products": full_products, "targets": targets, "loss": loss, "from_logits": from_logits, "step": step,
            "learning_rate": learning_rate, "sign": sign,
        }  # fmt: skip
        reports: Iterable[CheckReport] = _of_model(models[0], inputs, output, engines, options, quiet=quiet)
    else:
        if style == "compact":
            raise UsageError("--style compact is for models; lessons are written as teaching, book or robust")
        if train and seed is None:
            from xlcheck.chapter.training.lessons import SEED

            seed = SEED
        targets_ = list(_targets(lessons, all_, weights, output))
        seeds = [_own_seed(name, own, seed, weights, all_=all_) for name, own, _ in targets_]
        reports = _of_lessons(targets_, seeds, engines, {"style": style or "teaching", "sign": sign}, quiet=quiet)
    # Text as soon as a workbook is there; a document of another format is not begun before it can be ended.
    return show(reports if format_ == "text" else list(reports), format_, engines=len(engines))


def _of_model(
    model: str, inputs: Path | None, output: Path | None, engines: Sequence[EngineName], options: Mapping[str, Any], *,
    quiet: bool,
) -> Iterator[CheckReport]:  # fmt: skip
    from xlcheck import api

    path = Path(model).with_suffix(".xlsx") if output is None else output
    if path.is_dir():
        path /= f"{Path(model).stem}.xlsx"
    require_writable(path, ".xlsx")  # also not onto an input, of which the library knows nothing
    with status(f"building {path}", show=not quiet):
        started = monotonic()
        report = api.build_model(model, inputs, path, engine=engines[0], **options).report
    yield replace(report, seconds=monotonic() - started)
    yield from _by_others(path, engines[1:], quiet=quiet)


def _of_lessons(
    targets: Sequence[tuple[str, WeightsName, Path]],
    seeds: Sequence[int | None],
    engines: Sequence[EngineName],
    options: Mapping[str, Any],
    *,
    quiet: bool,
) -> Iterator[CheckReport]:
    from xlcheck import api

    for number, ((name, weights, path), seed) in enumerate(zip(targets, seeds, strict=True), start=1):
        counted = f" ({number} of {len(targets)})" if len(targets) > 1 else ""
        with ExitStack() as stack:
            if seed is None:
                stack.enter_context(status(f"building {path}{counted}", show=not quiet))
                progress = None
            else:
                progress = stack.enter_context(progress_bar(f"training {name}{counted}", show=not quiet))
            started = monotonic()
            built = api.build(name, path, weights=weights, seed=seed, engine=engines[0], progress=progress, **options)
        if built.model is not None:
            _show_model(name, built.model, path.with_suffix(".keras"), quiet=quiet)
        yield replace(built.report, seconds=monotonic() - started)
        yield from _by_others(path, engines[1:], quiet=quiet)


def _by_others(path: Path, engines: Sequence[EngineName], *, quiet: bool) -> Iterator[CheckReport]:
    """What further engines say of a workbook that was just written."""
    from xlcheck import api

    for engine in engines:
        with status(f"checking {path} with {engine}", show=not quiet):
            started = monotonic()
            report = api.check(path, engine=engine)
        yield replace(report, seconds=monotonic() - started)


def _own_seed(name: str, own_weights: WeightsName, seed: int | None, weights: WeightsName, *, all_: bool) -> int | None:
    """With --all only what can be trained is trained."""
    from xlcheck.chapter.lessons.catalogue import is_trained

    return None if all_ and (own_weights != weights or not is_trained(name)) else seed


def _targets(
    lessons: Sequence[str], all_: bool, weights: WeightsName, output: Path | None
) -> Iterator[tuple[str, WeightsName, Path]]:
    """Each lesson with its weights and the file to write; of all lessons also those with the book's weights."""
    from xlcheck.chapter.lessons.catalogue import ALL_LESSONS, known_lesson
    from xlcheck.chapter.recordings.names import BOOK, IN_THE_BOOK, TRAINED, fixture_name

    if all_ == bool(lessons):
        both = ", not both" if all_ else ""
        raise UsageError(f"name one or more lessons, or pass --all{both}; `xlcheck list` shows the lessons")
    names = list(ALL_LESSONS) if all_ else list(dict.fromkeys(known_lesson(name).name for name in lessons))
    if output is not None and len(names) == 1 and not all_ and not output.is_dir():
        yield names[0], weights, output
        return
    folder = output or (Path("workbooks") if all_ else Path())
    if folder.suffix.lower() == ".xlsx":
        raise UsageError(f"several lessons are written into a folder, and {folder} is the name of a workbook")
    make_folder(folder)
    for name in names:
        yield name, weights, folder / f"{fixture_name(name, weights)}.xlsx"
        if all_ and weights == TRAINED and name in IN_THE_BOOK:
            yield name, BOOK, folder / f"{fixture_name(name, BOOK)}.xlsx"


def _show_model(lesson: str, model: Any, path: Path, *, quiet: bool) -> None:
    """Save the trained model beside its workbook, and show its layers and weights."""
    from xlcheck.chapter.training.lessons import save_lesson
    from xlcheck.model.keras_reader import weights_of

    save_lesson(lesson, model, path)
    if quiet:
        return
    from rich.console import Console
    from rich.table import Column, Table

    console = Console(stderr=True)
    layers = Table("layer", "kind", "output shape", "parameters", title=f"Model saved as {path}", title_justify="left")
    weights = Table(Column("weight", overflow="fold"), "shape", "values", title="Weights", title_justify="left")
    for layer in model.layers:
        output = layer.output[0] if isinstance(layer.output, list | tuple) else layer.output
        layers.add_row(layer.name, type(layer).__name__, str(tuple(output.shape[1:])), str(layer.count_params()))
    for name, values in weights_of(model).items():
        weights.add_row(name, str(values.shape), _in_words(values))
    console.print(layers, weights)


def _in_words(values: Array) -> str:
    """The numbers of a weight, or of a large one, which the workbook shows in its shape, how many and how large."""
    if values.size > _FEW:
        return f"{values.size} numbers from {values.min():.8f} to {values.max():.8f}"
    return "  ".join(f"{value:.8f}" for value in values.reshape(-1))
