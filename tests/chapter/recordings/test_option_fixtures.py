"""The matrix of options."""

from __future__ import annotations

import numpy as np
import pytest
from thorough import spread

from xlcheck.chapter.recordings.options import OPTIONS
from xlcheck.chapter.recordings.regenerate import verify_fixtures
from xlcheck.chapter.recordings.store import available_fixtures, fixtures_folder, load_fixture
from xlcheck.graph.evaluate import evaluate
from xlcheck.learning.forward import forward_graph

FEW = ("options/simple-rnn-no-bias-sequences-backwards", "options/lstm-relu", "options/gru-reset-before-gates-tanh")


def test_whole_matrix_is_stored() -> None:
    """Each case is stored, nothing else is, and no two cases are the same."""
    assert [name for name in available_fixtures() if "/" in name] == sorted(OPTIONS)
    assert len({(case.kind, *sorted(case.options.items())) for case in OPTIONS.values()}) == len(OPTIONS)


@pytest.mark.parametrize("name", OPTIONS)
def test_case_is_what_its_name_says(name: str) -> None:
    """The stored model has the layer and the options of its case, and has a loss and a prediction."""
    fixture, case = load_fixture(name), OPTIONS[name]
    layer = fixture.spec.layers[0]

    assert layer.kind == case.kind
    assert {key: layer.options.get(key, False) for key in case.options} == case.options
    assert fixture.weights == "drawn"
    assert "loss.mean" in fixture.trace


@pytest.mark.parametrize("name", spread([*OPTIONS], 3))
def test_values_follow_from_the_equations(name: str) -> None:
    """Keras's stored values are those of the layers' equations in float64 within 1e-14, quantity by quantity."""
    fixture = load_fixture(name)
    for quantity, value in evaluate(forward_graph(fixture.spec), fixture.trace.values).items():
        np.testing.assert_allclose(value, fixture.trace[quantity], rtol=0, atol=1e-14, err_msg=quantity)


@pytest.mark.parametrize("name", spread([*OPTIONS], 3))
def test_options_matter(name: str) -> None:
    """Each case computes other numbers than its layer with Keras's defaults."""
    plain = next(other for other, case in OPTIONS.items() if case.kind == OPTIONS[name].kind and not case.options)
    default, values = load_fixture(plain).trace.values, load_fixture(name).trace.values

    assert name == plain or {k: v.tobytes() for k, v in values.items()} != {k: v.tobytes() for k, v in default.items()}


@pytest.mark.keras
def test_keras_gives_these_numbers() -> None:
    """Keras, here and now, gives the stored numbers of some cases; `xlcheck fixtures --verify` asks for all."""
    report = verify_fixtures(FEW, fixtures_folder())

    assert report.ok, report.text()
    assert [item.name for item in report.fixtures] == list(FEW)
