"""Samples that look up the same word have steps of their own: each formula names its own copy of a word's numbers."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import answer, save

from xlcheck.api import check
from xlcheck.errors import NothingCheckedError

pytestmark = pytest.mark.keras

_WORDS = {"film": (1.1, -1.28), "very": (0.65, -1.2), "good": (1.07, -1.56), "bad": (-0.71, -0.61)}
_SENTENCES = (("film", "very", "good"), ("film", "very", "bad"), ("film", "good"), ("bad", "bad"))


def _sheet(sentences: tuple[tuple[str, ...], ...] = _SENTENCES) -> dict[str, object]:
    """Two units without a state at the first step: words in A, their numbers in D and E, states in F and G."""
    cells: dict[str, object] = {"K1": 0.62, "L1": -0.81, "K2": -0.95, "L2": 0.33, "K3": 0.41, "L3": -0.27}
    cells |= {"K4": -0.52, "L4": 0.77, "K5": 0.04, "L5": -0.02, "N1": 2.13, "N2": -0.88, "N3": -0.05}
    for row, (word, (one, other)) in enumerate(_WORDS.items(), 1):
        cells |= {f"A{row}": word, f"B{row}": one, f"C{row}": other}
    row = 8
    for sentence in sentences:
        for number, word in enumerate(sentence):
            cells |= {f"A{row}": word, f"D{row}": f"=VLOOKUP($A{row},$A$1:$C$4,2,FALSE)"}
            cells[f"E{row}"] = f"=VLOOKUP($A{row},$A$1:$C$4,3,FALSE)"
            for state, weight in (("F", "K"), ("G", "L")):
                before = f"+$F{row - 1}*{weight}$3+$G{row - 1}*{weight}$4" if number else ""
                cells[f"{state}{row}"] = f"=TANH($D{row}*{weight}$1+$E{row}*{weight}$2{before}+{weight}$5)"
            row += 1
        cells[f"I{row - 1}"] = f"=1/(1+EXP(-($F{row - 1}*N$1+$G{row - 1}*N$2+N$3)))"
        row += 1
    return cells


def test_samples_may_begin_with_the_same_word(tmp_path: Path) -> None:
    """All agree, the samples are as many as there are sentences, and two equal words are two steps."""
    report = check(save(_sheet(), tmp_path / "w.xlsx"))

    assert (report.exit_code, report.counts.agree) == (0, report.counts.formula_cells)
    assert any("SimpleRNN(2, tanh), 4 samples of 2 to 3 steps" in note for note in report.notes)


@pytest.mark.parametrize(
    ("cell", "old", "new"),
    [
        ("G14", "$F13", "$F12"),
        ("F12", "+K$5", ""),
        ("F13", "$E13", "$E12"),
        ("G13", "$D13", "$D14"),
        ("F16", "K$2", "K$1"),
    ],
)
def test_only_the_wrong_cell_is_blamed(cell: str, old: str, new: str, tmp_path: Path) -> None:
    """A cell that reads something else than the others of its kind is wrong, also beside words that come again."""
    cells = _sheet()
    assert old in str(cells[cell])
    cells[cell] = str(cells[cell]).replace(old, new)
    report = check(save(cells, tmp_path / "w.xlsx"))

    assert [own.cell for own in report.roots] == [cell]


@pytest.mark.parametrize("row", [8, 12])
def test_a_sentence_that_reads_another_one_is_not_passed(row: int, tmp_path: Path) -> None:
    """What reads the very cells of another sample may have been copied there, and not be meant."""
    cells = _sheet((*_SENTENCES, ("film", "good")))
    for own in ("F20", "G20"):
        cells[own] = str(cells[own]).replace("D20", f"D{row}").replace("E20", f"E{row}")
    try:
        report = check(save(cells, tmp_path / "w.xlsx"))
    except NothingCheckedError:
        return

    assert report.exit_code != 0
    assert {own.cell for own in report.roots} <= {"F20", "G20"}


def test_what_is_right_only_for_these_words_is_not_passed(tmp_path: Path) -> None:
    """G14 reads the state of another sentence, which began with the same words: another word, and it were wrong."""
    cells = _sheet()
    cells["G14"] = str(cells["G14"]).replace("$F13", "$F9")
    report = check(save(cells, tmp_path / "w.xlsx"))

    assert (report.exit_code, report.roots) == (3, ())
    assert any("only as long as equal words stand there" in note for note in report.notes)


@pytest.mark.usefixtures("a_short_search")
def test_one_number_of_a_word_is_not_both_of_its_inputs(tmp_path: Path) -> None:
    """Rule: a sentence that looks up the first number of each word twice is no pass, though all of it does so."""
    wrong = {f"E{row}": f"=VLOOKUP($A{row},$A$1:$C$4,2,FALSE)" for row in (12, 13, 14)}
    code, roots = answer(_sheet() | wrong, tmp_path)
    assert code != 0
    assert roots <= wrong.keys()
