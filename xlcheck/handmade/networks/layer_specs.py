"""Layers as a bindings file or a proposal names them: Keras's class, its options, and the shapes of its weights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xlcheck.errors import UsageError
from xlcheck.layers.gates import GATES
from xlcheck.model.layer_options import (
    CONVOLUTIONS as EVERY_CONVOLUTION,
    SEPARABLE,
    TRAINING_ONLY,
    TRAINING_ONLY_OF_IMAGES,
)
from xlcheck.model.model_spec import LayerSpec, ModelSpec, sequential
from xlcheck.model.option_values import SIZES

_RECURRENT = {"activation": "tanh", "use_bias": True, "return_sequences": False}
_NORMALIZATION = {"axis": -1, "epsilon": 0.001, "center": True, "scale": True}
_CONVOLUTION = {
    "kernel_size": None, "strides": 1, "padding": "valid", "dilation_rate": 1, "activation": "linear", "use_bias": True,
}  # fmt: skip
DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "SimpleRNN": _RECURRENT,
    "LSTM": {**_RECURRENT, "recurrent_activation": "sigmoid"},
    "GRU": {**_RECURRENT, "recurrent_activation": "sigmoid", "reset_after": True},
    "Dense": {"activation": "linear", "use_bias": True},
    "Conv1D": {"filters": None, **_CONVOLUTION},
    "Conv1DTranspose": {"filters": None, **_CONVOLUTION},
    "DepthwiseConv1D": {"depth_multiplier": 1, **_CONVOLUTION},
    "SeparableConv1D": {"filters": None, "depth_multiplier": 1, **_CONVOLUTION},
    "Embedding": {"input_dim": None, "output_dim": None, "mask_zero": False},
    "LayerNormalization": {**_NORMALIZATION, "axis": [-1]},
    "BatchNormalization": _NORMALIZATION,
    "GroupNormalization": {"groups": None, **_NORMALIZATION},
    "RMSNormalization": {"axis": [-1], "epsilon": 1e-6},
    "UnitNormalization": {"axis": -1},
    "PReLU": {"shared_axes": None},
    "Activation": {"activation": "linear"},
    "ReLU": {"max_value": None, "negative_slope": 0.0, "threshold": 0.0},
    "LeakyReLU": {"negative_slope": 0.3},
    "ELU": {"alpha": 1.0},
    "Softmax": {"axis": -1},
    "AveragePooling1D": {"pool_size": None, "strides": None, "padding": "valid"},
    "GlobalAveragePooling1D": {"keepdims": False},
    "Masking": {"mask_value": 0.0},
    "CategoryEncoding": {"num_tokens": None, "output_mode": "multi_hot"},
    "Rescaling": {"scale": None, "offset": 0.0},
    "Flatten": {},
    "Reshape": {"target_shape": None},
    "Permute": {"dims": None},
    "RepeatVector": {"n": None},
    "Cropping1D": {"cropping": 1},
    "ZeroPadding1D": {"padding": 1},
    "UpSampling1D": {"size": 2},
    **{kind: {} for kind in TRAINING_ONLY if kind not in TRAINING_ONLY_OF_IMAGES},
}  # fmt: skip
"""The options of each layer that can be written by hand, with Keras's defaults; None where `_NEEDED` has no default.

The largest of some numbers is one of them, so its cell could be taken for theirs: pooling by maxima needs a model.
"""

_NEEDED = {
    **dict.fromkeys(("Conv1D", "Conv1DTranspose", "SeparableConv1D"), ("filters", "kernel_size")),
    "Embedding": ("input_dim", "output_dim"), "CategoryEncoding": ("num_tokens",),
    "Rescaling": ("scale",), "Reshape": ("target_shape",), "Permute": ("dims",), "RepeatVector": ("n",),
    "AveragePooling1D": ("pool_size",), "DepthwiseConv1D": ("kernel_size",), "GroupNormalization": ("groups",),
}  # fmt: skip
_WITH_UNITS = ("SimpleRNN", "LSTM", "GRU", "Dense")
CONVOLUTIONS = [kind for kind in (*EVERY_CONVOLUTION, *SEPARABLE) if kind in DEFAULTS]
_LISTS = {"pool_size": 1, "strides": 1, "kernel_size": 1, "dilation_rate": 1, "cropping": 2, "padding": 2}
"""Options that Keras keeps as lists, and how long these are."""
_WORDS = {"padding": ("valid", "same", "causal"), "output_mode": ("one_hot", "multi_hot", "count")}
"""Options that are one of some words."""
_SEVERAL = ("axis", "shared_axes", "target_shape", "dims")
_WHOLE = {*SIZES, *_SEVERAL}
"""Options that are whole numbers, and of these the ones that may be several."""
_MOST = 10_000
"""More steps or rows than a worksheet that somebody made by hand."""
OPTIONAL = {"bias": "use_bias", "beta": "center", "gamma": "scale"}
"""Weight → the option that says whether a layer has it; of a hand-made layer, whether somebody named its cells."""


def layer_spec(
    kind: str, name: str, units: int | None, features: int, options: Mapping[str, Any], steps: int = 0
) -> LayerSpec:
    """A layer with its weights' shapes.

    Args:
        kind: Keras's class.
        name: its name.
        units: number of units; None for a layer that has none.
        features: number of numbers it reads at a time.
        options: what differs from Keras's defaults.
        steps: how many time steps it reads; 0 for a vector.

    Raises:
        UsageError: the class or an option is not known here, or one is missing.
    """
    require_known(kind, name)
    unknown = set(options) - set(DEFAULTS[kind])
    if unknown:
        known = ", ".join(DEFAULTS[kind]) or "none"
        raise UsageError(f"layer {name!r}: {kind} has no option {min(unknown)!r}; known are {known}")
    for option, value in options.items():
        _require_sensible(option, value, DEFAULTS[kind][option], name)
    merged = {**DEFAULTS[kind], **options}
    for needed in _NEEDED.get(kind, ()):
        if merged[needed] is None:
            raise UsageError(f"layer {name!r}: {kind} needs {needed}")
    if "pool_size" in merged and merged["strides"] is None:
        merged["strides"] = merged["pool_size"]
    for option, length in _LISTS.items():
        if isinstance(merged.get(option), int):
            merged[option] = [merged[option]] * length
        elif isinstance(merged.get(option), list) and len(merged[option]) < length:
            merged[option] = merged[option] * length
    if kind in _WITH_UNITS:
        merged = {"units": units, **merged}
    return LayerSpec(kind, name, merged, weight_shapes(kind, features, merged, steps))


def _require_sensible(option: str, value: Any, default: Any, name: str) -> None:
    """An option is of the kind that Keras takes.

    Raises:
        UsageError: it is not.
    """
    what, fits = "a word in quotes", isinstance(value, str)
    if option in _WORDS and isinstance(default, str):
        what, fits = " or ".join(map(repr, _WORDS[option])), value in _WORDS[option]
    if isinstance(default, bool):
        what, fits = "true or false", isinstance(value, bool)
    elif option in _WHOLE and not isinstance(default, str):
        items = value if isinstance(value, list) and option in {*_LISTS, *_SEVERAL} else [value]
        lengths = {1, _LISTS[option]} if option in _LISTS else range(1, 5)
        what = f"whole numbers up to {_MOST}"
        fits = len(items) in lengths and all(type(item) is int and item <= _MOST for item in items)
    elif isinstance(default, float) or default is None:
        what, fits = "a number", isinstance(value, int | float) and not isinstance(value, bool)
    if not fits:
        raise UsageError(f"layer {name!r}: {option} is {what}, not {value!r}")


def has_units(kind: str) -> bool:
    """Whether a layer of this class has `units`."""
    return kind in _WITH_UNITS


def require_known(kind: str, name: str) -> None:
    """The class is one that can be written by hand.

    Raises:
        UsageError: it is not.
    """
    if kind not in DEFAULTS:
        raise UsageError(f"layer {name!r}: type {kind!r} is not one of {', '.join(DEFAULTS)}; use --model for others")


def weight_shapes(kind: str, features: int, options: Mapping[str, Any], steps: int = 0) -> dict[str, tuple[int, ...]]:
    """Shape of each weight, as Keras stores it."""
    if kind == "Embedding":
        return {"embeddings": (options["input_dim"], options["output_dim"])}
    if kind == "RMSNormalization":
        return {"scale": (features,)}
    if kind == "PReLU":
        shared = bool(steps) and options["shared_axes"] is not None
        return {"alpha": (1 if shared else steps, features) if steps else (features,)}
    if kind in {"LayerNormalization", "BatchNormalization", "GroupNormalization"}:
        names = [name for name in ("gamma", "beta") if options[OPTIONAL[name]]]
        names += ["moving_mean", "moving_variance"] if kind == "BatchNormalization" else []
        return dict.fromkeys(names, (features,))
    if kind in SEPARABLE:
        columns, between = options["filters"], features * options["depth_multiplier"]
        shapes: dict[str, tuple[int, ...]] = {"depthwise_kernel": (*options["kernel_size"], 1, between)}
        shapes["pointwise_kernel"] = (between, columns)
    elif kind in CONVOLUTIONS:  # each filter of a DepthwiseConv1D reads one feature
        read, columns = (
            (features, options["filters"]) if "filters" in options else (1, features * options["depth_multiplier"])
        )
        shapes = {"kernel": (*options["kernel_size"], read, columns)}
    elif kind in _WITH_UNITS:
        columns = options["units"] * len(GATES.get(kind, ("y",)))
        shapes = {"kernel": (features, columns)}
    else:
        return {}
    if kind in GATES:
        shapes["recurrent_kernel"] = (options["units"], columns)
    if options["use_bias"]:
        shapes["bias"] = (2, columns) if kind == "GRU" and options["reset_after"] else (columns,)
    return shapes


def chain(name: str, timesteps: int, features: int, layers: tuple[LayerSpec, ...], loss: str | None) -> ModelSpec:
    """The layers one after the other; a Dense layer alone reads a vector."""
    shape = (features,) if layers[0].kind == "Dense" else (timesteps, features)
    return sequential(name, shape, layers, loss)
