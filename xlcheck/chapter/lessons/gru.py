"""`gru`: the same two documents, read by one GRU unit."""

from __future__ import annotations

from typing import Any

from xlcheck.chapter.datasets.dataset import toy
from xlcheck.chapter.lessons.lesson import Lesson
from xlcheck.chapter.lessons.toy import classifier
from xlcheck.layout.data.documents import documents_sheet
from xlcheck.model.keras_import import import_keras


def _model() -> Any:
    """One GRU unit that reads two codes, and a sigmoid: shape (2, 1) → (1,)."""
    layers = import_keras().layers
    return classifier("gru_model", layers.GRU(1, recurrent_initializer="zeros", name="gru", dtype="float32"))


LESSON = Lesson(name="gru", data=toy, model=_model, data_page=documents_sheet)
