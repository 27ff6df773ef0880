"""A unit with tanh that goes down the slopes of its squared error, a row a step: two weights, two inputs, a target."""

from __future__ import annotations

from collections.abc import Mapping

FIRST = 4
_DATA = ((0.5, -0.8, 0.3), (0.9, 0.4, -0.6), (-0.7, 0.2, 0.1))


def descent(steps: int, wrong: Mapping[str, object] | None = None) -> dict[str, object]:
    """Weights in A and B, inputs in C and D, target in E, result in F, error in G, slopes in H and I; rate in K1.

    Args:
        steps: how many steps follow one another; the last weights stand below them, by themselves.
        wrong: what stands in some cells instead.
    """
    cells: dict[str, object] = {"K1": 0.1, f"A{FIRST}": 0.6, f"B{FIRST}": -0.45}
    for row, numbers in enumerate(_DATA[:steps], start=FIRST):
        cells |= dict(zip((f"C{row}", f"D{row}", f"E{row}"), numbers, strict=True))
        cells |= {f"F{row}": f"=TANH(A{row}*C{row}+B{row}*D{row})", f"G{row}": f"=(F{row}-E{row})^2"}
        for weight, x, slope in (("A", "C", "H"), ("B", "D", "I")):
            cells[f"{slope}{row}"] = f"=2*(F{row}-E{row})*(1-F{row}^2)*{x}{row}"
            cells[f"{weight}{row + 1}"] = f"={weight}{row}-$K$1*{slope}{row}"
    return cells | dict(wrong or {})
