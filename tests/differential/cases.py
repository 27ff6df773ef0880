"""Layers × options: small models that between them use every supported layer and option."""

from __future__ import annotations

from typing import Any

import numpy as np
from cases_between_layers import OPERATIONS
from cases_of_cells import CELLS
from cases_of_images import IMAGES
from cases_of_merges import MERGES
from models import Case, chain, codes, keras, numbers, padded

from xlcheck.layers.activations import ACTIVATIONS

L: Any = keras.layers
T, F = 5, 4
X = numbers(3, T, F)
PADDED = padded(4, T, F)
WORDS = codes(3, T, 7)


CASES: dict[str, Case] = {**CELLS, **IMAGES, **OPERATIONS, **MERGES}


def side_by_side(shape: tuple[int, ...], *layers: Any, first: Any = None) -> Any:
    """All layers on the same input; each makes an output of the model."""
    x = keras.Input(shape)
    read = x if first is None else first(x)
    return keras.Model(x, [layer(read) for layer in layers])


def _recurrent(kind: str) -> None:
    rnn = getattr(L, kind)
    single: list[dict[str, Any]] = [
        {},
        {"use_bias": False, "return_sequences": True},
        {"go_backwards": True, "activation": "relu"},
        {"go_backwards": True, "return_sequences": True},
        {"unroll": True},
    ]
    if kind == "GRU":
        single += [{"reset_after": False}, {"reset_after": False, "use_bias": False}]
    if kind != "SimpleRNN":
        single += [{"recurrent_activation": "hard_sigmoid", "activation": "softsign"}]
    for options in single:
        name = " ".join(f"{key}={value}" for key, value in options.items())
        CASES[f"{kind} {name}"] = Case(lambda options=options: chain((T, F), rnn(3, **options)), X)
        if not options.get("unroll"):
            CASES[f"{kind} masked {name}"] = Case(
                lambda options=options: chain((T, F), L.Masking(), rnn(3, **options), L.Dense(1)), PADDED
            )
    CASES[f"{kind} zero_output_for_mask"] = Case(
        lambda: side_by_side(
            (T, F), rnn(2, return_sequences=True, zero_output_for_mask=True), rnn(2, zero_output_for_mask=True),
            rnn(2, go_backwards=True, return_sequences=True, zero_output_for_mask=True), rnn(2, unroll=True),
            first=L.Masking(),
        ),
        PADDED,
    )  # fmt: skip
    CASES[f"{kind} stacked under a mask"] = Case(
        lambda: chain((T, F), L.Masking(), rnn(3, return_sequences=True), rnn(2, return_sequences=True), L.Dense(2)),
        PADDED,
    )
    modes = ("mul", "concat", "sum", "ave")
    CASES[f"{kind} merge modes"] = Case(
        lambda: side_by_side(
            (T, F),
            *(L.Bidirectional(rnn(2), merge_mode=mode) for mode in (modes if kind == "SimpleRNN" else modes[:1])),
            L.Bidirectional(rnn(2, return_sequences=True), merge_mode="ave"),
        ),
        X,
    )
    CASES[f"{kind} bidirectional under a mask"] = Case(
        lambda: chain(
            (T, F), L.Masking(), L.Bidirectional(rnn(3, return_sequences=True)), L.Bidirectional(rnn(2)), L.Dense(1)
        ),
        PADDED,
    )

    def handed_over() -> Any:
        x = keras.Input((T, F))
        y, y_rev, *states = L.Bidirectional(rnn(2, return_state=True, return_sequences=True), merge_mode=None)(x)
        again = L.Bidirectional(rnn(2, return_sequences=True))(x, initial_state=states)
        return keras.Model(x, [y, y_rev, again, *states])

    CASES[f"{kind} bidirectional states"] = Case(handed_over, X)

    def encoder_decoder() -> Any:
        source, target = keras.Input((T,)), keras.Input((3,))
        words = L.Embedding(7, 3, mask_zero=True)
        _, *states = rnn(3, return_state=True, name="encoder")(words(source))
        steps, *_ = rnn(3, return_sequences=True, return_state=True, name="decoder")(
            words(target), initial_state=states
        )
        return keras.Model([source, target], L.Dense(4, activation="softmax")(steps))

    CASES[f"{kind} encoder and decoder"] = Case(encoder_decoder, [WORDS, codes(3, 3, 7, seed=5)])

    symbols = ("h_init", "c_init") if kind == "LSTM" else ("h_init",)
    CASES[f"{kind} stateful under a mask"] = Case(
        lambda: keras.Sequential(
            [
                keras.Input(batch_shape=(4, T, F)),
                L.Masking(),
                rnn(2, stateful=True, return_sequences=True, name="rnn"),
                L.Dense(1),
            ]
        ),
        PADDED,
        {f"rnn.{symbol}": numbers(4, 2, seed=k) for k, symbol in enumerate(symbols)},
    )

    def shared() -> Any:
        a, b = keras.Input((T, F)), keras.Input((T, F))
        layer = rnn(2)
        return keras.Model([a, b], L.Concatenate()([layer(a), layer(b)]))

    CASES[f"{kind} shared"] = Case(shared, [X, numbers(3, T, F, seed=9)])


def _models_inside_models() -> None:
    def masked() -> Any:
        inner = keras.Sequential(
            [keras.Input((T, 3)), L.LSTM(3, return_sequences=True), L.Dropout(0.2), L.Dense(2)], name="inner"
        )
        x = keras.Input((T,))
        return keras.Model(x, L.GRU(2)(inner(L.Embedding(7, 3, mask_zero=True)(x))))

    CASES["model in a model, masked from outside"] = Case(masked, WORDS)

    def twice() -> Any:
        inner = keras.Sequential([keras.Input((T, F)), L.Masking(), L.SimpleRNN(3), L.Dense(2)], name="inner")
        a, b = keras.Input((T, F)), keras.Input((T, F))
        return keras.Model([a, b], L.Dot(axes=1, normalize=True)([inner(a), inner(b)]))

    CASES["model in a model, shared"] = Case(twice, [PADDED, padded(4, T, F, seed=7)])

    def deep() -> Any:
        innermost = keras.Sequential([keras.Input((T, F)), L.GRU(3, return_sequences=True)], name="innermost")
        a = keras.Input((T, F))
        inner = keras.Model(a, [innermost(a), L.Dense(2)(a)], name="inner")
        x = keras.Input((T, F))
        return keras.Model(x, L.LSTM(2)(L.Concatenate()(inner(x))))

    CASES["model in a model in a model"] = Case(deep, X)

    def passed_through() -> Any:
        x = keras.Input((T, F))
        return keras.Model(x, [L.Dense(2)(x), x])

    CASES["an input that is an output"] = Case(passed_through, X)


def _inputs() -> None:
    CASES["Embedding"] = Case(
        lambda: side_by_side(
            (T,), L.SimpleRNN(2), L.Flatten(), L.GlobalAveragePooling1D(), first=L.Embedding(7, 3)
        ),
        WORDS,
    )  # fmt: skip
    CASES["CategoryEncoding"] = Case(
        lambda: side_by_side(
            (T,), *(L.CategoryEncoding(7, output_mode=mode) for mode in ("one_hot", "multi_hot", "count"))
        ),
        WORDS,
    )
    CASES["CategoryEncoding of one code"] = Case(
        lambda: side_by_side((1,), L.CategoryEncoding(7, output_mode="one_hot"), L.Embedding(7, 2)), codes(3, 1, 7)
    )
    boundaries = [-1.0, -0.1, 0.3, 1.0]
    CASES["Discretization"] = Case(
        lambda: side_by_side(
            (4,), L.Discretization(boundaries), L.Discretization(boundaries, output_mode="one_hot"),
            L.Discretization(boundaries, output_mode="multi_hot"), L.Discretization(boundaries, output_mode="count"),
            chain((4,), L.Discretization(boundaries), L.Embedding(5, 2)),
            chain((4,), L.Reshape((4, 1)), L.Discretization(boundaries, output_mode="one_hot")),
            chain((4,), L.Reshape((2, 2)), L.Discretization([float(np.float32(0.7))])),
        ),
        np.array([[-1.0, 0.3, np.float32(0.3), 5.0], [0.7, -2.0, np.float32(0.7), -0.1]]),
    )  # fmt: skip
    adapted = L.IntegerLookup(output_mode="multi_hot")
    adapted.adapt(np.array([12, 12, 3]))
    CASES["IntegerLookup"] = Case(
        lambda: side_by_side(
            (3,), adapted, L.IntegerLookup(vocabulary=[3, 7, 12]), L.IntegerLookup(vocabulary=[3, 7], mask_token=5),
            *(L.IntegerLookup(vocabulary=[7, 3], output_mode=mode) for mode in ("one_hot", "multi_hot", "count")),
            L.IntegerLookup(vocabulary=[3, 5, 7, 9, 12], num_oov_indices=0),
            chain((3,), L.IntegerLookup(vocabulary=[7, 3]), L.Embedding(3, 2)),
        ),
        np.array([[7, 3, 9], [12, 5, 3]]),
    )  # fmt: skip
    CASES["Rescaling and Normalization"] = Case(
        lambda: side_by_side(
            (T, F), L.Rescaling(0.37, 0.11), L.Rescaling([0.1, 0.2, 0.3, 0.4], offset=0.3), L.Normalization(),
            L.Normalization(mean=[0.1, 0.2, 0.3, 0.4], variance=[0.5, 0.6, 0.7, 0.8]),
            L.Normalization(mean=0.3, variance=0.7, invert=True),
        ),
        X,
    )  # fmt: skip


def _one_by_one() -> None:
    CASES["activations"] = Case(
        lambda: side_by_side((6,), *(L.Dense(5, activation=name) for name in ACTIVATIONS)), 3 * numbers(4, 6)
    )

    def activation_layers() -> list[Any]:
        return [
            L.Activation("tanh"), L.ReLU(), L.ReLU(max_value=0.7), L.ReLU(negative_slope=0.3), L.ReLU(threshold=0.3),
            L.ReLU(threshold=0.3, negative_slope=0.1, max_value=0.9), L.LeakyReLU(0.17), L.PReLU(), L.ELU(0.3),
            L.Softmax(),
        ]  # fmt: skip

    CASES["activation layers"] = Case(lambda: side_by_side((T, F), L.PReLU(shared_axes=[1]), *activation_layers()), X)
    CASES["activation layers of vectors"] = Case(lambda: side_by_side((F,), *activation_layers()), numbers(3, F))

    def normalisations() -> list[Any]:
        return [
            L.LayerNormalization(), L.LayerNormalization(center=False, scale=False, epsilon=0.0123),
            L.GroupNormalization(2), L.GroupNormalization(1, scale=False), L.GroupNormalization(-1, center=False),
            L.BatchNormalization(), L.BatchNormalization(scale=False, epsilon=0.03),
            L.RMSNormalization(), L.RMSNormalization(epsilon=0.02), L.UnitNormalization(),
        ]  # fmt: skip

    CASES["normalisation"] = Case(lambda: side_by_side((T, F), *normalisations()), X)
    CASES["normalisation of steps"] = Case(
        lambda: side_by_side((T, F), L.BatchNormalization(axis=1), L.BatchNormalization(axis=-2, center=False)), X
    )
    CASES["normalisation of vectors"] = Case(lambda: side_by_side((F,), *normalisations()), numbers(3, F))
    CASES["identity"] = Case(
        lambda: side_by_side(
            (T, F), L.Dropout(0.5), L.SpatialDropout1D(0.4), L.GaussianNoise(0.4), L.GaussianDropout(0.4),
            L.AlphaDropout(0.4), L.ActivityRegularization(l2=0.1), L.Identity(),
        ),
        X,
    )  # fmt: skip
    CASES["reshaping"] = Case(
        lambda: side_by_side(
            (T, F), L.Flatten(), L.Permute((2, 1)), L.Permute((1, 2)), L.Reshape((2, -1)), L.Reshape((20,)),
            L.Reshape((-1, 20)), L.Cropping1D((1, 2)), L.UpSampling1D(2),
        ),
        X,
    )  # fmt: skip
    CASES["reshaping of vectors"] = Case(
        lambda: side_by_side((F,), L.Flatten(), L.RepeatVector(3), L.Reshape((2, 2)), L.Permute((1,))), numbers(3, F)
    )
    CASES["Conv1D"] = Case(
        lambda: side_by_side(
            (T, F), L.Conv1D(3, 2), L.Conv1D(3, 3, padding="same"), L.Conv1D(3, 1, use_bias=False),
            L.Conv1D(3, 3, padding="causal", dilation_rate=2, activation="relu"),
            L.Conv1D(3, 2, padding="same", strides=2), L.Conv1D(3, 4, padding="same", strides=3),
            L.Conv1D(3, 2, padding="causal", strides=2), L.Conv1D(2, 2, padding="same", dilation_rate=3),
            L.Conv1D(4, 2, groups=2, activation="tanh"), L.Conv1D(4, 3, groups=4, padding="same", use_bias=False),
            L.DepthwiseConv1D(2, depth_multiplier=2), L.DepthwiseConv1D(3, strides=2, padding="same", use_bias=False),
            L.DepthwiseConv1D(2, dilation_rate=2, activation="relu"),
        ),
        X,
    )  # fmt: skip
    CASES["SeparableConv1D"] = Case(
        lambda: side_by_side(
            (T, F), L.SeparableConv1D(3, 2), L.SeparableConv1D(2, 3, depth_multiplier=2, padding="same", strides=2),
            L.SeparableConv1D(2, 2, dilation_rate=3, padding="same", use_bias=False, activation="relu"),
        ),
        X,
    )  # fmt: skip
    CASES["pooling"] = Case(
        lambda: side_by_side(
            (T, F), L.MaxPooling1D(2), L.MaxPooling1D(3, strides=1, padding="same"), L.AveragePooling1D(2),
            L.AveragePooling1D(3, strides=2, padding="same"), L.AveragePooling1D(4, strides=3, padding="same"),
            L.GlobalMaxPooling1D(), L.GlobalAveragePooling1D(), L.GlobalAveragePooling1D(keepdims=True),
            L.GlobalMaxPooling1D(keepdims=True),
        ),
        X,
    )  # fmt: skip
    CASES["TimeDistributed"] = Case(
        lambda: side_by_side(
            (T, F), *map(L.TimeDistributed, [
                L.Dense(3, activation="tanh"), L.LayerNormalization(), L.BatchNormalization(), L.Dropout(0.3),
                L.ReLU(), L.LeakyReLU(0.1), L.ELU(), L.Activation("gelu"), L.Rescaling(0.5),
                keras.Sequential([L.Dense(2), keras.Sequential([L.LayerNormalization(), L.Dense(3, "tanh")])]),
            ])
        ),
        X,
    )  # fmt: skip


def _masks() -> None:
    CASES["layers that hand a mask on"] = Case(
        lambda: chain(
            (T, F), L.Masking(), L.ReLU(), L.LayerNormalization(), L.BatchNormalization(), L.UnitNormalization(),
            L.GroupNormalization(2),
            L.TimeDistributed(L.Dense(3)), L.Dense(4), L.PReLU(), L.Dropout(0.2), L.LSTM(2),
        ),
        PADDED,
    )  # fmt: skip
    for layer in (
        "RMSNormalization()",
        "Conv1D(3, 2)",
        "Permute((2, 1))",
        "MaxPooling1D(2)",
        "Flatten(), L.RepeatVector(2)",
    ):
        CASES[f"a mask ends at {layer}"] = Case(
            lambda layer=layer: eval(f"chain((T, F), L.Masking(), L.{layer}, L.LSTM(2))"),  # noqa: S307
            PADDED,
        )
    some = np.concatenate([X[:, :2], 0 * X[:, :2], X[:, 2:3]], axis=1)
    CASES["average under a mask"] = Case(lambda: chain((T, F), L.Masking(), L.GlobalAveragePooling1D()), some)


def _large() -> None:
    CASES["hundreds of units"] = Case(
        lambda: chain(
            (20, 50), L.LSTM(200, return_sequences=True), L.GRU(100), L.Dense(300, activation="softmax")
        ),
        numbers(2, 20, 50),
    )  # fmt: skip


for _kind in ("SimpleRNN", "LSTM", "GRU"):
    _recurrent(_kind)
_models_inside_models()
_inputs()
_one_by_one()
_masks()
_large()
