"""What was noted of Keras: found by its name, replaced throughout, and put together step by step."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from xlcheck.oracle.noted import Event, LayerCall, joined, mapped, tensors_of

pytestmark = pytest.mark.keras

CELL = object()


def step(number: float) -> LayerCall:
    """One call of a cell, with a product inside."""
    x = np.array([number])
    return LayerCall(CELL, (x, [x + 1]), {"training": False}, x + 2, [Event("matmul", (x, "weight"), x + 3)])


def test_calls_of_a_cell_become_one_with_an_axis_of_steps() -> None:
    """Values are stacked in order, wherever they stand; what is the same at each step stays as it is."""
    call = joined([step(1.0), step(5.0)])
    (event,) = call.events

    assert (call.layer, call.steps, call.holds_values) == (CELL, 2, True)
    assert call.args[0].tolist() == [[1.0], [5.0]]
    assert call.args[1][0].tolist() == [[2.0], [6.0]]
    assert call.kwargs == {"training": False}
    assert call.result.tolist() == [[3.0], [7.0]]
    assert (event.name, event.args[1], event.result.tolist()) == ("matmul", "weight", [[4.0], [8.0]])


def test_a_step_in_which_something_else_happened_cannot_be_joined() -> None:
    """As many operations in each, or the recording is an error."""
    other = step(5.0)
    other.events.clear()
    with pytest.raises(ValueError, match="zip"):
        joined([step(1.0), other])


def test_every_tensor_is_replaced_also_in_calls_inside() -> None:
    """The noted call itself stays as it is; gradients in the places of values are no values."""
    outer = LayerCall("layer", (np.array([10.0]),), {}, np.array([20.0]), calls=[step(1.0)])

    def doubled(item: Any) -> Any:
        return item * 2 if isinstance(item, np.ndarray) else item

    new = mapped(outer, doubled)

    assert (new.layer, new.args[0].tolist(), new.result.tolist()) == ("layer", [20.0], [40.0])
    assert new.calls[0].events[0].result.tolist() == [8.0]
    assert not new.holds_values
    assert not new.calls[0].holds_values
    assert outer.calls[0].events[0].result.tolist() == [4.0]


def test_all_that_was_noted_is_listed_and_events_are_found_by_name() -> None:
    """Arguments, results and what happened inside, call by call."""
    call = step(1.0)
    call.calls.append(step(5.0))
    values = [item.tolist() for item in tensors_of([call]) if isinstance(item, np.ndarray)]

    assert values == [[1.0], [2.0], [3.0], [1.0], [4.0], [5.0], [6.0], [7.0], [5.0], [8.0]]
    assert [event.name for event in call.named("matmul")] == ["matmul"]
    assert call.named("add") == []
