"""Inputs that are scaled within formulas, as if that were done in cells; and what is said of these cells, put back."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from recognised_sheets import Sheet, a1, cell_at, sheet

from xlcheck.engines import engine
from xlcheck.handmade.accepting.summary import Abstention
from xlcheck.handmade.reading.engine_choice import answers_of
from xlcheck.handmade.reading.results import result_at
from xlcheck.handmade.rewriting.scaled_inputs import scaled_inputs
from xlcheck.handmade.rewriting.with_scaled_inputs import WithScaledInputs, with_scaled_inputs
from xlcheck.verdicts.cell_result import CellResult, Status
from xlcheck.verdicts.parts import Part

_ROWS = (5, 6, 7)
_HALVES = "$A{0}/100*$E$1+$B{0}/50*$E$2+$E$3"


def _cells(formula: str = _HALVES, **others: object) -> dict[str, object]:
    """Two inputs in A and B, a word in C, and a unit in D."""
    cells: dict[str, object] = {"E1": 0.7, "E2": -0.4, "E3": 0.1}
    for row, given in zip(_ROWS, ((50, 10, "yes"), (32, 40, "no"), (61, 14, "yes")), strict=True):
        cells |= dict(zip((f"{c}{row}" for c in "ABC"), given, strict=True)) | {f"D{row}": f"={formula.format(row)}"}
    return cells | others


def _made(cells: Mapping[str, object], folder: Path) -> dict[str, str]:
    """What is scaled → how that is written; none if nothing is."""
    found = sheet(cells, folder)
    made = scaled_inputs(found.table, found.part.precedents)
    if made is None:
        return {}
    assert not any(cell in found.table.index for cell in made.inputs)
    return {a1(read): made.texts[cell].replace("$", "") for cell, read in made.inputs.items()}


@pytest.mark.parametrize(
    ("formula", "scaled"),
    [
        (_HALVES, {"A": "A{0}/100", "B": "B{0}/50"}),
        ("($A{0}-40)*$E$1+($B{0}-20)*$E$2", {"A": "A{0}-40", "B": "B{0}-20"}),
        ("LN($A{0})*$E$1+$B{0}*$E$2", {"A": "LN(A{0})"}),
        ("$A{0}*$E$1+$B{0}*$E$2", {}),
        ("$A{0}/100+$B{0}/50", {}),  # nothing weighs them
        ("(1-$A{0})*$E$1", {}),  # what a share leaves
        ("EXP($A{0}/100)*$E$1", {}),
        ('($C{0}="yes")*$E$1+$B{0}*$E$2', {"C": 'IF(C{0}="yes",1,0)'}),
        ('IF($C{0}="yes",$E$1,0)+$B{0}*$E$2', {"C": 'IF(C{0}="yes",1,0)'}),
        ('IF($C{0}="yes",1,0)+$B{0}*$E$2', {}),
    ],
)  # fmt: skip
def test_an_input_is_scaled_before_a_weight_multiplies_it(formula: str, scaled: dict[str, str], tmp_path: Path) -> None:
    """Rule: by numbers, typed or in the formula; a word is an input of 1 or 0."""
    wanted = {f"{column}{row}": text.format(row) for column, text in scaled.items() for row in _ROWS}
    assert _made(_cells(formula), tmp_path) == wanted


@pytest.mark.parametrize(
    "others",
    [
        {"D6": f"={_HALVES.replace('50', '5').format(6)}"},
        {"F5": "=$A5/10*$E$1"},  # the same number in two ways
        {f"{c}{row}": f"={c}{row + 10}" for c in "AB" for row in _ROWS},  # not typed
    ],
)
def test_inputs_that_are_scaled_unevenly_are_left(others: dict[str, object], tmp_path: Path) -> None:
    assert _made(_cells(**others), tmp_path) == {}


def _other(folder: Path) -> tuple[Sheet, WithScaledInputs]:
    found = sheet(_cells(), folder)
    other = with_scaled_inputs(found.part, answers_of(found.table, engine("ironcalc")))
    assert other is not None
    return found, other


def test_formulas_read_the_scaled_inputs_and_give_the_same(tmp_path: Path) -> None:
    found, other = _other(tmp_path)
    of = {a1(read): cell for cell, read in other.own_cells.items()}
    table, values = other.part.table, other.part.values

    assert set(map(a1, other.changed)) == {"D5", "D6", "D7"}
    assert table.texts[cell_at("D6")] == f"${a1(of['A6'])[0]}6*$E$1+${a1(of['B6'])[0]}6*$E$2+$E$3"
    assert [values[table.index[of[name]]] for name in ("A5", "B7")] == pytest.approx([0.5, 0.28])
    assert all(values[table.index[cell]] == found.values[found.table.index[cell]] for cell in found.table.index)
    plain = sheet(_cells("$A{0}*$E$1"), tmp_path)
    assert with_scaled_inputs(plain.part, answers_of(plain.table, engine("ironcalc"))) is None


def test_nothing_is_said_of_cells_that_are_not_there(tmp_path: Path) -> None:
    """Rule: they are no formulas of the workbook, a sentence names what they scale, and nobody is blamed for them."""
    found, other = _other(tmp_path)
    made, table = min(other.own_cells), other.part.table
    own = [result_at(table, cell, Status.UNBOUND, f"reads S!{a1(made)}", 0.5) for cell in (made, cell_at("D5"))]
    held = dict.fromkeys((made, *map(cell_at, ("D5", "D6"))), "dense.z")
    left = Abstention(table, other.part.values, sorted(table.texts), f"S!{a1(made)} is odd")
    ((part,), (rest,)) = other.put_back([Part(own, 3, 3, held=held, notes=(f"from S!{a1(made)} on",))], [left])

    said = [result for result in part.results if isinstance(result, CellResult)]
    assert [(result.cell, result.formula) for result in said] == [("D5", f"={found.table.texts[cell_at('D5')]}")]
    assert (said[0].message, part.notes) == ("reads S!A5, scaled,", ("from S!A5, scaled, on",))
    assert ({*map(a1, part.held)}, part.formula_cells, part.checked) == ({"D5", "D6"}, 2, 2)
    assert (rest.reason, [*map(a1, rest.cells)]) == ("S!A5, scaled, is odd", ["D5", "D6", "D7"])
    for cell, may_be_told in ((made, False), (cell_at("D5"), True)):
        root = result_at(table, cell, Status.ROOT, "", 0.5)
        assert other.may_be_told([Part([root], held=held)]) is may_be_told
