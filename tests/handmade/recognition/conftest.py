"""The recognition of a part as a whole is tested here, so nothing else recognises its layers before."""

from __future__ import annotations

import sys

import pytest

from xlcheck.handmade import check
from xlcheck.handmade.by_equations import Settled


@pytest.fixture(autouse=True)
def _only_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """No layer is recognised by its equations, and parts of any size are read as a whole, for as long as it takes."""
    monkeypatch.setattr(check, "settle", lambda *_: Settled())
    monkeypatch.setattr(check, "_SMALL", sys.maxsize)
    monkeypatch.setattr(check, "_WHOLE", 60.0)
