"""Cross-entropies of one side: enough for shares of one sample, one half of what independent outputs need."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

import pytest
from recognised_sheets import a1, cell_at, sheet

from xlcheck.handmade.beside.one_sided import one_sided

_RESULTS = {"A1": 0.2, "B1": 0.7, "A2": 0.6, "B2": 0.9, "D1": 0, "E1": 1, "D2": 1, "E2": 0}
"""Two outputs of two samples in A and B, their targets in D and E."""
_ONE = {f"G{row}": f"=-D{row}*LN(A{row})-E{row}*LN(B{row})" for row in (1, 2)}
_BOTH = {f"G{row}": f"{_ONE[f'G{row}']}-(1-D{row})*LN(1-A{row})-(1-E{row})*LN(1-B{row})" for row in (1, 2)}
_ELSEWHERE = {f"H{row}": f"=-(1-D{row})*LN(1-A{row})-(1-E{row})*LN(1-B{row})" for row in (1, 2)}


def _found(measures: Mapping[str, object], folder: Path, results: Mapping[str, object]) -> Collection[str]:
    """The formulas that count one side, of those that measure the results."""
    own = sheet({**_RESULTS, **results, **measures}, folder)
    outputs = [cell_at(name) for name in ("A1", "B1", "A2", "B2")]
    cells = [cell_at(name) for name in measures]
    found = one_sided(cells, own.terms, {cell: cell for cell in outputs}, dict.fromkeys(outputs, 0))
    return {*map(a1, found)}


@pytest.mark.parametrize(
    ("measures", "results", "found"),
    [
        (_ONE, {}, {"G1", "G2"}),
        (_ONE | {"G3": "=AVERAGE(G1:G2)"}, {}, {"G1", "G2", "G3"}),
        (_BOTH, {}, set()),
        (_ONE | _ELSEWHERE, {}, set()),
        (_ONE, {"B1": 0.8, "B2": 0.4}, set()),
        (_ONE, {"B1": 0.8, "B2": 0.41}, {"G1", "G2"}),
        (_ONE, {"A1": 0.2, "A2": 0.8, "B1": 0.3, "B2": 0.7}, set()),
        ({"G1": "=-LN(A1)", "G2": "=-LN(A2)"}, {}, set()),
        (_ONE | {"G1": _BOTH["G1"]}, {}, {"G2"}),
    ],
    ids=["one side", "their mean", "both sides", "the other side elsewhere", "shares of a sample", "one is no share",
         "shares by columns", "the likelihood of a class", "one sample of both"],
)  # fmt: skip
def test_what_is_no_share_needs_both_sides(
    measures: dict[str, object], results: dict[str, object], found: set[str], tmp_path: Path
) -> None:
    """Rule: t·ln(o) without (1 − t)·ln(1 − o) is found, with what adds it up, unless each sample's outputs are 1."""
    assert _found(measures, tmp_path, results) == found
