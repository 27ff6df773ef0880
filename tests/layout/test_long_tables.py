"""Tables of long sequences: what is said once is looked for once, however many blocks stand below each other."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest

from xlcheck.graph.evaluate import evaluate
from xlcheck.graph.quantities import Quantity
from xlcheck.graph.trace import Trace
from xlcheck.layout.common import over_first_states
from xlcheck.layout.plan import plan_model
from xlcheck.layout.tables import filling, table
from xlcheck.learning.forward import forward_graph
from xlcheck.model.model_spec import LayerSpec, ModelSpec, sequential
from xlcheck.texts import say
from xlcheck.workbook.plan import Link


def long(steps: int) -> tuple[ModelSpec, Trace]:
    """A unit that reads so many numbers."""
    options = {"units": 1, "activation": "tanh", "use_bias": False, "return_sequences": False, "return_state": False,
               "go_backwards": False, "stateful": False, "zero_output_for_mask": False}  # fmt: skip
    layer = LayerSpec("SimpleRNN", "rnn", options, {"kernel": (1, 1), "recurrent_kernel": (1, 1)})
    spec = sequential("long", (steps, 1), (layer,))
    graph = forward_graph(spec)
    return spec, Trace(
        "numpy float64", evaluate(graph, {q.name: np.full((1, 1), 0.5) for q in graph if q.expr is None})
    )


def test_all_quantities_are_walked_through_for_the_first_block_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Their number grows with the steps, and so does that of the blocks: to do it for each would take the square."""
    steps = 3 * table.WRAP
    spec, trace = long(steps)
    walks: list[int] = []

    def counted(members: Iterable[Quantity]) -> str:
        walks.append(len(members := list(members)))
        return over_first_states(members)

    monkeypatch.setattr(filling, "over_first_states", counted)
    plan = plan_model(spec, trace, trace, ["sample 1"])
    sheet = next(sheet for sheet in plan.sheets if sheet.name == "rnn")

    assert len(walks) == 1
    assert walks[0] >= steps
    assert [cell.content for cell in sheet.cells if cell.content == "before"] == ["before"]


@pytest.mark.parametrize(("steps", "column"), [(21, 20), (table.WRAP, table.WRAP - 1), (2 * table.WRAP + 3, 2)])
def test_a_link_leads_to_the_last_step(steps: int, column: int) -> None:
    """It stands in the last block, as many columns behind the first as there are steps before it in the block."""
    spec, trace = long(steps)
    plan = plan_model(spec, trace, trace, ["sample 1"])
    sheet = next(sheet for sheet in plan.sheets if sheet.name == "rnn")
    links = [cell.content for cell in sheet.cells if isinstance(cell.content, Link)]
    (found,) = [link.target for link in links if link.text == say("layer.last_step_link")]

    assert found.left == table.FIRST + column
