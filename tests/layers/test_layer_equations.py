"""Each layer's equations beside a few lines of NumPy, without Keras: what they give for drawn numbers, mask or none."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from made_layers import DRAWN, FEATURES, READ, STEPS, UNITS, Array, X, Y, layer, made, sigmoid

from xlcheck.errors import NotSupportedError
from xlcheck.graph import expressions as ex
from xlcheck.graph.quantities import Band, GraphBuilder, Role
from xlcheck.layers import (
    activation_layers,
    attention,
    convolution,
    dense,
    embedding,
    identity,
    masking,
    merging,
    multi_head_attention,
    normalization,
    operations,
    pooling,
    preprocessing,
    products,
    reshaping,
    time_distributed,
)
from xlcheck.layers.signals import Signal, Use
from xlcheck.layers.windows import transposed_windows, windows
from xlcheck.model.model_spec import LayerSpec


def softmax(x: Array) -> Array:
    return np.exp(x) / np.exp(x).sum(-1, keepdims=True)


KERNEL, BIAS = DRAWN.normal(size=(FEATURES, UNITS)), DRAWN.normal(size=UNITS)
GAMMA, BETA = DRAWN.normal(size=(2, FEATURES))
SPREAD = np.abs(DRAWN.normal(size=FEATURES)) + 0.5


def centred(x: Array, axis: int | None) -> Array:
    return (x - x.mean(axis, keepdims=True)) / np.sqrt(x.var(axis, keepdims=True) + 0.001)


NORMAL = {"axis": -1, "epsilon": 0.001, "center": True, "scale": True}
OF_ONE_INPUT: list[tuple[str, Any, LayerSpec, dict[str, Array], Array]] = [
    ("dense", dense.equations, layer("Dense", activation="sigmoid"), {"kernel": KERNEL, "bias": BIAS},
     sigmoid(X @ KERNEL + BIAS)),
    ("time-distributed", time_distributed.equations,
     layer("TimeDistributed", (LayerSpec("Dense", "d", {"activation": "tanh"}),)), {"d.kernel": KERNEL},
     np.tanh(X @ KERNEL)),
    ("dropout", identity.equations, layer("Dropout"), {}, X),
    ("leaky", activation_layers.equations, layer("LeakyReLU", negative_slope=0.25), {}, np.where(X > 0, X, X / 4)),
    ("softmax-over-time", activation_layers.equations, layer("Softmax", axis=1), {}, softmax(X.T).T),
    ("prelu", activation_layers.prelu_equations, layer("PReLU"), {"alpha": GAMMA[None]},
     np.where(X > 0, X, GAMMA * X)),
    ("masking", masking.equations, layer("Masking", mask_value=0.0), {}, X),
    ("layer-norm", normalization.layer_normalization, layer("LayerNormalization", **NORMAL),
     {"gamma": GAMMA, "beta": BETA}, centred(X, 1) * GAMMA + BETA),
    ("batch-norm", normalization.batch_normalization, layer("BatchNormalization", **NORMAL),
     {"moving_mean": BETA, "moving_variance": SPREAD, "gamma": GAMMA}, (X - BETA) / np.sqrt(SPREAD + 0.001) * GAMMA),
    ("batch-norm-of-steps", normalization.batch_normalization, layer("BatchNormalization", **{**NORMAL, "axis": 1}),
     {"moving_mean": X[:, 0], "moving_variance": X[:, 1] ** 2, "beta": X[:, 0]},
     (X - X[:, :1]) / np.sqrt(X[:, 1:2] ** 2 + 0.001) + X[:, :1]),
    ("group-norm", normalization.group_normalization, layer("GroupNormalization", groups=1, **NORMAL),
     {"beta": BETA}, centred(X, None) + BETA),
    ("rms-norm", normalization.rms_normalization, layer("RMSNormalization", **NORMAL), {"scale": GAMMA},
     X / np.sqrt((X**2).mean(1, keepdims=True) + 0.001) * GAMMA),
    ("unit-norm", normalization.unit_normalization, layer("UnitNormalization", axis=-1), {},
     X / np.linalg.norm(X, axis=1, keepdims=True)),
    ("rescaling", preprocessing.rescaling, layer("Rescaling", scale=0.5, offset=2.0), {}, X * 0.5 + 2),
    ("normalization", preprocessing.normalization, layer("Normalization", axis=[-1], invert=False),
     {"mean": BETA, "variance": SPREAD}, (X - BETA) / np.sqrt(SPREAD)),
    ("max-pooling", pooling.equations, layer("MaxPooling1D", pool_size=[2], strides=[2], padding="valid"), {},
     X.reshape(2, 2, FEATURES).max(1)),
    ("average-at-the-border", pooling.equations,
     layer("AveragePooling1D", pool_size=[3], strides=[3], padding="same"), {},
     np.array([X[:2].mean(0), X[2:].mean(0)])),
    ("global-average", pooling.global_equations, layer("GlobalAveragePooling1D", keepdims=False), {}, X.mean(0)),
    ("convolution", convolution.equations,
     layer("Conv1D", activation="relu", kernel_size=[1], strides=[1], padding="valid", dilation_rate=[1]),
     {"kernel": KERNEL[None], "bias": BIAS}, np.maximum(X @ KERNEL + BIAS, 0)),
    ("separable", convolution.separable,
     layer("SeparableConv1D", activation="linear", kernel_size=[2], strides=[1], padding="valid", dilation_rate=[1]),
     {"depthwise_kernel": np.stack([GAMMA, BETA])[:, None], "pointwise_kernel": KERNEL, "bias": BIAS},
     (X[:-1] * GAMMA + X[1:] * BETA) @ KERNEL + BIAS),
    ("flatten", reshaping.flatten, layer("Flatten"), {}, X.ravel()),
    ("reshape", reshaping.reshape, layer("Reshape", target_shape=[-1, 2]), {}, X.reshape(-1, 2)),
    ("permute", reshaping.permute, layer("Permute", dims=[2, 1]), {}, X.T),
    ("cropping", reshaping.cropping, layer("Cropping1D", cropping=[1, 0]), {}, X[1:]),
    ("padding", reshaping.zero_padding, layer("ZeroPadding1D", padding=[1, 2]), {}, np.pad(X, ((1, 2), (0, 0)))),
    ("up-sampling", reshaping.up_sampling, layer("UpSampling1D", size=2), {}, np.repeat(X, 2, axis=0)),
    ("mean", operations.equations, layer("ops.mean", axis=1, keepdims=False), {}, X.mean(0)),
    ("min", operations.equations, layer("ops.min", axis=-1, keepdims=True), {}, X.min(1, keepdims=True)),
    ("clip", operations.equations, layer("ops.clip", x_min=-0.5, x_max=0.25), {}, np.clip(X, -0.5, 0.25)),
    ("power", operations.equations, layer("ops.power", x2=3), {}, X**3),
    ("last-step", operations.equations,
     layer("ops.get_item", key=[[None, None, None], -1]), {}, X[-1]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("equations", "own", "given", "desired"), [case[1:] for case in OF_ONE_INPUT], ids=[c[0] for c in OF_ONE_INPUT]
)  # fmt: skip
def test_layers_of_one_sequence(equations: Any, own: LayerSpec, given: dict[str, Array], desired: Array) -> None:
    """What a layer makes of a sequence is what its definition says, written in NumPy."""
    (actual,) = made(equations, own, [X], given)

    assert actual.shape == desired.shape
    np.testing.assert_allclose(actual, desired, rtol=1e-13, atol=1e-15)


REARRANGED: dict[str, tuple[dict[str, Any], list[Array], Array]] = {
    "get_item": ({"key": ["...", [None, 2, None]]}, [X], X[:, :2]), "flip": ({"axis": [1]}, [X], X[::-1]),
    "reshape": ({"newshape": [-1, 6, 2]}, [X], X.reshape(6, 2)), "transpose": ({"axes": [0, 2, 1]}, [X], X.T),
    "swapaxes": ({"axis1": 1, "axis2": 2}, [X], X.T), "expand_dims": ({"axis": 1}, [X[0]], X[:1]),
    "squeeze": ({"axis": [1]}, [X[:1]], X[0]), "concatenate": ({"axis": 1}, [X, Y], np.concatenate([X, Y])),
    "stack": ({"axis": 1}, [X[0], Y[0]], np.stack([X[0], Y[0]])),
    "take": ({"indices": [1, -1], "axis": 1}, [X], X[[1, -1]]), "einsum": ({"subscripts": "bij->bji"}, [X], X.T),
    "pad": (
        {"pad_width": [[0, 0], [1, 0], [0, 2]], "mode": "constant", "constant_values": 0.5}, [X],
        np.pad(X, [[1, 0], [0, 2]], constant_values=0.5),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REARRANGED)
def test_operations_that_only_rearrange(name: str) -> None:
    """They follow NumPy with the axis of the samples in the first place, and never exchange samples."""
    options, inputs, desired = REARRANGED[name]
    (actual,) = made(operations.equations, layer(f"ops.{name}", **options), inputs)

    np.testing.assert_array_equal(actual, desired)
    if name == "flip":
        with pytest.raises(NotSupportedError, match="mixes samples"):
            made(operations.equations, layer("ops.flip", axis=0), inputs)


SCORES = X @ Y.T
PRODUCTS = {
    "Subtract": (merging.equations, X - Y), "Multiply": (merging.equations, X * Y),
    "Average": (merging.equations, (X + Y) / 2), "Maximum": (merging.equations, np.maximum(X, Y)),
    "Concatenate": (merging.concatenate, np.concatenate([X, Y], axis=1)), "Dot": (products.dot, SCORES),
    "Attention": (attention.equations, softmax(SCORES) @ Y),
    "AdditiveAttention": (attention.equations, softmax(np.tanh(X[:, None] + Y[None]).sum(2)) @ Y),
    "ops.matmul": (operations.equations, None), "ops.divide": (operations.equations, X / Y),
}  # fmt: skip


@pytest.mark.parametrize("kind", PRODUCTS)
def test_layers_of_two_sequences(kind: str) -> None:
    """What is made of two sequences is what the definition says, the first input in the first place."""
    equations, desired = PRODUCTS[kind]
    second = Y[:FEATURES] if desired is None else Y
    (actual,) = made(equations, layer(kind, axis=-1, axes=2, normalize=False), [X, second])

    np.testing.assert_allclose(actual, X @ second if desired is None else desired, rtol=1e-13)


def test_heads_see_nothing_that_comes_later() -> None:
    """Each head weighs the values by the softmax of its scores over √size; causal, only up to its own step."""
    sizes = {"query": (FEATURES, 4), "key": (FEATURES, 4), "value": (FEATURES, 4), "attention_output": (4, FEATURES)}
    w = {f"{name}.kernel": DRAWN.normal(size=shape) for name, shape in sizes.items()}
    options = {"num_heads": 2, "key_dim": 2, "value_dim": 2, "output_shape": None, "use_causal_mask": True}
    (actual,) = made(multi_head_attention.equations, layer("MultiHeadAttention", **options), [X, X], w)

    q, k, v = (X @ w[f"{name}.kernel"] for name in ("query", "key", "value"))
    hidden = np.triu(np.full((STEPS, STEPS), -np.inf), 1)
    heads = [softmax(q[:, s] @ k[:, s].T / np.sqrt(2) + hidden) @ v[:, s] for s in (slice(0, 2), slice(2, 4))]
    np.testing.assert_allclose(actual, np.concatenate(heads, 1) @ w["attention_output.kernel"], rtol=1e-13)


@pytest.mark.parametrize("bias", [False, True])
def test_a_bias_is_said_where_there_is_one(bias: bool) -> None:
    """The equation of a projection ends with its bias exactly if the layer has one."""
    build = GraphBuilder()
    x = build.given(Band("input", "x", Role.INPUT, "x"), (2,), 0)
    shapes = {"query": (2, 4), "key": (2, 4), "value": (2, 4), "attention_output": (4, 2)}
    refs = {f"{name}.kernel": build.given(Band(name, "kernel", Role.WEIGHT, ""), size) for name, size in shapes.items()}
    if bias:
        refs |= {f"{n}.bias": build.given(Band(n, "bias", Role.WEIGHT, ""), (size[1],)) for n, size in shapes.items()}
    own = layer("MultiHeadAttention", num_heads=2, key_dim=2, value_dim=2, output_shape=None)
    multi_head_attention.equations(Use(build, "heads", own, refs, (Signal.sequence((x,)), Signal.sequence((x,)))))
    said = {band.layer: band.equation for band in build.build().bands() if band.symbol == "y"}

    assert {name: equation.endswith(".bias") for name, equation in said.items()} == dict.fromkeys(
        ("heads.query", "heads.key", "heads.value", "heads"), bias
    )


def test_codes_become_vectors() -> None:
    """An Embedding gives the row of each code, a CategoryEncoding counts how often each occurs."""
    table, codes = DRAWN.normal(size=(5, 2)), np.array([3.0, 0.0, 3.0])
    (rows,) = made(embedding.equations, layer("Embedding", mask_zero=True), [codes], {"embeddings": table})
    (counts,) = made(
        preprocessing.category_encoding, layer("CategoryEncoding", num_tokens=5, output_mode="count"), [codes]
    )

    np.testing.assert_array_equal(rows, table[[3, 0, 3]])
    np.testing.assert_array_equal(counts, [1, 0, 0, 2, 0])


def test_a_vector_is_repeated() -> None:
    """RepeatVector gives the same vector at every step."""
    (actual,) = made(reshaping.repeat_vector, layer("RepeatVector", n=3), [X[0]])

    np.testing.assert_array_equal(actual, [X[0]] * 3)


def test_masks_leave_steps_out() -> None:
    """An average takes the steps that are read."""
    (mean,) = made(pooling.global_equations, layer("GlobalAveragePooling1D", keepdims=False), [X], mask=READ)

    np.testing.assert_allclose(mean, X[READ == 1].mean(0), rtol=1e-14, atol=1e-14)


def test_windows_at_the_borders() -> None:
    """`same` puts the larger half of what is missing behind, `causal` all of it before; transposed windows overlap."""
    assert windows(4, 2, 1, "same")[-1] == [(0, 3)]
    assert windows(4, 2, 1, "causal")[0] == [(1, 0)]
    assert windows(5, 2, 2, "valid", 2) == [[(0, 0), (1, 2)], [(0, 2), (1, 4)]]
    assert transposed_windows(2, 3, 2, "valid") == [[(0, 0)], [(1, 0)], [(2, 0), (0, 1)], [(1, 1)], [(2, 1)]]


@pytest.mark.parametrize("padding", ["same", "causal"])
@pytest.mark.parametrize(("stride", "dilation"), [(1, 1), (2, 3), (3, 2)])
def test_a_window_reads_what_lies_in_the_sequence(padding: str, stride: int, dilation: int) -> None:
    """As far as it reaches, and not a step further; a very wide one takes no longer."""
    whole = windows(7, 5, stride, padding, dilation)
    assert all(0 <= step < 7 for window in whole for _, step in window)
    for window in whole:
        places = [place for place, _ in window]
        first = window[0][1] - places[0] * dilation
        assert places == [k for k in range(5) if 0 <= first + k * dilation < 7]
    assert [step for _, step in windows(7, 10**12, 1, "causal")[-1]] == list(range(7))


def signal_of(kind: str, **options: Any) -> tuple[GraphBuilder, Signal]:
    """What a layer makes of a sequence of two steps of two features."""
    build = GraphBuilder()
    x = Band("input", "x", Role.INPUT, "x")
    read = Signal.sequence(tuple(build.given(x, (2,), t) for t in range(2)))
    equations = masking.equations if kind == "Masking" else activation_layers.equations
    (signal,) = equations(Use(build, "layer", layer(kind, **options), {}, (read,)))
    return build, signal


@pytest.mark.parametrize(("value", "compares"), [(0.0, False), (1.0, True), (-7.0, True)])
def test_a_mask_of_zeros_compares_nothing(value: float, compares: bool) -> None:
    """Some engines take numbers below 2.2e-16 for 0, which Keras does not skip; their signs are not 0."""
    build, signal = signal_of("Masking", mask_value=value)
    assert signal.mask is not None
    expr = build.expr(signal.mask[0])

    assert any(isinstance(node, ex.NotEqual) for node in ex.walk(expr)) is compares


def test_shares_over_time_are_called_as_their_scores() -> None:
    """Feature by feature, counted from 1."""
    build, _ = signal_of("Softmax", axis=1)

    assert build.build().symbols["layer"] == {"scores_1", "shares_1", "scores_2", "shares_2", "y"}
