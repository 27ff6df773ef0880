"""What a lesson adds to a model: its words, its data sheet, the book's names of the weights."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from xlcheck.layout.draft import Draft
from xlcheck.layout.lesson_sheets.data import DataPlaces
from xlcheck.layout.lesson_sheets.start import Story
from xlcheck.layout.model_sheets.words import TypedText


@dataclass(frozen=True)
class Lesson:
    """One lesson.

    Attributes:
        name: as on the command line.
        story: the words on the first sheet.
        data_sheet: fills the Data sheet and says what other sheets may fetch from it; None for a lesson that
            is laid out like any other model.
        data_page: what the Data sheet shows, in a sentence.
        layer_pages: for each layer, what its sheet shows.
        book_names: the book's name of each weight, by quantity name.
        unit_names: names of the units of a band (the words of a vocabulary), by the band's name.
        typed: the text that the model reads, whose words can be changed in the workbook; None for numbers.
        extra_sheet: fills a sheet that only this lesson has.
        extra_pages: what that sheet shows, by its name.
    """

    name: str
    story: Story
    layer_pages: Mapping[str, str]
    data_sheet: Callable[[Draft], DataPlaces] | None = None
    data_page: str = ""
    book_names: Mapping[str, str] = field(default_factory=dict)
    unit_names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    typed: Callable[[], TypedText] | None = None
    extra_sheet: Callable[[Draft], None] | None = None
    extra_pages: Mapping[str, str] = field(default_factory=dict)
