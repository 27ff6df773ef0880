"""Writing the project's fixtures: train, record, store; or verifying that Keras still gives what they hold.

A trace made anew is compared by tolerance, never by bytes: exp, tanh and the order of sums differ in the last bits from
processor to processor, and 500 training steps make more of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from xlcheck.arrays import Array
from xlcheck.chapter.recordings.names import BOOK, TRAININGS, known_names, lesson_of
from xlcheck.chapter.recordings.options import OPTIONS
from xlcheck.chapter.recordings.store import fixtures_folder, read_fixture, write_fixture
from xlcheck.chapter.recordings.training import SUFFIX, TrainingFixture, read_training
from xlcheck.errors import DataError
from xlcheck.files import filling, make_folder, write_text
from xlcheck.graph.nudges import NUDGED
from xlcheck.learning.forward import forward_graph
from xlcheck.verdicts.placement import magnitude
from xlcheck.verdicts.tolerance import Tolerance

if TYPE_CHECKING:
    from xlcheck.chapter.recordings.store import Fixture


def write_fixtures(names: Iterable[str], folder: Path) -> tuple[Path, ...]:
    """Train and record the named fixtures; write `NAME.json`, `NAME.keras` and the schema into a folder.

    A fixture of the matrix of options has no `.keras` file: its JSON describes the model completely. That of a
    lesson on training is one file, `NAME.npz`.

    Returns:
        The files written.

    Raises:
        UsageError: there is no fixture of this name, or the folder cannot be written to.
        MissingDependencyError: Keras is not installed.
    """
    with filling(folder):
        return tuple(_written(known_names(names), folder))


def _written(names: Iterable[str], folder: Path) -> Iterator[Path]:
    from xlcheck.chapter.training.lessons import save_lesson

    schema = folder / "schema.json"
    write_text(schema, (fixtures_folder() / schema.name).read_text(encoding="utf-8"))
    yield schema
    for name in names:
        if name in OPTIONS:
            yield _write_options(name, folder)
            continue
        if name in TRAININGS:
            yield _write_training(name, folder)
            continue
        model, history = _model(name)
        write_fixture(_fixture(name, model, history), folder / f"{name}.json")
        save_lesson(lesson_of(name), model, folder / f"{name}.keras")
        yield from (folder / f"{name}.json", folder / f"{name}.keras")


def _write_options(name: str, folder: Path) -> Path:
    from xlcheck.chapter.training.lessons import option_fixture

    path = folder / f"{name}.json"
    make_folder(path.parent)
    write_fixture(option_fixture(name), path)
    return path


def _write_training(name: str, folder: Path) -> Path:
    from xlcheck.chapter.recordings.training import SUFFIX, write_training
    from xlcheck.chapter.training.epochs import training_fixture

    path = folder / f"{name}{SUFFIX}"
    write_training(training_fixture(name), path)
    return path


def _model(name: str) -> tuple[Any, tuple[float, ...]]:
    """The fixture's Keras model and the loss of each epoch, none for the book's weights."""
    from xlcheck.chapter.training.lessons import book_model, train_model

    if lesson_of(name) == name:
        return train_model(name)
    return book_model(lesson_of(name)), ()


def _fixture(name: str, model: Any, history: tuple[float, ...]) -> Fixture:
    from xlcheck.chapter.training.lessons import book_fixture, trained_fixture

    lesson = lesson_of(name)
    return trained_fixture(lesson, model, history) if lesson == name else book_fixture(lesson)


FLOAT64 = Tolerance(atol=1e-14, rtol=1e-14)
FLOAT32 = Tolerance(atol=1e-6, rtol=1e-6)
TRAINED = Tolerance(atol=1e-3, rtol=1e-3)  # measured: other orders of summation move weights by up to 1.2e-4
WANDERING = {"next-word": Tolerance(atol=0.1, rtol=0.1)}
"""Lessons whose weights go further astray while their losses stay together: RMSprop divides by the root of a mean of
squares, so that a weight with hardly any gradient moves by what rounding makes of it. Measured: a weight of next-word
by 0.03, the median by 5e-5, a loss by 3e-3."""
LOSSES = Tolerance(atol=5e-3, rtol=5e-3)
FURTHER = Tolerance(atol=1e-12, rtol=1e-12)
EPOCHS = Tolerance(atol=1e-10, rtol=1e-10)  # 500 epochs in double precision make as much of the last bits
SAVED = Tolerance(atol=0.0)


@dataclass(frozen=True)
class Moved:
    """A quantity that Keras no longer gives to the last bit.

    Attributes:
        source: `float64` or `float32` (recorded anew with the stored weights), `trained` (trained anew),
            `epochs` (every epoch in double precision), `further` (what only the lesson's own pages show),
            `saved` (the `.keras` file, or for the matrix of options the weights drawn anew).
        quantity: its name; `history` for the losses of training.
        max_abs_error: the largest difference of an element.
        ulps: the same in units in the last place, at the quantity's largest magnitude.
        allowed: the largest difference that still counts as agreement.
    """

    source: str
    quantity: str
    max_abs_error: float
    ulps: float
    allowed: float

    @property
    def ok(self) -> bool:
        """Whether the difference is within the tolerance; a NaN never is."""
        return self.max_abs_error <= self.allowed


@dataclass(frozen=True)
class Verification:
    """The result for one fixture.

    Attributes:
        compared: how many quantities were compared, over all sources.
        moved: those that differ at all, in the order of computation.
    """

    name: str
    compared: int
    moved: tuple[Moved, ...]

    @property
    def ok(self) -> bool:
        """Whether something was compared and all of it agrees."""
        return self.compared > 0 and all(item.ok for item in self.moved)


@dataclass(frozen=True)
class VerificationReport:
    """The results for several fixtures."""

    fixtures: tuple[Verification, ...]

    @property
    def ok(self) -> bool:
        """Whether there was a fixture and all of them hold."""
        return bool(self.fixtures) and all(item.ok for item in self.fixtures)

    def text(self) -> str:
        """A line for each fixture, and below it one for each quantity that left its tolerance."""
        return "\n".join(line for item in self.fixtures for line in _lines(item))


def verify_fixtures(names: Iterable[str], folder: Path) -> VerificationReport:
    """Record and train fixtures anew, by their names, and compare them with the files of a folder.

    Raises:
        UsageError: there is no fixture of this name.
        DataError: a file is missing or damaged.
        ModelError: a `.keras` file is missing or damaged.
        MissingDependencyError: Keras is not installed.
    """
    return VerificationReport(
        tuple((_verify_epochs if name in TRAININGS else _verify)(name, folder) for name in known_names(names))
    )


def compare(
    source: str, desired: Mapping[str, Array], actual: Mapping[str, Array], tolerance: Tolerance
) -> tuple[Moved, ...]:
    """Every quantity of `desired` that differs in `actual`.

    Raises:
        DataError: a quantity is missing, or has another shape.
    """
    dtype = np.float64 if source in {"float64", "epochs"} else np.float32
    moved = []
    for name, stored in desired.items():
        if name not in actual or actual[name].shape != stored.shape:
            raise DataError(f"{name} is stored in the fixture, but Keras has no such quantity; write the fixture again")
        if not np.array_equal(actual[name], stored):
            difference = float(np.abs(actual[name] - stored).max())
            scale = magnitude(stored)
            ulps = difference / float(np.spacing(dtype(scale or 1.0)))
            moved.append(Moved(source, name, difference, ulps, tolerance.limit(scale)))
    return tuple(moved)


def _lines(result: Verification) -> list[str]:
    largest = max((item.max_abs_error for item in result.moved), default=0.0)
    verdict = "holds" if result.ok else "no longer holds"
    moved = f"{len(result.moved)} moved, by at most {largest:.2g}" if result.moved else "all the same to the last bit"
    return [f"{result.name}: {verdict}; {result.compared} quantities compared, {moved}"] + [
        f"  {item.source} {item.quantity} moved by {item.max_abs_error:.3g} ({item.ulps:.1f} ULP); "
        f"allowed are {item.allowed:.3g}"
        for item in result.moved
        if not item.ok
    ]


def _verify(name: str, folder: Path) -> Verification:
    from xlcheck.chapter.training.lessons import option_model
    from xlcheck.model.keras_file import load_model
    from xlcheck.model.keras_reader import weights_of
    from xlcheck.oracle.record import retrace

    fixture = read_fixture(folder / f"{name}.json")
    exact, single = fixture.trace.values, fixture.trace_float32.values
    saved = weights_of(option_model(name) if name in OPTIONS else load_model(folder / f"{name}.keras"))
    weights = {q.name: single[q.name] for q in forward_graph(fixture.spec) if q.is_weight}
    moved = [
        *compare("saved", weights, saved, SAVED),
        *compare("float64", exact, retrace(fixture.spec, exact).values, FLOAT64),
        *compare("float32", single, retrace(fixture.spec, single, dtype="float32").values, FLOAT32),
    ]
    compared = len(weights) + len(exact) + len(single)
    if name not in OPTIONS and fixture.weights != BOOK:
        trained = _train(fixture)
        history = {"history": np.array(fixture.history)}
        of_weights, of_losses = (WANDERING[name], LOSSES) if name in WANDERING else (TRAINED, TRAINED)
        moved += compare("trained", {key: single[key] for key in weights}, trained, of_weights)
        moved += compare("trained", history, trained, of_losses)
        compared += len(weights) + len(history)
    if fixture.further:
        moved += compare("further", fixture.further, _further(fixture), WANDERING.get(name, FURTHER))
        compared += len(fixture.further)
    return Verification(name, compared, tuple(moved))


def _verify_epochs(name: str, folder: Path) -> Verification:
    """A lesson on training: every number of every epoch, the nudged runs, and the training in single precision."""
    from xlcheck.chapter.training.epochs import training_fixture

    stored = read_training(folder / f"{name}{SUFFIX}")
    how: dict[str, Any] = {key: int(value) for key, value in stored.provenance.items() if key in {"seed", "epochs"}}
    fresh = training_fixture(name, **how)
    moved = [
        *compare("epochs", _exact(stored), _exact(fresh), EPOCHS),
        *compare("trained", stored.single, fresh.single, TRAINED),
    ]
    return Verification(name, len(_exact(stored)) + len(stored.single), tuple(moved))


def _exact(fixture: TrainingFixture) -> dict[str, Array]:
    """What a training holds in double precision."""
    return {**fixture.training.values, **{NUDGED + name: values for name, values in fixture.nudged.items()}}


def _further(fixture: Fixture) -> Mapping[str, Array]:
    """What only the lesson's own pages show, from the stored weights."""
    from xlcheck.chapter.lessons.catalogue import lesson_named
    from xlcheck.model.keras_builder import to_keras

    further = lesson_named(fixture.lesson).further
    return (
        {}
        if further is None
        else further(to_keras(fixture.spec, fixture.trace.values), int(fixture.provenance["seed"]))
    )


def _train(fixture: Fixture) -> dict[str, Array]:
    from xlcheck.chapter.training.lessons import train_model
    from xlcheck.model.keras_reader import weights_of

    seed, epochs = int(fixture.provenance["seed"]), int(fixture.provenance["epochs"])
    model, history = train_model(lesson_of(fixture.name), seed, epochs)
    return weights_of(model) | {"history": np.array(history)}
