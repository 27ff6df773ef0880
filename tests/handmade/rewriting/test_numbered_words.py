"""Words that say what results should be: as numbers, if they say nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from recognised_sheets import Sheet, cell_at, sheet

from xlcheck.engines import engine
from xlcheck.handmade.reading.engine_choice import answers_of
from xlcheck.handmade.reading.results import result_at
from xlcheck.handmade.rewriting.rewritten import ToldAsItStands
from xlcheck.handmade.rewriting.with_numbered_words import with_numbered_words
from xlcheck.verdicts.cell_result import CellResult, Status
from xlcheck.verdicts.parts import Part

_WORDS = {"A1": "Pear", "A2": "apple", "A3": "pear"}
_ERRORS = {f"C{row}": f'=B{row}-IF($A{row}="pear",1,0)' for row in (1, 2, 3)}


def _numbered(folder: Path, **others: object) -> tuple[Sheet, ToldAsItStands | None]:
    """Words in A, results in B, and how far these are from what the words say in C."""
    found = sheet({**_WORDS, "B1": 0.7, "B2": 0.2, "B3": 0.9, "E1": 1.5, **_ERRORS, **others}, folder)
    return found, with_numbered_words(found.part, answers_of(found.table, engine("ironcalc")))


def test_words_are_numbers_of_classes(tmp_path: Path) -> None:
    """Rule: in the order of the alphabet, in whatever letters; all formulas ask for these, and give the same."""
    found, other = _numbered(tmp_path, D2='=IF(A2="APPLE",0.25,0.75)', D3='=IF(E1>1,"pear","plum")')

    assert other is not None
    table = other.part.table
    assert [table.typed_numbers[cell_at(f"A{row}")] for row in (1, 2, 3)] == [2, 1, 2]
    assert table.texts[cell_at("C1")] == "B1-IF($A1=2,1,0)"
    assert table.texts[cell_at("D2")] == "IF(A2=1,0.25,0.75)"
    assert table.texts[cell_at("D3")] == 'IF(E1>1,"pear","plum")'
    for cell in found.table.texts:
        assert other.part.values[table.index[cell]] == found.values[found.table.index[cell]]


@pytest.mark.parametrize(
    "others",
    [
        {f"C{row}": f'=B{row}-IF($A{row}="plum",1,0)' for row in (1, 2, 3)},  # a class that no sample has
        {f"C{row}": f'=B{row}*IF($A{row}="pear",1,0)' for row in (1, 2, 3)},  # no error
        {f"C{row}": f'=B{row}-IF($A{row}="pear",$E$1,0)' for row in (1, 2, 3)},  # a weight that a word chooses
        {f"C{row}": f"=B{row}-IF($A{row}>1,1,0)" for row in (1, 2, 3)},
        {"A2": "pear"},  # one class alone
        {"A1": 1, "A2": 2, "A3": 1},
    ],
)
def test_words_that_say_something_else_stay(others: dict[str, object], tmp_path: Path) -> None:
    assert _numbered(tmp_path, **others)[1] is None


def test_what_is_said_of_a_formula_shows_its_word(tmp_path: Path) -> None:
    """Rule: what should stand there is said only where the formula is the one that stands there."""
    _, other = _numbered(tmp_path, F1="=B1*2")
    assert other is not None
    own = [
        result_at(other.part.table, cell_at(name), Status.ROOT, "", 0.1, desired_formula="=B2") for name in ("C2", "F1")
    ]
    ((part,), _) = other.put_back([Part(own)], [])

    said = [result for result in part.results if isinstance(result, CellResult)]
    assert [result.formula for result in said] == [_ERRORS["C2"], "=B1*2"]
    assert [result.desired_formula for result in said] == [None, "=B2"]
