"""Keras numbers the layers of a process, so the same model built again has other numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import xlcheck
from xlcheck.graph.trace import Trace
from xlcheck.graph.trace_file import read_trace, write_trace
from xlcheck.verdicts.layer_numbers import called, numbering


@pytest.mark.parametrize(
    ("own", "other", "numbers"),
    [
        (["lstm", "dense"], ["dense_3", "lstm_12"], {"lstm": "lstm_12", "dense": "dense_3"}),
        (["dense_9", "dense_10"], ["dense_1", "dense"], {"dense_9": "dense", "dense_10": "dense_1"}),
        (["model_1.dense_4", "model_1"], ["model.dense"], {"model_1": "model", "dense_4": "dense"}),
        (["dense_1", "dense_2"], ["dense_2", "dense_1"], {}),
        (["dense_1"], ["dense", "dense_1"], {}),
        (["lstm"], ["memory"], {}),
    ],
)
def test_numbers_alone_make_no_other_layer(own: list[str], other: list[str], numbers: dict[str, str]) -> None:
    """Layers have the order of their numbers, wherever they are named; where more differs, nobody knows."""
    assert numbering(own, other) == numbers


def test_calls_and_what_they_give_keep_theirs() -> None:
    """The second call of a shared layer, and the second tensor that a layer gives, are that of the other name."""
    numbers = {"dense_2": "dense", "model_1": "model"}

    assert [called(name, numbers) for name in ("model_1.dense_2#2", "dense_2:1", "dense_2_2", "input")] == [
        "model.dense#2", "dense:1", "dense_2_2", "input",
    ]  # fmt: skip


@pytest.mark.parametrize(("source", "agree"), [("keras float64", True), ("mine.csv", False)])
def test_traces_of_one_model_built_twice_are_compared(source: str, agree: bool) -> None:
    """Also with another implementation's, and it is said; without a trace of Keras names are what they are."""
    first = Trace("mine.csv", {"part_1.h[0]": np.ones(2), "part_2.h[0]": np.zeros(2)})
    again = Trace(source, {"part_2.h[0]": np.ones(2), "part_7.h[0]": np.zeros(2)})

    found = xlcheck.compare(again, first)

    assert found.ok is agree
    assert found.actual == (f"{source} (part_2 as part_1, part_7 as part_2)" if agree else source)


@pytest.mark.parametrize(
    ("layers", "agree"), [(("dense", "simple_rnn"), True), (("get_item", "max_pooling1d"), True), (("part",), False)]
)
def test_tables_of_one_model_built_twice_are_compared(tmp_path: Path, layers: tuple[str, ...], agree: bool) -> None:
    """A table does not say that it is Keras's; what Keras calls layers by itself does."""
    paths = tmp_path / "a.csv", tmp_path / "b.csv"
    for path, number in zip(paths, ("", "_7"), strict=True):
        write_trace(Trace("keras float64", {f"{layer}{number}.y[0]": np.ones(2) for layer in layers}), path)

    assert xlcheck.compare(*map(read_trace, paths)).ok is agree
