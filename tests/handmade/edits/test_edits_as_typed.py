"""The one edit that gives what Keras printed beside a small network, where other edits would do as well."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from equation_sheets import answer
from recognised_sheets import a1, cell_at, sheet

from xlcheck.arrays import Array
from xlcheck.engines import engine
from xlcheck.graph.evaluate import evaluate
from xlcheck.graph.trace import Trace
from xlcheck.handmade.edits.single_edit import edit_as_told
from xlcheck.handmade.edits.under_edits import UnderEdits
from xlcheck.handmade.parts_by_edits import PartsByEdits
from xlcheck.handmade.parts_by_equations import PartsByEquations
from xlcheck.handmade.reading.engine_choice import answers_of
from xlcheck.learning.forward import forward_graph
from xlcheck.model.model_spec import ModelSpec
from xlcheck.verdicts.tolerance import Tolerance

_W, _U, _B, _V, _C = 0.8, -0.5, 0.1, 1.3, -0.2
_X = (0.6, -0.9)


def _network(wrong: Mapping[str, object] | None = None) -> dict[str, object]:
    """A recurrent unit over two steps, its states in C, and an output of the last one, in C7."""
    cells: dict[str, object] = {"B21": _W, "C21": _U, "D21": _B, "B22": _V, "C22": _C, "B4": _X[0], "B5": _X[1]}
    cells |= {"C4": "=TANH(B4*$B$21+$D$21)", "C5": "=TANH(B5*$B$21+C4*$C$21+$D$21)", "C7": "=C5*$B$22+$C$22"}
    return cells | dict(wrong or {})


def _printed(w: float = _W) -> dict[str, object]:
    """What Keras gives, beside the states and the output; with another kernel, of another network."""
    first = np.tanh(_X[0] * w + _B)
    last = np.tanh(_X[1] * w + first * _U + _B)
    numbers = {"E4": first, "E5": last, "E7": last * _V + _C}
    words = {"C3": "h", "C6": "y", "E3": "Keras h", "E6": "Keras y"}
    return words | {cell: round(float(own), 8) for cell, own in numbers.items()}


_TANH, _SIGMOID, _EXCHANGED = (
    {"C5": "=B5*$B$21+C4*$C$21+$D$21"},
    {"C5": "=1/(1+EXP(-(B5*$B$21+C4*$C$21+$D$21)))"},
    {"C5": "=TANH(B5*$C$21+C4*$B$21+$D$21)"},
)


def _keras(spec: ModelSpec, given: Mapping[str, Array]) -> Trace:
    """Stands in for Keras."""
    return Trace("own equations", evaluate(forward_graph(spec), given))


def _as_typed(cells: Mapping[str, object], folder: Path) -> list[set[str]]:
    """The cells that are blamed in each layer, where one edit gives what was typed."""
    part = sheet(cells, folder).part
    edited = PartsByEdits(PartsByEquations(_keras, Tolerance(1e-9), 0))
    outcomes = edited.as_typed(part, answers_of(part.table, engine("ironcalc")))
    return [{a1(root.cell) for root in outcome.roots} for outcome in outcomes]


@pytest.mark.parametrize("wrong", [_TANH, _SIGMOID, _EXCHANGED], ids=["tanh forgotten", "sigmoid", "exchanged"])
def test_one_edit_that_gives_what_was_typed(wrong: dict[str, object], tmp_path: Path) -> None:
    """Rule: what is looked for is named if the results become what Keras printed; other edits are none."""
    cells = _network(wrong)
    assert sorted(_as_typed(cells | _printed(), tmp_path), key=len) == [set(), {"C5"}]
    assert _as_typed(cells, tmp_path) == []
    assert _as_typed(cells | _printed(w=0.7), tmp_path) == []


def test_right_results_need_no_edit(tmp_path: Path) -> None:
    """Rule: nothing is looked for where all is as it was typed, and nothing found where all is another network's."""
    assert _as_typed(_network(_printed()), tmp_path) == []
    assert _as_typed(_network(_printed(w=0.7)), tmp_path) == []


@pytest.mark.keras
@pytest.mark.parametrize(
    ("wrong", "printed", "said"),
    [
        ({}, _printed(), (0, set())),
        ({}, _printed(w=0.7), (3, set())),
        (_TANH, _printed(), (1, {"C5"})),
        (_SIGMOID, {}, (3, set())),
        (_SIGMOID, _printed(), (1, {"C5"})),
        (_SIGMOID, _printed(w=0.7), (3, set())),
    ],
)
def test_what_keras_printed_decides(
    wrong: dict[str, object], printed: dict[str, object], said: tuple[int, set[str]], tmp_path: Path
) -> None:
    """Rule: a cell is named by the numbers beside it; without them, or if they are another network's, nobody is."""
    assert answer(_network(wrong) | printed, tmp_path) == said


def test_a_printed_number_is_typed_over_nothing(tmp_path: Path) -> None:
    """Rule: under an edit of a sum, what was its activation stands in no formula's place, if Keras printed it.

    As it stands it may be, and so may a number of which nobody says who printed it.
    """
    for head, under in (("Keras h", []), ("h2", ["S!E5 is a typed number, and tanh of S!C5"])):
        found = sheet(_network(_TANH) | _printed() | {"E3": head}, tmp_path)
        term = found.terms.term_of(cell_at("C5"), "TANH(B5*B21+C4*C21+D21)")
        assert term is not None
        edited = UnderEdits(found.part, found.terms, found.arrangement).arrangement({cell_at("C5"): term})
        assert edited is not None
        assert [own.said for own in edited.typed_over] == under
        assert [own.said for own in found.arrangement.typed_over] == ["S!E5 is a typed number, and tanh of S!C5"]


@pytest.mark.parametrize(
    ("texts", "blamed"),
    [
        ({"C5": "TANH(B5*$B$21+C4*$C$21+$D$21)"}, {"C5"}),
        ({"C5": "TANH(B5*$C$21+C4*$B$21+$D$21)"}, None),  # with the weights the other way round
        ({"C7": "C5*$B$22"}, None),  # it leaves the state without its activation
    ],
)
def test_an_edit_that_is_known_before(texts: dict[str, str], blamed: set[str] | None, tmp_path: Path) -> None:
    """Rule: it is judged as any other; if it makes no network of the part, there is no verdict on its layers."""
    found = sheet(_network(_TANH), tmp_path)
    equations = PartsByEquations(_keras, Tolerance(1e-9), 0)
    answers = answers_of(found.table, engine("ironcalc"))
    edit = {cell_at(name): term for name, text in texts.items() if (term := found.terms.term_of(cell_at(name), text))}
    bench = equations.bench(found.part, answers, found.terms)
    meant = {cell_at(name): text for name, text in texts.items()}
    for outcomes in (
        edit_as_told(found.part, found.terms, found.arrangement, bench, edit),
        PartsByEdits(equations).as_told(found.part, answers, meant),
    ):
        roots = [{a1(root.cell) for root in own.roots} for own in outcomes if own.roots]
        assert roots == ([] if blamed is None else [blamed])
