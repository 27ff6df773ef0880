"""A formula is known only if each of its parts had a say in some number that was compared."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from equation_sheets import dense, save, simple_rnn, verdict

from xlcheck import check
from xlcheck.formulas.addresses import Range
from xlcheck.formulas.algebra import Algebra, Term
from xlcheck.formulas.parser import parse
from xlcheck.formulas.surroundings import Surroundings
from xlcheck.formulas.terms import FormulaValues
from xlcheck.handmade.beside.idle_terms import idle_part

ACTIVATIONS = [
    "1/(1+EXP(-B1))", "TANH(B1)", "(EXP(B1)-EXP(-B1))/(EXP(B1)+EXP(-B1))", "1-2/(EXP(2*B1)+1)", "MAX(0,B1)",
    "IF(B1>0,B1,0)", "IF(B1>0,B1,0.01*B1)", "B1*(B1>0)", "(B1>0)*B1+(B1<=0)*0.01*B1", "(ABS(B1)+B1)/2", "--(B1>0)",
    "MIN(6,MAX(0,B1))", "MIN(6,MAX(0,B1*C1+D1))", "LN(1+EXP(B1))", "B1/(1+EXP(-B1))", "B1*NORM.S.DIST(B1,TRUE)",
    "0.5*B1*(1+TANH(SQRT(2/PI())*(B1+0.044715*B1^3)))", "1.0507*IF(B1>0,B1,1.67326*(EXP(B1)-1))",
    "IF(B1>=0,1/(1+EXP(-B1)),EXP(B1)/(1+EXP(B1)))", "1/(1+EXP(-MAX(-500,MIN(500,B1))))",
]  # fmt: skip
RIGHT = [
    *ACTIVATIONS, "EXP(B1-MAX(B1:B9))/SUM(EXP(B1:B9-MAX(B1:B9)))", "EXP(B1)/SUM(EXP(B1:B3))", "MAX(B1:C2)",
    "-(B1*LN(C1)+(1-B1)*LN(1-C1))", "-LN(MAX(C1,1E-7))", "(B1-AVERAGE(B1:B5))/SQRT(VAR.P(B1:B5)+0.001)",
    "ROUND(TANH(ROUND(B1*C1+D1,4)),4)", "IFERROR(1/(1+EXP(-B1)),0)", "(1-C1)*D1+C1*TANH(E1)", "B1*0.5+C1*0",
    "LET(z,SUMPRODUCT(B1:B3,C1:C3),IF(z>0,z,0))", "INDEX(MMULT(B1:C1,D1:E2),1,1)+F1", "(B1-C1)^2/2", "0.5*(B1-C1)^2",
    "C1-0.1*B1/(SQRT(D1)+1E-8)", "(B1>=C1)*1", "IF(B1*C1+0.1>0,1,-1)", "B1^3-B1", "SQRT(SUMSQ(B1:B3))",
]  # fmt: skip
"""Formulas that people write, all of whose parts are needed."""

TRAPS = [
    "{f}+MAX(0,{x}-{n})", "{f}+MIN(0,{x}+{n})", "IF({x}={n},5,{f})", "{f}+({x}>{n})", "{f}+({x}={n})*1",
    "{f}+EXP(-1000000*({x}-{n})^2)", "{f}+INT(ABS({x})/{n})", "{f}+ROUND({x}/{n}/9,0)", "{f}+({x}/{n})^99",
    "({f})*SIGN(ABS({x}-{n}))", "{f}+1/COSH(9000*({x}-{n}))", "{f}+0^ABS({x}-{n})", "({f})*({x}<>{n})",
    "{f}+(1-TANH(1E9*ABS({x}-{n}))^2)", "MIN({n},MAX(-{n},{f}))", "{f}+1E-18*({x}^9)",
    "({f})*(1+EXP(-ABS(99*({x}-{n}))))", "{f}+ERF(ABS({x}-{n})*99)-1", "LET(a,{f},IF(a<{n},a,5))",
    "{f}+SQRT(1E-40*{x}^2)", "{f}+LN(1+EXP(99*({x}-{n})))", "{f}+1/(1+EXP(-99*({x}-{n})))",
    "{f}+1/(1+1E24*({x}-{n})^2)", "{f}+0*SQRT({n}-{x})", "({f})/IF({x}={n},2,1)", "{f}+SQRT({n}-{x})-SQRT({n}-{x})",
    "{f}+SUMPRODUCT(({x}:{x}>{n})*1)", "{f}+SUM(({x}>{n})+0)", "{f}+SUMPRODUCT(1*({x}:{x}>{n}))",
    "{f}+SUM(({x}>{n})/1)", "IF(ABS({x})<{n},{f},0)", "{f}+SUMPRODUCT(--({x}>{n}))", "({f})*SQRT({n}-{x})^0",
]  # fmt: skip
"""What a formula becomes that is another one only where `x` is near `n`, or beyond it."""


def term_of(formula: str) -> Term:
    """What a formula computes."""
    algebra = Algebra(literal=True)
    around = Surroundings(algebra, algebra.leaf, lambda area: area, lambda cell: Range(*cell, 1, 1), {}, float)
    term = FormulaValues(around).evaluate(parse(formula), ("Sheet1", 50, 50))
    assert isinstance(term, Term)
    return term


def trap(random: Random, formula: str, x: str) -> str:
    """A formula with a part that is idle for the numbers that are compared; the place of the part is drawn."""
    kind = random.choice(TRAPS)
    return kind.format(f=formula, x=x, n=f"{random.choice((7.5, 12.25, 100, 12345)) * random.uniform(1, 2):.6g}")


@pytest.mark.parametrize("formula", RIGHT)
def test_nothing_is_idle_in_what_people_write(formula: str) -> None:
    """Rule: right spellings go on to pass, those with limits, conditions and numbers of their own too."""
    assert idle_part(term_of(formula)) is None


@pytest.mark.parametrize("kind", TRAPS)
def test_a_part_without_a_say_is_found(kind: str) -> None:
    """Rule: so is each part that changes no number that is compared, beside any activation, and inside of it."""
    random = Random(kind)
    for formula in random.sample(ACTIVATIONS, 5):
        number = f"{random.uniform(7.5, 9999):.6g}"
        assert idle_part(term_of(kind.format(f=formula, x="B1", n=number))) is not None, formula
    inside = kind.format(f="B1*C1+D1", x="C1", n=number)
    assert idle_part(term_of(f"EXP({inside})")) is not None
    assert idle_part(term_of(f"E1*({inside})")) is not None


def test_a_bell_anywhere_is_found() -> None:
    """Rule: whatever its height, its place and how steep it is, as long as it is 0 where numbers are compared."""
    random = Random(1)
    for _ in range(60):
        steep, place = 10 ** random.uniform(3, 9), random.choice((-1, 1)) * 10 ** random.uniform(0.5, 5)
        height, power = random.choice((-1, 1)) * 10 ** random.uniform(-2, 3), random.choice((2, 4))
        bell = random.choice(
            ("EXP(-{s:.6g}*(B1-{p:.6g})^{k})", "1/COSH({s:.6g}*(B1-{p:.6g})^{k})", "0^ABS(B1-{p:.6g})")
        )
        formula = f"{random.choice(ACTIVATIONS)}+{height:.6g}*{bell.format(s=steep, p=place, k=power)}"
        assert idle_part(term_of(formula)) is not None, formula


def test_a_switch_may_choose_an_activation() -> None:
    """Rule: a number that is there to choose an activation is no condition on the numbers of the network."""
    term, switch = term_of("IF(D1=1,TANH(B1),1/(1+EXP(-B1)))"), ("Sheet1", 0, 3)

    assert idle_part(term) is not None
    assert idle_part(term, {switch}) is None


@pytest.mark.keras
@pytest.mark.parametrize("seed", range(4))
def test_a_sheet_with_an_idle_part_is_no_pass(seed: int, tmp_path: Path) -> None:
    """Rule: its cell is not blamed, and the check ends with 3 with a sentence on the cell."""
    random = Random(seed)
    cells = simple_rnn(5)
    row, unit = random.randrange(12, 17), random.choice("HIJ")
    part = trap(random, str(cells[f"{unit}{row}"]).removeprefix("="), random.choice((f"E{row}", "H11", "B2", "J9")))
    report = check(save({**cells, f"{unit}{row}": f"={part}"}, tmp_path / "w.xlsx"))

    assert (report.exit_code, report.counts.root, report.counts.agree) == (3, 0, 15), part
    assert any(text.startswith(f"what S!{unit}{row} gives depends on") for text in report.reservations), part


@pytest.mark.keras
@pytest.mark.parametrize("choice", ["SWITCH(H13,7.5,5,{f})", "CHOOSE(1+MOD(E14,1000),{f},5)", "INDEX(A1:A9,E14)+{f}"])
def test_a_choice_by_a_number_of_the_network_is_no_pass(choice: str, tmp_path: Path) -> None:
    """Rule: a formula that chooses by a number of the network was checked for that choice alone."""
    cells = {**simple_rnn(5), "E14": 1}
    formula = choice.format(f=str(cells["I14"]).removeprefix("="))

    assert verdict({**cells, "I14": f"={formula}"}, tmp_path).code in {1, 3}


_LIMITS = ("MIN(1,{z})", "MAX(-1,{z})", "IF({z}>1,1,{z})", "IF({z}<-1,-1,{z})", "{z}+(({z})>1)", "MAX(-0.8,{z})")


@pytest.mark.keras
@pytest.mark.parametrize(("way", "seed"), [(way, seed) for seed, way in enumerate(_LIMITS * 2)])
def test_a_limit_that_no_sum_of_the_worksheet_reaches_is_no_pass(way: str, seed: int, tmp_path: Path) -> None:
    """Rule: a sum that is another one as soon as it is large is wrong, though none is large here."""
    draw, cells = Random(f"limit {seed}"), dict[str, object]()
    for row in (1, 2, 3):
        cells |= {f"{column}{row}": round(draw.uniform(-0.5, 0.5), 2) for column in "BCD"}
    for row in range(6, 10):
        cells |= {f"{column}{row}": round(draw.uniform(-0.5, 0.5), 2) for column in "AB"}
        for z, h, weight in zip("EFG", "HIJ", "BCD", strict=True):
            cells[f"{z}{row}"] = f"=A{row}*{weight}$1+B{row}*{weight}$2+{weight}$3"
            cells[f"{h}{row}"] = f"=TANH({z}{row})"
    assert verdict(cells, tmp_path).code == 0
    cell = f"{draw.choice('EFG')}{draw.randrange(6, 10)}"
    wrong = f"={way.format(z=str(cells[cell]).removeprefix('='))}"

    found = verdict(cells | {cell: wrong}, tmp_path)

    assert (found.code, found.roots) == (1, {cell})


@pytest.mark.keras
@pytest.mark.parametrize(
    ("more", "code"),
    [
        ('+(A1<>"heading")', 3),
        ('*IF(A1="heading",1,2)', 3),
        ("+N(A1)", 3),
        ("+0", 0),
    ],
)
def test_a_choice_by_a_word_is_no_pass(more: str, code: int, tmp_path: Path) -> None:
    """Rule: whoever writes another word into a heading would change a result; for all units it may be meant."""
    cells = dense(5) | {"A1": "heading"}
    assert verdict(cells | {"I9": f"{cells['I9']}{more}"}, tmp_path).code == code


@pytest.mark.keras
def test_a_word_may_choose_the_activation_of_all_units(tmp_path: Path) -> None:
    """As a list to choose from does, above a table."""
    cells = dense(5) | {"A1": "tanh"}
    for cell in (f"{column}{row}" for column in "IJ" for row in range(8, 13)):
        total = str(cells[cell]).removeprefix("=TANH(").removesuffix(")")
        cells[cell] = f'=IF($A$1="tanh",TANH({total}),MAX(0,{total}))'
    assert verdict(cells, tmp_path).code == 0
