"""What the data sheets offer to the sheets behind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xlcheck.formulas.addresses import Range
from xlcheck.layout.lesson_sheets.bands import Given

NAME = "Data"


@dataclass(frozen=True)
class DataPlaces:
    """Formulas, as seen from any other sheet, that fetch the selected sample's data.

    Attributes:
        given: the formula of an element of an input or target quantity.
        words: for each time step the formula and the texts (one for each sample) of the word read there.
        sample: the formula and texts of the selected sample as a whole.
        sources: every range whose change makes Keras's stored values obsolete, with its true values.
    """

    given: Given
    words: Sequence[tuple[str, tuple[str, ...]]]
    sample: tuple[str, tuple[str, ...]]
    sources: Sequence[tuple[Range, Sequence[float]]]
