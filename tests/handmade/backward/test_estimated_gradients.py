"""Gradients that are estimated beside those of the chain rule, with a copy of the network for each weight."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from training_sheets import Cells, filled, judged, roots, trained

pytestmark = pytest.mark.keras

_WEIGHTS = (0.4, -0.7, 0.2, 0.9, -0.3)
"""Two weights and a bias of a hidden unit, and a weight and a bias of the output: rows 4 to 8."""
_ROWS = range(4, 9)
_MORE, _LESS = "GHIJK", "MNOPQ"
_SAMPLES = ((0.6, -1.1, 0.5), (-0.4, 0.8, -0.2))


def _network(column: str, samples: int, loss: str) -> Cells:
    """The network in a column that holds its weights: a row each for hidden unit and output, and the loss in row 19."""
    cells: Cells = {}
    for s in range(samples):
        x1, x2, t = (f"${c}${21 + s}" for c in "BCD")
        h, o = f"{column}{10 + 2 * s}", f"{column}{11 + 2 * s}"
        cells[h] = f"=TANH({column}4*{x1}+{column}5*{x2}+{column}6)"
        cells[o] = f"={column}7*{h}+{column}8"
        cells[f"{column}{15 + s}"] = f"=({o}-{t})^2"
    total = "+".join(f"{column}{15 + s}" for s in range(samples))
    return cells | {f"{column}19": loss.format(total)}


def _gradients(samples: int, factor: str) -> Cells:
    """The gradients of all weights, in column C."""
    parts: list[list[str]] = [[] for _ in _ROWS]
    for s in range(samples):
        h, error = f"B{10 + 2 * s}", f"(B{11 + 2 * s}-D{21 + s})"
        back = f"{error}*B7*(1-{h}^2)"
        for part, own in zip(
            parts, (f"{back}*B{21 + s}", f"{back}*C{21 + s}", back, f"{error}*{h}", error), strict=True
        ):
            part.append(own)
    return {f"C{row}": f"={factor}*({'+'.join(part)})" for row, part in zip(_ROWS, parts, strict=True)}


def _checked(
    *, sides: int = 2, samples: int = 1, loss: str = "=({})/2", factor: str = "1",
    compared: str = "=ABS(C{0}-D{0})/(ABS(C{0})+ABS(D{0}))", length: str = "$B$1",
) -> Cells:  # fmt: skip
    """A sheet that checks its gradients."""
    cells: Cells = {"A1": "h", "B1": 0.001} | {f"B{row}": w for row, w in zip(_ROWS, _WEIGHTS, strict=True)}
    for s, sample in enumerate(_SAMPLES[:samples]):
        cells |= {f"{c}{21 + s}": number for c, number in zip("BCD", sample, strict=True)}
    cells |= _network("B", samples, loss) | _gradients(samples, factor)
    for sign, columns in (("+", _MORE), ("-", _LESS))[:sides]:
        for column, moved in zip(columns, _ROWS, strict=True):
            cells |= {f"{column}{row}": f"=$B{row}" + (f"{sign}{length}" if row == moved else "") for row in _ROWS}
            cells |= _network(column, samples, loss)
    for row, more, less in zip(_ROWS, _MORE, _LESS, strict=True):
        ends = f"({more}19-{less}19)/(2*{length})" if sides > 1 else f"({more}19-$B$19)/{length}"
        cells |= {f"D{row}": f"={ends}", f"E{row}": compared.format(row) or None}
    return cells


def _is_right(cells: Mapping[str, object], path: Path) -> bool:
    part = judged(cells, path)
    return part.counts().not_evaluated == part.counts().root == 0 and not part.gaps


@pytest.mark.parametrize(
    "sheet",
    [
        _checked(),
        _checked(sides=1, compared="=C{0}-D{0}"),
        _checked(samples=2, loss="=({})/4", factor="0.5", compared="=D{0}/C{0}"),
        _checked(samples=2, loss="={}", factor="2", compared="=ABS(C{0}-D{0})/MAX(ABS(C{0}),ABS(D{0}),1E-8)"),
        _checked(length="0.001", compared="=(D{0}-C{0})^2") | {"B1": None},
    ],
    ids=["from both sides", "from one side", "a mean of samples", "a sum of samples", "a typed step"],
)
def test_gradients_are_checked_by_differences_of_losses(sheet: Cells, tmp_path: Path) -> None:
    """Rule: a copy of the network for each weight, the estimates and what compares them are all right."""
    assert _is_right(sheet, tmp_path / "w.xlsx")


_SLIPS: dict[str, Cells] = {
    "the other sign": {"D4": "=(M19-G19)/(2*$B$1)"},
    "half the distance": {"D4": "=(G19-M19)/$B$1"},
    "another weight's losses": {"D5": "=(G19-M19)/(2*$B$1)"},
    "a copy that is not moved": {"G4": "=$B4"},
    "a copy that is moved twice as far": {"G4": "=$B4+2*$B$1"},
    "a copy of another weight": {"H4": "=$B4+$B$1"},
    "the copy of another weight, moved": {"K8": "=$B7+$B$1"},
    "an input that a copy reads twice": {"I10": "=TANH(I4*$B$21+I5*$B$21+I6)"},
    "a loss that a copy does not halve": {"J19": "=J15"},
    "a gradient with a minus": {"C8": "=-(B11-D21)"},
    "a sum for a difference": {"E7": "=ABS(C7+D7)/(ABS(C7)+ABS(D7))"},
    "a comparison that is made twice": {"E5": "=ABS(C4-D4)/(ABS(C4)+ABS(D4))"},
    "another comparison than in line with it": {"E5": "=ABS(C5-D5)"},
    "a comparison with another weight's estimate": {"E5": "=ABS(C5-D4)/(ABS(C5)+ABS(D5))"},
}


@pytest.mark.parametrize("slip", _SLIPS)
def test_no_slip_in_a_check_of_gradients_passes(slip: str, tmp_path: Path) -> None:
    """Rule: a cell that is not what it should be is blamed itself, or nobody is, and there is no pass."""
    _is_no_pass(_checked(), _SLIPS[slip], tmp_path)


_TWICE = {f"D{row}": f"=({more}19-{less}19)/$B$1" for row, more, less in zip(_ROWS, _MORE, _LESS, strict=True)}


@pytest.mark.parametrize(
    ("compared", "slip"), [("", {}), ("", _TWICE), ("=ABS(C{0}-D{0})", {"E5": "=ABS(C5-D4)"})],
    ids=["nothing is compared", "all are twice as large", "one is compared with another weight's"],
)  # fmt: skip
def test_an_estimate_is_as_large_as_the_gradients_are(compared: str, slip: Cells, tmp_path: Path) -> None:
    """Rule: estimates count the loss as often as the gradients do, and a formula that reads one is known or open."""
    sheet = _checked(compared=compared)
    if slip:
        _is_no_pass(sheet, slip, tmp_path)
    else:
        assert _is_right(sheet, tmp_path / "w.xlsx")


def _is_no_pass(sheet: Cells, slip: Cells, folder: Path) -> None:
    part = trained(filled(folder / "w.xlsx", sheet | slip))
    assert part is not None
    assert part.gaps or part.counts().not_evaluated or part.counts().root
    assert {*roots(part)} <= {*slip}
