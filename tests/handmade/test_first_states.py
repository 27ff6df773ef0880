"""First states that somebody computes: a decoder begins with the last states of an encoder."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import simple_rnn, verdict

pytestmark = pytest.mark.keras


def _decoder(step: int) -> dict[str, object]:
    """Three units over five steps, and three others over three steps that begin with the states of one of them."""
    cells = simple_rnn(5)
    for row in (2, 3, 5, 6, 7, 9):
        cells |= {f"{c}{row}": round(0.23 * row - 0.17 * k - 0.9, 2) for k, c in enumerate("LMN")}
    cells |= {f"{own}11": f"={other}{step}" for own, other in zip("RST", "HIJ", strict=True)}
    for row in range(12, 15):
        cells |= {f"P{row}": round(0.4 * row - 5, 2), f"Q{row}": round(3.1 - 0.3 * row, 2)}
        for state, weight in zip("RST", "LMN", strict=True):
            terms = [f"$P{row}*{weight}$2", f"$Q{row}*{weight}$3"]
            terms += [f"{before}{row - 1}*{weight}${k}" for k, before in enumerate("RST", start=5)]
            cells[f"{state}{row}"] = f"=TANH({'+'.join(terms)}+{weight}$9)"
    return cells


def test_the_last_state_is_what_another_network_begins_with(tmp_path: Path) -> None:
    """As in a model that reads one sentence and writes another one."""
    found = verdict(_decoder(16), tmp_path)
    assert (found.code, found.roots) == (0, set())


@pytest.mark.parametrize("step", [12, 15])
def test_any_other_state_gets_no_pass(step: int, tmp_path: Path) -> None:
    """Keras gives the last one alone; nobody is blamed, as somebody may mean it."""
    found = verdict(_decoder(step), tmp_path)
    assert (found.code, found.roots) == (3, set())
    assert "not the last one of its own" in found.said
