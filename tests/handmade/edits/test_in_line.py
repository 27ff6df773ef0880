"""Cells that break their lines: wrong if the others of a line say what they should be, and layers fit with that."""

from __future__ import annotations

import math
from functools import partial
from pathlib import Path

import pytest
from equation_sheets import answer, dense, save, simple_rnn
from recognised_sheets import sheet

from fixtures.handmade.drawn.score import answer as answer_of
from xlcheck.engines import engine
from xlcheck.handmade import search
from xlcheck.handmade.accepting.bench import Bench
from xlcheck.handmade.accepting.by_equations import settled
from xlcheck.handmade.edits.in_line import settled_in_line
from xlcheck.handmade.families.odd_ones import OddOnes
from xlcheck.handmade.reading.cell_terms import CellTerms
from xlcheck.handmade.reading.cells import CellTable, show
from xlcheck.handmade.reading.engine_choice import answers_of
from xlcheck.oracle.on_request import keras_if_installed
from xlcheck.verdicts.tolerance import Tolerance
from xlcheck.workbook.reader import read_workbook

pytestmark = pytest.mark.keras

_COPIED = {"I14": simple_rnn(5)["J13"]}
_SEVERAL = {"H14": "=E14", "J15": "=H13", "I13": 0.25}


def _odd(cells: dict[str, object], folder: Path) -> list[str]:
    table = CellTable(read_workbook(save(cells, folder / "w.xlsx")))
    terms = CellTerms(table, answers_of(table, engine("ironcalc")).values)
    return list(dict.fromkeys(show(own.cell) for own in OddOnes(terms, table, ()).odd()))


def test_in_a_filled_table_no_cell_is_odd(tmp_path: Path) -> None:
    """Three units at five steps, filled down: nobody breaks a line."""
    assert _odd(simple_rnn(5), tmp_path) == []


def test_what_breaks_its_line_is_odd(tmp_path: Path) -> None:
    """Formulas that were pasted or fetched, and a number between two formulas; what reads them is not."""
    assert _odd(simple_rnn(5) | _COPIED, tmp_path) == ["S!I14"]
    assert sorted(_odd(simple_rnn(5) | _SEVERAL, tmp_path)) == ["S!H14", "S!I13", "S!J15"]


def test_a_number_asks_formulas_right_beside_it_only(tmp_path: Path) -> None:
    """Rule: a number that blank cells part from the formulas of its line is a note, whatever these say."""
    assert _odd(simple_rnn(7) | {"I15": 0.25}, tmp_path) == ["S!I15"]
    assert _odd(simple_rnn(7) | {"I15": 0.25, **dict.fromkeys(("H15", "J15", "I14", "I16"))}, tmp_path) == []


@pytest.mark.parametrize(("wrong", "roots"), [(_COPIED, ["S!I14"]), ({}, [])])
def test_what_the_others_of_a_line_say_settles_it(wrong: dict[str, object], roots: list[str], tmp_path: Path) -> None:
    """Rule: where layers fit with that, the odd cell is the wrong one; where all is right, nothing is said anew."""
    recompute = keras_if_installed()
    assert recompute is not None
    own = sheet(simple_rnn(5) | wrong, tmp_path)
    answers, tolerance = answers_of(own.table, engine("ironcalc")), Tolerance(1e-12, 1e-12, 0.0, {})
    bench = partial(Bench, own.part, answers, recompute, tolerance, 0, own.terms)
    layers = settled(own.arrangement, own.part, bench())
    lined = settled_in_line(own.part, own.terms, own.arrangement, bench, layers)

    assert sorted(map(show, lined.roots)) == roots
    assert (lined is layers) is not bool(wrong)


def test_an_odd_cell_is_wrong(tmp_path: Path) -> None:
    """A formula that was copied from elsewhere without its references moving along: it alone."""
    assert answer(simple_rnn(5) | _COPIED, tmp_path) == (1, {"I14"})


def test_several_odd_cells_are_wrong_together(tmp_path: Path) -> None:
    """Three mistakes in one layer, each in another unit and step: just these."""
    assert answer(simple_rnn(5) | _SEVERAL, tmp_path) == (1, {"H14", "J15", "I13"})


def test_one_against_one_is_no_line(tmp_path: Path) -> None:
    """Two units of two samples: one formula says nothing of the other, so no cell is odd, whichever is wrong."""
    assert _odd(dense(2) | {"I8": "=E8"}, tmp_path) == []


@pytest.mark.parametrize(
    "seed",
    [
        pytest.param(3025, id="the first share of a softmax reads elsewhere", marks=pytest.mark.exhaustive),
        pytest.param(3019, id="numbers among formulas are inputs"),
        pytest.param(3035, id="an exponential was pasted over"),
    ],
)
def test_odd_ones_of_drawn_layouts(seed: int) -> None:
    """Formulas that were exchanged, pasted or fetched in filled tables: just these cells."""
    assert answer_of(seed, [1], jumble=True).outcome == "exact"


@pytest.mark.parametrize(
    "seed",
    [
        pytest.param(170039, id="a product with a blank state beside other formulas is not odd"),
        pytest.param(170043, id="a step that reads nothing", marks=pytest.mark.exhaustive),
    ],
)
def test_odd_ones_of_first_networks(seed: int) -> None:
    """In a first network two steps say little of each other; what is wrong is found all the same."""
    assert answer_of(seed, [1], "toy").outcome == "exact"


@pytest.mark.parametrize("seed", [pytest.param(3015, marks=pytest.mark.exhaustive), 3025])
def test_who_reads_an_odd_cell_is_not_blamed(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a look at lines: a formula that is filled like right ones is not to blame for what stands where it reads.

    In 3015 two formulas at the end of their rows were exchanged; in 3025 a logit has lost its share of a softmax.
    """
    monkeypatch.setattr(search, "settled_in_line", lambda *own: own[-1])
    assert answer_of(seed, [1], jumble=True).outcome == "silent"


def test_what_is_wrong_once_lines_are_mended_is_mended_too(tmp_path: Path) -> None:
    """A formula that nobody misses once another one is mended is wrong as well, if its line has it otherwise."""
    right = simple_rnn(5)
    wrong = {"H14": str(right["H14"]).replace("+B$9", ""), "J14": "=E14", "I15": str(right["J15"])}
    assert answer(right | wrong, tmp_path) == (1, {*wrong})


def test_a_rounded_formula_says_what_others_should_be(tmp_path: Path) -> None:
    """Of three units one rounds a sum: it is wrong, and so is the formula below it that was pasted."""
    right = simple_rnn(5)
    wrong = {"I13": f"=ROUND({str(right['I13']).removeprefix('=')},2)", "I14": right["J13"]}
    assert answer(right | wrong, tmp_path) == (1, {*wrong})


def test_a_column_outvotes_what_was_filled_into_its_row(tmp_path: Path) -> None:
    """Rule: where a `$` was forgotten before a formula was filled to the right, the cells of its row are alike, and yet
    all others of their columns have it otherwise."""
    cells: dict[str, object] = {"B1": 0.4, "C1": -0.7, "D1": 0.2, "B2": -0.3, "C2": 0.5, "D2": 0.6}
    for row in range(5, 13):
        cells |= {f"A{row}": 0.3 * row - 1.7, f"B{row}": 1.1 - 0.04 * row * row, f"K{row}": f"=SUM(H{row}:J{row})"}
        for weight, z, e, share in zip("BCD", "DEF", "HIJ", "LMN", strict=True):
            cells |= {f"{z}{row}": f"=$A{row}*{weight}$1+$B{row}*{weight}$2", f"{e}{row}": f"=EXP({z}{row})"}
            cells[f"{share}{row}"] = f"={e}{row}/$K{row}"
    assert answer(cells, tmp_path) == (0, set())
    assert answer(cells | {"M8": "=I8/L8", "N8": "=J8/M8"}, tmp_path) == (1, {"M8", "N8"})


def test_a_window_apart_from_those_all_around_it_is_wrong(tmp_path: Path) -> None:
    """Rule: of windows that go on by more than a cell, one between others that goes on otherwise is the root."""
    numbers = {f"{c}{r}": round(math.sin(7.3 * r + 2.9 * k), 2) for r in range(1, 7) for k, c in enumerate("ABCDEF")}
    cells: dict[str, object] = {"H1": -0.05, "I1": 0.31, "H2": 0.33, "I2": -0.71, "H3": "b", "I3": 0.05, **numbers}
    for row, top in ((9, 1), (10, 3), (11, 5)):
        for column, (left, right) in zip("ABC", ("AB", "CD", "EF"), strict=True):
            cells[f"{column}{row}"] = f"=SUMPRODUCT({left}{top}:{right}{top + 1},$H$1:$I$2)+$I$3"
        cells |= {f"{after}{row}": f"=MAX(0,{column}{row})" for column, after in zip("ABC", "FGH", strict=True)}
    assert answer(cells, tmp_path) == (0, set())
    assert answer(cells | {"B10": "=SUMPRODUCT(B3:C4,$H$1:$I$2)+$I$3"}, tmp_path) == (1, {"B10"})


def test_a_last_window_that_stops_short_is_not_blamed(tmp_path: Path) -> None:
    """Rule: where a line of windows ends, the last one may overlap the one before, as there is nothing more to read."""
    cells: dict[str, object] = {"A1": 0.7, "B1": -0.4, "C1": "b", "D1": 0.1}
    cells |= {f"{c}3": round(math.sin(2.9 * k), 2) for k, c in enumerate("ABCDEFGHIJKLMNO")}
    for place, (left, right) in enumerate(("AB", "CD", "EF", "GH", "IJ", "KL", "MN", "NO")):
        column = "ABCDEFGH"[place]
        cells |= {f"{column}5": f"=SUMPRODUCT({left}3:{right}3,$A$1:$B$1)+$D$1", f"{column}6": f"=MAX(0,{column}5)"}
    assert answer(cells, tmp_path)[1] == set()


def test_an_activation_of_a_cell_beside_it_is_no_sum(tmp_path: Path) -> None:
    """Rule: where sums and their activations stand in one row, and a row below tries other inputs without cells for the
    sums, an activation is none of the sums before and behind it that somebody has filled wrongly."""
    cells: dict[str, object] = dict(
        zip(("A3", "B3", "C3", "D3", "A6", "B6"), (0.85, -0.61, 1, 1, 0.69, 0.18), strict=True)
    )
    weights = (0.74, 0.41, -0.55, -0.48, 0.07, -0.28, 0.76, -0.72, 0.91, 0.14, 0.76, 0.26)
    cells |= {f"{column}3": weight for column, weight in zip("EFGHIJKLMNOP", weights, strict=True)}
    cells |= {"R3": "=E3*A3+G3*B3", "S3": "=F3*A3+H3*B3", "T3": "=MAX(0,R3)", "U3": "=MAX(0,S3)"}
    cells |= {"V3": "=I3*T3+K3*U3", "W3": "=J3*T3+L3*U3", "X3": "=1/(1+EXP(-1*V3))", "Y3": "=1/(1+EXP(-1*W3))"}
    cells |= {"Z3": "=M3*X3+O3*Y3", "AA3": "=N3*X3+P3*Y3", "AB3": "=1/(1+EXP(-1*Z3))", "AC3": "=1/(1+EXP(-1*AA3))"}
    cells |= {"AH3": "=(AB3-C3)/2", "AI3": "=(AC3-D3)/2"}
    cells |= {"AJ3": "=(AH3*M3+AI3*N3)*X3*(1-X3)", "AK3": "=(AH3*O3+AI3*P3)*Y3*(1-Y3)"}
    cells |= {"AL3": "=(AJ3*I3+AK3*J3)*IF(R3>0,1,0)", "AM3": "=(AJ3*K3+AK3*L3)*IF(S3>0,1,0)"}
    cells |= {"C6": "=MAX(0,E3*A6+G3*B6)", "D6": "=MAX(0,F3*A6+H3*B6)"}
    cells |= {"E6": "=1/(1+EXP(-(I3*C6+K3*D6)))", "F6": "=1/(1+EXP(-(J3*C6+L3*D6)))"}
    cells |= {"G6": "=1/(1+EXP(-(M3*E6+O3*F6)))", "H6": "=1/(1+EXP(-(N3*E6+P3*F6)))"}

    assert answer(cells, tmp_path) == (3, set())


def test_a_copy_twice_where_another_is_missing_may_be_wrong_in_either_place(tmp_path: Path) -> None:
    """Rule: of two copies of one cell, either of which would do as the copy that is missing, none is blamed, though
    one continues its line."""
    cells: dict[str, object] = {"A1": 0.4, "B1": -0.7, "C1": 1.1}
    for n, cell in enumerate(("G11", "H11", "G12", "H12")):
        w = [round(0.37 * (n + 1) * (k + 1) % 1 - 0.5, 2) for k in range(3)]
        cells |= {f"{c}{4 + n}": number for c, number in zip("ABCD", (*w, 0.1 * n + 0.2), strict=True)}
        cells[cell] = f"=MAX(0,SUMPRODUCT($A$1:$C$1,A{4 + n}:C{4 + n})+D{4 + n})"
    cells |= {f"A{row}": f"={source}" for row, source in zip(range(18, 22), ("G11", "H11", "G12", "H12"), strict=True)}
    for n, column in enumerate("CD"):
        cells |= {f"{column}{row}": round(0.29 * (row - 17) * (n + 1) % 1 - 0.4, 2) for row in range(18, 23)}
        cells[f"{column}23"] = f"=TANH(SUMPRODUCT($A$18:$A$21,{column}18:{column}21)+{column}22)"

    assert answer(cells, tmp_path) == (0, set())
    assert answer(cells | {"A20": "=H11"}, tmp_path, 5) == (3, set())


def test_a_slip_is_found_beside_what_is_only_shown(tmp_path: Path) -> None:
    """Rule: results in other units, of which nobody computes anything, need no verdict for a slip to be one."""
    cells = dense(5) | {f"L{row}": f"=I{row}*9/5+32" for row in range(8, 13)}
    slip = str(cells["I8"]).replace("TANH(", "(")

    assert answer(cells, tmp_path) == (0, set())
    assert answer(cells | {"I8": slip}, tmp_path) == (1, {"I8"})


def test_a_layer_begins_with_states_of_one_step(tmp_path: Path) -> None:
    """Rule: of two readings of another's state the one that makes all states those of one step is right."""
    cells: dict[str, object] = {
        f"{c}{row}": round(0.37 * row - 0.61 * n - 0.4, 2) for row in (1, 2, 3, 5) for n, c in enumerate("JKNO")
    }  # fmt: skip
    cells |= {"B9": "t", "B12": "t"}
    for row, x in ((2, -0.5), (3, 0.8), (4, 0.3), (6, 1.2), (7, -0.9)):
        cells[f"B{row}"] = x
        before, (one, other) = row - (2 if row == 6 else 1), ("JK" if row < 5 else "NO")
        for h, w in (("D", one), ("E", other)):
            state = f"+D{before}*{w}$2+E{before}*{w}$3" if row > 2 else ""
            cells[f"{h}{row}"] = f"=TANH(B{row}*{w}$1{state}+{w}$5)"
    assert answer(cells, tmp_path) == (0, set())
    assert answer(cells | {"E6": "=TANH(B6*O$1+D3*O$2+E4*O$3+O$5)"}, tmp_path)[1] <= {"E6"}
    assert answer(cells | {"D6": "=TANH(B6*N$1+D4*N$2+E3*N$3+N$5)"}, tmp_path)[1] <= {"D6"}


def test_a_formula_between_two_others_is_in_line_with_them_only_if_more_say_so(tmp_path: Path) -> None:
    """What is computed from an output stands between two outputs, before and after a change of the inputs."""
    cells: dict[str, object] = {"B2": 0.15, "D2": 1, "J6": 0.1, "K6": -0.2, "J7": 1.1, "K7": -0.9, "J8": 0.2}
    for column, (x, one, other) in zip("BCD", ((0.51, -0.68, 0.3), (0.44, 0.92, 0.8), (0.74, -0.59, 0.4)), strict=True):
        back = f"=$J$11*($J$7*(1-$J$9^2)*{column}6+$K$7*(1-$K$9^2)*{column}7)"
        cells |= {f"{column}5": x, f"{column}6": one, f"{column}7": other, f"{column}9": back}
        cells |= {f"{column}10": f"=SIGN({column}9)", f"{column}11": f"=MAX(0,MIN(1,{column}5+$B$2*{column}10))"}
    for row, x in ((9, 5), (13, 11)):
        cells[f"J{row}"] = f"=TANH(SUMPRODUCT(B{x}:D{x},B6:D6)+J6)"
        cells[f"K{row}"] = f"=TANH(SUMPRODUCT(B{x}:D{x},B7:D7)+K6)"
        cells[f"J{row + 1}"] = f"=1/(1+EXP(-(J{row}*J7+K{row}*K7+J8)))"
    cells |= {"J11": "=J10-D2", "J15": "=J10-J14"}
    assert answer(cells, tmp_path)[1] == set()
