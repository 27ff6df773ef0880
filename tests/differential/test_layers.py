"""Layers × options × engines: every quantity, as NumPy and as a formula, against Keras."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from cases import CASES
from grids import recalculated
from models import build, described, evaluated, largest_difference, odd_models_allowed, traced
from thorough import EVERY_CASE, part_of, spread

from xlcheck.formulas.printing import Style
from xlcheck.model.model_spec import ModelSpec
from xlcheck.oracle.record import record, retrace

pytestmark = pytest.mark.keras

TOY, LARGE = 1e-14, 1e-12
SHEETS = ((Style.ROBUST, "ironcalc"), (Style.TEACHING, "cellrune"))


RECURRENT = [name for name in CASES if name.startswith(("SimpleRNN ", "LSTM ", "GRU "))]
# In an ordinary run the three recurrent layers take turns in their options, and the others with each other; what each
# of them computes, `tests/layers/test_layer_equations.py` compares with NumPy.
ORDINARY = [*spread([name for name in CASES if name not in RECURRENT], 3), *spread(RECURRENT, 12)]


@pytest.mark.parametrize("name", ORDINARY)
def test_every_quantity_agrees_with_keras(name: str, tmp_path: Path) -> None:
    """Values and formulas of every layer and option are Keras's, to 1e-14 and at hundreds of units to 1e-12."""
    case = CASES[name]
    tolerance = LARGE if name == "hundreds of units" else TOY
    graph, desired = traced(build(case.make), case.inputs, case.states)

    difference, where = largest_difference(graph, evaluated(graph, desired), desired)
    assert difference < tolerance, where

    if name != "hundreds of units":  # 8,000 formulas take their time; the builder's own tests have large models
        turn = ORDINARY.index(name) % 4  # in an ordinary run they take turns, and every other case has none
        for style, engine in SHEETS if EVERY_CASE else SHEETS[turn:][:1]:
            actual = recalculated(graph, desired, tmp_path / f"{style}.xlsx", style, engine)
            difference, where = largest_difference(graph, actual, desired, sample=0)
            assert difference < tolerance, (style, engine, where)


@pytest.mark.exhaustive
@pytest.mark.formulon
@pytest.mark.parametrize("name", [name for name in CASES if name != "hundreds of units"])
def test_the_engine_that_follows_excel_agrees(name: str, tmp_path: Path) -> None:
    """Each layer and option once more in Formulon, whose authors hold it to the results of Excel 365."""
    case = CASES[name]
    graph, desired = traced(build(case.make), case.inputs, case.states)
    actual = recalculated(graph, desired, tmp_path / "x.xlsx", Style.ROBUST, "formulon")
    difference, where = largest_difference(graph, actual, desired, sample=0)

    assert difference < TOY, where


REBUILT = (
    "LSTM stateful under a mask", "GRU encoder and decoder", "LSTM bidirectional states", "SimpleRNN merge modes",
    "model in a model in a model", "model in a model, shared", "Rescaling and Normalization", "CategoryEncoding",
    "RNN of several cells, states", "attention", "attention scores", "MultiHeadAttention", "ZeroPadding1D",
    "RNN in both directions", "operations on one tensor", "operations with numbers",
    "operations on two tensors", "parts of tensors", "tensors in another shape", "operations over an axis",
    "identity", "activation layers", "TimeDistributed", "Conv1D", "Concatenate", "merge of three", "Conv2D",
)  # fmt: skip


@pytest.mark.parametrize("name", part_of(REBUILT, 1))
def test_model_is_rebuilt_from_its_description(name: str) -> None:
    """What a workbook stores of a model is enough for Keras to compute every quantity again, bit for bit."""
    case = CASES[name]
    model = build(case.make)
    _, desired = traced(model, case.inputs, case.states)
    spec = ModelSpec.from_json(json.loads(json.dumps(described(model, case.inputs).to_json())))

    with odd_models_allowed():
        again = retrace(spec, desired.values)
    assert list(again.values) == list(desired.values)
    for quantity in again.values:
        assert np.array_equal(again[quantity], desired[quantity]), quantity


@pytest.mark.parametrize(
    "name", spread(["GRU masked ", "GRU shared", "LSTM masked ", "activations", "normalisation"], 2)
)
def test_single_precision_is_recorded_too(name: str) -> None:
    """The same quantities can be had as the user's float32 model computes them."""
    case = CASES[name]
    model = build(case.make)
    _, desired = traced(model, case.inputs)

    with odd_models_allowed():
        single = record(model, case.inputs, dtype="float32")
    assert single.source == "keras float32"
    for quantity, values in desired.values.items():
        np.testing.assert_allclose(single[quantity], values, rtol=1e-4, atol=1e-5, err_msg=quantity)


@pytest.mark.exhaustive
@pytest.mark.libreoffice
@pytest.mark.parametrize("name", ["activations", "GRU masked ", "pooling"])
def test_libreoffice_agrees(name: str, tmp_path: Path) -> None:
    """A third engine, in C++, computes the same within the 15 digits that it writes."""
    case = CASES[name]
    graph, desired = traced(build(case.make), case.inputs)
    actual = recalculated(graph, desired, tmp_path / "grid.xlsx", Style.ROBUST, "libreoffice")

    difference, where = largest_difference(graph, actual, desired, sample=0)
    assert difference < 1e-13, where
