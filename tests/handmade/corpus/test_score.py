"""The scoring of the exam: right answers score 100 %, wrong ones are counted as what they are."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from fixtures.handmade.layouts import LAYOUTS
from fixtures.handmade.mistakes.planting import plants
from fixtures.handmade.score import Scores, score_layout, table

LAYOUT = next(layout for layout in LAYOUTS if layout.name == "book_simple_rnn")


@pytest.fixture(scope="module")
def key() -> dict[str, list[tuple[str, str, str]]]:
    """Workbook → what a perfect checker reports: sheet, cell, diagnosis."""
    return {
        _digest(plant.to_bytes()): [(cell.sheet, cell.a1, min(plant.mistakes)) for cell in plant.roots]
        or [("", "", min(plant.mistakes))]
        for plant in plants(LAYOUT)
    }


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _report(roots: list[tuple[str, str, str]]) -> Any:
    found = [SimpleNamespace(sheet=sheet, cell=cell, diagnosis=name) for sheet, cell, name in roots]
    noise = [item for item in found if not item.cell]
    real = [item for item in found if item.cell]
    return SimpleNamespace(roots=real, cells=found, notes=[item.diagnosis for item in noise], ok=not real)


def _score(answer: Callable[[str], list[tuple[str, str, str]]], every: int = 6) -> Scores:
    return score_layout(
        LAYOUT, bound=True, every=every, check=lambda path, _: _report(answer(_digest(path.read_bytes())))
    )


def test_a_perfect_checker_gets_full_marks(key: dict[str, list[tuple[str, str, str]]]) -> None:
    """Reporting exactly the planted cells under a right name is 100 % in every column."""
    total = _score(lambda digest: key.get(digest, []), every=1)["all"]

    assert total.planted == len(key) + 1 == total.exact
    assert total.precision == total.recall == 1.0
    assert not total.failures


def test_a_blind_checker_finds_nothing(key: dict[str, list[tuple[str, str, str]]]) -> None:
    """A checker that reports no cell is right on the workbook without a mistake and on noise, and on nothing else."""
    scores = _score(lambda digest: [])

    assert scores["all"].recall == 0.0
    assert scores["all"].exact == scores["none"].planted + scores["float32-noise"].planted


def test_a_false_alarm_costs_precision(key: dict[str, list[tuple[str, str, str]]]) -> None:
    """One cell too many leaves recall alone, but the workbook is no longer answered exactly."""
    total = _score(lambda digest: [*key.get(digest, []), ("RNN", "Z99", "neighbour-unit")])["all"]

    assert total.exact == 0
    assert total.recall == 1.0
    assert total.precision < 0.6


def test_a_wrong_name_is_counted(key: dict[str, list[tuple[str, str, str]]]) -> None:
    """The right cells under a wrong name are exact but not named."""
    total = _score(lambda digest: [(sheet, cell, "no-such-name") for sheet, cell, _ in key.get(digest, []) if cell])[
        "all"
    ]

    assert total.exact == total.planted
    assert total.named == 1


def test_a_crash_is_a_wrong_answer(key: dict[str, list[tuple[str, str, str]]]) -> None:
    """An exception of the checker is written down and the exam goes on."""

    def crash(path: Path, bindings: Path | None) -> Any:
        raise RuntimeError("boom")

    total = score_layout(LAYOUT, bound=True, every=10, check=crash)["all"]

    assert total.planted == len(total.failures) > 1
    assert "RuntimeError: boom" in total.failures[0]


def test_the_table_sums_over_the_layouts(key: dict[str, list[tuple[str, str, str]]]) -> None:
    """The last lines of the table add up every layout."""
    scores = _score(lambda digest: key.get(digest, []))
    last = table([("one", scores), ("two", scores)]).splitlines()

    line = next(line for line in last if line.startswith("every layout") and " all " in line)
    assert line.split()[3] == str(2 * scores["all"].planted)
