"""`film-reviews`: an LSTM that tells good film reviews from bad ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from xlcheck.chapter.datasets.labelled import TEST_SHARE
from xlcheck.chapter.datasets.lesson_texts import REVIEW, film_reviews, review_encoding, review_parts
from xlcheck.chapter.datasets.reviews import films
from xlcheck.chapter.lessons.lesson import Lesson, Text
from xlcheck.layout.accuracy import NAME as ACCURACY
from xlcheck.layout.accuracy import PAGE as ACCURACY_PAGE
from xlcheck.layout.accuracy import Texts, accuracy_sheet
from xlcheck.layout.additions import Page
from xlcheck.layout.draft import Draft
from xlcheck.model.model_spec import Array

if TYPE_CHECKING:
    from xlcheck.chapter.training.fit import Progress


def _train(seed: int, epochs: int, progress: Progress | None) -> tuple[Any, tuple[float, ...]]:
    from xlcheck.chapter.training.text_lessons import train_film_reviews

    return train_film_reviews(seed, epochs, progress)


def _answers(model: Any, _: int) -> Mapping[str, Array]:
    from xlcheck.chapter.training.further import answers_to_texts

    return answers_to_texts(model, films(), review_encoding())


def _every_text(draft: Draft) -> None:
    texts, names = films(), review_encoding().labels
    labels = texts.labels.tolist()
    accuracy_sheet(draft, Texts(texts.texts, labels, names, review_parts().places(), TEST_SHARE))


LESSON = Lesson(
    name="film-reviews",
    data=film_reviews,
    train=_train,
    further=_answers,
    pages=(Page(ACCURACY, ACCURACY_PAGE, lambda draft, _: _every_text(draft)),),
    text=Text(review_encoding, REVIEW),
)
