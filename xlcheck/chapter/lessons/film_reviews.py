"""`film-reviews`: an LSTM that tells good film reviews from bad ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xlcheck.chapter.datasets.lesson_texts import REVIEW, film_reviews, review_encoding
from xlcheck.chapter.lessons.lesson import CHECK_TEXT, Lesson, Text
from xlcheck.layout.front import Story

if TYPE_CHECKING:
    from xlcheck.chapter.training.fit import Progress


def _train(seed: int, epochs: int, progress: Progress | None) -> tuple[Any, tuple[float, ...]]:
    from xlcheck.chapter.training.text_lessons import train_film_reviews

    return train_film_reviews(seed, epochs, progress)


LESSON = Lesson(
    name="film-reviews",
    story=Story(
        "A good film or a bad one? An LSTM reads a review",
        "An embedding gives each word a vector of four numbers, an LSTM with four units reads them one after the "
        "other, a dense layer with six units looks at its last state, and a sigmoid says how probable it is that the "
        "writer liked the film. It was trained in Keras on short film reviews; everything but the words and the "
        "weights is a live formula here.",
        (
            "On the sheet Text, type other words over the ones in the framed cells. The answer above them follows.",
            "Exchange “boring” and “charming”: the same words in another order, and the answer turns round. Only a "
            "network with a memory can tell the two apart.",
            "Empty the cells from the end, word by word, and watch on the sheet lstm what the network thought so far.",
            "Zeros in front fill up a review that is too short, and the mask lets the LSTM pass over them. Words that "
            "are not on the sheet Vocabulary share the code 1.",
            CHECK_TEXT,
        ),
    ),
    sentences={
        "embedding": "Each code selects one row of the table: the vector of its word. The mask is 0 at padding.",
        "lstm": "Three gates and a candidate look at the new vector and the old output; padding changes nothing.",
        "hidden": "Six sums of the last state; relu keeps the positive ones and makes zeros of the others.",
        "dense": "One sum of these six, which the sigmoid turns into a probability.",
    },
    data=film_reviews,
    train=_train,
    text=Text(review_encoding, REVIEW),
)
