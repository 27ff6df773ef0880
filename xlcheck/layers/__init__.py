"""The layers' equations: one file for each Keras layer; `LAYERS` is the list of what is supported."""

from __future__ import annotations

from xlcheck.errors import NotSupportedError
from xlcheck.layers import (
    activation_layers,
    attention,
    bidirectional,
    convolution,
    dense,
    dot,
    embedding,
    gru,
    identity,
    lstm,
    masking,
    merging,
    multi_head_attention,
    normalization,
    operations,
    pooling,
    preprocessing,
    reshaping,
    rnn,
    simple_rnn,
    time_distributed,
)
from xlcheck.layers.signals import Equations
from xlcheck.model.layer_options import CONVOLUTIONS, TRAINING_ONLY, WITHOUT
from xlcheck.model.model_spec import LayerSpec

LAYERS: dict[str, Equations] = {
    "SimpleRNN": simple_rnn.equations,
    "LSTM": lstm.equations,
    "GRU": gru.equations,
    "RNN": rnn.equations,
    "Bidirectional": bidirectional.equations,
    "TimeDistributed": time_distributed.equations,
    "Dense": dense.equations,
    **dict.fromkeys(CONVOLUTIONS, convolution.equations),
    "Embedding": embedding.equations,
    "Masking": masking.equations,
    "CategoryEncoding": preprocessing.category_encoding,
    "Normalization": preprocessing.normalization,
    "Rescaling": preprocessing.rescaling,
    "Activation": activation_layers.equations,
    "ReLU": activation_layers.equations,
    "LeakyReLU": activation_layers.equations,
    "PReLU": activation_layers.prelu_equations,
    "ELU": activation_layers.equations,
    "Softmax": activation_layers.equations,
    "LayerNormalization": normalization.layer_normalization,
    "BatchNormalization": normalization.batch_normalization,
    "GroupNormalization": normalization.group_normalization,
    "RMSNormalization": normalization.rms_normalization,
    "UnitNormalization": normalization.unit_normalization,
    **dict.fromkeys(("MaxPooling1D", "AveragePooling1D", "MaxPooling2D", "AveragePooling2D"), pooling.equations),
    **dict.fromkeys(
        ("GlobalMaxPooling1D", "GlobalAveragePooling1D", "GlobalMaxPooling2D", "GlobalAveragePooling2D"),
        pooling.global_equations,
    ),
    "Flatten": reshaping.flatten,
    "Reshape": reshaping.reshape,
    "Permute": reshaping.permute,
    "RepeatVector": reshaping.repeat_vector,
    **dict.fromkeys(("Cropping1D", "Cropping2D"), reshaping.cropping),
    **dict.fromkeys(("ZeroPadding1D", "ZeroPadding2D"), reshaping.zero_padding),
    **dict.fromkeys(("UpSampling1D", "UpSampling2D"), reshaping.up_sampling),
    "Concatenate": merging.concatenate,
    "Add": merging.equations,
    "Subtract": merging.equations,
    "Multiply": merging.equations,
    "Average": merging.equations,
    "Maximum": merging.equations,
    "Minimum": merging.equations,
    "Dot": dot.equations,
    "Attention": attention.equations,
    "AdditiveAttention": attention.equations,
    "MultiHeadAttention": multi_head_attention.equations,
    **dict.fromkeys(TRAINING_ONLY, identity.equations),
}


READ_IMAGES = frozenset(
    (
        "Conv2D", "DepthwiseConv2D", "Conv2DTranspose", "Dense", "MaxPooling2D", "AveragePooling2D",
        "GlobalMaxPooling2D", "GlobalAveragePooling2D", "Cropping2D", "ZeroPadding2D", "UpSampling2D", "Flatten",
        "Reshape", "BatchNormalization", "Normalization", "RMSNormalization", "UnitNormalization", "Rescaling",
        "Activation", "ReLU", "LeakyReLU", "ELU", "Softmax", "Concatenate", *merging.MERGES, *TRAINING_ONLY,
    )
)  # fmt: skip
"""The layers that may read an image, that is, a tensor with rows, columns and channels."""


# What a model computes between its layers.
OPERATIONS: dict[str, Equations] = {**operations.EQUATIONS}


def equations_of(layer: LayerSpec) -> Equations:
    """The function that writes down a layer's equations.

    Raises:
        NotSupportedError: xlcheck does not know this kind of layer.
    """
    try:
        return LAYERS.get(layer.kind) or OPERATIONS[layer.kind]
    except KeyError:
        raise NotSupportedError(f"layer {layer.name!r}: {layer.kind} is not supported; {WITHOUT}") from None
