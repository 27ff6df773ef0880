"""Each hostile file that has once ended badly ends with one sentence, in no time, and with little memory."""

from __future__ import annotations

import resource
import time
from pathlib import Path

import pytest
from corpus import BINDINGS, INPUTS, WORKBOOKS

from xlcheck.cli import run

ROOT = Path(__file__).parents[2]
LSTM = ROOT / "workbooks" / "lstm.xlsx"
HAND_MADE = ROOT / "fixtures" / "handmade" / "two_documents.xlsx"
SECONDS = 40.0
"""Of a busy machine, two limits of an engine's request among them."""
MEGABYTES = 600


def ends_well(arguments: list[str], capsys: pytest.CaptureFixture[str], codes: set[int]) -> str:
    """Run a command that must say one sentence and end with one of some codes, soon and with little memory."""
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()

    assert run(arguments) in codes
    captured = capsys.readouterr()
    assert time.monotonic() - started < SECONDS
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MEGABYTES * 1024
    assert len(captured.err.splitlines()) <= 1
    assert "Traceback" not in captured.err + captured.out
    assert captured.err.startswith("xlcheck: ") != captured.out.startswith("? ")
    return captured.err + captured.out


SLOW = {"a formula without an end", "a formula too deep"}
"""What only an engine's time limit ends, or its stack; `tests/engines/test_guarded.py` holds the limit itself."""


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.exhaustive] * (name in SLOW)) for name in WORKBOOKS]
)
def test_workbooks(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Refused, or not checked; never found to agree."""
    path = tmp_path / "book.xlsx"
    path.write_bytes(WORKBOOKS[name]())

    assert str(path) in ends_well(["check", str(path)], capsys, {2, 3}).replace("\n", " ")


@pytest.mark.parametrize("name", BINDINGS)
def test_bindings(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Refused by name, before a network is looked for."""
    path = tmp_path / "book.toml"
    path.write_bytes(BINDINGS[name]())

    assert str(path) in ends_well(["check", str(HAND_MADE), "--bind", str(path)], capsys, {2})


@pytest.mark.parametrize("name", INPUTS)
def test_inputs(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Refused by name, before what they declare is allocated."""
    path = tmp_path / name
    path.write_bytes(INPUTS[name]())

    said = ends_well(["check", str(LSTM), "--inputs", str(path)], capsys, {2})
    assert str(path) in said or "holds 2 samples; 300000 are given" in said
