"""`simple-rnn-small`: two recurrent units whose weights are whole numbers, so that sums can be done in the head."""

from __future__ import annotations

from typing import Any

from xlcheck.chapter.datasets.dataset import toy
from xlcheck.chapter.lessons.lesson import Lesson
from xlcheck.chapter.lessons.toy import by_hand
from xlcheck.layout.data.documents import documents_sheet
from xlcheck.model.keras_import import import_keras
from xlcheck.progress import Progress


def _model(seed: int, epochs: int, progress: Progress | None) -> tuple[Any, tuple[float, ...]]:
    """Two recurrent units with relu, and a weighted sum: shape (2, 1) → (1,)."""
    del seed, epochs, progress
    recurrent = import_keras().layers.SimpleRNN(2, activation="relu", unroll=True, name="simple_rnn", dtype="float32")
    weights = ([[1, -1]], [[1, 2], [-1, 1]], [1, 0], [[-1], [1]], [4])
    return by_hand("simple_rnn_small_model", recurrent, weights), ()


LESSON = Lesson(name="simple-rnn-small", data=toy, train=_model, data_page=documents_sheet, origin="weights.small")
