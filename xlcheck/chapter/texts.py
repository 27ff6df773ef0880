"""The words of a lesson, which stand apart from its model, its data and its layout, in `xlcheck.texts`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from xlcheck.layout.front import Story
from xlcheck.layout.questions import Questions
from xlcheck.texts import texts


@dataclass(frozen=True)
class LessonTexts:
    """What a lesson says.

    Attributes:
        story: the words on the first sheet.
        sentences: for some layers, what their sheets show.
        data: what the page of the data shows.
        questions: for each page what to predict, and the answer.
        words: what is read, where the layout does not find it in the data.
        tells: the one of them that says what comes next.
    """

    story: Story
    sentences: Mapping[str, str]
    data: str
    questions: Questions
    words: tuple[str, ...] = ()
    tells: str = ""


def texts_of(lesson: str) -> LessonTexts:
    """The texts of a lesson, in the language that is spoken.

    Raises:
        KeyError: there are none.
    """
    every = texts("lessons")
    own = every[lesson]
    layers = [every["common"], *([every[own["uses"]]] if "uses" in own else []), own]
    merged: dict[str, Any] = {key: value for layer in layers for key, value in layer.items()}
    questions = {page: asked for layer in layers for page, asked in layer.get("questions", {}).items()}
    dense = {"dense": merged["dense"]} if "dense" in merged else {}
    return LessonTexts(
        Story(merged["title"], merged["summary"], tuple(merged["reading"])),
        dense | own.get("sentences", {}),
        merged["data"],
        {page: tuple((question, answer) for question, answer in asked) for page, asked in questions.items()},
        tuple(merged.get("words", "").split()),
        merged.get("tells", ""),
    )
