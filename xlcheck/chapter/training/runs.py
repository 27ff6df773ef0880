"""The same training from several seeds, and for several recurrent layers: figures with their spread."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from typing import Any

from xlcheck.chapter.training.classify import (
    Architecture,
    ClassifierData,
    Schedule,
    TrainedClassifier,
    train_classifier,
)
from xlcheck.chapter.training.evaluation import Evaluation, Spread, spread
from xlcheck.grouping import grouped
from xlcheck.model.keras_import import import_keras
from xlcheck.progress import Progress


@dataclass(frozen=True)
class Run:
    """The figures of one training.

    Attributes:
        cell: the recurrent layer, as Keras calls it.
        seed: of the division of the data, the weights and the batches.
        samples: in the training, validation and test part.
        parameters: how many weights the model has.
        epochs: how many were trained.
        best_epoch: the one whose weights were kept.
        validation: figures on the validation part, if there was one.
        test: figures on the test part.
        seconds: what it took.
    """

    cell: str
    seed: int
    samples: tuple[int, int, int]
    parameters: int
    epochs: int
    best_epoch: int
    validation: Evaluation | None
    test: Evaluation
    seconds: float

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values, with the figures that follow from the confusion matrix."""
        data = asdict(self)
        for name in ("validation", "test"):
            evaluation: Evaluation | None = getattr(self, name)
            if evaluation is not None:
                data[name] |= {"accuracy": evaluation.accuracy, "majority": evaluation.majority}
        return data


@dataclass(frozen=True)
class Finished:
    """A training that came to its end, and its figures."""

    trained: TrainedClassifier
    run: Run


def train_all(
    architectures: Sequence[Architecture],
    schedule: Schedule,
    seeds: Sequence[int],
    prepare: Callable[[int], ClassifierData],
    bar: Callable[[str], AbstractContextManager[Progress | None]],
) -> Iterator[Finished]:
    """Train each architecture from each seed, one after the other; stops after one that the user interrupted.

    Args:
        architectures: the layers.
        schedule: how they are trained.
        seeds: each divides the data anew, too.
        prepare: the data by seed.
        bar: given what is trained, opens what shows its progress.
    """
    for architecture in architectures:
        for seed in seeds:
            begun = time.perf_counter()
            data = prepare(seed)
            with bar(f"{architecture.cell.layer}, seed {seed}") as progress:
                trained = train_classifier(data, architecture, schedule, seed, progress)
            samples = (len(data.training), 0 if data.validation is None else len(data.validation), len(data.test))
            del data
            yield Finished(trained, _figures(trained, samples, time.perf_counter() - begun))
            if trained.interrupted:
                return
            import_keras().backend.clear_session()
            gc.collect()  # compiled steps hold each other in cycles


def better(one: Finished | None, other: Finished) -> Finished:
    """The one that did better on its validation part; without one, the first. The test part has no say."""
    if one is None:
        return other
    if one.run.validation is None or other.run.validation is None:
        return one
    return other if other.run.validation.accuracy > one.run.validation.accuracy else one


def spreads(runs: Sequence[Run]) -> dict[str, tuple[Spread, Spread]]:
    """For each cell the spread of the accuracy and of the area under the ROC curve on the test parts."""
    return {
        cell: (spread([test.accuracy for test in tests]), spread([test.auc for test in tests]))
        for cell, tests in grouped((run.cell, run.test) for run in runs).items()
    }


def _figures(trained: TrainedClassifier, samples: tuple[int, int, int], seconds: float) -> Run:
    return Run(
        cell=trained.architecture.cell.layer,
        seed=trained.seed,
        samples=samples,
        parameters=int(trained.model.count_params()),
        epochs=len(trained.history["loss"]),
        best_epoch=trained.best_epoch,
        validation=trained.validation,
        test=trained.test,
        seconds=seconds,
    )
