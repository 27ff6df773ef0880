"""The names of mistakes: each that a report can show is explained in one place."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from glossary import GLOSSARY

import xlcheck
from fixtures.handmade.mistakes.names import Mistake

PACKAGE = Path(xlcheck.__file__).parent
LIBRARY = [
    *(PACKAGE / "verdicts" / "mistakes").glob("*.py"),
    PACKAGE / "verdicts" / "diagnose.py",
    *(PACKAGE / "handmade" / "judging").glob("*.py"),
]
NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)+")


def named(path: Path) -> set[str]:
    """The texts of a module that look like the name of a mistake."""
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return {
        n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str) and NAME.fullmatch(n.value)
    }


def test_every_name_in_the_library_is_in_the_glossary() -> None:
    """And the library uses most of what is in it."""
    found = set().union(*(named(path) for path in LIBRARY))

    assert found <= GLOSSARY.keys()
    assert len(found) > 30


def test_every_mistake_that_is_planted_by_hand_is_in_the_glossary() -> None:
    """The corpus of hand-made workbooks knows no other names."""
    assert {mistake.value for mistake in Mistake} <= GLOSSARY.keys()


def test_the_glossary_reads_like_one() -> None:
    """In alphabetical order, each meaning a part of a sentence."""
    assert list(GLOSSARY) == sorted(GLOSSARY)
    assert all(meaning[0].islower() and not meaning.endswith(".") for meaning in GLOSSARY.values() if meaning[0] != "A")
