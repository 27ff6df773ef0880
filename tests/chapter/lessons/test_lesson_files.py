"""Each lesson's file by itself: its name, its data, and a model that fits them."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np
import pytest

from xlcheck.chapter.lessons import (
    bidirectional,
    embedding,
    film_reviews,
    gru,
    labelled,
    lstm,
    lstm_small,
    next_word,
    simple_rnn,
    simple_rnn_small,
    toy,
    vanishing_gradients,
)
from xlcheck.chapter.lessons.catalogue import ALL_LESSONS
from xlcheck.model.keras_import import import_keras
from xlcheck.model.keras_reader import read_model

FILES = (bidirectional, embedding, film_reviews, gru, lstm, lstm_small, next_word, simple_rnn, simple_rnn_small)


@pytest.mark.parametrize("file", FILES)
def test_a_lesson_is_called_as_its_file_and_has_words_for_its_story(file: ModuleType) -> None:
    """The name on the command line is the file's, and the story, its pages and its questions stand in the texts."""
    lesson = file.LESSON

    assert lesson.name == file.__name__.rpartition(".")[2].replace("_", "-")
    assert ALL_LESSONS[lesson.name] is lesson
    assert lesson.texts.story.title
    assert lesson.texts.questions


@pytest.mark.keras
@pytest.mark.parametrize("file", [bidirectional, embedding, gru, lstm, lstm_small, simple_rnn, simple_rnn_small])
def test_the_model_of_a_lesson_reads_its_data_and_answers_its_targets(file: ModuleType) -> None:
    """Each sample is one of the model's input, and each right answer has the shape of the model's."""
    lesson = file.LESSON
    model = lesson.model() if lesson.model is not None else lesson.train(0, 0, None)[0]
    data = lesson.data()
    (inputs,) = data.inputs if isinstance(data.inputs, list | tuple) else (data.inputs,)

    assert model.input_shape[1:] == inputs.shape[1:]
    assert np.asarray(model(inputs)).shape == np.asarray(data.targets).shape
    assert [layer.name for layer in read_model(model).layers][-1] == "dense"


@pytest.mark.keras
def test_small_weights_give_whole_numbers_before_the_last_activation() -> None:
    """So that every sum can be done in the head: of whole numbers and halves at most."""
    train = simple_rnn_small.LESSON.train
    assert train is not None
    model = train(0, 0, None)[0]

    answers = np.asarray(model(simple_rnn_small.LESSON.data().inputs))
    np.testing.assert_array_equal(answers, np.round(answers))
    assert len({*answers.reshape(-1).tolist()}) == 2


@pytest.mark.keras
def test_models_of_the_two_documents_end_in_one_number() -> None:
    """A sigmoid where they are trained, and a sum where their weights are set by hand, just as these are given."""
    layers = import_keras().layers
    trained = toy.classifier("a", layers.SimpleRNN(3, name="rnn"))
    weights: list[Any] = [[[0.5]], [[2.0]], [1.0], [[3.0]], [-1.0]]
    by_hand = toy.by_hand("b", layers.SimpleRNN(1, activation="relu", name="rnn"), weights)

    assert (trained.output_shape, trained.layers[-1].activation.__name__) == ((None, 1), "sigmoid")
    # h = 0.5·2 + 1 = 2, then 0.5·4 + 2·2 + 1 = 7, and 3·7 − 1.
    assert np.asarray(by_hand(np.array([[[2.0], [4.0]]]))).item() == 20.0


def test_what_is_shown_of_labelled_texts_is_asked_late() -> None:
    """The page of all texts and Keras's answers to them cost nothing until somebody builds the lesson."""

    def never() -> Any:
        raise AssertionError

    nothing: Any = (None, None)
    page = labelled.all_texts(never, never, never)
    assert page.name == labelled.NAME
    assert callable(labelled.answers(never, never))
    with pytest.raises(AssertionError):
        page.fill(*nothing)


def test_the_first_words_gradient_is_laid_out_once() -> None:
    """The lesson on vanishing gradients plans its own workbook from recorded numbers."""
    lesson = vanishing_gradients.VANISHING_GRADIENTS

    assert lesson.name == "vanishing-gradients"
    assert lesson.plan is vanishing_gradients.plan_vanishing
