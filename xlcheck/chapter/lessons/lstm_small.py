"""`lstm-small`: two LSTM units whose weights are whole numbers, so that every number can be found in the head."""

from __future__ import annotations

from typing import Any

from xlcheck.chapter.datasets.dataset import toy
from xlcheck.chapter.lessons.lesson import Lesson
from xlcheck.chapter.lessons.toy import by_hand
from xlcheck.layout.data.documents import documents_sheet
from xlcheck.model.keras_import import import_keras
from xlcheck.progress import Progress


def _model(seed: int, epochs: int, progress: Progress | None) -> tuple[Any, tuple[float, ...]]:
    """An LSTM whose first unit weighs the last word and whose second one counts words: shape (2, 1) → (1,)."""
    del seed, epochs, progress
    layers = import_keras().layers
    recurrent = layers.LSTM(
        2, activation="hard_tanh", recurrent_activation="hard_sigmoid", unroll=True, name="lstm", dtype="float32"
    )
    # Columns: i, i, f, f, c, c, o, o. The second unit opens the forget gate of the first one.
    weights = (
        [[3, 0, 0, 0, -2, 0, 0, 0]],
        [[0, 0, 0, 0, 0, 0, 0, 0], [0, 0, 3, 0, 0, 0, 0, 0]],
        [-3, 3, 0, 3, 5, 1, 3, 3],
        [[2], [-1]],
        [0],
    )
    return by_hand("lstm_small_model", recurrent, weights), ()


LESSON = Lesson(name="lstm-small", data=toy, train=_model, data_page=documents_sheet, origin="weights.small")
