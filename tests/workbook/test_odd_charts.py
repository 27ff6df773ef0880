"""What disfigures a chart, and what it remembers of its cells, told apart from what programs write."""

from __future__ import annotations

from pathlib import Path
from xml.etree.ElementTree import Element

import pytest

from xlcheck.workbook.content import Cell, SheetContent, WorkbookContent
from xlcheck.workbook.looks.odd_charts import odd_marks, remembered_otherwise
from xlcheck.workbook.xml_tree import tree_of

C = 'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"'
A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'


def chart(inside: str) -> Element:
    root = tree_of(
        f"<c:chartSpace {C} {A}><c:chart><c:plotArea>{inside}</c:plotArea></c:chart></c:chartSpace>".encode()
    )
    assert root is not None
    return root


def series(source: str, *points: str) -> Element:
    pts = "".join(f'<c:pt idx="{place}"><c:v>{text}</c:v></c:pt>' for place, text in enumerate(points))
    kind = "num" if source == "val" else "str"
    return chart(
        f"<c:lineChart><c:ser><c:{source}><c:{kind}Ref><c:f>S!$A$1:$C$1</c:f><c:{kind}Cache>{pts}</c:{kind}Cache>"
        f"</c:{kind}Ref></c:{source}></c:ser></c:lineChart>"
    )


def content(*values: float | str | None) -> WorkbookContent:
    cells = {(0, column): Cell(value) for column, value in enumerate(values)}
    return WorkbookContent(Path("x.xlsx"), {"S": SheetContent("S", "visible", cells)}, {})


def test_a_chart_that_remembers_its_cells_is_right() -> None:
    """Digits that a program cut off, a number among words that it rounded, and a cell without a value say nothing."""
    stored = content(1 / 3, 0.25, None)

    assert list(remembered_otherwise(series("val", "0.333333333333333", "0.25", "7"), stored)) == []
    assert list(remembered_otherwise(series("cat", "0.33", "0.3", "x"), stored)) == []
    assert list(remembered_otherwise(series("cat", " a\nb ", "c"), content("a b", "c"))) == []


@pytest.mark.parametrize(
    ("source", "points", "cell"),
    [
        ("val", ("0.3333", "0.25"), "S!A1"),
        ("val", ("0.333333333333333", "x"), "S!B1"),
        ("cat", ("0.4", "0.25"), "S!A1"),
    ],
)
def test_a_chart_that_remembers_something_else_is_told(source: str, points: tuple[str, ...], cell: str) -> None:
    """The cell is named of which the chart holds another number, or none."""
    (said,) = remembered_otherwise(series(source, *points), content(1 / 3, 0.25))

    assert cell in said


@pytest.mark.parametrize(
    ("inside", "said"),
    [
        ('<c:lineChart><c:grouping val="standard"/></c:lineChart>', None),
        ('<c:lineChart><c:grouping val="stacked"/></c:lineChart>', "grouping 'stacked'"),
        ("<c:lineChart><c:smooth/></c:lineChart>", "smooth ''"),
        ("<c:valAx/><c:catAx/><c:valAx/>", "more than two axes"),
        ("<c:spPr><a:solidFill><a:srgbClr val='202020'/></a:solidFill></c:spPr>", "dark"),
        ("<c:spPr><a:solidFill><a:schemeClr val='bg1'/></a:solidFill></c:spPr>", None),
        ("<c:txPr><a:bodyPr rot='10800000'/></c:txPr>", "turned"),
        ("<c:txPr><a:p><a:pPr><a:defRPr sz='200'/></a:pPr></a:p></c:txPr>", "too small"),
        ("<c:txPr><a:p><a:pPr><a:defRPr baseline='30000'/></a:pPr></a:p></c:txPr>", "raised"),
        ("<c:txPr><a:p><a:pPr><a:defRPr><a:noFill/></a:defRPr></a:pPr></a:p></c:txPr>", "without a colour"),
        (
            "<c:txPr><a:p><a:pPr><a:defRPr><a:solidFill><a:schemeClr val='tx1'><a:lumOff val='95000'/></a:schemeClr>"
            "</a:solidFill></a:defRPr></a:pPr></a:p></c:txPr>",
            "in the colour of the ground",
        ),
        ("<c:lineChart><c:view3D/></c:lineChart>", "kind view3D"),
    ],
)
def test_what_neither_xlcheck_nor_a_save_writes_is_told(inside: str, said: str | None) -> None:
    """What is usual is silent; whatever else changes the picture is one sentence."""
    found = list(odd_marks(chart(inside)))

    assert (len(found) == 1 and said in found[0]) if said else found == []
