"""Many small arrays handled as one: a long sequence has thousands of quantities of a few cells each."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Key = TypeVar("Key", bound=Hashable)
AnyArray = NDArray[Any]


def pieces(joined: AnyArray, sizes: Sequence[int]) -> Iterator[AnyArray]:
    """Cut an array along its last axis into views of these sizes."""
    end = 0
    for size in sizes:
        start, end = end, end + size
        yield joined[..., start:end]


def in_groups(
    keys: Sequence[Key], parts: Sequence[AnyArray], answer: Callable[[Key, AnyArray], AnyArray]
) -> list[AnyArray]:
    """Ask once for each key about all its parts, arrays of one axis, joined.

    Returns:
        The answer for each part.
    """
    groups: dict[Key, list[int]] = {}
    for place, key in enumerate(keys):
        groups.setdefault(key, []).append(place)
    answers: dict[int, AnyArray] = {}
    for key, places in groups.items():
        own = [parts[place] for place in places]
        answers.update(zip(places, pieces(answer(key, np.concatenate(own)), [p.size for p in own]), strict=True))
    return [answers[place] for place in range(len(parts))]


def distinct_rows(values: AnyArray) -> AnyArray:
    """The rows of a matrix; one if it repeats a row without copying it, as for constants in every setting."""
    return values[:1] if values.strides[0] == 0 else values
