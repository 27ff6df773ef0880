"""Pictures of a training: loss and accuracy over the epochs, and the confusion matrix."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from xlcheck.chapter.training.evaluation import Evaluation
from xlcheck.errors import MissingDependencyError, UsageError, install_command
from xlcheck.files import replacing

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Blue and orange of Okabe and Ito's palette, which people with any kind of colour vision tell apart.
_TRAINING, _VALIDATION = "#0072B2", "#D55E00"


def plot_loss(path: Path, losses: Sequence[float]) -> None:
    """Write a PNG of the loss after each epoch.

    Raises:
        MissingDependencyError: Matplotlib is not installed.
        UsageError: the name does not end in `.png`, or the file cannot be written.
    """
    figure = _figure(path, panels=1)
    _curves(figure.axes[0], "loss", {"loss": losses})
    _save(figure, path)


def plot_classifier(
    path: Path, history: Mapping[str, Sequence[float]], evaluation: Evaluation, labels: Sequence[str]
) -> None:
    """Write a PNG of loss, accuracy and the confusion matrix on the test part.

    Args:
        path: the file to write.
        history: values after each epoch by Keras's names (`loss`, `val_loss`, `accuracy`, …).
        evaluation: on the test part.
        labels: what the classes are called.

    Raises:
        MissingDependencyError: Matplotlib is not installed.
        UsageError: the name does not end in `.png`, or the file cannot be written.
    """
    figure = _figure(path, panels=3)
    for axes, name in zip(figure.axes, ("loss", "accuracy"), strict=False):
        _curves(axes, name, history)
    _confusion(figure.axes[2], evaluation, labels)
    _save(figure, path)


def _figure(path: Path, panels: int) -> Figure:
    if path.suffix.lower() != ".png":
        raise UsageError(f"{path}: a plot is written as PNG; give a name that ends in .png")
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise MissingDependencyError(f"a plot needs Matplotlib: {install_command('plot')}") from None
    figure = Figure(figsize=(4.6 * panels, 3.6), layout="constrained", dpi=120)
    figure.subplots(1, panels)
    return figure


def _curves(axes: Axes, name: str, history: Mapping[str, Sequence[float]]) -> None:
    from matplotlib.ticker import MaxNLocator

    for key, label, colour, style in (
        (name, "training", _TRAINING, "-"),
        (f"val_{name}", "validation", _VALIDATION, "--"),
    ):
        if key in history:
            axes.plot(range(1, len(history[key]) + 1), history[key], style, color=colour, label=label)
    axes.set(xlabel="epoch", ylabel=name, title=name.capitalize())
    axes.grid(alpha=0.3)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.legend()


def _confusion(axes: Axes, evaluation: Evaluation, labels: Sequence[str]) -> None:
    shares = [[count / sum(row) for count in row] for row in evaluation.confusion]
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for actual, row in enumerate(evaluation.confusion):
        for predicted, count in enumerate(row):
            share = shares[actual][predicted]
            axes.text(
                predicted, actual, f"{count:,}\n{share:.1%}", ha="center", va="center",
                color="white" if share > 0.5 else "black",
            )  # fmt: skip
    axes.set(xlabel="predicted", ylabel="actual", title=f"Test part: {evaluation.accuracy:.1%} right")
    axes.set_xticks(range(len(labels)), labels)
    axes.set_yticks(range(len(labels)), labels, rotation=90, va="center")


def _save(figure: Figure, path: Path) -> None:
    with replacing(path) as temporary:
        figure.savefig(temporary, format="png", metadata={"Software": None})  # the same picture, the same bytes
