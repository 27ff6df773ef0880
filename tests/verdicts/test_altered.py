"""What is no quantity and not as it was built, in words: a note, or what a reader may see wrong."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from xlcheck.verdicts.generated import altered as module
from xlcheck.verdicts.generated.altered import Altered, altered
from xlcheck.workbook.looks.as_built import Alterations

MANIFEST: Any = SimpleNamespace(bindings=[], selector=None)


def found(monkeypatch: pytest.MonkeyPatch, **alterations: Any) -> Altered:
    """What is said of a workbook with these alterations."""
    monkeypatch.setattr(module, "manifest_sheet", lambda _: "sheet")
    monkeypatch.setattr(module, "is_older", lambda _: False)
    monkeypatch.setattr(module, "alterations", lambda *_: Alterations(**alterations))
    return altered(None, MANIFEST)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("alterations", "said"),
    [
        ({"numbers": ("A!B2",)}, "numbers that are no weights or inputs"),
        ({"names": ("w",)}, "defined names are not where"),
        ({"formats": ("A",)}, "not shown in the formats"),
        ({"damaged": True}, "missing or damaged"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_what_may_make_a_reader_see_other_numbers_is_no_mere_note(
    alterations: dict[str, Any], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other numbers, names and formats, and the loss of what tells of them."""
    result = found(monkeypatch, **alterations)

    assert not result.words
    assert [said in seen for seen in result.seen] == [True]


def test_words_and_looks_are_notes_of_which_three_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """And how many more there are."""
    result = found(monkeypatch, texts=("A!A1",), shown=("a", "b", "c", "d", "e"))

    assert result.seen == ()
    assert result.words == ("words are not those that were written: A!A1", "not as it was built: a; b; c; and 2 more")
    assert found(monkeypatch, shown=("a", "b", "c")).words == ("not as it was built: a; b; c",)


def test_of_a_workbook_that_does_not_say_how_it_was_built_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """One by an older xlcheck could not be compared, and that is said."""
    assert found(monkeypatch) == Altered()
    monkeypatch.setattr(module, "is_older", lambda _: True)
    older = altered(None, MANIFEST)  # type: ignore[arg-type]
    monkeypatch.setattr(module, "manifest_sheet", lambda _: None)

    assert altered(None, MANIFEST) == Altered()  # type: ignore[arg-type]
    assert older.seen == ()
    assert "an older xlcheck" in older.words[0]
