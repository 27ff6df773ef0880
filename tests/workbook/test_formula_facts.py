"""What a quick look at worksheet parts says about their formulas."""

from __future__ import annotations

import pytest

from xlcheck.workbook.formula_facts import FormulaFacts, formula_facts, functions_in, has_formulas
from xlcheck.workbook.sheet_part import SheetPart


def cells(*formulas: str) -> bytes:
    """A worksheet part with these formulas."""
    return "".join(f"<c><f>{formula}</f></c>" for formula in formulas).encode()


def facts_of(*parts: bytes) -> FormulaFacts:
    """What is said of a workbook with these parts, named by their numbers."""
    return formula_facts({str(number): SheetPart(part) for number, part in enumerate(parts)})


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        (b"<c><f>A1</f></c>", True), (b'<c><x:f t="shared"/></c>', True), (b"<c><f\n>A1</f></c>", True),
        (b"<filter/><a:font/>", False), (b"f><c><v>1</v></c>", False),
    ],
)  # fmt: skip
def test_formulas_are_seen(part: bytes, expected: bool) -> None:
    """With and without a prefix; other tags that begin alike are none."""
    assert has_formulas(part) is expected


def test_functions_are_found_across_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """However a part is cut into pieces, every name before a bracket is found."""
    for size in range(1, 12):
        monkeypatch.setattr("xlcheck.workbook.formula_facts._PIECE", size)

        assert functions_in(cells("SUM(A1)+_xlfn.XLOOKUP(1,A1)", "LOG10 (2)*(3)")) == {"SUM", "_xlfn.XLOOKUP"}


def test_functions_matter_beside_those_that_swallow_errors() -> None:
    """A worksheet without IFERROR and its like hides nothing."""
    parts = [cells("SUM(A1)"), cells("iferror(FOO(1),2)"), b'<c><f t="dataTable"/></c>']

    assert facts_of(*parts) == FormulaFacts(frozenset({"iferror", "FOO"}), False, True)
    assert facts_of(cells("[1]Sheet1!A1")).other_workbooks
    assert not facts_of(b"[1]").other_workbooks
    assert facts_of(b"<v>1</v>", b"<v>1</v>" * 10_000, cells("A1") * 10_000).constant == {"1"}


@pytest.mark.parametrize(
    "formula",
    [
        "&#73;FERROR(FOO(1),2)",
        "&#x49;FERR&#79;R(FOO(1),2)",
        "IFERR<![CDATA[OR(F]]>OO(1),2)",
        "IFERR<!-- a -->OR(F<?b?>OO(1),2)",
    ],
)
def test_functions_are_seen_however_their_letters_are_written(formula: str) -> None:
    """Numbers of characters, sections without markup and comments hide nothing."""
    for rows in (1, 3_000):  # read as they are, and each kind of row once
        row = f"<row><c><f>{formula}</f></c></row>"
        facts = facts_of(f"<sheetData>{row * rows}</sheetData>".encode())

        assert "FOO" in facts.beside_swallowing
