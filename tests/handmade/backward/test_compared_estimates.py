"""How estimated gradients are compared with those of the chain rule: one by one, and all at once."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from recognised_sheets import cell_at
from training_sheets import Cells, filled, terms_of

from xlcheck.handmade.backward.quantities import Quantity, Role
from xlcheck.handmade.backward_judging.compared_estimates import compared, compared_otherwise, reads_estimates

_WEIGHTS = {"A2": "w1[1,1]", "A3": "b1[1]"}


def _reading(cells: Cells, folder: Path) -> Any:
    """Two weights in column A, their gradients in column B, the estimates of these in column C."""
    given = {
        f"{column}{row}": number + row for column, number in zip("ABC", (0.1, 0.2, 0.2), strict=True) for row in (2, 3)
    }
    terms = terms_of(filled(folder / "w.xlsx", {f"S!{own}": content for own, content in (given | cells).items()}))
    values = {cell_at(cell): np.array([number, number + 1]) for cell, number in given.items()}
    values |= {cell: np.zeros(2) for cell in terms}
    gradients = {cell_at(weight): values[cell_at(weight.replace("A", "B"))] for weight in _WEIGHTS}
    names = {cell_at(weight): f"∂E/∂{name}" for weight, name in _WEIGHTS.items()}
    step = SimpleNamespace(gradients=gradients, gradient_names=names)
    roles = {
        cell_at(weight.replace("A", "C")): (0, Role(Quantity(f"estimate of ∂E/∂{name} at {name} ± D1", np.ones(2))))
        for weight, name in _WEIGHTS.items()
    }
    return SimpleNamespace(sheet=SimpleNamespace(terms=terms, cells=values, settings=()), roles=roles, steps=[step])


def _right(reading: Any) -> dict[Any, str]:
    names = {cell: role.quantity.name for cell, (_, role) in reading.roles.items()}
    return names | {cell_at(f"B{row}"): "∂E/∂w" for row in (2, 3)}


@pytest.mark.parametrize(
    ("formula", "is_known"),
    [
        ("=B2-C2", True), ("=ABS(C2-B2)", True), ("=ABS(B2-C2)/MAX(ABS(B2),ABS(C2),1E-8)", True), ("=C2/B2", True),
        ("=200*ABS(B2-C2)/(ABS(B2)+ABS(C2))", True), ("=SQRT((B2-C2)^2+(B3-C3)^2)", True),
        ("=SQRT((B2-C2)^2+(B3-C3)^2)/(SQRT(B2^2+B3^2)+SQRT(C2^2+C3^2))", True), ("=MAX(ABS(B2-C2),ABS(B3-C3))", True),
        ("=B2+C2", False), ("=ABS(B2-C3)", False), ("=ABS(B2-C2)/3", False), ("=ABS(B2-C2)/(ABS(B2)-ABS(C2))", False),
        ("=SQRT((B2-C2)^2+(B3-C2)^2)", False), ("=ABS(B2-C2)+A2", False),
    ],
)  # fmt: skip
def test_an_estimate_is_compared_with_its_own_gradient(formula: str, is_known: bool, tmp_path: Path) -> None:
    """Rule: what people make of the two is known by what it gives for any numbers, and nothing else is."""
    reading = _reading({"E2": formula}, tmp_path)
    assert (compared(cell_at("E2"), reading, _right(reading)) is not None) is is_known
    assert reads_estimates(cell_at("E2"), reading, _right(reading))


def test_all_estimates_are_compared_at_once(tmp_path: Path) -> None:
    """Rule: a length over some of the estimates leaves the others out."""
    reading = _reading({"E2": "=SQRT((B2-C2)^2+(B3-C3)^2)", "C4": "=0.3"}, tmp_path)
    reading.roles[cell_at("C4")] = 0, Role(Quantity("estimate of ∂E/∂w1[2,1] at w1[2,1] ± D1", np.ones(2)))
    assert compared(cell_at("E2"), reading, _right(reading)) is None


def test_two_formulas_compare_the_same_for_one_another(tmp_path: Path) -> None:
    """Rule: of two cells that compare the very same one stands for something else; a decision is no comparison."""
    reading = _reading({"E2": "=ABS(B2-C2)", "E3": "=ABS(B2-C2)", "F2": "=IF(C2>0,1,0)"}, tmp_path)
    assert compared(cell_at("E2"), reading, _right(reading)) is None
    assert not reads_estimates(cell_at("F2"), reading, _right(reading))


@pytest.mark.parametrize(("other", "count"), [("=ABS(B3-C3)", 0), ("=B3-C3", 1)])
def test_estimates_in_line_are_compared_alike(other: str, count: int, tmp_path: Path) -> None:
    """Rule: what stands as far from one estimate as from another compares it in the same way."""
    reading = _reading({"E2": "=ABS(B2-C2)", "E3": other, "F2": "=C2/B2", "F3": "=C3/B3"}, tmp_path)
    right = _right(reading) | {cell_at(own): "how far" for own in ("E2", "E3", "F2", "F3")}
    assert len([*compared_otherwise(reading, right)]) == count
