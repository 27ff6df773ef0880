"""What lessons on labelled texts share: a page with all of them, and what Keras answers to each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from xlcheck.arrays import Array
from xlcheck.chapter.datasets.labelled import TEST_SHARE, LabelledTexts, Split
from xlcheck.layout.additions import Page
from xlcheck.layout.draft import Draft
from xlcheck.layout.lesson_pages.accuracy import NAME, Texts, accuracy_sheet
from xlcheck.model.encoding import Encoding


def all_texts(texts: Callable[[], LabelledTexts], encoding: Callable[[], Encoding], parts: Callable[[], Split]) -> Page:
    """The page with every text, its label and its part of the data, accuracy and confusion table."""

    def fill(draft: Draft, _: object) -> None:
        own = texts()
        shown = Texts(own.texts, own.labels.tolist(), encoding().labels, parts().places(), TEST_SHARE)
        accuracy_sheet(draft, shown)

    return Page(NAME, fill)


def answers(
    texts: Callable[[], LabelledTexts], encoding: Callable[[], Encoding]
) -> Callable[[Any, int], Mapping[str, Array]]:
    """How probable Keras's model takes each text to be positive, for the same page."""

    def answered(model: Any, _: int) -> Mapping[str, Array]:
        from xlcheck.chapter.training.further import answers_to_texts

        return answers_to_texts(model, texts(), encoding())

    return answered
