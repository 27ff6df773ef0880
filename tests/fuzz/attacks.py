"""Ways to make a reader see something else than a generated workbook says, without a wrong formula:
`python tests/fuzz/attacks.py --count 1000`.

Each changes what is seen: looks, places, views, what lies above the cells, what belongs to the file beside them. The
check must say so, with a note at least, and give no pass where a number or a verdict may be read as another one. The
command prints for each way how often which answer came; it ends with 1 if one attack went by in silence.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import traceback
from collections import Counter
from pathlib import Path
from random import Random

from beside_mutations import BESIDE, with_element
from chart_mutations import DRAWN
from look_mutations import (
    aligned,
    huge,
    letters_above,
    piece,
    rich,
    with_font,
    with_format,
    with_ground,
    with_palette,
    with_theme,
    with_theme_font,
)
from mutations import unzipped, zipped
from sight_mutations import (
    MS,
    OFFICE,
    Attack,
    box,
    chart_on_cells,
    conditional,
    far,
    frozen,
    hidden_sheet,
    in_sheet,
    merge,
    narrow,
    related,
    reordered,
    vml,
    with_column,
    with_front,
    with_row,
    with_view,
    workbook,
)
from sources import lesson
from spelling_mutations import SPELLED
from window_mutations import SEEN

from xlcheck import api
from xlcheck.errors import XlcheckError

NOTE, NO_PASS = "note", "no pass"
ATTACKS: dict[str, tuple[str, Attack]] = {
    "a hidden row": (NOTE, with_row(b'hidden="1"')),
    "a row without a height": (NOTE, with_row(b'ht="0" customHeight="1"')),
    "a row of a hair's height": (NOTE, with_row(b'ht="0.5" customHeight="1"')),
    "all rows hidden by default": (
        NOTE, in_sheet(lambda content, _: content.replace(b"<sheetFormatPr ", b'<sheetFormatPr zeroHeight="1" ')),
    ),
    "a hidden column": (NOTE, with_column(b'hidden="1" width="9"')),
    "a column without a width": (NOTE, with_column(b'width="0" customWidth="1"')),
    "a column of a hair's width": (NOTE, with_column(b'width="0.2" customWidth="1"')),
    "a column too narrow for its numbers": (NOTE, narrow),
    "letters too large for their column": (NOTE, huge),
    "a hidden worksheet": (NOTE, hidden_sheet),
    "names of worksheets exchanged": (NOTE, reordered),
    "a worksheet in front": (NOTE, with_front),
    "merged over a cell": (NOTE, in_sheet(merge)),
    "panes frozen over rows": (NOTE, in_sheet(frozen)),
    "no zeros": (NOTE, with_view(b'showZeros="0"')),
    "formulas instead of values": (NOTE, with_view(b'showFormulas="1"')),
    "from right to left": (NOTE, with_view(b'rightToLeft="1"')),
    "white letters": (NOTE, with_font('<sz val="10"/><color rgb="FFFFFFFF"/><name val="Arial"/>')),
    "white letters of the theme": (NOTE, with_font('<sz val="10"/><color theme="0"/><name val="Arial"/>')),
    "white letters by number": (NOTE, with_font('<sz val="10"/><color indexed="9"/><name val="Arial"/>')),
    "nearly white letters": (NOTE, with_font('<sz val="10"/><color rgb="FFFDFDFD"/><name val="Arial"/>')),
    "tiny letters": (NOTE, with_font('<sz val="1"/><name val="Arial"/>')),
    "letters that are signs": (NOTE, with_font('<sz val="10"/><name val="Wingdings"/><charset val="2"/>')),
    "struck out": (NOTE, with_font('<strike/><sz val="10"/><name val="Arial"/>')),
    "a number that is repeated": (NOTE, aligned('horizontal="fill"')),
    "pushed out of its cell": (NOTE, aligned('horizontal="left" indent="200"')),
    "turned": (NOTE, aligned('textRotation="90"')),
    "from right to left in its cell": (NOTE, aligned('horizontal="right" readingOrder="2"')),
    "a theme in which letters are white": (NOTE, with_theme),
    "a text box": (NOTE, box),
    "a shape in old drawings": (NOTE, vml),
    "a picture behind the cells": (
        NOTE, related("image", "xl/media/x.png", b"\x89PNG", '<picture r:id="rIdX"/>', (b"oleObjects", b"tableParts"),
                       "image/png"),
    ),
    "a control": (NOTE, related("ctrlProp", "xl/ctrlProps/c.xml", b"<formControlPr/>", "", (), f"{MS}.control+xml")),
    "an embedded object": (NOTE, related("oleObject", "xl/embeddings/o.bin", b"x", "", (), f"{OFFICE}.oleObject")),
    "a pivot table": (
        NOTE, related("pivotTable", "xl/pivotTables/p.xml", b"<pivotTableDefinition/>", "", (),
                       f"{OFFICE}.spreadsheetml.pivotTable+xml"),
    ),
    "a query": (
        NOTE, related("queryTable", "xl/queryTables/q.xml", b'<queryTable refreshOnLoad="1"/>', "", (),
                       f"{OFFICE}.spreadsheetml.queryTable+xml"),
    ),
    "words in pieces": (NOTE, rich),
    "bars without numbers": (
        NOTE, conditional('<cfRule type="dataBar" priority="1"><dataBar showValue="0"><cfvo type="min"/><cfvo '
                           'type="max"/><color rgb="FF00FF00"/></dataBar></cfRule>'),
    ),
    "icons instead of numbers": (
        NOTE, conditional('<cfRule type="iconSet" priority="1"><iconSet showValue="0"><cfvo type="percent" val="0"/>'
                           '<cfvo type="percent" val="33"/><cfvo type="percent" val="67"/></iconSet></cfRule>'),
    ),
    "macros": (NOTE, lambda parts, _: {**parts, "xl/vbaProject.bin": b"\xd0\xcf\x11\xe0"}),
    "objects that are not shown": (NOTE, workbook(b"<workbookPr ", b'<workbookPr showObjects="none" ')),
    "an empty format": (NO_PASS, with_format(";;;")),
    "a format of other digits": (NO_PASS, with_format("&quot;0.1234&quot;")),
    "a format of thousands": (NO_PASS, with_format("0.0000,")),
    "a format of a percentage": (NO_PASS, with_format("0.00%")),
    "rules of Lotus": (
        NO_PASS, in_sheet(lambda content, _: content.replace(b"<sheetPr>", b'<sheetPr transitionEvaluation="1">')),
    ),
    "a cell far away": (NOTE, in_sheet(far)),
    "black on a black pattern": (NOTE, with_ground('<patternFill patternType="darkGray"><bgColor rgb="FF101010"/>'
                                                    "</patternFill>")),
    "black on black from edge to edge": (NOTE, with_ground(
        '<gradientFill><stop position="0"><color rgb="FF000000"/></stop><stop position="1"><color rgb="FF101010"/>'
        "</stop></gradientFill>")),
    "white letters of a palette": (NOTE, with_palette),
    "letters of the theme that are signs": (NOTE, with_theme_font),
    "a piece of a text in white": (NOTE, piece('<sz val="10"/><color rgb="FFFFFFFF"/>')),
    "a piece of a text in tiny letters": (NOTE, piece('<sz val="1"/>')),
    "a piece of a text struck out": (NOTE, piece('<strike/><sz val="10"/>')),
    "a piece of a text in signs": (NOTE, piece('<rFont val="Webdings"/>')),
    "a raised piece of a text": (NOTE, piece('<vertAlign val="superscript"/>')),
    "letters above a text": (NOTE, letters_above),
    "a chart on cells": (NOTE, chart_on_cells),
    "an extended conditional format of other digits": (NO_PASS, with_element(
        '<extLst><ext xmlns:x="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"><x:conditionalFormattings>'
        '<x:conditionalFormatting xmlns:m="http://schemas.microsoft.com/office/excel/2006/main">'
        '<x:cfRule type="expression" priority="1"><m:f>TRUE</m:f>'
        '<x:dxf><numFmt numFmtId="200" formatCode="&quot;1.0&quot;"/></x:dxf></x:cfRule>'
        "<m:sqref>A1:Z99</m:sqref></x:conditionalFormatting></x:conditionalFormattings></ext></extLst>", (b"extLst",))),
    **{name: (NOTE, attack) for name, attack in {**BESIDE, **SPELLED, **DRAWN, **SEEN}.items()},
}  # fmt: skip


def answer(name: str, source: Path, path: Path, random: Random) -> str:
    """What a check says of an attacked workbook: `no pass`, `note`, `one sentence`, `silence`, or a traceback."""
    parts = unzipped(source.read_bytes())
    changed = ATTACKS[name][1](parts, random)
    if changed == parts:
        return "nothing to change"
    path.write_bytes(zipped(changed))
    try:
        report = api.check(path, perturb=0)
    except XlcheckError:
        return "one sentence"
    except Exception:
        return traceback.format_exc()
    return "no pass" if report.exit_code else "note" if report.alterations or report.notes else "silence"


def is_enough(name: str, said: str) -> bool:
    """Whether that is the least that must be said."""
    return said in {"no pass", "one sentence", "nothing to change"} or (said == NOTE == ATTACKS[name][0])


def main() -> int:
    """Attack and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=len(ATTACKS) * 4)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    found: dict[str, Counter[str]] = {name: Counter() for name in ATTACKS}
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        for number in range(options.count):
            random = Random(f"{options.seed}/{number}")
            name = [*ATTACKS][number % len(ATTACKS)]
            source = lesson(random, Path(folder))
            said = answer(name, source, Path(folder, "attacked.xlsx"), random)
            found[name][said] += 1
            if not is_enough(name, said):
                bad += 1
                print(f"{number:>6}  {name} in {source.name}: {said}", flush=True)
    for name, own in found.items():
        print(f"{name + ':':<38}{', '.join(f'{count} {said}' for said, count in own.most_common())}")
    print(f"{options.count} attacks: {bad} of which the check said too little")
    return int(bool(bad))


if __name__ == "__main__":
    sys.exit(main())
