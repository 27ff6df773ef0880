"""The quick look for texts that are no whole formula."""

from __future__ import annotations

import string
from pathlib import Path

import numpy as np
import pytest
from thorough import EVERY_CASE

from xlcheck.formulas import whole
from xlcheck.formulas.parser import parsed
from xlcheck.formulas.tree import Operator, walk
from xlcheck.formulas.whole import may_be_none, that_may_be_none
from xlcheck.workbook.reader import read_workbook

BOOKS = Path(__file__).parents[2] / "workbooks"
PIECES = (
    "A1", "$B$7", "A1:B2", "W!A1", "'a b'!$A$1", "SUM(", "(", ")", ")", ",", "+", "-", "*", "^", "&", "<>", "%", " ",
    "2", "1.5", "5", '"x"', '"a""b"', "1E-3", "!", "$", "#", "A", "'", '"', ";", "{1}",
)  # fmt: skip


def is_doubtful(formula: str) -> bool:
    """Whether the parser reads no whole formula, or one whose end some engines pass over."""
    tree = parsed(formula)
    return tree is None or any(isinstance(node, Operator) and node.symbol in {" ", "#"} for node in walk(tree))


def test_the_quick_look_hides_none() -> None:
    """What it takes for whole formulas, the parser reads: without a space between references, and to the end."""
    rng = np.random.default_rng(7)
    drawn = ["".join(rng.choice(PIECES, rng.integers(1, 9))) for _ in range(60_000 if EVERY_CASE else 15_000)]

    taken = [formula for formula in drawn if not may_be_none(formula)]
    assert len(taken) > 500
    assert [formula for formula in taken if is_doubtful(formula)] == []


def test_every_character_behind_a_formula_is_seen() -> None:
    """Whatever follows a cell, a function, a number or a text, alone or in brackets, and does not go on with it."""
    for formula in ("W!$A$1", "SUM(A1:A2)", "(A1+B1)", "1.5*A1", '"x"', "-A1%"):
        for character in set(string.printable) - set(string.whitespace) - set("%0123456789"):
            assert may_be_none(formula + character), formula + character
        assert not may_be_none(formula)


@pytest.mark.parametrize("lesson", ["lstm", "simple-rnn-training", "film-reviews"])
def test_what_xlcheck_writes_need_not_be_parsed(lesson: str) -> None:
    """So that an ordinary check imports no parser."""
    content = read_workbook(BOOKS / f"{lesson}.xlsx")
    formulas = [str(cell.formula) for _, _, _, cell in content.formula_cells()]

    assert not may_be_none("\n".join(formulas).upper())


def test_what_differs_in_numbers_and_names_alone_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A formula filled over columns and rows is one question; a power of ten stays a number, and no cell's name."""
    asked: list[str] = []
    is_whole = whole._is_whole
    monkeypatch.setattr(whole, "_is_whole", lambda formula: asked.append(formula) or is_whole(formula))

    filled = [f"SUM({column}{row}:{column}{row + 1})*2E-1" for column in "ABDYZ" for row in (12, 57)]
    assert list(that_may_be_none([*filled, "2A-1", "2E-1", "A1)", "Z9)"])) == [10, 12, 13]
    assert len(asked) == 4


def test_brackets_without_an_end_take_no_time() -> None:
    """Nested more deeply than Excel allows, a text is left to the parser."""
    assert may_be_none("(" * 4000 + "A1" + ")" * 4000)
    assert may_be_none("1" * 100_000 + "!")
