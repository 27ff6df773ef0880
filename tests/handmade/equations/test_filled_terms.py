"""What formulas of a row or column become in other cells, with a summand more, or in the place of typed numbers."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from equation_sheets import TOYS, dense
from recognised_sheets import Sheet, a1, cell_at, sheet

from xlcheck.formulas.algebra import Address, outline
from xlcheck.handmade.edits.adding import Adding
from xlcheck.handmade.edits.typed_cells import TypedCells
from xlcheck.handmade.families.filling import Filling
from xlcheck.handmade.forms.functions import number_under
from xlcheck.handmade.forms.polynomials import cell_of
from xlcheck.handmade.reading.cell_terms import leaves


def _weights(own: Sheet) -> set[Address]:
    return {cell_of(atom) for layer in own.layers for instance in layer.instances for atom in instance.weights}


def _unread(own: Sheet) -> set[Address]:
    return {*own.table.index} - {cell for reads in own.terms.reads.values() for cell in reads}


def test_a_formula_is_what_another_one_becomes(tmp_path: Path) -> None:
    """Rule: filled down, inputs go along and weights do not; filled across, it is the other way round."""
    own = sheet(dense(4), tmp_path)
    filling = Filling(own.terms, own.table, _weights(own))

    assert own.terms[cell_at("I10")] in filling._filled(cell_at("I8"), cell_at("I10"))
    assert own.terms[cell_at("J8")] in filling._filled(cell_at("I8"), cell_at("J8"))
    assert own.terms[cell_at("J9")] not in filling._filled(cell_at("I8"), cell_at("I10"))


def test_formulas_that_were_filled_are_families(tmp_path: Path) -> None:
    """Rule: a formula that does something else parts a column; across, units are a family."""
    own = sheet(dense(5, wrong={"I10": "=TANH(E10*$B$2+F10*$B$3+$B$5)"}), tmp_path)
    families = Filling(own.terms, own.table, _weights(own))._families

    assert [[*map(a1, family)] for family in families(cell_at("J8"))] == [
        ["I8", "J8"],
        ["J8", "J9", "J10", "J11", "J12"],
    ]
    assert families(cell_at("I10")) == []


@pytest.mark.parametrize(("cell", "content"), [("I6", 0.25), ("I6", "=I2*H6-(1-I2)*I5"), ("I4", 0.25)])
def test_numbers_become_states_and_products(cell: str, content: object, tmp_path: Path) -> None:
    """Rule: in the place of a state or product of a GRU stands, among others, what the equations say there."""
    right = sheet(TOYS["gru"], tmp_path)
    own = sheet({**TOYS["gru"], cell: content}, tmp_path)
    joining = Adding(own.terms, own.table, _weights(right), _unread(own))
    edits = [edit for edit in joining._joined([cell_at(cell)]) if edit]

    assert outline(right.terms[cell_at(cell)], a1) in [outline(edit[cell_at(cell)], a1) for edit in edits]
    assert all(edit.keys() == {cell_at(cell)} for edit in edits)


def test_what_reads_weights_is_joined_from_nothing(tmp_path: Path) -> None:
    """Rule: a weighted sum is neither a state nor a product of gates."""
    own = sheet(TOYS["gru"], tmp_path)

    assert not [*Adding(own.terms, own.table, _weights(own), _unread(own))._joined([cell_at("I3")])]


def test_a_summand_goes_along_or_is_one_for_all(tmp_path: Path) -> None:
    """Rule: a bias that a column of sums leaves out is added to each; of formulas each gets its own."""
    own = sheet(dense(3, bias=False) | {"B5": 0.3, **{f"L{row}": f"=E{row}*0.5" for row in (8, 9, 10)}}, tmp_path)
    adding = Adding(own.terms, own.table, _weights(own), _unread(own))
    family = [cell_at(f"I{row}") for row in (8, 9, 10)]
    added = {
        frozenset(frozenset(leaves(term)) - {*own.terms.reads[cell]} for cell, term in edit.items())
        for new in ("B5", "L8") for edit in adding._with_summand(family, cell_at(new))
    }  # fmt: skip

    assert frozenset({frozenset({cell_at("B5")})}) in added
    assert frozenset({frozenset({cell_at(name)}) for name in ("L8", "L9", "L10")}) in added


def test_a_typed_divisor_is_a_sum_again(tmp_path: Path) -> None:
    """Rule: a number by which several formulas are divided, each of its own numerator, is the sum of these."""
    cells: dict[str, object] = {"A1": 0.3, "A2": -0.4, "B1": "=EXP(A1)", "B2": "=EXP(A2)", "B3": 2.0201788}
    own = sheet(cells | {"C1": "=B1/B3", "C2": "=B2/B3"}, tmp_path)
    edits = [*TypedCells(own.terms, own.table, ())._typed(lambda _: True)]

    whole = outline(own.terms.algebra.sum(map(own.terms.algebra.leaf, (cell_at("B1"), cell_at("B2")))), a1)
    assert whole in [outline(term, a1) for edit in edits for cell, term in edit.items() if cell == cell_at("B3")]
    alone = sheet(cells | {"C1": "=B1/B3"}, tmp_path)
    assert not [*TypedCells(alone.terms, alone.table, ())._divided_by(cell_at("B3"))]


@pytest.mark.parametrize(
    ("number", "is_written"),
    [
        pytest.param(math.tanh(-0.246913), True, id="tanh"),
        pytest.param(-0.2 * 0.246913, True, id="leaky relu"),
        pytest.param(math.expm1(-0.246913), False, id="elu"),
    ],
)
def test_an_activation_typed_as_a_number_is_written_as_it_is_or_not_at_all(
    number: float, is_written: bool, tmp_path: Path
) -> None:
    """Rule: the formula of an edit gives the number for which it stands."""
    own = sheet({"A1": -0.246913, "B1": 2, "C1": "=A1*B1/2", "D1": round(number, 7)}, tmp_path)
    edits = [*TypedCells(own.terms, own.table, ())._typed_activations()]

    assert bool(edits) is is_written
    for edit in edits:
        assert number_under(cell_at("D1"), {}, own.terms.edited(edit)) == pytest.approx(number, abs=1e-7)
