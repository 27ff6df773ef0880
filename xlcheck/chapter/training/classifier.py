"""The chapter's classifiers: Embedding → SimpleRNN, LSTM or GRU → Dense, for tweets and for film reviews."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from xlcheck.errors import UsageError
from xlcheck.model.keras_import import import_keras


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
        cell: the recurrent layer.
        units: its units.
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
