"""Recurrent units without an activation: networks that learn to count the ones of short sequences through time."""

from __future__ import annotations

from pathlib import Path

import pytest
from training_sheets import Cells, filled, roots, terms_of, trained

from xlcheck.handmade.backward.linear_states import with_linear_states
from xlcheck.handmade.backward.neurons import Neurons
from xlcheck.handmade.backward.sheet import Sheet
from xlcheck.handmade.backward_judging import trainings
from xlcheck.handmade.reading.cells import address_of
from xlcheck.verdicts.parts import Part

pytestmark = pytest.mark.keras

_ROWS = range(6, 10)


def _counting(change: Cells | None = None, *, filled_from: int = 6) -> Cells:
    """A row for each training step: states D:F and G:I of two sequences, their loss, what flows back, gradients.

    Args:
        change: other formulas in some columns, with {r} for their row and {p} for the one above.
        filled_from: the first row that has them.
    """
    cells: Cells = {"A1": "rate", "B1": 0.05}
    cells |= {"D2": 1, "E2": 0, "F2": 1, "G2": 2, "D3": 0, "E3": 1, "F3": 1, "G3": 2}
    columns = {
        "B": "=B{p}-$B$1*Q{p}", "C": "=C{p}-$B$1*R{p}",
        "D": "=$B{r}*$D$2", "E": "=D{r}*$C{r}+$B{r}*$E$2", "F": "=E{r}*$C{r}+$B{r}*$F$2",
        "G": "=$B{r}*$D$3", "H": "=G{r}*$C{r}+$B{r}*$E$3", "I": "=H{r}*$C{r}+$B{r}*$F$3",
        "J": "=((F{r}-$G$2)^2+(I{r}-$G$3)^2)/2",
        "K": "=F{r}-$G$2", "L": "=K{r}*$C{r}", "M": "=L{r}*$C{r}",
        "N": "=I{r}-$G$3", "O": "=N{r}*$C{r}", "P": "=O{r}*$C{r}",
        "Q": "=M{r}*$D$2+L{r}*$E$2+K{r}*$F$2+P{r}*$D$3+O{r}*$E$3+N{r}*$F$3",
        "R": "=L{r}*D{r}+K{r}*E{r}+O{r}*G{r}+N{r}*H{r}",
    }  # fmt: skip
    for row in _ROWS:
        own = columns | {name: str(text) for name, text in (change or {}).items() if row >= filled_from}
        own |= {"B": "0.4", "C": "0.7"} if row == _ROWS[0] else {}
        texts = {f"{name}{row}": text.format(r=row, p=row - 1) for name, text in own.items()}
        cells |= {cell: text if text.startswith("=") else float(text) for cell, text in texts.items()}
    return cells


def _passes(part: Part | None, own: Cells) -> bool:
    formulas = sum(isinstance(content, str) and content.startswith("=") for content in own.values())
    return part is not None and (part.results, part.without_cell, part.checked) == ((), 0, formulas)


_HEAD = {
    "J": "=(($D$1*F{r}-$G$2)^2+($D$1*I{r}-$G$3)^2)/2",
    "K": "=($D$1*F{r}-$G$2)*$D$1",
    "N": "=($D$1*I{r}-$G$3)*$D$1",
}
_RIGHT: dict[str, tuple[Cells, Cells]] = {
    "no first state": ({}, {}),
    "a first state": ({"D": "=$C{r}*$D$1+$B{r}*$D$2", "G": "=$C{r}*$D$1+$B{r}*$D$3"}, {"D1": 0}),
    "added otherwise": ({"E": "=$B{r}*$E$2+$C{r}*D{r}", "I": "=SUM($C{r}*H{r},$B{r}*$F$3)"}, {}),
    "a momentum": (
        {"S": "=0.5*S{p}+Q{r}", "T": "=0.5*T{p}+R{r}", "B": "=B{p}-$B$1*S{p}", "C": "=C{p}-$B$1*T{p}"}, {},
    ),
    "below a weight of its own": (_HEAD, {"D1": 1.1}),
    "the losses of a round": ({}, {"J11": "=SUM(J6:J9)"}),
}  # fmt: skip


@pytest.mark.parametrize("what", _RIGHT)
def test_a_unit_without_an_activation_learns_through_time(what: str, tmp_path: Path) -> None:
    """Rule: sums that the same weights carry on from step to step are a SimpleRNN with a linear activation."""
    change, beside = _RIGHT[what]
    own = _counting(change) | beside
    part = trained(filled(tmp_path / "w.xlsx", own))
    assert _passes(part, own)
    assert part is not None
    assert "SimpleRNN(1, linear)" in part.notes[0]


_WRONG = {
    "a flow that passes a step over, which an input of 0 hides": ("P", "=N{r}*$C{r}"),
    "a step is not added": ("Q", "=M{r}*$D$2+L{r}*$E$2+K{r}*$F$2+P{r}*$D$3+O{r}*$E$3"),
    "inputs in another order": ("Q", "=K{r}*$D$2+L{r}*$E$2+M{r}*$F$2+P{r}*$D$3+O{r}*$E$3+N{r}*$F$3"),
    "the states of their own steps": ("R", "=L{r}*E{r}+K{r}*F{r}+O{r}*H{r}+N{r}*I{r}"),
    "the gradient of the other weight": ("C", "=C{p}-$B$1*Q{p}"),
}


@pytest.mark.parametrize("what", _WRONG)
def test_a_mistake_on_the_way_back_is_blamed_alone(what: str, tmp_path: Path) -> None:
    """Rule: what is not by the chain rule is the root in all of its column, be it hidden by an input of 0."""
    column, text = _WRONG[what]
    own = _counting({column: text})
    wrong = [f"{column}{row}" for row in _ROWS if own[f"{column}{row}"] != _counting()[f"{column}{row}"]]
    assert sorted(roots(trained(filled(tmp_path / "w.xlsx", own)))) == wrong


def test_most_of_a_line_may_be_wrong(tmp_path: Path) -> None:
    """Rule: one cell that has what its step needs is right, whatever all others of its line have."""
    own = _counting({"P": "=$C{r}"}, filled_from=7)
    assert sorted(roots(trained(filled(tmp_path / "w.xlsx", own)))) == ["P7", "P8", "P9"]


_OPEN: dict[str, Cells] = {
    "a state that reads no step before": {"E": "=$B{r}*$E$2"},
    "a state that passes one step over": {"F": "=D{r}*$C{r}+$B{r}*$F$2"},
    "a state that is not multiplied": {"F": "=E{r}+$B{r}*$F$2"},
    "the input of another step": {"F": "=E{r}*$C{r}+$B{r}*$E$2"},
    "the weights exchanged": {"H": "=G{r}*$B{r}+$C{r}*$E$3"},
    "an activation at one step": {"E": "=TANH(D{r}*$C{r}+$B{r}*$E$2)"},
    "an activation at all steps": {column: f"=TANH({text[1:]})" for column, text in {
        "D": "=$B{r}*$D$2", "E": "=D{r}*$C{r}+$B{r}*$E$2", "F": "=E{r}*$C{r}+$B{r}*$F$2",
        "G": "=$B{r}*$D$3", "H": "=G{r}*$C{r}+$B{r}*$E$3", "I": "=H{r}*$C{r}+$B{r}*$F$3",
    }.items()},
    "a step that is not compared": {"N": "=H{r}-$G$3"},
    "the other weight on the way back": {"L": "=K{r}*$B{r}"},
    "another sign of the error": {"N": "=$G$3-I{r}"},
}  # fmt: skip


@pytest.mark.parametrize("what", _OPEN)
def test_what_breaks_the_recurrence_is_no_pass(
    what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    """Rule: where the states are wrong, or all before them, these cells are blamed or none, and nothing passes."""
    monkeypatch.setattr(trainings, "one_slip", lambda *_: None)  # which finds none of them, and takes long
    own = _counting(_OPEN[what])
    part = trained(filled(tmp_path / "w.xlsx", own))
    assert not _passes(part, own)
    assert {cell[0] for cell in roots(part)} <= {*_OPEN[what]}


_ERRORS = {
    "T": "=F{r}-$G$2", "U": "=E{r}-$G$2", "V": "=D{r}-$G$2",
    "K": "=$D$1*T{r}", "L": "=K{r}*$C{r}+$D$1*U{r}", "M": "=L{r}*$C{r}+$D$1*V{r}",
}  # fmt: skip


@pytest.mark.parametrize("change", [{}, _ERRORS], ids=["at the end", "errors at each step"])
def test_what_flows_back_is_no_state(change: Cells, tmp_path: Path) -> None:
    """Rule: only sums whose inputs are made of no weight are states, and not what goes from step to step otherwise."""
    own = _counting({"S": "=0.5*S{p}+$D$1*R{r}", **change}) | {"D1": 0.5}
    sheet = Sheet(terms_of(filled(tmp_path / "w.xlsx", own)))
    neurons = Neurons(sheet.terms, sheet.order, sheet.cells, sheet.updates)
    learnt = {*sheet.updates, *sheet.updates.values()}
    last = [address_of("Sheet", f"{column}{row}") for column in "FI" for row in _ROWS]
    found = with_linear_states(neurons, sheet.terms, last, learnt)
    states = {address_of("Sheet", f"{column}{row}") for column in "DEFGHI" for row in _ROWS}
    assert found.activated.keys() == states


def _one_a_row() -> Cells:
    """A row for each training step with its own sequence, twice the same two; the losses of the last round below."""
    cells: Cells = {"A1": "rate", "B1": 0.05, "I9": "last round", "J9": "=SUM(J6:J7)"}
    for row, (one, other) in enumerate(((1, 1), (0, 1), (1, 1), (0, 1)), 4):
        cells |= {f"B{row}": one, f"C{row}": other, f"D{row}": one + other}
        cells |= {f"E{row}": f"=E{row - 1}-$B$1*M{row - 1}", f"F{row}": f"=F{row - 1}-$B$1*N{row - 1}"}
        cells |= {
            f"G{row}": f"=E{row}*B{row}",
            f"H{row}": f"=E{row}*C{row}+F{row}*G{row}",
            f"I{row}": f"=H{row}-D{row}",
        }
        cells |= {f"J{row}": f"=I{row}^2", f"K{row}": f"=2*I{row}", f"L{row}": f"=K{row}*F{row}"}
        cells |= {f"M{row}": f"=K{row}*C{row}+L{row}*B{row}", f"N{row}": f"=K{row}*G{row}"}
    return cells | {"E4": 0.4, "F4": 0.7}


def test_the_losses_of_a_round_of_sequences_are_summed_up(tmp_path: Path) -> None:
    """Rule: rounds are of the same inputs, whatever states follow on them, and a part of one is no round."""
    own = _one_a_row()
    assert _passes(trained(filled(tmp_path / "w.xlsx", own)), own)
    part = own | {"J9": "=SUM(J5:J6)"}
    assert not _passes(trained(filled(tmp_path / "w.xlsx", part)), part)
