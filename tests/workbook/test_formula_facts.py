"""What a quick look at worksheet parts says about their formulas."""

from __future__ import annotations

import pytest

from xlcheck.workbook.formula_facts import FormulaFacts, formula_facts, functions_in, has_formulas


def cells(*formulas: str) -> bytes:
    """A worksheet part with these formulas."""
    return "".join(f"<c><f>{formula}</f></c>" for formula in formulas).encode()


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

    assert formula_facts(parts) == FormulaFacts(frozenset({"iferror", "FOO"}), False, True)
    assert formula_facts([cells("[1]Sheet1!A1")]).other_workbooks
    assert not formula_facts([b"[1]"]).other_workbooks
    assert formula_facts([], frozenset({"weights.xml"})).constant == {"weights.xml"}


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
    facts = formula_facts([f"<sheetData><row><c><f>{formula}</f></c></row></sheetData>".encode()])

    assert "FOO" in facts.beside_swallowing
