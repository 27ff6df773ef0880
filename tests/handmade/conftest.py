"""What the tests of hand-made workbooks share: one Keras to ask, and a search that ends soon."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import islice

import pytest
from thorough import EVERY_CASE

from xlcheck.handmade import effort
from xlcheck.handmade.edits.candidates import Edits
from xlcheck.handmade.forms.term_changes import Edit
from xlcheck.oracle import numpy_process

_EDITS = 40
"""How many edits a short search tries."""

_PATIENCE = 3
"""How many times the time of a check the tests allow, so that no verdict depends on how fast a machine is.

The longest that any of them needs is 70 percent of it on a machine on which it would be late otherwise.
"""

_can_be_used = numpy_process._is_of_use


@pytest.fixture(autouse=True)
def _one_keras_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask Keras on NumPy, in its own process, also after another test has imported TensorFlow here.

    It answers in a third of the time, and `tests/differential/test_numpy_backend.py` holds that it says the same.
    """

    def is_of_use() -> bool:
        with pytest.MonkeyPatch.context() as nothing_imported:
            nothing_imported.delitem(sys.modules, "keras", raising=False)
            nothing_imported.delenv("KERAS_BACKEND", raising=False)  # the import sets it
            return _can_be_used()

    monkeypatch.setattr(numpy_process, "_is_of_use", is_of_use)


@pytest.fixture(autouse=True)
def _nothing_is_late(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each check more time than it has by default."""
    monkeypatch.setattr(effort, "SECONDS", _PATIENCE * effort.SECONDS)


@pytest.fixture
def a_short_search(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the search for one mistake must find nothing, it need not go on for long in an ordinary run.

    It ends after some edits as it does when the time is used up, on slow machines and fast ones alike.
    """
    every = Edits.__iter__

    def some(edits: Edits) -> Iterator[Edit]:
        yield from islice(every(edits), _EDITS)
        raise effort.OutOfTimeError

    if not EVERY_CASE:
        monkeypatch.setattr(Edits, "__iter__", some)
