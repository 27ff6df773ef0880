"""`xlcheck generate`: a text continued by a model."""

from __future__ import annotations

from pathlib import Path

import click

from xlcheck.cli.options import HOUR, INPUT, budgeted, seed_option


@click.command("generate")
@click.argument("model", type=INPUT)
@click.argument("words", metavar='"SOME WORDS"')
@click.option("--count", type=click.IntRange(1), default=100, show_default=True, help="How many words to add.")
@click.option("--temperature", type=click.FloatRange(0), default=0.0, show_default=True,
              help="0 takes the most probable word each time; 1 draws as the model says.")  # fmt: skip
@seed_option
@budgeted(HOUR)
def command(model: Path, words: str, count: int, temperature: float, seed: int) -> int:
    """Continue some words with a model made by `xlcheck train text`.

    The model reads ten words; if fewer are given, the beginning of its training text stands in front of them.
    """
    from xlcheck.chapter.training.model_file import read_encoding
    from xlcheck.chapter.training.text import continue_text, predictor
    from xlcheck.model.keras_file import load_model

    encoding = read_encoding(model, task="text")
    start = encoding.encode(words)
    predict = predictor(load_model(model))
    click.echo(words, nl=False)
    for word in continue_text(predict, encoding, start, count, temperature, seed):
        click.echo(f" {word}", nl=False)
    click.echo()
    return 0
