"""The chapter's classifiers, Embedding → SimpleRNN, LSTM or GRU → Dense: built, trained, judged on data kept apart."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from xlcheck.chapter.datasets.labelled import Indices, Labels, require_both_classes
from xlcheck.chapter.training.evaluation import Evaluation, Floats, evaluate
from xlcheck.chapter.training.fit import Interrupt, deferred_interrupt, set_seed
from xlcheck.chapter.training.model_file import Companion
from xlcheck.errors import UsageError
from xlcheck.model.encoding import Codes, Encoding
from xlcheck.model.keras_import import import_keras
from xlcheck.progress import Progress


class Cell(StrEnum):
    """The recurrent layer."""

    RNN = "rnn"
    LSTM = "lstm"
    GRU = "gru"

    @property
    def layer(self) -> str:
        """Keras's name of the layer."""
        return {"rnn": "SimpleRNN", "lstm": "LSTM", "gru": "GRU"}[self.value]


@dataclass(frozen=True)
class Architecture:
    """The layers of a classifier.

    Attributes:
        embedding: length of a word's vector.
        mask: whether the recurrent layer passes over padding.
        spatial_dropout: share of the embedding's columns that are left out, over all words of a text, while training.
        dropout: share of the single values that are left out.
        hidden: units of a dense relu layer after the recurrent one; 0 leaves it out.
        outputs: 2 for a softmax over the classes, 1 for a sigmoid.
    """

    cell: Cell = Cell.LSTM
    units: int = 1
    embedding: int = 32
    mask: bool = False
    spatial_dropout: float = 0.0
    dropout: float = 0.0
    hidden: int = 0
    outputs: int = 2

    def __post_init__(self) -> None:
        if self.units < 1 or self.embedding < 1:
            raise UsageError(f"a layer needs at least one unit, not {min(self.units, self.embedding)}")
        for share in (self.spatial_dropout, self.dropout):
            if not 0 <= share < 1:
                raise UsageError(f"the share that dropout leaves out must be from 0 to below 1, not {share}")

    def __str__(self) -> str:
        parts = [f"Embedding(…, {self.embedding}{', mask_zero' if self.mask else ''})"]
        parts += [f"SpatialDropout1D({self.spatial_dropout:g})"] * (self.spatial_dropout > 0)
        parts += [f"Dropout({self.dropout:g})"] * (self.dropout > 0)
        parts += [f"{self.cell.layer}({self.units})"]
        parts += [f"Dense({self.hidden}, relu)"] * (self.hidden > 0)
        parts += [f"Dense({self.outputs}, {'softmax' if self.outputs > 1 else 'sigmoid'})"]
        return " → ".join(parts)


def classifier(architecture: Architecture, codes: int, timesteps: int, learning_rate: float) -> Any:
    """Build and compile a classifier: shape (timesteps,) → (outputs,).

    Args:
        architecture: its layers.
        codes: how many codes there are, from 0. The chapter's table of embeddings has one row too few: 12,679
            for the codes 0 to 12,679. Here every code has its row.
        timesteps: codes that it reads.
        learning_rate: Adam's.
    """
    keras = import_keras()
    layers = keras.layers
    a = architecture
    stack = [
        keras.Input((timesteps,), dtype="int32"),
        layers.Embedding(codes, a.embedding, mask_zero=a.mask, name="embedding"),
    ]
    if a.spatial_dropout:
        stack.append(layers.SpatialDropout1D(a.spatial_dropout, name="spatial_dropout"))
    if a.dropout:
        stack.append(layers.Dropout(a.dropout, name="dropout"))
    stack.append(getattr(layers, a.cell.layer)(a.units, name=_SNAKE[a.cell]))
    if a.hidden:
        stack.append(layers.Dense(a.hidden, activation="relu", name="hidden"))
    stack.append(layers.Dense(a.outputs, activation="softmax" if a.outputs > 1 else "sigmoid", name="dense"))
    model = keras.Sequential(stack, name="classifier")
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate),
        loss="sparse_categorical_crossentropy" if a.outputs > 1 else "binary_crossentropy",
        metrics=["accuracy"],
    )
    return model


_SNAKE = {Cell.RNN: "simple_rnn", Cell.LSTM: "lstm", Cell.GRU: "gru"}


@dataclass(frozen=True)
class Part:
    """Samples as the model reads them: codes `(samples, timesteps)` and labels `(samples,)`."""

    inputs: Codes
    labels: Labels

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, which: Indices | slice) -> Part:
        """The samples at these positions."""
        return Part(self.inputs[which], self.labels[which])


@dataclass(frozen=True)
class ClassifierData:
    """A labelled data set, ready for training; every part has samples of both classes.

    Attributes:
        encoding: the vocabulary and the pre-processing.
        training: the model learns from these.
        validation: decides when to stop; None without early stopping.
        test: judges the model once, at the end.
    """

    encoding: Encoding
    training: Part
    validation: Part | None
    test: Part

    def __post_init__(self) -> None:
        for part in (self.training, self.validation, self.test):
            if part is not None:
                require_both_classes(part.labels)


@dataclass(frozen=True)
class Schedule:
    """How a classifier is trained.

    Attributes:
        epochs: at most.
        batch: samples in a step.
        learning_rate: Adam's.
        patience: epochs without a better loss on the validation part before training stops and goes back to the
            best epoch; None trains all epochs and looks at no validation part.
    """

    epochs: int = 50
    batch: int = 1024
    learning_rate: float = 0.001
    patience: int | None = None


@dataclass(frozen=True)
class TrainedClassifier:
    """A trained classifier.

    Attributes:
        encoding: what it reads.
        schedule: how it was trained.
        seed: of the weights and the batches.
        history: for each figure that Keras reports (`loss`, `accuracy`, `val_loss`, …) its value after each epoch.
        best_epoch: the epoch, from 1, whose weights these are.
        validation: figures on the validation part, if there is one; choices are made by these.
        test: figures on the test part.
        interrupted: whether the user stopped it early.
    """

    model: Any
    encoding: Encoding
    architecture: Architecture
    schedule: Schedule
    seed: int
    history: dict[str, list[float]]
    best_epoch: int
    validation: Evaluation | None
    test: Evaluation
    interrupted: bool

    @property
    def companion(self) -> Companion:
        """What travels with the model."""
        record = {
            "seed": self.seed,
            "architecture": asdict(self.architecture),
            "schedule": asdict(self.schedule),
            "best_epoch": self.best_epoch,
            "history": self.history,
        }
        return Companion(self.encoding, record)


def train_classifier(
    data: ClassifierData, architecture: Architecture, schedule: Schedule, seed: int, progress: Progress | None = None
) -> TrainedClassifier:
    """Build, train and judge a classifier; `progress` is told the steps done and the steps in all, after each step.

    Raises:
        UsageError: the seed is out of range.
    """
    set_seed(seed)
    encoding = data.encoding
    model = classifier(architecture, encoding.size, encoding.timesteps, schedule.learning_rate)
    with deferred_interrupt() as interrupt:
        history, best_epoch = _fit(model, data, schedule, progress, interrupt)
    return TrainedClassifier(
        model=model,
        encoding=encoding,
        architecture=architecture,
        schedule=schedule,
        seed=seed,
        history=history,
        best_epoch=best_epoch,
        validation=None if data.validation is None else judge(model, data.validation),
        test=judge(model, data.test),
        interrupted=interrupt.requested,
    )


def judge(model: Any, part: Part) -> Evaluation:
    """Figures of a classifier on samples."""
    return evaluate(positive_scores(model, part.inputs), part.labels)


def positive_scores(model: Any, inputs: Codes) -> Floats:
    """The probability of class 1 for each sample: the second output of a softmax, or the only one of a sigmoid."""
    predictions = model.predict(inputs, batch_size=128, verbose=0)
    scores: Floats = np.asarray(predictions[:, -1], dtype=np.float64)
    return scores


def _fit(
    model: Any, data: ClassifierData, schedule: Schedule, progress: Progress | None, interrupt: Interrupt
) -> tuple[dict[str, list[float]], int]:
    callbacks = import_keras().callbacks
    stopping = []
    if schedule.patience is not None and data.validation is not None:
        stopping = [callbacks.EarlyStopping("val_loss", patience=schedule.patience, restore_best_weights=True)]
    validation = (data.validation.inputs, data.validation.labels) if data.validation is not None else None
    fitted = model.fit(
        data.training.inputs,
        data.training.labels,
        batch_size=schedule.batch,
        epochs=schedule.epochs,
        validation_data=validation,
        callbacks=[*stopping, _watcher(model, len(data.training), schedule, progress, interrupt)],
        verbose=0,
    )
    history = {name: [float(value) for value in values] for name, values in fitted.history.items()}
    epochs = len(history["loss"])
    return history, int(np.argmin(history["val_loss"])) + 1 if stopping else epochs


def _watcher(model: Any, samples: int, schedule: Schedule, progress: Progress | None, interrupt: Interrupt) -> Any:
    """A Keras callback that reports each step and ends training when the user asks for it."""
    per_epoch = -(-samples // schedule.batch)
    done = 0

    def after_batch(batch: int, logs: object) -> None:
        nonlocal done
        done += 1
        if progress is not None:
            progress(done, schedule.epochs * per_epoch)
        if interrupt.requested:
            model.stop_training = True

    return import_keras().callbacks.LambdaCallback(on_train_batch_end=after_batch)
