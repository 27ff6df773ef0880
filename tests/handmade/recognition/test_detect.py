"""Networks are searched for in as many formula cells as can be looked at; the rest is counted."""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path

import pytest

from xlcheck import api
from xlcheck.errors import NothingCheckedError
from xlcheck.handmade.reading.meanings import Meanings
from xlcheck.handmade.recognition import detect, readings

pytestmark = pytest.mark.keras

CORPUS = Path(__file__).parents[3] / "fixtures" / "handmade"


def without_bindings(name: str, folder: Path) -> Path:
    """A workbook made by hand, without the bindings that stand beside it."""
    return Path(shutil.copy(CORPUS / name, folder))


def stop_at(monkeypatch: pytest.MonkeyPatch, budget: int) -> None:
    """Let a search end after so many terms."""
    monkeypatch.setattr(detect, "Meanings", partial(Meanings, budget=budget))


def test_a_search_that_ends_early_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It counts the formulas that were not looked at, and blames no cell for what it has not seen."""
    book = without_bindings("time_down.xlsx", tmp_path)
    whole = api.check(book)
    monkeypatch.setattr(readings, "MAX_WORK", 0)  # of the one reading that is found
    stop_at(monkeypatch, 100)

    assert not any("not looked at" in note for note in whole.notes)
    with pytest.raises(NothingCheckedError, match=r"\b[1-9]\d* formula cells were not looked at"):
        api.check(book)


def test_a_search_that_ends_at_once_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So does the refusal where nothing was found."""
    book = without_bindings("two_documents.xlsx", tmp_path)
    stop_at(monkeypatch, 0)

    with pytest.raises(NothingCheckedError, match="formula cells were not looked at in search of a network"):
        api.check(book)
