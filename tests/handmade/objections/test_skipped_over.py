"""Residual connections of a single sample, and what a block adds that was not given to it."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import answer
from recognised_sheets import sheet

from xlcheck.handmade.objections.skipped_over import skips_too_much

_WEIGHTS = ((0.3, -0.5, 0.2), (0.6, 0.1, -0.4), (0.4, 0.2, -0.3), (-0.6, 0.5, 0.1))


def _blocks(skipped: str = "{0}", *, bent: bool = True) -> dict[str, object]:
    """Two blocks of two layers with two units each around which their inputs go, in A1:A2, and a weighted sum of all.

    The weights of the first block stand in C:E and I:K, those of the second one in the rows below.

    Args:
        skipped: what the second block adds: {0} are its own inputs.
        bent: whether a relu stands behind each block.
    """
    cells: dict[str, object] = {"A1": 0.8, "A2": -0.4}
    given = ("A1", "A2")
    for block, row in enumerate((1, 5)):
        first, second = ((f"F{row}", f"F{row + 1}"), (f"L{row}", f"L{row + 1}"))
        for unit in (0, 1):
            at, own = row + unit, _WEIGHTS[2 * block + unit]
            cells |= {f"{column}{at}": own[k] + 0.07 * block for k, column in enumerate("CDE")}
            cells |= {f"{column}{at}": 0.9 - own[k] * (1.1 + unit) for k, column in enumerate("IJK")}
            cells[f"F{at}"] = f"=MAX(0,C{at}*{given[0]}+D{at}*{given[1]}+E{at})"
        for unit in (0, 1):
            at = row + unit
            cells[f"L{at}"] = f"=I{at}*{first[0]}+J{at}*{first[1]}+K{at}"
            added = given[unit] if block == 0 else skipped.format(given[unit], 1 + unit)
            cells[f"M{at}"] = f"={second[unit]}+{added}"
            cells[f"N{at}"] = f"=MAX(0,M{at})" if bent else f"=M{at}"
        given = (f"N{row}", f"N{row + 1}") if bent else (f"M{row}", f"M{row + 1}")
    cells |= {"P1": 0.7, "P2": -1.2, "P3": 0.15, "P5": f"=P1*{given[0]}+P2*{given[1]}+P3"}
    return cells if bent else {cell: own for cell, own in cells.items() if not cell.startswith("N")}


@pytest.mark.keras
@pytest.mark.parametrize("bent", [True, False])
def test_the_blocks_of_one_sample_add_what_they_were_given(bent: bool, tmp_path: Path) -> None:
    """Rule: units that read the same, and add each another one of the numbers multiplied before, skip layers."""
    assert answer(_blocks(bent=bent), tmp_path) == (0, set())


@pytest.mark.keras
@pytest.mark.parametrize(
    ("cell", "text"),
    [("M2", "=L2+A1"), ("M5", "=L5-N1"), ("M6", "=L6"), ("L2", "=I2*F1+J2*F2"), ("N5", "=MAX(0,L5)"), ("M1", "=A1+K1")],
)
def test_one_wrong_formula_of_a_block_is_found_or_nothing_is_said(cell: str, text: str, tmp_path: Path) -> None:
    """Rule: that a block skips layers makes nobody wrong but the cell that does otherwise."""
    code, roots = answer({**_blocks(), cell: text}, tmp_path, effort=3)

    assert (code, roots) in [(1, {cell}), (3, set())]


@pytest.mark.keras
@pytest.mark.parametrize("skipped", ["A{1}", "F{1}"])
def test_a_block_that_adds_what_the_one_before_was_given_is_no_pass(skipped: str, tmp_path: Path) -> None:
    """Rule: what a sum before is made of may be meant, or a slip."""
    assert answer(_blocks(skipped), tmp_path, effort=3) == (3, set())


@pytest.mark.parametrize(("skipped", "told"), [("{0}", []), ("F{1}", ["S!M5 adds what S!M1 before it is made of"])])
def test_what_stands_before_another_sum_is_told(skipped: str, told: list[str], tmp_path: Path) -> None:
    """Rule: it is told by the first results of both sums; the results of the one before are what a block was given."""
    found = sheet(_blocks(skipped), tmp_path)
    layers = [own.networks[0] for own in found.arrangement.plain]

    assert len(layers) == 4
    assert [*skips_too_much(layers, found.terms.reads)] == told
