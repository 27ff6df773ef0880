"""Look-ups that give something else than what they look up, though they are filled alike everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from equation_sheets import answer, save

from xlcheck.api import check
from xlcheck.engines import engine
from xlcheck.handmade.beside.lookups import looked_up_wrongly
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.engine_choice import answers_of
from xlcheck.workbook.reader import read_workbook

_LIST = {
    "A1": "word", "A2": "this", "A3": "is", "A4": "good", "B1": 9.0, "B2": 0.1, "B3": 0.2, "B4": 0.3,
    "D1": 1.0, "D2": 2.0, "D3": 5.0, "F1": 5.0, "F2": 2.0, "F3": 1.0,
    "L1": 2.0, "L2": 3.0, "L3": "=SUM(L1:L2)",
    "H1": "a", "I1": "b", "J1": "c", "H2": 0.1, "I2": 0.7, "J2": 0.2, "C9": "good",
}  # fmt: skip
"""Words and their numbers in A and B, sorted numbers in D, falling ones in F, and shares in H2:J2 below their names."""


@pytest.mark.parametrize(
    ("formula", "says"),
    [
        ("INDEX(B2:B4,MATCH(C9,A2:A4,0))", None),
        ("INDEX(B1:B4,MATCH(C9,A2:A4,0))", "not in line"),
        ("INDEX(B3:B5,MATCH(C9,A2:A4,0))", "not in line"),
        ("INDEX(A2:B4,MATCH(C9,A2:A4,0),2)", None),
        ("INDEX(A1:B4,MATCH(C9,A2:A4,0),2)", "not in line"),
        ("INDEX(B:B,MATCH(C9,A:A,0))", None),
        ("INDEX(B:B,MATCH(C9,A1:A9,0))", None),
        ("INDEX(B:B,MATCH(C9,A2:A4,0))", "not in line"),
        ("INDEX(H1:J1,MATCH(MAX(H2:J2),H2:J2,0))", None),
        ("INDEX(G1:J1,MATCH(MAX(H2:J2),H2:J2,0))", "not in line"),
        ("INDEX(G1:I1,MATCH(MAX(H2:J2),H2:J2,0))", "not in line"),
        ("INDEX(A2:A4,MATCH(MAX(H2:J2),H2:J2,0))", None),  # names of the shares that stand in a column
        ("INDEX(A2:A3,MATCH(MAX(H2:J2),H2:J2,0))", "not in line"),
        ('INDEX({"x","y","z"},MATCH(MAX(H2:J2),H2:J2,0))', None),
        ('INDEX({"x";"y"},MATCH(MAX(H2:J2),H2:J2,0))', "takes one of 2"),
        ("INDEX(A1:J2,1,MATCH(MAX(H2:J2),H2:J2,0))", "not in line"),
        ("INDEX(H1:J2,1,MATCH(MAX(H2:J2),H2:J2,0))", None),
        ("LOOKUP(2,D1:D3,B1:B3)", None),
        ("LOOKUP(2,D1:D3,B1:B4)", None),  # they begin in one line
        ("LOOKUP(2,D1:D3,D2:D4)", "not in line"),
        ("SUMIF(A2:A4,C9,B2:B4)", None),
        ("SUMIF(A2:A4,C9,B1:B3)", "not in line"),
        ("SUMIF(A2:A3,C9,B2:B3)", "leaves out what stands at S!A4"),
        ("COUNTIF(A2:A3,C9)", "leaves out what stands at S!A4"),
        ('AVERAGEIF(A3:A4,"this",B3:B4)', "leaves out what stands at S!A2"),
        ('SUMIF(A2:A3,"is",B2:B3)', None),
        ("COUNTIF(L1:L2,5)", None),  # the total below them is 5, too
        ("COUNTIF(XA900:XA990,5)", None),  # beyond the worksheet
        ("COUNTIF(D1:D2,5)", "leaves out what stands at S!D3"),
        ("XLOOKUP(C9,A2:A4,B2:B4)", None),
        ("XLOOKUP(C9,A2:A4,B1:B3)", "not in line"),
        ("VLOOKUP(C9,A2:B4,2,FALSE)", None),
        ("VLOOKUP(C9,A2:B4,2,0)", None),
        ("VLOOKUP(C9,A2:B4,2)", "not sorted"),
        ("VLOOKUP(C9,A2:B4,2,TRUE)", "not sorted"),
        ("VLOOKUP(2,D1:E3,1)", None),
        ("HLOOKUP(0.7,H2:J3,1)", "not sorted"),
        ("MATCH(2,D1:D3)", None),
        ("MATCH(2,F1:F3)", "not sorted"),
        ("MATCH(2,F1:F3,-1)", None),
        ("MATCH(2,D1:D3,-1)", "not sorted"),
        ("LOOKUP(2,F1:F3,B1:B3)", "not sorted"),
    ],
)
def test_what_is_found_is_taken_from_beside_it(formula: str, says: str | None, tmp_path: Path) -> None:
    """Rule: what is taken stands in line with what is searched, and the nearest is sought in a sorted list alone."""
    table = CellTable(read_workbook(save({**_LIST, "C10": f"={formula}"}, tmp_path / "w.xlsx")))
    values = answers_of(table, engine("ironcalc", guarded=False)).values
    said = [*looked_up_wrongly(table, values, table.texts)]

    assert len(said) == (says is not None)
    assert all(why.startswith("S!C10 ") and str(says) in why for why in said)


def _embedded(wrong: Mapping[str, object]) -> dict[str, object]:
    """Three sentences side by side, of three words each, and the two numbers of each word below one another."""
    cells: dict[str, object] = {"E2": -1.05, "F2": -0.75, "E3": -0.28, "F3": 1.16, "E5": -0.63, "F5": 0.7, "E6": -0.39}
    cells |= {"F6": 0.21, "E8": 0.05, "F8": 0.1, "H2": 0.07, "H3": 0.18, "H4": -0.3}
    vectors = ((0.62, 1.07), (-0.85, 0.31), (0.18, -0.27), (-1.22, -0.28), (0.47, -1.31), (-0.8, 0.4))
    for row, own in enumerate(vectors, 2):
        cells |= {f"A{row}": row - 2, f"B{row}": own[0], f"C{row}": own[1]}
    for column, words in zip("CDE", ((0, 1, 2), (3, 1, 4), (5, 5, 2)), strict=True):
        for step, word in enumerate(words):
            cells[f"{column}{12 + step}"] = word
            for number in (0, 1):
                look_up = f"=VLOOKUP({column}{12 + step},$A$2:$C$7,{2 + number},FALSE)"
                cells[f"{column}{16 + 2 * step + number}"] = look_up
            for unit, weights in enumerate("EF"):
                one, other = (f"{column}{row + 2 * step}*${weights}$" for row in (16, 17))
                before = f"+{column}{20 + 2 * step}*${weights}$5+{column}{21 + 2 * step}*${weights}$6" if step else ""
                cells[f"{column}{22 + 2 * step + unit}"] = f"=TANH({one}2+{other}3{before}+${weights}$8)"
        cells[f"{column}30"] = f"=1/(1+EXP(-({column}26*$H$2+{column}27*$H$3+$H$4)))"
    return cells | wrong


@pytest.mark.keras
@pytest.mark.usefixtures("a_short_search")
@pytest.mark.parametrize(
    ("cell", "word"), [("C19", "C12"), ("D18", "D12"), ("D17", "D13"), ("E20", "E13"), ("C16", "D12")]
)
def test_two_numbers_of_one_step_are_those_of_one_word(cell: str, word: str, tmp_path: Path) -> None:
    """Rule: where one of them is typed, or looked up by another word, as at no other step, that is no pass; nobody is
    blamed for a word that is said twice, which looks like a rule of its own."""
    assert answer(_embedded({}), tmp_path) == (0, set())
    number = 2 + int(cell[1:]) % 2
    for wrong in (f"=VLOOKUP({word},$A$2:$C$7,{number},FALSE)", 0.43):
        code, roots = answer(_embedded({cell: wrong}), tmp_path)
        assert code in {1, 3}
        assert roots <= {cell}


def _listed(wrong: Mapping[str, object]) -> dict[str, object]:
    """Six sentences of two words, a row each from 10 on: numbers of words in D to G, states in H, I, P and Q."""
    cells: dict[str, object] = {"K1": 0.63, "L1": -0.7, "K2": 0.39, "L2": 0.21, "K4": -0.52, "L4": 0.3, "K5": 0.8}
    cells |= {"L5": 0.44, "K7": 0.05, "L7": -0.1, "N1": 1.2, "N2": -0.9, "N3": 0.15}
    words = {
        "good": (0.62, 1.07),
        "bad": (-0.85, 0.31),
        "very": (0.18, -0.27),
        "not": (-1.22, -0.28),
        "so": (0.47, -1.31),
    }
    for row, (word, own) in enumerate(words.items(), 2):
        cells |= {f"A{row}": word, f"B{row}": own[0], f"C{row}": own[1]}
    pairs = ("very good", "not bad", "so good", "very bad", "not so", "so very")
    for row, (one, other) in enumerate((own.split() for own in pairs), 10):
        cells |= {f"A{row}": one, f"B{row}": other}
        for column, word, number in (("D", "A", 2), ("E", "A", 3), ("F", "B", 2), ("G", "B", 3)):
            cells[f"{column}{row}"] = f"=VLOOKUP(${word}{row},$A$2:$C$6,{number},FALSE)"
        for unit, weights in enumerate("KL"):
            first = f"D{row}*${weights}$1+E{row}*${weights}$2+${weights}$7"
            second = f"F{row}*${weights}$1+G{row}*${weights}$2+H{row}*${weights}$4+I{row}*${weights}$5+${weights}$7"
            cells |= {f"{'HI'[unit]}{row}": f"=TANH({first})", f"{'PQ'[unit]}{row}": f"=TANH({second})"}
        cells[f"R{row}"] = f"=1/(1+EXP(-(P{row}*$N$1+Q{row}*$N$2+$N$3)))"
    return cells | wrong


@pytest.mark.keras
@pytest.mark.parametrize(("cell", "read"), [("E12", "$A11"), ("F13", "$B12"), ("G12", "$A12"), ("D13", "$A14")])
def test_a_number_of_another_word_is_wrong_among_those_of_a_list(cell: str, read: str, tmp_path: Path) -> None:
    """Rule: all rows above and below look up their own word. It is no empty cell, and no other row is odd."""
    if cell == "E12":
        assert answer(_listed({}), tmp_path) == (0, set())
    number = {"D": 2, "E": 3, "F": 2, "G": 3}[cell[0]]
    save(_listed({cell: f"=VLOOKUP({read},$A$2:$C$6,{number},FALSE)"}), tmp_path / "w.xlsx")
    report = check(tmp_path / "w.xlsx")
    assert [root.cell for root in report.roots] == [cell]
    assert report.roots[0].diagnosis != "empty-cell-read"
    assert not any("pattern" in own for own in report.reservations)


@pytest.mark.keras
def test_words_beside_those_that_are_looked_up_are_meant_to_be_read(tmp_path: Path) -> None:
    """Rule: where the second word of each sentence is looked up by the first one, the second words are read by none."""
    wrong = {
        f"{c}{row}": f"=VLOOKUP($A{row},$A$2:$C$6,{n},FALSE)" for row in range(10, 16) for c, n in (("F", 2), ("G", 3))
    }
    assert answer(_listed(wrong), tmp_path) == (3, set())


@pytest.mark.parametrize(
    ("texts", "why"),
    [
        (("A1 B1 2 2", "A1 B1 3 3", "A1 B1 4 4"), None),
        (
            ("A1 B1 2 2", "A1 A1 3 3", "A1 B1 4 4"),
            "up the same cell twice, where the others of its line look up different ones",
        ),
        (
            ("A1 B1 2 2", "A1 B1 3 4", "A1 B1 4 4"),
            "up by different numbers, where the others of its line repeat the same one",
        ),
        (("A1 B1 2 2", "A1 B1 3 2", "A1 B1 4 2"), None),
        (("A1 B1 2 2", "A1 A1 3 3"), None),
        (("A1 B1 2 2 5", "A1 B1 3 3 5", "A1 B1 4 4 5"), None),
        (("A1 B1 2 2 5", "A1 B1 3 3 6", "A1 B1 4 4 5"), "what it looks up otherwise than the others of its line"),
    ],
)
def test_what_looks_up_less_than_all_others_of_its_line_is_doubted(
    texts: tuple[str, ...], why: str | None, tmp_path: Path
) -> None:
    """Rule: two lookups by words and columns that are another one's in one formula only; a 2 may be a factor, too."""
    cells: dict[str, object] = {"A1": "a", "B1": "b", "J1": "a", "J2": "b"} | {
        f"{c}{r}": r for c in "KLMN" for r in (1, 2)
    }
    for place, text in zip("DEF", texts, strict=False):
        one, other, first, second, *scale = text.split()
        both = f"VLOOKUP(${one},$J$1:$N$2,{first},0)+VLOOKUP(${other},$J$1:$N$2,{second},0)"
        cells[f"{place}1"] = f"=({both})/{scale[0]}" if scale else f"={both}"
    table = CellTable(read_workbook(save(cells, tmp_path / "w.xlsx")))
    said = [*looked_up_wrongly(table, table.recalculate(engine("ironcalc").open(tmp_path / "w.xlsx")), table.texts)]
    assert said == ([] if why is None else [f"S!E1 {'scales' if len(texts[0].split()) > 4 else 'looks'} {why}"])


@pytest.mark.parametrize(
    ("key", "column", "told"),
    [
        ("$B1", "O$1:O$4", []),
        ("$A1", "O$1:O$4", ["S!F1 looks up by S!A1, and S!E1 beside it by S!B1"]),
        ("$A1", "P$1:P$4", []),
    ],
    ids=["its own", "another one", "of another table"],
)
def test_columns_of_one_table_are_looked_up_by_one_key(key: str, column: str, told: list[str], tmp_path: Path) -> None:
    """Rule: two formulas side by side find what stands side by side for the same word or number."""
    cells: dict[str, object] = {f"{c}{r}": 0.1 * r + k for k, c in enumerate("KLNOP") for r in range(1, 5)}
    cells |= {"A1": 3, "B1": 2, "C1": "=INDEX(K$1:K$4,$A1)", "D1": "=INDEX(L$1:L$4,$A1)", "E1": "=INDEX(N$1:N$4,$B1)"}
    cells["F1"] = f"=INDEX({column},{key})"
    table = CellTable(read_workbook(save(cells, tmp_path / "w.xlsx")))
    values = table.recalculate(engine("ironcalc").open(tmp_path / "w.xlsx"))
    assert [*looked_up_wrongly(table, values, table.texts)] == told


@pytest.mark.parametrize(
    ("heads", "says"),
    [
        (("P(a)", "P(b)", "P(c)"), None), (("a", "B", "share of c"), None),
        (("P(b)", "P(a)", "P(c)"), "not in line"), (("P(a)", "P(b)", "sum"), "not in line"),
    ],
)  # fmt: skip
def test_what_headings_call_alike_belongs_together(heads: tuple[str, ...], says: str | None, tmp_path: Path) -> None:
    """Rule: shares that stand a column beside the words may be looked up by these, if each is called by its own."""
    cells = {**_LIST, "I5": heads[0], "J5": heads[1], "K5": heads[2], "I6": 0.1, "J6": 0.7, "K6": 0.2}
    cells["C10"] = "=INDEX(I6:K6,MATCH(C9,H1:J1,0))"
    table = CellTable(read_workbook(save(cells | {"C9": "b"}, tmp_path / "w.xlsx")))
    said = [*looked_up_wrongly(table, answers_of(table, engine("ironcalc", guarded=False)).values, table.texts)]
    assert len(said) == (says is not None)
    assert all("not in line" in why for why in said)
