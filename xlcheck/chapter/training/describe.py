"""What a training has to say, as text: the data it saw, and how far the answers can be trusted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from xlcheck.chapter.datasets.imdb import SHORT, FilmReviews
from xlcheck.chapter.datasets.labelled import LabelledTexts
from xlcheck.chapter.datasets.text import Windows
from xlcheck.chapter.training.classify import TrainedClassifier
from xlcheck.chapter.training.evaluation import Evaluation
from xlcheck.chapter.training.runs import Run, spreads
from xlcheck.chapter.training.text import TextEpoch
from xlcheck.model.encoding import Encoding, Tokens


def describe_windows(windows: Windows) -> str:
    """The counts of a text."""
    return (
        f"{len(windows.words):,} words, {windows.encoding.size:,} distinct, {len(windows.targets):,} windows of "
        f"{windows.encoding.timesteps} words; softmax over the vocabulary (the chapter's listing has a sigmoid)"
    )


def describe_epoch(epoch: TextEpoch, epochs: int) -> str:
    """The loss of an epoch, and what the model writes after it."""
    text = f"{' '.join(epoch.seed_words)} → {' '.join(epoch.words)}"
    return f"epoch {epoch.number} of {epochs}: loss {epoch.loss:.4f}\n  {text}"


def describe_texts(texts: LabelledTexts) -> str:
    """The counts of a labelled data set, over all its parts."""
    distinct = {word for text in texts.texts for word in Tokens.LETTERS_AND_DIGITS.words(text)}
    negative = int((texts.labels == 0).sum())
    return f"{len(texts.texts):,} texts, {len(distinct):,} distinct words, {negative:,} negative"


def describe_films(films: FilmReviews) -> str:
    """The counts of the film reviews."""
    return (
        f"{len(films.training) + len(films.test):,} reviews, {len(films.short()):,} of them of fewer than {SHORT} words"
    )


def describe_data(encoding: Encoding, run: Run) -> str:
    """The parts, and which words have a code."""
    training, validation, test = run.samples
    unknown = "no code for unknown words" if encoding.unknown is None else "one code for all other words"
    return (
        f"{training:,} for training, {validation:,} for validation, {test:,} for test; "
        f"{len(encoding.words):,} words have a code, {unknown}; {encoding.timesteps} steps"
    )


def describe_model(trained: TrainedClassifier, run: Run) -> str:
    """The layers and their number of weights."""
    encoding, size = trained.encoding, trained.architecture.embedding
    rows = f"{encoding.size:,} rows, one for each code from 0"
    if encoding.unknown is None:
        rows += f"; the chapter leaves one out and counts {(encoding.size - 1) * size:,}"
    table = f"{encoding.size * size:,} of them in the embedding ({rows})"
    return f"{trained.architecture}: {run.parameters:,} parameters, {table}"


def describe_run(run: Run, labels: Sequence[str]) -> Iterator[str]:
    """The figures of one training, line by line."""
    stopped = f"epoch {run.best_epoch} of {run.epochs} kept" if run.validation else f"{run.epochs} epochs"
    yield f"{run.cell}, seed {run.seed}, {stopped}, {run.seconds:.0f} s"
    if run.validation is not None:
        yield f"  validation part: {run.validation.accuracy:.1%} right"
    yield f"  test part:       {run.test.accuracy:.1%} right, area under the ROC curve {run.test.auc:.3f}"
    yield f"  always answering {labels[run.test.majority_class]!r} would be right in {run.test.majority:.1%}"
    yield from (f"  {line}" for line in _confusion(run.test, labels))


def describe_spreads(runs: Sequence[Run]) -> Iterator[str]:
    """Mean and spread over the seeds, one line for each recurrent layer."""
    yield "test part  seeds    mean   ± sd  lowest  highest  ROC area   ± sd"
    for cell, (accuracy, auc) in spreads(runs).items():
        count = sum(run.cell == cell for run in runs)
        yield (
            f"{cell:<10} {count:>5} {accuracy.mean:>7.1%} {accuracy.deviation:>6.1%} {accuracy.smallest:>7.1%} "
            f"{accuracy.largest:>8.1%} {auc.mean:>9.3f} {auc.deviation:>6.3f}"
        )


def _confusion(evaluation: Evaluation, labels: Sequence[str]) -> Iterator[str]:
    width = max(map(len, labels)) + 2
    yield " " * width + "".join(f"{'→ ' + label:>{width + 2}}" for label in labels)
    for label, row in zip(labels, evaluation.confusion, strict=True):
        yield f"{label:<{width}}" + "".join(f"{count:>{width + 2},}" for count in row)
