"""The files that are spoiled: workbooks of lessons, of random models, and hand-made ones, and what goes with them."""

from __future__ import annotations

import atexit
import sys
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path
from random import Random
from shutil import rmtree

ROOT = Path(__file__).parents[2]
sys.path[:0] = [folder for folder in (str(ROOT), str(ROOT / "tests" / "differential")) if folder not in sys.path]

LESSONS = [
    ROOT / "workbooks" / f"{name}.xlsx"
    for name in (
        "simple-rnn", "simple-rnn-book", "lstm", "lstm-book", "gru", "embedding", "word-order", "bidirectional",
        "architectures", "rnn-dimensions",
    )
]  # fmt: skip
HAND_MADE = ROOT / "fixtures" / "handmade"
MODELS = 24
"""Random models whose workbooks are spoiled in one run."""


def lesson(random: Random, folder: Path) -> Path:
    """A small lesson's workbook."""
    return random.choice(LESSONS)


def generated(random: Random, folder: Path) -> Path:
    """The workbook of a random functional model, one of a few that each run builds once."""
    return _built(random.randrange(MODELS))


def hand_made(random: Random, folder: Path) -> Path:
    """A workbook as people lay them out: one of the corpus, or drawn anew."""
    if random.random() < 0.3:
        return random.choice(hand_made_books())
    from fixtures.handmade.drawn.drawing import drawn
    from fixtures.handmade.layout import NotOneRange
    from fixtures.handmade.workbook import to_bytes

    path = folder / "source.xlsx"
    while True:
        try:
            path.write_bytes(to_bytes(drawn(random.randrange(10**6), fixed_weights=True).layout))
        except NotOneRange:  # some authors cannot write down what they have in mind
            continue
        return path


@cache
def hand_made_books() -> tuple[Path, ...]:
    """Those of the corpus that are right."""
    return tuple(path for path in sorted(HAND_MADE.glob("*.xlsx")) if path.stem != "printed_mistake")


@cache
def _built(number: int) -> Path:
    import numpy as np
    from drawn_graphs import drawn_graph, inputs_of
    from models import build, odd_models_allowed

    from xlcheck import api
    from xlcheck.errors import NotSupportedError

    path = _pool() / f"{number}.xlsx"
    for seed in range(5000 + number, 10**9, MODELS):
        model = build(lambda seed=seed: drawn_graph(seed), seed)
        if model.count_params() > 150:
            continue
        rng = np.random.default_rng(seed)
        inputs = inputs_of(model, rng, 2)
        with odd_models_allowed(), suppress(NotSupportedError):  # some sums of Keras's are refused
            api.build_model(model, inputs if len(inputs) > 1 else inputs[0], path)
            break
    return path


@cache
def _pool() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="xlcheck-fuzz-"))
    atexit.register(rmtree, folder, ignore_errors=True)
    return folder
