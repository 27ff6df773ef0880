"""What the equations of parts say: found once, of some of the formulas, and under another writing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from equation_sheets import TOYS
from recognised_sheets import a1, cell_at, sheet

from xlcheck.arrays import Array
from xlcheck.engines import engine
from xlcheck.graph.evaluate import evaluate
from xlcheck.graph.trace import Trace
from xlcheck.handmade import effort
from xlcheck.handmade.parts_by_equations import PartsByEquations
from xlcheck.handmade.reading.engine_choice import Answers, answers_of
from xlcheck.handmade.reading.sheet_groups import SheetGroup
from xlcheck.handmade.rewriting.rewritten import Rewritten
from xlcheck.learning.forward import forward_graph
from xlcheck.model.model_spec import ModelSpec
from xlcheck.verdicts.tolerance import Tolerance

XOR = TOYS["xor"]
FEES = {
    **{f"P{row}": 10.0 * row for row in (20, 21, 22)}, **{f"Q{row}": f"=P{row}*$R$1" for row in (20, 21, 22)},
    "R1": 0.19, "Q25": "=SUM(Q20:Q22)",
}  # fmt: skip
MORE = {
    **{f"{c}{row}": str(XOR[f"{c}8"]).replace("8", str(row)) for row in (9, 10) for c in "CDE"},
    "A9": 0.9, "B9": -0.75, "A10": -0.35, "B10": 0.15,
    **{f"G{row}": target for row, target in zip(range(6, 11), (0.3, 0.8, 0.9, 0.2, 0.4), strict=True)},
    "J2": "=CORREL(E6:E10,G6:G10)^2",
}  # fmt: skip
"""More samples of the dense network, targets, and how well the results explain these."""


SQUARES = {**{f"H{row}": f"=(E{row}-G{row})^2" for row in range(6, 11)}, "J2": "=AVERAGE(H6:H10)"}


def _keras(spec: ModelSpec, given: Mapping[str, Array]) -> Trace:
    """Stands in for Keras."""
    return Trace("own equations", evaluate(forward_graph(spec), given))


@dataclass(frozen=True)
class _Asked:
    """A worksheet, and who says what its equations do."""

    part: SheetGroup
    answers: Answers
    equations: PartsByEquations

    @property
    def left(self) -> set[str]:
        """The formulas without a verdict."""
        return {*map(a1, self.equations.of(self.part, self.answers).found.left)}

    @property
    def is_apart(self) -> bool:
        """Whether what is left has nothing to do with what is right."""
        return self.equations.is_apart(self.part, self.answers, self.equations.of(self.part, self.answers).found)


def _asked(cells: Mapping[str, object], folder: Path) -> _Asked:
    part = sheet(cells, folder).part
    return _Asked(part, answers_of(part.table, engine("ironcalc")), PartsByEquations(_keras, Tolerance(1e-9), 0))


def test_a_part_is_asked_for_once(tmp_path: Path) -> None:
    """Rule: another time the same is said; without a formula, another part is, also once."""
    own = _asked(XOR | {"K6": "=TANH(C6*3+D6)"}, tmp_path)
    found = own.equations.of(own.part, own.answers)
    rest = own.equations.of_rest(own.part, [cell_at("K6")], own.answers)

    assert own.equations.of(own.part, own.answers) is found
    assert (own.left, found.found.is_sure) == ({"K6"}, False)
    assert (rest.left, rest.is_sure) == ((), True)
    assert own.equations.of_rest(own.part, {cell_at("K6")}, own.answers) is rest
    assert own.equations.layers(own.part, own.answers, [cell_at("K6")]) is rest


def test_where_time_was_up_it_is_asked_again(tmp_path: Path) -> None:
    """Rule: nothing is said then, and nothing kept; there may be more time later."""
    own = _asked(XOR, tmp_path)
    with effort.limited_to(0):
        assert own.equations.layers(own.part, own.answers) is None
        assert not own.equations.is_whole(own.part, own.answers)

    assert own.equations.layers(own.part, own.answers) is not None
    assert own.equations.is_whole(own.part, own.answers)


@pytest.mark.parametrize(
    ("beside", "left", "is_whole"),
    [
        ({}, set(), True),
        ({"K9": "=SUM(C6:C8)"}, {"K9"}, True),  # which only shows results
        ({"K9": "=A6*$A$1+A7*$B$1"}, {"K9"}, False),
        (MORE, set(), True),
        (MORE | {"J2": "=CORREL(E6:E9,G6:G9)^2"}, {"J2"}, False),
        (MORE | SQUARES | {"I2": "MSE"}, set(), True),
        (MORE | SQUARES | {"I2": "RMSE"}, set(), False),  # without the root
        (MORE | {"I2": "MAE", "J2": "=SUMXMY2(E6:E10,G6:G10)/5"}, set(), False),
    ],
)
def test_a_part_is_whole_if_nothing_is_left_but_what_shows_results(
    beside: dict[str, object], left: set[str], is_whole: bool, tmp_path: Path
) -> None:
    """Rule: a statistic of all results and targets needs no verdict, unless it is called otherwise."""
    own = _asked(XOR | beside, tmp_path)

    assert own.left == left
    assert own.equations.is_whole(own.part, own.answers) is is_whole
    assert own.equations.of(own.part, own.answers).found.is_misnamed is (beside.get("I2") in {"RMSE", "MAE"})


@pytest.mark.parametrize(
    ("other", "is_apart"),
    [
        (FEES, True),
        (FEES | {"Q21": "=P21*$A$1"}, False),  # by a weight of the network
        (FEES | {"C7": "=SIN(A7*$A$1+B7*$A$2+$A$3)"}, False),  # which is wrong
        ({}, False),
    ],
)
def test_a_table_of_fees_is_apart_from_a_network_that_is_right(
    other: dict[str, object], is_apart: bool, tmp_path: Path
) -> None:
    assert _asked(XOR | other, tmp_path).is_apart is is_apart


def test_another_writing_may_leave_less(tmp_path: Path) -> None:
    """Rule: only formulas of the workbook count, and none of those that stand in cells that it does not have."""
    odd = _asked(XOR | {"E8": "=C8*D8*$D$1"}, tmp_path)
    right = _asked(XOR | {"K6": "=C6*3+D6", "K7": "=C7*5+D6", "K8": "=C6*D8"}, tmp_path)

    assert len(right.left) >= len(odd.left) > 0
    assert odd.equations.leaves_less(Rewritten(right.part, right.answers, odd.part), odd.answers)
    assert not odd.equations.leaves_less(Rewritten(odd.part, odd.answers, odd.part), odd.answers)
    with effort.limited_to(0):
        assert not right.equations.leaves_less(Rewritten(right.part, right.answers, odd.part), odd.answers)
