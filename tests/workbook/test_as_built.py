"""What is no quantity in a generated workbook is as it was written, or is reported."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from hypothesis import given, strategies as st
from saving import SAVERS
from thorough import part_of, spread
from workbook_parts import typed

from xlcheck import api
from xlcheck.formulas.addresses import MAX_COLUMNS, Range, parse_range
from xlcheck.verdicts.generated.expectation import expectation_of
from xlcheck.verdicts.report import CheckReport
from xlcheck.workbook.content import Cell, WorkbookContent
from xlcheck.workbook.looks import as_built
from xlcheck.workbook.looks.as_built import Alterations, Constants, _altered, alterations, bands
from xlcheck.workbook.manifest import SHEET, manifest_of
from xlcheck.workbook.reader import read_workbook

WORKBOOKS = Path(__file__).parents[2] / "workbooks"
NAMES = part_of(["lstm", "simple-rnn-training", *sorted(path.stem for path in WORKBOOKS.glob("*.xlsx"))], 2)


def content_of(name: str) -> WorkbookContent:
    """A lesson's workbook."""
    return read_workbook(WORKBOOKS / f"{name}.xlsx")


def areas(content: WorkbookContent) -> list[Range]:
    """Where the quantities stand, and the selector."""
    manifest = manifest_of(content)
    assert manifest is not None
    return [*(b.area for b in manifest.bindings), *([manifest.selector] if manifest.selector else [])]


def altered(content: WorkbookContent, known: list[Range]) -> Alterations:
    """What is not as it was written."""
    return alterations(content, content.sheets[SHEET], known)


def with_value(content: WorkbookContent, sheet: str, place: tuple[int, int], value: float | str) -> WorkbookContent:
    """The workbook with another constant in one cell."""
    old = content.sheets[sheet]
    cells = {**old.cells, place: Cell(value)}
    return replace(content, sheets={**content.sheets, sheet: replace(old, cells=cells)})


@pytest.mark.parametrize("name", NAMES)
def test_a_workbook_is_as_it_was_built(name: str) -> None:
    """Nothing is reported of what was just written."""
    content = content_of(name)

    assert altered(content, areas(content)) == Alterations()


@pytest.mark.parametrize(
    "saver",
    [
        pytest.param(name, marks=[pytest.mark.libreoffice, pytest.mark.exhaustive] if name == "libreoffice" else [])
        for name in SAVERS
    ],
)
def test_a_save_by_another_program_changes_nothing(saver: str, tmp_path: Path) -> None:
    """Rounded numbers, other spellings of names and lost looks are what a save does, and strictness allows for them."""
    (path,) = SAVERS[saver]([WORKBOOKS / "lstm.xlsx"], tmp_path)
    content = read_workbook(path)

    assert altered(content, areas(content)) == Alterations()
    assert api.check(path, strict=True).ok


def test_every_constant_that_is_no_quantity_is_covered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each label and each number in turn: its row is named; weights, inputs and what is chosen are left out."""
    content = content_of("lstm")
    beside = as_built.read_shown(content, SHEET)  # which no constant changes
    monkeypatch.setattr(as_built, "read_shown", lambda *_: beside)
    known = areas(content)
    choices = [view.step for view in expectation_of(content)[0].views if view.step is not None]
    bound = {(area.sheet, *place) for area in (*known, *choices) for place in area.cells()}
    constants = {"texts": [], "numbers": []}
    for sheet in content.sheets.values():
        for place, cell in sorted(sheet.cells.items()):
            if cell.formula is None and (sheet.name, *place) not in bound and cell.value != 0:
                constants["numbers" if isinstance(cell.value, float) else "texts"].append((sheet.name, place))
    constants["texts"] = [(sheet, place) for sheet, place in constants["texts"] if sheet != SHEET]
    for (kind, places), other in zip(constants.items(), ("numbers", "texts"), strict=True):
        some = spread(places, max(1, len(places) // 15))
        assert len(some) > 10
        for sheet, place in some:
            value = content.sheets[sheet].cells[place].value
            changed = value * 1.000001 if kind == "numbers" else f"{value}."
            found = altered(with_value(content, sheet, place, changed), known)

            assert len(getattr(found, kind)) == 1, (sheet, place)
            assert sheet in getattr(found, kind)[0]
            assert not getattr(found, other)


def changed(tmp_path: Path, sheet: str, cell: str, value: object, **options: object) -> CheckReport:
    """The check of the LSTM's workbook with another constant."""
    place = parse_range(cell)
    path = typed(WORKBOOKS / "lstm.xlsx", tmp_path / "lstm.xlsx", sheet, {(place.top, place.left): value})
    return api.check(path, **options)  # type: ignore[arg-type]


def test_other_words_are_a_note_and_a_mistake_only_for_the_strict(tmp_path: Path) -> None:
    """A label may be translated; who wants the workbook as it was built says so."""
    usual = changed(tmp_path, "Start", "A1", "My LSTM")
    strict = changed(tmp_path, "Start", "A1", "My LSTM", strict=True)

    assert (usual.ok, usual.notes[-1]) == (True, "words are not those that were written: row 1 of Start")
    assert (strict.ok, strict.exit_code, strict.alterations) == (False, 1, usual.notes[-1:])


def test_another_number_is_no_pass(tmp_path: Path) -> None:
    """A number that is no weight says something else to a reader, or lets a comparison pass."""
    report = changed(tmp_path, "Training", "B10", 0.001)

    assert (report.ok, report.exit_code) == (False, 3)
    assert report.reservations[0].startswith(
        "numbers that are no weights or inputs are not those that were written: row"
    )
    assert changed(tmp_path, "Training", "B10", 0.001, strict=True).exit_code == 1


def test_a_name_that_leads_elsewhere_is_no_pass() -> None:
    """Formulas of one's own that use the name would read other cells; so would they without it."""
    content = content_of("lstm")
    elsewhere = replace(content, names={**content.names, "lstm.kernel": "Weights!$B$9:$E$9"})
    without = replace(content, names={})
    known = areas(content)

    assert altered(elsewhere, known).names == ("lstm.kernel",)
    assert set(altered(without, known).names) == set(content.names)
    added = replace(content, names={**content.names, "own": "Start!$A$1"})
    assert altered(added, known) == Alterations(shown=("the name own was added",))


@pytest.mark.parametrize("name", ["Training", "Answers"])
def test_a_worksheet_without_formulas_that_was_deleted_is_said(name: str, tmp_path: Path) -> None:
    """Nobody reads it, so nothing is wrong; and the hidden worksheet is not taken for it."""
    book = openpyxl.load_workbook(WORKBOOKS / "lstm.xlsx")
    del book[name]
    book.save(tmp_path / "without.xlsx")
    report = api.check(tmp_path / "without.xlsx")

    assert (report.exit_code, report.reservations) == (0, ())
    assert f"not as it was built: the worksheet {name} was deleted" in report.notes
    assert api.check(tmp_path / "without.xlsx", strict=True).exit_code == 1


def test_a_fingerprint_that_cannot_be_read_is_an_alteration() -> None:
    """Somebody changed it, and what else was changed nobody knows."""
    content = content_of("lstm")
    place, cell = next((p, c) for p, c in content.sheets[SHEET].cells.items() if str(c.value).startswith('{"constants'))
    found = altered(with_value(content, SHEET, place, str(cell.value)[:-5]), areas(content))

    assert found == Alterations(damaged=True)


NUMBERS = st.floats(-1e300, 1e300, allow_subnormal=False).filter(bool)


@given(st.lists(NUMBERS, min_size=1, max_size=40), st.data())
def test_a_sum_sees_each_number_and_no_digit_that_a_save_cuts_off(numbers: list[float], data: st.DataObject) -> None:
    """Numbers of 15 digits are the same numbers; one that differs by a ten-millionth, or stands elsewhere, is not."""
    codes = np.arange(len(numbers), dtype=np.int64) * MAX_COLUMNS
    built = bands(Constants({}, codes, np.array(numbers)))
    saved = Constants({}, codes, np.array([float(f"{x:.15g}") for x in numbers]))
    place = data.draw(st.integers(0, len(numbers) - 1))
    other = np.array(numbers)
    other[place] *= 1 - 1e-7

    assert _altered("a", built, saved) == ([], [])
    assert _altered("a", built, Constants({}, codes, other)) == ([], [f"row {place + 1} of a"])
    assert _altered("a", built, Constants({}, codes, -np.array(numbers)))[1]
