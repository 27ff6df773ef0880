"""What `xlcheck build --train` shows of the model that it has trained."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from xlcheck.chapter.training.lessons import untrained
from xlcheck.cli.build import _show_model
from xlcheck.model.keras_reader import weights_of

pytestmark = pytest.mark.keras


def test_layers_and_weights_are_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each layer with its shape and number of weights, 4·(1+1+1) for one LSTM unit; each weight with its numbers."""
    monkeypatch.setenv("COLUMNS", "200")
    model = untrained("lstm")
    _show_model("lstm", model, tmp_path / "lstm.keras", quiet=False)
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in capsys.readouterr().err.splitlines()]

    assert (tmp_path / "lstm.keras").is_file()
    assert ["lstm", "LSTM", "(1,)", "12"] in rows
    assert ["dense", "Dense", "(1,)", "2"] in rows
    for name, values in weights_of(model).items():
        numbers = [f"{value:.8f}" for value in values.reshape(-1)]
        assert [name, str(values.shape), "  ".join(numbers)] in rows


def test_each_weight_has_a_name_of_its_own_and_a_large_one_is_summed_up(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both directions are told apart; of 64 numbers, which the workbook shows, only the range is printed."""
    monkeypatch.setenv("COLUMNS", "200")
    _show_model("bidirectional", untrained("bidirectional"), tmp_path / "both.keras", quiet=False)
    both = capsys.readouterr().err
    _show_model("encoder-decoder", untrained("encoder-decoder"), tmp_path / "large.keras", quiet=False)
    large = capsys.readouterr().err

    assert "bidirectional.forward" in both
    assert "bidirectional.backward" in both
    (row,) = [line for line in large.splitlines() if "encoder.kernel " in line]
    assert re.search(r"\(4, 16\) +│ 64 numbers from -0\.\d{8} to 0\.\d{8} +│", row)
