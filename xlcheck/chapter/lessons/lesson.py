"""What a lesson is: its words, its data, its Keras model, and what it adds to the workbook of that model."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from xlcheck.arrays import Array
from xlcheck.layout.additions import DataPage, Page
from xlcheck.layout.front import Story
from xlcheck.layout.questions import Questions
from xlcheck.texts import texts

if TYPE_CHECKING:
    from xlcheck.chapter.datasets.dataset import Dataset
    from xlcheck.model.encoding import Encoding
    from xlcheck.progress import Progress


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


Trainer = Callable[[int, int, "Progress | None"], tuple[Any, tuple[float, ...]]]
"""(seed, epochs, told after each epoch) → the trained float32 model, and the loss of each epoch."""


@dataclass(frozen=True)
class PrintedPrediction:
    """What Keras printed for one document.

    Attributes:
        value: the printed probability, 8 digits.
    """

    document: str
    value: float


@dataclass(frozen=True)
class Book:
    """What the book prints for a lesson.

    Attributes:
        data: the data as encoded there.
        weights: the printed numbers, by quantity name, as a reader types them into a cell.
        names: what the book calls each weight, by quantity name.
        prediction: what Keras printed with these weights.
        pages: worksheets that the workbook with the printed weights has besides.
    """

    data: Callable[[], Dataset]
    weights: Mapping[str, Array]
    names: Mapping[str, str] = field(default_factory=dict)
    prediction: PrintedPrediction | None = None
    pages: Sequence[Page] = ()


def printed(*rows: object) -> Array:
    """Numbers as they stand in the book, row by row."""
    return np.array(rows, dtype=np.float64)


@dataclass(frozen=True)
class Text:
    """What a lesson reads whose model knows words.

    Attributes:
        encoding: the model's vocabulary.
        words: the text that stands in the cells at first.
    """

    encoding: Callable[[], Encoding]
    words: str


@dataclass(frozen=True)
class Lesson:
    """One lesson on a network. All of it stands in one module, and `catalogue` lists these.

    Attributes:
        name: as on the command line.
        data: the documents, encoded.
        model: the untrained Keras model, with the names that the sheets use; None if `train` makes it.
        train: another training than Keras's `fit` on all data at once.
        text: the text and vocabulary of a model that reads words, which can be changed in the workbook.
        book: the weights that are printed in the book, if there are any.
        data_page: fills the page of the data; by default it is a table of all samples.
        unit_names: names of the units of a band (the words of a vocabulary), by the band's name.
        loss: whether the workbook shows the loss that the model was trained with.
        side_by_side: whether it shows the forward pass of every sample, also without a loss.
        history: whether it shows the loss of each epoch.
        pages: worksheets that only this lesson has.
        further: what its pages show beside one pass of its model, from Keras; see `xlcheck.chapter.training.further`.
        origin: the name of the text that says where weights come from that nobody has trained or drawn.
    """

    name: str
    data: Callable[[], Dataset]
    model: Callable[[], Any] | None = None
    train: Trainer | None = None
    text: Text | None = None
    book: Book | None = None
    data_page: DataPage | None = None
    unit_names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    loss: bool = True
    side_by_side: bool = False
    history: bool = True
    pages: Sequence[Page] = ()
    further: Callable[[Any, int], Mapping[str, Array]] | None = None
    origin: str = ""

    @property
    def texts(self) -> LessonTexts:
        """Its words."""
        return texts_of(self.name)
