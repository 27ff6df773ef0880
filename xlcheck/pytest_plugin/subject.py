"""What a test hands over to be compared with a golden file: a Keras model, or arrays by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from xlcheck.arrays import Array, array_of
from xlcheck.errors import DataError, UsageError
from xlcheck.graph.trace import Trace
from xlcheck.verdicts.layer_numbers import quantity_called, trace_called, traces_numbering


@dataclass(frozen=True)
class Subject:
    """The values under test.

    Attributes:
        trace: every quantity in order of computation.
        precedents: the quantities that each one is computed from; empty if nobody knows.
    """

    trace: Trace
    precedents: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def called_as_in(self, golden: Trace) -> Subject:
        """The same with the golden names: which tests were run before this one changes the numbers of layers."""
        numbers = traces_numbering(self.trace, golden) if self.precedents else {}
        precedents = {
            quantity_called(name, numbers): [quantity_called(precedent, numbers) for precedent in found]
            for name, found in self.precedents.items()
        }
        return Subject(trace_called(self.trace, numbers), precedents)


def subject_of(
    values: Any,
    inputs: ArrayLike | Sequence[ArrayLike] | None = None,
    targets: ArrayLike | None = None,
    initial_states: Mapping[str, ArrayLike] | None = None,
) -> Subject:
    """The values of a model or of another implementation; `TraceCheck` says what they, and the rest, may be.

    Raises:
        UsageError: the arguments do not go together.
        DataError: an array of a mapping is empty, or holds something else than real numbers.
        ModelError: the arrays do not fit the model.
        NotSupportedError: the model is not supported.
        MissingDependencyError: Keras is not installed.
    """
    if isinstance(values, (Trace, Mapping)) or hasattr(values, "columns"):
        if inputs is not None or targets is not None or initial_states is not None:
            raise UsageError("inputs, targets and states go with a Keras model; leave them out beside an array mapping")
        return Subject(values) if isinstance(values, Trace) else Subject(_mapped(values))
    if not isinstance(values, (str, Path)) and not hasattr(values, "get_weights"):
        raise UsageError(
            f"xlcheck_trace compares a keras.Model, a .keras file, or a mapping of names to arrays, "
            f"not {type(values).__name__}"
        )
    if inputs is None:
        raise UsageError("a Keras model is traced on inputs; call xlcheck_trace(model, inputs)")
    return _recorded(values, inputs, targets, initial_states)


def _recorded(
    model: Any,
    inputs: ArrayLike | Sequence[ArrayLike],
    targets: ArrayLike | None,
    initial_states: Mapping[str, ArrayLike] | None,
) -> Subject:
    from xlcheck.building.tracing import trace_model

    trace, graph = trace_model(model, inputs, targets, initial_states)
    return Subject(trace, {q.name: q.reads for q in graph})


def _mapped(values: Mapping[Any, Any]) -> Trace:
    if not len(values):
        raise DataError("the mapping holds no array, so there is nothing to compare")
    arrays: dict[str, Array] = {}
    for name, array in _flat(values, ""):
        if name in arrays:
            raise DataError(f"{name} stands there twice, once inside another mapping; name one of them otherwise")
        arrays[name] = _array(name, array)
    return Trace("a mapping of arrays", arrays)


def _flat(values: Mapping[Any, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    """What stands inside mappings and tables, by names with points between them."""
    for key, value in values.items():
        name = f"{prefix}{_name(key)}"
        if isinstance(value, Mapping) or hasattr(value, "columns"):  # a DataFrame is one of arrays by column
            if not len(value):
                raise DataError(f"{name} is empty; leave it out")
            yield from _flat(value, f"{name}.")
        else:
            yield name, value


def _name(name: Any) -> str:
    if not isinstance(name, str) or not name:
        raise DataError(f"{name!r} is no name of a quantity; names are texts such as 'lstm.i[0]'")
    return name


def _array(name: str, values: Any) -> Array:
    """A float64 copy that is equal to the array, number by number."""
    try:
        array = array_of(values)
    except ValueError:
        raise DataError(f"{name} is no array: its rows have different lengths") from None
    if array.size == 0:
        raise DataError(f"{name} is empty; leave it out")
    if array.dtype.kind not in "biuf":
        raise DataError(f"{name} holds {array.dtype}, not real numbers")
    exact = array.astype(np.float64)
    if not np.array_equal(exact.astype(array.dtype), array, equal_nan=array.dtype.kind == "f"):
        raise DataError(f"{name} holds numbers that float64 cannot hold; round them first")
    return exact
