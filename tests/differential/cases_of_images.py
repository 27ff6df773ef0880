"""Layers that read images: rows, columns and channels."""

from __future__ import annotations

from typing import Any

import numpy as np
from models import Case, chain, keras, numbers

L: Any = keras.layers
SHAPE = (5, 4, 2)
X = numbers(2, *SHAPE)


def _each(*layers: Any) -> Any:
    """All layers on the same image; each makes an output of the model."""
    x = keras.Input(SHAPE)
    return keras.Model(x, [layer(x) for layer in layers])


def _merged() -> Any:
    x = keras.Input(SHAPE)
    y, z = L.Conv2D(2, 3, padding="same")(x), L.Conv2D(3, 1, activation="tanh")(x)
    pairs = [L.Add()([x, y]), L.Subtract()([x, y]), L.Multiply()([x, y]), L.Average()([x, y]), L.Maximum()([x, y])]
    pooled = L.GlobalAveragePooling2D(keepdims=True)(x)
    pairs += [L.Multiply()([x, pooled]), L.Average()([z[:, :, :, :1], x]), L.Maximum()([x[:, :1], y[:, :, 1:2]])]
    pairs += [L.Concatenate()([x, z]), L.Concatenate(axis=1)([x, y[:, 1:]]), L.Concatenate(axis=2)([x, y[:, :, :1]])]
    return keras.Model(x, [*pairs, L.Minimum()([y, x])])


def _computed_between() -> Any:
    """What models for images compute between their layers: residuals, gates for channels and for pixels, means."""
    x, ops = keras.Input(SHAPE), keras.ops
    y = L.Conv2D(2, 1)(x)
    gates = ops.sigmoid(ops.mean(y, axis=[1, 2], keepdims=True)), ops.tanh(ops.max(y, axis=-1, keepdims=True))
    return keras.Model(
        x,
        [
            ops.relu(x + y), *(y * gate for gate in gates), ops.where(x > 0, y, x - 1), x * np.array([2.0, 3.0]),
            ops.mean(x, axis=(1, 2)), ops.min(x, axis=1), ops.sum(x, axis=3), ops.max(x, axis=[1, 2, 3], keepdims=True),
            ops.softmax(y), ops.reshape(x, (-1, 20, 2)), x[:, ::-1, 1:], ops.transpose(x, (0, 3, 1, 2)), x[:, :, 0],
            ops.concatenate([x, y], axis=-1), ops.expand_dims(x[:, 0], -1), y - np.arange(20.0).reshape(5, 4, 1),
        ],
    )  # fmt: skip


def _classifier() -> Any:
    return chain(
        SHAPE, L.Rescaling(0.5), L.Conv2D(3, 3, padding="same", activation="relu"), L.BatchNormalization(),
        L.SpatialDropout2D(0.5), L.MaxPooling2D(2), L.Flatten(), L.Dense(3, activation="softmax"),
    )  # fmt: skip


def _read_row_by_row() -> Any:
    return chain(SHAPE, L.Conv2D(2, 2), L.Reshape((4, 6)), L.LSTM(3, return_sequences=True), L.Reshape((2, 3, 2)))


IMAGES = {
    "Conv2D": Case(
        lambda: _each(
            L.Conv2D(3, 2), L.Conv2D(2, (3, 2), padding="same", strides=(2, 1), activation="tanh"),
            L.Conv2D(4, 3, padding="same", dilation_rate=2, use_bias=False), L.Conv2D(4, (1, 2), groups=2),
            L.Conv2D(2, 2, strides=3, padding="same"), L.Conv2D(3, 1, activation="softmax"),
            L.Conv2D(2, 2, padding="same", dilation_rate=(4, 3), use_bias=False),
            L.DepthwiseConv2D(2, depth_multiplier=2), L.DepthwiseConv2D((2, 3), padding="same", activation="relu"),
            L.DepthwiseConv2D(2, strides=2, use_bias=False),
        ),
        X,
    ),
    "EinsumDense": Case(
        lambda: _each(
            L.EinsumDense("abcd,de->abce", (5, 4, 3), activation="tanh", bias_axes="e"),
            L.EinsumDense("abcd,cde->abe", (5, 3), activation="softmax"),
            L.EinsumDense("...d,de->...e", 3, bias_axes="e"),
            chain(SHAPE, L.Reshape((20, 2)), L.EinsumDense("abc,cde->abde", (None, 2, 3), bias_axes="de")),
            chain(SHAPE, L.Reshape((20, 2)), L.EinsumDense("abc,cde->abde", (None, 2, 3), "relu", bias_axes="e")),
            chain(SHAPE, L.Flatten(), L.EinsumDense("ab,bcd->acd", (2, 3), bias_axes="cd")),
            chain(SHAPE, L.Flatten(), L.EinsumDense("ab,bcd->acd", (2, 3), bias_axes="d")),
            chain(SHAPE, L.Flatten(), L.EinsumDense("ab,bc->ac", 2, bias_axes="c")),
        ),
        X,
    ),
    "SeparableConv2D": Case(
        lambda: _each(
            L.SeparableConv2D(3, 2), L.SeparableConv2D(2, (3, 2), padding="same", depth_multiplier=2),
            L.SeparableConv2D(2, 2, strides=2, use_bias=False, activation="softmax"),
            L.SeparableConv2D(1, 2, padding="same", dilation_rate=(2, 3)),
        ),
        X,
    ),
    "transposed convolutions": Case(
        lambda: _each(
            L.Conv2DTranspose(3, 2), L.Conv2DTranspose(2, (3, 2), strides=2, padding="same", activation="tanh"),
            L.Conv2DTranspose(2, 3, strides=(1, 3)), L.Conv2DTranspose(2, 2, strides=3, use_bias=False),
            L.Conv2DTranspose(2, (2, 3), strides=3, padding="same"), L.Conv2DTranspose(2, 3, padding="same"),
            L.Conv2DTranspose(2, (4, 5), strides=2, padding="same"),
        ),
        X,
    ),
    "transposed convolutions of sequences": Case(
        lambda: keras.Model(x := keras.Input((4, 3)), [
            L.Conv1DTranspose(2, 3)(x), L.Conv1DTranspose(3, 3, strides=2, padding="same", activation="relu")(x),
            L.Conv1DTranspose(2, 2, strides=3, use_bias=False)(x), L.Conv1DTranspose(1, 5, padding="same")(x),
        ]),
        numbers(2, 4, 3),
    ),
    "operations on images": Case(_computed_between, X),
    "pooling of images": Case(
        lambda: _each(
            L.MaxPooling2D(2), L.MaxPooling2D((3, 2), strides=1, padding="same"), L.AveragePooling2D(2),
            L.AveragePooling2D(3, strides=(2, 1), padding="same"), L.GlobalMaxPooling2D(), L.GlobalAveragePooling2D(),
            L.GlobalMaxPooling2D(keepdims=True), L.GlobalAveragePooling2D(keepdims=True),
        ),
        X,
    ),
    "images in another shape": Case(
        lambda: _each(
            L.Flatten(), L.Reshape((40,)), L.Reshape((5, 8)), L.Reshape((2, -1, 4)), L.Reshape((10, 4)),
            L.ZeroPadding2D(1), L.ZeroPadding2D(((0, 2), (1, 0))), L.Cropping2D(1), L.Cropping2D(((2, 0), (0, 1))),
            L.UpSampling2D(2), L.UpSampling2D((1, 3)), L.Permute((2, 1, 3)), L.Permute((3, 1, 2)),
        ),
        X,
    ),
    "images, each number by itself": Case(
        lambda: _each(
            L.Activation("gelu"), L.ReLU(), L.LeakyReLU(0.1), L.ELU(), L.Softmax(), L.Activation("log_softmax"),
            L.BatchNormalization(), L.BatchNormalization(center=False, axis=3), L.RMSNormalization(),
            L.BatchNormalization(axis=1), L.LayerNormalization(), L.LayerNormalization(axis=3, center=False),
            L.UnitNormalization(), L.Dense(3, activation="softsign"),
            L.Dense(2, activation="softmax", use_bias=False), L.Rescaling(0.5, 1.0), L.Dropout(0.2),
            L.SpatialDropout2D(0.2), L.RandomFlip(), L.RandomRotation(0.1), L.RandomZoom(0.1),
            L.RandomTranslation(0.1, 0.2), L.RandomContrast(0.1), L.RandomBrightness(0.1),
            L.Normalization(mean=[0.5, 1.0], variance=[2.0, 3.0]),
        ),
        X,
    ),
    "images merged": Case(_merged, X),
    "classifier of images": Case(_classifier, X),
    "image read row by row": Case(_read_row_by_row, X),
    "image of one column": Case(lambda: chain((4, 1, 2), L.Conv2D(2, (2, 1)), L.MaxPooling2D((2, 1)), L.Flatten()),
                                numbers(2, 4, 1, 2)),
}  # fmt: skip
