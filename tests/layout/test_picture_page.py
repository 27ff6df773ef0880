"""The page Picture: live numbers of whatever step and unit is chosen, in every box."""

from __future__ import annotations

import re
from itertools import pairwise, product
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from thorough import spread

from xlcheck import build_model, check
from xlcheck.engines import engine
from xlcheck.formulas.addresses import parse_range
from xlcheck.graph.evaluate import evaluate
from xlcheck.graph.trace import Trace
from xlcheck.layout.drawings.picture_page import NAME, PicturePage
from xlcheck.layout.plan import plan_model
from xlcheck.learning.forward import forward_graph
from xlcheck.model.model_spec import LayerSpec, sequential
from xlcheck.verdicts.generated.expectation import expectation_of
from xlcheck.verdicts.report import Status
from xlcheck.workbook.reader import read_workbook
from xlcheck.workbook.writer import write_workbook

WORKBOOKS = Path(__file__).parents[2] / "workbooks"
DRAWN = ["simple-rnn", "lstm", "gru", "embedding", "bidirectional", "architectures", "sentiment"]


@pytest.mark.parametrize(
    ("lesson", "sentences"),
    [
        ("simple-rnn", ["One time step", "Choose the step.", "States are orange"]),
        ("lstm", ["One time step", "Choose the step.", "Gates darken as they open; states are orange"]),
        (
            "sentiment",
            ["One time step", "Choose the step, and another unit", "Gates darken as they open; states"],
        ),
    ],
)
def test_it_says_what_can_be_chosen_and_what_colours_mean(lesson: str, sentences: list[str]) -> None:
    """Of steps, units, gates and states it speaks as far as there are any."""
    said = str(read_workbook(WORKBOOKS / f"{lesson}.xlsx").sheets[NAME].cells[1, 0].value)
    parts = [part for part in re.split(r"(?<=\.) ", said) if not part.startswith("with live")]

    assert len(parts) == len(sentences)
    assert all(part.startswith(sentence) for part, sentence in zip(parts, sentences, strict=True))


@pytest.mark.parametrize("lesson", spread(DRAWN, 2))
def test_every_choice_shows_keras_numbers(lesson: str) -> None:
    """For each step and each unit that can be chosen, every box shows Keras's number."""
    every_choice(WORKBOOKS / f"{lesson}.xlsx", at_least=5)


def test_attention_is_drawn(tmp_path: Path) -> None:
    """The scores and shares of each step that is attended to, and the sum, show Keras's numbers, too."""
    import keras

    query, value = keras.Input((4, 2), name="query"), keras.Input((3, 2), name="value")
    attention = keras.layers.Attention(name="attention")([query, value])
    model = keras.Model([query, value], keras.layers.Dense(1, name="dense")(attention))
    rng = np.random.default_rng(4)
    built = build_model(model, [rng.normal(size=(2, n, 2)) for n in (4, 3)], tmp_path / "attention.xlsx")
    page = read_workbook(built.path).sheets[NAME].cells
    labels = [cell.value for cell in page.values()]

    assert built.report.ok
    assert {f"{word} {k}" for word in ("share", "score") for k in (1, 2, 3)} <= set(labels)
    assert "share 4" not in labels
    every_choice(built.path, at_least=8)


def test_products_of_two_inputs_are_drawn(tmp_path: Path) -> None:
    """Dot has both of its inputs beside the number that follows from them, for each unit that can be chosen."""
    import keras

    left, right = keras.Input((4, 2), name="left"), keras.Input((4, 2), name="right")
    products = keras.layers.Dot(axes=2, name="products")([left, right])
    model = keras.Model([left, right], keras.layers.Dense(2, name="dense")(products))
    rng = np.random.default_rng(5)
    built = build_model(model, [rng.normal(size=(2, n, 2)) for n in (4, 4)], tmp_path / "dot.xlsx")
    labels = [cell.value for cell in read_workbook(built.path).sheets[NAME].cells.values()]

    assert built.report.ok
    assert {"products · Dot", "x₁", "x₂", "2 numbers", "4 × 2"} <= set(labels)
    every_choice(built.path, at_least=3)


def every_choice(path: Path, at_least: int) -> None:
    """Choose each step and the first two units, and compare every box."""
    manifest, graph = expectation_of(read_workbook(path))
    session = engine("ironcalc").open(path)
    steps = 1 + max(q.step or 0 for q in graph)
    views = [view for view in manifest.views if view.factors]
    assert len(views) >= at_least
    for step, unit in product(range(1, steps + 1), (1, 2)):
        chosen = {}
        for view in views:
            for cell, number in ((view.step, step), (view.unit, unit)):
                if cell is not None:
                    chosen[cell] = number
                    session.set(cell.sheet, cell.top, cell.left, float(number))
        session.recalculate()
        for view in views:
            ((actual,),) = session.read(view.cell)
            assert actual == pytest.approx(view.helper(manifest.trace, chosen).desired[0], abs=1e-13), view


@pytest.fixture
def another_step(tmp_path: Path) -> Path:
    """The LSTM's workbook with the first step chosen, not the last."""
    path = tmp_path / "lstm.xlsx"
    manifest, _ = expectation_of(read_workbook(WORKBOOKS / "lstm.xlsx"))
    book = openpyxl.load_workbook(WORKBOOKS / "lstm.xlsx")
    step = next(view.step for view in manifest.views if view.step is not None)
    book[step.sheet].cell(step.top + 1, step.left + 1).value = 1
    book.save(path)
    return path


def test_a_choice_is_no_change(another_step: Path) -> None:
    """A workbook in which another step was chosen agrees: the boxes are compared with that step's numbers."""
    report = check(another_step)

    assert report.ok, report.cells
    assert not report.alterations


def test_a_wrong_box_is_found(another_step: Path) -> None:
    """A box that reads another cell than it should is a root, even if it shows the right number."""
    book = openpyxl.load_workbook(another_step)
    cell = next(c for row in book[NAME].iter_rows() for c in row if str(c.value).startswith("=INDEX(lstm!"))
    cell.value = f"{cell.value}+0"
    book.save(another_step)
    report = check(another_step)

    assert [(r.sheet, r.cell, r.status) for r in report.cells] == [(NAME, cell.coordinate, Status.ROOT)]


def test_the_sample_is_chosen_in_the_same_view() -> None:
    """The cells that choose sample and step stand in the rows that stay in sight, with drop-downs."""
    content = openpyxl.load_workbook(WORKBOOKS / "lstm.xlsx")
    manifest, _ = expectation_of(read_workbook(WORKBOOKS / "lstm.xlsx"))
    page = content[NAME]
    chosen = {str(rule.sqref) for rule in page.data_validations.dataValidation}
    assert manifest.selector is not None
    cells = [manifest.selector, next(view.step for view in manifest.views if view.step)]

    assert {cell.a1 for cell in cells} <= chosen
    assert all(cell.top < int(page.freeze_panes[1:]) - 1 for cell in cells)


@pytest.mark.parametrize(
    ("steps", "sentence"),
    [
        (4, "every step."),
        (5, "Step 2 is left out."),
        (6, "Steps 2 and 3 are left out."),
        (9, "Steps 2 to 6 are left out."),
    ],
)
def test_steps_that_are_left_out_are_named(steps: int, sentence: str) -> None:
    """Of a layer of many steps a note below its drawing says which ones the drawing has not."""
    options = {"units": 1, "activation": "tanh", "use_bias": False, "return_sequences": True}
    layer = LayerSpec("SimpleRNN", "rnn", options, {"kernel": (1, 1), "recurrent_kernel": (1, 1)})
    spec = sequential("steps", (steps, 1), (layer,))
    graph = forward_graph(spec)
    trace = Trace("zeros", evaluate(graph, {q.name: np.zeros((1, *q.shape)[q.is_weight :]) for q in graph}))
    page = next(sheet for sheet in plan_model(spec, trace, trace, ["sample 1"]).sheets if sheet.name == NAME)
    notes = [str(cell.content) for cell in page.cells if str(cell.content).startswith("They are the same")]

    assert len(notes) == 1
    assert notes[0].endswith(sentence)


@pytest.mark.parametrize(("second", "is_whole"), [(3.0, True), (0.5, False)])
def test_a_box_shows_whole_numbers_only_if_they_are_whole_at_every_step(second: float, *, is_whole: bool) -> None:
    """An input of 2 and then 0.5 is not shown as 1 when the second step is chosen."""
    options = {"units": 1, "activation": "tanh", "use_bias": False, "return_sequences": False}
    layer = LayerSpec("SimpleRNN", "rnn", options, {"kernel": (1, 1), "recurrent_kernel": (1, 1)})
    spec = sequential("steps", (2, 1), (layer,))
    graph = forward_graph(spec)
    given = {q.name: np.full((1, *q.shape)[q.is_weight :], 2.0) for q in graph if q.expr is None}
    given["input.x[1]"] = np.full((1, 1), second)
    trace = Trace("two steps", evaluate(graph, given))
    page = next(sheet for sheet in plan_model(spec, trace, trace, ["sample 1"]).sheets if sheet.name == NAME)
    styles = {merge.style for merge in page.merges}

    assert ("input_whole" in styles) is is_whole
    assert "input_number" in styles


@pytest.mark.exhaustive
def test_long_lists_of_choices_stand_beside_each_other(tmp_path: Path) -> None:
    """Layers of many units over many steps, of the same and of other sizes: no list is written over another one."""
    sizes, steps = (61, 61, 62), 63
    options = {"activation": "tanh", "use_bias": False, "return_state": False, "return_sequences": True}
    layers = [
        LayerSpec(
            "SimpleRNN", f"rnn_{number}", {"units": units, **options},
            {"kernel": (before, units), "recurrent_kernel": (units, units)},
        )
        for number, (before, units) in enumerate(pairwise((1, *sizes)))
    ]  # fmt: skip
    spec = sequential("long", (steps, 1), tuple(layers))
    graph = forward_graph(spec)
    trace = Trace("zeros", evaluate(graph, {q.name: np.zeros((1, *q.shape)[q.is_weight :]) for q in graph}))
    path = tmp_path / "long.xlsx"
    write_workbook(plan_model(spec, trace, trace, ["sample 1"]), path)

    rules = openpyxl.load_workbook(path)[NAME].data_validations.dataValidation
    assert sorted({re.sub(r".*\$", "", rule.formula1) for rule in rules}) == ["66", "67", "68"]  # each from row 6 on
    assert len({rule.formula1 for rule in rules}) == 3 < len(rules)


@pytest.mark.parametrize(
    ("places", "unit", "shown"),
    [
        (["B5:B7", "C5:C7"], "$C$2", "INDEX(S!$B$5:$C$7,$C$2,$C$3)"),
        (["B5:B7", "C5:C7"], None, "INDEX(S!$B$5:$C$7,1,$C$3)"),
        (["B5", "C5"], "$C$2", "INDEX(S!$B$5:$C$5,1,$C$3)"),
        (["B5:B7"], "$C$2", "INDEX(S!$B$5:$B$7,$C$2,1)"),
    ],
)
def test_a_box_reads_the_unit_and_the_step_that_are_chosen(places: list[str], unit: str | None, shown: str) -> None:
    """Of what has a single unit, or stands once for all steps, there is nothing to choose."""
    nobody: Any = None

    assert PicturePage._item(nobody, [parse_range(f"S!{place}") for place in places], "$C$3", unit) == shown
