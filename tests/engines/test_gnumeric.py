"""Gnumeric, another spreadsheet program, computes the workbooks as they were stored."""

from __future__ import annotations

import re
import shutil
import subprocess
from itertools import islice
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import numpy as np
import pytest
from drawn_plans import drawn
from short_trainings import short_training
from thorough import EVERY_CASE, spread

from xlcheck import api
from xlcheck.chapter.lessons.training import TRAINING_LESSONS
from xlcheck.layout.plan import plan_model
from xlcheck.verdicts.generated import altered
from xlcheck.verdicts.report import Status
from xlcheck.workbook.content import WorkbookContent
from xlcheck.workbook.manifest import manifest_of
from xlcheck.workbook.reader import read_workbook
from xlcheck.workbook.writer import write_workbook

SSCONVERT = shutil.which("ssconvert")
WORKBOOKS = sorted((Path(__file__).parents[2] / "workbooks").glob("*.xlsx"))
pytestmark = pytest.mark.skipif(SSCONVERT is None, reason="Gnumeric's ssconvert is not installed")


def recalculated(path: Path, folder: Path) -> WorkbookContent:
    """What Gnumeric saves after it has calculated every formula; the values that were stored are spoiled before."""
    spoiled, saved = folder / "spoiled.xlsx", folder / "saved.xlsx"
    with ZipFile(path) as source, ZipFile(spoiled, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            data = source.read(name)
            if name.startswith("xl/worksheets/"):
                data = re.sub(rb"</f><v>[^<]*</v>", b"</f><v>999.25</v>", data.replace(b' t="str"><f>', b"><f>"))
            target.writestr(name, data)
    subprocess.run([str(SSCONVERT), "--recalc", spoiled, saved], check=True, capture_output=True, timeout=300)
    return read_workbook(saved)


def require_the_same(path: Path, folder: Path) -> int:
    """Compare every formula cell with the number or the text that was stored; returns how many there are."""
    stored, saved = read_workbook(path), recalculated(path, folder)
    manifest = manifest_of(stored)
    assert manifest is not None
    slack = {(h.cell.sheet, h.cell.top, h.cell.left): h.atol for h in manifest.helpers}
    count = 0
    for sheet, row, column, cell in stored.formula_cells():
        own = saved.sheets[sheet].cells.get((row, column))
        found, where = None if own is None else own.value, (sheet, row, column, cell.formula)
        if isinstance(cell.value, float):
            atol = max(1e-13, slack.get((sheet, row, column), 0.0))
            assert found == pytest.approx(cell.value, rel=1e-12, abs=atol), where
        else:
            assert (found or "") == (cell.value or ""), where
        count += 1
    return count


@pytest.mark.parametrize("path", spread(WORKBOOKS, 8), ids=lambda path: path.stem)
def test_gnumeric_computes_each_lesson(path: Path, tmp_path: Path) -> None:
    """All formula cells within 1e-12 of their size, or as near as two numbers of which one is taken from the other.

    Of trainings the first epochs, unless all cases are asked for: those that follow are filled down from them.
    """
    if path.stem in TRAINING_LESSONS and not EVERY_CASE:
        path = short_training(path.stem, 10, tmp_path / "short.xlsx")

    assert require_the_same(path, tmp_path) > 200


@pytest.mark.parametrize("lesson", spread(["lstm", "rnn-dimensions", "bidirectional"], 3))
def test_a_save_in_gnumeric_changes_no_verdict(lesson: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same roots before and after, of a right workbook and of one with a fault; of looks, only what pages print."""
    monkeypatch.setattr(altered, "first_of", lambda found, between=", ": between.join(found))
    right, faulty = WORKBOOKS[0].with_stem(lesson), tmp_path / "faulty.xlsx"
    part = "xl/worksheets/sheet7.xml"  # of the last layer
    with ZipFile(right) as source, ZipFile(faulty, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            data = source.read(name)
            target.writestr(
                name, re.sub(rb"<f>([^<]*EXP[^<]*)</f>", rb"<f>\1+0.01</f>", data, count=1) if name == part else data
            )
    for path in (right, faulty):
        saved = tmp_path / "saved.xlsx"
        subprocess.run([str(SSCONVERT), path, saved], check=True, capture_output=True, timeout=300)
        before, after = api.check(path), api.check(saved)

        assert [(r.sheet, r.cell) for r in after.cells.with_status(Status.ROOT)] == [
            (r.sheet, r.cell) for r in before.cells.with_status(Status.ROOT)
        ]
        assert (after.exit_code, after.counts) == (before.exit_code, before.counts)
        assert before.counts.root == (path == faulty)
        words = " ".join(after.alterations).removeprefix("not as it was built: ")
        assert all(" print " in what for what in filter(None, words.split("; ")))


def test_gnumeric_computes_models(tmp_path: Path) -> None:
    """Random ones in the style of `build MODEL.keras`, softmaxes of any size among them."""
    suitable = (model for model in map(drawn, range(40)) if max(abs(v).max() for v in model[1].values.values()) < 50)
    for number, (spec, trace, samples) in enumerate(islice(suitable, 10 if EVERY_CASE else 2)):
        path = tmp_path / f"{number}.xlsx"
        write_workbook(plan_model(spec, trace, trace, samples), path)

        assert require_the_same(path, tmp_path) > 20


@pytest.mark.keras
def test_gnumeric_computes_sums_of_functions(tmp_path: Path) -> None:
    """It applies no ABS, TANH or EXP to each cell inside SUMPRODUCT, so that short sums are written term by term."""
    import keras

    x = keras.Input((3, 2))
    read = keras.layers.Masking()(x)
    found = keras.layers.AdditiveAttention()([read, read])
    model = keras.Model(x, keras.activations.log_softmax(found))
    path = tmp_path / "m.xlsx"
    api.build_model(model, np.array([[[0.5, -1.0], [0.0, 0.25], [0.0, 0.0]]]), path)

    assert require_the_same(path, tmp_path) > 50
