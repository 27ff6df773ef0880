"""Trainings in which each layer has a learning rate of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import answer

pytestmark = pytest.mark.keras


def _cells(wrong: str | None = None) -> dict[str, object]:
    """A row a step from 4 on: x and target, weights of two hidden units and of a linear output, and what flows back.

    The rates stand in B1 and D1.

    Args:
        wrong: the column of a weight that moves by the other rate at all steps.
    """
    cells: dict[str, object] = {"B1": 0.5, "D1": 0.1}
    first = dict(zip("CDEFGHI", (0.4, -0.2, -0.7, 0.1, 0.9, -0.5, 0.3), strict=True))
    slopes = {"C": "{n}*A", "D": "{n}", "E": "{m}*A", "F": "{m}", "G": "{e}*J", "H": "{e}*K", "I": "{e}"}
    for r, (x, target) in enumerate(((0.5, 0.2), (-1.0, 0.7), (0.8, -0.3), (0.1, 0.6)), start=4):
        cells |= {f"A{r}": x, f"B{r}": target}
        for c, slope in slopes.items():
            own = slope.format(n=f"N{r - 1}", m=f"O{r - 1}", e=f"M{r - 1}") + (
                "" if slope.endswith("}") else f"{r - 1}"
            )
            rate = "$D$1" if (c in "GHI") != (c == wrong) else "$B$1"
            cells[f"{c}{r}"] = first[c] if r == 4 else f"={c}{r - 1}-{rate}*{own}"
        cells |= {f"J{r}": f"=1/(1+EXP(-(A{r}*C{r}+D{r})))", f"K{r}": f"=1/(1+EXP(-(A{r}*E{r}+F{r})))"}
        cells |= {f"L{r}": f"=J{r}*G{r}+K{r}*H{r}+I{r}", f"M{r}": f"=L{r}-B{r}"}
        cells |= {f"N{r}": f"=M{r}*G{r}*J{r}*(1-J{r})", f"O{r}": f"=M{r}*H{r}*K{r}*(1-K{r})"}
    return cells


def test_layers_may_have_a_rate_each(tmp_path: Path) -> None:
    """Rule: all weights of a layer move by one cell, at every step."""
    assert answer(_cells(), tmp_path) == (0, set())


@pytest.mark.parametrize("column", ["D", "H"])
def test_a_weight_with_the_rate_of_another_layer_is_no_pass(column: str, tmp_path: Path) -> None:
    """Rule: others of its layer say by which rate it should move."""
    code, wrong = answer(_cells(column), tmp_path)
    assert code != 0
    assert wrong <= {f"{column}{row}" for row in (5, 6, 7)}
