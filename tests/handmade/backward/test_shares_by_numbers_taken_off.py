"""A softmax whose logits are all less by the largest of them, trained towards shares; its loss is a divergence."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import answer

pytestmark = pytest.mark.keras

_DATA = ((1.0, 0.2, 0.7, 0.2, 0.1), (0.3, 1.1, 0.1, 0.3, 0.6), (-0.4, 0.6, 0.25, 0.5, 0.25))


def _cells(largest: str = "MAX(Q{r}:S{r})") -> dict[str, object]:
    """A row a step from 3 on: inputs in C and D, targets in E to G, weights in H to P, logits, shares, loss, errors."""
    cells: dict[str, object] = {"A1": "rate", "B1": 0.5}
    first = dict(zip("HIJKLMNOP", (0.8, -0.9, 0.2, 0.6, 0.5, 0.1, 0, 0.05, -0.1), strict=True))
    for r, data in enumerate(_DATA, start=3):
        cells |= {f"{c}{r}": number for c, number in zip("CDEFG", data, strict=True)}
        for weight, error, read in zip("HIJKLMNOP", "XYZXYZXYZ", "CCCDDD   ", strict=True):
            slope = f"{error}{r - 1}" + (f"*{read}{r - 1}" if read != " " else "")
            cells[f"{weight}{r}"] = first[weight] if r == 3 else f"={weight}{r - 1}-$B$1*{slope}"
        for z, (one, other, bias) in zip("QRS", ("HKN", "ILO", "JMP"), strict=True):
            cells[f"{z}{r}"] = f"=C{r}*{one}{r}+D{r}*{other}{r}+{bias}{r}"
        off, below = largest.format(r=r), "+".join(f"EXP({z}{r}-{largest.format(r=r)})" for z in "QRS")
        cells |= {f"{p}{r}": f"=EXP({z}{r}-{off})/({below})" for p, z in zip("TUV", "QRS", strict=True)}
        cells[f"W{r}"] = "=" + "+".join(f"{t}{r}*LN({t}{r}/{p}{r})" for t, p in zip("EFG", "TUV", strict=True))
        cells |= {f"{e}{r}": f"={p}{r}-{t}{r}" for e, p, t in zip("XYZ", "TUV", "EFG", strict=True)}
    return cells


@pytest.mark.parametrize("largest", ["MAX(Q{r}:S{r})", "AA{r}"])
def test_what_is_taken_off_all_logits_changes_no_share(largest: str, tmp_path: Path) -> None:
    """Rule: the largest logit, in the formula or in a cell of its own, is none of the unit's sum."""
    beside = {f"AA{r}": f"=MAX(Q{r}:S{r})" for r in (3, 4, 5)} if largest.startswith("AA") else {}
    assert answer(_cells(largest) | beside, tmp_path) == (0, set())


@pytest.mark.parametrize(
    ("cell", "old", "new"),
    [("W4", "LN(F4/U4)", "LN(U4/F4)"), ("R4", "D4*L4", "C4*L4"), ("V4", "=EXP(S4-MAX(Q4:S4))", "=EXP(S4)")],
)
def test_a_slip_beside_the_largest_logit_is_the_root(cell: str, old: str, new: str, tmp_path: Path) -> None:
    """Rule: a divergence the wrong way round, a logit by the wrong input, an exponential of which nothing is taken."""
    cells = _cells()
    assert old in str(cells[cell])
    assert answer(cells | {cell: str(cells[cell]).replace(old, new)}, tmp_path) == (1, {cell})
