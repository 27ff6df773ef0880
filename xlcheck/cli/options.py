"""Options that mean the same in several commands, and what can be chosen."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, get_args

import click

from xlcheck.budget import budget as time_limit, interrupted_after, positive
from xlcheck.choices import EngineName, FormatName, suggestion
from xlcheck.files import protect, require_ordinary

HOUR = 3600.0
FORMATS = get_args(FormatName)
ENGINES = get_args(EngineName)
LOSSES = (
    "binary_crossentropy", "categorical_crossentropy", "sparse_categorical_crossentropy", "mean_squared_error", "bce",
    "mse",
)  # fmt: skip


class _Named(click.Path):
    """A file or a folder by its name; an empty one, as of a shell's unset variable, would be the current folder."""

    def __init__(self) -> None:
        super().__init__(path_type=Path, readable=False)  # which whoever reads it says, of several files in its place

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path.

        Raises:
            BadParameter: its name is empty.
        """
        if not str(value):
            self.fail("the name is empty; name a file or a folder, the current one as .", param, ctx)
        return super().convert(value, param, ctx)


class _Input(_Named):
    """A file that is read: an ordinary one, onto which the command can then write nothing."""

    def __init__(self, *, ordinary: bool = True) -> None:
        super().__init__()
        self._ordinary = ordinary

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        path = Path(str(super().convert(value, param, ctx)))
        if self._ordinary:
            require_ordinary(path)
        protect(path)
        return path


class OneOf(click.Choice[str]):
    """One of some names; of another the one that was probably meant is told."""

    def get_invalid_choice_message(self, value: Any, ctx: click.Context | None) -> str:
        """What is said of a name that is none of them."""
        return f"there is no {value!r}; {suggestion(str(value), self.choices)}"


def complete_lessons(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """The lessons that begin so; the shell completes names of files by itself where there is none."""
    from xlcheck.chapter.lessons.catalogue import ALL_LESSONS

    return [name for name in ALL_LESSONS if name.startswith(incomplete)]


INPUT = _Input()
INPUTS = _Input(ordinary=False)
"""Of several files each is refused in its place, where it is read."""
OUTPUT = _Named()
FOLDER = _Named()


def _speak(context: click.Context, _: click.Parameter, file: Path | None) -> None:
    """Let sheets say what stands in a file, until the command ends."""
    from xlcheck.texts import language

    if file is not None:
        context.with_resource(language(file))


texts_option = click.option(
    "--texts",
    type=INPUT,
    metavar="FILE.toml",
    expose_value=False,
    callback=_speak,
    help="What the sheets say, in another language: a translation of xlcheck/texts/en.toml.",
)

engine_option = click.option(
    "--engine", "engines", type=OneOf(ENGINES), multiple=True, default=("ironcalc",), show_default=True,
    help="Formula engine that recalculates the file; give it several times for a table of agreement.",
    envvar="XLCHECK_ENGINE", show_envvar=True,
)  # fmt: skip
format_option = click.option(
    "--format", "format_", type=OneOf(FORMATS), default="text", show_default=True, help="How to print the result."
)
budget_option = click.option(
    "--budget", type=float, metavar="SECONDS",
    help="Stop after so long in all, and say what was done.  "
    "[default: for each workbook 300 and 10 more for each megabyte]",
)  # fmt: skip


def budgeted(default: float | None, *, politely: bool = False) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """Give a command the option `--budget`, and hold it to that.

    Args:
        default: how many seconds it may take; None for any time.
        politely: end as Ctrl-C does, which keeps what was learned, and not with an error.
    """
    usual = "none" if default is None else f"{default:g}"
    said = f"Stop after so long in all{', as Ctrl-C does' if politely else ''}.  [default: {usual}]"

    def limited(function: Callable[..., int]) -> Callable[..., int]:
        @click.option("--budget", type=float, metavar="SECONDS", help=said)
        @wraps(function)
        def call(*args: Any, budget: float | None, **kwargs: Any) -> int:
            seconds = default if budget is None else positive(budget)
            if seconds is None:
                return function(*args, **kwargs)
            with interrupted_after(seconds) if politely else time_limit(seconds, by_signal=True):
                return function(*args, **kwargs)

        return call

    return limited


quiet_option = click.option("-q", "--quiet", is_flag=True, help="Print no messages and no progress.")
seed_option = click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=0, show_default=True,
                           help="Of all random numbers.")  # fmt: skip
