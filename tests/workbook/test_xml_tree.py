"""Small parts of a workbook as trees."""

from __future__ import annotations

import pytest

from xlcheck.workbook.xml_tree import all_text, place, text_in, tree_of, without_cells

SHEET = b'<x:worksheet xmlns:x="urn:x"><x:sheetPr/><x:sheetData a="1"><x:row/></x:sheetData ><x:cols/></x:worksheet>'


@pytest.mark.parametrize("prefix", [b"x:", b""])
def test_cells_are_left_out_however_names_are_written(prefix: bytes) -> None:
    """What stands before and behind them stays."""
    root = without_cells(SHEET.replace(b"x:", prefix))

    assert root is not None
    assert [child.tag for child in root] == ["sheetPr", "cols"]


@pytest.mark.parametrize(
    ("before", "inside", "behind"),
    [
        ("<?x <sheetData> ?>", "", "<?y ?>"), ("<!-- <sheetData> -->", "", "<!-- -->"),
        ("", "<!-- </sheetData> -->", ""), ("", "<?x </sheetData> ?>", ""), ("", "<![CDATA[</sheetData>]]>", ""),
    ],
)  # fmt: skip
def test_words_that_are_no_elements_hide_nothing(before: str, inside: str, behind: str) -> None:
    """What is hidden or merged is seen where comments, instructions and texts speak of the cells' element."""
    rows = f"<sheetData><row/>{inside}<row/></sheetData>"
    root = without_cells(f"<worksheet>{before}<cols/>{rows}<mergeCells/>{behind}</worksheet>".encode())

    assert root is not None
    assert {"cols", "mergeCells"} <= {child.tag for child in root}


def test_a_part_without_cells_is_taken_whole() -> None:
    """A chart sheet has none; what is no XML is nothing."""
    root = without_cells(b"<chartsheet><sheetViews/></chartsheet>")

    assert root is not None
    assert [child.tag for child in root] == ["sheetViews"]
    assert tree_of(b"<broken") is None
    assert without_cells(b"<sheetData>") is None


def test_texts_inside() -> None:
    """All letters of the first element of a name, and nothing where there is none."""
    root = tree_of(b'<c xmlns="urn:x"><r><t> one </t><t>two</t></r><r><t>three</t></r></c>')

    assert root is not None
    assert all_text(root) == "one twothree"
    assert text_in(root, "r") == "one two"
    assert text_in(root, "nothing") == ""


@pytest.mark.parametrize(
    ("text", "sheet", "said"),
    [
        ('""', "", ""), ('"a,b"', "", "a,b"), ('"', "", '"'), ("$a$1:B2", "S", "S!A1:B2"), ("T!c3", "S", "T!C3"),
        ("no place", "S", "no place"),
    ],
)  # fmt: skip
def test_places_have_one_spelling(text: str, sheet: str, said: str) -> None:
    """A list in quotes is what stands between them; anything else that is no place stays as it is."""
    assert place(text, sheet).replace("$", "") == said
