"""The chapter's model for text generation, a way to train it without a one-hot tensor, and texts that it continues.

Words become one-hot vectors, a SimpleRNN reads ten of them, and a dense layer names the next word. The chapter's
listing ends in a sigmoid, and its last layer has a wrong width; here the last layer has one output for each word and
is a softmax, which is what categorical cross-entropy is for.

A one-hot vector times a kernel is a row of the kernel. `training_step` uses that on the variables of the very model
that is saved: the same loss and the same gradients as with one-hot vectors, from integers alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xlcheck.errors import UsageError
from xlcheck.model.encoding import Codes, Encoding
from xlcheck.model.keras_import import import_keras

Step = Callable[[Codes, Codes], float]
Predict = Callable[[Codes], NDArray[np.float64]]


def next_word_model(words: int, timesteps: int, units: int) -> Any:
    """Codes → one-hot vectors → SimpleRNN → softmax: shape (timesteps,) → (words,)."""
    keras = import_keras()
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((timesteps,), dtype="int32"),
            layers.CategoryEncoding(words, output_mode="one_hot", name="one_hot"),
            layers.SimpleRNN(units, unroll=True, name="simple_rnn"),
            layers.Dense(words, activation="softmax", name="dense"),
        ],
        name="next_word",
    )
    model.compile(optimizer="rmsprop", loss="sparse_categorical_crossentropy")
    model.optimizer.build(model.trainable_variables)
    return model


def training_step(model: Any) -> Step:
    """One update of a `next_word_model` on a batch, with rows of the kernel in place of one-hot products.

    Returns:
        A function of inputs `(batch, timesteps)` and targets `(batch,)` that returns the mean loss before the update.
    """
    import tensorflow as tf

    recurrent, dense = model.get_layer("simple_rnn").cell, model.get_layer("dense")
    variables = [recurrent.kernel, recurrent.recurrent_kernel, recurrent.bias, dense.kernel, dense.bias]
    timesteps = model.input_shape[1]

    def step(inputs: Any, targets: Any) -> Any:
        with tf.GradientTape() as tape:
            rows = tf.gather(recurrent.kernel.value, inputs)
            h = tf.tanh(rows[:, 0] + recurrent.bias.value)
            for t in range(1, timesteps):
                h = tf.tanh(rows[:, t] + h @ recurrent.recurrent_kernel.value + recurrent.bias.value)
            logits = h @ dense.kernel.value + dense.bias.value
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(targets, logits))
        # Dense gradients: Keras's rmsprop squares sparse ones row by row, before a word's rows are summed.
        gradients = [tf.convert_to_tensor(g) for g in tape.gradient(loss, [v.value for v in variables])]
        model.optimizer.apply(gradients, variables)
        return loss

    compiled = tf.function(step, jit_compile=True)
    return lambda inputs, targets: float(compiled(inputs, targets))


def predictor(model: Any) -> Predict:
    """The probability of each word after a window: a function of codes `(timesteps,)` that returns `(words,)`."""
    import tensorflow as tf

    call = tf.function(model, input_signature=[tf.TensorSpec((1, model.input_shape[1]), tf.int32)])

    def predict(codes: Codes) -> NDArray[np.float64]:
        return np.asarray(call(codes[np.newaxis])[0], dtype=np.float64)

    return predict


def continue_text(
    predict: Predict, encoding: Encoding, start: Codes, words: int, temperature: float = 0.0, seed: int = 0
) -> Iterator[str]:
    """Predict a word, append it, move the window on by one, and again.

    Args:
        predict: the probability of each word after a window of codes.
        encoding: the model's.
        start: the window to begin with, shape `(timesteps,)`.
        words: how many to add.
        temperature: 0 takes the most probable word, as the chapter does; above 0 words are drawn with
            probabilities p^(1/temperature), so 1 draws as the model says and less is more careful.
        seed: of the draws.

    Yields:
        One word at a time.

    Raises:
        UsageError: the temperature is not a number from 0.
    """
    if not 0 <= temperature < np.inf:
        raise UsageError(f"the temperature {temperature} must be a number from 0 (always the most probable word)")
    random = np.random.default_rng(seed)
    window = np.array(start)
    for _ in range(words):
        code = _choose(predict(window), temperature, random)
        window = np.append(window[1:], np.int32(code))
        yield encoding.word(code)


def _choose(probabilities: NDArray[np.float64], temperature: float, random: np.random.Generator) -> int:
    if temperature == 0:
        return int(np.argmax(probabilities))
    with np.errstate(divide="ignore"):
        logarithms = np.log(probabilities) / temperature
    weights = np.exp(logarithms - logarithms.max())
    return int(random.choice(len(weights), p=weights / weights.sum()))
