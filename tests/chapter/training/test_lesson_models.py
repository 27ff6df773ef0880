"""The lessons' models and what is recorded of them."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from xlcheck.chapter.lessons.catalogue import LESSONS, book_of
from xlcheck.chapter.recordings.names import IN_THE_BOOK
from xlcheck.chapter.recordings.store import load_fixture
from xlcheck.chapter.training.lessons import (
    book_fixture,
    book_model,
    train_model,
    trained_fixture,
    untrained,
    weights_hash,
)
from xlcheck.errors import UsageError
from xlcheck.model.keras_reader import read_model

pytestmark = [pytest.mark.keras, pytest.mark.usefixtures("eagerly")]


@pytest.mark.parametrize(
    ("lesson", "shapes"),
    [
        ("simple-rnn", [(1, 1), (1, 1), (1,), (1, 1), (1,)]),
        ("lstm", [(1, 4), (1, 4), (4,), (1, 1), (1,)]),
        ("rnn-dimensions", [(4, 3), (3, 3), (3, 4)]),
    ],
)
def test_shapes_of_the_chapter(lesson: str, shapes: list[tuple[int, ...]]) -> None:
    """The models have exactly the weights of the chapter's."""
    assert [weight.shape for weight in untrained(lesson).get_weights()] == shapes


@pytest.mark.parametrize("lesson", ["simple-rnn", "lstm"])
def test_recurrent_weights_start_at_zero(lesson: str) -> None:
    """The chapter sets `recurrent_initializer="zeros"`, and so does the untrained model."""
    assert not untrained(lesson).layers[0].get_weights()[1].any()


@pytest.mark.parametrize("lesson", IN_THE_BOOK[:2])
def test_book_prediction_to_eight_digits(lesson: str) -> None:
    """With the book's weights Keras gives the prediction that is in print, to all of its 8 digits."""
    printed = book_of(lesson).prediction
    assert printed is not None
    fixture = book_fixture(lesson)
    value = fixture.trace_float32["dense.y"][fixture.samples.index(printed.document), 0]

    assert round(Decimal(float(value)), 8) == Decimal(str(printed.value))


@pytest.mark.parametrize("lesson", IN_THE_BOOK)
def test_book_weights_are_exact_in_float64(lesson: str) -> None:
    """The float64 trace holds the printed decimals themselves, the float32 trace their roundings."""
    fixture = book_fixture(lesson)
    for name, printed in book_of(lesson).weights.items():
        assert np.array_equal(fixture.trace[name], printed)
        assert np.array_equal(fixture.trace_float32[name], printed.astype(np.float32))


def test_book_model_predicts_what_is_recorded() -> None:
    """The model that is saved for the book's weights predicts what the float32 trace says, bit for bit."""
    fixture = book_fixture("lstm")
    inputs = np.stack([fixture.trace_float32[f"input.x[{t}]"] for t in range(2)], axis=1)

    assert np.array_equal(np.asarray(book_model("lstm")(inputs)), fixture.trace_float32["dense.y"])


def test_training_lowers_the_loss_it_reports() -> None:
    """The history has one loss an epoch, and the last is that of the model one step before the end."""
    fixture = trained_fixture("lstm", *train_model("lstm", seed=3, epochs=5), seed=3)

    assert len(fixture.history) == int(fixture.provenance["epochs"]) == 5
    assert fixture.trace["loss.mean"][0, 0] < fixture.history[-1] < fixture.history[0]


def test_hash_sees_each_bit() -> None:
    """Another last bit, another name or another order of weights is another hash."""
    weights = {"a": np.array([1.0]), "b": np.array([2.0])}
    others = [
        {"a": np.nextafter(weights["a"], 2), "b": weights["b"]},
        {"a": weights["a"], "c": weights["b"]},
        {"b": weights["b"], "a": weights["a"]},
    ]

    assert len({weights_hash(item) for item in [weights, *others]}) == 4


@pytest.mark.parametrize("function", [train_model, book_fixture, book_model])
def test_unknown_lesson(function: object) -> None:
    """A lesson that does not exist is refused with the list of those that do."""
    with pytest.raises(UsageError, match=f"no lesson 'gpt'.*{', '.join(LESSONS)}"):
        function("gpt")  # type: ignore[operator]


@pytest.mark.parametrize("name", [name for name, lesson in LESSONS.items() if lesson.model is not None])
def test_a_lesson_s_model_is_the_one_whose_numbers_are_stored(name: str) -> None:
    """Layers, options and shapes of the model that a lesson builds are those that its fixture was recorded with."""
    stored, built = load_fixture(name).spec, read_model(untrained(name))

    # Keras lists the layers of a branched model in another order once it was saved.
    assert {layer.name: layer for layer in built.layers} == {layer.name: layer for layer in stored.layers}
    assert (built.inputs, built.outputs) == (stored.inputs, stored.outputs)


def test_a_model_of_four_networks_is_the_one_whose_numbers_are_stored() -> None:
    """The lesson on architectures trains by itself; after no epoch its model is still the one of the fixture."""
    train = LESSONS["architectures"].train
    assert train is not None
    model, losses = train(0, 0, None)
    stored, built = load_fixture("architectures").spec, read_model(model)

    assert losses == ()
    assert {layer.name: layer for layer in built.layers} == {layer.name: layer for layer in stored.layers}
    assert (built.inputs, built.outputs) == (stored.inputs, stored.outputs)
