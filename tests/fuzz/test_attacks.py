"""Each way to show a reader something else; `python tests/fuzz/attacks.py` tries them on other lessons and cells."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from attacks import ATTACKS, answer, is_enough
from sources import LESSONS
from thorough import spread

SOURCE = LESSONS[0].with_name("lstm.xlsx")


@pytest.mark.parametrize("name", spread([*ATTACKS], 8))
def test_what_a_reader_sees_otherwise_is_said(name: str, tmp_path: Path) -> None:
    """A note for other looks, no pass for other numbers, and never silence."""
    said = answer(name, SOURCE, tmp_path / "attacked.xlsx", Random(name))

    assert is_enough(name, said), said
    assert said != "nothing to change"


def test_silence_is_too_little() -> None:
    """The judge of answers is not blind."""
    assert not is_enough("a hidden row", "silence")
    assert not is_enough("an empty format", "note")
    assert is_enough("a hidden row", "note")
