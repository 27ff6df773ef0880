"""What models compute between their layers: every operation with every kind of input that it may have."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from models import Case, keras, numbers, padded

ops: Any = keras.ops
L: Any = keras.layers
X, PADDED, V = numbers(3, 5, 4), padded(4, 5, 4), numbers(3, 6)
POSITIONS = np.sin(np.arange(20.0).reshape(5, 4)).astype("float32")


def _of(shape: tuple[int, ...], *functions: Callable[[Any], Any]) -> Callable[[], Any]:
    """A model whose outputs are what the functions make of its input."""

    def make() -> Any:
        x = keras.Input(shape)
        return keras.Model(x, [function(x) for function in functions])

    return make


def _after_a_mask() -> Any:
    """An operation hands no mask on, so the layer behind it reads every step."""
    x = keras.Input((5, 4))
    h = L.GRU(4, return_sequences=True)(L.Masking()(x))
    return keras.Model(x, [L.GRU(2)(h + h), h[:, -1], L.GRU(2)(h)])


def _shared() -> Any:
    """A model with operations inside, called twice."""
    a = keras.Input((6,))
    inner = keras.Model(a, ops.tanh(L.Dense(3)(a)) * 2.0 + a[:, 1:4], name="inner")
    x, y = keras.Input((6,)), keras.Input((6,))
    return keras.Model([x, y], ops.absolute(inner(x) - inner(y)))


_POSITIVE = ("sqrt", "log", "log1p", "reciprocal", "rsqrt")
_ONE = (
    "sign", "absolute", "negative", "square", "exp", "tanh", "sigmoid", "relu", "relu6", "leaky_relu", "elu", "celu",
    "selu", "softplus", "softsign", "silu", "log_sigmoid", "hard_sigmoid", "hard_silu", "hard_tanh", "tanh_shrink",
    "log_softmax", "softmax",
)  # fmt: skip


def _attention() -> Any:
    """Decoders that look back at their encoder, in both ways, with a key of its own as well."""
    x, y = keras.Input((5, 4)), keras.Input((3, 4))
    layers = L.Attention(dropout=0.3), L.AdditiveAttention(name="weighed"), L.AdditiveAttention(use_scale=False)
    concatenated = {"score_mode": "concat"}
    layers += L.Attention(use_scale=True), L.Attention(**concatenated), L.Attention(use_scale=True, **concatenated)
    return keras.Model([x, y], [*(layer([y, x]) for layer in layers), L.Attention()([y, x, L.Dense(4)(x)])])


def _heads() -> Any:
    """MultiHeadAttention: over its own steps, over another sequence, only backwards, with each option that it has."""
    x, y = keras.Input((5, 4)), keras.Input((3, 6))
    return keras.Model(
        [x, y],
        [
            L.MultiHeadAttention(2, 3, name="own steps")(x, x),
            L.MultiHeadAttention(1, 2, dropout=0.3, use_bias=False)(y, x),
            L.MultiHeadAttention(3, 2, value_dim=4, output_shape=5)(y, value=x, key=L.Dense(3)(x)),
            L.MultiHeadAttention(2, 2, dropout=0.1)(x, x, use_causal_mask=True),
            L.MultiHeadAttention(2, 3)(query=x, value=y, use_causal_mask=True),
        ],
    )


def _scores() -> Any:
    """The shares that an attention is asked for, and what may be seen of a text that is still being written."""
    x, y = keras.Input((4, 4)), keras.Input((3, 4))
    told: dict[str, Any] = {"return_attention_scores": True, "use_causal_mask": True}
    a, b, told_a = L.Masking()(x), L.Masking()(y), dict(told, use_causal_mask=False)
    outputs = [
        *L.MultiHeadAttention(2, 3)(x, y, **told), *L.MultiHeadAttention(2, 2)(y, y, **told_a),
        *L.Attention()([x, x], **told), *L.AdditiveAttention()([y, x], return_attention_scores=True),
        L.Attention(use_scale=True)([y, x, x], use_causal_mask=True), *L.Attention()([b, a], **told),
        L.MultiHeadAttention(1, 2, name="first")(x, x, return_attention_scores=True)[0],
        L.MultiHeadAttention(1, 2, name="second")(x, x, return_attention_scores=True)[1],
    ]  # fmt: skip
    return keras.Model([x, y], [*outputs, L.Dense(2)(outputs[5])])


def _attention_under_masks() -> Any:
    """Texts that were filled up: steps of the query, of what is looked at, and of a key of its own are skipped."""
    x, y = keras.Input((5, 4)), keras.Input((3, 4))
    a, b = L.Masking()(x), L.Masking()(y)
    return keras.Model(
        [x, y],
        [
            L.Attention(name="both")([b, a]), L.AdditiveAttention()([b, x]), L.Attention()([y, a]),
            L.Attention()([y, x, L.Dense(4)(a)]), L.GRU(2)(L.Attention()([b, a])),
        ],
    )  # fmt: skip


def _heads_under_masks() -> Any:
    """Heads over texts that were filled up, with a key or a mask of their own, on both of Keras's ways.

    Where dropout or the scores are asked for, a step that may look nowhere has shares of 0, else equal ones.
    """
    x, y, mask = keras.Input((5, 4)), keras.Input((3, 4)), keras.Input((3, 5))

    def read(a: Any) -> Any:
        return L.Masking()(a)

    found = L.MultiHeadAttention(2, 2, name="both")(read(y), read(x))
    scored = L.MultiHeadAttention(1, 2, dropout=0.3)(read(y), read(x), use_causal_mask=True)
    told = L.MultiHeadAttention(2, 2, name="told")(y, x, attention_mask=mask)
    row = L.MultiHeadAttention(1, 3, dropout=0.2)(y, read(x), key=L.Dense(3)(read(x)), attention_mask=mask[:, :1] > 0.0)
    keyed = L.MultiHeadAttention(1, 2)(y, x, key=read(x))
    shares = L.MultiHeadAttention(2, 2)(read(y), x, attention_mask=mask, return_attention_scores=True)
    return keras.Model([x, y, mask], [found, L.GRU(2)(L.Add()([found, read(y)])), scored, told, row, keyed, *shares])


OPERATIONS = {
    "heads under masks": Case(
        _heads_under_masks, [padded(3, 5, 4), padded(3, 3, 4), (numbers(3, 3, 5, seed=8) > 0).astype("float32")]
    ),
    "attention under masks": Case(_attention_under_masks, [PADDED, padded(4, 3, 4)]),
    "MultiHeadAttention": Case(_heads, [X, numbers(3, 3, 6, seed=5)]),
    "attention scores": Case(_scores, [padded(2, 4, 4), padded(2, 3, 4, seed=4)]),
    "attention": Case(_attention, [X, numbers(3, 3, 4, seed=4)]),
    "ZeroPadding1D": Case(_of((5, 4), lambda x: L.GRU(2)(L.ZeroPadding1D((2, 1))(x))), X),
    "operations on one tensor": Case(
        _of(
            (6,), *(getattr(ops, name) for name in _ONE), keras.activations.gelu, ops.gelu,
            keras.activations.relu,
            *(lambda x, name=name: getattr(ops, name)(ops.square(x) + 0.5) for name in _POSITIVE),
        ),
        2 * V,
    ),
    "operations on each step": Case(
        _of((5, 4), ops.tanh, ops.softmax, lambda x: ops.softmax(x, axis=1), lambda x: x**3, L.Softmax(axis=1)), X
    ),
    "operations with numbers": Case(
        _of(
            (6,), lambda x: x + 1, lambda x: 1 - x, lambda x: x * 0.3, lambda x: x / 7, lambda x: 2 / (x * x + 1),
            lambda x: ops.maximum(x, 0.2), lambda x: ops.minimum(-0.1, x), lambda x: -x,
            lambda x: ops.clip(x, -0.3, 1),
        ),
        V,
    ),
    "operations with arrays": Case(
        _of(
            (5, 4), lambda x: x + POSITIONS, lambda x: ops.subtract(POSITIONS[0], x), lambda x: x * POSITIONS[:, :1],
            lambda x: x[:, :1] / (POSITIONS[None] + 3), lambda x: ops.maximum(x[:, 0], POSITIONS[1]),
            lambda x: ops.heaviside(x, np.zeros(1)), lambda x: ops.heaviside(ops.relu(x), POSITIONS),
            lambda x: x + np.float32(0.3), lambda x: x + L.Embedding(5, 4, name="places")(ops.arange(5)),
        ),
        X,
    ),
    "operations on two tensors": Case(
        _of(
            (5, 4), lambda x: x + x[:, :1], lambda x: x * x[:, :, 1:2], lambda x: x - ops.flip(x, axis=1),
            lambda x: ops.divide(x, ops.exp(x)), lambda x: ops.maximum(x[:, 0], x[:, 1]),
            lambda x: ops.minimum(x, x[:, 2:3, 1:2]), lambda x: ops.matmul(x, ops.transpose(x, (0, 2, 1))),
        ),
        X,
    ),
    "parts of tensors": Case(
        _of(
            (5, 4), lambda x: x[:, -1], lambda x: x[:, 1:-1], lambda x: x[:, ::2, :], lambda x: x[..., 1:3],
            lambda x: x[:, 2, None], lambda x: x[:, :, 0], lambda x: x[:, 1:2, 3],
        ),
        X,
    ),
    "tensors in another shape": Case(
        _of(
            (5, 4), lambda x: ops.reshape(x, (-1, 20)), lambda x: ops.reshape(x, (-1, 2, 10)),
            lambda x: ops.swapaxes(x, 1, 2), lambda x: ops.concatenate([x, x[:, :2]], axis=1),
            lambda x: ops.concatenate([x, x[:, :, 1:]], axis=-1), lambda x: ops.stack([x[:, 0], x[:, 3]], axis=1),
            lambda x: ops.squeeze(x[:, :1], axis=1), lambda x: ops.expand_dims(x[:, 2], -1),
            lambda x: ops.roll(x, 2, axis=1), lambda x: ops.repeat(x, 2, axis=-1), lambda x: ops.tile(x, (1, 2, 1)),
        ),
        X,
    ),
    "operations over an axis": Case(
        _of(
            (5, 4), *(lambda x, f=f: f(x, axis=1) for f in (ops.mean, ops.sum, ops.max, ops.min)),
            *(lambda x, f=f: f(x, axis=-1) for f in (ops.mean, ops.sum, ops.max, ops.min)),
            lambda x: ops.mean(x, axis=1, keepdims=True), lambda x: ops.sum(x, axis=[2], keepdims=True),
            lambda x: ops.max(x[:, 0], axis=-1, keepdims=True),
            lambda x: ops.mean(x, axis=[1, 2], keepdims=True), lambda x: ops.max(x, axis=(1, -1), keepdims=True),
            lambda x: ops.amax(x, axis=2), lambda x: ops.amin(x, axis=1),
        ),
        X,
    ),
    "operations that choose": Case(
        _of(
            (5, 4), lambda x: ops.where(x > 0, x, 0.1 * x), lambda x: ops.where(x[:, :, :1] > 0.1, 1.0, 0.3),
            lambda x: ops.where(ops.logical_or(x <= -1, ~(x < 1)), 0.0, x), lambda x: ops.cast(x >= 0, x.dtype) * x,
            lambda x: ops.where(ops.logical_and(x > -1, x < 1), POSITIONS, x[:, :1]),
            lambda x: ops.where(ops.equal(x, x[:, :, 1:2]), 2.0, x), lambda x: ops.where(x != x[:, 1:2], x, -1.0),
        ),
        X,
    ),
    "spreads": Case(
        _of(
            (5, 4), lambda x: ops.var(x, axis=1), lambda x: ops.std(x, axis=-1, keepdims=True),
            lambda x: ops.std(x, axis=[1, 2], keepdims=True), lambda x: ops.var(x, axis=2),
            lambda x: ops.var(x[:, 0], axis=-1, keepdims=True), lambda x: ops.std(x[:, :, None], axis=1),
        ),
        X,
    ),
    "cut, taken and padded": Case(
        _of(
            (5, 4), lambda x: ops.split(x, 2, axis=-1)[1], lambda x: ops.add(*ops.split(x[:, :4], [2], axis=1)),
            lambda x: ops.take(x, [3, 0, -1], axis=1), lambda x: ops.take(x, 1, axis=-1),
            lambda x: ops.take(x, np.array([[0, 1], [2, 0]]), axis=2), lambda x: ops.pad(x, [[0, 0], [1, 2], [0, 1]]),
            lambda x: ops.pad(x, [[0, 0], [2, 0], [0, 0]], constant_values=2.5),
            lambda x: ops.pad(x, [[0, 0], [1, 1], [0, 0]], mode="reflect"),
        ),
        X,
    ),
    "einsum": Case(
        _of(
            (5, 4), *(lambda x, s=s: ops.einsum(s, x, x) for s in ("btd,bsd->bts", "btd,btd->bd", "bij,bkj->bkji")),
            *(lambda x, s=s: ops.einsum(s, x) for s in ("bij->bji", "bij->bi")),
            lambda x: ops.einsum("bts,bsd->btd", x[:, :4], x[:, :4]),
            lambda x: ops.einsum("bi,bj->bij", x[:, 0], x[:, 1]),
        ),
        X,
    ),
    "GroupNormalization of images": Case(
        _of(
            (3, 2, 4), L.GroupNormalization(2), L.GroupNormalization(-1, scale=False),
            lambda x: ops.var(x, axis=[1, 2]),
        ),
        numbers(2, 3, 2, 4),
    ),
    "operations after a mask": Case(_after_a_mask, PADDED),
    "operations in a shared model": Case(_shared, [V, numbers(3, 6, seed=8)]),
}  # fmt: skip
