"""Weights that stand beside each other belong to units of one layer: what one of these does otherwise is told."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from recognised_sheets import a1, cell_at, sheet

from xlcheck.handmade.equations.reading import Reading
from xlcheck.handmade.objections.units_beside import (
    are_beside,
    are_side_by_side,
    are_units_of_one,
    of_units_beside,
    weights_of,
)

_BENT = "TANH({0})"


def _layers(
    folder: Path, reads: Sequence[str] = ("ABC", "ABC", "ABD"), rows: Sequence[int] = (1, 2, 3), last: str = _BENT
) -> list[Reading]:
    """Units in F, G, H over five samples, each with three inputs of A to D; the weights of each in a row, M to P."""
    cells: dict[str, object] = {
        f"{c}{r}": round(0.31 * n - 0.17 * r + 0.1, 2) for n, c in enumerate("MNOP") for r in rows
    }
    for row in range(11, 16):
        cells |= {f"{c}{row}": round((0.37 * row * (n + 2)) % 1.9 - 0.8, 2) for n, c in enumerate("ABCD")}
        for unit, own, at in zip("FGH", reads, rows, strict=True):
            total = "+".join(f"{x}{row}*${w}${at}" for x, w in zip(own, "MNO"[: len(own)], strict=True)) + f"+$P${at}"
            cells[f"{unit}{row}"] = "=" + (last if unit == "H" else _BENT).format(total)
    return [*sheet(cells, folder).recognised.readings]


def test_one_unit_that_reads_another_input_is_told(tmp_path: Path) -> None:
    """Rule: with its weights beside those of more units, of whose inputs it reads all but one."""
    readings = _layers(tmp_path)

    assert [own.units for own in readings] == [2, 1]
    assert [*of_units_beside(readings)] == ["S!H11 reads S!D11, where the units beside it read S!C11"]


@pytest.mark.parametrize(
    ("reads", "rows", "last"),
    [
        (("ABC", "ABC", "ABC"), (1, 2, 3), _BENT),  # units of one layer
        (("ABC", "ABC", "ABD"), (1, 2, 4), _BENT),  # a branch, whose weights stand apart
        (("ABC", "ABC", "ABD"), (1, 2, 3), "1/(1+EXP(-({0})))"),
        (("AB", "AB", "AD"), (1, 2, 3), _BENT),  # of two inputs one is the same by chance
        (("ABC", "ABC", "AB"), (1, 2, 3), _BENT),
    ],
)
def test_of_other_layers_nothing_is_told(reads: Sequence[str], rows: Sequence[int], last: str, tmp_path: Path) -> None:
    assert [*of_units_beside(_layers(tmp_path, reads, rows, last))] == []


def test_whose_weights_stand_side_by_side(tmp_path: Path) -> None:
    """Rule: units of one layer read the same, too; a cell is not beside one that touches it by a corner."""
    one, other = _layers(tmp_path)
    assert {*map(a1, weights_of(one.layer, one.layer.rows))} == {f"{c}{r}" for c in "MNO" for r in (1, 2)}
    assert are_side_by_side(one, other)
    assert not are_units_of_one(one, other)
    assert are_units_of_one(one, one)
    assert not are_side_by_side(*_layers(tmp_path, rows=(1, 2, 4)))
    assert are_beside([cell_at("B2")], {cell_at("B3"), cell_at("F9")})
    assert not are_beside([cell_at("B2")], {cell_at("C3"), ("T", 1, 2)})


@pytest.mark.parametrize(
    ("weight", "bias", "is_told"),
    [
        ("N2", "N1", True),
        ("N1", "N2", False),
        ("N3", "N1", False),  # not in line with the other bias
        ("N3", "N2", False),  # askew
        ("M2", "M1", False),  # the same two numbers
    ],
)
def test_a_weight_in_line_with_a_bias_is_told(weight: str, bias: str, is_told: bool, tmp_path: Path) -> None:
    """Rule: of two units of one input each, the first with its weight in M1 and its bias in M2, the other has both in
    the same lines, the other way round."""
    cells: dict[str, object] = {"M1": 0.7, "M2": -0.3, "N1": 1.1, "N2": 0.4, "N3": 0.2}
    two, own = (f"${name[0]}${name[1]}" for name in (weight, bias))
    for row, x in enumerate((0.3, -0.9, 1.4, 0.6), 11):
        cells |= {f"A{row}": x, f"B{row}": x * x - 1}
        cells |= {f"F{row}": f"=TANH(A{row}*$M$1+$M$2)", f"G{row}": f"=1/(1+EXP(-(B{row}*{two}+{own})))"}
    said = [*of_units_beside(sheet(cells, tmp_path).recognised.readings)]

    assert said == ["S!N2, a weight, stands in line with a bias, and S!N1, its bias, with a weight"] * is_told
