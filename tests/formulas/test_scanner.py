"""The scanner cuts formulas as openpyxl's tokenizer does, which shares no code with it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st
from openpyxl.formula.tokenizer import Token as TheirToken, Tokenizer
from test_tree import TREES, written
from thorough import PATIENT, part_of

from xlcheck.formulas.scanner import Ref, cut, plain_name, tokens
from xlcheck.formulas.tree import Node

WORKBOOKS = sorted((Path(__file__).parents[2] / "workbooks").glob("*.xlsx"))
SPELLED = [
    "SUM(A1:B2)+LOG10(C3)*1E5-.5-5.5E-3",
    "'My sheet'!$A$1+'it''s'!A1:B2&\"A1 \"\"B2\"\"\"",
    "IF(A1>=B1,TRUE,-A1%)",
    "SUM(A:C,$2:3)",
    "_xlfn.LET(_xlpm.x,1,_xlpm.x+rate)",
    "{1,2;3,4}*A1",
    "Table1[[#This Row],[A1]]+1",
    "[1]Sheet1!A1+SUM(First:Last!B2)",
    "#REF!+IFERROR(A1/0,#N/A)",
    "A1 ^ -B1 <> C1",
    "INDEX(A1:A9,2):B9",
    "Q1!A1+A1.b+a1b",
]


def operands(formula: str) -> list[str]:
    """What openpyxl takes for operands and functions; parts of a reference that are joined by `:` one by one."""
    found = []
    for token in Tokenizer(f"={formula}").items:
        if token.type == TheirToken.OPERAND or (token.type, token.subtype) == (TheirToken.FUNC, TheirToken.OPEN):
            found.append(token.value.removesuffix("("))
    return found


def ours(formula: str) -> list[str]:
    """The same from our tokens: a name before a bracket, `A1:` before a function, `Sheet1:` belong to one operand."""
    kinds = ("reference", "name", "number", "text", "error", "elsewhere", "function")
    return [text for kind, text in tokens(formula) if kind in kinds]


def same_operands(formula: str) -> bool:
    """Whether both see the same operands; where a range is computed (`INDEX(…):B9`) they may differ in the colon."""
    return "".join(ours(formula)).replace(":", "") == "".join(operands(formula)).replace(":", "")


@pytest.mark.parametrize("formula", SPELLED)
def test_operands_are_those_of_openpyxl(formula: str) -> None:
    """Every way of writing an operand."""
    assert same_operands(formula), (ours(formula), operands(formula))


@settings(PATIENT)
@given(TREES)
def test_operands_of_random_formulas_are_those_of_openpyxl(tree: Node) -> None:
    """Random formulas, written with all their parentheses."""
    formula = written(tree)

    assert ours(formula) == operands(formula)


def formulas_of(path: Path) -> Iterator[str]:
    """The formulas of a workbook, one of each form."""
    from xlcheck.workbook.reader import read_workbook

    seen = set()
    for sheet in read_workbook(path).sheets.values():
        for cell in sheet.cells.values():
            form = re.sub(r"\d+|[A-Z]+(?=\$?\d)", "", cell.formula or "")
            if cell.formula and form not in seen:
                seen.add(form)
                yield cell.formula


@pytest.mark.parametrize("path", part_of(WORKBOOKS, 3), ids=lambda path: path.stem)
def test_operands_of_real_formulas_are_those_of_openpyxl(path: Path) -> None:
    """Every form of formula in the workbooks of this repository."""
    found = list(formulas_of(path))

    assert found
    assert [f for f in found if ours(f) != operands(f)] == []


@given(st.text(alphabet="AB12$!:'\"(),+-*/ .eE<>&[]#xyz_", max_size=40))
def test_any_text_is_cut_into_tokens_without_loss(text: str) -> None:
    """Tokens put together are the text, whatever it is; and references stand between what stands between them."""
    between, refs = cut(text)

    assert "".join(token for _, token in tokens(text)) == text
    assert len(between) == len(refs) + 1
    assert [str(ref) for ref in refs] == [
        str(cut(token).refs[0]) for kind, token in tokens(text) if kind == "reference"
    ]


@pytest.mark.parametrize(
    ("text", "refs"),
    [
        ("LOG10(A1)+ATAN2(A2,$B2)", ["A1", "A2", "$B2"]),
        ("\"A1\"&a1&'B2'!c3", ["A1", "'B2'!C3"]),
        ("XFD1048576+XFE1+A1048577+A0+A01", ["XFD1048576"]),
        ("A1.x+x.A1+_A1+A1_+A1\\+\\A1+A1?", []),
        ("1E5+1.5E3+A1E2", []),
        ("T[[#This Row],[A1]]+[A1]+T[']A1]", []),
        ("#REF!A1+Sheet1!#REF!+#REF!$A$1:B2", []),
        ("A1#+@B2+-C3", ["A1", "B2", "C3"]),
        ("B:B+$B:C+3:3+3:$4", ["B:B", "$B:C", "3:3", "3:$4"]),
        ("Sheet1!B:B+'x y'!$3:4", ["Sheet1!B:B", "'x y'!$3:4"]),
        ("A1:B2:C3", ["A1:B2", "C3"]),
        ("'open A1", ["A1"]),
        ("Ä1+ß2+A１", []),
    ],
)
def test_references_are_seen_where_they_are(text: str, refs: list[str]) -> None:
    """Cells, ranges, columns and rows inside the grid; not parts of names, texts, functions or tables."""
    assert [str(ref) for ref in cut(text).refs] == refs


def test_a_reference_moves_as_when_its_cell_is_filled() -> None:
    """What has a dollar sign stays, whole columns stay whole, and beyond the sheet there is nothing."""
    moved = {text: cut(text).refs[0].moved(2, 1) for text in ("A1", "$A1:B$2", "A:$B", "$3:4", "XFD9", "S!A1")}

    assert {text: ref and str(ref) for text, ref in moved.items()} == {
        "A1": "B3",
        "$A1:B$2": "$A3:C$2",
        "A:$B": "B:$B",
        "$3:4": "$3:6",
        "XFD9": None,
        "S!A1": "S!B3",
    }


def test_names_lose_the_prefixes_of_files() -> None:
    """All of them, in either case, and nothing else."""
    assert [plain_name(n) for n in ("_xlfn._xlws.SORT", "_XLPM.x", "xlfn.x", "_x")] == ["SORT", "x", "xlfn.x", "_x"]


def test_a_sheet_is_named_without_its_quotes() -> None:
    """A doubled apostrophe is one."""
    assert isinstance(ref := cut("'it''s'!A1").refs[0], Ref)
    assert ref.sheet == "it's"
