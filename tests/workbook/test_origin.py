"""A workbook that xlcheck made is known as such, whatever is left of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from thorough import part_of

from xlcheck import api
from xlcheck.errors import ManifestError
from xlcheck.workbook.content import Cell, SheetContent, WorkbookContent
from xlcheck.workbook.manifest import SHEET, is_generated, manifest_of
from xlcheck.workbook.reader import read_workbook

WORKBOOKS = Path(__file__).parents[2] / "workbooks"
# Two layouts and a training.
NAMES = part_of(["lstm", "architectures", "vanishing-gradients", *(p.stem for p in WORKBOOKS.glob("*.xlsx"))], 3)


def content_of(name: str) -> WorkbookContent:
    """A lesson's workbook."""
    return read_workbook(WORKBOOKS / f"{name}.xlsx")


def without(content: WorkbookContent, *sheets: str) -> WorkbookContent:
    """The same without some worksheets."""
    return replace(content, sheets={name: sheet for name, sheet in content.sheets.items() if name not in sheets})


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "change",
    [
        lambda content: without(content, SHEET),
        lambda content: replace(without(content, SHEET), creator=""),
        lambda content: without(content, SHEET, "Start"),
        lambda content: replace(without(content, SHEET), creator="", names={}),
    ],
    ids=["hidden sheet", "and properties", "and first page", "and properties and names"],
)
def test_a_workbook_without_its_manifest_is_known(
    name: str, change: Callable[[WorkbookContent], WorkbookContent]
) -> None:
    """Whatever a program or a person leaves out besides the hidden worksheet, nobody takes it for made by hand."""
    content = change(content_of(name))

    assert is_generated(content)
    with pytest.raises(ManifestError, match="was made by xlcheck, but the hidden worksheet") as error:
        manifest_of(content)
    assert error.value.exit_code == 3


@pytest.mark.parametrize("name", ["lstm", "architectures"])
def test_worksheets_alone_say_who_made_them(name: str) -> None:
    """Without the first page and without properties, the verdicts and the names of the weights are enough."""
    assert is_generated(replace(without(content_of(name), SHEET, "Start"), creator=""))


def test_the_sentence_says_how_to_build_it_again(tmp_path: Path) -> None:
    """Deleted in a spreadsheet program, the hidden worksheet is missed in one sentence."""
    book = openpyxl.load_workbook(WORKBOOKS / "gru.xlsx")
    del book[SHEET]
    book.save(tmp_path / "gru.xlsx")

    with pytest.raises(ManifestError) as error:
        api.check(tmp_path / "gru.xlsx")
    assert str(error.value) == (
        f"{tmp_path / 'gru.xlsx'} was made by xlcheck, but the hidden worksheet that says what it should compute is "
        "missing or damaged; build it again (xlcheck build gru), or say what its cells hold with --bind FILE"
    )


def renamed(content: WorkbookContent, name: str) -> WorkbookContent:
    """The workbook with another name for the hidden worksheet, in formulas, too."""

    def formula(text: str | None) -> str | None:
        return text and text.replace(f"{SHEET}!", f"'{name}'!")

    sheets: Mapping[str, SheetContent] = {
        (name if sheet.name == SHEET else sheet.name): SheetContent(
            name if sheet.name == SHEET else sheet.name,
            "visible",
            {place: replace(cell, formula=formula(cell.formula)) for place, cell in sheet.cells.items()},
        )
        for sheet in content.sheets.values()
    }
    return replace(content, sheets=sheets)


@pytest.mark.parametrize("name", ["lstm", "architectures"])
def test_a_manifest_is_found_by_its_seal(name: str) -> None:
    """On a renamed worksheet it says the same, and what it says of its own worksheet is said of the new name."""
    content = content_of(name)
    own = manifest_of(content)
    other = manifest_of(renamed(content, "it's hidden"))
    assert own is not None
    assert other is not None

    assert other.spec == own.spec
    assert len(other.bindings) == len(own.bindings)
    assert {b.area.sheet for b in other.bindings} <= set(renamed(content, "it's hidden").sheets)
    assert not any(f"{SHEET}!" in helper.formula for helper in other.helpers)
    assert any("'it''s hidden'!" in helper.formula for helper in other.helpers) == any(
        f"{SHEET}!" in helper.formula for helper in own.helpers
    )


def test_a_renamed_worksheet_changes_no_verdict(tmp_path: Path) -> None:
    """A workbook whose hidden worksheet was renamed is checked like any other."""
    book = openpyxl.load_workbook(WORKBOOKS / "architectures.xlsx")
    book[SHEET].title = "notes"
    for sheet in book:
        for cell in (cell for row in sheet for cell in row if isinstance(cell.value, str)):
            if cell.data_type == "f":
                cell.value = cell.value.replace(f"{SHEET}!", "notes!")
    book.save(tmp_path / "renamed.xlsx")
    report = api.check(tmp_path / "renamed.xlsx")

    assert report.ok
    assert report.counts == api.check(WORKBOOKS / "architectures.xlsx").counts


def test_two_manifests_are_one_too_many() -> None:
    """Nobody can say which of them is right."""
    content = content_of("lstm")
    sealed = content.sheets[SHEET]
    twice = replace(without(content, SHEET), sheets={**without(content, SHEET).sheets, "a": sealed, "b": sealed})
    twice = replace(twice, sheets={name: replace(sheet, name=name) for name, sheet in twice.sheets.items()})

    with pytest.raises(ManifestError, match="the worksheets 'a' and 'b' each say"):
        manifest_of(twice)


@pytest.mark.parametrize(
    "cells",
    [
        {(0, 0): Cell("input: what the network reads")},
        {(0, 0): Cell("✓", 'IF(A2>0,"✓","✗")'), (1, 0): Cell("xlcheck build lstm")},
        {(0, 0): Cell('{"format": 2}')},
    ],
    ids=["a word", "a command", "some JSON"],
)
def test_a_workbook_made_by_hand_is_not_ours(cells: Mapping[tuple[int, int], Cell]) -> None:
    """One thing that also stands in generated workbooks is not enough."""
    content = WorkbookContent(Path("own.xlsx"), {"Sheet1": SheetContent("Sheet1", "visible", cells)})

    assert not is_generated(content)
    assert manifest_of(content) is None
