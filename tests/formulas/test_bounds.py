"""Functions that change nothing, whatever numbers stand in the cells that a formula reads."""

from __future__ import annotations

import random

import ironcalc
import pytest

from xlcheck.formulas.bounds import changes_nothing
from xlcheck.formulas.parser import parsed
from xlcheck.formulas.tree import FunctionCall

SIGMOID = "1/(1+EXP(-A1))"
ROBUST = "IF(A1>=0,1/(1+EXP(-ABS(A1))),EXP(-ABS(A1))/(1+EXP(-ABS(A1))))"
NOTHING = {
    f"ABS({SIGMOID})": SIGMOID, f"ABS({ROBUST})": ROBUST, f"MAX(0,{SIGMOID})": SIGMOID, f"MIN(1,{ROBUST})": ROBUST,
    f"MIN({SIGMOID}*50%,0.5)": f"{SIGMOID}*0.5", "MAX(TANH(A1),-1)": "TANH(A1)", "ABS(2-TANH(A1))": "2-TANH(A1)",
    "ABS(SQRT(A1^2)+1)": "SQRT(A1^2)+1", "ABS(-(-3)*EXP(A1)*EXP(B1))": "3*EXP(A1)*EXP(B1)",
    "MAX(-EXP(A1),EXP(B1))": "EXP(B1)", "ABS(EXP(MAX(A1,2)))": "EXP(MAX(A1,2))", "ABS(ABS(A1))": "ABS(A1)",
}  # fmt: skip
SOMETHING = [
    "ABS(A1)", "ABS(TANH(A1))", "MAX(0.1,TANH(A1))", f"MIN(0.5,{SIGMOID})", "ABS(1/(1-EXP(A1)))", "ABS(A1^2)",
    "MAX(EXP(A1:A2))", "MAX(0,EXP(A1:A2))", "ABS(own)", "ABS(A1-A1)", "MAX(A1,B1)", "ABS(IF(A1>0,A1,1))", "SUM(1,2)",
    f"ABS({SIGMOID}-0.5)", "MAX(0,EXP(A1)-EXP(B1))", "ABS(IF(A1>0,1))", 'MAX(0,N("x"))',
]  # fmt: skip


def call(formula: str) -> FunctionCall:
    """The function that a formula consists of."""
    tree = parsed(formula)
    assert isinstance(tree, FunctionCall)
    return tree


@pytest.mark.parametrize("formula", NOTHING)
def test_what_changes_nothing_gives_one_of_its_arguments(formula: str) -> None:
    """Always the same one, as IronCalc computes both."""
    rng = random.Random(formula)
    book = ironcalc.create("book", "en", "UTC", "en")
    for row, text in enumerate((formula, NOTHING[formula])):
        book.set_user_input(0, row + 1, 3, f"={text}")
    for _ in range(40):
        for column in (1, 2):
            book.update_cell_with_number(0, 1, column, rng.gauss(0, 10))
        book.evaluate()
        assert book.get_cell_value(0, 1, 3) == pytest.approx(book.get_cell_value(0, 2, 3), rel=1e-12)

    assert changes_nothing(call(formula))


@pytest.mark.parametrize("formula", SOMETHING)
def test_what_may_change_something_is_known(formula: str) -> None:
    """Also where nobody can say, as of a name or a power, or where many numbers become one."""
    assert not changes_nothing(call(formula))
