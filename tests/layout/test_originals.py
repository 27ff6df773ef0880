"""The sheet itself sees every edit that a reader can see, and every exchange of two numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from thorough import part_of, spread

from xlcheck.chapter.lessons.catalogue import LESSONS
from xlcheck.engines import engine
from xlcheck.engines.base import Session
from xlcheck.formulas.addresses import Range, parse_range
from xlcheck.layout import originals
from xlcheck.layout.originals import Source, questions
from xlcheck.layout.sheet import SheetDraft
from xlcheck.texts import say
from xlcheck.workbook.manifest import manifest_of
from xlcheck.workbook.plan import Formula, WorkbookPlan
from xlcheck.workbook.reader import read_workbook
from xlcheck.workbook.writer import write_workbook

WORKBOOKS = Path(__file__).parents[2] / "workbooks"
PRINTED = 1e-8  # weights are shown with eight decimals
VERDICT = parse_range("Start!A4")
CHANGED = "A weight or an input was changed"


def asking(values: np.ndarray, path: Path, *, name: str = "ironcalc") -> tuple[Session, list[str]]:
    """A workbook with one array, opened by an engine, and how its blocks are compared."""
    data, asks, hidden = SheetDraft("data"), SheetDraft("asks"), SheetDraft("hidden")
    area = data.numbers(2, 1, values, "weight")
    asked = questions([Source("kernel", area, values)], hidden, "asks")
    for row, question in enumerate(asked):
        asks.put(row, 0, Formula(question.formula, 1.0))
    write_workbook(WorkbookPlan(tuple(sheet.finish() for sheet in (asks, data, hidden))), path)
    return engine(name).open(path), [question.how for question in asked]


def unchanged(session: Session, blocks: int) -> bool:
    """Whether every block says that it is unchanged."""
    session.recalculate()
    answers = session.read(Range("asks", 0, 0, blocks))
    assert {answer for (answer,) in answers} <= {0.0, 1.0}
    return all(answer == 1 for (answer,) in answers)


@pytest.mark.parametrize("name", part_of(["ironcalc", "cellrune"], 1))
@pytest.mark.parametrize("stored", [0, originals.STORED_AGAIN], ids=["by sums", "exactly"])
@pytest.mark.parametrize("shape", [(1, 1), (7, 3), (1, 600), (900, 130), (2, 4000)], ids=str)
def test_edits_and_exchanges_are_seen(
    shape: tuple[int, int], stored: int, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Blocks of any shape see the smallest visible edit of any number, and an exchange of two that differ visibly."""
    rng = np.random.default_rng(shape)
    monkeypatch.setattr(originals, "STORED_AGAIN", stored)
    values = rng.normal(size=shape) / np.sqrt(shape[0])  # as kernels are initialised
    session, how = asking(values, tmp_path / "m.xlsx", name=name)
    assert set(how) == {say("originals.exactly" if values.size <= stored else "originals.by_sums")}
    assert unchanged(session, len(how))

    flat = values.reshape(-1)
    for first, second in rng.integers(0, values.size, (4, 2)).tolist():
        neighbour = (first + 1) % values.size
        for changes in (
            {first: flat[first] + PRINTED},
            {first: flat[first] - PRINTED},
            {first: flat[second], second: flat[first]},
            {first: flat[neighbour], neighbour: flat[first]},
        ):
            if all(abs(flat[where] - value) < PRINTED / 2 for where, value in changes.items()):
                continue  # a number exchanged with itself, or with one that is shown alike
            for where, value in changes.items():
                row, column = divmod(where, shape[1])
                session.set("data", 2 + row, 1 + column, float(value))
            assert not unchanged(session, len(how)), changes
            for where in changes:
                row, column = divmod(where, shape[1])
                session.set("data", 2 + row, 1 + column, float(flat[where]))
    assert unchanged(session, len(how))


@pytest.mark.parametrize("stored", [0, originals.STORED_AGAIN], ids=["by sums", "exactly"])
def test_what_is_no_number_is_a_change(stored: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A text in place of a number is seen."""
    monkeypatch.setattr(originals, "STORED_AGAIN", stored)
    session, how = asking(np.array([[1.0, 0.0], [0.5, 2.0]]), tmp_path / "m.xlsx")
    session.set("data", 2, 2, "0")

    assert not unchanged(session, len(how))


@pytest.mark.parametrize("name", spread([*LESSONS], 3))
def test_each_lesson_sees_them(name: str) -> None:
    """Of every lesson, two weights exchanged, and one edited visibly, are a change that the first sheet tells of."""
    path = WORKBOOKS / f"{name}.xlsx"
    manifest = manifest_of(read_workbook(path))
    assert manifest is not None
    session = engine("ironcalc").open(path)
    cells = [
        (binding.area.sheet, *place, float(value))
        for binding in manifest.bindings
        if binding.quantity.rpartition(".")[2] in ("kernel", "recurrent_kernel", "bias", "embeddings")
        for place, value in zip(binding.area.cells(), manifest.trace[binding.quantity].reshape(-1), strict=True)
    ]
    rng = np.random.default_rng(len(cells))
    first = cells[int(rng.integers(len(cells)))]
    others = [cell for cell in cells if cell[3] != first[3]]
    second = others[int(rng.integers(len(others)))]

    def verdict(*changes: tuple[str, int, int, float]) -> str:
        for change in changes:
            session.set(*change)
        session.recalculate()
        return str(session.read(VERDICT)[0][0])

    assert "agree" in verdict()
    assert verdict((*first[:3], second[3]), (*second[:3], first[3])).startswith(CHANGED)
    assert verdict(first, (*second[:3], second[3] + PRINTED)).startswith(CHANGED)
    assert "agree" in verdict(second)


def test_two_words_exchanged() -> None:
    """The exercise of the film lesson, the same words in another order, is a change of the input."""
    path = WORKBOOKS / "film-reviews.xlsx"
    words = {
        str(cell.value): place
        for place, cell in read_workbook(path).sheets["Text"].cells.items()
        if place[1] == 1 and cell.formula is None
    }
    session = engine("ironcalc").open(path)
    for word, other in (("boring", "charming"), ("charming", "boring")):
        session.set("Text", *words[other], word)
    session.recalculate()

    assert str(session.read(VERDICT)[0][0]).startswith(CHANGED)


@pytest.mark.parametrize("name", ["ironcalc", "cellrune"])
def test_two_edits_that_cancel_out_in_one_sum_are_seen(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever one takes from the first sum of a row the other gives back; the second sum tells."""
    monkeypatch.setattr(originals, "STORED_AGAIN", 0)
    rng = np.random.default_rng(5)
    values = rng.normal(size=(3, 256)) / 16
    session, how = asking(values, tmp_path / "m.xlsx", name=name)
    factors = 1 + np.arange(1.0, 257) / 256

    for one, other in [(0, 1), (254, 255), *rng.integers(0, 256, (4, 2)).tolist()]:
        if one == other:
            continue
        session.set("data", 3, 1 + one, float(values[1, one] + PRINTED))
        session.set("data", 3, 1 + other, float(values[1, other] - PRINTED * factors[one] / factors[other]))
        assert not unchanged(session, len(how)), (one, other)
        session.set("data", 3, 1 + one, float(values[1, one]))
        session.set("data", 3, 1 + other, float(values[1, other]))
    assert unchanged(session, len(how))
