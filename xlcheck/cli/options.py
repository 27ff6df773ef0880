"""Options that mean the same in several commands, and what can be chosen."""

from __future__ import annotations

import click

FORMATS = ("text", "json", "html", "junit")
ENGINES = ("ironcalc", "cellrune", "libreoffice")
STYLES = ("teaching", "book", "robust", "compact")
STEPS = ("sgd", "rmsprop", "adam", "compiled")
LOSSES = (
    "binary_crossentropy", "categorical_crossentropy", "sparse_categorical_crossentropy", "mean_squared_error",
)  # fmt: skip

engine_option = click.option(
    "--engine", "engines", type=click.Choice(ENGINES), multiple=True, default=("ironcalc",), show_default=True,
    help="Formula engine that recalculates the file; give it several times for a table of agreement.",
)  # fmt: skip
format_option = click.option(
    "--format",
    "format_",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="How to print the result.",
)
quiet_option = click.option("-q", "--quiet", is_flag=True, help="Print no messages and no progress.")
seed_option = click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=0, show_default=True,
                           help="Of all random numbers.")  # fmt: skip
