"""`bidirectional`: the same two documents, read from the left and from the right."""

from __future__ import annotations

from typing import Any

from xlcheck.chapter.datasets.dataset import toy
from xlcheck.chapter.lessons.lesson import Lesson
from xlcheck.chapter.lessons.toy import classifier
from xlcheck.layout.data.documents import documents_sheet
from xlcheck.model.keras_import import import_keras


def _model() -> Any:
    """Two recurrent units, one for each direction, and a sigmoid: shape (2, 1) → (1,)."""
    layers = import_keras().layers
    inner = layers.SimpleRNN(1, recurrent_initializer="zeros", name="simple_rnn", dtype="float32")
    return classifier("bidirectional_model", layers.Bidirectional(inner, name="bidirectional", dtype="float32"))


LESSON = Lesson(name="bidirectional", data=toy, model=_model, data_page=documents_sheet)
