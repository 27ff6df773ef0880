"""Layers that are drawn for random graphs besides the usual ones, and what reads several tensors at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from models import keras

L: Any = keras.layers
CELLS = ("SimpleRNNCell", "LSTMCell", "GRUCell")
Make = Callable[[], Any]


class Dice:
    """Chooses, by a generator of random numbers."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng

    def _one_of(self, choices: Sequence[Any]) -> Any:
        return choices[int(self.rng.integers(len(choices)))]

    def _number(self, first: int, end: int) -> int:
        return int(self.rng.integers(first, end))

    def _chance(self, share: float) -> bool:
        return bool(self.rng.random() < share)


def rare_layers(shape: tuple[int, ...], units: int, activation: str, masked: bool) -> list[Make]:
    """Layers after which a mask hangs on a tensor as it did before, for a tensor of this shape without samples."""
    made: list[Make] = [
        L.BatchNormalization,
        L.RMSNormalization,
        L.UnitNormalization,
        lambda: L.GroupNormalization(1),
        lambda: L.ELU(0.7),
        lambda: L.LeakyReLU(0.2),
        lambda: L.ReLU(0.9, 0.1, 0.2),
        lambda: L.Rescaling(-0.5, 0.25),
        L.PReLU,
        lambda: L.ActivityRegularization(0.1),
        lambda: L.Dense(units, activation=activation, use_bias=False),
    ]
    if not masked:
        made.append(L.Softmax)
    if len(shape) == 2 and not masked:
        steps, features = shape
        made += [
            lambda: L.Permute((2, 1)),
            lambda: L.Reshape((features * steps, 1)),
            lambda: L.ZeroPadding1D((1, 0)),
            lambda: L.UpSampling1D(2),
            lambda: L.Cropping1D((0, 1) if steps > 1 else 0),
            lambda: L.AveragePooling1D(2, padding="same"),
            lambda: L.MaxPooling1D(2, strides=1, padding="same"),
            L.GlobalAveragePooling1D,
            lambda: L.GlobalMaxPooling1D(keepdims=True),
            lambda: L.DepthwiseConv1D(2, padding="same", activation=activation),
            lambda: L.Conv1DTranspose(units, 2, strides=2, activation=activation),
            lambda: L.SpatialDropout1D(0.5),
        ]  # fmt: skip
    return made


def stacked_cells(kinds: Sequence[str], units: Sequence[int], **options: Any) -> Any:
    """An RNN of several cells, one above the other."""
    return L.RNN([getattr(L, kind)(number) for kind, number in zip(kinds, units, strict=True)], **options)


def attending(query: Any, value: Any, heads: int) -> list[Make]:
    """What a sequence finds in another one, of the same features, without masks.

    The roots of the sizes of keys are whole, since Keras rounds others to single precision in double, too.
    """
    return [
        lambda: L.MultiHeadAttention(heads, 4)(query, value),
        lambda: L.MultiHeadAttention(heads, 1, value_dim=1, output_shape=(3,))(query, value),
        lambda: L.MultiHeadAttention(1, 4, value_dim=heads)(query, query, use_causal_mask=True),
        lambda: L.Attention(use_scale=True)([query, value]),
        lambda: L.AdditiveAttention()([query, value]),
        lambda: L.Attention(score_mode="concat")([query, value, value]),
        lambda: L.Dot(axes=2)([query, value]),
        lambda: L.Dot(axes=2, normalize=True)([query, value]),
    ]
