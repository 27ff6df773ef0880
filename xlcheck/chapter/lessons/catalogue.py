"""All lessons, in the order of the chapter."""

from __future__ import annotations

from xlcheck.chapter.lessons.architectures import ARCHITECTURES, ENCODER_DECODER
from xlcheck.chapter.lessons.recipe import Lesson
from xlcheck.chapter.lessons.rnn_dimensions import RNN_DIMENSIONS
from xlcheck.chapter.lessons.texts import FILM_REVIEWS, NEXT_WORD, SENTIMENT
from xlcheck.chapter.lessons.toy import BIDIRECTIONAL, EMBEDDING, GRU, LSTM, SIMPLE_RNN
from xlcheck.chapter.lessons.training import TRAINING_LESSONS, TrainingLesson
from xlcheck.chapter.lessons.vanishing_gradients import VANISHING_GRADIENTS
from xlcheck.chapter.lessons.word_order import WORD_ORDER
from xlcheck.choices import require_known

_ALL = (
    SIMPLE_RNN,
    LSTM,
    RNN_DIMENSIONS,
    GRU,
    EMBEDDING,
    BIDIRECTIONAL,
    WORD_ORDER,
    ARCHITECTURES,
    ENCODER_DECODER,
    NEXT_WORD,
    SENTIMENT,
    FILM_REVIEWS,
)
LESSONS: dict[str, Lesson] = {lesson.name: lesson for lesson in _ALL}
ALL_LESSONS: dict[str, Lesson | TrainingLesson] = {
    **LESSONS,
    **TRAINING_LESSONS,
    VANISHING_GRADIENTS.name: VANISHING_GRADIENTS,
}


def known_lesson(name: str) -> Lesson | TrainingLesson:
    """The lesson with this name, be it on a network or on its training.

    Raises:
        UsageError: there is none.
    """
    require_known(name, ALL_LESSONS, "lesson")
    return ALL_LESSONS[name]


def is_trained(name: str) -> bool:
    """Whether a lesson can be trained anew from a seed."""
    return name != VANISHING_GRADIENTS.name


def lesson_named(name: str) -> Lesson:
    """The lesson with this name.

    Raises:
        UsageError: there is none.
    """
    require_known(name, LESSONS, "lesson")
    return LESSONS[name]
