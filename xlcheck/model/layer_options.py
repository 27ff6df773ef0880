"""Which options of which Keras layers xlcheck understands: each key of a layer's `get_config()`, one of three ways."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field, replace
from typing import Any

from xlcheck.errors import NotSupportedError
from xlcheck.frozen import dataclass
from xlcheck.model.option_values import missed, plain


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


HARD_SIGMOID_KERAS2 = "hard_sigmoid_keras2"
"""The hard sigmoid of Keras 2, which no `get_config()` of Keras 3 names: worksheets still have it."""
_INERT = ("name", "trainable", "dtype", "seed", "activity_regularizer")  # dtype is read once for the whole model
_TOLD = dict.fromkeys(("use_causal_mask", "return_attention_scores"), False)  # where it is called
_CHANNELS_LAST = {"data_format": "channels_last"}


def _trained(*weights: str) -> tuple[str, ...]:
    """What Keras needs to know of weights only while it trains."""
    kinds = ("initializer", "regularizer", "constraint")
    return tuple(f"{weight}_{kind}" for weight in weights for kind in kinds)


_LOOP = ("return_state", "go_backwards", "zero_output_for_mask", "unroll")


def _cell(*kept: str) -> LayerOptions:
    return LayerOptions(
        ("units", "activation", *kept, "use_bias"),
        inert=(
            *_INERT, *_trained("kernel", "recurrent", "bias"), "dropout", "recurrent_dropout", "unit_forget_bias",
        ),
    )  # fmt: skip


def _recurrent(*kept: str) -> LayerOptions:
    cell = _cell(*kept)
    return replace(cell, kept=(*cell.kept, "return_sequences"), optional=dict.fromkeys((*_LOOP, "stateful"), False))


def _layer(
    *kept: str,
    optional: Mapping[str, Any] | None = None,
    fixed: Mapping[str, Any] | None = None,
    inert: tuple[str, ...] = (),
) -> LayerOptions:
    return LayerOptions(kept, optional or {}, fixed or {}, (*_INERT, *inert))


# Layers that do something only while a model is trained, of any tensor and of images.
TRAINING_ONLY_OF_IMAGES = (
    "SpatialDropout2D", "RandomFlip", "RandomRotation", "RandomZoom", "RandomTranslation", "RandomContrast",
    "RandomBrightness",
)  # fmt: skip
TRAINING_ONLY = (
    "Dropout", "SpatialDropout1D", "GaussianDropout", "GaussianNoise", "AlphaDropout", "ActivityRegularization",
    "Identity", *TRAINING_ONLY_OF_IMAGES,
)  # fmt: skip
_WHILE_TRAINED = (
    "rate", "stddev", "noise_shape", "l1", "l2", "data_format", "mode", "factor", "height_factor", "width_factor",
    "fill_mode", "fill_value", "interpolation", "value_range",
)  # fmt: skip

CONVOLUTIONS = (
    "Conv1D", "Conv2D", "DepthwiseConv1D", "DepthwiseConv2D", "Conv1DTranspose", "Conv2DTranspose",
)  # fmt: skip

SEPARABLE = ("SeparableConv1D", "SeparableConv2D")

OPTIONS: dict[str, LayerOptions] = {
    "SimpleRNN": _recurrent(),
    "LSTM": _recurrent("recurrent_activation"),
    "GRU": _recurrent("recurrent_activation", "reset_after"),
    "RNN": LayerOptions(
        ("return_sequences",), optional=dict.fromkeys(_LOOP, False), fixed={"stateful": False}, inert=_INERT,
        wraps=("cell",),
    ),
    "Bidirectional": LayerOptions(("merge_mode",), inert=_INERT, wraps=("layer", "backward_layer")),
    "TimeDistributed": LayerOptions(inert=_INERT, wraps=("layer",)),
    "Dense": _layer(
        "units", "activation", "use_bias",
        fixed={"quantization_config": None}, inert=_trained("kernel", "bias"),
    ),
    "EinsumDense": _layer(
        "equation", "output_shape", "activation", "bias_axes",
        fixed={"quantization_config": None}, inert=("gptq_unpacked_column_size", *_trained("kernel", "bias")),
    ),
    **dict.fromkeys(("Conv1D", "Conv2D"), _layer(
        "filters", "kernel_size", "strides", "padding", "dilation_rate", "activation", "use_bias",
        optional={"groups": 1}, fixed=_CHANNELS_LAST, inert=_trained("kernel", "bias"),
    )),
    **dict.fromkeys(("DepthwiseConv1D", "DepthwiseConv2D"), _layer(
        "depth_multiplier", "kernel_size", "strides", "padding", "dilation_rate", "activation", "use_bias",
        fixed=_CHANNELS_LAST, inert=_trained("depthwise", "bias"),
    )),
    **dict.fromkeys(("Conv1DTranspose", "Conv2DTranspose"), _layer(
        "filters", "kernel_size", "strides", "padding", "dilation_rate", "activation", "use_bias",
        fixed={**_CHANNELS_LAST, "output_padding": None}, inert=_trained("kernel", "bias"),
    )),
    **dict.fromkeys(SEPARABLE, _layer(
        "filters", "depth_multiplier", "kernel_size", "strides", "padding", "dilation_rate", "activation", "use_bias",
        fixed=_CHANNELS_LAST, inert=_trained("depthwise", "pointwise", "bias"),
    )),
    "Embedding": _layer(
        "input_dim", "output_dim", "mask_zero",
        fixed={"quantization_config": None}, inert=_trained("embeddings"),
    ),
    "Masking": _layer("mask_value"),
    "CategoryEncoding": _layer("num_tokens", "output_mode"),
    "Discretization": _layer(
        "bin_boundaries", "output_mode", fixed={"sparse": False}, inert=("num_bins", "epsilon"),
    ),
    "IntegerLookup": _layer(
        "vocabulary", "num_oov_indices", "mask_token", "output_mode",
        fixed={"invert": False, "sparse": False, "pad_to_max_tokens": False},
        inert=(
            "max_tokens", "oov_token", "vocabulary_dtype", "idf_weights", "vocabulary_size", "oov_method", "salt",
        ),
    ),
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
    "GroupNormalization": _layer("groups", "axis", "epsilon", "center", "scale", inert=_trained("gamma", "beta")),
    "RMSNormalization": _layer("axis", "epsilon"),
    "UnitNormalization": _layer("axis"),
    **dict.fromkeys(
        ("MaxPooling1D", "AveragePooling1D", "MaxPooling2D", "AveragePooling2D"),
        _layer("pool_size", "strides", "padding", fixed=_CHANNELS_LAST),
    ),
    **dict.fromkeys(
        ("GlobalMaxPooling1D", "GlobalAveragePooling1D", "GlobalMaxPooling2D", "GlobalAveragePooling2D"),
        _layer("keepdims", fixed=_CHANNELS_LAST),
    ),
    "Flatten": _layer(fixed=_CHANNELS_LAST),
    "Reshape": _layer("target_shape"),
    "Permute": _layer("dims"),
    "RepeatVector": _layer("n"),
    **dict.fromkeys(("Cropping1D", "Cropping2D"), _layer("cropping", fixed=_CHANNELS_LAST)),
    **dict.fromkeys(("ZeroPadding1D", "ZeroPadding2D"), _layer("padding", fixed=_CHANNELS_LAST)),
    "UpSampling1D": _layer("size"),
    "UpSampling2D": _layer("size", fixed={**_CHANNELS_LAST, "interpolation": "nearest"}),
    "Concatenate": _layer("axis"),
    "Add": _layer(),
    "Subtract": _layer(),
    "Multiply": _layer(),
    "Average": _layer(),
    "Maximum": _layer(),
    "Minimum": _layer(),
    "Dot": _layer("axes", "normalize"),
    "Attention": _layer(optional={"use_scale": False, "score_mode": "dot", **_TOLD}, inert=("dropout",)),
    "AdditiveAttention": _layer("use_scale", optional=_TOLD, inert=("dropout",)),
    "MultiHeadAttention": LayerOptions(
        ("num_heads", "key_dim", "value_dim", "use_bias", "output_shape"),
        optional={"dropout": 0.0, "attention_mask": False, **_TOLD},
        fixed={"use_gate": False, "sliding_window": None},
        inert=(*_INERT, "attention_axes", *_trained("kernel", "bias")),
    ),
    **{kind: _layer(inert=_WHILE_TRAINED) for kind in TRAINING_ONLY},
}  # fmt: skip


_ARRAYS = ("indices",)
"""Numbers that an operation needs, one or several."""
_OF_TWO = LayerOptions(optional={"x1": None, "x2": None}, inert=("name",))
_OVER_AXES = LayerOptions(("axis", "keepdims"), inert=("name",))


def _operation(*kept: str, **fixed: Any) -> LayerOptions:
    return LayerOptions(kept, fixed=fixed, inert=("name",))


# What Keras computes between layers: `x[:, -1]`, `x + y`, functions of `keras.ops` and `keras.activations`.
OPERATIONS: dict[str, LayerOptions] = {
    "ops.get_item": _operation("key"),
    **dict.fromkeys(
        ("ops.add", "ops.subtract", "ops.multiply", "ops.divide", "ops.true_divide", "ops.maximum", "ops.minimum",
         "ops.heaviside", "ops.greater", "ops.greater_equal", "ops.less", "ops.less_equal", "ops.equal",
         "ops.not_equal", "ops.logical_and", "ops.logical_or", "ops.where"),
        _OF_TWO,
    ),
    "ops.cast": LayerOptions(inert=("name", "dtype")),
    "ops.clip": _operation("x_min", "x_max"),
    "ops.power": LayerOptions(("x2",), inert=("name",)),
    **dict.fromkeys(("ops.mean", "ops.sum", "ops.var", "ops.std", "ops.amax", "ops.amin"), _OVER_AXES),
    **dict.fromkeys(("ops.max", "ops.min"), replace(_OVER_AXES, fixed={"initial": None})),
    "ops.matmul": _operation(),
    **dict.fromkeys(("ops.concatenate", "ops.stack", "ops.expand_dims", "ops.squeeze", "ops.flip"), _operation("axis")),
    "ops.roll": _operation("shift", "axis"),
    "ops.repeat": _operation("repeats", "axis"),
    "ops.split": _operation("indices_or_sections", "axis"),
    "ops.take": LayerOptions(("indices", "axis"), inert=("name",)),
    "ops.pad": LayerOptions(("pad_width", "mode"), optional={"constant_values": 0}, inert=("name",)),
    "ops.einsum": _operation("subscripts"),
    "ops.tile": _operation("repeats"),
    "ops.reshape": _operation("newshape"),
    "ops.transpose": _operation("axes"),
    "ops.swapaxes": _operation("axis1", "axis2"),
    **dict.fromkeys(
        ("ops.absolute", "ops.negative", "ops.square", "ops.sqrt", "ops.exp", "ops.log", "ops.log1p", "ops.reciprocal",
         "ops.rsqrt", "ops.sign", "ops.logical_not", "ops.tanh", "ops.sigmoid", "ops.relu6", "ops.softplus",
         "ops.softsign", "ops.silu", "ops.log_sigmoid", "ops.hard_sigmoid", "ops.hard_silu", "ops.hard_tanh",
         "ops.tanh_shrink", "ops.selu"), _operation(),
    ),
    "ops.relu": _operation(negative_slope=0.0, max_value=None, threshold=0.0),
    "ops.leaky_relu": _operation(negative_slope=0.2),
    **dict.fromkeys(("ops.elu", "ops.celu"), _operation(alpha=1.0)),
    "ops.gelu": _operation("approximate"),
    "ops.softmax": _operation("axis"),
    "ops.log_softmax": _operation(axis=-1),
}  # fmt: skip

# What an RNN consists of; none of them is a layer by itself.
CELLS: dict[str, LayerOptions] = {
    "SimpleRNNCell": _cell(),
    "LSTMCell": _cell("recurrent_activation"),
    "GRUCell": _cell("recurrent_activation", "reset_after"),
    "StackedRNNCells": LayerOptions(inert=_INERT, wraps=("cells",)),
}


_READS_TEXTS = {"TextVectorization", "StringLookup"}


def operation_options(kind: str, name: str, config: Mapping[str, Any], constants: Mapping[str, Any]) -> dict[str, Any]:
    """The kept options of an operation.

    Args:
        kind: `ops.mean`.
        name: the operation's name, for messages.
        config: its `get_config()`.
        constants: the numbers, and arrays as lists, that it is called with, by the names of its parameters.

    Raises:
        NotSupportedError: the operation, an option or an option's value is not supported.
    """
    known = OPERATIONS.get(kind)
    if known is None:
        raise NotSupportedError(f"operation {name!r}: {kind} is not supported; {WITHOUT}")
    for key, value in constants.items():
        array = isinstance(value, list) and key in (*known.optional, *_ARRAYS)  # of x + y, and the like
        if key != "key" and not array and (isinstance(value, bool) or not isinstance(value, (int, float))):
            what = "an array" if isinstance(value, list) else type(value).__name__
            raise NotSupportedError(
                f"operation {name!r}: {kind} with {what} is not supported, only with numbers and what the model reads"
            )
    given = {**known.optional, **config, **constants}
    if (missing := next((key for key in known.kept if key not in given), None)) is not None:
        raise NotSupportedError(f"operation {name!r}: {kind} is only supported where {missing} is a number")
    return _kept(known, "operation", kind, name, given)


WITHOUT = "take others, or check the part of the model before: keras.Model(model.inputs, tensor)"
"""What to do where a layer or an operation is not supported."""


def unknown(layers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Of `(kind, name)` of layers those that are not supported, each once."""
    return [
        (kind, name)
        for kind, name in dict.fromkeys(layers)
        if not any(kind in known for known in (OPTIONS, CELLS, OPERATIONS))
    ]


def require_known(layers: Iterable[tuple[str, str]]) -> None:
    """Refuse a model for all of its layers at once, `(kind, name)`, that are not supported.

    Raises:
        NotSupportedError: there are such layers.
    """
    found = unknown(layers)
    if len(found) > 1:
        named = ", ".join(f"{name!r} ({kind})" for kind, name in found)
        what = "layers or operations" if any(kind.startswith("ops.") for kind, _ in found) else "layers"
        raise NotSupportedError(f"{len(found)} {what} of the model are not supported: {named}; {WITHOUT}")
    for kind, name in found:
        if kind.startswith("ops."):
            operation_options(kind, name, {}, {})
        options_of(kind, name, {})


def options_of(kind: str, name: str, config: Mapping[str, Any]) -> dict[str, Any]:
    """The kept options of a layer, by its kind and out of its `get_config()`; messages call it by its name.

    Raises:
        NotSupportedError: the layer, an option or an option's value is not supported.
    """
    known = OPTIONS.get(kind) or CELLS.get(kind)
    if kind in _READS_TEXTS:
        raise NotSupportedError(
            f"layer {name!r}: {kind} is not supported, because it reads texts; save a model of the layers behind it, "
            "and pass what its get_vocabulary() gives, one word per line, with --vocabulary"
        )
    if known is None:
        raise NotSupportedError(f"layer {name!r}: {kind} is not supported; {WITHOUT}")
    return _kept(known, "layer", kind, name, config)


def _kept(known: LayerOptions, what: str, kind: str, name: str, config: Mapping[str, Any]) -> dict[str, Any]:
    for key, value in config.items():
        if key in known.fixed and value != known.fixed[key]:
            raise NotSupportedError(
                f"{what} {name!r}: {key}={value!r:.60} is not supported for {kind}, only {key}={known.fixed[key]!r}"
            )
        if key not in (*known.kept, *known.optional, *known.fixed, *known.inert, *known.wraps):
            raise NotSupportedError(
                f"{what} {name!r}: the option {key}={value!r:.60} of {kind} is not known to xlcheck"
            )
        if (wanted := missed(key, value)) is not None:
            raise NotSupportedError(f"{what} {name!r}: {key}={value!r:.60} of {kind} is no {wanted}")
    changed = [key for key, default in known.optional.items() if config[key] != default]
    return {key: plain(name, key, config[key]) for key in (*known.kept, *changed)}
