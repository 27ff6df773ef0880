"""Networks of which hidden units have no cells: they stand within the formula of what they lead to."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import answer
from recognised_sheets import sheet

from xlcheck.engines import engine
from xlcheck.handmade.accepting.summary import Abstention
from xlcheck.handmade.reading.cell_terms import CellTerms
from xlcheck.handmade.reading.cells import address_of, show
from xlcheck.handmade.reading.engine_choice import answers_of
from xlcheck.handmade.reading.results import result_at
from xlcheck.handmade.rewriting.inner_units import inner_units
from xlcheck.handmade.rewriting.rewritten import rewritten
from xlcheck.handmade.rewriting.with_inner_units import with_inner_units
from xlcheck.verdicts.parts import Part
from xlcheck.verdicts.report import CellResult, Status

pytestmark = [pytest.mark.keras, pytest.mark.usefixtures("a_short_search")]

_UNITS = {
    "tanh": "{v}*TANH({z})",
    "sigmoid": "{v}*(1/(1+EXP(-({z}))))",
    "a quotient": "{v}/(1+EXP(-({z})))",
    "max": "{v}*MAX(0,{z})",
    "if": "IF({z}>0,{z},0)*{v}",
}


def _network(unit: str, rows: int = 4, *, ends: str = "={}", typed: bool = False) -> dict[str, object]:
    """Two inputs a row from row 6 on, two hidden units within the formula of the output, in column D."""
    weights = {
        "A1": 0.71,
        "B1": -0.55,
        "C1": 0.15,
        "A2": -0.41,
        "B2": 0.83,
        "C2": 0.2,
        "A3": 1.1,
        "B3": -0.62,
        "C3": 0.3,
    }
    names = {cell: str(number) if typed else f"${cell[0]}${cell[1]}" for cell, number in weights.items()}
    cells: dict[str, object] = {} if typed else dict(weights)
    for row, (one, other) in enumerate([(0.5, -0.2), (-0.7, 0.9), (0.4, 0.6), (-0.3, -0.8)][:rows], 6):
        cells |= {f"A{row}": one, f"B{row}": other}
        sums = [f"{names[f'A{k}']}*A{row}+{names[f'B{k}']}*B{row}+{names[f'C{k}']}" for k in (1, 2)]
        parts = [_UNITS[unit].format(v=names[v], z=z) for v, z in zip(("A3", "B3"), sums, strict=True)]
        cells[f"D{row}"] = ends.format("+".join([*parts, names["C3"]]).replace("+-", "-"))
    return cells


@pytest.mark.parametrize("unit", _UNITS)
def test_a_network_in_a_formula_agrees(unit: str, tmp_path: Path) -> None:
    """Rule: a sum of units, each times a weight, is a layer on a hidden one, however the units are spelt."""
    assert answer(_network(unit), tmp_path) == (0, set())


@pytest.mark.parametrize("ends", ["=1/(1+EXP(-({})))", "=TANH({})"])
def test_so_does_one_with_an_activation_around_it(ends: str, tmp_path: Path) -> None:
    """Rule: the output may have an activation, too, and one sample is enough where weights stand in cells."""
    assert answer(_network("tanh", ends=ends), tmp_path) == (0, set())
    assert answer(_network("a quotient", 1, ends=ends), tmp_path) == (0, set())


def test_weights_may_be_typed_in_formulas_that_were_filled(tmp_path: Path) -> None:
    """Rule: of a single formula with all its numbers in it nobody knows which network was meant."""
    assert answer(_network("tanh", typed=True), tmp_path) == (0, set())
    assert answer(_network("tanh", 1, typed=True), tmp_path) == (3, set())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("$A$1*A7", "$A$1*B7"),
        ("+$C$1", ""),
        ("TANH($A$2", "TANH(-$A$2"),
        ("$B$3*", "$C$3*"),
        ("$B$2*B7", "$B$2*B6"),
        ("TANH", "SIN"),
    ],
)
def test_a_mistake_in_one_is_no_pass(old: str, new: str, tmp_path: Path) -> None:
    """Rule: the formula is the root, whichever of its units is wrong, or nobody is blamed."""
    cells = _network("tanh")
    wrong = {"D7": str(cells["D7"]).replace(old, new, 1)}
    assert wrong["D7"] != cells["D7"]
    code, roots = answer(cells | wrong, tmp_path)
    assert (code, roots) in ((3, set()), (1, {"D7"}))


def test_what_is_added_to_units_is_no_pass(tmp_path: Path) -> None:
    """Rule: nothing but a bias stands beside hidden units, and one alone is no layer."""
    cells = _network("max")
    beside = {cell: f"{text}+$A$1*A{cell[1:]}" for cell, text in cells.items() if cell[0] == "D"}
    alone = {f"D{row}": f"=$A$1*A{row}+MAX(0,$B$1*A{row}-100)" for row in range(6, 10)}
    assert answer(cells | beside, tmp_path) == (3, set())
    assert answer(cells | alone, tmp_path) == (3, set())


def test_units_get_cells_of_their_own_with_the_references_as_they_were(tmp_path: Path) -> None:
    """Rule: those of a formula stand in its row, right of the sheet; a `$` stays, and a sigmoid keeps its signs."""
    part = sheet(_network("a quotient", 2), tmp_path).part
    found = inner_units(part.table, CellTerms(part.table, part.values))
    assert found is not None
    assert (found.hosts, found.are_filled) == (2, True)
    texts = {show(cell).rpartition("!")[2]: text for cell, text in found.texts.items()}
    assert texts["G6"] == "1/(1+EXP(-($A$1*A6+$B$1*B6+$C$1)))"
    assert texts["D7"] == "$C$3+G7*$A$3+H7*$B$3"
    assert {show(cell).rpartition("!")[2] for cell in found.units} == {"G6", "H6", "G7", "H7"}
    plain = sheet({"A1": 1.0, "A2": 0.5, "B1": "=TANH(A1*A2)"}, tmp_path).part
    assert inner_units(plain.table, CellTerms(plain.table, plain.values)) is None


def test_what_is_written_otherwise_gives_the_same_or_is_not_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rule: an engine that takes no formulas is not asked, and formulas that give something else were misread."""
    part = sheet(_network("tanh"), tmp_path).part
    answers, (name,) = answers_of(part.table, engine("ironcalc")), part.sheets
    apart, place = with_inner_units(part, answers), part.table.index[address_of(name, "D7")]
    assert apart is not None
    assert apart.part.values.numbers[apart.part.table.index[address_of(name, "D7")]] == part.values.numbers[place]
    assert len(apart.part.table.texts) == len(part.table.texts) + len(apart.moved.units)
    wrong = {address_of(name, "D7"): "G7", address_of(name, "G7"): "TANH(A7)"}
    assert rewritten(part, answers, wrong, {}) is None
    other = answers_of(part.table, engine("cellrune"))
    assert with_inner_units(part, other) is not None
    monkeypatch.setattr(other.engine, "takes_formulas", False)
    assert with_inner_units(part, other) is None


def _block(way: str) -> dict[str, object]:
    """Two samples in columns, a layer of two units, and one behind it that adds what the first one is given."""
    cells: dict[str, object] = {"A2": 0.7, "B2": -0.4, "C2": 0.1, "A3": 0.2, "B3": 0.9, "C3": -0.2}
    cells |= {"A5": -0.8, "B5": 0.5, "C5": 0.3, "A6": 0.6, "B6": 1.1, "C6": -0.4}
    for column, given in zip("FGH", ((1, -0.5), (0.4, 1.2), (-0.3, 0.8)), strict=True):
        cells |= {f"{column}{row}": number for row, number in zip((2, 3), given, strict=True)}
        for unit, row in enumerate((2, 3)):
            cells[f"{column}{5 + unit}"] = f"=TANH($A{row}*{column}$2+$B{row}*{column}$3+$C{row})"
        for unit, row in enumerate((5, 6)):
            total, own = f"$A{row}*{column}$5+$B{row}*{column}$6+$C{row}", f"{column}{2 + unit}"
            apart = f"{column}{8 + unit}"
            if way == "apart":
                cells |= {apart: f"={total}", f"{column}{11 + unit}": f"=MAX(0,{apart}+{own})"}
            else:
                ways = {"bent": f"=MAX(0,{total}+{own})", "behind": f"=TANH({total})+{own}"}
                cells[apart] = ways.get(way, f"={total}+{own}")
    return cells


@pytest.mark.parametrize("way", ["bent", "linear", "apart", "behind"])
def test_a_result_may_be_added_within_a_formula(way: str, tmp_path: Path) -> None:
    """Rule: a residual connection is an Add behind a layer, also where both stand in one formula."""
    assert answer(_block(way), tmp_path) == (0, set())


@pytest.mark.parametrize(
    ("way", "wrong"),
    [
        ("bent", {"G8": "=MAX(0,$A5*G$5+$B5*G$6+$C5+F2)"}),
        ("bent", {"G8": "=MAX(0,$A5*G$5+$B5*G$6+$C5+G3)"}),
        ("linear", {"G8": "=$A5*G$5+$B5*G$6+$C5-G2"}),
        ("linear", {f"{column}9": f"=$A6*{column}$5+$B6*{column}$6+$C6" for column in "FGH"}),
        ("bent", {f"{column}9": f"=MAX(0,$A6*{column}$5+$B6*{column}$6+$C6)" for column in "FGH"}),
        ("apart", {f"{column}12": f"=MAX(0,{column}9)" for column in "FGH"}),
        ("behind", {"G8": "=TANH($A5*G$5+$B5*G$6+$C5)"}),
        ("behind", {"G8": "=TANH($A5*G$5+$B5*G$6+$C5)+G3"}),
        ("behind", {"H9": "=TANH($A6*G$5+$B6*H$6+$C6)+H3"}),
        ("apart", {"H12": "=MAX(0,H9+H2)"}),
    ],
)
def test_another_result_that_is_added_is_no_pass(way: str, wrong: dict[str, object], tmp_path: Path) -> None:
    """Rule: all units add their own one, or nobody knows which do."""
    code, roots = answer(_block(way) | wrong, tmp_path)
    assert code in (1, 3)
    assert roots <= wrong.keys()


_ON_A_SCALE = {
    "times a number": "=20*({})", "more a number": "=200+20*({})", "by cells": "={}*$F$1+$F$2".replace("{}", "({})"),
    "over a number": "=({})/0.05-3", "times a sigmoid": "=20*(1/(1+EXP(-({}))))",
    "times a softplus": "=20*LN(1+EXP({}))-5",
}  # fmt: skip


def _in_other_units(scale: str) -> dict[str, object]:
    """Two units a row in C and D, and what they lead to in E, in other units."""
    cells: dict[str, object] = {
        "A1": 0.71, "B1": -0.55, "C1": 0.15, "A2": -0.41, "B2": 0.83, "C2": 0.2, "A3": 1.1, "B3": -0.62, "C3": 0.3,
    }  # fmt: skip
    for row, (one, other) in enumerate([(0.5, -0.2), (-0.7, 0.9), (0.4, 0.6), (-0.3, -0.8)], 6):
        cells |= {f"A{row}": one, f"B{row}": other, f"C{row}": f"=TANH($A$1*A{row}+$B$1*B{row}+$C$1)"}
        cells |= {f"D{row}": f"=TANH($A$2*A{row}+$B$2*B{row}+$C$2)"}
        cells |= {f"E{row}": scale.format(f"$A$3*C{row}+$B$3*D{row}+$C$3")}
    return cells | ({"F1": 20, "F2": 15} if "F$1" in scale else {})


@pytest.mark.parametrize("kind", _ON_A_SCALE)
def test_a_result_may_be_given_in_other_units(kind: str, tmp_path: Path) -> None:
    """Rule: a weighted sum that formulas scale is a layer; one with another weight or on another scale is no pass, and
    where all others of its line say what it should be, it is wrong, and no other cell."""
    scale = _ON_A_SCALE[kind]
    cells = _in_other_units(scale)

    assert answer(cells, tmp_path) == (0, set())
    for cell in ("E8", "E9"):
        own = str(cells[cell])
        other = own.replace("20", "2").replace("0.05", "0.5").replace("$F$1", "$F$2")
        for wrong in (own.replace("$B$3", "$B$2"), other):
            code, roots = answer(cells | {cell: wrong}, tmp_path)
            assert code == (1 if roots else 3)
            assert roots <= {cell}


def test_each_formula_is_told_of_once(tmp_path: Path) -> None:
    """Rule: one of which a unit has a verdict is not among those without one, too, and counts as checked."""
    part = sheet(_network("tanh"), tmp_path).part
    apart = with_inner_units(part, answers_of(part.table, engine("ironcalc")))
    assert apart is not None
    one, other = (address_of(part.sheets[0], cell) for cell in ("D6", "D7"))
    inner = min(cell for cell, host in apart.moved.units.items() if host == other)
    carried = result_at(apart.part.table, inner, Status.CARRIED, "a cell before it is wrong", 0.5)
    open_ones = Abstention(apart.part.table, apart.part.values, [one, other], "", matters=False)

    (told,), (left,) = apart.put_back([Part([carried], 1, 1, held={inner: "dense.y[0]"})], [open_ones])

    assert [own.cell for own in told.results if isinstance(own, CellResult)] == ["D7"]
    assert (told.formula_cells, told.checked, told.counts().agree) == (1, 1, 0)
    assert left.cells == [one]
