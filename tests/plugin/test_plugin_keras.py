"""The fixture `xlcheck_trace` with Keras models."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from runs import messages

from xlcheck.chapter.recordings.store import fixtures_folder

pytest_plugins = ["pytester"]
pytestmark = [pytest.mark.keras, pytest.mark.usefixtures("keras")]

HEAD = """
import os
import keras
import numpy as np
import pytest

@pytest.fixture
def model():
    return keras.saving.load_model("lstm.keras")

@pytest.fixture
def inputs():
    return np.array([[[1.0], [2.0]], [[1.0], [3.0]]])

def is_changed():
    return "CHANGED" in os.environ

def change(model, number, column):
    weights = model.get_weights()
    weights[number][0, column] += 0.125
    model.set_weights(weights)
"""
TESTS = """
def test_weights(xlcheck_trace, model, inputs):
    if is_changed():
        change(model, 0, 1)
        change(model, 3, 0)
    xlcheck_trace(model, inputs)

def test_activation(xlcheck_trace, model, inputs):
    if is_changed():
        model.layers[0].cell.recurrent_activation = keras.activations.get("hard_sigmoid")
    xlcheck_trace(model, inputs)

def test_inputs(xlcheck_trace, model, inputs):
    if is_changed():
        inputs[1, 1] = 4.0
    xlcheck_trace(model, inputs)

def test_path(xlcheck_trace, inputs):
    xlcheck_trace("lstm.keras", inputs, targets=[[1], [0]])

def test_size(xlcheck_trace, inputs):
    keras.utils.set_random_seed(1)
    layers = [keras.layers.LSTM(3 if is_changed() else 1, name="lstm"), keras.layers.Dense(1, name="dense")]
    xlcheck_trace(keras.Sequential([keras.Input((2, 1), name="input"), *layers]), inputs)

def test_numbers(xlcheck_trace, inputs):
    for _ in range(2 if is_changed() else 1):
        keras.utils.set_random_seed(1)
        layers = [keras.layers.SimpleRNN(2, return_sequences=True), keras.layers.SimpleRNN(1)]
        model = keras.Sequential([keras.Input((2, 1)), *layers])
    assert layers[0].name != "simple_rnn" or not is_changed()
    xlcheck_trace(model, inputs)
"""
ERRORS = """
def test_workbook(xlcheck_workbook, model):
    xlcheck_workbook("lstm.xlsx", model, atol=1e-12)
    change(model, 0, 1)
    xlcheck_workbook("lstm.xlsx", model, atol=1e-12)

def test_no_inputs(xlcheck_trace, model):
    xlcheck_trace(model)

def test_wrong_shape(xlcheck_trace, model):
    xlcheck_trace(model, [[1.0]])

def test_nan(xlcheck_trace, model, inputs):
    inputs[0, 0] = np.nan
    xlcheck_trace(model, inputs)
"""


@pytest.fixture
def model_project(pytester: pytest.Pytester, right_workbook: Path) -> pytest.Pytester:
    """A project with a model and its workbook."""
    shutil.copy(right_workbook, pytester.path)
    shutil.copy(fixtures_folder() / "lstm.keras", pytester.path)
    return pytester


def failures(printed: Sequence[str]) -> dict[str, list[str]]:
    """The lines of each failure, by the test's name."""
    found: dict[str, list[str]] = {}
    for line in printed:
        if heading := re.fullmatch(r"_+ (test_\w+) _+", line):
            lines = found[heading[1]] = []
        elif line.startswith("==="):
            lines = []
        elif found:
            lines.append(line)
    return found


def roots(lines: Sequence[str]) -> list[str]:
    """The quantities that a failure numbers."""
    return [found[1] for line in lines if (found := re.match(r" {1,2}\d+  (\S+)  \d+ of \d+ element", line))]


def test_what_changed_is_the_root(model_project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every quantity is kept, and agrees bit for bit; of a changed model exactly what was changed is the root.

    Numbers of layers that nobody has named are not what changed: they follow from the models that were made before.
    """
    model_project.makepyfile(test_model=HEAD + TESTS, test_errors=HEAD + ERRORS)
    right = model_project.runpytest("--xlcheck-update", "test_model.py")
    monkeypatch.setenv("CHANGED", "1")
    wrong = model_project.runpytest("--xlcheck-tolerance=0")

    right.assert_outcomes(passed=6)
    golden = (model_project.path / "test_model" / "test_weights.json").read_text()
    for name in ("lstm.kernel", "input.x[1]", "lstm.f[0]", "lstm.c_tilde[1]", "dense.y"):
        assert f'    "{name}": [' in golden
    assert '"loss.mean"' not in golden
    assert '"loss.mean"' in (model_project.path / "test_model" / "test_path.json").read_text()

    wrong.assert_outcomes(passed=2, failed=8)
    failed = {name: messages(lines) for name, lines in failures(wrong.outlines).items()}
    assert roots(failed["test_weights"]) == ["lstm.kernel", "dense.kernel"]
    assert any("differ only because of what comes before: lstm.xk_f[0]," in line for line in failed["test_weights"])
    assert roots(failed["test_activation"]) == ["lstm.i[0]", "lstm.f[0]", "lstm.o[0]"]
    assert roots(failed["test_inputs"]) == ["input.x[1]"]
    texts = {name: " ".join(lines) for name, lines in failed.items()}
    assert texts["test_size"].startswith(
        "test_model/test_size.json is of another model: lstm.kernel has the shape (1, 4) in it, and (1, 12) now;"
    )
    assert "lstm.kernel[0][1]" in texts["test_workbook"]
    assert texts["test_no_inputs"] == "a Keras model is traced on inputs; call xlcheck_trace(model, inputs)"
    wrong_shape = "the inputs: input 'input' has the shape (1, 1); the model needs (samples, 2, 1)"
    assert texts["test_wrong_shape"] == wrong_shape
    assert texts["test_nan"].startswith("the inputs: input 'input' has 1 value")
