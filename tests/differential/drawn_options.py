"""An operation or an attention with arguments out of a seed: whatever Keras takes, on inputs of each rank."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from drawn_layers import Dice
from models import keras

L: Any = keras.layers
ops: Any = keras.ops
_CODES = 4
_OF_ONE = (
    "absolute", "negative", "square", "exp", "sign", "tanh", "sigmoid", "relu", "relu6", "leaky_relu", "elu", "celu",
    "selu", "softplus", "softsign", "silu", "log_sigmoid", "hard_sigmoid", "hard_silu", "hard_tanh", "tanh_shrink",
    "log_softmax",
)  # fmt: skip
_OF_POSITIVE = ("sqrt", "log", "log1p", "reciprocal", "rsqrt")
_OF_TWO = ("add", "subtract", "multiply", "maximum", "minimum")
_THAT_COMPARE = ("greater", "greater_equal", "less", "less_equal", "equal", "not_equal")
_OVER_AXES = ("mean", "sum", "var", "std", "amax", "amin", "max", "min")


class DrawnOptions(Dice):
    """Draws arguments for one operation or attention after the other."""

    def operations(self) -> Mapping[str, Callable[[Any], Any]]:
        """Name → what it makes of a tensor, each time with other arguments."""

        def each(
            names: Sequence[str], made: Callable[[Callable[..., Any], Any], Any]
        ) -> dict[str, Callable[[Any], Any]]:
            return {name: partial(made, getattr(ops, name)) for name in names}

        return {
            **each(_OF_ONE, lambda f, x: f(x)),
            **each(_OF_POSITIVE, lambda f, x: f(ops.square(x) + 0.5)),
            **each(_OF_TWO, lambda f, x: f(*self._two(x))),
            **each(_THAT_COMPARE, lambda f, x: _number(f(*self._two(x)), x)),
            **each(_OVER_AXES, self._over_axes),
            **each(("concatenate", "stack"), self._pair),
            "heaviside": lambda x: ops.heaviside(
                *(side if hasattr(side, "shape") else np.float32([side]) for side in self._two(x))
            ),
            "divide": lambda x: ops.divide(x, ops.exp(self._beside(x))),
            "true_divide": lambda x: ops.true_divide(self._beside(x, tensors=True), ops.exp(x)),
            "logical_not": lambda x: _number(ops.logical_not(x > 0), x),
            "logical_and": lambda x: _number(ops.logical_and(*(side > 0 for side in self._two(x, tensors=True))), x),
            "logical_or": lambda x: _number(ops.logical_or(*(side > 0 for side in self._two(x, tensors=True))), x),
            "cast": lambda x: _number(x > self._beside(x), x),
            "where": lambda x: ops.where(x > self._beside(x), *self._two(x)),
            "clip": lambda x: ops.clip(x, -self._number(0, 4) / 4, self._number(0, 4) / 4),
            "power": lambda x: ops.power(x, self._number(1, 7)),
            "gelu": lambda x: ops.gelu(x, approximate=self._chance(0.5)),
            "softmax": lambda x: ops.softmax(x, axis=self._one_of([-1, 1] if len(x.shape) == 3 else [-1])),
            "get_item": lambda x: x[self._key(x)],
            "matmul": self._matmul,
            "einsum": self._einsum,
            "expand_dims": lambda x: ops.expand_dims(x, self._one_of([-1, 1])) if len(x.shape) < 4 else x[:, 0, None],
            "squeeze": lambda x: ops.squeeze(x[:, :1], 1) if len(x.shape) > 2 else ops.squeeze(x[:, None], 1),
            "flip": lambda x: ops.flip(x, axis=self._some_axes(x)),
            "roll": lambda x: ops.roll(x, self._number(-2, 3), axis=self._axis(x)),
            "repeat": lambda x: ops.repeat(x, self._number(1, 4), axis=self._axis(x)),
            "split": self._split,
            "take": self._take,
            "pad": self._pad,
            "tile": lambda x: ops.tile(x, [1, *(self._number(1, 3) for _ in x.shape[1:])]),
            "reshape": self._reshape,
            "transpose": lambda x: ops.transpose(x, [0, *(1 + int(k) for k in self.rng.permutation(len(x.shape) - 1))]),
            "swapaxes": lambda x: ops.swapaxes(x, self._axis(x), self._axis(x)),
        }

    def heads(self) -> tuple[Any, list[np.ndarray]]:
        """A MultiHeadAttention of codes, with masks, keys and outputs of all kinds, and what it reads."""
        inputs: list[Any] = []
        features = self._number(1, 4)

        def sequence(steps: int) -> Any:
            inputs.append(keras.Input((steps,)))
            return L.Embedding(_CODES, features, mask_zero=self._chance(0.6))(inputs[-1])

        asked, read = self._number(1, 4), self._number(1, 5)
        query, told = sequence(asked), {"value": sequence(read)}
        if self._chance(0.6):
            told["key"] = sequence(read)
        if self._chance(0.4):
            told["attention_mask"] = keras.Input((self._one_of([1, asked]), self._one_of([1, read])))
            inputs.append(told["attention_mask"])
        layer = L.MultiHeadAttention(
            self._number(1, 3), self._one_of([1, 4]), self._one_of([None, 2]), self._one_of([0, 0.2]),
            use_bias=self._chance(0.5), output_shape=self._one_of([None, 2]),
        )  # fmt: skip
        for name, share in (("use_causal_mask", 0.4), ("return_attention_scores", 0.3)):
            told[name] = self._chance(share)
        found = layer(query, **told)
        arrays = [
            self.rng.integers(0, _CODES if len(x.shape) == 2 else 2, (2, *x.shape[1:])).astype("float64")
            for x in inputs
        ]
        return keras.Model(inputs, found), arrays

    def attention(self) -> tuple[Any, list[np.ndarray]]:
        """An Attention or AdditiveAttention of codes, with masks, a key, scores and whatever else it may be told."""
        inputs = [keras.Input((self._number(1, 5),)) for _ in range(2)]
        features, causal, scores = self._number(1, 4), self._chance(0.4), self._chance(0.4)
        inputs += [keras.Input(inputs[1].shape[1:])] * self._chance(0.4)
        read = [L.Embedding(_CODES, features, mask_zero=self._chance(0.5))(x) for x in inputs]
        if self._chance(0.6):
            layer = L.Attention(
                use_scale=self._chance(0.5), score_mode=self._one_of(["dot", "concat"]), dropout=self._one_of([0, 0.3])
            )
        else:
            layer = L.AdditiveAttention(use_scale=self._chance(0.5))
        found = layer(read, use_causal_mask=causal, return_attention_scores=scores)
        return keras.Model(inputs, found), [self.rng.integers(0, _CODES, (2, *x.shape[1:])) * 1.0 for x in inputs]

    def layer(self, x: Any) -> Any:
        """A layer with arguments that fit the shape of a tensor, and what it makes of it."""
        shape, chance = x.shape[1:], self._chance
        scaled = {"center": chance(0.5), "scale": chance(0.5)}
        groups = self._one_of([n for n in range(1, shape[-1] + 1) if shape[-1] % n == 0])
        makes: list[Callable[[], Any]] = [
            lambda: L.LayerNormalization(**scaled),
            lambda: L.BatchNormalization(self._one_of([-1, 1]), **scaled),
            lambda: L.GroupNormalization(groups, **scaled),
            L.UnitNormalization,
            L.RMSNormalization,
            lambda: L.Softmax(self._one_of([-1, 1]) if len(shape) == 2 else -1),
            lambda: L.Rescaling(self._number(-2, 3) / 2, self._number(-2, 3) / 2),
            lambda: L.Normalization(-1, *self.rng.uniform(0.5, 2, (2, shape[-1])).tolist(), invert=chance(0.3)),
        ]
        if len(shape) > 1:
            makes += [
                lambda: L.Permute((1 + self.rng.permutation(len(shape))).tolist()),
                lambda: self._einsum_dense(shape),
            ]
            makes += [self._window(shape)] * 3
        return self._one_of(makes)()(x)

    def _einsum_dense(self, shape: tuple[int, ...]) -> Any:
        """A layer that sums over the last axis."""
        units, bias = self._number(1, 4), self._one_of([None, "z"])
        if len(shape) == 3:
            return L.EinsumDense("abcd,dz->abcz", (*shape[:2], units), bias_axes=bias)
        return self._one_of([
            lambda: L.EinsumDense("abc,cz->abz", (shape[0], units), bias_axes=bias),
            lambda: L.EinsumDense("abc,cyz->abyz", (shape[0], 2, units), bias_axes=self._one_of([None, "z", "yz"])),
        ])()  # fmt: skip

    def _window(self, shape: tuple[int, ...]) -> Callable[[], Any]:
        """A layer that moves a window over the steps, or over the pixels."""
        of = f"{len(shape) - 1}D"
        padding = self._one_of(["same", "valid"])
        size = [self._number(1, min(side, 3) + 1) for side in shape[:-1]]
        options = {"kernel_size": size, "padding": padding, "use_bias": self._chance(0.5)}
        options |= {"activation": self._one_of(["linear", "tanh", "softmax"])}
        steps = {"strides": self._number(1, 3)}
        apart = {"dilation_rate": 2} if padding == "same" and self._chance(0.3) else steps
        return self._one_of([
            lambda: getattr(L, f"Conv{of}")(self._number(1, 4), **options, **apart),
            lambda: getattr(L, f"SeparableConv{of}")(self._number(1, 4), **options, **apart, depth_multiplier=2),
            lambda: getattr(L, f"DepthwiseConv{of}")(**options, **apart, depth_multiplier=self._number(1, 3)),
            lambda: getattr(L, f"Conv{of}Transpose")(self._number(1, 4), **options, **steps),
            lambda: getattr(L, f"MaxPooling{of}")(size, self._number(1, 3), padding),
            lambda: getattr(L, f"AveragePooling{of}")(size, self._number(1, 3), padding),
            lambda: getattr(L, f"ZeroPadding{of}")(self._number(0, 3)),
            lambda: getattr(L, f"UpSampling{of}")(self._number(1, 3)),
            lambda: getattr(L, f"GlobalAveragePooling{of}")(keepdims=self._chance(0.5)),
            lambda: getattr(L, f"GlobalMaxPooling{of}")(keepdims=self._chance(0.5)),
        ])  # fmt: skip

    def _axis(self, x: Any) -> int:
        """Any axis but that of the samples, counted from either end."""
        axis = self._number(1, len(x.shape))
        return self._one_of([axis, axis - len(x.shape)])

    def _some_axes(self, x: Any, most: int | None = None) -> Any:
        """One axis or a list of several."""
        number = self._number(1, (most or len(x.shape) - 1) + 1)
        axes = self.rng.permutation(np.arange(1, len(x.shape)))[:number].tolist()
        return axes if number > 1 or self._chance(0.3) else self._one_of([axes[0], axes[0] - len(x.shape)])

    def _beside(self, x: Any, *, tensors: bool = False) -> Any:
        """What fits a tensor: its mirror image, a part of it that is used again and again, an array, or a number."""
        axis = self._number(1, len(x.shape))
        fitting = [ops.flip(x, axis=axis), x[(slice(None),) * axis + (slice(0, 1),)]]
        if tensors:
            return self._one_of(fitting)
        shape = [size if self._chance(0.7) else 1 for size in x.shape[1:]]
        array = self.rng.normal(size=shape[self._number(0, len(shape)) :]).astype("float32")
        return self._one_of([*fitting, array, self._number(-2, 3) / 2])

    def _two(self, x: Any, *, tensors: bool = False) -> tuple[Any, Any]:
        """The tensor and what fits it, in either order."""
        other = self._beside(x, tensors=tensors)
        return (x, other) if self._chance(0.5) else (other, x)

    def _pair(self, operation: Any, x: Any) -> Any:
        last = len(x.shape) - 1 if operation is ops.concatenate or len(x.shape) < 4 else 0
        if not last:  # an image has no room for another axis
            return operation([x[:, 0], x[:, -1]], axis=self._one_of([1, 2, -1]))
        return operation([x, ops.flip(x, axis=1)], axis=self._number(1, last + 1))

    def _over_axes(self, operation: Any, x: Any) -> Any:
        keep = len(x.shape) == 2 or self._chance(0.5)
        return operation(x, axis=self._some_axes(x, None if keep else len(x.shape) - 2), keepdims=keep)

    def _key(self, x: Any) -> tuple[Any, ...]:
        """What stands between brackets: for each axis a slice, or, where one is left, a number."""
        numbers = self._number(0, len(x.shape) - 1)
        key: list[Any] = [slice(self._number(0, size), None, self._one_of([None, 1, 2])) for size in x.shape[1:]]
        for axis in self.rng.permutation(len(key))[:numbers].tolist():
            key[axis] = self._number(-x.shape[1 + axis], x.shape[1 + axis])
        if self._chance(0.3):
            return (..., key[-1])
        return (slice(None), *key)

    def _matmul(self, x: Any) -> Any:
        x = x if len(x.shape) == 3 else L.Reshape((-1, x.shape[-1]))(x)
        return ops.matmul(x, ops.transpose(x, (0, 2, 1)))

    def _einsum(self, x: Any) -> Any:
        letters = "btfc"[: len(x.shape)]
        kept = "".join(self.rng.permutation(list(letters[1:]))[: self._number(1, len(letters))])
        if self._chance(0.4):
            return ops.einsum(f"{letters}->b{kept}", x)
        other = letters[:-1] + self._one_of([letters[-1], "g"])
        kept += "g" if "g" in other and self._chance(0.7) else ""
        return ops.einsum(f"{letters},{other}->b{kept[-3:]}", x, x)

    def _split(self, x: Any) -> Any:
        axis = self._axis(x)
        size = x.shape[axis]
        parts = self._one_of([n for n in range(1, size + 1) if size % n == 0])
        cuts = sorted({self._number(1, size) for _ in range(2)}) if size > 1 else [1]
        return self._one_of(ops.split(x, parts if size == 1 or self._chance(0.5) else cuts, axis=axis))

    def _take(self, x: Any) -> Any:
        axis = self._axis(x)
        size, one = x.shape[axis], self._chance(0.3) and len(x.shape) > 2
        chosen = self.rng.integers(-size, size, () if one else self._number(1, 4))
        return ops.take(x, chosen.tolist() if self._chance(0.5) else chosen, axis=axis)

    def _pad(self, x: Any) -> Any:
        mode = self._one_of(["constant", "reflect", "symmetric"])
        most = [3 if mode == "constant" else min(2, size - (mode == "reflect")) + 1 for size in x.shape[1:]]
        width = [[0, 0], *([self._number(0, n), self._number(0, n)] for n in most)]
        return ops.pad(x, width, mode, **({"constant_values": self._number(-1, 3) / 2} if mode == "constant" else {}))

    def _reshape(self, x: Any) -> Any:
        size = int(np.prod(x.shape[1:]))
        rows = self._one_of([n for n in range(1, size + 1) if size % n == 0])
        return ops.reshape(x, self._one_of([(-1, size), (-1, rows, size // rows), (-1, rows, 1, size // rows)]))


def _number(truths: Any, x: Any) -> Any:
    """Truth values as numbers."""
    return ops.cast(truths, x.dtype)
