"""What is decided before cells are filled: what is shown, how much of it, under which name, and with how much room."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, strategies as st

from xlcheck.formulas.addresses import Range
from xlcheck.formulas.printing import Style
from xlcheck.graph import expressions as ex
from xlcheck.graph.evaluate import evaluate
from xlcheck.graph.gradients import backward
from xlcheck.graph.quantities import Role
from xlcheck.graph.trace import Trace
from xlcheck.layout.common import SHOWN, shown_outputs
from xlcheck.layout.draft import Draft, View
from xlcheck.layout.drawings.cells import UNROLLED, drawn_layers, operands, unrolled_maps
from xlcheck.layout.drawings.picture import LayerSummary, shows_answers
from xlcheck.layout.lesson_pages.word_vectors import NAME as VECTORS, word_vectors_sheet
from xlcheck.layout.matrices.products import Part, Product, products_of, softened
from xlcheck.layout.numbers import TOLERANCE, name_width, scale_of, slack
from xlcheck.layout.sheet import SheetDraft
from xlcheck.layout.start import model_summary
from xlcheck.layout.tables.charts import NAME as TRAINING, charts, history_sheet
from xlcheck.layout.tables.idioms import explain, takes_row
from xlcheck.layout.tables.layers import owner_of
from xlcheck.layout.tables.margin import EQUATION, put_text
from xlcheck.layout.tables.softmax import rows_of_parts
from xlcheck.layout.tables.table import lay_out, place
from xlcheck.layout.tables.way_back import backward_names, forward_only
from xlcheck.layout.weights import column_labels, factors, parameters
from xlcheck.learning.forward import forward_graph
from xlcheck.model.model_spec import Call, InputSpec, LayerSpec, ModelSpec, sequential


def recurrent(name: str, features: int, units: int = 2, kind: str = "SimpleRNN", *, steps: bool = True) -> LayerSpec:
    """A recurrent layer without bias."""
    options = {"units": units, "activation": "tanh", "use_bias": False, "return_sequences": steps,
               "go_backwards": False, "return_state": False}  # fmt: skip
    options |= {} if kind == "SimpleRNN" else {"recurrent_activation": "sigmoid", "unit_forget_bias": False}
    columns = {"SimpleRNN": 1, "LSTM": 4}[kind] * units
    return LayerSpec(kind, name, options, {"kernel": (features, columns), "recurrent_kernel": (units, columns)})


def dense(name: str, features: int, units: int, activation: str = "softmax", *, bias: bool = True) -> LayerSpec:
    """A Dense layer."""
    weights = {"kernel": (features, units)} | ({"bias": (units,)} if bias else {})
    return LayerSpec("Dense", name, {"units": units, "activation": activation, "use_bias": bias}, weights)


def drafted(spec: ModelSpec, samples: int = 2, size: float = 1.0, *, gradients: bool = False) -> Draft:
    """An empty workbook with random numbers for everything that is given."""
    graph = forward_graph(spec)
    graph = backward(graph, samples) if gradients else graph
    rng = np.random.default_rng(1)
    known = {
        q.name: size * rng.normal(size=q.shape if q.is_weight else (samples, *q.shape)) for q in graph if not q.expr
    }
    known |= {name: np.eye(known[name].shape[1])[[0] * samples] for name in known if name.startswith("target")}
    trace = Trace("numpy float64", evaluate(graph, known))
    return Draft(graph, trace, [f"sample {k}" for k in range(samples)], Style.TEACHING)


def two_outputs(steps: int) -> ModelSpec:
    """A model that answers at each step, and once at the end."""
    every, last = recurrent("every", 1), recurrent("last", 1, steps=False)
    calls = tuple(Call(layer.name, layer.name, ("input",), (layer.name,)) for layer in (every, last))
    return ModelSpec("two", (InputSpec("input", (steps, 1)),), (every, last), calls, ("every", "last"))


@pytest.mark.parametrize(("steps", "first"), [(3, 0), (SHOWN - 1, 0), (SHOWN, 1), (30, 23)])
def test_the_last_steps_of_each_output_are_shown(steps: int, first: int) -> None:
    """As many as make eight with the other output; a layer's only symbol needs no name of its own."""
    shown = shown_outputs(forward_graph(two_outputs(steps)))

    assert [q.name for _, q in shown] == [*(f"every.h[{t}]" for t in range(first, steps)), f"last.h[{steps - 1}]"]
    assert {name for name, _ in shown} == {"every", "last"}


def test_each_of_many_outputs_is_shown_once_at_least() -> None:
    """Ten outputs are ten lines, however few were meant to be shown."""
    layers = tuple(dense(f"d{k}", 1, 1) for k in range(10))
    calls = tuple(Call(layer.name, layer.name, ("input",), (layer.name,)) for layer in layers)
    spec = ModelSpec("ten", (InputSpec("input", (1,)),), layers, calls, tuple(layer.name for layer in layers))

    assert [name for name, _ in shown_outputs(forward_graph(spec))] == [f"d{k}" for k in range(10)]


def test_what_looks_odd_is_explained_once() -> None:
    """The first formula with a stable sigmoid has a note; neither the second one nor a plain one has."""
    draft = drafted(sequential("m", (1,), (dense("dense", 1, 1, "sigmoid"),)))
    sheet = draft.sheet("S")
    for row, text in enumerate(["TANH(A1)", "1/(1+EXP(-ABS(A1)))", "1/(1+EXP(-ABS(A2)))", "EXP(A1-MAX(A1:A3))"]):
        explain(draft, sheet.at(row, 0), text)

    assert [note.cell.top for note in sheet.notes] == [1, 3]
    assert len({note.text for note in sheet.notes}) == 2


def test_a_row_is_taken_of_one_hot_vectors_that_stand_nowhere() -> None:
    """Only these are not multiplied; a vector whose numbers stand in cells is."""
    spec = sequential("m", (3,), (dense("dense", 3, 2),))
    spec = replace(spec, inputs=(InputSpec("input", (3,), one_hot=True),))
    draft = Draft(forward_graph(spec), Trace("", {}), ["sample"], Style.TEACHING)
    view, product = View(draft, "S", None), ex.Dot(ex.Ref("input.x"), ex.Ref("dense.kernel"))

    assert takes_row(product, view)
    assert not takes_row(ex.Ref("input.x") * 2, view)
    draft.place("input.x", Range("S", 0, 0, 3))
    assert not takes_row(product, view)


@given(st.integers(1, 60), st.integers(1, 60), st.integers(3, 30), st.booleans())
def test_a_product_is_cut_until_it_fits(rows: int, columns: int, room: int, has_bias: bool) -> None:
    """No more columns than there is room for, if one number of each part has it; and nothing is cut in vain."""
    draft = drafted(sequential("m", (1,), (dense("dense", 1, 1),)))
    q = draft.graph["dense.y"]
    bias = Range("S", 0, 0, 1, columns) if has_bias else None
    product = Product((q,), Range("S", 0, 0, rows, columns), bias, ((q,),), room)
    parts = product.parts()
    most = parts[0].most
    wider = sum(replace(part, most=most + 1).shown[1] for part in parts) + len(parts) - 1

    assert product.width <= max(room, 2 * len(parts) - 1)
    assert all(part.is_whole for part in parts) or wider > room
    assert [part.rows for part in parts] == [1, rows] + [1] * (len(parts) - 2)
    assert product.height == 1 + min(rows, most) + (rows > most)


def test_the_size_of_a_part_says_what_is_left_out() -> None:
    """A whole one has its size alone."""
    assert Part(4, 3, 4).size == "4 × 3"
    assert Part(1, 30, 8).size == "1 × 30, the first 8"
    assert Part(30, 4, 8).size != Part(30, 4, 30).size
    assert Part(30, 4, 8).size.startswith("30 × 4, ")
    assert Part(30, 2, 8).size == "30 × 2"  # over two columns nothing else has room


def test_gates_are_multiplied_together_only_if_they_fit() -> None:
    """The four parts of a narrow LSTM's kernel are one product, of a wide one four; recurrent ones likewise."""
    for units, products in ((1, 2), (2, 2), (3, 8)):
        draft = drafted(sequential("m", (2, 2), (recurrent("lstm", 2, units, "LSTM"),)))
        for q in draft.graph:
            if q.is_weight or not q.expr or "." in q.name:
                draft.place(q.name, Range(q.name, 0, 0, *(q.shape if q.is_weight else (q.shape[-1], 1))))
        found = products_of(draft, [(draft.graph[f"lstm.{x}_{gate}[1]"],) for x in ("xk", "hr") for gate in "ifco"])

        assert len([product for product in found.values() if product is not None]) == products
        assert len(found) == 8


@pytest.mark.parametrize(("units", "rows"), [(3, 0), (8, 0), (9, 11), (256, 258), (257, 2)])
def test_a_long_softmax_has_rows_for_its_parts(units: int, rows: int) -> None:
    """Largest number and sum from nine units on, and between them each exponential, but not thousands of them."""
    draft = drafted(sequential("m", (1,), (dense("dense", 1, units),)))

    assert rows_of_parts(draft.graph["dense.y"]) == rows
    assert rows_of_parts(draft.graph["dense.z"]) == 0


def test_a_softmax_is_shown_in_two_steps_while_a_cell_can_hold_them() -> None:
    """Exponentials of numbers beyond 300 overflow, or are 0, if only at one step of several."""
    spec = sequential("m", (2, 1), (dense("dense", 1, 3),))
    draft = drafted(spec)
    y, z = (tuple(draft.graph[f"dense.{symbol}[{t}]"] for t in range(2)) for symbol in "yz")

    assert softened(draft, y) == list(z)
    assert softened(draft, z) == []
    draft.trace["dense.z[1]"][0, 0] = -1e9
    assert softened(draft, y) == []
    assert softened(draft, y[:1]) == [z[0]]


@pytest.mark.parametrize(("units", "lines", "high"), [(1, 1, True), (2, 2, True), (9, 9, False)])
def test_a_long_sentence_runs_down_beside_the_units(units: int, lines: int, high: bool) -> None:
    """Every word of it stands in order; where there are too few rows, the last one is higher."""
    sheet, text = SheetDraft("S"), " ".join(f"word{k}" for k in range(12))
    put_text(sheet, 0, EQUATION, text, "meaning", 20, units)
    shown = [str(cell.content) for _, cell in sorted(sheet.cells.items())]

    assert " ".join(shown) == text
    assert 1 <= len(shown) <= lines
    assert bool(sheet.heights) is high


def test_differences_are_measured_against_the_largest_number_of_a_band() -> None:
    """And against 1 where all are small, so that a zero has a tolerance, too."""
    draft = drafted(sequential("m", (1,), (dense("dense", 1, 2, "linear"),)))
    values = {"dense.y": np.array([[0.25, -4.0], [2.0, 0.5]]), "dense.z": np.full((2, 2), 0.125)}
    draft.trace = replace(draft.trace, values={**draft.trace.values, **values})

    assert scale_of(draft, [draft.graph["dense.y"]]) == 4.0
    assert scale_of(draft, [draft.graph["dense.z"]]) == 1.0
    assert slack(draft, draft.graph["dense.y"]) == 4.0 * TOLERANCE
    assert [name_width(["a" * count]) for count in (3, 40, 400)] == [30, 40, 70]


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("count", [1, 3, UNROLLED, UNROLLED + 1, 40])
def test_a_layer_is_unrolled_to_its_first_and_last_steps(count: int, backwards: bool) -> None:
    """Of many steps the first and the last ones; the state of the beginning stands where the first step reads it."""
    loop, drawn, shown = unrolled_maps(count, backwards, {count - 1})
    rows = [line.split() for line in drawn.split("\n")]
    states = [word for word in rows[2] if word.startswith("h")]

    assert len({len(row) for row in rows}) == 1
    assert shown[0] == 0
    assert shown[-1] == count - 1
    assert len(shown) == min(count, UNROLLED)
    assert states == (["h0"] if not backwards else []) + [f"h{t + 1}" for t in shown] + (["h0"] if backwards else [])
    assert [word for word in rows[0] if word != "."] == [f"y{count}"]
    assert "y" in loop
    assert "y" not in unrolled_maps(count, backwards, set())[0]


def test_what_a_layer_reads_is_what_it_multiplies_or_looks_up() -> None:
    """A vector that is added, or multiplied number by number, is read by no matrix."""
    expr = ex.Dot(ex.Ref("x"), ex.Ref("w")) + ex.Ref("b") * ex.Ref("c") + ex.Gather(ex.Ref("table"), ex.Ref("code"))

    assert list(operands(expr)) == ["x", "code"]
    assert list(factors(expr, "w")) == ["x"]
    assert list(factors(ex.Dot(ex.Ref("x"), ex.Slice(ex.Ref("w"), 0, 2)), "w")) == ["x"]
    assert list(factors(expr, "table")) == []


def test_layers_are_drawn_as_long_as_there_are_few() -> None:
    """Each recurrent and Dense layer has a map with what it reads at each step; of thirteen layers none is drawn."""
    layers = (recurrent("a", 1), recurrent("b", 2, kind="LSTM", steps=False), dense("c", 2, 1))
    draft = drafted(spec := sequential("m", (3, 1), layers))
    many = sequential("m", (1,), tuple(dense(f"d{k}", 1, 1) for k in range(13)))

    assert [(drawn.layer, drawn.kind) for drawn in drawn_layers(draft, spec)] == [
        ("a", "SimpleRNN"), ("b", "LSTM"), ("c", "Dense"),
    ]  # fmt: skip
    assert drawn_layers(draft, spec)[0].x == ["input.x[0]", "input.x[1]", "input.x[2]"]
    assert drawn_layers(drafted(many), many) == []


def test_the_way_back_has_a_sheet_for_each_layer_with_gradients() -> None:
    """What goes forward is shown without weights, targets, losses and gradients; no two sheets have one name."""
    layers = (recurrent("a", 1, steps=False), dense("A", 2, 3))
    spec = replace(sequential("m", (2, 1), layers), loss="categorical_crossentropy")
    draft = drafted(spec, gradients=True)
    names = backward_names(draft, spec, draft.graph.bands())
    forward = {q.band.role for members in forward_only(draft.graph.bands()).values() for q in members}

    assert set(names) == {"A", "a"}
    assert len({name.lower() for name in names.values()}) == 2
    assert forward == {Role.INPUT, Role.INTERMEDIATE, Role.STATE, Role.OUTPUT}


def test_a_band_stands_on_the_sheet_of_its_call() -> None:
    """An input that one call reads stands with it, one that several read on its own; inner layers with theirs."""
    draft = drafted(two_outputs(2))
    bands = {band.name: band for band in draft.graph.bands()}
    single = forward_graph(alone := sequential("m", (2, 1), (recurrent("rnn", 1),)))

    assert owner_of(two_outputs(2), bands["input.x"]) == "input"
    assert owner_of(two_outputs(2), bands["last.h"]) == "last"
    assert owner_of(two_outputs(2), replace(bands["last.h"], layer="last.inner.cell")) == "last"
    assert owner_of(alone, single["input.x[0]"].band) == "rnn"


def test_weights_are_counted_and_their_columns_named() -> None:
    """Wrapped layers count; over the columns of a gated layer stand its gates, with units if there are several."""
    inner = (recurrent("f", 3, 2, "LSTM"), recurrent("b", 3, 2, "LSTM"))
    wrapper = LayerSpec("Bidirectional", "both", {"merge_mode": "concat"}, {}, inner)
    narrow = column_labels(recurrent("lstm", 3, 1, "LSTM"), 4)
    wide = column_labels(inner[0], 8)

    assert parameters(wrapper) == 2 * (3 * 8 + 2 * 8)
    assert len(narrow) == len(set(narrow)) == 4
    assert [label.split()[0] for label in wide] == [gate.split()[0] for gate in narrow for _ in range(2)]
    assert [label.split()[-1] for label in wide] == ["1", "2"] * 4
    assert column_labels(dense("d", 1, 3), 3) == ["unit 1", "unit 2", "unit 3"]


@pytest.mark.parametrize(("steps", "count"), [(1, 0), (2, 1), (6, 1)])
def test_states_are_drawn_over_time(steps: int, count: int) -> None:
    """A curve for each unit over all steps, which stands in the cells of the state; one step is no curve."""
    draft = drafted(sequential("m", (steps, 1), (recurrent("rnn", 1, 2),)))
    sheet = draft.sheet("rnn")
    table = lay_out(4, [(band, members) for band, members in draft.graph.bands().items() if not members[0].is_weight])
    place(draft, sheet, table)
    charts(draft, sheet, table)
    series = [one.values for chart in sheet.charts for one in chart.series]
    last = draft.placed(f"rnn.h[{steps - 1}]")

    assert len(sheet.charts) == count
    assert [(area.top, area.columns) for area in series] == [(last.top + unit, steps) for unit in range(2 * count)]


def test_gates_are_drawn_right_beside_the_states() -> None:
    """Their chart begins in the first column that the other one does not reach into."""
    draft = drafted(sequential("m", (3, 1), (recurrent("lstm", 1, 2, "LSTM"),)))
    sheet = draft.sheet("lstm")
    table = lay_out(4, [(band, members) for band, members in draft.graph.bands().items() if not members[0].is_weight])
    place(draft, sheet, table)
    charts(draft, sheet, table)
    states, gates = sheet.charts

    assert states.row == gates.row
    assert 0 <= sum(map(sheet.pixels, range(gates.column))) - states.width < sheet.pixels(gates.column - 1)


def test_a_history_is_drawn_as_it_was_reported() -> None:
    """One row for each epoch, counted from 1, and a curve through all of them."""
    draft = drafted(sequential("m", (1,), (dense("dense", 1, 1),)))
    history_sheet(draft, losses := [0.7, 0.5, 0.25])
    sheet = draft.sheets[TRAINING]
    (curve,) = sheet.charts[0].series
    rows = [[sheet.cells[row, column].content for column in (0, 1)] for row, _ in curve.values.cells()]

    assert rows == [[epoch + 1.0, loss] for epoch, loss in enumerate(losses)]


def test_labels_of_near_words_stand_on_different_sides() -> None:
    """Three words that are nearly one point are read all the same; one that is far away has its label on the right."""
    draft = drafted(sequential("m", (1,), (dense("dense", 1, 1),)))
    points = np.array([[0.0, 0.0], [0.01, 0.0], [0.0, 0.01], [1.0, 1.0]])
    draft.trace = replace(draft.trace, values={"dense.kernel": points})
    draft.place("dense.kernel", Range("Weights", 0, 0, 4, 2))
    word_vectors_sheet(draft, "dense.kernel", "abcd")
    labels = [series.label for series in draft.sheets[VECTORS].charts[0].series]

    assert len(set(labels[:3])) == 3
    assert labels[3] == labels[0] == "right"


def test_a_shared_layer_has_its_weights_once() -> None:
    """The summary counts the weights of a layer once, and the numbers of each call; many answers are not drawn."""
    calls = [Call(name, "dense", ("input",), (name,)) for name in ("dense", "dense#2")]
    layers = [LayerSummary(call, "Dense", "2", 6, 4, "dense") for call in calls]
    spec = ModelSpec("m", (InputSpec("input", (2,)),), (dense("dense", 2, 2),), tuple(calls), ("dense", "dense#2"))
    summary = model_summary(spec, layers)
    one, many = (drafted(sequential("m", (2, 1), (recurrent("rnn", 1, steps=False), dense("dense", 2, units))))
                 for units in (1, 3))  # fmt: skip

    assert "6" in summary
    assert "8" in summary
    assert "12" not in summary
    assert shows_answers(one)
    assert not shows_answers(many)
