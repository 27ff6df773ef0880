"""A cell's form does not depend on how its formula is spread over cells."""

from __future__ import annotations

from pathlib import Path

from equation_sheets import atom, forms_of

NUMBERS = {"A1": 0.5, "A2": 0.25, "B1": 2.0, "B2": 3.0, "C1": 0.125}
WANTED = {(atom("A1"), atom("B1")): 1.0, (atom("A2"), atom("B2")): 1.0, (atom("C1"),): 1.0}


def test_a_weighted_sum_is_the_same_however_it_is_written(tmp_path: Path) -> None:
    """SUMPRODUCT, MMULT, explicit products, helper cells and copies give one polynomial."""
    cells = {
        "D1": "=SUMPRODUCT(A1:A2,B1:B2)+C1",
        "D2": "=A1*B1+A2*B2+C1",
        "D3": "=A1*B1",
        "D4": "=D3+A2*B2+C1",
        "D5": "=A1",
        "D6": "=D5*B1+B2*A2+C1",
        "D7": "=SUM(MMULT(TRANSPOSE(A1:A2),B1:B2))+C1",
    }
    forms = forms_of(NUMBERS | cells, tmp_path)

    for name in ("D1", "D2", "D4", "D6", "D7"):
        assert forms.of(atom(name)).polynomial == WANTED, name


def test_helpers_and_copies_are_remembered(tmp_path: Path) -> None:
    """Blame goes to the cell that holds the part: the sum that was followed, the copy that was named."""
    forms = forms_of(NUMBERS | {"D1": "=A1*B1+A2*B2", "D2": "=A1", "D3": "=TANH(D1+D2*C1)"}, tmp_path)

    assert forms.inlined[atom("D3")] == {atom("D1"): atom("D1")}
    assert forms.named[atom("D3")][atom("A1")] == {atom("D2")}


def test_an_empty_cell_adds_nothing(tmp_path: Path) -> None:
    """A product with a cell that nobody filled in is no monomial."""
    forms = forms_of(NUMBERS | {"D1": "=A1*B1+A2*Z9"}, tmp_path)

    assert forms.of(atom("D1")).polynomial == {(atom("A1"), atom("B1")): 1.0}


def test_what_nobody_understands_is_opaque_and_a_typed_number_given(tmp_path: Path) -> None:
    """A function without a meaning here hides what it reads; `=0.5` is a number."""
    forms = forms_of(NUMBERS | {"D1": "=STDEV(A1:A2)", "D2": "=0.6434"}, tmp_path)

    assert forms.of(atom("D1")).kind != "given"
    assert forms.is_given(atom("D2"))


def test_equal_parts_of_formulas_are_one_atom(tmp_path: Path) -> None:
    """A softmax in one formula a unit has as many exponentials as units."""
    cells = {f"D{i}": f"=EXP(A{i})/SUM(EXP(A1),EXP(A2))" for i in (1, 2)}
    forms = forms_of(NUMBERS | cells, tmp_path)

    one, other = forms.of(atom("D1")), forms.of(atom("D2"))

    assert one.kind == other.kind == "ratio"
    assert one.below == other.below
    assert one.polynomial != other.polynomial


def test_a_form_may_be_asked_for_while_all_are_looked_at(tmp_path: Path) -> None:
    """A cell that no formula reads is found when somebody asks for it; nobody who looks at all cells is disturbed."""
    forms = forms_of(NUMBERS | {"D1": "=A1*B1", "D2": "=A2*B2"}, tmp_path)

    assert [forms.of(atom(f"Z{row}")).kind for row, _ in enumerate(forms, start=1)] == ["given"] * 6
