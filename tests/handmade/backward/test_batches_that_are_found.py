"""Mini-batches that are looked up by their number, as INDEX and OFFSET do it with a product."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import answer
from training_sheets import Cells

pytestmark = pytest.mark.keras

_FINDS = {
    "OFFSET": "=OFFSET(Data!{c}$1,($B${b}-1)*$B$1+ROW()-{b},0)",
    "INDEX": "=INDEX(Data!{c}$2:{c}$5,($B${b}-1)*$B$1+ROW()-{b})",
}


def _two_outputs(finds: str) -> Cells:
    """Two linear units learnt of batches of two of four samples, a block a step; between its columns data has words."""
    cells: Cells = {"B1": 2, "D1": 0.1}
    for row, data in enumerate(((0.4, -0.9, 0.3, 1.1), (1.2, 0.5, -0.7, 0.2), (-0.6, 0.8, 0.9, -0.4)), 2):
        cells |= {f"Data!{c}{row}": x for c, x in zip("ABDE", data, strict=True)} | {f"Data!C{row}": "from a paper"}
    cells |= {"Data!A5": 0.7, "Data!B5": 1.3, "Data!C5": "own", "Data!D5": -0.2, "Data!E5": 0.6}
    for number, b in enumerate((3, 8, 13, 18)):
        cells |= {f"A{b}": "batch", f"B{b}": number % 2 + 1}
        for row in (b + 1, b + 2):
            cells |= {f"{own}{row}": _FINDS[finds].format(c=c, b=b) for own, c in zip("ABCD", "ABDE", strict=True)}
            cells |= {f"{y}{row}": f"=$A{row}*{w}${b}+$B{row}*{w}${b + 1}+{w}${b + 2}" for y, w in ("EI", "FJ")}
            cells |= {f"{e}{row}": f"={y}{row}-{t}{row}" for e, y, t in ("GEC", "HFD")}
        for w, g, e in ("IKG", "JLH"):
            for row, x in ((b, "A"), (b + 1, "B"), (b + 2, "")):
                moved = f"={w}{row - 5}-$D$1*{g}{row - 5}"
                cells[f"{w}{row}"] = moved if number else round(0.1 * row - 0.3 * (w == "J"), 2)
                errors = f"{e}{b + 1}:{e}{b + 2}"
                cells[f"{g}{row}"] = f"=SUMPRODUCT({errors},${x}{b + 1}:${x}{b + 2})" if x else f"=SUM({errors})"
    return cells


@pytest.mark.parametrize("finds", _FINDS)
def test_the_product_in_a_look_up_is_no_layer(finds: str, tmp_path: Path) -> None:
    """Rule: it says which sample; and what makes a target is not in line with what makes an input beside it."""
    assert answer(_two_outputs(finds), tmp_path) == (0, set())


@pytest.mark.parametrize(
    "change",
    [
        {"B9": "=OFFSET(Data!B$1,($B$8-1)*$B$1+ROW()-7,0)"},
        {"C9": "=OFFSET(Data!B$1,($B$8-1)*$B$1+ROW()-8,0)"},
        {"A9": "=OFFSET(Data!A$1,($B$8-1)*$B$1+ROW()-8,0)*1.1"},
        {"A9": "=INDEX(MMULT(Data!A2:B3,Data!D2:E3),1,1)"},
    ],
)
def test_a_sample_that_is_found_otherwise_is_no_pass(change: Cells, tmp_path: Path) -> None:
    """Rule: another row or column than beside it, what is multiplied with a number, and a product of matrices."""
    code, roots = answer(_two_outputs("OFFSET") | change, tmp_path)
    assert code != 0
    assert roots <= change.keys()
