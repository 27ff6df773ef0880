"""Gates that are straight lines, as those of Keras 2 were, and candidates with a relu."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from equation_sheets import TOYS, answer, save

from xlcheck.api import bind, check

pytestmark = pytest.mark.keras

_GATES = {
    "sigmoid": "1/(1+EXP(-({z})))",
    "hard_sigmoid": "MAX(0,MIN(1,({z})/6+0.5))",
    "hard_sigmoid_keras2": "MIN(1,MAX(0,0.2*({z})+0.5))",
}
_CANDIDATES = {"tanh": "TANH({z})", "relu": "MAX(0,{z})"}


def _sheet(kind: str, gates: str, candidate: str) -> dict[str, object]:
    """An LSTM or a GRU of one unit with other activations."""
    cells = dict(TOYS[kind.lower()])
    gated = {
        cell: re.sub(r"1/\(1\+EXP\(-\(([^()]*)\)\)\)", lambda own: _GATES[gates].format(z=own[1]), text)
        for cell, text in cells.items() if isinstance(text, str)
    }  # fmt: skip
    return cells | {
        cell: re.sub(r"TANH\(([^()]*)\)", lambda own: _CANDIDATES[candidate].format(z=own[1]), text)
        for cell, text in gated.items()
    }


@pytest.mark.parametrize("candidate", _CANDIDATES)
@pytest.mark.parametrize("gates", _GATES)
@pytest.mark.parametrize("kind", ["LSTM", "GRU"])
def test_a_layer_with_other_activations_agrees_with_keras(
    kind: str, gates: str, candidate: str, tmp_path: Path
) -> None:
    """Also with the bindings that are written for it, which name the activations."""
    path, bindings = save(_sheet(kind, gates, candidate), tmp_path / "w.xlsx"), tmp_path / "bound.toml"
    bindings.write_text(bind(path).text, encoding="utf-8")

    found, bound = check(path), check(path, bindings=bindings)

    assert (found.exit_code, found.counts.not_evaluated, found.reservations) == (0, 0, ())
    assert any(f"{kind}(1, {candidate}" in note for note in found.notes)
    assert any(f"gates {gates}" in note for note in found.notes) == (gates != "sigmoid")
    assert (bound.exit_code, bound.counts.not_evaluated) == (0, 0)


@pytest.mark.parametrize(
    ("gates", "wrong"),
    [("hard_sigmoid", "sigmoid"), ("hard_sigmoid_keras2", "hard_sigmoid"), ("sigmoid", "hard_sigmoid_keras2")],
)
@pytest.mark.parametrize(("kind", "cell"), [("LSTM", "C9"), ("GRU", "I3")])
def test_a_gate_with_another_activation_is_named(kind: str, cell: str, gates: str, wrong: str, tmp_path: Path) -> None:
    """One gate of the last step is another line, or the curve."""
    cells = _sheet(kind, gates, "tanh")
    before = cells[cell]
    cells[cell] = _sheet(kind, wrong, "tanh")[cell]
    assert cells[cell] != before

    report = check(save(cells, tmp_path / "w.xlsx"))

    assert [root.cell for root in report.roots] == [cell]


def _sums_of_gates() -> dict[str, object]:
    """An LSTM of one unit over three words, a row each: four sums in B to E, c in F, h in G; all sums at each word."""
    cells: dict[str, object] = {f"{c}{row}": round(0.23 * n - 0.31 * row + 0.4, 2)
                                for n, c in enumerate("BCDE") for row in (1, 2, 3)}  # fmt: skip
    for row, x in ((5, 0.7), (6, -1.2), (7, 0.4)):
        before = row - 1
        state = {c: f"+G{before}*{c}$2" if row > 5 else "" for c in "BCDE"}
        cells |= {f"A{row}": x, **{f"{c}{row}": f"=A{row}*{c}$1{state[c]}+{c}$3" for c in "BCDE"}}
        kept = f"F{before}/(1+EXP(-C{row}))+" if row > 5 else ""
        cells |= {f"F{row}": f"={kept}TANH(D{row})/(1+EXP(-B{row}))", f"G{row}": f"=TANH(F{row})/(1+EXP(-E{row}))"}
    return cells


def test_a_forget_gate_that_has_nothing_to_forget_may_be_a_sum_only(tmp_path: Path) -> None:
    """Rule: at a first word nobody reads its sum, which is right all the same."""
    assert answer(_sums_of_gates(), tmp_path) == (0, set())


@pytest.mark.usefixtures("a_short_search")
@pytest.mark.parametrize("formula", ["=A5*C$1+B$3", "=1/(1+EXP(-(A5*B$1+C$3)))"])
def test_a_wrong_sum_that_nobody_reads_is_no_pass(formula: str, tmp_path: Path) -> None:
    """Rule: the sum of a forget gate is that of its own weights."""
    code, wrong = answer(_sums_of_gates() | {"C5": formula}, tmp_path)
    assert code != 0
    assert wrong <= {"C5"}
