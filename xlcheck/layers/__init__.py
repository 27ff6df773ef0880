"""The layers' equations: one file for each Keras layer; `LAYERS` is the list of what is supported.

A file is imported when its layer is asked for: most models have two or three kinds.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

from xlcheck.errors import NotSupportedError
from xlcheck.model.layer_options import CONVOLUTIONS, OPERATIONS, SEPARABLE, TRAINING_ONLY, WITHOUT
from xlcheck.model.model_spec import LayerSpec

if TYPE_CHECKING:
    from xlcheck.layers.signals import Equations

_MERGES = ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum")

LAYERS: dict[str, str] = {
    "SimpleRNN": "simple_rnn.equations",
    "LSTM": "lstm.equations",
    "GRU": "gru.equations",
    "RNN": "rnn.equations",
    "Bidirectional": "bidirectional.equations",
    "TimeDistributed": "time_distributed.equations",
    "Dense": "dense.equations",
    "EinsumDense": "einsum_dense.equations",
    **dict.fromkeys(CONVOLUTIONS, "convolution.equations"),
    **dict.fromkeys(SEPARABLE, "convolution.separable"),
    "Embedding": "embedding.equations",
    "Masking": "masking.equations",
    "CategoryEncoding": "preprocessing.category_encoding",
    "Discretization": "preprocessing.discretization",
    "IntegerLookup": "preprocessing.integer_lookup",
    "Normalization": "preprocessing.normalization",
    "Rescaling": "preprocessing.rescaling",
    "Activation": "activation_layers.equations",
    "ReLU": "activation_layers.equations",
    "LeakyReLU": "activation_layers.equations",
    "PReLU": "activation_layers.prelu_equations",
    "ELU": "activation_layers.equations",
    "Softmax": "activation_layers.equations",
    "LayerNormalization": "normalization.layer_normalization",
    "BatchNormalization": "normalization.batch_normalization",
    "GroupNormalization": "normalization.group_normalization",
    "RMSNormalization": "normalization.rms_normalization",
    "UnitNormalization": "normalization.unit_normalization",
    **dict.fromkeys(("MaxPooling1D", "AveragePooling1D", "MaxPooling2D", "AveragePooling2D"), "pooling.equations"),
    **dict.fromkeys(
        ("GlobalMaxPooling1D", "GlobalAveragePooling1D", "GlobalMaxPooling2D", "GlobalAveragePooling2D"),
        "pooling.global_equations",
    ),
    "Flatten": "reshaping.flatten",
    "Reshape": "reshaping.reshape",
    "Permute": "reshaping.permute",
    "RepeatVector": "reshaping.repeat_vector",
    **dict.fromkeys(("Cropping1D", "Cropping2D"), "reshaping.cropping"),
    **dict.fromkeys(("ZeroPadding1D", "ZeroPadding2D"), "reshaping.zero_padding"),
    **dict.fromkeys(("UpSampling1D", "UpSampling2D"), "reshaping.up_sampling"),
    "Concatenate": "merging.concatenate",
    **dict.fromkeys(_MERGES, "merging.equations"),
    "Dot": "products.dot",
    "Attention": "attention.equations",
    "AdditiveAttention": "attention.equations",
    "MultiHeadAttention": "multi_head_attention.equations",
    **dict.fromkeys(TRAINING_ONLY, "identity.equations"),
}
"""The file and the function of each, in this folder."""

READ_IMAGES = frozenset(
    (
        "Conv2D", "DepthwiseConv2D", "Conv2DTranspose", "SeparableConv2D", "Dense", "EinsumDense", "MaxPooling2D",
        "AveragePooling2D", "GlobalMaxPooling2D", "GlobalAveragePooling2D", "Cropping2D", "ZeroPadding2D",
        "UpSampling2D", "Flatten", "Reshape", "Permute", "BatchNormalization", "LayerNormalization", "RMSNormalization",
        "GroupNormalization", "UnitNormalization", "Normalization", "Rescaling", "Activation", "ReLU", "LeakyReLU",
        "ELU", "Softmax", "Concatenate", *_MERGES, *TRAINING_ONLY, *OPERATIONS,
    )
)  # fmt: skip
"""The layers and operations that may read an image, that is, a tensor with rows, columns and channels."""


def equations_of(layer: LayerSpec) -> Equations:
    """The function that writes down a layer's equations.

    Raises:
        NotSupportedError: xlcheck does not know this kind of layer.
    """
    if layer.kind not in LAYERS and layer.kind not in OPERATIONS:
        raise NotSupportedError(f"layer {layer.name!r}: {layer.kind} is not supported; {WITHOUT}")
    file, _, name = LAYERS.get(layer.kind, "operations.equations").partition(".")
    return cast("Equations", getattr(import_module(f"{__name__}.{file}"), name))
