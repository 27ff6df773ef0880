"""Pictures of a training."""

from __future__ import annotations

from pathlib import Path

import pytest

from xlcheck.chapter.training.evaluation import Evaluation
from xlcheck.chapter.training.plots import _confusion, _figure, plot_classifier, plot_loss
from xlcheck.errors import UsageError

HISTORY = {"loss": [0.7, 0.5], "val_loss": [0.7, 0.6], "accuracy": [0.5, 0.8], "val_accuracy": [0.5, 0.7]}
EVALUATION = Evaluation(((27, 3), (6, 24)), 0.9)


def size(path: Path) -> tuple[int, int]:
    """Width and height of a PNG file from its header."""
    content = path.read_bytes()
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    return int.from_bytes(content[16:20], "big"), int.from_bytes(content[20:24], "big")


def test_loss(tmp_path: Path) -> None:
    """One panel as a PNG file."""
    plot_loss(tmp_path / "loss.png", [3.0, 2.0, 1.5])

    assert size(tmp_path / "loss.png") == (552, 432)


def test_classifier_has_three_panels(tmp_path: Path) -> None:
    """Loss, accuracy and confusion matrix stand side by side."""
    plot_classifier(tmp_path / "c.png", HISTORY, EVALUATION, ("negative", "positive"))

    assert size(tmp_path / "c.png") == (3 * 552, 432)


def test_each_row_of_the_confusion_matrix_is_a_class() -> None:
    """Actual classes stand one below the other, with counts and shares, and are read upwards beside their rows."""
    (axes,) = _figure(Path("c.png"), panels=1).axes
    _confusion(axes, EVALUATION, ("negative", "positive"))
    places = {text.get_position(): text.get_text() for text in axes.texts}
    rows = [(label.get_text(), label.get_rotation()) for label in axes.get_yticklabels()]

    assert places == {(0, 0): "27\n90.0%", (1, 0): "3\n10.0%", (0, 1): "6\n20.0%", (1, 1): "24\n80.0%"}
    assert rows == [("negative", 90), ("positive", 90)]
    assert axes.get_ylabel() == "actual"
    assert axes.get_title() == "Test part: 85.0% right"


def test_same_figures_same_bytes(tmp_path: Path) -> None:
    """A picture depends on its figures only; other figures give another picture."""
    for name, loss in (("a.png", 0.8), ("b.png", 0.8), ("c.png", 0.9)):
        plot_loss(tmp_path / name, [1.0, loss])
    a, b, c = ((tmp_path / name).read_bytes() for name in ("a.png", "b.png", "c.png"))

    assert a == b != c


def test_without_validation(tmp_path: Path) -> None:
    """The chapter's settings have no validation part; its curves are left out."""
    plot_classifier(tmp_path / "c.png", {"loss": [1.0], "accuracy": [0.5]}, EVALUATION, ("negative", "positive"))

    assert size(tmp_path / "c.png") == (3 * 552, 432)


def test_other_formats_are_refused(tmp_path: Path) -> None:
    """Only PNG is written; the name says so."""
    with pytest.raises(UsageError, match=r"ends in \.png"):
        plot_loss(tmp_path / "loss.pdf", [1.0])

    assert not list(tmp_path.iterdir())
