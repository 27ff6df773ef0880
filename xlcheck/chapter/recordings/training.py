"""What a lesson on training is built from, stored as NumPy's `.npz`: a hundred thousand numbers, all bits of each."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from xlcheck.arrays import Array
from xlcheck.chapter.recordings.store import fixtures_folder
from xlcheck.errors import DataError, UsageError
from xlcheck.files import reading, replacing
from xlcheck.graph.nudges import NUDGED
from xlcheck.graph.trace import Training
from xlcheck.model.model_spec import ModelSpec

FORMAT = "xlcheck-training-2"
SUFFIX = ".npz"
_ABOUT = "about"
_SINGLE = "single "


@dataclass(frozen=True)
class TrainingFixture:
    """A training with Keras, all samples in one batch.

    Attributes:
        samples: a short text for each sample.
        words: the words of each sample.
        training: every quantity of every epoch, in double precision.
        single: the same training with `model.fit` as it is, in single precision: the mean loss and the
            weights at the end of each epoch, by quantity name.
        nudged: every computed quantity of the forward pass before the first epoch, with one number of one weight
            a little larger or smaller: `(runs, samples, n)`, in the order of `nudges`.
        provenance: seed, versions.
    """

    lesson: str
    spec: ModelSpec
    samples: tuple[str, ...]
    words: tuple[tuple[str, ...], ...]
    training: Training
    single: Mapping[str, Array]
    nudged: Mapping[str, Array] = field(default_factory=dict)
    provenance: Mapping[str, str] = field(default_factory=dict)


def write_training(fixture: TrainingFixture, path: Path) -> None:
    """Write a fixture; an existing file is replaced as a whole or not at all.

    Raises:
        UsageError: the file cannot be written there.
    """
    about = {
        "format": FORMAT,
        "lesson": fixture.lesson,
        "spec": fixture.spec.to_json(),
        "samples": fixture.samples,
        "words": fixture.words,
        "optimiser": fixture.training.optimiser,
        "settings": dict(fixture.training.settings),
        "provenance": dict(fixture.provenance),
    }
    arrays: dict[str, Any] = {_ABOUT: np.array(json.dumps(about))}
    arrays |= {_SINGLE + name: values for name, values in fixture.single.items()}
    arrays |= {NUDGED + name: values for name, values in fixture.nudged.items()}
    arrays |= fixture.training.values
    with replacing(path) as temporary, temporary.open("wb") as file:
        np.savez_compressed(file, **arrays)


def read_training(path: Path) -> TrainingFixture:
    """Read a fixture.

    Raises:
        DataError: it cannot be read, or is not such a fixture.
    """
    try:
        with reading(path, DataError), path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        about = json.loads(str(arrays.pop(_ABOUT)))
        if about["format"] != FORMAT:
            raise DataError(f"{path}: the format is {about['format']!r}; this version reads {FORMAT!r}")
        single, nudged = _taken(arrays, _SINGLE), _taken(arrays, NUDGED)
        return TrainingFixture(
            about["lesson"],
            ModelSpec.from_json(about["spec"]),
            tuple(about["samples"]),
            tuple(tuple(words) for words in about["words"]),
            Training(about["optimiser"], about["settings"], arrays),
            single,
            nudged,
            about["provenance"],
        )
    except (ValueError, KeyError, TypeError, AttributeError, EOFError, zipfile.BadZipFile) as error:
        raise DataError(f"{path}: this is not a fixture of a training, or it is damaged; write it again") from error


def _taken(arrays: dict[str, Array], prefix: str) -> dict[str, Array]:
    """Take the arrays out whose names begin in a certain way; by the rest of their names."""
    names = [name for name in arrays if name.startswith(prefix)]
    return {name.removeprefix(prefix): arrays.pop(name) for name in names}


def load_training(lesson: str) -> TrainingFixture:
    """One of the project's own fixtures.

    Raises:
        UsageError: there is none for this lesson.
        DataError: the file is damaged.
    """
    path = fixtures_folder() / f"{lesson}{SUFFIX}"
    if not path.is_file():
        raise UsageError(f"there is no fixture of a training for {lesson!r}")
    return read_training(path)
