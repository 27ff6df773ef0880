"""What people try with a network: another weight, another input, a unit switched off. Nobody is blamed for that."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import answer

pytestmark = pytest.mark.keras


@pytest.mark.parametrize(("formula", "is_tried"), [("=C2+0.1", True), ("=1.1*C2", True), ("=C1", False)])
def test_a_weight_may_be_tried_as_another_number(formula: str, is_tried: bool, tmp_path: Path) -> None:
    """Rule: in a copy of a network that reads its weights, a number added to one of them asks what would be then."""
    cells: dict[str, object] = {"B1": 0.4, "B2": 0.7, "B3": 0.05, "C1": -0.2, "C2": 0.3, "C3": 0.6, "D6": 0, "E6": 0}
    cells |= {f"{c}{row}": f"={o}{row}" for c, o in (("J", "B"), ("K", "C")) for row in (1, 2, 3)} | {"L6": 0, "M6": 0}
    for row, x in zip(range(7, 12), (0.5, -0.3, 0.8, 0.1, 0.7), strict=True):
        cells[f"A{row}"] = x
        for (h, g), (b, c) in ((("D", "E"), ("B", "C")), (("L", "M"), ("J", "K"))):
            cells[f"{h}{row}"] = f"=TANH(${b}$1*$A{row}+${b}$2*{h}{row - 1}+${b}$3*{g}{row - 1})"
            cells[f"{g}{row}"] = f"=TANH(${c}$1*$A{row}+${c}$2*{h}{row - 1}+${c}$3*{g}{row - 1})"
    assert answer(cells, tmp_path) == (0, set())
    code, roots = answer(cells | {"K2": formula}, tmp_path)
    assert roots <= {"K2"}
    assert not is_tried or (code, roots) == (3, set())


@pytest.mark.parametrize("half", ["=C8*0.5", "=C8*$I$1", "=C9-0.2"])
def test_an_input_may_be_tried_as_another_number(half: str, tmp_path: Path) -> None:
    """Rule: where inputs are copies of those above, one that is scaled asks what the network would say then."""
    cells: dict[str, object] = {"I1": 0.5} if "I" in half else {}
    cells |= {"B2": -0.6, "C2": -0.4, "D2": 0.1, "B3": 0.2, "C3": -0.7, "D3": 0.3, "B4": 0.5, "C4": 0.1}
    cells |= {"B5": 0.9, "C5": 0.6, "D5": 0.05, "B8": 0.4, "C8": 0.6, "D8": 1}
    for row in range(8, 13):
        cells |= {f"{c}{row}": f"={c}8" for c in "BCD"} if row > 8 else {}
        for column, weights, bias in (("E", 2, "B"), ("F", 3, "C")):
            own = "+".join(f"{c}{row}*${c}${weights}" for c in "BCD")
            cells[f"{column}{row}"] = f"=MAX(0,{own}+${bias}$4)"
        cells[f"G{row}"] = f"=E{row}*$B$5+F{row}*$C$5+$D$5"
    cells |= {"B9": "=B8*1.1", "C10": half, "D11": 0.5}

    assert answer(cells, tmp_path)[1] == set()


@pytest.mark.parametrize(("typed", "is_wrong"), [(0, False), (0.6963, True)])
def test_a_unit_may_be_switched_off(typed: float, is_wrong: bool, tmp_path: Path) -> None:
    """Rule: a 0 in the place of a result shows what the network does without it; another number was typed over it."""
    cells: dict[str, object] = {"B1": 0.6, "B2": -0.4, "B12": 1.2, "C12": -0.5, "D12": 0.8, "E12": 0.1}
    weights = {"B4": 0.5, "C4": 0.9, "D4": -0.7, "B5": 0.1, "C5": -0.8, "D5": 0.6, "B6": 0.2, "C6": 0.15, "D6": -0.1}
    cells |= weights | {f"{c}8": f"=TANH($B$1*{c}4+$B$2*{c}5+{c}6)" for c in "BCD"}
    cells |= {f"{c}9": f"={c}8" for c in "BCD"}
    cells |= {f"E{row}": f"=B{row}*B$12+C{row}*C$12+D{row}*D$12+E$12" for row in (8, 9)}

    code, wrong = answer(cells | {"C9": typed}, tmp_path)

    assert code == (1 if is_wrong else 3)
    assert wrong == ({"C9"} if is_wrong else set())
