"""Two models that compute different things are told apart by the first thing that differs."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from xlcheck.building.given_model import first_difference
from xlcheck.model.model_spec import LayerSpec, ModelSpec, sequential

RNN = LayerSpec("SimpleRNN", "rnn", {"units": 2, "activation": "tanh"}, {"kernel": (1, 2)})
BOTH = LayerSpec("Bidirectional", "both", {"merge_mode": "concat"}, {}, (RNN, replace(RNN, name="back")))
MODEL = sequential("model", (3, 1), (RNN, BOTH))


def with_layers(*layers: LayerSpec) -> ModelSpec:
    """The model with other layers, connected as before."""
    return replace(MODEL, layers=layers)


def test_weights_shapes_and_the_way_through_a_file_make_no_difference() -> None:
    """Shapes of weights are compared where their numbers are; tuples come back out of JSON as lists."""
    assert first_difference(MODEL, MODEL) is None
    assert first_difference(MODEL, ModelSpec.from_json(json.loads(json.dumps(MODEL.to_json())))) is None
    assert (
        first_difference(
            with_layers(replace(RNN, options={"axes": (1, 2)})), with_layers(replace(RNN, options={"axes": [1, 2]}))
        )
        is None
    )


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        (with_layers(RNN), "it has the Bidirectional layer 'both' where the workbook's has no layer"),
        (with_layers(RNN, BOTH, RNN), "it has no layer where the workbook's has the SimpleRNN layer 'rnn'"),
        (with_layers(replace(RNN, kind="GRU"), BOTH),
         "it has the SimpleRNN layer 'rnn' where the workbook's has the GRU layer 'rnn'"),
        (with_layers(replace(RNN, options={"units": 2, "activation": "relu"}), BOTH),
         "its layer 'rnn' has activation=\"tanh\" where the workbook's has \"relu\""),
        (with_layers(replace(RNN, options={"units": 2}), BOTH),
         "its layer 'rnn' has activation=\"tanh\" where the workbook's has null"),
        (with_layers(RNN, replace(BOTH, inner=(RNN,))),
         "its layer 'both' wraps the SimpleRNN layer 'back' where the workbook's wraps no layer"),
        (with_layers(RNN, replace(BOTH, inner=(RNN, replace(RNN, name="back", options={})))),
         "its layer 'back' has activation=\"tanh\" where the workbook's has null"),
        (replace(MODEL, outputs=("rnn",)), "its layers are connected in another way"),
        (replace(MODEL, calls=MODEL.calls[::-1]), "its layers are connected in another way"),
    ],
)  # fmt: skip
def test_the_first_difference_is_said(other: ModelSpec, sentence: str) -> None:
    """Layers first, then options, wrapped layers and connections."""
    assert first_difference(MODEL, other) == sentence
