"""A row a weight: the factors of the chain rule in columns, also the 1 by which a sum depends on its bias."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import answer

pytestmark = pytest.mark.keras

_STEPS = ((4, 0.05, 0.1, 0.9), (24, 0.6, 0.8, 0.2), (44, -0.4, 0.3, 0.7))


def _blocks() -> dict[str, object]:
    """A network 2-2-1, three steps below one another: values in B, factors in C to G, gradients in H, new values in I.

    The rows of a block: w11, w12, w21, w22, b1, b2, v1, v2, c; below them the units, sums in C, outputs in D.
    """
    cells: dict[str, object] = {"B2": 0.5}
    for top, one, other, target in _STEPS:
        cells |= {f"C{top}": one, f"E{top}": other, f"G{top}": target}
        h1, h2, o = (top + k for k in (12, 13, 14))
        w11, w12, w21, w22, b1, b2, v1, v2, c = (f"B{top + k}" for k in range(1, 10))
        for number, value in enumerate((0.39, 0.63, -0.91, 0.14, 0.22, -0.15, 0.95, 0.56, 0.3), 1):
            row = top + number
            cells |= {f"B{row}": f"=I{row - 20}" if top > 4 else value, f"C{row}": f"=$D${o}-$G${top}"}
            cells |= {f"D{row}": f"=$D${o}*(1-$D${o})", f"I{row}": f"=B{row}-$B$2*H{row}"}
            if number < 7:
                unit, out = (h1, v1) if number % 2 else (h2, v2)
                cells |= {f"E{row}": f"={out}", f"F{row}": f"=$D${unit}*(1-$D${unit})"}
            read = (f"=$C${top}", f"=$C${top}", f"=$E${top}", f"=$E${top}", 1, 1, f"=$D${h1}", f"=$D${h2}", 1)
            cells[f"G{row}"] = read[number - 1]
            cells[f"H{row}"] = f"=C{row}*D{row}*" + (f"E{row}*F{row}*G{row}" if number < 7 else f"G{row}")
        cells |= {f"C{h1}": f"=$C${top}*{w11}+$E${top}*{w21}+{b1}", f"C{h2}": f"=$C${top}*{w12}+$E${top}*{w22}+{b2}"}
        cells[f"C{o}"] = f"=D{h1}*{v1}+D{h2}*{v2}+{c}"
        cells |= {f"D{row}": f"=1/(1+EXP(-C{row}))" for row in (h1, h2, o)}
        cells[f"G{o}"] = f"=0.5*($G${top}-D{o})^2"
    return cells


def test_all_factors_agree(tmp_path: Path) -> None:
    assert answer(_blocks(), tmp_path) == (0, set())


@pytest.mark.parametrize(
    ("cell", "value"),
    [("H26", "=C26*D26*E26*F26"), ("I28", "=B28+$B$2*H28"), ("E27", "=B32"), ("B29", "=I8"), ("G28", 1), ("G30", 2)],
    ids=["a factor left out", "a sign", "the other weight", "the bias beside", "1 for an input", "2 for a bias"],
)
def test_one_slip_is_no_pass(cell: str, value: object, tmp_path: Path) -> None:
    code, roots = answer(_blocks() | {cell: value}, tmp_path)
    assert code != 0
    assert roots <= {cell}
