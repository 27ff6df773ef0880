"""The shapes of what flows between layers are those of Keras's own tensors."""

from __future__ import annotations

import pytest

from xlcheck.chapter.recordings.store import fixtures_folder
from xlcheck.learning.forward import forward_graph
from xlcheck.model.keras_file import load_model
from xlcheck.model.keras_reader import read_model

pytestmark = pytest.mark.keras


@pytest.mark.parametrize(
    "name", ["lstm", "embedding", "bidirectional", "architectures", "encoder-decoder", "sentiment", "film-reviews"]
)
def test_shapes_are_those_of_keras(name: str) -> None:
    """Every layer's first output has the shape that Keras gives it, masks and inner states notwithstanding."""
    model = load_model(fixtures_folder() / f"{name}.keras")
    spec = read_model(model)
    shapes = forward_graph(spec).tensors

    for call in spec.calls:
        output = model.get_layer(call.layer).output
        first = output[0] if isinstance(output, list) else output
        assert shapes[call.outputs[0]] == tuple(first.shape[1:])
