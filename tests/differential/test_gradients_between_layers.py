"""Gradients through what stands between layers, and through attention: those of the tape."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import models
import numpy as np
import pytest
from models import keras, numbers
from test_gradients import FEATURES, SAMPLES, TIMESTEPS, largest_difference, layers, one_hot

pytestmark = pytest.mark.keras


def between_layers() -> Any:
    """A model that computes between its layers: attention, a residual, the last step and an average."""
    ops = keras.ops
    x = keras.Input((TIMESTEPS, FEATURES))
    h = layers.RNN([layers.LSTMCell(3), layers.GRUCell(2)], return_sequences=True, name="rnn")(x)
    scores = layers.Dense(1, name="scores")(h)
    shares = ops.softmax(scores, axis=1)
    attended = ops.sum(h * shares, axis=1) + ops.mean(scores, axis=1)
    h = h + layers.AdditiveAttention(name="additive")([h, h]) + layers.Attention(True, "concat", name="looks")([h, h])
    best = ops.max(ops.matmul(h, ops.transpose(h, (0, 2, 1))), axis=1)
    joined = ops.concatenate([attended, h[:, -1] / 3, ops.tanh(best), keras.activations.relu(1 - best)], axis=-1)
    model = keras.Model(x, layers.Dense(3, activation="softmax", name="out")(joined))
    model.compile(loss="categorical_crossentropy")
    return model


def _agrees_with_the_tape(build: Callable[[], Any], inputs: np.ndarray) -> None:
    model = models.build(build, 5)
    worst, found = largest_difference(model, inputs, one_hot(SAMPLES))

    assert found > len(model.trainable_weights)
    assert worst <= 1e-14


@pytest.mark.parametrize("causal", [False, True])
def test_gradients_of_many_heads_are_those_of_the_tape(causal: bool) -> None:
    """Gradients flow back through each head, its scores and shares, to the weights as Keras stores them."""

    def heads() -> Any:
        x = keras.Input((TIMESTEPS, FEATURES))
        h = layers.MultiHeadAttention(2, 3, name="heads")(x, layers.Dense(4, name="d")(x), use_causal_mask=causal)
        model = keras.Model(x, layers.Dense(3, activation="softmax", name="out")(layers.Flatten(name="flat")(h)))
        model.compile(loss="categorical_crossentropy")
        return model

    _agrees_with_the_tape(heads, numbers(SAMPLES, TIMESTEPS, FEATURES))


def test_gradients_of_attention_under_masks_are_those_of_the_tape() -> None:
    """Nothing flows back to a step that is skipped, on either side."""

    def looking_back() -> Any:
        x = keras.Input((TIMESTEPS, FEATURES))
        read = layers.Masking(name="mask")(x)
        asked = layers.GRU(FEATURES, return_sequences=True, name="gru")(read)
        h = layers.Attention(use_scale=True, name="look")([asked, read])
        model = keras.Model(x, layers.Dense(3, activation="softmax", name="out")(layers.LSTM(2, name="lstm")(h)))
        model.compile(loss="categorical_crossentropy")
        return model

    _agrees_with_the_tape(looking_back, models.padded(SAMPLES, TIMESTEPS, FEATURES))


def test_gradients_between_layers_are_those_of_the_tape() -> None:
    """What is computed between layers has gradients, too, within 1e-14."""
    _agrees_with_the_tape(between_layers, numbers(SAMPLES, TIMESTEPS, FEATURES))


def test_gradients_of_choices_and_images_are_those_of_the_tape() -> None:
    """Through gates of an image's channels and pixels, choices, constants, scores, and whatever is reduced."""

    def gated() -> Any:
        ops, x = keras.ops, keras.Input((TIMESTEPS, FEATURES))
        image = layers.Reshape((TIMESTEPS, 2, 2), name="image")(layers.Dense(4, "tanh", name="d")(x))
        gate = ops.sigmoid(ops.mean(image, axis=[1, 2], keepdims=True))
        pixels = image * gate * ops.max(image, axis=-1, keepdims=True)
        y = layers.Average(name="both")([ops.where(pixels > 0, pixels, 0.1 * image), gate])
        steps = ops.reshape(y * np.array([2.0, 3.0]), (-1, TIMESTEPS, 4))
        _, scores = layers.Attention(name="look")([steps, steps], use_causal_mask=True, return_attention_scores=True)
        signs = ops.cast(steps > 0, x.dtype) * steps + ops.min(image, axis=2)[:, :, :1]
        joined = ops.concatenate([ops.where(scores > 0.3, scores, 0.0), signs], axis=-1)
        model = keras.Model(x, layers.Dense(3, activation="softmax", name="out")(layers.Flatten(name="flat")(joined)))
        model.compile(loss="categorical_crossentropy")
        return model

    _agrees_with_the_tape(gated, numbers(SAMPLES, TIMESTEPS, FEATURES))
