"""Activations are known however they are written."""

from __future__ import annotations

import pytest

from xlcheck.formulas.algebra import Address, Algebra, Expression, Leaf, Term
from xlcheck.formulas.parser import parse
from xlcheck.formulas.scalars import two_dimensional
from xlcheck.formulas.surroundings import Surroundings
from xlcheck.formulas.terms import FormulaValues
from xlcheck.handmade.forms.activations import activation_of

CELLS = {"B1": "EXP(-A1)", "B2": "1+B1", "B3": "-A1", "B4": "EXP(A1)"}


def terms(formula: str) -> tuple[Term, dict[Address, Term]]:
    """A formula and the cells beside it as terms."""
    algebra = Algebra()
    values = FormulaValues(Surroundings(algebra, algebra.leaf, lambda a: a, lambda a: a, {}, lambda a: 0.0))  # type: ignore[arg-type, return-value]

    def term(text: str) -> Term:
        return two_dimensional(values.evaluate(parse(text), ("S", 9, 9)))[0, 0]  # type: ignore[no-any-return]

    return term(formula), {("S", int(name[1:]) - 1, 1): term(text) for name, text in CELLS.items()}


@pytest.mark.parametrize(
    ("formula", "name"),
    [
        ("1/(1+EXP(-A1))", "sigmoid"),
        ("EXP(A1)/(1+EXP(A1))", "sigmoid"),
        ("1/(1+B1)", "sigmoid"),
        ("1/B2", "sigmoid"),
        ("1/(1+EXP(B3))", "sigmoid"),
        ("B4/(1+B4)", "sigmoid"),
        ("TANH(A1)", "tanh"),
        ("(EXP(A1)-EXP(-A1))/(EXP(A1)+EXP(-A1))", "tanh"),
        ("(EXP(2*A1)-1)/(EXP(2*A1)+1)", "tanh"),
        ("(1-EXP(-2*A1))/(1+EXP(-2*A1))", "tanh"),
        ("2/(1+EXP(-2*A1))-1", "tanh"),
        ("1-2/(EXP(2*A1)+1)", "tanh"),
        ("1-2/(1+EXP(2*(A1)))", "tanh"),
        ("0.5*(1+TANH(A1/2))", "sigmoid"),
        ("1-1/(1+EXP(A1))", "sigmoid"),
        ("(TANH(0.5*A1)+1)/2", "sigmoid"),
        ("MAX(0,A1)", "relu"),
        ("IF(A1>0,A1,0)", "relu"),
        ("IF(A1<=0,0,A1)", "relu"),
        ("IF(0<A1,A1,0)", "relu"),
        ("EXP(A1)", "exp"),
        ("IF(A1>0,A1,0.2*A1)", "leaky_relu"),
        ("MAX(A1,A1/100)", "LeakyReLU(0.01)"),
        ("IF(A1<0,0.1*A1,A1)", "LeakyReLU(0.1)"),
        ("IF(A1>0,1,0)", "step above 0"),
        ("IF(A1<0,0,1)", "step from 0"),
        ("IF(0<=A1,1,0)", "step from 0"),
        ("IF(A1<=0,-1,1)", "sign above 0"),
        ("SIGN(A1)", "sign"),
    ],
)
def test_a_spelling_is_the_activation(formula: str, name: str) -> None:
    """Each way to write an activation of A1 gives its name, and A1."""
    term, cells = terms(formula)

    def inside(item: Expression) -> Expression:
        return cells.get(item.cell, item) if isinstance(item, Leaf) else item

    found = activation_of(term, inside)

    assert found is not None
    assert found[0] == name
    assert isinstance(found[1], Leaf)
    assert found[1].cell == ("S", 0, 0)


@pytest.mark.parametrize(
    "formula",
    [
        "A1/(1+EXP(-A1))",
        "1/(2+EXP(-A1))",
        "0.5*(1+TANH(A1))",
        "0.5+TANH(A1/2)",
        "1/(1-EXP(-A1))",
        "2/(1+EXP(-A1))-1",
        "1-2/(1+EXP(A1))",
        "1-2/(1+EXP(-2*A1))",
        "IF(A1>0,A1,1.1*A1)",
        "IF(A1>0,A1,-0.1*A1)",
        "IF(A1>1,A1,0)",
        "IF(A1>0.5,1,0)",
        "IF(A1>0,2,0)",
        "IF(A1=0,1,0)",
        "A1*2",
    ],
)
def test_what_only_looks_like_one_is_none(formula: str) -> None:
    """A slip in an activation makes it something else."""
    term, _ = terms(formula)

    assert activation_of(term, lambda item: item) is None
