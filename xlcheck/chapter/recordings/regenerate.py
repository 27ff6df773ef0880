"""Writing the project's fixtures: train, record, store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xlcheck.chapter.recordings.names import TRAININGS, known_names, lesson_of
from xlcheck.chapter.recordings.options import OPTIONS
from xlcheck.chapter.recordings.schema import write_schema
from xlcheck.chapter.recordings.store import write_fixture
from xlcheck.files import filling, make_folder

if TYPE_CHECKING:
    from xlcheck.chapter.recordings.fixture import Fixture


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

    yield write_schema(folder)
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
    from xlcheck.chapter.training.options import option_fixture

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
