"""Random functional models: what the workbook calls its answer is what Keras predicts, output by output.

Ordinary runs try a few of them. `XLCHECK_EXAMPLES=1000 pytest tests/differential/test_random_functional.py -n 2`
tries a thousand, and a thousand that compute between their layers, each a test of its own;
`XLCHECK_FIRST=81000` besides begins with another one.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from answer_cells import answers
from drawn_graphs import drawn_graph, inputs_of
from models import build, keras, odd_models_allowed
from thorough import EVERY_CASE

from xlcheck.building.build import build_model
from xlcheck.errors import NotSupportedError, OracleError
from xlcheck.model import keras_reader
from xlcheck.model.keras_calls import read_calls
from xlcheck.model.keras_reader import read_model
from xlcheck.oracle.record import record

pytestmark = pytest.mark.keras

SAMPLES = 2
SHOWN = 8
FIRST = int(os.environ.get("XLCHECK_FIRST") or 0)
SEEDS = range(FIRST, FIRST + int(os.environ.get("XLCHECK_EXAMPLES") or (40 if EVERY_CASE else 2)))


def models_and_inputs(seed: int, *, operations: bool = False) -> tuple[Any, Any, list[np.ndarray]]:
    """A float32 model, the same one with the same weights in float64, made anew and without xlcheck, and inputs."""
    model = build(lambda: drawn_graph(seed, operations=operations), seed)
    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")
    try:
        with odd_models_allowed():
            exact = drawn_graph(seed, operations=operations)
    finally:
        keras.config.set_floatx("float32")
        keras.config.set_dtype_policy("float32")
    for weight, single in zip(exact.weights, model.weights, strict=True):
        weight.assign(single.numpy().astype("float64"))
    rng = np.random.default_rng(seed)
    return model, exact, inputs_of(model, rng, SAMPLES)


def rows_of(prediction: np.ndarray, most: int) -> list[list[np.ndarray]]:
    """For each sample what the first sheet must show of one output: a row, or one for each of its last steps."""
    steps = prediction if prediction.ndim == 3 else prediction[:, None]
    return [list(sample[-most:]) for sample in steps]


def shown(numbers: np.ndarray) -> list[float]:
    """The numbers of a row: all of them, or of many the largest and its place."""
    return list(numbers) if len(numbers) <= SHOWN else [numbers.max(), numbers.argmax() + 1.0]


def predicted(model: Any, inputs: list[np.ndarray]) -> list[np.ndarray]:
    """What Keras predicts, output by output in the order in which it lists them."""
    with odd_models_allowed():
        outputs = model(keras.tree.pack_sequence_as(model.input, inputs), training=False)
    return [np.asarray(output, dtype="float64") for output in keras.tree.flatten(outputs)]


@pytest.mark.parametrize("operations", [False, True], ids=["layers", "operations"])
@pytest.mark.parametrize("seed", SEEDS)
def test_the_answer_in_the_workbook_is_keras_s_prediction(seed: int, operations: bool, tmp_path: Path) -> None:
    """Whatever is nested, shared, branched, merged, handed over or computed between layers, for every output.

    The inputs are given as Keras takes them, in a list or in a dictionary.
    """
    model, exact, inputs = models_and_inputs(seed, operations=operations)
    path = tmp_path / "drawn.xlsx"
    given = keras.tree.pack_sequence_as(model.input, inputs)
    with odd_models_allowed():
        try:
            report = build_model(model, given, path).report
        except NotSupportedError as error:
            if "along another axis" not in str(error):  # Keras is not of one mind about these
                raise
            pytest.skip(str(error))
    outputs = predicted(exact, inputs)
    lengths = [output.shape[1] if output.ndim == 3 else 1 for output in outputs]
    most = max((n for n in range(1, 9) if sum(min(n, length) for length in lengths) <= SHOWN), default=1)
    desired = [rows_of(output, most) for output in outputs]

    assert report.counts.agree == report.counts.formula_cells > 0, report.cells[:3]
    assert report.exit_code == 0, report.reservations
    for sample, rows in enumerate(answers(path, SAMPLES)):
        wanted = [row for output in desired for row in output[sample]]
        assert [len(row) for row in rows] == [len(shown(row)) for row in wanted]
        for row, numbers in zip(rows, wanted, strict=True):
            np.testing.assert_allclose(row, shown(numbers), rtol=0, atol=1e-12)


def other_call(model: Any, read_layer: Any) -> Any:
    """A faulty reader: it takes what the next call makes for each output."""
    layers, calls, outputs = read_calls(model, read_layer)
    following = dict(zip((call.name for call in calls), (call.name for call in calls[1:]), strict=False))
    return layers, calls, tuple(following.get(name, name) for name in outputs)


def test_a_reader_that_takes_another_call_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """No workbook shows what another call made, unless it is the same, as of one step that is repeated once."""
    refused = []
    for seed in range(9) if EVERY_CASE else (0, 1, 2):
        model, _, inputs = models_and_inputs(seed)
        right = read_model(model).outputs
        with monkeypatch.context() as patched:
            patched.setattr(keras_reader, "read_calls", other_call)
            if read_model(model).outputs != right:
                refused.append(is_refused(model, inputs))

    assert refused == [True, True, False] + ([False, True] if EVERY_CASE else [])


def is_refused(model: Any, inputs: list[np.ndarray]) -> bool:
    """Whether the recording finds that the model predicts something else than what is taken for its outputs."""
    try:
        with odd_models_allowed():
            record(model, inputs)
    except OracleError as error:
        return "predicts something else than its layer" in str(error)
    return False
