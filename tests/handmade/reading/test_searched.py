"""Words that are searched, and not multiplied, beside numbers that are."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import answer

pytestmark = pytest.mark.keras


_MATCHED = "INDEX(${c}$1:${c}$5,MATCH($A{row},{words},0))"
_COMPARED = "SUMPRODUCT(({words}=$A{row})*${c}$1:${c}$5)"


def _cells(words: str, look_up: str = _MATCHED) -> dict[str, object]:
    """A list of words with two numbers each, four words in a row each, and two units that look their numbers up."""
    cells: dict[str, object] = {f"{c}{row}": round(0.4 * row - 0.3 * n - 0.7, 2)
                                for n, c in enumerate("BC") for row in range(1, 6)}  # fmt: skip
    cells |= {f"A{row}": word for row, word in enumerate(("very", "good", "bad", "not", "film"), start=1)}
    cells |= {f"{c}{row}": round(0.51 * row - 0.34 * n, 2) for n, c in enumerate("FG") for row in range(1, 4)}
    for row, word in enumerate(("good", "film", "bad", "not"), start=8):
        x, y = (look_up.format(c=c, row=row, words=words) for c in "BC")
        cells |= {f"A{row}": word, **{f"{c}{row}": f"=TANH({x}*{c}$1+{y}*{c}$2+{c}$3)" for c in "FG"}}
    return cells


@pytest.mark.parametrize("look_up", [_MATCHED, _COMPARED])
def test_words_that_are_searched_are_multiplied_with_nothing(look_up: str, tmp_path: Path) -> None:
    """Rule: a list of words as long as the lists of numbers is no vector of a product, nor is one that is compared."""
    assert answer(_cells("$A$1:$A$5", look_up), tmp_path) == (0, set())


def test_a_list_that_is_searched_has_to_stand_beside_the_numbers(tmp_path: Path) -> None:
    """Rule: one that begins a row below gives the numbers of other words."""
    code, wrong = answer(_cells("$A$2:$A$6") | {"A6": "end"}, tmp_path)
    assert (code, wrong) == (3, set())
