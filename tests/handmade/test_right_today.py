"""A formula that gives what it should by a number that is none of the network's is neither wrong nor a pass."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from equation_sheets import answer, save, simple_rnn
from recognised_sheets import sheet

from xlcheck import check
from xlcheck.engines import engine
from xlcheck.handmade.accepting.bench import Bench
from xlcheck.handmade.accepting.by_equations import may_stay_right, settled
from xlcheck.handmade.reading.engine_choice import answers_of
from xlcheck.oracle.on_request import keras_if_installed
from xlcheck.verdicts.tolerance import Tolerance

_STEPS = {f"A{row}": row - 12 for row in range(12, 17)}
"""The numbers of steps, typed beside them."""
_KINDS = (
    "IF(A{r}={n},{f},{x})", "IF(A{r}<>{n},{x},{f})", "IF(A{r}*2={n}*2,{f},{x})", "IF(A{r}={n},{f},{f}+{x})",
    "{f}*(A{r}={n})", "{f}+{x}*(A{r}<>{n})", "({f})*A{r}/{n}", "{f}+A{r}-{n}", "SWITCH(A{r},{n},{f},{x})",
)  # fmt: skip
_CHANCE = ("{f}+0*RAND()", "IF(RAND()<2,{f},{x})", "{f}+RANDBETWEEN(0,0)", "{f}*(RAND()<2)", "IFERROR({f},RAND())")


def _formula(cells: dict[str, object], cell: str) -> str:
    return str(cells[cell]).removeprefix("=")


@pytest.mark.keras
@pytest.mark.parametrize("kind", _KINDS)
def test_a_number_of_no_layer_makes_a_right_formula_unknown(kind: str, tmp_path: Path) -> None:
    """Rule: what is right for the number that stands there is blamed for nothing, and is no pass either."""
    random = Random(kind)
    row, unit, other = random.randrange(13, 17), random.choice("HIJ"), random.choice((0, 5, -1.5))
    cells = {**simple_rnn(5), **_STEPS}
    own = kind.format(f=_formula(cells, f"{unit}{row}"), r=row, n=row - 12, x=other)

    assert answer({**cells, f"{unit}{row}": f"={own}"}, tmp_path, effort=4) == (3, set())


@pytest.mark.keras
@pytest.mark.parametrize("kind", _CHANCE)
def test_a_formula_that_draws_and_gives_what_it_should_is_unknown(kind: str, tmp_path: Path) -> None:
    """Rule: a number that is held for one drawing says nothing of other numbers, nor of what reads it."""
    random = Random(kind)
    row, unit = random.randrange(12, 17), random.choice("HIJ")
    cells = simple_rnn(5)
    own = kind.format(f=_formula(cells, f"{unit}{row}"), x=random.choice((0, 5)))
    report = check(save({**cells, f"{unit}{row}": f"={own}"}, tmp_path / "w.xlsx"), perturb=random.choice((0, 2)))

    assert (report.exit_code, report.counts.root, report.counts.carried) == (3, 0, 0)


@pytest.mark.keras
@pytest.mark.parametrize("own", ['VALUE(TEXT(H13,"[>7]5;0"))*0', "COUNT(1/(E14>7))"])
def test_a_formula_that_fails_for_numbers_that_nobody_types_is_unknown(own: str, tmp_path: Path) -> None:
    """Rule: where nobody understands it, and it gives what it should, an error says nothing of it or what reads it."""
    cells = simple_rnn(5)

    assert answer({**cells, "I14": f"={_formula(cells, 'I14')}+{own}"}, tmp_path) == (3, set())


@pytest.mark.keras
def test_what_is_zero_today_is_wrong(tmp_path: Path) -> None:
    """Rule: but a term that is 0 today is a slip, as a state of the wrong step, and so is noise beside a result."""
    cells = simple_rnn(5)
    noisy = f"={_formula(cells, 'I14')}+0.1*RAND()"

    assert answer({**cells, "H12": str(cells["H12"]).replace("I11*B$6", "I11*C$6")}, tmp_path) == (1, {"H12"})
    assert answer({**cells, "I14": noisy}, tmp_path) == (1, {"I14"})


@pytest.mark.keras
def test_nothing_is_said_where_no_cell_is_wrong(tmp_path: Path) -> None:
    """Rule: only cells that are called wrong, though right for the numbers shown, are asked for what they read."""
    recompute = keras_if_installed()
    assert recompute is not None
    own = sheet(simple_rnn(5) | _STEPS, tmp_path)
    answers, tolerance = answers_of(own.table, engine("ironcalc")), Tolerance(1e-12, 1e-12, 0.0, {})
    layers = settled(own.arrangement, own.part, Bench(own.part, answers, recompute, tolerance, 0, own.terms))

    assert layers.outcomes
    assert not any([*may_stay_right(outcome, own.arrangement)] for outcome in layers.outcomes)
