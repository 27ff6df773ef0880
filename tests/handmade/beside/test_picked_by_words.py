"""Losses that take the probability of a letter by hand, below the letter that should come."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from recognised_sheets import sheet

from xlcheck.handmade.beside.picked_by_words import chosen_by_other_words, looked_up_by_others, picked_otherwise

_LETTERS = {"B": "h", "C": "e", "D": "l", "E": "l"}
_NEXT = {"B": "e", "C": "l", "D": "l", "E": "o"}
_ROWS = {"h": 4, "e": 5, "l": 6, "o": 7}


def _losses() -> dict[str, object]:
    """Letters in row 2, probabilities in rows 4 to 7, the next letters in row 9 and a loss of each in row 10."""
    cells: dict[str, object] = {f"A{row}": f"p {letter}" for letter, row in _ROWS.items()} | {
        "A9": "next",
        "A10": "loss",
    }
    for column, letter in _LETTERS.items():
        cells |= {f"{column}2": letter, f"{column}9": _NEXT[column]}
        cells |= {f"{column}{row}": f"=1/(1+EXP(-0.{row}*{ord(column)}/70))" for row in _ROWS.values()}
        cells[f"{column}10"] = f"=-LN({column}{_ROWS[_NEXT[column]]})"
    return cells


def _turned(cells: Mapping[str, object]) -> dict[str, object]:
    """The same with rows for columns."""
    names = {f"{c}{r}": f"{'ABCDEFGHIJ'[r - 1]}{'ABCDEFGHIJ'.index(c) + 1}" for c in "ABCDE" for r in range(1, 11)}
    found: dict[str, object] = {}
    for cell, own in cells.items():
        text = str(own)
        for old in sorted(names, key=len, reverse=True) if text.startswith("=-LN") else ():
            if f"({old})" in text:
                text = text.replace(f"({old})", f"({names[old]})")
                break
        found[names[cell]] = text if text.startswith("=-LN") else own
    return found


@pytest.mark.parametrize("turn", [dict, _turned], ids=["in rows", "in columns"])
@pytest.mark.parametrize(
    ("other", "count"),
    [
        ({}, 0),
        ({"D10": "=-LN(D5)"}, 1),
        ({"E10": "=-LN(E4)"}, 1),
        ({"D10": "=-LN(D5)", "D9": "e"}, 0),
        ({"D10": "=-LN(D5)", "E10": "=-LN(E4)"}, 0),  # half of them: other words may be meant
        ({"D10": "=-LN(D5)", "D9": None}, 0),
        ({"D10": "=-LN(D5)", "D9": "x"}, 0),  # no class
        ({f"A{row}": None for row in _ROWS.values()} | {"D10": "=-LN(D5)"}, 0),
    ],
)
def test_what_is_taken_by_hand(
    other: dict[str, object], count: int, turn: type[dict[str, object]], tmp_path: Path
) -> None:
    """Rule: the word in line with a loss says which probability it takes, if it does so at most others."""
    cells = {cell: own for cell, own in (_losses() | other).items() if own is not None}
    part = sheet(turn(cells), tmp_path).part
    assert len([*picked_otherwise(part.table, part.precedents)]) == count


def _looked_up(key: str, letters: str = "hell", targets: str = "ello") -> dict[str, object]:
    """Shares of four classes in rows 3 to 6, a step a column; letters, targets, and what is looked up in 10."""
    cells: dict[str, object] = {f"A{row}": word for row, word in zip(range(3, 7), "helo", strict=True)}
    for column, letter, target in zip("BCDE", letters, targets, strict=True):
        cells |= {f"{column}1": letter, f"{column}9": target}
        cells |= {f"{column}{row}": f"=1/(1+EXP(-0.{row}*{ord(column)}/70))" for row in range(3, 7)}
        cells[f"{column}10"] = f"=INDEX({column}3:{column}6,MATCH({column}{key},$A$3:$A$6,0))"
        cells[f"{column}11"] = f"=INDEX($A$3:$A$6,MATCH(MAX({column}3:{column}6),{column}3:{column}6,0))"
        cells[f"{column}12"] = f'=IF({column}1="h",1,0)'
    return cells


@pytest.mark.parametrize("turn", [dict, _turned], ids=["in rows", "in columns"])
def test_what_is_looked_up_by_the_word_of_another_line(turn: type[dict[str, object]], tmp_path: Path) -> None:
    """Rule: words of the list that nobody reads may be those that are meant; what is said most asks for no word."""

    def said(cells: dict[str, object]) -> list[str]:
        part = sheet(cells if turn is dict else _transposed(cells), tmp_path).part
        return [*looked_up_by_others(part.table, part.precedents)]

    (why,) = said(_looked_up("1"))
    first, key, other = ("B10", "B1", "B9") if turn is dict else ("J2", "A2", "I2")
    assert why == f"S!{first} looks up the word of S!{key}, and no formula reads that of S!{other}"
    assert said(_looked_up("9")) == []
    assert said(_looked_up("1", targets="xllo")) == []
    assert said({cell: own for cell, own in _looked_up("1").items() if cell[1:] != "10"}) == []


def _transposed(cells: Mapping[str, object]) -> dict[str, object]:
    """The same with rows for columns, in formulas too."""

    def turned(found: re.Match[str]) -> str:
        column, row = found["column"], int(found["row"])
        return f"{'ABCDEFGHIJKL'[row - 1]}{'ABCDE'.index(column) + 1}"

    name = re.compile(r"\$?(?P<column>[A-E])\$?(?P<row>\d+)(?![\d(])")
    return {name.sub(turned, cell): name.sub(turned, own) if isinstance(own, str) and own.startswith("=") else own
            for cell, own in cells.items()}  # fmt: skip


@pytest.mark.parametrize(
    ("chosen", "is_told"),
    [
        ('IF(E{r}="cat",B{r},IF(E{r}="dog",C{r},D{r}))', False),
        ('IF(E{r}="cat",B{r},IF(E{r}="dog",D{r},C{r}))', True),
        ('IF(E{r}="cat",-LN(B{r}),IF(E{r}="Dog",-LN(C{r}),-LN(D{r})))', False),
        ('IF(E{r}="cat",-LN(C{r}),IF(E{r}="dog",-LN(B{r}),-LN(D{r})))', True),
        ('IFS(E{r}="cat",B{r},E{r}="dog",C{r},E{r}="cow",D{r})', False),
        ('IFS(E{r}="cat",B{r},E{r}="dog",D{r},E{r}="cow",C{r})', True),
        ('IF( E{r} = "cat" , C{r} , IF( "dog" = E{r} , B{r} , D{r} ) )', True),
        ('IF("cat"=E{r},B{r},IF("dog"=E{r},D{r},C{r}))', True),
        ('IF(E{r}="cat",B{r},1-B{r})', False),
        ('IF(E{r}="pet",C{r},B{r})', False),  # no class
        ('IF(E{r}="cat",B{r}*C{r},D{r})', False),
    ],
)
@pytest.mark.parametrize("heading", ["{}", "p {}", "P({})"])
def test_a_formula_chooses_the_class_whose_word_it_asks(
    chosen: str, is_told: bool, heading: str, tmp_path: Path
) -> None:
    """Rule: where the results are called as the words that are asked, each word takes its own."""
    cells: dict[str, object] = {
        f"{c}1": heading.format(own) for c, own in zip("BCD", ("cat", "dog", "cow"), strict=True)
    }
    for row, word in enumerate(("cat", "cow", "dog"), start=2):
        cells |= {f"{c}{row}": 0.1 * row + n / 7 for n, c in enumerate("BCD")}
        cells |= {f"E{row}": word, f"F{row}": "=-LN(" + chosen.format(r=row) + ")"}
    told = [*chosen_by_other_words(sheet(cells, tmp_path).table)]

    assert {own.split(" takes ")[0] for own in told} <= {"S!F2"}
    assert bool(told) is is_told


def test_results_without_names_may_be_chosen_by_any_word(tmp_path: Path) -> None:
    """Rule: what is called otherwise than the words says nothing of them."""
    cells = {"B1": "y1", "C1": "y2", "B2": 0.3, "C2": 0.7, "D2": "no", "F2": '=IF(D2="no",C2,B2)'}
    assert not [*chosen_by_other_words(sheet(cells, tmp_path).table)]


@pytest.mark.parametrize(
    ("chosen", "count"), [('IF(E1="the",B4,B5)', 0), ('IF(E1="cat",B3,B2)^2', 0), ('IF(E1="cat",B2,B3)^2', 1)]
)
def test_words_before_results_are_names_as_well(chosen: str, count: int, tmp_path: Path) -> None:
    """Rule: the results may stand below one another, each behind its word; words of others say nothing."""
    cells: dict[str, object] = {f"A{row}": word for row, word in enumerate(("the", "cat", "sat", "down"), start=2)}
    cells |= {f"B{row}": f"=TANH({row}/7)" for row in range(2, 6)} | {"E1": "cat", "D7": f"=LN({chosen})"}

    assert len([*chosen_by_other_words(sheet(cells, tmp_path).table)]) == count
