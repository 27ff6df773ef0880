"""What a program printed: which results it is of, wherever these stand, and how exact it must be."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from recognised_sheets import sheet

from xlcheck.handmade.beside.typed_beside import printed_otherwise

_ROWS = range(2, 6)
_RESULTS = {row: math.tanh(0.3 * row - 1) for row in _ROWS}


def _said(cells: dict[str, object], folder: Path) -> list[str]:
    found = sheet(cells, folder)
    return [*printed_otherwise(found.table, found.values, found.part.precedents)]


@pytest.mark.parametrize(
    ("other", "named"),
    [
        ({}, []),
        ({"E4": 0.912345}, [("B4", "E4")]),
        ({"E4": 0.912345, "E1": "loss"}, []),
    ],
)
def test_targets_and_errors_may_stand_between_results_and_what_was_printed(
    other: dict[str, object], named: list[tuple[str, str]], tmp_path: Path
) -> None:
    """Rule: the column that most of the printed numbers say again is theirs, however far it is."""
    cells: dict[str, object] = {"E1": "Keras"}
    for row in _ROWS:
        cells |= {f"A{row}": 0.3 * row, f"B{row}": f"=TANH(A{row}-1)", f"C{row}": row % 2}
        cells |= {f"D{row}": f"=B{row}-C{row}", f"E{row}": round(_RESULTS[row], 6)}

    said = _said(cells | other, tmp_path)
    assert [own.partition(",")[0] for own in said] == [f"S!{a} is not what S!{b} says" for a, b in named]


_BLOCK = {f"{c}{row}": (k + 1) * 0.1 * row for k, c in enumerate("EFG") for row in (2, 3)}
_PRINTED = {f"{c}{row + 5}": round(math.tanh(_BLOCK[f"{e}{row}"]), 5) for c, e in zip("ABC", "EFG", strict=True)
            for row in (2, 3)}  # fmt: skip


@pytest.mark.parametrize(
    ("other", "named"),
    [
        ({}, []),
        ({"C8": 0.77777}, [("C3", "C8")]),
        ({"C8": 0.77777, "A6": "targets:"}, []),
        ({"C8": 0.77777, "B2": "=TANH(F2)", "A4": "=TANH(E2)", "B4": "=TANH(F2)", "C4": "=TANH(G2)"}, []),
    ],
    ids=["right", "another number", "nothing that a program printed", "a block of more rows"],
)
def test_a_block_that_was_printed_below_a_block_of_results_says_it_again(
    other: dict[str, object], named: list[tuple[str, str]], tmp_path: Path
) -> None:
    """Rule: what stands below `model.predict:` is the next block above it, if that has as many rows and columns."""
    results = {f"{c}{row}": f"=TANH({e}{row})" for c, e in zip("ABC", "EFG", strict=True) for row in (2, 3)}
    cells: dict[str, object] = {**_BLOCK, **results, "A6": "model.predict:", **_PRINTED}

    said = _said(cells | other, tmp_path)
    assert [own.partition(",")[0] for own in said] == [f"S!{a} is not what S!{b} says" for a, b in named]


@pytest.mark.parametrize(
    ("weights", "formula", "off", "is_said"),
    [
        ((0.731492, -0.418273), "{}", 1.4e-4, True),
        ((0.731492, -0.418273), "{}", 1e-5, False),
        ((0.731492, -0.418273), "ROUND({},3)", 1.4e-4, False),
        ((0.73, -0.42), "{}", 1.4e-4, False),
        ((0.73, -0.42), "{}", 0.02, True),
    ],
)
def test_what_is_computed_from_all_digits_of_weights_agrees_to_the_last_ones(
    weights: tuple[float, float], formula: str, off: float, is_said: bool, tmp_path: Path
) -> None:
    """Rule: only weights that were rounded, or rounding on the way, excuse another digit than the last ones."""
    one, other = weights
    cells: dict[str, object] = {"A1": 0.5, "A2": 0.3, "B1": one, "B2": other, "C4": "Keras", "D3": "=TANH(D1)"}
    cells["D1"] = "=" + formula.format("A1*B1+A2*B2")
    result = round(0.5 * one + 0.3 * other, 3 if "ROUND" in formula else 9)
    cells["D4"] = round(math.tanh(result) + off, 6)

    assert bool(_said(cells, tmp_path)) is is_said
