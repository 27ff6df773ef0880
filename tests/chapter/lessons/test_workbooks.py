"""The lessons' workbooks agree with Keras in every formula cell, in every engine, and explain themselves."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

import pytest
from lesson_plans import known_plan
from saving import save_with_libreoffice
from thorough import part_of

from xlcheck import api
from xlcheck.chapter.lessons.catalogue import LESSONS
from xlcheck.chapter.recordings.names import IN_THE_BOOK, fixture_name
from xlcheck.chapter.recordings.store import load_fixture
from xlcheck.engines import engine
from xlcheck.formulas.addresses import parse_range
from xlcheck.workbook.content import WorkbookContent
from xlcheck.workbook.manifest import Manifest, manifest_of
from xlcheck.workbook.plan import Link, WorkbookPlan
from xlcheck.workbook.reader import read_workbook
from xlcheck.workbook.writer import write_workbook

WORKBOOKS = Path(__file__).parents[3] / "workbooks"
EVERY = [
    (name, weights)
    for name in LESSONS
    for weights in ("trained", "book")
    if weights == "trained" or name in IN_THE_BOOK
]


# A toy, matrices, a model of several layers; then the others.
TYPICAL = ("lstm", "rnn-dimensions", "architectures")
STEMS = [fixture_name(name, weights) for name, weights in EVERY]
TYPICAL_FIRST = [*TYPICAL, *(stem for stem in STEMS if stem not in TYPICAL)]


@dataclass(frozen=True)
class Lesson:
    """One lesson with one set of weights: what its workbook is written from, and what stands in it."""

    stem: str
    plan: WorkbookPlan
    content: WorkbookContent

    @property
    def manifest(self) -> Manifest:
        """What the workbook says of itself."""
        manifest = manifest_of(self.content)
        assert manifest is not None
        return manifest


@pytest.fixture(scope="module", params=STEMS)
def lesson(request: pytest.FixtureRequest) -> Lesson:
    """Laid out and read once for all that is asked of it."""
    return Lesson(request.param, known_plan(request.param), read_workbook(WORKBOOKS / f"{request.param}.xlsx"))


@pytest.mark.ordinary
def test_bytes_are_those_in_the_repository(lesson: Lesson, tmp_path: Path) -> None:
    """The stored fixtures give the stored workbook, byte for byte, whatever it is called."""
    path = tmp_path / "päper & ink.xlsx"
    write_workbook(lesson.plan, path)

    with (
        ZipFile(path) as written,
        ZipFile(lesson.content.path) as stored,
    ):  # else their difference takes minutes to show
        assert [x.filename for x in written.filelist if written.read(x) != stored.read(x.filename)] == []
    is_same = path.read_bytes() == lesson.content.path.read_bytes()
    assert is_same


@pytest.mark.parametrize("stem", part_of(TYPICAL_FIRST, 3))
def test_every_cell_agrees_in_the_embedded_engines(stem: str) -> None:
    """Every formula cell of every lesson is checked, and agrees with Keras float64 within 1e-14 of the largest number.

    The largest number is 1 in most of them, and an exponential where a softmax is shown in two steps. `xlcheck build
    --all` checks every lesson, too.
    """
    path = WORKBOOKS / f"{stem}.xlsx"
    sheets = read_workbook(path).sheets.values()
    values = (abs(cell.value) for sheet in sheets for cell in sheet.cells.values() if isinstance(cell.value, float))
    largest = max(1.0, *values)
    for engine_name in ("ironcalc", "cellrune"):
        report = api.check(path, engine=engine_name)
        assert report.ok
        assert report.counts.agree == report.counts.formula_cells > 100
        assert report.max_abs_error <= 1e-14 * largest
        assert not report.cells


def test_weights_are_exact(lesson: Lesson) -> None:
    """Every weight reaches the file to the last bit."""
    manifest = lesson.manifest
    weights = {f"{layer.name}.{weight}" for layer in manifest.spec.layers for weight in layer.weights}
    bound = [binding for binding in manifest.bindings if binding.quantity in weights]
    for binding in bound:
        cells = lesson.content.sheets[binding.area.sheet].cells
        written = [cells[place].value for place in binding.area.cells()]

        assert written == manifest.trace[binding.quantity].reshape(-1).tolist()
    assert {binding.quantity for binding in bound} == weights


def test_links_lead_somewhere(lesson: Lesson) -> None:
    """Every link of a workbook leads to a cell that is filled."""
    filled = {(sheet.name, *place) for sheet in lesson.content.sheets.values() for place in sheet.cells}
    links = [c.content for s in lesson.plan.sheets for c in (*s.cells, *s.merges) if isinstance(c.content, Link)]

    assert len(links) > 20
    for link in links:
        assert (link.target.sheet, link.target.top, link.target.left) in filled


@pytest.mark.thorough
@pytest.mark.libreoffice
@pytest.mark.parametrize("name", part_of(TYPICAL_FIRST, 1))
def test_every_cell_agrees_in_libreoffice(name: str, tmp_path: Path) -> None:
    """LibreOffice, which writes 15 digits, agrees within 1e-13; of exponentials of some hundred within 1e-12."""
    path = tmp_path / "päper & ink.xlsx"
    shutil.copy(WORKBOOKS / f"{name}.xlsx", path)
    report = api.check(path, engine="libreoffice")

    assert report.ok
    assert report.counts.agree == report.counts.formula_cells
    assert report.max_abs_error <= (1e-12 if name.startswith("rnn-dimensions") else 1e-13)


@pytest.mark.parametrize("style", ["teaching", "book", "robust"])
@pytest.mark.parametrize("name", part_of([*TYPICAL, *(name for name in LESSONS if name not in TYPICAL)], 1))
def test_every_style_agrees(name: str, style: str, tmp_path: Path) -> None:
    """However the formulas are written, they give Keras's numbers."""
    assert api.build(name, tmp_path / "lesson.xlsx", style=style).report.ok


@pytest.mark.parametrize(
    ("name", "printed"), [("simple-rnn", 0.53199273), ("lstm", 0.47375038)], ids=["simple-rnn", "lstm"]
)
def test_printed_predictions(name: str, printed: float) -> None:
    """With the book's weights the float32 model prints what the book prints, to 8 digits."""
    fixture = load_fixture(f"{name}-book")

    assert printed in [round(float(p), 8) for p in fixture.trace_float32["dense.y"].reshape(-1)]


@pytest.mark.parametrize("name", LESSONS)
def test_float32_predictions_are_near(name: str) -> None:
    """The model as trained differs from its double by float32 rounding only."""
    fixture = load_fixture(name)
    for output in (q for q in fixture.trace.values if q.startswith("dense.y")):
        assert abs(fixture.trace[output] - fixture.trace_float32[output]).max() <= 1e-6


def test_selector_and_edits_are_live() -> None:
    """Another document keeps every verdict right; a changed weight makes Keras's column obsolete."""
    path = WORKBOOKS / "lstm.xlsx"
    manifest = manifest_of(read_workbook(path))
    assert manifest is not None
    assert manifest.selector is not None
    session = engine("ironcalc").open(path)
    verdict = parse_range("Start!A4")
    s = manifest.selector

    session.set(s.sheet, s.top, s.left, 2.0)
    session.recalculate()
    assert session.read(verdict) == [["42 of 42 numbers agree with Keras"]]

    session.set("Weights", 7, 1, 0.5)
    session.recalculate()
    assert session.read(verdict) == [["A weight or an input was changed: Keras's numbers no longer apply"]]


@pytest.mark.thorough
@pytest.mark.libreoffice
@pytest.mark.keras
def test_survives_a_save_in_libreoffice(tmp_path: Path) -> None:
    """Saved by LibreOffice, the workbook still carries its manifest and can be checked."""
    source = tmp_path / "lstm.xlsx"
    shutil.copy(WORKBOOKS / "lstm.xlsx", source)
    (saved,) = save_with_libreoffice([source], tmp_path / "saved")

    report = api.check(saved, atol=1e-13)

    assert report.ok
    assert report.counts.checked == 560
