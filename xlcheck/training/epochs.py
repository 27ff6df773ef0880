"""The lessons on training: their models from the same seed as always, trained in double and in single precision."""

from __future__ import annotations

import numpy as np

from xlcheck.errors import UsageError
from xlcheck.fixtures.training import TrainingFixture
from xlcheck.layers.forward import forward_graph
from xlcheck.oracle.record import record
from xlcheck.oracle.training import record_training
from xlcheck.spec.keras_import import import_keras
from xlcheck.spec.keras_reader import read_model, weights_of
from xlcheck.training.fit import Progress, set_seed
from xlcheck.training.lessons import EPOCHS, RECIPES, SEED
from xlcheck.training.models import MODELS

TRAINED_LESSONS = {f"{lesson}-training": lesson for lesson in ("simple-rnn", "lstm", "rnn-dimensions")}
_RATES = {"rnn-dimensions": 0.01}


def train_epochs(
    name: str, seed: int = SEED, epochs: int = EPOCHS, progress: Progress | None = None
) -> TrainingFixture:
    """Train a lesson's model with Adam and record every quantity of every epoch.

    Args:
        name: `lstm-training` and the like.
        seed: for the weights to start from.
        epochs: how many steps.
        progress: told after each epoch.

    Raises:
        UsageError: there is no such lesson, or the seed is out of range.
    """
    if name not in TRAINED_LESSONS:
        raise UsageError(f"there is no lesson {name!r} on training; there are {', '.join(TRAINED_LESSONS)}")
    lesson = TRAINED_LESSONS[name]
    data = RECIPES[lesson].data()
    set_seed(seed)
    model = MODELS[lesson]()
    spec = read_model(model)
    start = record(model, data.inputs, data.targets)
    given = {q.name: start[q.name] for q in forward_graph(spec) if q.expr is None}
    settings = {"learning_rate": _RATES[lesson]} if lesson in _RATES else {}
    training = record_training(spec, given, "adam", settings, epochs, progress)

    losses, weights = [], []
    for _ in range(epochs):
        model.reset_metrics()
        losses.append(float(model.train_on_batch(data.inputs, data.targets, sample_weight=data.step_weights)))
        weights.append(weights_of(model))
    single = {"loss.mean": np.array(losses)}
    single |= {weight: np.stack([own[weight] for own in weights]) for weight in weights[0]}
    return TrainingFixture(name, spec, data.samples, data.words, training, single, {
        "seed": str(seed), "epochs": str(epochs), "keras": import_keras().__version__, "numpy": np.__version__,
    })  # fmt: skip
