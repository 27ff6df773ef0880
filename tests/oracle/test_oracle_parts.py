"""Small parts of the oracle: arrays as quantities, losses, nudged runs, and Keras in another process or none."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from xlcheck.errors import ModelError, OracleError
from xlcheck.graph.evaluate import evaluate
from xlcheck.graph.quantities import Band, GraphBuilder, Role
from xlcheck.learning.forward import forward_graph
from xlcheck.model.keras_import import import_keras
from xlcheck.model.model_spec import LayerSpec, sequential
from xlcheck.oracle import loops, on_request, worker
from xlcheck.oracle.losses import loss_quantities
from xlcheck.oracle.quantities import complete, gather, spread
from xlcheck.oracle.states import start_from, states_of
from xlcheck.oracle.training import record_nudged

STEPS = GraphBuilder()
for t in range(2):
    STEPS.given(Band("input", "x", Role.INPUT, "x"), (3,), t)
GRAPH = STEPS.build()


def test_an_array_is_taken_apart_by_steps_and_put_together_again() -> None:
    """A tensor with a time axis is a quantity for each step, `(samples, n)`, an image one for each row."""
    array = np.arange(12.0).reshape(2, 2, 3)
    image = np.arange(12.0).reshape(2, 2, 3, 1)

    parts = spread(GRAPH, "input.x", array)

    assert parts["input.x[1]"].tolist() == [[3.0, 4.0, 5.0], [9.0, 10.0, 11.0]]
    np.testing.assert_array_equal(gather(GRAPH, "input.x", parts), array)
    np.testing.assert_array_equal(spread(GRAPH, "input.x", image)["input.x[1]"], parts["input.x[1]"])
    assert spread(GRAPH, "dense.kernel", array) == {"dense.kernel": array}


def test_a_recording_has_every_quantity_in_its_shape() -> None:
    """What Keras gave no value for, or one of another shape, cannot be checked and is said by name."""
    values = {name: np.zeros((2, 3)) for name in ("input.x[1]", "input.x[0]", "more")}

    assert list(complete(GRAPH, values, 2)) == ["input.x[0]", "input.x[1]"]
    with pytest.raises(OracleError, match=r"gave input\.x\[1\] the shape \(2, 1\); the equations say \(2, 3\)"):
        complete(GRAPH, values | {"input.x[1]": np.zeros((2, 1))}, 2)
    with pytest.raises(OracleError, match=r"no value for input\.x\[0\]"):
        complete(GRAPH, {}, 2)


def test_closed_loops_are_opened() -> None:
    """cuDNN's closed kernel is not used, states are not kept, and an attention goes the way that can be noted."""
    own = {"_dropout": 0.0, "_inverse_sqrt_key_dim": np.float32(0.1), "_inbound_nodes": ()}
    attention = type("MultiHeadAttention", (), own)()
    recurrent = SimpleNamespace(use_cudnn="auto", stateful=True)
    model = SimpleNamespace(_flatten_layers=lambda: [recurrent, attention])

    loops.open_loops(model)

    assert (recurrent.use_cudnn, recurrent.stateful) == (False, False)
    assert attention._dropout > 0
    assert attention._inverse_sqrt_key_dim.dtype == np.float64
    assert not loops.open_attention(SimpleNamespace(_flatten_layers=lambda: [recurrent]))


def test_without_keras_nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where Keras or TensorFlow is not installed, there is no oracle to ask, and that is no error."""
    monkeypatch.setattr(on_request, "find_spec", lambda name: None if name == "tensorflow" else SimpleNamespace())
    assert on_request.keras_if_installed() is None
    monkeypatch.setattr(on_request, "find_spec", lambda name: SimpleNamespace())
    assert on_request.keras_if_installed() is not None


def test_the_other_process_answers_with_what_it_refuses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Paths mean the same in both processes; a refusal comes back as what it is, a defect is not caught."""
    monkeypatch.chdir(Path.cwd())

    def refuse() -> None:
        raise ModelError("no")

    assert worker._answer((tmp_path, Path.cwd, (), {})) == (True, tmp_path)
    (is_right, error) = worker._answer((tmp_path, refuse, (), {}))
    assert not is_right
    assert isinstance(error, ModelError)
    with pytest.raises(ZeroDivisionError):
        worker._answer((tmp_path, divmod, (1, 0), {}))


@pytest.mark.keras
def test_losses_have_their_parts() -> None:
    """Keras's loss is the mean of the samples' losses, and those of the steps' and units'."""
    output = import_keras().ops.convert_to_tensor(np.array([[[0.25, 0.5]], [[0.75, 0.5]]]))
    found = loss_quantities("binary_crossentropy", np.array([[[0.0, 1.0]], [[1.0, 0.0]]]), output, "float64")

    np.testing.assert_allclose(found["loss"][0, 0], -np.log([0.75, 0.5]), rtol=1e-14)
    np.testing.assert_allclose(found["sample"][:, 0], found["loss"].mean(axis=(1, 2)), rtol=1e-14)
    np.testing.assert_allclose(found["mean"], np.full((2, 1), found["loss"].mean()), rtol=1e-14)
    with pytest.raises(OracleError, match="nothing is known of the loss 'hinge'"):
        loss_quantities("hinge", 0.0, output, "float64")


@pytest.mark.keras
def test_each_weight_is_nudged_up_and_down() -> None:
    """A run for each number of each weight, a little larger, then a little smaller, the others as they were."""
    layer = LayerSpec("Dense", "d", {"units": 1, "activation": "tanh", "use_bias": False}, {"kernel": (2, 1)})
    spec = sequential("m", (2,), (layer,), "mean_squared_error")
    given = {"input.x": np.array([[1.0, 2.0]]), "target.y": np.array([[0.5]]), "d.kernel": np.array([[0.5], [-0.25]])}

    runs = record_nudged(spec, given, 0.125)

    nudged = [given["d.kernel"] + sign * np.eye(2)[:, [i]] / 8 for i in range(2) for sign in (1, -1)]
    for k, kernel in enumerate(nudged):
        desired = evaluate(forward_graph(spec), given | {"d.kernel": kernel})
        np.testing.assert_allclose(runs["loss.loss"][k], desired["loss.loss"], rtol=1e-14)


@pytest.mark.keras
def test_states_go_where_they_came_from() -> None:
    """The states of a stateful layer have the names of quantities, and under these it can be put into them again."""
    keras: Any = import_keras()
    model = keras.Sequential(
        [keras.Input(batch_shape=(2, 3, 4)), keras.layers.GRU(2, stateful=True, name="gru", dtype="float64")]
    )
    start_from(model, {"gru.h_init": [[1.0, 2.0], [3.0, 4.0]]}, 2, "float64")

    assert states_of(model)["gru.h_init"].tolist() == [[1.0, 2.0], [3.0, 4.0]]
    with pytest.raises(ModelError, match=r"no initial state gru\.c_init"):
        start_from(model, {"gru.c_init": np.zeros((2, 2))}, 2, "float64")
