"""The model's summary and weights as rows."""

from __future__ import annotations

import pytest

from xlcheck.chapter.lessons.catalogue import LESSONS
from xlcheck.chapter.training.lessons import untrained
from xlcheck.chapter.training.tables import SummaryRow, summary_rows, weight_rows

pytestmark = pytest.mark.keras


def test_summary_counts_parameters() -> None:
    """Each layer stands with its kind, output shape and Keras's number of parameters: 4·(1+1+1) for one LSTM unit."""
    assert summary_rows(untrained("lstm")) == (
        SummaryRow("lstm", "LSTM", (1,), 12),
        SummaryRow("dense", "Dense", (1,), 2),
    )


@pytest.mark.parametrize("lesson", [name for name, lesson in LESSONS.items() if lesson.model is not None])
def test_weights_are_complete(lesson: str) -> None:
    """The rows hold every number of the model: as many as Keras counts, in the shapes they say."""
    model = untrained(lesson)
    rows = weight_rows(model)

    assert sum(row.values.size for row in rows) == model.count_params()
    assert all(row.values.shape == row.shape for row in rows)


def test_weights_have_keras_names() -> None:
    """Rows come in the layers' order under Keras's own names."""
    names = [(row.layer, row.weight) for row in weight_rows(untrained("simple-rnn"))]

    assert names == [
        ("simple_rnn", "kernel"), ("simple_rnn", "recurrent_kernel"), ("simple_rnn", "bias"),
        ("dense", "kernel"), ("dense", "bias"),
    ]  # fmt: skip
