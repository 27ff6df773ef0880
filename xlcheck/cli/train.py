"""`xlcheck train`: the chapter's models on real data; arguments and printing only."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xlcheck.cli.options import INPUT, OUTPUT, budgeted, quiet_option, seed_option
from xlcheck.errors import UsageError
from xlcheck.files import require_writable
from xlcheck.progress import progress_bar

if TYPE_CHECKING:
    from xlcheck.chapter.datasets.text import Windows
    from xlcheck.chapter.training.classify import ClassifierData, TrainedClassifier
    from xlcheck.chapter.training.recipes import How, Recipe
    from xlcheck.chapter.training.runs import Finished, Run
    from xlcheck.chapter.training.text import TextModel

_INTERRUPTED = 130
_CELLS = ("rnn", "lstm", "gru")

data_option = click.option("--data", type=INPUT, help="The file to learn from.")
sample_option = click.option("--sample", is_flag=True, help="Learn from the small corpus that comes with xlcheck.")
plot_option = click.option("--plot", type=OUTPUT, help="Also write a picture (PNG) of the training.")


@click.group("train")
def command() -> None:
    """Train the chapter's models on real data."""


@command.command()
@data_option
@sample_option
@click.option("--epochs", type=click.IntRange(1), default=50, show_default=True, help="In all, resumed ones included.")
@click.option("--units", type=click.IntRange(1), default=128, show_default=True, help="Of the SimpleRNN.")
@click.option("--temperature", type=click.FloatRange(0), default=0.0, show_default=True,
              help="Of the words written after each epoch; 0 takes the most probable one.")  # fmt: skip
@click.option("--resume", is_flag=True, help="Go on with the model in the output file; its seed and units stay.")
@click.option("-o", "--output", type=OUTPUT, required=True, help="The .keras file to write.")
@seed_option
@plot_option
@quiet_option
@budgeted(None, politely=True)
def text(
    data: Path | None, sample: bool, epochs: int, units: int, temperature: float, resume: bool, output: Path,
    seed: int, plot: Path | None, quiet: bool,
) -> int:  # fmt: skip
    """Learn to continue a text: ten words predict the next.

    Ctrl-C stops after the current step and saves what was learned; the same command with --resume goes on there.
    """
    from xlcheck.chapter.datasets.text import windows
    from xlcheck.chapter.training.describe import describe_epoch, describe_windows
    from xlcheck.chapter.training.model_file import write_model
    from xlcheck.chapter.training.text import train_text

    _require_writable(output, plot)
    given = windows(_text(data, sample))
    _tell(describe_windows(given), quiet=quiet)
    model = _resumed(output, given) if resume else _new(output, given, seed, units)
    with progress_bar("training", show=not quiet) as progress:
        trained = train_text(
            model, epochs, temperature, progress, lambda epoch: click.echo(describe_epoch(epoch, epochs))
        )
    write_model(output, trained.model, trained.companion)
    losses = trained.progress.losses
    if plot is not None and losses:
        from xlcheck.chapter.training.plots import plot_loss

        plot_loss(plot, losses)
    _tell(f"{output} holds what {len(losses)} of {epochs} epochs taught", quiet=quiet)
    if len(losses) < epochs:
        click.echo("stopped early; the same command with --resume goes on from here", err=True)
        return _INTERRUPTED
    return 0


_classifier_options = (
    click.option("--recipe", type=click.Choice(("tuned", "chapter")), default="tuned", show_default=True,
                 help="The chapter's settings, or those chosen here on validation data."),
    click.option("--cell", "cells", type=click.Choice(_CELLS), multiple=True, default=("lstm",), show_default=True,
                 help="The recurrent layer; give it several times to compare."),
    click.option("--units", type=click.IntRange(1), help="Of the recurrent layer.  [default: the recipe's]"),
    click.option("--dropout", type=click.FloatRange(0, 1, max_open=True),
                 help="After the embedding.  [default: the recipe's]"),
    click.option("--maxlen", type=click.IntRange(1), help="Codes that the model reads.  [default: the recipe's]"),
    click.option("--epochs", type=click.IntRange(1), help="At most.  [default: the recipe's]"),
    click.option("--seeds", type=click.IntRange(1), default=1, show_default=True,
                 help="How many seeds to train from, beginning with --seed; the spread is shown."),
    click.option("--format", "format_", type=click.Choice(("text", "json")), default="text", show_default=True,
                 help="How to print the result."),
    click.option("-o", "--output", type=OUTPUT,
                 help="The .keras file to write; of several models the best on its validation part."),
    seed_option, plot_option, quiet_option, budgeted(None, politely=True),
)  # fmt: skip


def classifier_options(classifier: Callable[..., int]) -> Callable[..., int]:
    """The options that both classifiers have."""
    for option in reversed(_classifier_options):
        classifier = option(classifier)
    return classifier


@command.command()
@data_option
@sample_option
@click.option("--text-column", default="text", show_default=True, help="The column with the texts.")
@click.option("--label-column", default="airline_sentiment", show_default=True, help="The column with 0 and 1.")
@classifier_options
def sentiment(data: Path | None, sample: bool, text_column: str, label_column: str, recipe: str, **options: Any) -> int:
    """Learn whether a short text is negative or positive."""
    from xlcheck.chapter.datasets.lesson_texts import reviews
    from xlcheck.chapter.datasets.sources import TWEETS as SOURCE, locate
    from xlcheck.chapter.datasets.tweets import read_tweets
    from xlcheck.chapter.training.describe import describe_texts
    from xlcheck.chapter.training.labelled_data import tweet_data
    from xlcheck.chapter.training.recipes import TWEETS

    _require_one(data, sample)
    _require_writable(options["output"], options["plot"])
    texts = reviews() if sample else read_tweets(locate(SOURCE, data), text_column, label_column)
    _tell(describe_texts(texts), quiet=options["quiet"])
    chosen = _changed(TWEETS["sample" if sample and recipe == "tuned" else recipe], options)
    return _train_classifiers(chosen, lambda seed: tweet_data(texts, chosen.encoding, seed, chosen.validation), options)


@command.command()
@data_option
@click.option("--word-index", type=INPUT, help="The words behind the indices.  [default: beside the data]")
@click.option("--split", type=click.Choice(("short", "full")), default="short", show_default=True,
              help="The short reviews as in the chapter, or all 50,000.")  # fmt: skip
@classifier_options
def imdb(data: Path | None, word_index: Path | None, split: str, recipe: str, **options: Any) -> int:
    """Learn whether a film review is negative or positive."""
    from xlcheck.chapter.datasets.imdb import imdb_encoding, read_imdb, read_word_index
    from xlcheck.chapter.datasets.sources import IMDB, IMDB_WORDS, locate
    from xlcheck.chapter.training.describe import describe_films
    from xlcheck.chapter.training.labelled_data import divide_full, divide_short, encoded, review_data
    from xlcheck.chapter.training.recipes import REVIEWS

    if split == "full" and recipe == "chapter":
        raise UsageError("the chapter has no settings for --split full: leave out --recipe chapter")
    _require_writable(options["output"], options["plot"])
    if data is not None and word_index is None:
        word_index = data.with_name(IMDB_WORDS.file)
    films, index = read_imdb(locate(IMDB, data)), read_word_index(locate(IMDB_WORDS, word_index))
    _tell(describe_films(films), quiet=options["quiet"])
    chosen = _changed(REVIEWS["full" if split == "full" else recipe], options)
    encoding = imdb_encoding(index, chosen.encoding.num_words, chosen.encoding.timesteps)
    # What is not needed is let go before Keras is imported: 100 MB of reviews and words.
    if split == "full":
        divide = partial(divide_full, encoded(films.training, encoding), encoded(films.test, encoding))
    else:
        divide = partial(divide_short, encoded(films.short(), encoding))
    del films, index
    return _train_classifiers(chosen, lambda seed: review_data(*divide(seed), encoding, chosen.validation), options)


def _changed(recipe: Recipe[How], options: dict[str, Any]) -> Recipe[How]:
    return recipe.changed(options["maxlen"], options["units"], options["dropout"], options["epochs"])


def _train_classifiers(recipe: Recipe[How], prepare: Callable[[int], ClassifierData], options: dict[str, Any]) -> int:
    """Train for every cell and seed, print what came out, and save the best on validation."""
    from xlcheck.chapter.training.classify import Cell
    from xlcheck.chapter.training.runs import better, train_all

    output, plot, quiet = options["output"], options["plot"], options["quiet"]
    architectures = [replace(recipe.architecture, cell=Cell(cell)) for cell in options["cells"]]
    seeds = range(options["seed"], options["seed"] + options["seeds"])
    best: Finished | None = None
    interrupted = False
    runs: list[Run] = []
    for finished in train_all(architectures, recipe.schedule, seeds, prepare, partial(progress_bar, show=not quiet)):
        _show_run(finished, options["format_"], first=not runs, quiet=quiet)
        runs.append(finished.run)
        best = better(best, finished)
        interrupted = finished.trained.interrupted
    _show_runs(runs, options["format_"])
    if best is not None:
        _keep(best.trained, output, plot, quiet=quiet)
    if interrupted:
        click.echo("stopped early; the figures are those of what was learned until then", err=True)
        return _INTERRUPTED
    return 0


def _show_run(finished: Finished, format_: str, *, first: bool, quiet: bool) -> None:
    from xlcheck.chapter.training.describe import describe_data, describe_model, describe_run

    trained = finished.trained
    if first:
        _tell(describe_data(trained.encoding, finished.run), quiet=quiet)
    _tell(describe_model(trained, finished.run), quiet=quiet)
    if format_ == "text":
        click.echo("\n".join(describe_run(finished.run, trained.encoding.labels)))


def _show_runs(runs: Sequence[Run], format_: str) -> None:
    if format_ == "json":
        click.echo(json.dumps([run.to_json() for run in runs], indent=1))
    elif len(runs) > 1:
        from xlcheck.chapter.training.describe import describe_spreads

        click.echo("\n".join(describe_spreads(runs)))


def _keep(trained: TrainedClassifier, output: Path | None, plot: Path | None, *, quiet: bool) -> None:
    if output is not None:
        from xlcheck.chapter.training.model_file import write_model

        write_model(output, trained.model, trained.companion)
        _tell(f"{output} holds the {trained.architecture.cell.layer} of seed {trained.seed}", quiet=quiet)
    if plot is not None:
        from xlcheck.chapter.training.plots import plot_classifier

        plot_classifier(plot, trained.history, trained.test, trained.encoding.labels)


def _text(data: Path | None, sample: bool) -> str:
    from xlcheck.chapter.datasets.lesson_texts import story
    from xlcheck.chapter.datasets.sources import ALICE, locate
    from xlcheck.chapter.datasets.text import read_text

    _require_one(data, sample)
    return story() if sample else read_text(locate(ALICE, data))


def _new(output: Path, windows: Windows, seed: int, units: int) -> TextModel:
    from xlcheck.chapter.training.text import new_text_model

    if output.exists():
        raise UsageError(f"{output} exists: add --resume to go on with it, or choose another name")
    return new_text_model(windows, seed, units)


def _resumed(output: Path, windows: Windows) -> TextModel:
    from xlcheck.chapter.training.model_file import read_companion
    from xlcheck.chapter.training.text import resumed_text_model
    from xlcheck.model.keras_file import load_model

    return resumed_text_model(load_model(output), read_companion(output), windows)


def _require_one(data: Path | None, sample: bool) -> None:
    if data is not None and sample:
        raise UsageError("--data and --sample exclude each other; leave one of them out")


def _require_writable(output: Path | None, plot: Path | None) -> None:
    """Refuse before training what could not be written after it."""
    for path, ending in ((output, ".keras"), (plot, ".png")):
        if path is not None:
            require_writable(path, ending)


def _tell(message: str, *, quiet: bool) -> None:
    if not quiet:
        click.echo(message, err=True)
