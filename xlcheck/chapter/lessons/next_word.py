"""`next-word`: a SimpleRNN that knows one paragraph by heart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xlcheck.chapter.datasets.lesson_texts import SEED_WORDS, first_paragraph, next_word
from xlcheck.chapter.lessons.lesson import CHECK_TEXT, Lesson, Text
from xlcheck.layout.front import Story

if TYPE_CHECKING:
    from xlcheck.chapter.training.fit import Progress


def _train(seed: int, epochs: int, progress: Progress | None) -> tuple[Any, tuple[float, ...]]:
    from xlcheck.chapter.training.text_lessons import train_next_word

    return train_next_word(seed, epochs, progress)


LESSON = Lesson(
    name="next-word",
    story=Story(
        "The next word, as a recurrent network sees it",
        "A SimpleRNN with 16 units has learned one paragraph of a story by heart: it reads ten words, one after the "
        "other, and gives each of the 53 words of the paragraph a probability to come next. It was trained in Keras; "
        "everything but the words and the weights is a live formula here.",
        (
            "On the sheet Text, type other words over the ones in the framed cells. The ten likeliest next words are "
            "ranked above them.",
            "Move every word up by one and type the likeliest at the end, again and again: so a network writes a text.",
            "A word is a vector of zeros with a single one. Multiplied by the kernel it picks one row, so the sheet "
            "simple_rnn fetches just that row.",
            "The words are numbered from 0, by how often they occur; the sheet Vocabulary lists them.",
            CHECK_TEXT,
        ),
    ),
    sentences={
        "one_hot": "Each code stands for a vector of 53 numbers: a one in its place, and zeros. It is not written out, "
        "because times the kernel it is simply a row of the kernel.",
        "simple_rnn": "The row of the word's kernel and the memory of the words before are added and squeezed by tanh.",
        "dense": "The last memory becomes one number for each word, and the softmax turns them into probabilities.",
    },
    data=next_word,
    train=_train,
    text=Text(lambda: first_paragraph().encoding, SEED_WORDS),
)
