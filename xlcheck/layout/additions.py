"""What a lesson adds to the workbook of a model: words, pages, names."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from xlcheck.arrays import Array
from xlcheck.graph.trace import Trace
from xlcheck.layout.data.store import Store
from xlcheck.layout.data.text import TypedText
from xlcheck.layout.draft import Draft
from xlcheck.layout.front import Story
from xlcheck.layout.questions import Questions
from xlcheck.model.model_spec import ModelSpec
from xlcheck.texts import say

DataPage = Callable[[Draft, Trace], Store]
"""Fills the page of the data; the trace is that of the model as trained."""


@dataclass(frozen=True)
class Page:
    """A worksheet that only some workbooks have.

    Attributes:
        others: worksheets that it fills besides, and the name of the text that says what they show.
        fill: fills it; `draft.further` has numbers that it may show.
    """

    name: str
    fill: Callable[[Draft, ModelSpec], None]
    others: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Additions:
    """Everything that a workbook may have beside the model itself.

    Attributes:
        story: the words on the first sheet; by default the model's name and a summary.
        sentences: what the sheets of some calls show, by the call's name, instead of the usual sentence.
        data_page: the page of the data; by default a table of all samples.
        data_sentence: what that page shows.
        typed: the text behind the only sample; its words can then be changed in the workbook.
        book_names: the book's name of each weight, by quantity name.
        unit_names: names of the units of a band (the words of a vocabulary), by the band's name.
        origin: where the weights come from.
        side_by_side: whether a page shows the forward pass of every sample; it comes with a loss, too.
        whole: whether a small network stands as a whole on one sheet, too, and products of any size as matrices.
        further: numbers that these pages show, by name.
        pages: worksheets that only this workbook has.
        questions: what to predict on each page, and the answers.
        history: the loss of each epoch of the training, if it is shown.
    """

    story: Story | None = None
    sentences: Mapping[str, str] = field(default_factory=dict)
    data_page: DataPage | None = None
    data_sentence: str = field(default_factory=lambda: say("common.samples"))
    typed: TypedText | None = None
    book_names: Mapping[str, str] = field(default_factory=dict)
    unit_names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    origin: str = field(default_factory=lambda: say("common.weights_of_model"))
    side_by_side: bool = False
    whole: bool = False
    further: Mapping[str, Array] = field(default_factory=dict)
    pages: Sequence[Page] = ()
    questions: Questions = field(default_factory=dict)
    history: Sequence[float] = ()
