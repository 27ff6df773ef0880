"""Which options of which Keras layers xlcheck understands: each key of a layer's `get_config()`, one of three ways."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from xlcheck.errors import NotSupportedError


@dataclass(frozen=True)
class LayerOptions:
    """The options of one kind of layer.

    Attributes:
        kept: change the arithmetic, and the layer's equations read them.
        optional: the same, but stored only where they differ from the value given here.
        fixed: change the arithmetic; only the given value is supported.
        inert: change nothing when a trained model answers (initialisers, dropout).
        wraps: hold the layers that this one wraps, which are read as layers.
    """

    kept: tuple[str, ...] = ()
    optional: Mapping[str, Any] = field(default_factory=dict)
    fixed: Mapping[str, Any] = field(default_factory=dict)
    inert: tuple[str, ...] = ()
    wraps: tuple[str, ...] = ()


_INERT = ("name", "trainable", "dtype", "seed", "activity_regularizer")  # dtype is read once for the whole model
_CHANNELS_LAST = {"data_format": "channels_last"}


def _trained(*weights: str) -> tuple[str, ...]:
    """What Keras needs to know of weights only while it trains."""
    kinds = ("initializer", "regularizer", "constraint")
    return tuple(f"{weight}_{kind}" for weight in weights for kind in kinds)


def _recurrent(*kept: str) -> LayerOptions:
    flags = ("return_state", "go_backwards", "stateful", "zero_output_for_mask", "unroll")
    inert = ("dropout", "recurrent_dropout", "unit_forget_bias")
    return LayerOptions(
        ("units", "activation", *kept, "use_bias", "return_sequences"),
        optional=dict.fromkeys(flags, False),
        inert=(*_INERT, *_trained("kernel", "recurrent", "bias"), *inert),
    )


def _layer(*kept: str, fixed: Mapping[str, Any] | None = None, inert: tuple[str, ...] = ()) -> LayerOptions:
    return LayerOptions(kept, fixed=fixed or {}, inert=(*_INERT, *inert))


# Layers that do something only while a model is trained.
TRAINING_ONLY = (
    "Dropout", "SpatialDropout1D", "GaussianDropout", "GaussianNoise", "AlphaDropout", "ActivityRegularization",
    "Identity",
)  # fmt: skip

OPTIONS: dict[str, LayerOptions] = {
    "SimpleRNN": _recurrent(),
    "LSTM": _recurrent("recurrent_activation"),
    "GRU": _recurrent("recurrent_activation", "reset_after"),
    "Bidirectional": LayerOptions(("merge_mode",), inert=_INERT, wraps=("layer", "backward_layer")),
    "TimeDistributed": LayerOptions(inert=_INERT, wraps=("layer",)),
    "Dense": _layer(
        "units", "activation", "use_bias",
        fixed={"quantization_config": None}, inert=_trained("kernel", "bias"),
    ),
    "Conv1D": _layer(
        "filters", "kernel_size", "strides", "padding", "dilation_rate", "activation", "use_bias",
        fixed={**_CHANNELS_LAST, "groups": 1}, inert=_trained("kernel", "bias"),
    ),
    "Embedding": _layer(
        "input_dim", "output_dim", "mask_zero",
        fixed={"quantization_config": None}, inert=_trained("embeddings"),
    ),
    "Masking": _layer("mask_value"),
    "CategoryEncoding": _layer("num_tokens", "output_mode"),
    "Normalization": _layer("axis", "mean", "variance", "invert"),
    "Rescaling": _layer("scale", "offset"),
    "Activation": _layer("activation"),
    "ReLU": _layer("max_value", "negative_slope", "threshold"),
    "LeakyReLU": _layer("negative_slope"),
    "PReLU": _layer("shared_axes", inert=_trained("alpha")),
    "ELU": _layer("alpha"),
    "Softmax": _layer("axis"),
    "LayerNormalization": _layer(
        "axis", "epsilon", "center", "scale", fixed={"rms_scaling": False}, inert=_trained("gamma", "beta"),
    ),
    "BatchNormalization": _layer(
        "axis", "epsilon", "center", "scale",
        fixed={"renorm": False},
        inert=(
            "momentum", "synchronized", "renorm_clipping", "renorm_momentum",
            *_trained("gamma", "beta", "moving_mean", "moving_variance"),
        ),
    ),
    "MaxPooling1D": _layer("pool_size", "strides", "padding", fixed=_CHANNELS_LAST),
    "AveragePooling1D": _layer("pool_size", "strides", "padding", fixed=_CHANNELS_LAST),
    "GlobalMaxPooling1D": _layer("keepdims", fixed=_CHANNELS_LAST),
    "GlobalAveragePooling1D": _layer("keepdims", fixed=_CHANNELS_LAST),
    "Flatten": _layer(fixed=_CHANNELS_LAST),
    "Reshape": _layer("target_shape"),
    "Permute": _layer("dims"),
    "RepeatVector": _layer("n"),
    "Cropping1D": _layer("cropping"),
    "UpSampling1D": _layer("size"),
    "Concatenate": _layer("axis"),
    "Add": _layer(),
    "Subtract": _layer(),
    "Multiply": _layer(),
    "Average": _layer(),
    "Maximum": _layer(),
    "Minimum": _layer(),
    "Dot": _layer("axes", "normalize"),
    **{kind: _layer(inert=("rate", "stddev", "noise_shape", "l1", "l2")) for kind in TRAINING_ONLY},
}  # fmt: skip


_READS_TEXTS = {"TextVectorization", "StringLookup"}


_WITHOUT = "take others, or check the part of the model before them: keras.Model(model.inputs, tensor)"


def unknown(layers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Of `(kind, name)` of layers those that are not supported, each once."""
    return [(kind, name) for kind, name in dict.fromkeys(layers) if kind not in OPTIONS]


def require_known(layers: Iterable[tuple[str, str]]) -> None:
    """Refuse a model for all of its layers at once that are not supported.

    Args:
        layers: `(kind, name)` of each.

    Raises:
        NotSupportedError: there are such layers.
    """
    found = unknown(layers)
    if len(found) > 1:
        named = ", ".join(f"{name!r} ({kind})" for kind, name in found)
        raise NotSupportedError(f"{len(found)} layers of the model are not supported: {named}; {_WITHOUT}")
    for kind, name in found:
        options_of(kind, name, {})


def options_of(kind: str, name: str, config: Mapping[str, Any]) -> dict[str, Any]:
    """The kept options of a layer.

    Args:
        kind: the Keras class name.
        name: the layer's name, for messages.
        config: the layer's `get_config()`.

    Raises:
        NotSupportedError: the layer, an option or an option's value is not supported.
    """
    known = OPTIONS.get(kind)
    if kind in _READS_TEXTS:
        raise NotSupportedError(
            f"layer {name!r}: {kind} is not supported, because it reads texts; save a model of the layers behind it, "
            "and pass what its get_vocabulary() gives, one word a line, with --vocabulary"
        )
    if known is None:
        raise NotSupportedError(f"layer {name!r}: {kind} is not supported; {_WITHOUT}")
    for key, value in config.items():
        if key in known.fixed and value != known.fixed[key]:
            raise NotSupportedError(
                f"layer {name!r}: {key}={value!r} is not supported for {kind}, only {key}={known.fixed[key]!r}"
            )
        if key not in (*known.kept, *known.optional, *known.fixed, *known.inert, *known.wraps):
            raise NotSupportedError(f"layer {name!r}: the option {key}={value!r} of {kind} is not known to xlcheck")
    changed = [key for key, default in known.optional.items() if config[key] != default]
    return {key: _plain(name, key, config[key]) for key in (*known.kept, *changed)}


def _plain(name: str, key: str, value: Any) -> Any:
    if isinstance(value, (str, int, float, bool)) or value is None:
        return value
    if isinstance(value, (list, tuple)):
        return [_plain(name, key, item) for item in value]
    if isinstance(value, dict) and value.get("class_name") == "__numpy__":
        return _plain(name, key, value["config"]["value"])
    what = value.get("class_name", "a Python function") if isinstance(value, dict) else value
    if what == "function":
        what = value["config"]
    raise NotSupportedError(
        f"layer {name!r}: {key}={what} is not supported; give it by the name that Keras knows it by"
    )
