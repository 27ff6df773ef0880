"""Classifiers learn from the project's own reviews, and are judged on texts that had no part in any choice."""

from __future__ import annotations

import os
import signal
from contextlib import nullcontext
from dataclasses import replace

import numpy as np
import pytest
from thorough import part_of

from xlcheck.chapter.datasets.labelled import split
from xlcheck.chapter.datasets.lesson_texts import reviews
from xlcheck.chapter.datasets.tweets import TweetEncoding
from xlcheck.chapter.training.classify import (
    Architecture,
    Cell,
    ClassifierData,
    Schedule,
    TrainedClassifier,
    classifier,
    positive_scores,
    train_classifier,
)
from xlcheck.chapter.training.evaluation import Evaluation
from xlcheck.chapter.training.labelled_data import tweet_data
from xlcheck.chapter.training.recipes import TWEETS
from xlcheck.chapter.training.runs import Finished, Run, better, spreads, train_all
from xlcheck.errors import DataError, UsageError
from xlcheck.model.encoding import Tokens
from xlcheck.model.keras_import import import_keras

pytestmark = [pytest.mark.keras, pytest.mark.usefixtures("eagerly")]

SAMPLE = TWEETS["sample"]
HASTY = replace(SAMPLE.schedule, batch=64, learning_rate=0.1, epochs=10, patience=2)  # its best epoch is soon behind
SEED = 3


@pytest.fixture(scope="module")
def data() -> ClassifierData:
    """The project's own reviews."""
    return tweet_data(reviews(), SAMPLE.encoding, SEED, validation=True)


@pytest.fixture(scope="module")
def beginnings() -> ClassifierData:
    """The first words of the reviews, which are soon read."""
    return tweet_data(reviews(), TweetEncoding(6, SAMPLE.encoding.least_count), SEED, validation=True)


@pytest.fixture(scope="module", params=part_of([Cell.LSTM, Cell.GRU], 1))
def trained(request: pytest.FixtureRequest, beginnings: ClassifierData) -> TrainedClassifier:
    """A classifier of each kind that learns from as few as 119 texts; in haste."""
    return train_classifier(beginnings, replace(SAMPLE.architecture, cell=request.param), HASTY, SEED)


@pytest.fixture(scope="module")
def learned(data: ClassifierData) -> TrainedClassifier:
    """One that is trained to its end."""
    return train_classifier(data, SAMPLE.architecture, SAMPLE.schedule, SEED)


@pytest.mark.exhaustive
def test_learns_what_is_good(learned: TrainedClassifier) -> None:
    """On 60 texts that it never saw it beats always giving the same answer by more than two standard errors."""
    chance = learned.test.majority

    assert learned.test.samples == 60
    assert chance < 0.6
    assert learned.test.accuracy > chance + 2 * np.sqrt(0.25 / 60)
    assert learned.test.auc > 0.8


@pytest.mark.exhaustive
def test_reads_sentences(learned: TrainedClassifier) -> None:
    """Typed sentences are told apart, words it does not know included."""
    encode = learned.encoding.encode
    good, bad = ("great crew, thank you zebra", "worst delay ever, no refund, zebra")
    scores = positive_scores(learned.model, np.stack([encode(good), encode(bad)]))

    assert scores[0] > 0.5 > scores[1]


def test_stops_by_the_validation_part(trained: TrainedClassifier, beginnings: ClassifierData) -> None:
    """The epoch that is kept has the smallest loss on the validation part, and its weights are the model's."""
    part = beginnings.validation
    assert part is not None
    losses = trained.history["val_loss"]
    loss, _ = trained.model.evaluate(part.inputs, part.labels, verbose=0)

    assert trained.best_epoch == int(np.argmin(losses)) + 1
    assert loss == pytest.approx(min(losses), abs=1e-5)
    assert len(losses) == trained.best_epoch + HASTY.patience < HASTY.epochs


def test_figures_agree_with_keras(trained: TrainedClassifier, beginnings: ClassifierData) -> None:
    """Accuracy on the test part is what Keras's own `evaluate` gives."""
    part = beginnings.test
    _, accuracy = trained.model.evaluate(part.inputs, part.labels, verbose=0)

    assert trained.test.accuracy == pytest.approx(accuracy, abs=1e-6)


def test_words_of_the_test_part_only_are_unknown() -> None:
    """A word that occurs only outside the training part has no code of its own."""
    texts = reviews()
    words = [set(Tokens.LETTERS_AND_DIGITS.words(text)) for text in texts.texts]
    parts = split(len(words), SEED)
    seen = set().union(*(words[i] for i in parts.training))
    elsewhere = set().union(*(words[i] for i in [*parts.test, *parts.validation])) - seen

    encoding = tweet_data(texts, TweetEncoding(16, least_count=1), SEED, validation=True).encoding

    assert elsewhere
    assert set(encoding.words) == seen
    assert set(encoding.encode_words(sorted(elsewhere))) == {encoding.unknown}


def test_unknown_words_are_learned() -> None:
    """Words that are rare in the training part share the code for unknown words, so that its vector is trained."""
    data = tweet_data(reviews(), SAMPLE.encoding, SEED, validation=True)

    assert (data.training.inputs == data.encoding.unknown).any()


def test_chapters_recipe() -> None:
    """Every word has a code from 1, the embedding one row more than there are words, and no text is set aside."""
    recipe = TWEETS["chapter"]
    data = tweet_data(reviews(), recipe.encoding, 0, recipe.validation)
    words = {word for text in reviews().texts for word in Tokens.LETTERS_AND_DIGITS.words(text)}
    model = classifier(recipe.architecture, data.encoding.size, data.encoding.timesteps, 0.001)

    assert data.validation is None
    assert data.training.inputs.shape == (140, 200)
    assert data.encoding.size == len(words) + 1
    assert model.get_layer("embedding").count_params() == (len(words) + 1) * 32
    assert (recipe.schedule.epochs, recipe.schedule.batch, recipe.architecture.units) == (50, 1024, 1)


@pytest.mark.parametrize(
    ("architecture", "parameters"),
    [
        (Architecture(Cell.RNN), 34 + 4),  # 32 + 1 + 1, as the chapter counts
        (Architecture(Cell.LSTM), 4 * 34 + 4),
        (Architecture(Cell.LSTM, units=32, hidden=256, outputs=1), 4 * 65 * 32 + 33 * 256 + 257),
    ],
    ids=str,
)
def test_numbers_of_weights(architecture: Architecture, parameters: int) -> None:
    """The layers behind the embedding have the chapter's numbers of weights."""
    model = classifier(architecture, codes=10, timesteps=5, learning_rate=0.001)

    assert model.count_params() - 10 * 32 == parameters


@pytest.mark.exhaustive
def test_simple_rnn_learns_its_training_part() -> None:
    """A SimpleRNN, whose memory is short, learns less from so few texts; the loss on them falls to a fraction."""
    data = tweet_data(reviews(), SAMPLE.encoding, SEED, validation=False)
    architecture = replace(SAMPLE.architecture, cell=Cell.RNN, dropout=0.0)

    losses = train_classifier(data, architecture, Schedule(15, 16, 0.01), SEED).history["loss"]

    assert losses[-1] < losses[0] / 4


def test_the_best_is_chosen_on_validation() -> None:
    """Of several models the one that did better on validation is kept, even if another did better on the test."""

    def finished(validation: int, test: int) -> Finished:
        def evaluation(right: int) -> Evaluation:
            return Evaluation(((right, 10 - right), (0, 10)), 0.5)

        run = Run("LSTM", 0, (1, 1, 1), 1, 1, 1, evaluation(validation), evaluation(test), 0.0)
        return Finished(None, run)  # type: ignore[arg-type]

    first, second = finished(8, 3), finished(7, 9)

    assert better(None, first) is first
    assert better(first, second) is first
    assert better(second, first) is first


@pytest.mark.exhaustive
def test_several_seeds() -> None:
    """The spread is over the seeds, and a seed decides on the division, the weights and the figures."""
    schedule = Schedule(epochs=1, batch=64)
    finished = list(
        train_all(
            [Architecture(Cell.RNN, 1, 4)],
            schedule,
            (5, 6, 5),
            lambda seed: tweet_data(reviews(), TweetEncoding(8, 2), seed, validation=False),
            lambda _: nullcontext(),
        )
    )
    runs = [one.run for one in finished]
    histories = [one.trained.history for one in finished]

    assert [(run.cell, run.seed) for run in runs] == [("SimpleRNN", 5), ("SimpleRNN", 6), ("SimpleRNN", 5)]
    assert spreads(runs)["SimpleRNN"][0].mean == pytest.approx(np.mean([run.test.accuracy for run in runs]))
    assert histories[0] == histories[2] != histories[1]


def test_interrupt_ends_training_and_keeps_what_was_learned(beginnings: ClassifierData) -> None:
    """Ctrl-C ends training after the current step; the model can be judged and saved."""
    told: list[int] = []

    def interrupt(done: int, _: int) -> None:
        told.append(done)
        if done == 3:
            os.kill(os.getpid(), signal.SIGINT)

    result = train_classifier(beginnings, Architecture(Cell.RNN, 1, 4), SAMPLE.schedule, 0, interrupt)

    assert result.interrupted
    assert told == [1, 2, 3]
    assert result.test.samples == 60


@pytest.mark.parametrize("bad", [{"units": 0}, {"embedding": 0}, {"dropout": 1.0}, {"dropout": -0.1}], ids=str)
def test_impossible_layers(bad: dict[str, float]) -> None:
    """Layers without units and dropout of everything are refused."""
    with pytest.raises(UsageError):
        Architecture(**bad)  # type: ignore[arg-type]


def test_no_frequent_word() -> None:
    """If no word is frequent enough to be known, the data is too small."""
    with pytest.raises(DataError, match="no word occurs 99 times"):
        tweet_data(reviews(), TweetEncoding(8, least_count=99), 0, validation=True)


def test_keras_is_the_layer() -> None:
    """Each cell names a layer of Keras."""
    layers = import_keras().layers

    assert [getattr(layers, cell.layer).__name__ for cell in Cell] == ["SimpleRNN", "LSTM", "GRU"]
