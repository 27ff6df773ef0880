"""The settings of the classifiers: the chapter's, and ours, which were chosen on validation parts only."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from xlcheck.chapter.datasets.tweets import TweetEncoding
from xlcheck.chapter.training.classify import Architecture, Schedule
from xlcheck.chapter.training.labelled_data import ReviewEncoding

Number = TypeVar("Number", int, float)
How = TypeVar("How", TweetEncoding, ReviewEncoding)


@dataclass(frozen=True)
class Recipe(Generic[How]):
    """How a classifier is made: what it reads, its layers, its training."""

    encoding: How
    architecture: Architecture
    schedule: Schedule

    @property
    def validation(self) -> bool:
        """Whether training looks at a validation part."""
        return self.schedule.patience is not None

    def changed(
        self,
        timesteps: int | None = None,
        units: int | None = None,
        dropout: float | None = None,
        epochs: int | None = None,
    ) -> Recipe[How]:
        """The same with other settings where they are given."""
        return Recipe(
            replace(self.encoding, timesteps=_or(timesteps, self.encoding.timesteps)),
            replace(
                self.architecture,
                units=_or(units, self.architecture.units),
                dropout=_or(dropout, self.architecture.dropout),
            ),
            replace(self.schedule, epochs=_or(epochs, self.schedule.epochs)),
        )


TWEETS = {
    "chapter": Recipe(TweetEncoding(), Architecture(), Schedule()),
    # A tweet has at most 35 words. Masking keeps a SimpleRNN from forgetting while it reads padding.
    "tuned": Recipe(
        TweetEncoding(timesteps=40, least_count=2),
        Architecture(units=16, mask=True, dropout=0.5),
        Schedule(batch=128, patience=3),
    ),
    # For the two hundred short messages that come with the project.
    "sample": Recipe(
        TweetEncoding(timesteps=16, least_count=2),
        Architecture(units=8, embedding=16, mask=True, dropout=0.5),
        Schedule(epochs=60, batch=16, learning_rate=0.01, patience=5),
    ),
}

_REVIEW_HEAD = Architecture(units=32, hidden=256, outputs=1)
REVIEWS = {
    "chapter": Recipe(ReviewEncoding(), _REVIEW_HEAD, Schedule()),
    "tuned": Recipe(
        ReviewEncoding(),
        replace(_REVIEW_HEAD, mask=True, spatial_dropout=0.3, dropout=0.5),
        Schedule(batch=128, patience=5),
    ),
    "full": Recipe(
        ReviewEncoding(timesteps=250, num_words=10_000),
        replace(_REVIEW_HEAD, mask=True, spatial_dropout=0.3, dropout=0.5),
        Schedule(epochs=10, batch=128, patience=2),
    ),
}


def _or(value: Number | None, default: Number) -> Number:
    return default if value is None else value
