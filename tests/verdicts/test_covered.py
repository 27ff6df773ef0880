"""What stands in cells that merged ones cover is computed like everything else."""

from __future__ import annotations

from pathlib import Path

import pytest
from workbook_parts import edited

from xlcheck import api

LSTM = Path(__file__).parents[2] / "workbooks" / "lstm.xlsx"


@pytest.mark.parametrize(("formula", "roots"), [("G7*Weights!$B$8", []), ("G7*Weights!$C$8", ["G9"])])
def test_a_formula_below_merged_cells_is_computed(tmp_path: Path, formula: str, roots: list[str]) -> None:
    """IronCalc leaves it out, so another engine is asked, which finds mistakes there as anywhere."""

    def merged(part: bytes) -> bytes:
        merge = b'<mergeCell ref="A2:G2"/>'
        part = part.replace(merge, merge + b'<mergeCell ref="F9:G9"/>')
        return part.replace(b"<f>G7*Weights!$B$8</f>", f"<f>{formula}</f>".encode(), 1)

    path = edited(LSTM, tmp_path / "merged.xlsx", "xl/worksheets/sheet6.xml", merged)
    report = api.check(path)

    assert [cell.cell for cell in report.roots if cell.sheet == "lstm"] == roots
    assert report.ok is not bool(roots)
    assert "ironcalc leaves out what stands in cells that merged ones cover, so cellrune was asked" in report.notes[0]
