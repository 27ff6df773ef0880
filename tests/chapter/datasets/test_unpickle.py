"""Only lists of integers come out of a pickle; everything else is refused without running it."""

from __future__ import annotations

import io
import os
import pickle
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, strategies as st

from xlcheck.chapter.datasets.imdb import lists_of_integers
from xlcheck.errors import DataError


def objects(*items: object) -> np.ndarray:
    """An array of objects, as Keras stores lists of different lengths."""
    array = np.empty(len(items), dtype=object)
    array[:] = items
    return array


def read(value: object, protocol: int | None = None) -> list[np.ndarray]:
    """What comes out of a pickle of a value."""
    return lists_of_integers(io.BytesIO(pickle.dumps(value, protocol)), "x.npy")


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_every_protocol(protocol: int) -> None:
    """Files from Python 2 and from today read the same."""
    rows = read(objects([1, 2, 300], [70_000], [0]), protocol)

    assert [row.tolist() for row in rows] == [[1, 2, 300], [70_000], [0]]


@given(st.lists(st.lists(st.integers(-(2**31), 2**31 - 1)), min_size=1))
def test_any_lists_of_integers(lists: list[list[int]]) -> None:
    """What NumPy pickled comes out unchanged."""
    assert [row.tolist() for row in read(objects(*lists, [1])[:-1])] == lists


class Runs:
    """Pickles to a call of a function."""

    def __init__(self, function: object, *arguments: object) -> None:
        self.call = function, arguments

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return self.call


def test_no_code_runs(tmp_path: Path) -> None:
    """A pickle that calls a system function is refused by that function's name, and the call does not happen."""
    proof = tmp_path / "proof"

    with pytest.raises(DataError, match=r"refers to posix\.mkdir|refers to nt\.mkdir"):
        read(objects([1], Runs(os.mkdir, str(proof))))

    assert not proof.exists()


@pytest.mark.parametrize(
    "call",
    [Runs(eval, "1"), Runs(getattr, [], "append"), Runs(__import__, "os"), Runs(np.zeros, 3), Runs(io.open, "x")],
    ids=["eval", "getattr", "__import__", "numpy.zeros", "open"],
)
def test_no_other_name(call: Runs) -> None:
    """No built-in and no function of NumPy can be reached, however harmless."""
    with pytest.raises(DataError, match="it was not loaded"):
        read(objects([1], call))


@pytest.mark.parametrize(
    "value",
    [
        [[1, 2]],
        {"x": 1},
        objects([1], (2,)),
        objects([1], [2.5]),
        objects([1], [True]),
        objects([1], ["2"]),
        objects([1], [[2]]),
        objects([1], None),
        objects([2**40], [1]),
        np.arange(3),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_other_content(value: object) -> None:
    """Anything but an array of lists of integers is refused, even where it would convert."""
    with pytest.raises(DataError, match="not loaded"):
        read(value)


@pytest.mark.parametrize("cut", [0, 1, 30, -1])
def test_damaged_pickle(cut: int) -> None:
    """A file that was cut short gives one sentence, not a traceback."""
    whole = pickle.dumps(objects([1, 2], [3]))

    with pytest.raises(DataError, match="not a readable array"):
        lists_of_integers(io.BytesIO(whole[:cut]), "x.npy")


@given(st.binary(max_size=60))
def test_arbitrary_bytes(content: bytes) -> None:
    """No bytes whatever end in anything but a refusal or an array of integers."""
    try:
        rows = lists_of_integers(io.BytesIO(content), "x.npy")
    except DataError:
        return

    assert all(row.dtype == np.int32 for row in rows)
