"""What flows between layers: each call reads what another one made, and what cannot flow is refused by name."""

from __future__ import annotations

from dataclasses import replace

import pytest

from xlcheck.errors import ModelError, NotSupportedError
from xlcheck.graph import expressions as ex
from xlcheck.graph.quantities import GraphBuilder
from xlcheck.layers.tensors import tensors_of
from xlcheck.model.model_spec import Call, InputSpec, LayerSpec, ModelSpec, sequential

POOLING = LayerSpec("MaxPooling1D", "pool", {"pool_size": [3], "strides": [3], "padding": "valid"})
DENSE = LayerSpec("Dense", "dense", {"units": 2, "activation": "linear", "use_bias": False}, {"kernel": (3, 2)})
SUM = LayerSpec("Add", "sum", {})


def merged(*shapes: tuple[int, ...]) -> ModelSpec:
    """A sum of several inputs."""
    inputs = tuple(InputSpec(f"x{k}", shape) for k, shape in enumerate(shapes))
    return ModelSpec("m", inputs, (SUM,), (Call("sum", "sum", tuple(i.tensor for i in inputs), ("sum",)),), ("sum",))


@pytest.mark.parametrize(
    ("spec", "error", "said"),
    [
        (sequential("m", (2, 3), (POOLING,)), ModelError, "leaves nothing of 2 time steps; give longer inputs"),
        (sequential("m", (1, 3), (POOLING,)), ModelError, "leaves nothing of 1 time step; give longer inputs"),
        (sequential("m", (2, 2, 3), (DENSE, replace(POOLING, kind="LSTM", name="lstm"))), NotSupportedError,
         r"layer 'lstm': LSTM of an image \(rows, columns, channels\) is not supported"),
        (sequential("m", (4,), (DENSE,)), ModelError, r"layer 'dense' \(Dense\) does not fit what it reads: a vector"),
        (merged((2, 2, 3), (2, 3, 3)), NotSupportedError, "Add of images of different sizes"),
        (sequential("m", (1, 2, 3, 4), (DENSE,)), NotSupportedError, r"'input' has the shape \(1, 2, 3, 4\)"),
    ],
)  # fmt: skip
def test_what_cannot_flow_is_refused(spec: ModelSpec, error: type[Exception], said: str) -> None:
    """With the layer's or the input's name, and what to do where something can be done."""
    with pytest.raises(error, match=said):
        tensors_of(GraphBuilder(), spec)


def test_each_call_reads_what_was_made_before() -> None:
    """A shared layer has quantities of its own in each call, and one and the same kernel."""
    second = Call("dense#2", "dense", ("y",), ("dense#2",))
    layers = (replace(DENSE, weights={"kernel": (2, 2)}),)
    calls = (Call("dense", "dense", ("input",), ("y",)), second)
    spec = ModelSpec("m", (InputSpec("input", (2,)),), layers, calls, ("dense#2",))
    build = GraphBuilder()
    tensors = tensors_of(build, spec)
    graph = build.build(tensors["dense#2"].steps)
    read = {q.name: set(ex.refs(q.expr)) for q in graph if q.expr is not None}

    assert set(tensors) == {"input", "y", "dense#2"}
    assert read["dense.z"] == {"input.x", "dense.kernel"}
    assert read["dense#2.z"] == {"dense.y", "dense.kernel"}


def test_codes_and_one_hot_vectors_are_kept_as_numbers() -> None:
    """What an Embedding alone reads is one number a word; a one-hot vector is made again from the place of its 1."""
    table = LayerSpec("Embedding", "words", {"mask_zero": False}, {"embeddings": (5, 2)})
    codes = tensors_of(GraphBuilder(), sequential("m", (3,), (table,)))["input"]
    build = GraphBuilder()
    spec = replace(sequential("m", (2, 3), (DENSE,)), inputs=(InputSpec("input", (2, 3), one_hot=True),))
    vectors = tensors_of(build, spec)["input"]

    assert (len(codes.steps), codes.timed) == (3, False)
    assert [step.name for step in vectors.steps] == ["input.x[0]", "input.x[1]"]
    assert vectors.timed
