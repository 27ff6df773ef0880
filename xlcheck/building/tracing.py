"""Every quantity of a model's forward pass as Keras computes it, for `xlcheck trace` and the pytest plugin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from numpy.typing import ArrayLike

from xlcheck.building.inputs import inputs_of, read_array
from xlcheck.graph.quantities import Graph
from xlcheck.graph.trace import Trace
from xlcheck.learning.forward import forward_graph


def trace_model(
    model: Any, inputs: Any, targets: Any = None, initial_states: Mapping[str, ArrayLike] | None = None
) -> tuple[Trace, Graph]:
    """Record a model in double precision: what `xlcheck.trace` returns, which says what it takes, and the equations.

    Raises:
        OracleError: Keras's recorded values contradict its own prediction; for others see `xlcheck.trace`.
    """
    from xlcheck.model.keras_file import loaded_model
    from xlcheck.model.keras_reader import read_model, require_supported
    from xlcheck.oracle.record import record

    loaded = loaded_model(model)
    require_supported(loaded)  # before its inputs are looked at, which not every model has
    given = inputs_of(loaded, inputs)
    arrays = given.for_keras
    wanted = None if targets is None else read_array(targets, "targets")[0]
    trace = record(loaded, arrays, wanted, {**given.states, **(initial_states or {})})
    spec = read_model(loaded, given.shapes)
    return trace, forward_graph(spec if targets is not None else replace(spec, loss=None))
