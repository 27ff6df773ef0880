"""`xlcheck trace` and `xlcheck compare`: a model's gates in a file, and where another implementation's differ."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

from xlcheck.chapter.recordings.store import fixtures_folder, load_fixture
from xlcheck.cli import run
from xlcheck.graph.trace import Trace
from xlcheck.graph.trace_file import read_trace, write_trace

LSTM = fixtures_folder() / "lstm.json"


@pytest.mark.keras
@pytest.mark.parametrize("ending", [".json", ".npz", ".csv"])
def test_a_traced_model_agrees_with_its_fixture(ending: str, tmp_path: Path) -> None:
    """Every quantity that the fixture stores comes out of the model, whatever kind of file it goes through."""
    inputs, traced = tmp_path / "documents.csv", tmp_path / f"lstm{ending}"
    inputs.write_text("1,2\n1,3\n", encoding="utf-8")

    assert run(["trace", str(fixtures_folder() / "lstm.keras"), "--inputs", str(inputs), "-o", str(traced)]) == 0
    assert run(["compare", str(traced), str(LSTM), "--subset"]) == 0
    assert set(load_fixture("lstm").trace.values) - set(read_trace(traced).values) == {
        "target.y", "loss.loss", "loss.mean",
    }  # fmt: skip


def test_the_first_divergence_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The first quantity that differs is named with its place and both numbers; the exit code is 1."""
    values = {name: np.array(array) for name, array in load_fixture("lstm").trace.values.items()}
    values["lstm.f[1]"][1, 0] += 1e-6
    values["dense.y"] += 1e-9
    path = tmp_path / "mine.npz"
    write_trace(Trace("mine", values), path)

    assert run(["compare", str(path), str(LSTM)]) == 1
    assert "first divergence: lstm.f[1]: 1 of 2 elements differ, most at [1][0]" in capsys.readouterr().out
    assert run(["compare", str(path), str(LSTM), "--atol", "1e-5"]) == 0
    assert run(["compare", str(path), str(LSTM), "--format", "json"]) == 1
    shown = json.loads(capsys.readouterr().out.partition("\n")[2])
    assert [item["quantity"] for item in shown["differences"]] == ["lstm.f[1]", "dense.y"]


@pytest.mark.parametrize(("options", "code"), [([], 1), (["--subset"], 0)])
def test_what_was_left_out_counts_unless_a_subset_is_asked_for(
    options: list[str], code: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A quantity that is missing is a failure by default."""
    path = tmp_path / "part.csv"
    write_trace(Trace("part", {"lstm.h[1]": load_fixture("lstm").trace["lstm.h[1]"]}), path)

    assert run(["compare", str(path), str(LSTM), *options]) == code
    assert ("missing: lstm.kernel" in capsys.readouterr().out) == bool(code)


def test_nothing_in_common_is_no_pass(tmp_path: Path) -> None:
    """Two traces without a common name end with 3, subset or not."""
    path = tmp_path / "other.json"
    write_trace(Trace("other", {"gru.h[0]": np.zeros((2, 1))}), path)

    assert run(["compare", str(path), str(LSTM)]) == run(["compare", str(path), str(LSTM), "--subset"]) == 3


def test_a_wrong_ending_is_said_before_anything_is_loaded(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The result's file must end in what it will be."""
    target, model = tmp_path / "trace.txt", tmp_path / "no.keras"
    with zipfile.ZipFile(model, "w") as archive:
        for name in ("config.json", "metadata.json", "model.weights.h5"):
            archive.writestr(name, "{}")

    assert run(["trace", str(model), "--inputs", "no.csv", "-o", str(target)]) == 2
    assert "must end in .json or .npz or .csv" in capsys.readouterr().err
