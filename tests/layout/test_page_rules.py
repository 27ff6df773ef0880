"""Where numbers stand on the pages of a batch, of gradients, of agreement, and who chooses the sample."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import xlsxwriter
from hypothesis import given, strategies as st

from xlcheck.engines import engine
from xlcheck.formulas.addresses import Range
from xlcheck.formulas.printing import Style
from xlcheck.graph.evaluate import evaluate
from xlcheck.graph.quantities import Band, Quantity, Role
from xlcheck.graph.trace import Trace
from xlcheck.layout.check import verdict
from xlcheck.layout.data.store import _BESIDE, selection
from xlcheck.layout.draft import Draft
from xlcheck.layout.front import WIDE, _provenance_table
from xlcheck.layout.numbers import RIGHT, WRONG, BandRows
from xlcheck.layout.sheet import SheetDraft
from xlcheck.layout.tables.batch import _Columns
from xlcheck.layout.tables.gradients import _labels
from xlcheck.layout.weights import LABELLED_COLUMNS
from xlcheck.learning.forward import forward_graph
from xlcheck.model.model_spec import LayerSpec, sequential

SAMPLES = st.integers(1, 5)
DENSE = LayerSpec("Dense", "dense", {"units": 2, "activation": "tanh", "use_bias": False}, {"kernel": (3, 2)})


@given(samples=SAMPLES, initial=st.booleans(), timesteps=st.integers(0, 6))
def test_each_sample_of_each_step_has_a_column_of_its_own(samples: int, initial: bool, timesteps: int) -> None:
    """Samples stand side by side, step after step; first come initial states, if there are any, last what has no step.

    So each sum over steps and samples is a product of two rows without a gap.
    """
    columns = _Columns(samples, initial, timesteps)
    found = [columns.of(step, sample) for step in (*range(timesteps), None) for sample in range(samples)]

    assert all(b == a + 1 for a, b in pairwise(found))
    assert found[0] == columns.first
    assert columns.first - replace(columns, initial=False).first == (samples if initial else 0)


def test_what_is_long_in_the_provenance_stands_beside_its_name() -> None:
    """What is brief shares one line; each of the others has a line, the name in two columns and the rest beside it."""
    sheet = SheetDraft("Start")
    _provenance_table(sheet, 4, {"keras": "3.15.0", "trained on": "two documents of two words", "seed": "7"})
    places = {(m.area.top, m.area.left, m.area.columns): m.content for m in sheet.merges}

    assert places == {
        (5, 0, WIDE): "keras 3.15.0 · seed 7", (6, 0, 2): "trained on",
        (6, 2, WIDE - 2): "two documents of two words",
    }  # fmt: skip


def weight(layer: str, symbol: str, *shape: int) -> Quantity:
    """What belongs to a weight."""
    return Quantity(Band(layer, symbol, Role.WEIGHT, symbol, "", ""), None, shape)


@pytest.mark.parametrize("symbol", ["d_kernel", "new_kernel", "v_kernel_before"])
def test_columns_of_gradients_and_slots_are_labelled_as_those_of_their_weight(symbol: str) -> None:
    """With gate and unit; but numbers alone where there are hundreds, or where the array belongs to no weight."""
    lstm = LayerSpec("LSTM", "lstm", {}, {"kernel": (3, 8), "recurrent_kernel": (2, 8), "bias": (8,)})
    spec = sequential("m", (2, 3), (lstm,))

    assert _labels(spec, weight("lstm", symbol, 3, 8))[:3] == ["i unit 1", "i unit 2", "f unit 1"]
    assert _labels(spec, weight("lstm", "d_other", 3, 4)) == ["1", "2", "3", "4"]
    assert _labels(spec, weight("dense", symbol, 3, 2)) == ["1", "2"]
    wide = _labels(spec, weight("lstm", symbol, 3, LABELLED_COLUMNS + 8))
    assert wide == [str(column + 1) for column in range(LABELLED_COLUMNS + 8)]


@pytest.mark.parametrize("sizes", [[1], [2], [1, 3], [2, 1, 2]])
def test_the_verdict_counts_every_number_that_is_right(sizes: list[int], tmp_path: Path) -> None:
    """Of all bands, the first and the last included; where something was changed it says so, and counts nothing."""
    count = sum(sizes)
    tops = np.cumsum([0, *sizes]).tolist()
    band = Band("lstm", "h", Role.STATE, "h", "", "")
    rows = [BandRows(band, (), *[Range("Numbers", top, 0, size)] * 3) for top, size in zip(tops, sizes, strict=False)]
    text, wanted = verdict(rows, "Start", Range("Check", 4, 3))
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Start").write_formula("A1", f"={text}")
        book.add_worksheet("Numbers").write_column("A1", [RIGHT] * count)
        book.add_worksheet("Check").write("D5", 1)
    session = engine("ironcalc", guarded=False).open(path)

    def said() -> object:
        session.recalculate()
        return session.read(Range("Start", 0, 0))[0][0]

    assert said() == wanted == f"{count} of {count} numbers agree with Keras"
    for row in (0, count - 1):
        session.set("Numbers", row, 0, WRONG)
        assert said() == f"{count - 1} of {count} numbers agree with Keras"
        session.set("Numbers", row, 0, RIGHT)
    session.set("Check", 4, 3, 0.0)
    assert "no longer apply" in str(said())


def drafted(names: list[str]) -> Draft:
    """A workbook without pages."""
    graph = forward_graph(sequential("m", (3,), (DENSE,)))
    known = {q.name: np.ones(q.shape if q.is_weight else (len(names), *q.shape)) for q in graph if q.expr is None}
    return Draft(graph, Trace("numpy float64", evaluate(graph, known)), names, Style.ROBUST)


def test_the_page_of_the_data_has_the_selector_unless_another_page_has_it() -> None:
    """It has the drop-down of all numbers, and beside it the name of the chosen sample."""
    draft = drafted(["a", "b"])
    sheet = draft.sheet("Data")
    selection(draft, sheet, sheet.at(4, 1), "sample", sheet.at(9, 0, 2), sheet.at(9, 1, 2))

    assert draft.selector == sheet.at(4, 1)
    assert [(drop.cell, drop.choices) for drop in sheet.drop_downs] == [(sheet.at(4, 1), sheet.at(9, 0, 2))]
    assert [(h.cell.a1, h.formula, h.desired) for h in draft.helpers] == [("C5", "INDEX($B$10:$B$11,B5)", ("a", "b"))]


@pytest.mark.parametrize("letters", [1, _BESIDE, _BESIDE + 1])
def test_a_page_without_the_selector_follows_it(letters: int) -> None:
    """The drop-down stands where the selector is; the link that leads there stands below a name that is too long."""
    draft = drafted(["a" * letters, "b"])
    picture, sheet = draft.sheet("Picture"), draft.sheet("Data")
    draft.selector = picture.put(2, 2, 1.0, "selector")
    selection(draft, sheet, sheet.at(4, 1), "sample", sheet.at(9, 0, 2), sheet.at(9, 1, 2))

    assert [(drop.cell, drop.choices) for drop in picture.drop_downs] == [(picture.at(2, 2), sheet.at(9, 0, 2))]
    assert not sheet.drop_downs
    assert [(h.cell.a1, h.formula, h.desired) for h in draft.helpers] == [
        ("B5", "Picture!C3", (1.0, 2.0)), ("C5", "INDEX($B$10:$B$11,B5)", ("a" * letters, "b")),
    ]  # fmt: skip
    assert ((5, 1) in sheet.cells) == (letters > _BESIDE)
    assert ((4, 4) in sheet.cells) == (letters <= _BESIDE)
