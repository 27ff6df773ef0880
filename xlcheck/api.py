"""The library in a few calls: build a workbook, check a workbook, trace a model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from xlcheck.arguments import Lesson, checked, flags_of
from xlcheck.budget import doing, positive, within_budget
from xlcheck.building.built import Built
from xlcheck.choices import EngineName, LessonStyleName, PaddingName, StepName, StyleName, WeightsName, require_known
from xlcheck.errors import UsageError
from xlcheck.files import protect, protected_inputs, require_writable
from xlcheck.memory import no_garbage_collection
from xlcheck.progress import Progress

# What needs NumPy is imported where it is used, so that the engine can begin before that.
if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from xlcheck.graph.trace import Trace
    from xlcheck.handmade.propose import Proposal
    from xlcheck.verdicts.report import CheckReport


@checked
def build(
    lesson: Lesson,
    output: str | Path | None = None,
    *,
    weights: WeightsName = "trained",
    seed: int | None = None,
    style: LessonStyleName = "teaching",
    engine: EngineName = "ironcalc",
    progress: Progress | None = None,
    sign: str | Path | None = None,
) -> Built:
    """Write a lesson's workbook, and check the file that was written; `build_model` does it for a Keras model.

    Args:
        lesson: the lesson's name, as `xlcheck list` shows it.
        output: the file to write; by default the lesson's name in the current folder.
        weights: `trained`, `book` for the numbers printed in the book, or `small` for small whole numbers.
        seed: train anew in Keras from this seed; by default the stored result of training is used.
        style: how formulas are written: `teaching`, `book` or `robust`.
        engine: the formula engine that recalculates the file.
        progress: called after each epoch of a training.
        sign: a file with the key to sign the workbook with.

    Raises:
        UsageError: the lesson, the weights, the style or the engine do not exist, the key cannot be used, or the file
            cannot be written; then nothing is written.
        MissingDependencyError: a seed is given and Keras is not installed, or the engine is not.
    """
    from xlcheck.building.lesson import write_lesson
    from xlcheck.chapter.lessons.catalogue import known_lesson
    from xlcheck.chapter.recordings.names import fixture_name
    from xlcheck.engines import engine as engine_named
    from xlcheck.formulas.printing import style_named

    if not isinstance(lesson, str) or lesson.lower().endswith((".keras", ".h5")):
        raise UsageError("build writes lessons; for a Keras model call build_model(model, inputs, output)")
    own = known_lesson(lesson)
    require_known(weights, get_args(WeightsName), "set of weights")
    require_known(style, get_args(LessonStyleName), "style of lessons")
    engine_named(engine)
    path = Path(output) if output is not None else Path(f"{fixture_name(lesson, weights)}.xlsx")
    require_writable(path, ".xlsx")
    key = None if sign is None else _key(sign)
    model = write_lesson(own, path, weights, seed, style_named(style), progress)
    return _signed(Built(path, check(path, engine=engine), model), key)


def _key(path: str | Path) -> bytes:
    from xlcheck.workbook.signature import read_key

    protect(Path(path))
    return read_key(Path(path))


def _signed(built: Built, key: bytes | None) -> Built:
    """The same after its file was signed, if there is a key."""
    if key is not None:
        from xlcheck.workbook.signature import sign

        sign(built.path, key)
    return built


@checked
def build_model(
    model: Any,
    inputs: Any,
    output: str | Path,
    *,
    text: str | None = None,
    vocabulary: str | Path | None = None,
    padding: PaddingName = "front",
    unknown: int | None = None,
    style: StyleName = "robust",
    engine: EngineName = "ironcalc",
    full_products: bool = False,
    targets: Any = None,
    loss: str | None = None,
    from_logits: bool = False,
    step: StepName | None = None,
    learning_rate: float | None = None,
    sign: str | Path | None = None,
) -> Built:
    """Write the workbook of any supported Keras model, and check the file that was written.

    Args:
        model: path of a `.keras` file, which is loaded without running any code of it, or a `keras.Model`.
        inputs: path of an .npy, .npz or .csv file, an array `(samples, …)`, or a list with one for each input.
        output: the workbook to write.
        text: words for the model to read, instead of `inputs`; other words can be typed in the sheet.
        vocabulary: the words behind the codes, unless `xlcheck train` made the model: a file with one word a line, the
            first line for the code 0, or a JSON object `{word: code}`.
        padding: where zeros fill up a text that is too short, `front` or `back`; of a longer one the other end is kept.
        unknown: the code of words that are not in the vocabulary; by default that of `[UNK]` or `<oov>` in it.
        style: how formulas are written: `robust`, `teaching`, `book`, or `compact`, which needs Excel 365.
        engine: the formula engine that recalculates the file.
        full_products: multiply one-hot inputs out instead of taking rows of the kernels.
        targets: path of a file like that of the inputs, or an array, with the right answer for each sample; the
            workbook then shows the loss and the backward pass, too, all samples being one batch.
        loss: Keras's identifier of the loss; by default the one that the model was compiled with.
        from_logits: tell that loss that the model's answers are logits.
        step: also show where one step moves each weight: `sgd`, `rmsprop`, `adam`, or `compiled` for the optimiser
            that the model was compiled with. Its own settings and state count where it is the same.
        learning_rate: another one than the optimiser's.
        sign: a file with the key to sign the workbook with.

    Raises:
        UsageError: there are no inputs, the options do not fit together, or the file cannot be written.
        ModelError: the model cannot be loaded or used.
        NotSupportedError: a layer or an option is not supported; nothing is written.
        DataError: the inputs cannot be read or do not fit the model.
    """
    from xlcheck.building.backward import backward_asked
    from xlcheck.building.build import build_model as build
    from xlcheck.building.text import build_text
    from xlcheck.engines import engine as engine_named
    from xlcheck.formulas.printing import style_named
    from xlcheck.model.keras_file import require_file
    from xlcheck.model.vocabulary_file import VocabularyFile

    require_known(padding, get_args(PaddingName), "padding")
    if vocabulary is None and (padding != "front" or unknown is not None):
        raise UsageError("padding and the code of unknown words go with a vocabulary; pass --vocabulary FILE")
    if vocabulary is not None and text is None:
        raise UsageError("a vocabulary goes with a text; pass --text WORDS")
    if (inputs is None) == (text is None):
        require_file(model)
        one = "something to read: pass" if text is None else "one thing to read, not two: pass either"
        raise UsageError(f"a model needs {one} --inputs FILE (.npy, .npz or .csv) or --text WORDS")
    asked = backward_asked(targets, loss, from_logits, step, learning_rate)
    if asked is not None and text is not None:
        raise UsageError("a backward pass needs inputs with targets; pass --inputs FILE and not --text")
    how, recalculating = style_named(style), engine_named(engine)
    key = None if sign is None else _key(sign)
    with protected_inputs(model, inputs, vocabulary, targets):
        if text is None:
            built = build(
                model, inputs, output, style=how, engine=recalculating, full_products=full_products, backward=asked
            )
        else:
            words = None if vocabulary is None else VocabularyFile(Path(vocabulary), padding == "back", unknown)
            built = build_text(
                model, text, output, vocabulary=words, style=how, engine=recalculating, full_products=full_products
            )
    return _signed(built, key)


@checked
def trace(
    model: Any, inputs: Any, *, targets: Any = None, initial_states: Mapping[str, ArrayLike] | None = None
) -> Trace:
    """Every quantity of a model's forward pass, as Keras computes it in double precision.

    Args:
        model: path of a `.keras` file, which is loaded without running any code of it, or a `keras.Model`.
        inputs: path of an .npy, .npz or .csv file, an array `(samples, …)`, or a list with one for each input.
        targets: path of a file like that of the inputs, or an array, if the loss is wanted too, with which the model
            must have been compiled.
        initial_states: `{"lstm.h_init": (samples, units), …}`, where recurrent layers start.

    Returns:
        Weights, inputs, gates, states, outputs by name, in order of computation: `trace["lstm.f[1]"]`.

    Raises:
        ModelError: the model cannot be loaded or used, or there are targets and it has no loss.
        NotSupportedError: a layer or an option is not supported.
        DataError: the inputs cannot be read or do not fit the model.
        MissingDependencyError: Keras is not installed.
    """
    from xlcheck.building.tracing import trace_model

    return trace_model(model, inputs, targets, initial_states)[0]


@checked
@within_budget
@no_garbage_collection()
def check(
    path: str | Path,
    *,
    engine: EngineName = "ironcalc",
    model: Any = None,
    inputs: Any = None,
    bindings: str | Path | None = None,
    perturb: int | None = None,
    effort: float | None = None,
    atol: float | None = None,
    rtol: float | None = None,
    tolerances: Mapping[str, float | tuple[float, float]] | None = None,
    budget: float | None = None,
    as_built: bool = False,
    strict: bool = False,
    verify_key: str | Path | None = None,
) -> CheckReport:
    """Recalculate a saved workbook and compare every formula cell with Keras.

    A workbook that xlcheck has not made is tied to a model by a bindings file: the one given, or the one
    beside the workbook that is named like it (`mine.toml` for `mine.xlsx`). Without one, its network is
    looked for in its formulas, and the report says what was assumed.

    Args:
        path: the workbook.
        engine: `ironcalc`, `cellrune`, `formulon` or `libreoffice`.
        model: a `.keras` file or a `keras.Model`; the truth is then computed with it now, and its weights are compared.
            In a workbook made by hand its weights and inputs are found by what the formulas do with them, or by value.
        inputs: the samples that the workbook must hold: a .npy, .npz or .csv file, an array, or a list with one for
            each input. For a workbook made by hand they go with a model.
        bindings: a TOML file that says which cells hold what, for a workbook that xlcheck has not made.
        perturb: how many times to change all weights and inputs and compare again; this finds formulas that are right
            only for the numbers shown. By default once where that is quick, for a workbook made by xlcheck.
        effort: processor time in seconds for recognising a workbook made by hand; by default 10, for large ones more.
        atol: absolute tolerance; by default the one the workbook was verified with.
        rtol: tolerance relative to each quantity's largest magnitude.
        tolerances: pattern of quantity names → atol, or (atol, rtol), for some of them: `{"lstm.*": 1e-9}`.
        budget: how many seconds the check may take; by default 300, and 10 for each megabyte of the file.
        as_built: of a workbook made by xlcheck, take inputs and weights that were changed since for mistakes.
        strict: take them for mistakes, and any other word, number or name, too; what programs change on saving is none.
        verify_key: a file with the key that the workbook must be signed with.

    Raises:
        WorkbookError: the file cannot be read.
        SignatureError: it is not what was signed with that key.
        ManifestError: xlcheck made the workbook, and what it says of itself is damaged or missing.
        OutOfTimeError: it took longer.
        UsageError: a tolerance is negative or no number, the bindings do not fit the workbook or the model, or
            inputs are given for a hand-made one alone.
        ModelError: the model cannot be used, or does not stand in the workbook.
        DataError: the inputs cannot be read, or a workbook made by xlcheck holds others.
        NothingCheckedError: no network was found, Keras is needed and not installed, or nobody has signed the workbook.
    """
    from xlcheck.engines import engine as engine_named, prepare
    from xlcheck.verdicts.tolerance import tolerance_from
    from xlcheck.workbook.reader import read_workbook

    for name, value in (("atol", atol), ("rtol", rtol)):
        tolerance_from(0.0 if value is None else value, name)
    limits = {
        pattern: tolerance_from(value, f"tolerances: {pattern!r}") for pattern, value in (tolerances or {}).items()
    }
    if effort is not None:
        positive(effort, "effort")
    key = None if verify_key is None else _key(verify_key)
    recalculating = engine_named(engine)
    asked = flags_of(
        model=model, inputs=inputs, bind=bindings, perturb=perturb, effort=effort, atol=atol, rtol=rtol,
        as_built=as_built, strict=strict, verify_key=verify_key,
    )  # fmt: skip
    doing(f"reading {path}")
    content = read_workbook(Path(path), on_accepted=partial(prepare, recalculating))
    if key is not None:
        from xlcheck.workbook.signature import verify

        content = replace(content, notes=(*content.notes, *verify(content, key)))
    # From here on the engine loads the file.
    from xlcheck.building.given_model import required
    from xlcheck.oracle.on_request import keras_if_installed
    from xlcheck.verdicts.generated.check import check_content
    from xlcheck.workbook.manifest import is_generated

    if bindings is not None or not is_generated(content):
        from xlcheck.building.handmade import check_handmade

        report = check_handmade(
            content, recalculating, model=model, inputs=inputs, bindings=bindings, perturb=perturb or 0,
            effort=effort, atol=atol, rtol=rtol, tolerances=limits,
        )  # fmt: skip
        return replace(report, asked=asked)
    weights = required(content, model, inputs)
    doing(f"recalculating {path} and comparing it with Keras")
    report = check_content(
        content, recalculating, recompute=keras_if_installed(), model_weights=weights, atol=atol, rtol=rtol,
        tolerances=limits, as_built=as_built, strict=strict, perturb=perturb,
    )  # fmt: skip
    return replace(report, asked=asked)


@checked
@within_budget
def bind(path: str | Path, *, engine: EngineName = "ironcalc", budget: float | None = None) -> Proposal:
    """Find out what a workbook made by hand computes, and draft a bindings file for it.

    Args:
        path: the workbook.
        engine: the formula engine that is asked.
        budget: how many seconds that may take; see `check`.

    Returns:
        The draft as a text, to be looked through, corrected and saved beside the workbook.

    Raises:
        WorkbookError: the file cannot be read.
        UsageError: xlcheck made the workbook.
        NothingCheckedError: it has no formulas.
    """
    from xlcheck.engines import engine as engine_named
    from xlcheck.handmade.propose import propose_bindings
    from xlcheck.workbook.manifest import is_generated
    from xlcheck.workbook.reader import read_workbook

    content = read_workbook(Path(path))
    if is_generated(content):
        raise UsageError(f"{path} was made by xlcheck and needs no bindings; pass it to `xlcheck check`")
    doing(f"looking for a network in the formulas of {path}")
    return propose_bindings(content, engine_named(engine))
