"""Which answers are drawn beside the states of a recurrent layer."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from xlcheck.formulas.printing import Style
from xlcheck.graph.trace import Trace
from xlcheck.layout.draft import Draft
from xlcheck.layout.drawings.unrolled import Unrolled
from xlcheck.layout.sheet import SheetDraft
from xlcheck.learning.forward import forward_graph
from xlcheck.model.model_spec import LayerSpec, sequential

WEIGHTS = {"kernel": (1, 2), "recurrent_kernel": (2, 2), "bias": (2,)}
DENSE = {"kernel": (2, 2), "bias": (2,)}


def answers(*dense: str, sequences: bool) -> dict[int | None, str]:
    """Of what dense layers behind three steps: the step of each state that is answered, and the answer."""
    options = {"units": 2, "activation": "tanh", "return_sequences": sequences}
    layers = [LayerSpec("SimpleRNN", "rnn", options, WEIGHTS)]
    layers += [LayerSpec("Dense", name, {"units": 2, "activation": "linear"}, DENSE) for name in dense]
    graph = forward_graph(sequential("m", (3, 1), tuple(layers)))
    draft = Draft(graph, Trace("numbers", {"x": np.zeros(1)}), ["one"], Style.ROBUST)
    nothing: Any = None
    states = graph.bands()[next(band for band in graph.bands() if band.name == "rnn.h")]
    own = Unrolled(draft, SheetDraft("S"), nothing, states, False, nothing, {}, 40)
    return {step: y.name for step, y in own.answers.items()}


@pytest.mark.parametrize(
    ("dense", "sequences", "desired"),
    [
        (("a",), True, {0: "a.y[0]", 1: "a.y[1]", 2: "a.y[2]"}),
        (("a",), False, {2: "a.y"}),
        (("a", "b"), True, {0: "a.y[0]", 1: "a.y[1]", 2: "a.y[2]"}),
        ((), True, {}),
    ],
)
def test_a_state_is_answered_by_the_dense_layer_that_reads_it(
    dense: tuple[str, ...], sequences: bool, desired: dict[int, str]
) -> None:
    """Each one, or the last; what reads an answer is no answer to a state."""
    assert answers(*dense, sequences=sequences) == desired
