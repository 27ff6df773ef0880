"""Listening to Keras."""

from __future__ import annotations

import sys
from threading import Thread
from typing import Any

import numpy as np
import pytest

from xlcheck.errors import OracleError
from xlcheck.model.keras_import import import_keras
from xlcheck.oracle.listen import listening
from xlcheck.oracle.recorders import recorder_of
from xlcheck.oracle.recorders.recorder import exactly

pytestmark = pytest.mark.keras


def model() -> Any:
    keras = import_keras()
    return keras.Sequential(
        [
            keras.Input((3, 2)),
            keras.layers.LSTM(2, name="lstm", unroll=True),
            keras.layers.Dense(1, name="dense", activation="sigmoid"),
        ]
    )


def test_each_step_of_the_cell_is_noted() -> None:
    """A layer's call holds one call of its cell for each step, and in it the activations in Keras's order."""
    instance = model()
    with listening(instance) as root:
        instance(np.ones((1, 3, 2), dtype="float32"))
    lstm, dense = root.calls

    assert (lstm.layer.name, dense.layer.name) == ("lstm", "dense")
    assert len(lstm.calls) == 3
    for cell in lstm.calls:
        activations = [event.name for event in cell.events if "activation" in event.name]
        assert activations == ["recurrent_activation"] * 2 + ["activation", "recurrent_activation", "activation"]


def test_what_another_thread_computes_is_not_noted() -> None:
    """Somebody may use a model of their own while this one is listened to; Keras's modules serve both."""
    instance, other = model(), model()
    expected, answers = other(np.ones((1, 3, 2), dtype="float32")), []
    with listening(instance) as root:
        thread = Thread(target=lambda: answers.append(other(np.ones((1, 3, 2), dtype="float32"))))
        thread.start()
        thread.join()
        assert not root.calls
        assert not root.events
        instance(np.ones((1, 3, 2), dtype="float32"))

    assert np.array_equal(answers, [expected])
    assert [call.layer.name for call in root.calls] == ["lstm", "dense"]


def test_noted_values_are_keras_tensors() -> None:
    """What is noted are the very tensors that Keras passes on, not copies."""
    instance = model()
    with listening(instance) as root:
        output = instance(np.ones((1, 3, 2), dtype="float32"))
    lstm, dense = root.calls

    assert lstm.calls[1].args[1][0] is lstm.calls[0].result[1][0]
    assert dense.args[0] is lstm.result
    assert dense.named("activation")[0].result is output


def test_keras_is_restored_after_an_error() -> None:
    """Also if a layer fails while it is listened to, Keras's modules get their operations back."""
    instance = model()
    module = sys.modules[type(instance.layers[0]).__module__]
    ops = module.__dict__["ops"]

    def listen() -> None:
        with listening(instance):
            assert module.__dict__["ops"] is not ops
            instance(np.ones((1, 3, 5), dtype="float32"))

    with pytest.raises(Exception, match="incompatible"):
        listen()

    assert module.__dict__["ops"] is ops


def test_other_number_of_operations_is_an_error() -> None:
    """If a new Keras computes a layer in another way, that is an error and not a wrong assignment of values."""
    instance = model()
    with listening(instance) as root:
        instance(np.ones((1, 3, 2), dtype="float32"))
    cell = root.calls[0].calls[0]

    with pytest.raises(OracleError, match="matmul 2 times where 8 were expected"):
        exactly(cell.named("matmul"), 8, cell, "matmul")


def test_unknown_layer_is_named() -> None:
    """A kind of layer for which nobody wrote down what to listen to is refused by name."""
    with pytest.raises(OracleError, match=r"layer 'odd': nothing is known .* inside Oddity"):
        recorder_of("Oddity", "odd")
