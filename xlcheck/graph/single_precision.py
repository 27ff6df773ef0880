"""What is lost of a model's answers in single precision, in which models are trained and used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from xlcheck.graph.quantities import Graph
from xlcheck.grouping import grouped

_HALF = float(np.sqrt(np.finfo(np.float32).eps))  # by so much of its size a number differs that lost half its digits
Values = Mapping[str, NDArray[np.float64]]


class Lost(NamedTuple):
    """An answer of which single precision leaves less than half of the digits.

    Attributes:
        sample: which sample, from 0.
        element: the number of the element.
        exact: the answer in double precision.
        single: the answer in single precision.
    """

    quantity: str
    sample: int
    element: int
    exact: float
    single: float


def lost_answers(graph: Graph, exact: Values, single: Values) -> Iterator[Lost]:
    """Of each output the answer that lost most, if that is half of its digits; digits count in its largest number.

    Values in double and in single precision have samples first.
    """
    for names in grouped((graph[name].band.name, name) for name in graph.outputs).values():
        size = max(float(np.abs(exact[name]).max(initial=0)) for name in names)
        worst = max((_worst(name, exact[name], single[name]) for name in names), key=lambda lost: abs(_gap(lost)))
        if abs(_gap(worst)) > _HALF * size:
            yield worst


def _gap(lost: Lost) -> float:
    return lost.exact - lost.single


def _worst(name: str, exact: NDArray[np.float64], single: NDArray[np.float64]) -> Lost:
    rows, others = (values.reshape(len(values), -1) for values in (exact, single))
    sample, element = divmod(int(np.abs(rows - others).argmax()), rows.shape[1])
    return Lost(name, sample, element, float(rows[sample, element]), float(others[sample, element]))
