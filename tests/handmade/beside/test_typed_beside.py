"""Numbers typed beside results to compare them with: where some agree to the last digit, all must."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from equation_sheets import save, simple_rnn, verdict
from recognised_sheets import sheet

from xlcheck.handmade.beside.typed_beside import compared_otherwise, printed_otherwise, typed_among_formulas
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.workbook.reader import read_workbook

pytestmark = pytest.mark.keras

_ROWS = range(12, 17)


def _printed() -> dict[str, object]:
    """A SimpleRNN over five steps, and beside it what another program printed, with the differences."""
    cells = simple_rnn(5)
    state = [0.0, 0.0, 0.0]
    weights = {row: [float(str(cells[f"{c}{row}"])) for c in "BCD"] for row in (2, 3, 5, 6, 7, 9)}
    for row in _ROWS:
        x = [float(str(cells[f"{c}{row}"])) for c in "EF"]
        rows = [*zip((*x, *state), (2, 3, 5, 6, 7), strict=True)]
        state = [math.tanh(sum(number * weights[k][u] for number, k in rows) + weights[9][u]) for u in range(3)]
        for column, result, number in zip("LMN", "HIJ", state, strict=True):
            cells[f"{column}{row}"] = round(number, 7)
            cells[f"{chr(ord(column) + 4)}{row}"] = f"={result}{row}-{column}{row}"
    return cells


def test_numbers_that_agree_with_all_results_change_nothing(tmp_path: Path) -> None:
    """What another program printed, rounded to seven digits."""
    assert verdict(_printed(), tmp_path).code == 0


def test_a_number_that_is_another_one_gets_no_pass(tmp_path: Path) -> None:
    """Rule: who compares sees a difference, so all cannot be said to be right."""
    found = verdict(_printed() | {"M15": 0.4321987}, tmp_path)

    assert (found.code, found.roots) == (3, set())
    assert "S!I15 is compared with S!M15, but is not what was typed there" in found.said


def test_the_largest_of_differences_says_whose_they_are(tmp_path: Path) -> None:
    """Rule: what `model.predict` printed beside results, and a maximum compares with them, says what they should be."""
    cells: dict[str, object] = {"B1": 1.3, "B2": -0.4, "D4": "model.predict", "D10": "=MAX(ABS(C5-D5),ABS(C6-D6))"}
    printed = {f"D{row}": round(1 / (1 + math.exp(-(1.3 * x - 0.4))), 6) for row, x in ((5, 0.7), (6, -1.1))}
    for function, said in (("1/(1+EXP(-({})))", (0, set())), ("TANH({})", (1, {"C5", "C6"}))):
        for row, x in ((5, 0.7), (6, -1.1)):
            cells |= {f"A{row}": x, f"C{row}": "=" + function.format(f"A{row}*$B$1+$B$2")}
        found = verdict(cells | printed, tmp_path)
        assert (found.code, found.roots) == said


@pytest.mark.parametrize("word", ["Keras", "printed by Python", "from PyTorch:"])
def test_what_a_program_is_said_to_print_must_agree(word: str, tmp_path: Path) -> None:
    """Rule: who reads `Keras` beside another number than the result sees that both cannot be right."""
    cells = simple_rnn(5) | {"G17": word}
    last = sheet(cells, tmp_path).terms
    results = {f"{column}17": last.number(("S", 15, at)) for at, column in enumerate("HIJ", start=7)}
    printed = {cell: round(number, 6) for cell, number in results.items()}
    assert verdict(cells | printed, tmp_path).code == 0

    found = verdict(cells | printed | {"I17": 0.4321}, tmp_path)
    assert (found.code, found.roots) == (3, set())
    assert f"S!I16 is not what S!I17 says, beside which {word!r} stands" in found.said


def test_printed_numbers_belong_to_the_results_that_are_called_as_they_are(tmp_path: Path) -> None:
    """Rule: `Keras h2` at the head of a column is said of the column `h2`, wherever it stands."""
    cells = simple_rnn(3) | {"H10": "h1", "I10": "h2", "J10": "h3", "M10": "Keras h2"}
    state = sheet(cells, tmp_path).terms
    cells |= {f"M{row}": round(state.number(("S", row - 1, 8)), 5) for row in (12, 13, 14)} | {"M11": 0}
    assert verdict(cells, tmp_path).code == 0
    found = verdict(cells | {"M13": 0.12345}, tmp_path)
    assert (found.code, "S!I13 is not what S!M13 says, beside which 'Keras h2' stands" in found.said) == (3, True)


def test_measures_that_a_program_printed_are_no_results(tmp_path: Path) -> None:
    cells = simple_rnn(3) | {"G15": "Keras", "H15": 0.4321}
    for word, count in (("Keras", 1), ("Keras's loss", 0), ("targets", 0)):
        found = sheet(cells | {"G15": word}, tmp_path)
        assert len([*printed_otherwise(found.table, found.values, Precedents(found.table))]) == count
    found = sheet(cells | {"K15": "=H15*2"}, tmp_path)
    assert not [*printed_otherwise(found.table, found.values, Precedents(found.table))], "it is a number of the sheet"


def test_a_mistake_in_all_steps_shows_in_the_numbers(tmp_path: Path) -> None:
    """Rule: where the matrix is read by rows at all steps alike, no formula contradicts another, but the numbers do."""
    cells = _printed()
    for row in _ROWS:
        for h, weight in zip("HIJ", "BCD", strict=True):
            terms = [f"$E{row}*{weight}$2", f"$F{row}*{weight}$3"]
            terms += [
                f"{before}{row - 1}*{c}${'BCD'.index(weight) + 5}" for before, c in zip("HIJ", "BCD", strict=True)
            ]
            cells[f"{h}{row}"] = f"=TANH({'+'.join(terms)}+{weight}$9)"

    assert verdict(cells, tmp_path).code == 3


@pytest.mark.parametrize(("wrong", "code"), [({}, 0), ({"M15": 0.412}, 3), ({"M15": 0.41, "N15": -0.3, "N13": 0.9}, 3)])
def test_few_digits_count_where_most_numbers_agree(wrong: dict[str, object], code: int, tmp_path: Path) -> None:
    """Rule: what was worked out with a pocket calculator to three digits is no target."""
    cells = _printed()
    short = {f"{c}{row}": round(float(str(cells[f"{c}{row}"])), 3) for c in "LMN" for row in _ROWS}

    assert verdict(cells | short | wrong, tmp_path).code == code


def test_targets_are_nothing_that_results_are_compared_with(tmp_path: Path) -> None:
    """Rule: where hardly any number agrees, these are errors, and nobody expects them to be 0."""
    cells = _printed()
    targets = {f"{column}{row}": 0.1234 * row for column in "LMN" for row in _ROWS}

    assert verdict(cells | targets, tmp_path).code == 0


def test_what_is_said_of_a_number_that_is_another_one(tmp_path: Path) -> None:
    """Where two of three agree, the third one is named; where none does, they are targets."""
    cells: dict[str, object] = {f"A{row}": 0.1 * row for row in (1, 2, 3)}
    cells |= {f"B{row}": f"=TANH(A{row})" for row in (1, 2, 3)} | {f"D{row}": f"=B{row}-C{row}" for row in (1, 2, 3)}
    printed = {f"C{row}": round(math.tanh(0.1 * row), 6) for row in (1, 2, 3)}

    def said(more: dict[str, object]) -> list[str]:
        found = sheet(cells | more, tmp_path)
        return [*compared_otherwise(found.table, found.values)]

    assert said(printed) == []
    assert said({**printed, "C2": 0.318742}) == ["S!B2 is compared with S!C2, but is not what was typed there"]
    assert said({"C1": 0.712345, "C2": 0.318742, "C3": 0.951234}) == []
    of_two = {f"{d}{row}": f"={a}{row}-$B{row}" for a, d in ("CD", "EF") for row in (1, 2, 3)}
    others = {f"E{row}": printed[f"C{row}"] for row in (1, 2, 3)}
    assert said({**of_two, **printed, **others, "E2": 0.318742}) == []  # the other learner's answer is the right one


def _scaled(*rows: int) -> dict[str, object]:
    return {f"C{row}": f"=(B{row}-MIN(B$3:B$7))/(MAX(B$3:B$7)-MIN(B$3:B$7))" for row in rows}


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({}, []),
        ({"C5": 0.5468}, ["S!C5 is a typed number among formulas filled alike; it is right only if that is meant"]),
        ({"C3": 0.1}, []),  # a line may begin with a number
        ({"C7": 0.9}, []),
        ({"C4": 0.2, "C6": 0.6}, []),  # inputs and results may take turns
        ({"C4": "=B4/7"}, []),
        ({"C3": 0, "C6": 0, **_scaled(8)}, []),  # series of three begin
        (
            {"C3": 0, "C6": 0, **_scaled(8, 9)},
            ["S!C6 is a typed number among formulas filled alike; it is right only if that is meant"],
        ),
        (
            {"C3": 0.1, "C6": 0, **_scaled(8)},
            ["S!C6 is a typed number among formulas filled alike; it is right only if that is meant"],
        ),
    ],
)
def test_a_number_typed_among_formulas(cells: dict[str, object], said: list[str], tmp_path: Path) -> None:
    """Rule: it was typed over one of them, unless somebody meant that; at an end it may be what they begin with."""
    scaled = _scaled(*range(3, 8))
    numbers = {f"B{row}": 0.37 * row**2 for row in range(3, 8)}
    table = CellTable(read_workbook(save({**numbers, **scaled, **cells}, tmp_path / "w.xlsx")))

    assert [*typed_among_formulas(table)] == said
    assert not any(typed_among_formulas(table, [("S", 4, 2), ("S", 5, 2)]))


_WORDS = ("cat", "dog", "bird")


def _codes(wrong: dict[str, object]) -> dict[str, object]:
    """Words as codes of 1 and 0, a row each, below their list, and a number beside the block."""
    cells: dict[str, object] = {f"{c}1": word for c, word in zip("BCD", _WORDS, strict=True)} | {"F2": 7}
    for row, word in enumerate(_WORDS, 2):
        cells |= {f"A{row}": word, **{f"{c}{row}": f"=IF($A{row}={c}$1,1,0)" for c in "BCD"}}
    return cells | wrong


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({}, []),
        ({"D4": 0}, ["D4"]),
        ({"B2": 1}, ["B2"]),
        ({"C3": 1}, ["C3"]),
        ({"D4": 0, "C4": 0}, []),  # a row of which nobody knows how it goes on
        ({f"B{row}": 1 for row in (2, 3, 4)}, []),  # a column of its own
        ({"D2": 0, "D3": "=D2+C3", "D4": "=D3+C4"}, []),  # what its column does is not what its row does
    ],
)
def test_a_number_in_the_corner_of_a_block_is_told(wrong: dict[str, object], told: list[str], tmp_path: Path) -> None:
    """Rule: a number that ends a row and a column, from which the same would be filled there, is typed over it."""
    table = CellTable(read_workbook(save(_codes(wrong), tmp_path / "w.xlsx")))
    assert [why.split()[0] for why in typed_among_formulas(table)] == [f"S!{name}" for name in told]
