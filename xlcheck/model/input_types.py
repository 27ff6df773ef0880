"""Inputs of another type than float32: the model reads exactly the numbers that it is given, or they are refused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from xlcheck.errors import ModelError, NotSupportedError
from xlcheck.model.keras_import import import_keras
from xlcheck.model.model_spec import Array

_ROUNDED = ("float32", "float64")  # in which inputs are usual; a workbook shows them in double precision


def require_numbers(model: Any, names: Sequence[str]) -> None:
    """Refuse inputs that are no numbers, or are not stored one by one.

    Raises:
        NotSupportedError: the model reads texts, complex numbers, or sparse or ragged tensors.
    """
    for name, tensor in zip(names, model.inputs, strict=True):
        kind = "sparse" if tensor.sparse else "ragged" if getattr(tensor, "ragged", False) else tensor.dtype
        if kind in ("sparse", "ragged", "string") or kind.startswith("complex"):
            raise NotSupportedError(f"input {name!r} of the model is {kind}; only plain numbers are supported")


def check_types(model: Any, names: Sequence[str], arrays: Sequence[Array]) -> None:
    """Refuse numbers that the model would round when it reads them, as whole numbers or in half precision.

    Args:
        model: the model.
        names: what its inputs are called.
        arrays: `(samples, …)` for each input.

    Raises:
        ModelError: there is such a number.
    """
    ops = import_keras().ops
    for name, tensor, values in zip(names, model.inputs, arrays, strict=True):
        if tensor.dtype in _ROUNDED:
            continue
        read = np.asarray(ops.cast(ops.cast(ops.convert_to_tensor(values), tensor.dtype), "float64"))
        different = np.argwhere(read != values)
        if different.size:
            index = tuple(different[0])
            raise ModelError(
                f"input {name!r} holds {float(values[index])!r} for sample {index[0] + 1}, but the model reads "
                f"{tensor.dtype} and would take it for {float(read[index])!r}; round the inputs yourself first"
            )
