"""What is not supported is refused by name before anything is computed or written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from xlcheck.errors import NotSupportedError
from xlcheck.learning.forward import forward_graph
from xlcheck.model.keras_import import import_keras
from xlcheck.model.keras_reader import read_model

pytestmark = pytest.mark.keras

keras: Any = import_keras()
L: Any = keras.layers


def chain(shape: tuple[int, ...], *layers: Any) -> Any:
    return keras.Sequential([keras.Input(shape), *layers])


def merged(layer: Any, *shapes: tuple[int, ...], mask: bool = False) -> Any:
    inputs = [keras.Input(shape) for shape in shapes]
    read = [L.Masking()(inputs[0]), *inputs[1:]] if mask else inputs
    return keras.Model(inputs, layer(read))


def with_mask_argument() -> Any:
    x, mask = keras.Input((5, 4)), keras.Input((5,), dtype="bool")
    return keras.Model([x, mask], L.LSTM(2, name="rnn")(x, mask=mask))


def with_an_operation() -> Any:
    x = keras.Input((5, 4))
    return keras.Model(x, L.Dense(2)(keras.ops.sin(x)))


def heads_under_a_mask() -> Any:
    x = keras.Input((5,))
    h = L.Embedding(9, 4, mask_zero=True)(x)
    h = L.Add()([h, L.MultiHeadAttention(2, 3)(h, h)])
    return keras.Model(x, L.MultiHeadAttention(2, 3, name="heads")(h, h))


def with_an_array() -> Any:
    x = keras.Input((5, 4))
    return keras.Model(x, x + keras.ops.ones((2, 5, 4)))


def with_a_tensor_for_a_number() -> Any:
    x = keras.Input((4,))
    return keras.Model(x, keras.ops.power(x, x))


def heads_with_scores() -> Any:
    x = keras.Input((5, 4))
    heads = L.MultiHeadAttention(2, 3, name="heads")
    y, _ = heads(x, x, return_attention_scores=True)
    return keras.Model(x, heads(y, y))


def heads_causal_and_not() -> Any:
    x, heads = keras.Input((5, 4)), L.MultiHeadAttention(2, 3, name="heads")
    return keras.Model(x, heads(heads(x, x), x, use_causal_mask=True))


def attention() -> Any:
    x = keras.Input((5, 4))
    return keras.Model(x, L.GroupQueryAttention(2, 2, 1, name="heads")(x, x))


def of_one_name() -> Any:
    x = keras.Input((3,))
    inner = keras.Sequential([keras.Input((3,)), L.Dense(3, name="d")], name="m")
    return keras.Model(x, L.Dense(2, name="m.d")(inner(x)))


def operation(function: Callable[[Any], Any], *shape: int) -> Any:
    x = keras.Input(shape)
    return keras.Model(x, function(x))


REFUSED: dict[str, tuple[Callable[[], Any], str]] = {
    "layer": (lambda: chain((5, 4, 1), L.Resizing(2, 3, name="up")), "'up': Resizing is not supported; .*"),
    "operation": (with_an_operation, "operation 'sin.*': ops.sin is not supported"),
    "array for each sample": (
        with_an_array, r"ops.add with an array of the shape \(2, 5, 4\) is not supported, only with finite numbers",
    ),
    "another axis than the last": (
        lambda: chain((5, 4), L.EinsumDense("abc,bd->adc", (3, 4), name="e")), "'e': EinsumDense.'abc,bd->adc', bias_a",
    ),
    "rank": (lambda: chain((5, 4, 3, 2), L.Dense(2)), r"input 'input' has the shape \(5, 4, 3, 2\); supported are .*"),
    "layer of an image": (lambda: chain((5, 4, 3), L.PReLU(name="n")), r"'n': PReLU of an image \(rows, col"),
    "image and vector": (lambda: merged(L.Add(name="a"), (5, 4, 3), (3,)), "'a': Add of an image and of what is none"),
    "resized between pixels": (
        lambda: chain((5, 4, 3), L.UpSampling2D(2, interpolation="bilinear", name="up")), "'up': interpolation='bi.*",
    ),
    "channels": (
        lambda: chain((5, 4), L.MaxPooling1D(2, data_format="channels_first", name="pool")),
        "'pool': data_format='channels_first' is not supported .*",
    ),
    "activation": (lambda: chain((4,), L.Dense(2, activation="sparsemax", name="d")), "'d': activation 'sparsemax' .*"),
    "axis of Softmax": (
        lambda: chain((5, 4), L.Softmax(axis=(1, 2), name="s")), r"'s': Softmax over axis \[1, 2\] is not supported",
    ),
    "axis of LayerNormalization": (
        lambda: chain((5, 4), L.LayerNormalization(axis=[1, 2], name="n")), r"'n': LayerNormalization over axis \[1, ",
    ),
    "axis of BatchNormalization": (
        lambda: chain((5, 4, 2), L.BatchNormalization(axis=2, name="n")),
        "'n': BatchNormalization over axis 2 is not supported, only over the features",
    ),
    "axis of Normalization": (lambda: chain((5, 4), L.Normalization(axis=1, name="n")), "'n': Normalization over axis"),
    "TimeDistributed": (
        lambda: chain((5, 4), L.TimeDistributed(L.Flatten(), name="t")), r"'t': TimeDistributed\(Flatten\) .* Dense",
    ),
    "model in a wrapper": (
        lambda: chain((5, 4), L.TimeDistributed(operation(L.Dense(2), 4))), "a whole model inside a wrapper is supp",
    ),
    "places without a list": (
        lambda: chain((3,), L.IntegerLookup(vocabulary=[3, 7], num_oov_indices=2, name="l")),
        "'l': IntegerLookup is supported only with num_oov_indices=0 or 1, with a mask_token only for",
    ),
    "no intervals": (lambda: chain((3,), L.Discretization([], name="d")), "'d': a Discretization without boundaries"),
    "a layer twice in a wrapper": (
        lambda: chain((5, 4), L.TimeDistributed(chain((4,), d := L.Dense(4), d))), "a wrapper calls a layer twice",
    ),
    "matrices of an image": (
        lambda: operation(lambda x: keras.ops.matmul(x, x), 4, 2, 2), "matmul is supported only of two sequences",
    ),
    "intervals of a sequence": (
        lambda: chain((5, 1), L.Discretization([0.0], output_mode="count", name="d")),
        "'d': Discretization of a sequence or an image is not supported with output_mode='count'",
    ),
    "Reshape": (lambda: chain((8,), L.Reshape((2, 2, 2, 1), name="r")), r"'r': Reshape to \(2, 2, 2, 1\) is not supp"),
    "codes in a sequence": (lambda: chain((5, 1), L.Embedding(6, 2, name="e")), "'e': an Embedding of several codes"),
    "mask value": (lambda: chain((5, 4), L.Masking(0.3, name="m")), "'m': Keras rounds mask_value=0.3 .* whole number"),
    "product under two masks": (
        lambda: merged(L.Multiply(name="m"), (5, 4), (5, 4), mask=True), "'m': Multiply of inputs with different masks",
    ),
    "time under a mask": (
        lambda: merged(L.Concatenate(axis=1, name="c"), (5, 4), (5, 4), mask=True), "'c': Concatenate along time",
    ),
    "layer with other arguments": (attention, "'heads': GroupedQueryAttention is not supported; take others"),
    "heads under a mask": (heads_under_a_mask, "'heads': Keras has lost the mask of what it reads, because 'multi"),
    "heads that are asked for scores once": (
        heads_with_scores, "'heads' is called with return_attention_scores=True and without",
    ),
    "heads causal and not": (heads_causal_and_not, "'heads' is called with use_causal_mask=True and without"),
    "two layers of one name": (of_one_name, r"two layers of the model are both called 'm\.d'; rename one"),
    "truth values as numbers": (
        lambda: operation(lambda x: x * (x > 0), 4), "ops.multiply is supported only of numbers; keras.ops.cast makes",
    ),
    "numbers as truth values": (
        lambda: operation(lambda x: keras.ops.cast(x, "float16"), 4), "ops.cast is supported only of truth values",
    ),
    "mean of everything": (
        lambda: operation(lambda x: keras.ops.mean(x, axis=[1, 2]), 5, 4), r"ops.mean over axis \[1, 2\] is not supp",
    ),
    "letters twice": (
        lambda: operation(lambda x: keras.ops.einsum("bii->bi", x), 4, 4), "einsum of 'bii->bi' is not supported, only",
    ),
    "letters of samples": (
        lambda: operation(lambda x: keras.ops.einsum("bij->jib", x), 4, 4), "every tensor, and the result behind",
    ),
    "pieces of samples": (lambda: operation(lambda x: keras.ops.take(x, [0], axis=0), 4), "ops.take is not supported"),
    "tensor for a number": (with_a_tensor_for_a_number, "ops.power is only supported where x2 is a number"),
    "mask as an argument": (with_mask_argument, "'rnn' is called with mask=…"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_refused_by_name(name: str) -> None:
    """The sentence names the layer and what it cannot do."""
    make, message = REFUSED[name]

    with pytest.raises(NotSupportedError, match=message):
        forward_graph(read_model(make()))


def test_function_as_activation_is_refused() -> None:
    """Python code of the user's is not looked into."""

    def twice(x: Any) -> Any:
        return x * 2

    model = chain((4,), L.Dense(2, activation=twice, name="d"))

    with pytest.raises(NotSupportedError, match=r"layer 'd': activation=.* by the name that Keras knows it by$"):
        read_model(model)


def test_a_layer_as_activation_is_told_where_it_belongs() -> None:
    """Keras takes a layer for a function, too, and a function with a slope of one's own has no name."""
    model = chain((4,), L.Dense(2, activation=L.LeakyReLU(0.2), name="d"))

    with pytest.raises(NotSupportedError, match=r"'d': activation=LeakyReLU .*, or behind a Dense .* of its own$"):
        read_model(model)
