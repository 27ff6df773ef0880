"""The recognition of a part as a whole is tested here, so nothing else recognises its layers before."""

from __future__ import annotations

import sys

import pytest

from xlcheck.handmade import check, effort
from xlcheck.handmade.by_equations import Settled
from xlcheck.handmade.single_edit import OneEdit


@pytest.fixture(autouse=True)
def _only_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """Equations and edits of them say nothing, and parts of any size are read as a whole, for as long as it takes."""
    monkeypatch.setattr(check, "settle", lambda *_: Settled())
    monkeypatch.setattr(check, "one_edit", lambda *_: OneEdit(why="no edit was looked for"))
    monkeypatch.setattr(check, "_SMALL", sys.maxsize)
    monkeypatch.setattr(effort, "SECONDS", 600.0)
