"""Numbers that are too large for a cell inside of a formula: IronCalc goes on, other programs show an error."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import openpyxl
import pytest
from sequential import L, sequential
from workbook_parts import typed

from xlcheck import api
from xlcheck.errors import EngineError
from xlcheck.formulas.addresses import parse_range
from xlcheck.model.keras_import import import_keras
from xlcheck.verdicts.generated import second_opinion
from xlcheck.verdicts.report import CheckReport

pytestmark = pytest.mark.keras
ASKED = "ironcalc goes on where a number is too large for a cell, so cellrune was asked, which does not"


def built(activation: str, style: str, path: Path, largest: float = 900.0) -> CheckReport:
    """A unit whose weighted sum is its input: from minus to plus some number."""
    keras = import_keras()
    unit = keras.layers.Dense(1, activation=activation, name="unit")
    model = keras.Sequential([keras.Input((1,)), unit, keras.layers.Dense(1)])
    model.layers[0].kernel.assign(np.ones((1, 1)))
    return api.build_model(model, np.array([[-largest], [largest], [1.0]]), path, style=style).report


@pytest.mark.parametrize("activation", ["sigmoid", "silu", "mish"])
def test_an_overflow_that_leaves_the_right_number_is_a_root(activation: str, tmp_path: Path) -> None:
    """IronCalc computes what Keras does, but a reader sees `#NUM!`; the formula that never overflows is proposed."""
    report = built(activation, "teaching", tmp_path / "overflow.xlsx")
    (root,) = report.roots

    assert (report.exit_code, report.engine.split()[0]) == (1, "cellrune")
    assert ASKED in report.notes
    assert (root.quantity, str(root.actual)) == ("unit.y[0]", "#NUM!")
    assert "a number in it is too large for a cell" in root.message
    assert root.desired_formula not in (None, root.formula)
    assert report.counts.carried > 0


@pytest.mark.parametrize("style", ["teaching", "book"])
@pytest.mark.parametrize(
    ("activation", "inputs", "error"),
    [
        ("softmax", [-900.0, -1000.0], "#DIV/0!"), ("softmax", [900.0, 1.0], "#NUM!"), ("mish", [900.0, 1.0], "#NUM!"),
        ("softplus", [900.0, 1.0], "#NUM!"), ("log_sigmoid", [-900.0, 1.0], "#NUM!"),
    ],
)  # fmt: skip
def test_a_proposed_formula_does_not_fail_itself(
    activation: str, inputs: list[float], error: str, style: str, tmp_path: Path
) -> None:
    """Nor is it the one that stands there: in its place it is right, also where all exponentials are 0."""
    model = sequential((1,), L.Dense(2, activation=activation, use_bias=False, name="unit"))
    model.layers[0].set_weights([np.ones((1, 2))])
    path = tmp_path / "fails.xlsx"
    roots = [*api.build_model(model, np.array(inputs)[:, None], path, style=style).report.roots]
    places = {parse_range(root.cell): root.desired_formula for root in roots}
    cells = {(place.top, place.left): text for place, text in places.items()}

    assert [str(root.actual) for root in roots] == [error, error]
    assert all(root.desired_formula not in (None, root.formula) for root in roots)
    assert api.check(typed(path, tmp_path / "right.xlsx", roots[0].sheet, cells)).counts.root == 0


def test_an_overflow_is_no_mistake_with_a_name(tmp_path: Path) -> None:
    """Where all other samples are saturated, a neighbour's formula would give as much; this one reads its own cells."""
    model = sequential((1,), L.Dense(2, activation="softmax", use_bias=False, name="unit"))
    model.layers[0].set_weights([np.array([[1.0, -1.0]])])
    inputs = np.array([[900.0], [0.0]])
    report = api.build_model(model, inputs, tmp_path / "overflow.xlsx", style="teaching").report

    assert {root.diagnosis for root in report.roots} == {None}
    assert all("a number in it is too large for a cell" in root.message for root in report.roots)


@pytest.mark.parametrize(("style", "largest"), [("robust", 900.0), ("teaching", 300.0)])
def test_what_does_not_overflow_is_left_to_one_engine(style: str, largest: float, tmp_path: Path) -> None:
    """Because the formula knows better, or the numbers are not as large."""
    report = built("sigmoid", style, tmp_path / "right.xlsx", largest)

    assert (report.exit_code, report.engine.split()[0]) == (0, "ironcalc")
    assert ASKED not in report.notes


def test_a_formula_that_somebody_made_simpler_is_found(tmp_path: Path) -> None:
    """It is right for numbers that are not as large; where the samples are, it is a root."""
    path = tmp_path / "edited.xlsx"
    built("sigmoid", "robust", path)
    book = openpyxl.load_workbook(path)
    (cell,) = (c for row in book["unit"].iter_rows() for c in row if c.column == 6 and str(c.value).startswith("=IF("))
    cell.value = f"=1-1/(1+EXP({cell.value[4:].partition('>')[0]}))"
    book.save(path)
    report = api.check(path)

    assert [root.cell for root in report.roots] == [cell.coordinate]


def test_the_codes_of_words_ask_no_other_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A code only says which row is taken, however many words there are, and is too large for no exponential."""
    asked: list[str] = []

    def engine_named(name: str) -> None:
        asked.append(name)
        raise EngineError(name)

    monkeypatch.setattr(second_opinion, "engine_named", engine_named)
    words = sequential((2,), L.Embedding(900, 2, name="words"), L.GRU(2, name="gru"), L.Dense(1, name="out"))
    assert api.build_model(words, np.array([[880, 3]]), tmp_path / "words.xlsx").report.ok
    assert asked == []
    numbers = sequential((2, 1), L.GRU(2, name="gru"), L.Dense(1, name="out"))
    api.build_model(numbers, np.array([[[880.0], [3.0]]]), tmp_path / "numbers.xlsx")
    assert asked == ["cellrune"]


def test_a_right_formula_without_a_value_makes_no_other_mistake(tmp_path: Path) -> None:
    """Where every step is skipped, a softmax without the largest score is 0 / 0; nobody has read another unit."""
    keras = import_keras()
    x = keras.Input((2, 1))
    read = L.Masking()(x)
    model = keras.Model(x, L.Attention(name="look")([read, read]))
    report = api.build_model(model, np.zeros((1, 2, 1)), tmp_path / "skipped.xlsx", style="teaching").report

    assert {(root.quantity.partition("[")[0], str(root.actual), root.diagnosis) for root in report.roots} == {
        ("look.shares", "#DIV/0!", None)
    }
