"""What stands beside a network and says something else than its results: errors, sums called means, other words."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from equation_sheets import answer, save

from xlcheck.engines import engine
from xlcheck.formulas.algebra import Address
from xlcheck.handmade.beside.said_beside import is_called_what_it_is, said_otherwise
from xlcheck.handmade.reading.cells import CellTable, address_of
from xlcheck.handmade.reading.engine_choice import answers_of
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.workbook.reader import read_workbook

_RESULTS: dict[str, object] = {
    f"B{row}": f"=TANH({number})" for row, number in ((2, 0.4), (3, -0.9), (4, 0.1), (5, 1.3))
}
_RESULTS |= {"A2": "the", "A3": "cat", "A4": "sat", "A5": "down"}
_SQUARES: dict[str, object] = {f"C{row}": f"=B{row}^2" for row in range(2, 6)}


def _said(cells: Mapping[str, object], folder: Path) -> list[str]:
    """What is said of some cells beside four results in B and their words in A."""
    table = CellTable(read_workbook(save({**_RESULTS, **cells}, folder / "w.xlsx")))
    values = answers_of(table, engine("ironcalc", guarded=False)).values
    agreeing: set[Address] = {address_of("S", f"B{row}") for row in range(2, 6)}
    return [*said_otherwise(table, values, Precedents(table), table.texts.keys() - agreeing, agreeing)]


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        pytest.param({"D1": "=1-A2"}, (), id="an error of words alone"),
        pytest.param({"D1": "=IF(B2>0,A2,A3)-1"}, ("S!D1 shows #VALUE!",), id="an error made of results"),
        pytest.param({"D1": "=SQRT(B3)", "D2": "=D1+1"}, ("S!D1 shows #", "S!D2 shows #"), id="and what reads it"),
        pytest.param({"D9": "=AVERAGE(D5:D8)"}, (), id="a mean that waits for numbers"),
        pytest.param({"C7": "mean", "D7": "=AVERAGE(B2:B5)"}, (), id="a mean"),
        pytest.param({"C7": "mean", "D7": "=SUM(B2:B5)"}, ("S!D7 is called 'mean'",), id="a sum"),
        pytest.param({"C7": "total loss", "D7": "=AVERAGE(B2:B5)"}, ("S!D7 is called 'total loss'",), id="no total"),
        pytest.param({"C7": "mean of the sum", "D7": "=SUM(B2:B5)"}, (), id="a word for either"),
        pytest.param({"C7": "highest", "D7": "=MIN(B2:B5)"}, ("S!D7 is called 'highest'",), id="the least"),
        pytest.param({"C7": "result", "D7": "=SUM(B2:B5)"}, (), id="another word"),
        pytest.param({"C7": "mean", "D7": "=SUM(B2:B5)/4"}, (), id="a mean in other words"),
        pytest.param({f"D{row}": f"=A{row}" for row in range(2, 6)}, (), id="words repeated"),
        pytest.param(
            {f"D{row}": f"=A{row if row != 4 else 3}" for row in range(2, 6)},
            ("S!D4 repeats another cell",),
            id="between",
        ),
        pytest.param(
            {f"D{row}": f"=A{row if row != 5 else 4}" for row in range(2, 6)},
            ("S!D5 repeats another cell",),
            id="at the end",
        ),
        pytest.param({"D2": "=A2", "D3": "=A3", "D4": "=A2"}, (), id="words that were chosen"),
        pytest.param({f"D{row}": f"=$A${3 if row % 2 else 2}" for row in range(2, 7)}, (), id="words that take turns"),
        pytest.param({f"D{row}": f"=B{row if row != 4 else 3}" for row in range(2, 6)}, (), id="numbers repeated"),
        pytest.param({**_SQUARES, "C7": "last one", "D7": "=C5"}, (), id="the last one"),
        pytest.param({**_SQUARES, "C7": "last one", "D7": "=C4"}, ("S!D7 is called the last",), id="the last but one"),
        pytest.param({**_SQUARES, "C7": "final", "D7": "=ROUND(C3,2)"}, ("S!D7 is called the last one",), id="rounded"),
        pytest.param({**_SQUARES, "C7": "one", "D7": "=C4"}, (), id="any of them"),
        pytest.param({"D7": '=IF(B2>B3,"the","cat")'}, (), id="the larger one"),
        pytest.param({"D7": '=IF(B3<B2,"the","cat")'}, (), id="the smaller one"),
        pytest.param({"D7": '=IF(B2<B3,"the","cat")'}, ("S!D7 chooses",), id="the wrong way round"),
        pytest.param({"D7": '=IF(B2>=B3,"yes","no")'}, (), id="words for neither"),
        pytest.param({**_SQUARES, "C7": "mean", "D7": "=AVERAGE(C2:C5)"}, (), id="squares"),
        pytest.param({"C7": "hits", "D7": "=B2/(B2+B3)", "C8": "share", "D8": "=B2/(B2+B4)"}, (), id="two shares"),
        pytest.param(
            {"C7": "hits", "D7": "=B2/(B2+B3)", "C8": "share", "D8": "=B2/(B2+B3)"},
            ("S!D8 computes the very same as S!D7",),
            id="a share twice",
        ),
        pytest.param({"C7": "hits", "D7": "=B2/(B2+B3)", "C8": "hits", "D8": "=B2/(B2+B3)"}, (), id="on purpose"),
        pytest.param({"C7": "one", "D7": "=B2", "C8": "two", "D8": "=B2"}, (), id="a copy twice"),
        pytest.param(
            {"C7": "one", "D7": "=INDEX($B$2:$B$5,ROW()-6)", "C8": "two", "D8": "=INDEX($B$2:$B$5,ROW()-6)"}, (),
            id="by its place",
        ),
        pytest.param({**_SQUARES, "D7": "=SUM(B2:C5)/4"}, ("S!D7 describes S!B2 and S!C2,",), id="and what is squared"),
    ],
)  # fmt: skip
def test_what_is_said_of_results_is_true(cells: Mapping[str, object], says: tuple[str, ...], tmp_path: Path) -> None:
    """Rule: no error is made of right results, a number is called what it is, a repeated word is that of its row."""
    said = _said(cells, tmp_path)

    assert [any(why.startswith(start) for start in says) for why in said] == [True] * len(says)


def _classes(**other: object) -> dict[str, object]:
    """Three samples of two inputs, two units, the shares of a softmax, and which share is the largest, in words."""
    cells: dict[str, object] = {"A1": 0.7, "A2": 1.2, "A3": 0.15, "B1": -0.4, "B2": 0.3, "B3": -0.2}
    cells |= {"C5": "cat", "D5": "dog", "E4": "shares"}
    for row, (one, two) in enumerate(((0.3, -0.2), (-0.8, 0.65), (0.55, 0.4)), start=6):
        cells |= {f"A{row}": one, f"B{row}": two}
        cells |= {f"{c}{row}": f"=$A{row}*{w}$1+$B{row}*{w}$2+{w}$3" for c, w in zip("CD", "AB", strict=True)}
        cells |= {f"{c}{row}": f"=EXP({z}{row})/(EXP($C{row})+EXP($D{row}))" for c, z in zip("EF", "CD", strict=True)}
        cells[f"G{row}"] = f"=INDEX($C$5:$D$5,MATCH(MAX(E{row}:F{row}),E{row}:F{row},0))"
        cells[f"I{row}"] = f'=IF(G{row}="cat",1,0)'
    return cells | {"I10": "=SUM(I6:I8)/COUNT(I6:I8)"} | other


@pytest.mark.keras
@pytest.mark.usefixtures("a_short_search")
@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({}, 0),
        ({"I10": "=SUM(I6:I8)/COUNT(I6:J8)"}, 0),  # as many
        ({"I10": "=SUM(I6:I8)/COUNT(E6:F8)"}, 3),
        ({"I10": "=SUM(I6:I8)*COUNT(I6:I8)"}, 3),
        ({"I10": "=SUM(G6:G8)"}, 3),  # words
        ({"I10": '=SUMIF(G6:G8,"cat")'}, 3),
        ({"I10": "=COUNTA(G6:G8)"}, 0),
        ({"G7": "=INDEX($C$5:$D$5,MATCH(LARGE(E7:F7),E7:F7,0))"}, 3),
        ({f"G{row}": f"=INDEX($B$5:$D$5,MATCH(MAX(E{row}:F{row}),E{row}:F{row},0))" for row in (6, 7, 8)}, 3),
        ({"H7": "=I7"}, 0),
        ({"I7": "=E7"}, 3),
    ],
)
def test_a_class_that_is_said_or_counted_wrongly_is_no_pass(
    other: Mapping[str, object], code: int, tmp_path: Path
) -> None:
    """Rule: what is said of the results of a right network, and counted of that, is no pass if it is not so."""
    assert answer(_classes(**other), tmp_path) == (code, set())


def test_what_a_number_is_called_and_gives(tmp_path: Path) -> None:
    """Rule: a sum with that word beside it is one; a mean with it is none, nor is a number that somebody typed."""
    cells = {"C7": "Summe h", "D7": "=SUM(B2:B5)", "C8": "Summe h", "D8": "=AVERAGE(B2:B5)", "C9": "Summe h", "D9": 0.5}
    table = CellTable(read_workbook(save({**_RESULTS, **cells}, tmp_path / "w.xlsx")))
    assert [is_called_what_it_is(address_of("S", f"D{row}"), table) for row in (7, 8, 9)] == [True, False, False]
