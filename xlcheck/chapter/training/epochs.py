"""The lessons on training: their models from the same seed as always, trained in double and in single precision.

The toys' own models begin with a recurrent kernel of 0, as the chapter's do. Then nothing flows back through time in
the first epoch, which is the one that is shown in slow motion; so here the kernel begins as Keras begins it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from xlcheck.chapter.lessons.catalogue import lesson_named
from xlcheck.chapter.recordings.names import TRAININGS, VANISHING
from xlcheck.chapter.recordings.training import TrainingFixture
from xlcheck.chapter.training.fit import set_seed
from xlcheck.chapter.training.lessons import EPOCHS, SEED, untrained
from xlcheck.chapter.training.vanishing import vanishing_fixture
from xlcheck.errors import UsageError
from xlcheck.graph.nudges import SIZE
from xlcheck.learning.forward import forward_graph
from xlcheck.model.keras_import import import_keras
from xlcheck.model.keras_reader import read_model, weights_of
from xlcheck.oracle.record import record
from xlcheck.oracle.retrain import record_nudged
from xlcheck.oracle.training import record_training
from xlcheck.progress import Progress

TRAINED_LESSONS = {name: name.removesuffix("-training") for name in TRAININGS if name != VANISHING}
_RATES = {"rnn-dimensions": 0.01}


def train_epochs(
    name: str, seed: int = SEED, epochs: int = EPOCHS, progress: Progress | None = None
) -> TrainingFixture:
    """Train a lesson's model with Adam and record every quantity of every epoch; `progress` is told after each.

    Raises:
        UsageError: there is no such lesson, or the seed is out of range.
    """
    if name not in TRAINED_LESSONS:
        raise UsageError(f"there is no lesson {name!r} on training; there are {', '.join(TRAINED_LESSONS)}")
    lesson = TRAINED_LESSONS[name]
    data = lesson_named(lesson).data()
    set_seed(seed)
    model = untrained(lesson)
    _start_recurrent(model)
    spec = read_model(model)
    start = record(model, data.inputs, data.targets)
    given = {q.name: start[q.name] for q in forward_graph(spec) if q.expr is None}
    settings = {"learning_rate": _RATES[lesson]} if lesson in _RATES else {}
    training = record_training(spec, given, "adam", settings, epochs, progress)
    nudged = record_nudged(spec, given, SIZE)

    losses, weights = [], []
    for _ in range(epochs):
        model.reset_metrics()
        losses.append(float(model.train_on_batch(data.inputs, data.targets, sample_weight=data.step_weights)))
        weights.append(weights_of(model))
    single = {"loss.mean": np.array(losses)}
    single |= {weight: np.stack([own[weight] for own in weights]) for weight in weights[0]}
    return TrainingFixture(name, spec, data.samples, data.words, training, single, nudged, {
        "seed": str(seed), "epochs": str(epochs), "keras": import_keras().__version__, "numpy": np.__version__,
    })  # fmt: skip


def training_fixture(
    name: str, seed: int = SEED, epochs: int = EPOCHS, progress: Progress | None = None
) -> TrainingFixture:
    """What any lesson on training is built from, asked of Keras now; see `train_epochs`."""
    return vanishing_fixture() if name == VANISHING else train_epochs(name, seed, epochs, progress)


def _start_recurrent(model: Any) -> None:
    """Give every recurrent kernel of zeros the numbers that Keras starts with when nothing is said."""
    for layer in model.layers:
        kernel = getattr(getattr(layer, "cell", None), "recurrent_kernel", None)
        if kernel is not None and not np.any(kernel):
            kernel.assign(import_keras().initializers.Orthogonal()(kernel.shape))
