"""Words that say what results should be: a training towards typed classes, one row a step."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import answer, save

from xlcheck import check

pytestmark = [pytest.mark.keras, pytest.mark.usefixtures("a_short_search")]

_SAMPLES = ((0.2, 1.0, "apple"), (1.5, 0.3, "pear"), (-1.0, -0.8, "plum"), (0.1, 1.4, "apple"), (1.1, -0.2, "pear"))
_WORDS = ("apple", "pear", "plum")


def _training(error: str = '={p}{row}-IF($D{row}="{word}",1,0)') -> dict[str, object]:
    """Two weights and a bias for each of three classes in E to M, sums in N to P, shares to S, errors to V."""
    cells: dict[str, object] = {"B2": 0.3}
    cells |= dict(zip((f"{c}5" for c in "EFGHIJKLM"), (0.1, -0.2, 0, -0.1, 0.1, 0, 0.05, 0.15, 0), strict=True))
    for row, (one, other, word) in enumerate(_SAMPLES, 5):
        cells |= {f"B{row}": one, f"C{row}": other, f"D{row}": word}
        for n, (z, p, e) in enumerate(zip("NOP", "QRS", "TUV", strict=True)):
            first, second, bias = "EFGHIJKLM"[3 * n : 3 * n + 3]
            cells[f"{z}{row}"] = f"=$B{row}*{first}{row}+$C{row}*{second}{row}+{bias}{row}"
            cells[f"{p}{row}"] = f"=EXP({z}{row})/(EXP($N{row})+EXP($O{row})+EXP($P{row}))"
            cells[f"{e}{row}"] = error.format(p=p, row=row, word=_WORDS[n])
            for own, times in ((first, f"*$B{row}"), (second, f"*$C{row}"), (bias, "")):
                cells[f"{own}{row + 1}"] = f"={own}{row}-$B$2*{e}{row}{times}"
    return cells


def test_a_word_may_say_the_class(tmp_path: Path) -> None:
    """Rule: each word stands for a class, and all steps follow the slopes of the cross-entropy."""
    assert check(save(_training(), tmp_path / "w.xlsx")).exit_code == 0


def test_a_slip_is_shown_as_it_stands_in_the_workbook(tmp_path: Path) -> None:
    """Rule: the formula that is wrong is told with its word."""
    wrong = {"U7": '=R7-IF($D7="plum",1,0)'}
    report = check(save(_training() | wrong, tmp_path / "w.xlsx"))
    assert {root.cell for root in report.roots} <= {"U7"}
    assert report.exit_code in {1, 3}
    assert all('"plum"' in str(root.formula) for root in report.roots)


def test_of_a_word_that_nobody_says_nothing_is_learnt(tmp_path: Path) -> None:
    """Rule: who asks for another word than those that are typed teaches a class that no sample has."""
    wrong = {f"V{row}": f'=S{row}-IF($D{row}="cherry",1,0)' for row in range(5, 10)}
    assert answer(_training() | wrong, tmp_path) == (3, set())
