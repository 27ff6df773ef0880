"""The layers' equations: one file for each Keras layer; `LAYERS` is the list of what is supported."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from xlcheck.errors import NotSupportedError
from xlcheck.graph.expressions import Ref
from xlcheck.graph.quantities import GraphBuilder
from xlcheck.layers import (
    activation_layers,
    attention,
    bidirectional,
    conv1d,
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
from xlcheck.layers.signals import Signal
from xlcheck.model.layer_options import TRAINING_ONLY, WITHOUT
from xlcheck.model.model_spec import LayerSpec

Equations = Callable[[GraphBuilder, str, LayerSpec, Mapping[str, Ref], tuple[Signal, ...]], tuple[Signal, ...]]

LAYERS: dict[str, Equations] = {
    "SimpleRNN": simple_rnn.equations,
    "LSTM": lstm.equations,
    "GRU": gru.equations,
    "RNN": rnn.equations,
    "Bidirectional": bidirectional.equations,
    "TimeDistributed": time_distributed.equations,
    "Dense": dense.equations,
    "Conv1D": conv1d.equations,
    "DepthwiseConv1D": conv1d.equations,
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
    "MaxPooling1D": pooling.equations,
    "AveragePooling1D": pooling.equations,
    "GlobalMaxPooling1D": pooling.global_equations,
    "GlobalAveragePooling1D": pooling.global_equations,
    "Flatten": reshaping.flatten,
    "Reshape": reshaping.reshape,
    "Permute": reshaping.permute,
    "RepeatVector": reshaping.repeat_vector,
    "Cropping1D": reshaping.cropping_1d,
    "ZeroPadding1D": reshaping.zero_padding_1d,
    "UpSampling1D": reshaping.up_sampling_1d,
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
