"""What `xlcheck build --train` shows of the model that it has trained."""

from __future__ import annotations

from pathlib import Path

import pytest

from xlcheck.chapter.training.lessons import untrained
from xlcheck.cli.build import _show_model

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
    for layer in model.layers:
        for variable in layer.weights:
            numbers = [f"{value:.8f}" for value in variable.numpy().reshape(-1)]
            assert [f"{layer.name}.{variable.name}", str(tuple(variable.shape)), "  ".join(numbers)] in rows
