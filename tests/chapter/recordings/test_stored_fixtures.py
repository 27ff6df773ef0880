"""The stored fixtures themselves, without Keras."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from xlcheck.chapter.datasets.dataset import BOOK_ORDER, toy
from xlcheck.chapter.lessons.catalogue import book_of
from xlcheck.chapter.recordings.names import FIXTURES, IN_THE_BOOK
from xlcheck.chapter.recordings.options import OPTIONS
from xlcheck.chapter.recordings.store import available_fixtures, load_fixture
from xlcheck.chapter.training.lessons import SEED, weights_hash
from xlcheck.graph.evaluate import evaluate
from xlcheck.learning.forward import forward_graph


def test_all_are_stored() -> None:
    """Each lesson is stored with trained weights and with the book's."""
    assert sorted(FIXTURES) == [name for name in available_fixtures() if name not in OPTIONS]


@pytest.mark.parametrize("name", FIXTURES)
def test_values_follow_from_the_equations(name: str) -> None:
    """Keras's stored values are those of the layers' equations in float64 within 1e-14 of a quantity's size."""
    fixture = load_fixture(name)
    for quantity, value in evaluate(forward_graph(fixture.spec), fixture.trace.values).items():
        limit = 1e-14 * max(1.0, np.abs(value).max())
        np.testing.assert_allclose(value, fixture.trace[quantity], rtol=0, atol=limit, err_msg=quantity)


@pytest.mark.parametrize("name", FIXTURES)
def test_single_precision_is_near(name: str) -> None:
    """The float32 values differ from the float64 ones by rounding only."""
    fixture = load_fixture(name)
    for quantity, value in fixture.trace.values.items():
        limit = 1e-6 * max(1.0, np.abs(value).max())
        np.testing.assert_allclose(fixture.trace_float32[quantity], value, rtol=0, atol=limit, err_msg=quantity)


@pytest.mark.parametrize("name", FIXTURES)
def test_provenance_names_the_weights(name: str) -> None:
    """The stored hash is that of the stored weights."""
    fixture = load_fixture(name)
    weights = {q.name: fixture.trace[q.name] for q in forward_graph(fixture.spec) if q.is_weight}

    assert fixture.provenance["weights_sha256"] == weights_hash(weights)


@pytest.mark.parametrize("lesson", IN_THE_BOOK[:2])
def test_book_prediction_is_stored(lesson: str) -> None:
    """The float32 prediction of the document in print is the printed one, to 8 digits."""
    fixture, printed = load_fixture(f"{lesson}-book"), book_of(lesson).prediction
    assert printed is not None
    value = fixture.trace_float32["dense.y"][fixture.samples.index(printed.document), 0]

    assert round(Decimal(float(value)), 8) == Decimal(str(printed.value))


@pytest.mark.parametrize("lesson", IN_THE_BOOK)
def test_book_weights_are_stored(lesson: str) -> None:
    """The weights in print are stored digit for digit."""
    fixture = load_fixture(f"{lesson}-book")

    for name, value in book_of(lesson).weights.items():
        assert np.array_equal(fixture.trace[name], value)


@pytest.mark.parametrize("lesson", ["simple-rnn", "lstm"])
def test_codes_of_the_documents(lesson: str) -> None:
    """Trained weights go with codes by frequency, the book's with those of the book."""
    for name, data in ((lesson, toy()), (f"{lesson}-book", toy(BOOK_ORDER))):
        fixture = load_fixture(name)

        assert fixture.samples == data.samples
        for t in range(2):
            assert np.array_equal(fixture.trace[f"input.x[{t}]"], data.inputs[:, t])


@pytest.mark.parametrize("lesson", ["simple-rnn", "lstm"])
def test_default_seed_tells_the_documents_apart(lesson: str) -> None:
    """500 epochs from the default seed put "very good" above one half and "very bad" a tenth or more below it."""
    fixture = load_fixture(lesson)
    good, bad = fixture.trace["dense.y"][:, 0]

    assert (fixture.provenance["seed"], fixture.provenance["epochs"]) == (str(SEED), "500")
    assert bad < 0.5 < good
    assert good - bad > 0.1


def test_dimensions_lesson_knows_the_sentence() -> None:
    """After training the most probable word at each step is the one that follows."""
    trace = load_fixture("rnn-dimensions").trace

    for t in range(3):
        assert trace[f"dense.y[{t}]"].argmax() == trace[f"target.y[{t}]"].argmax()


def test_last_target_has_no_loss() -> None:
    """No word follows the last one: its target is all zeros and its loss exactly 0."""
    trace = load_fixture("rnn-dimensions-book").trace

    assert not trace["target.y[3]"].any()
    assert trace["loss.loss[3]"][0, 0] == 0


@pytest.mark.parametrize("lesson", ["simple-rnn", "lstm", "rnn-dimensions"])
def test_history_ends_where_the_model_is(lesson: str) -> None:
    """The losses of training end just above the loss of the trained model; the book's weights have no history."""
    fixture = load_fixture(lesson)

    assert len(fixture.history) == 500
    assert fixture.trace["loss.mean"][0, 0] < fixture.history[-1] < fixture.history[0]
    assert load_fixture(f"{lesson}-book").history == ()
