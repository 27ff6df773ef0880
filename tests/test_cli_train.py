"""`xlcheck train` and `xlcheck generate` as a user types them."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from xlcheck.chapter.datasets.lesson_texts import story
from xlcheck.chapter.training import text
from xlcheck.chapter.training.model_file import read_companion
from xlcheck.chapter.training.recipes import TWEETS
from xlcheck.cli import run

pytestmark = [pytest.mark.keras, pytest.mark.usefixtures("eagerly")]


def test_text_from_training_to_generating(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Train on a file, go on with --resume, draw the loss, and continue some words with the saved model."""
    monkeypatch.setattr(text, "SAMPLE_WORDS", 3)
    data, model, plot = tmp_path / "story.txt", tmp_path / "story.keras", tmp_path / "loss.png"
    data.write_text(" ".join(story().split()[: 128 + 10]), encoding="utf-8")
    train = ["train", "text", "--data", str(data), "--units", "16", "-o", str(model)]

    assert run([*train, "--epochs", "1"]) == 0
    first = capsys.readouterr()
    assert run([*train, "--epochs", "2", "--resume", "--plot", str(plot)]) == 0
    second = capsys.readouterr()
    assert run(["generate", str(model), "the old woman", "--count", "4", "--seed", "2", "--temperature", "1"]) == 0
    written = capsys.readouterr().out

    assert "138 words, 66 distinct, 128 windows" in first.err
    assert "softmax over the vocabulary" in first.err
    assert first.out.startswith("epoch 1 of 1: loss 4.")
    assert second.out.startswith("epoch 2 of 2: loss ")
    assert plot.read_bytes().startswith(b"\x89PNG")
    assert written.startswith("the old woman ")
    assert len(written.split()) == 3 + 4
    assert written.endswith("\n")


@pytest.mark.exhaustive
def test_ctrl_c_saves_what_was_learned(tmp_path: Path) -> None:
    """Ctrl-C ends the command with 130 and a whole model file, from which --resume goes on."""
    model = tmp_path / "story.keras"
    command = [sys.executable, "-m", "xlcheck", "train", "text", "--sample", "--epochs", "100000", "-o", str(model)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, messages = process.communicate(timeout=60)

    companion = read_companion(model)
    assert process.returncode == 130
    assert "--resume goes on from here" in messages
    assert companion is not None
    assert companion.training["steps"] >= 7
    assert list(tmp_path.iterdir()) == [model]


def test_sentiment_report(tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures come with what the most frequent answer alone would give, the confusion matrix, and the spread.

    Where stderr is no terminal, no bar is drawn.
    """
    sample = TWEETS["sample"]
    monkeypatch.setitem(TWEETS, "sample", replace(sample, schedule=replace(sample.schedule, batch=200)))  # one step
    model, plot = tmp_path / "s.keras", tmp_path / "s.png"
    command = ["train", "sentiment", "--sample", "--cell", "rnn", "--epochs", "1", "--seeds", "2", "--maxlen", "3"]

    assert run([*command, "-o", str(model), "--plot", str(plot)]) == 0
    result = capfd.readouterr()

    assert not set("\r\x1b━") & set(result.err + result.out)
    assert "200 texts, 316 distinct words, 100 negative" in result.err
    assert "SimpleRNN, seed 0" in result.out
    assert "SimpleRNN, seed 1" in result.out
    assert "always answering 'negative' would be right in 50.0%" in result.out
    assert "→ negative  → positive" in result.out
    assert "± sd" in result.out
    assert plot.read_bytes().startswith(b"\x89PNG")
    companion = read_companion(model)
    assert companion is not None
    assert companion.training["architecture"]["cell"] == "rnn"
    assert companion.encoding.labels == ("negative", "positive")


def test_json_has_every_figure(capsys: pytest.CaptureFixture[str]) -> None:
    """`--format json` prints one object for each training, and nothing else on stdout."""
    command = ["train", "sentiment", "--sample", "--recipe", "chapter", "--epochs", "1", "--maxlen", "3", "-q"]

    assert run([*command, "--format", "json"]) == 0
    result = capsys.readouterr()
    (only,) = json.loads(result.out)

    assert result.err == ""
    assert (only["cell"], only["seed"], only["epochs"], only["validation"]) == ("LSTM", 0, 1, None)
    (a, b), (c, d) = only["test"]["confusion"]
    assert only["test"]["accuracy"] == (a + d) / (a + b + c + d)
    assert only["parameters"] == (316 + 1) * 32 + 4 * 34 + 4


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["train", "text", "-o", "{}/m.keras"], "give alice.txt with --data FILE"),
        (["train", "text", "--sample", "-o", "{}/m.h5"], "must end in .keras"),
        (["train", "text", "--sample", "-o", "{}/none/m.keras"], "there is no folder"),
        (["train", "text", "--sample", "--plot", "{}/p.pdf", "-o", "{}/m.keras"], "must end in .png"),
        (["train", "text", "--sample", "--resume", "-o", "{}/m.keras"], "m.keras"),
        (["train", "text", "--sample", "-o", "{}/old.keras"], "add --resume"),
        (["train", "text", "--data", "{}/old.keras", "-o", "{}/m.keras"], "need at least 11"),
        (["train", "sentiment"], "give airline_sentiment.csv with --data FILE"),
        (["train", "sentiment", "--data", "{}/none.csv"], "cannot be read"),
        (["train", "imdb", "--data", "{}/old.keras"], "is not an .npz file"),
        (["generate", "{}/none.keras", "words"], "cannot be read"),
        (["generate", "{}/old.keras", "words"], "not a whole .keras file"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_use(tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str) -> None:
    """Each mistake ends with 2 and one sentence, before anything is trained or written."""
    (tmp_path / "old.keras").write_text("old")

    code = run([argument.format(tmp_path) for argument in arguments])

    assert code == 2
    assert message in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["old.keras"]
