"""`sentiment`: an LSTM that tells kind messages from angry ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xlcheck.chapter.datasets.lesson_texts import MESSAGE, message_encoding, sentiment
from xlcheck.chapter.lessons.lesson import CHECK_TEXT, Lesson, Text
from xlcheck.layout.front import Story

if TYPE_CHECKING:
    from xlcheck.chapter.training.fit import Progress


def _train(seed: int, epochs: int, progress: Progress | None) -> tuple[Any, tuple[float, ...]]:
    from xlcheck.chapter.training.text_lessons import train_sentiment

    return train_sentiment(seed, epochs, progress)


LESSON = Lesson(
    name="sentiment",
    story=Story(
        "Kind or angry? An LSTM reads a message",
        "An embedding gives each word a vector of four numbers, an LSTM with four units reads them one after the "
        "other, and a softmax says how probable it is that the message is kind. It was trained in Keras on short "
        "messages to an airline; everything but the words and the weights is a live formula here.",
        (
            "On the sheet Text, type other words over the ones in the framed cells. The answer above them follows.",
            "Words that are not on the sheet Vocabulary share the code 1, as they did in training.",
            "Zeros in front fill up a message that is too short. The mask lets the LSTM pass over them: its states "
            "stay at 0 until the first word.",
            "Exchange “late” for “early”, or “great” for “rude”, and watch the states on the sheet lstm.",
            CHECK_TEXT,
        ),
    ),
    sentences={
        "embedding": "Each code selects one row of the table: the vector of its word. The mask is 0 at padding.",
        "dropout": "While training, some numbers are left out at random; now nothing happens here.",
        "lstm": "Three gates and a candidate look at the new vector and the old output; padding changes nothing.",
        "dense": "The last hidden state becomes two numbers, and the softmax turns them into probabilities.",
    },
    data=sentiment,
    train=_train,
    text=Text(message_encoding, MESSAGE),
)
