"""A network as matrices: which numbers stand beside which weights, and in which columns."""

from __future__ import annotations

import numpy as np

from xlcheck.formulas.printing import Style
from xlcheck.graph.evaluate import evaluate
from xlcheck.graph.trace import Trace
from xlcheck.layout.draft import Draft
from xlcheck.layout.matrices.beside import MATRIX, Network, Places
from xlcheck.layout.sheet import SheetDraft
from xlcheck.learning.forward import forward_graph
from xlcheck.model.model_spec import LayerSpec, sequential

SPEC = sequential(
    "small",
    (2, 1),
    (
        LayerSpec(
            "SimpleRNN",
            "rnn",
            {"units": 3, "activation": "tanh", "return_sequences": False},
            {"kernel": (1, 3), "recurrent_kernel": (3, 3), "bias": (3,)},
        ),
        LayerSpec("Dense", "dense", {"units": 1, "activation": "linear"}, {"kernel": (3, 1), "bias": (1,)}),
    ),
)


def small() -> tuple[Draft, Network]:
    """Two steps of three units, and an answer."""
    graph = forward_graph(SPEC)
    given = {q.name: np.full((1, *q.shape) if not q.is_weight else q.shape, 0.5) for q in graph if q.expr is None}
    draft = Draft(graph, Trace("numbers", evaluate(graph, given)), ["one"], Style.ROBUST)
    return draft, Network.of(draft, SPEC)


def test_products_that_one_layer_reads_are_written_into_what_reads_them() -> None:
    """So a sum of products stands nowhere on its own, and beside a matrix stands what it is multiplied by."""
    _, network = small()

    assert [(q.name, x, weight) for q, x, weight in network.products()] == [
        ("rnn.z[0]", "input.x[0]", "rnn.kernel"),
        ("rnn.z[0]", "rnn.h_init", "rnn.recurrent_kernel"),
        ("rnn.z[1]", "input.x[1]", "rnn.kernel"),
        ("rnn.z[1]", "rnn.h[0]", "rnn.recurrent_kernel"),
        ("dense.z", "rnn.h[1]", "dense.kernel"),
    ]
    assert (network.columns, network.steps) == (3, 2)
    assert network.matrices["rnn.bias"].shape == (1, 3)


def test_each_step_has_a_column_behind_the_widest_matrix() -> None:
    """First what is there before anything is read, then the steps, then what belongs to none of them."""
    draft, network = small()
    places = Places(draft, network, SheetDraft("S"), draft.trace)
    graph = draft.graph

    first = MATRIX + 3 + 1
    columns = [places.column(graph[name]) for name in ("rnn.h_init", "rnn.h[0]", "rnn.h[1]", "dense.y")]
    assert columns == [first, first + 1, first + 2, first + 3]
    assert places.columns == first + 4
