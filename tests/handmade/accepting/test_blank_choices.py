"""Choices by empty cells: what stands on their other side was compared with nothing."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from equation_sheets import save, simple_rnn

from xlcheck import check
from xlcheck.formulas.addresses import Range
from xlcheck.formulas.algebra import Address, Algebra, Term
from xlcheck.formulas.parser import parse
from xlcheck.formulas.scalars import OpaqueError, Scalar
from xlcheck.formulas.surroundings import Surroundings
from xlcheck.formulas.terms import FormulaValues
from xlcheck.handmade.accepting.idle_parts import chooses_by_blank

CHOICES = [
    "IF({z}=0,{f},{x})", 'IF({z}="",{f},{x})', "IF(ISBLANK({z}),{f},{x})", "IF({z}>0,{x},{f})", "({f})*({z}=0)",
    "IF(NOT({z}),{f},{x})", "IF({z},{x},{f})", 'IF({z}<>"",{x},{f})', "IF(AND({z}=0,{z}<1),{f},{x})", "{f}+{x}*({z}>0)",
    "IF(SUM({z}:{z})=0,{f},{x})", "IF(COUNTA({z}),{x},{f})", "({f})*NOT({z})", "IF({z}=0,{f},{f}+{x})",
    "CHOOSE({z}+1,{f},{x})",
]  # fmt: skip
"""What a formula becomes that is another one as soon as something stands in `z`."""
NO_CHOICES = ['IF({z}="",0,{z})', "IF(ISNUMBER({z}),{z},0)", "IF({z}>0,{z},0.01*{z})", "N({z})", "{z}"]
"""What gives the same where nothing stands in `z`, whichever way it goes."""
BLANK = ("Sheet1", 25, 25)


def _term(formula: str, *, counted: bool) -> Term | None:
    algebra = Algebra(literal=True)

    def scalar(cell: Address) -> Scalar:
        return algebra.leaf(cell) if counted or cell != BLANK else None

    def number(value: Scalar) -> float:
        if isinstance(value, Term):
            raise OpaqueError("nobody knows its number")
        return float(value or 0.0)

    around = Surroundings(algebra, scalar, lambda area: area, lambda cell: Range(*cell, 1, 1), {}, number)
    try:
        term = FormulaValues(around).evaluate(parse(formula), ("Sheet1", 50, 50))
    except OpaqueError:
        return None
    return term if isinstance(term, Term) else None


@pytest.mark.parametrize("kind", CHOICES)
def test_a_choice_by_an_empty_cell_is_seen(kind: str) -> None:
    """Rule: whatever the condition looks like, and whatever stands on its other side."""
    formula = kind.format(f="TANH(B1*C1+D1)", z="Z26", x=Random(kind).choice(("5", "0.25", "E1", "TANH(B1)")))
    plain = _term(formula, counted=False)

    assert plain is not None
    assert chooses_by_blank(plain, _term(formula, counted=True), {BLANK})


@pytest.mark.parametrize("kind", NO_CHOICES)
def test_what_is_the_same_either_way_is_no_choice(kind: str) -> None:
    """Rule: a first state that is blank may be caught in any way."""
    formula = f"TANH(B1*C1+D1*({kind.format(z='Z26')}))"
    plain = _term(formula, counted=False)

    assert plain is not None
    assert not chooses_by_blank(plain, _term(formula, counted=True), {BLANK})


@pytest.mark.keras
@pytest.mark.parametrize("kind", CHOICES)
def test_a_sheet_that_chooses_by_an_empty_cell_is_no_pass(kind: str, tmp_path: Path) -> None:
    """Rule: its cell is not blamed, and a sentence says which it is."""
    random = Random(kind)
    cells = simple_rnn(4)
    cell, blank = f"{random.choice('HIJ')}{random.randrange(12, 16)}", random.choice(("Z1", "A5", "K14", "E30"))
    own = kind.format(f=str(cells[cell]).removeprefix("="), z=blank, x=random.choice(("5", "0", "0.25")))
    report = check(save({**cells, cell: f"={own}"}, tmp_path / "w.xlsx"))

    assert (report.exit_code, report.counts.root, report.counts.agree) == (3, 0, 12), own
    assert any(text.startswith(f"what S!{cell} gives depends on a choice by") for text in report.reservations)


@pytest.mark.keras
@pytest.mark.parametrize("kind", NO_CHOICES)
def test_a_first_state_that_is_blank_may_be_caught(kind: str, tmp_path: Path) -> None:
    """Rule: in the first step alone, or in all that were filled from it."""
    cells = {cell: value for cell, value in simple_rnn(4).items() if cell not in {"H11", "I11", "J11"}}
    for row in range(12, 16):
        for unit in "HIJ":
            own = str(cells[f"{unit}{row}"])
            for before in "HIJ" if row == 12 or ">" not in kind else "":
                own = own.replace(f"{before}{row - 1}*", f"({kind.format(z=f'{before}{row - 1}')})*")
            cells[f"{unit}{row}"] = own
    report = check(save(cells, tmp_path / "w.xlsx"))

    assert (report.exit_code, report.counts.agree) == (0, 12)


@pytest.mark.keras
@pytest.mark.parametrize("condition", ['$E{r}=""', "ISBLANK($E{r})", "COUNT($E{r}:$F{r})=0"])
def test_a_choice_that_goes_both_ways_has_a_say(condition: str, tmp_path: Path) -> None:
    """Rule: steps without inputs that repeat the state are masked, by the formula that computes the others."""
    cells = {cell: value for cell, value in simple_rnn(6).items() if cell not in {"E12", "F12"}}
    for row in range(12, 18):
        for unit in "HIJ":
            own = str(cells[f"{unit}{row}"]).removeprefix("=")
            cells[f"{unit}{row}"] = f"=IF({condition.format(r=row)},{unit}{row - 1},{own})"

    assert check(save(cells, tmp_path / "w.xlsx")).exit_code == 0
