"""What has no chart's place among the cells."""

from __future__ import annotations

import pytest

from xlcheck.workbook.looks.pictures import _odd_frames
from xlcheck.workbook.xml_tree import tree_of

LONG = "a" * 39 + "bc"


@pytest.mark.parametrize(
    ("inside", "said"),
    [
        ('<graphicFrame macro=""><cNvPr id="2" name="Chart 1" hidden="0"/></graphicFrame>', []),
        ('<cNvPr id="2" hidden="1"/>', ["a chart is hidden"]),
        ('<graphicFrame hidden="1"/>', []),
        ('<graphicFrame macro="Sheet1.Run"/>', ["a chart runs 'Sheet1.Run' when it is clicked"]),
        (f"<{LONG}/>", [f"a drawing has something of the kind {LONG[:40]}"]),
        ('<graphicData uri="http://x.example/ole"/>', ["something of the kind ole lies on a worksheet"]),
        ('<cNvPr title=" Loss  falls "/>', ["something above the cells is described as 'Loss falls'"]),
        (
            "<twoCellAnchor><from><col>1</col><row>2</row></from><to><col>1</col><row>2</row></to></twoCellAnchor>",
            ["something above the cells has no size"],
        ),
        ("<twoCellAnchor><from><col>1</col></from><to><col>2</col></to></twoCellAnchor>", []),
    ],
)
def test_what_is_odd_about_a_frame_is_told(inside: str, said: list[str]) -> None:
    """A frame that nobody sees, that runs something or holds something else than a chart; long names are cut."""
    root = tree_of(f"<wsDr>{inside}</wsDr>".encode())

    assert root is not None
    assert list(_odd_frames(root)) == said
