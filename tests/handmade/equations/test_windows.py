"""Samples that are windows of a series: what nobody reads behind the last one is what is forecast."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import answer
from recognised_sheets import a1, sheet

from xlcheck.handmade.equations.windows import ahead_of_windows

_STEPS = "FGH"
_ROWS = range(3, 8)


def _forecast(*, scaled: bool = True, last: int = 10) -> dict[str, object]:
    """A series in A and scaled in B, from row 3 on; windows of three steps a row in F to H, and a forecast in I."""
    cells: dict[str, object] = {"D1": 0.7, "D2": -0.4, "D3": 0.1, "D4": 1.3, "D5": -0.2, "E1": 12, "E2": 40}
    for row in range(3, last + 1):
        number = 12 + (row * 17) % 29
        cells |= {f"A{row}": number, f"B{row}": f"=(A{row}-$E$1)/($E$2-$E$1)" if scaled else number / 40}
    for row in _ROWS:
        for place, h in enumerate(_STEPS):
            state = f"+{_STEPS[place - 1]}{row}*$D$2" if place else ""
            cells[f"{h}{row}"] = f"=TANH(B{row + place}*$D$1{state}+$D$3)"
        cells |= {
            f"I{row}": f"=H{row}*$D$4+$D$5",
            f"J{row}": f"=I{row}*($E$2-$E$1)+$E$1",
            f"K{row}": f"=J{row}-A{row + 3}",
        }
    return cells


_LATE = {f"K{row}": f"=J{row}-A{row + 2}" for row in _ROWS}
"""What the last number of each window is compared with."""
_TWICE, _EARLY = (
    {"H7": "=TANH(B8*$D$1+G7*$D$2+$D$3)"},
    {f"H{row}": f"=TANH(B{row + 1}*$D$1+G{row}*$D$2+$D$3)" for row in _ROWS},
)


@pytest.mark.parametrize(
    ("cells", "ahead"),
    [
        (_forecast(), {"B10"}),
        (_forecast(last=12), {"B10"}),  # nothing is compared with the others
        (_forecast(scaled=False), set()),
        (_forecast() | {"M1": "=B10"}, set()),
        (_forecast() | {"B10": "=(A10-$E$1)/$E$2"}, set()),  # not filled
        (_forecast() | _LATE, set()),
        (_forecast() | _TWICE, set()),
        (_forecast() | _EARLY, set()),
    ],
    ids=["scaled", "several", "typed", "read", "made otherwise", "no target", "one reads twice", "all read twice"],
)
def test_what_stands_ahead_of_the_last_window(cells: dict[str, object], ahead: set[str], tmp_path: Path) -> None:
    """Rule: it goes on with the series, nobody reads it but as a target, and all windows read theirs without a gap."""
    found = sheet(cells, tmp_path)
    reading = next(own for own in found.arrangement.readings if own.kind == "SimpleRNN")
    assert {*map(a1, ahead_of_windows(reading, found.table, found.arrangement.reads.readers))} == ahead


@pytest.mark.keras
def test_a_number_that_is_forecast_keeps_nothing_open(tmp_path: Path) -> None:
    assert answer(_forecast(), tmp_path) == (0, set())


@pytest.mark.keras
@pytest.mark.parametrize("wrong", [_TWICE, _EARLY, _LATE], ids=["one", "all", "targets"])
def test_an_input_that_windows_should_read_does(wrong: dict[str, str], tmp_path: Path) -> None:
    code, roots = answer(_forecast() | wrong, tmp_path)
    assert code != 0
    assert roots <= wrong.keys()
