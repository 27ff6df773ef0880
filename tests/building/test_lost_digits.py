"""Models whose answers in single precision are not those that their workbooks show."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import openpyxl
import pytest

from xlcheck import api
from xlcheck.graph.single_precision import lost_answers
from xlcheck.learning.forward import forward_graph
from xlcheck.model.keras_import import import_keras
from xlcheck.model.model_spec import LayerSpec, sequential

pytestmark = pytest.mark.keras
IN_SINGLE = "Keras answers in single precision"


@pytest.mark.parametrize(("large", "is_lost"), [(1e8, True), (1e2, False)])
def test_a_difference_of_large_numbers_is_said_to_lose_its_digits(large: float, is_lost: bool, tmp_path: Path) -> None:
    """Double precision keeps what single precision loses: both agree for moderate numbers, and a note says if not.

    The workbook says so, too, where it shows what Keras answers.
    """
    keras = import_keras()
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2), keras.layers.Dense(1)])
    for layer, kernel in zip(model.layers, ([[large, large], [1.0, 0.0]], [[1.0], [-1.0]]), strict=True):
        layer.kernel.assign(kernel)
    path = tmp_path / "difference.xlsx"
    report = api.build_model(model, np.array([[1.0, 0.25], [1.0, 0.7]]), path).report
    said = [note for note in report.notes if "single precision" in note]

    assert report.exit_code == 0
    assert (IN_SINGLE in str(openpyxl.load_workbook(path)["Inputs"]["A2"].value)) == is_lost
    assert len(said) == is_lost
    if is_lost:
        assert "answers 0 for dense" in said[0]
        assert "y[0] of sample 2, where it loses half" in said[0]
        assert "in double precision, 0.7" in said[0]


def test_digits_count_in_the_largest_answer_of_an_output() -> None:
    """A small number beside a large one has few digits of its own; a step is no output by itself."""
    layer = LayerSpec("SimpleRNN", "rnn", {"units": 1, "activation": "tanh", "return_sequences": True},
                      {"kernel": (1, 1), "recurrent_kernel": (1, 1), "bias": (1,)})  # fmt: skip
    graph = forward_graph(sequential("small", (2, 1), (layer,)))
    first, second = graph.outputs
    exact = {first: np.array([[1e-8], [0.5]]), second: np.array([[2e-8], [0.25]])}

    assert not list(lost_answers(graph, exact, {name: values + 1e-8 for name, values in exact.items()}))
    (lost,) = lost_answers(graph, exact, exact | {second: np.array([[2e-8], [0.2503]])})
    assert (lost.quantity, lost.sample, lost.element, lost.single) == (second, 1, 0, 0.2503)
