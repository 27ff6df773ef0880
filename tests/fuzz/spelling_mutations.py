"""Ways to write what hides or changes something so that patterns overlook it, and parts that say two things."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

from beside_mutations import in_part
from look_mutations import restyled, with_font
from sight_mutations import Attack, Parts, in_sheet, with_column, with_row

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STYLES, _WORKBOOK, _SHEET, _CHART = (
    r"xl/styles\.xml", r"xl/workbook\.xml", r"xl/worksheets/sheet[2-4]\.xml", r"xl/charts/chart\d+\.xml",
)  # fmt: skip


def _prefixed(prefix: str) -> Callable[[bytes, Random], bytes]:
    """A row hidden, and every element of the worksheet with a prefix."""

    def change(content: bytes, random: Random) -> bytes:
        rows = list(re.finditer(rb'<row r="\d+"(?=[^>]*><c [^>]*><[fv])', content))
        row = random.choice(rows)
        text = (content[: row.end()] + b' hidden="1"' + content[row.end() :]).decode()
        return re.sub(r"<(/?)([A-Za-z])", rf"<\1{prefix}:\2", text).replace("xmlns=", f"xmlns:{prefix}=", 1).encode()

    return change


def _two_workbooks(parts: Parts, random: Random) -> Parts:
    """Two relations that lead to a workbook."""
    own = f'<Relationship Id="rIdX" Type="{_OFFICE}/officeDocument" Target="xl/other.xml"/></Relationships>'
    relations = parts["_rels/.rels"].replace(b"</Relationships>", own.encode())
    return {**parts, "xl/other.xml": parts["xl/workbook.xml"], "_rels/.rels": relations}


SPELLED: dict[str, Attack] = {
    "a row hidden by a character's number": with_row(b'hidden="&#49;"'),
    "a row hidden with spaces around the sign": with_row(b'hidden = "1"'),
    "a row hidden behind a bracket in a value": with_row(b'x:y=">" xmlns:x="urn:x" hidden ="1"'),
    "a row hidden under a prefix": in_sheet(_prefixed("x")),
    "a row hidden under a prefix of other letters": in_sheet(_prefixed("my-x.é")),
    "all rows hidden by a character's number": in_sheet(
        lambda content, _: content.replace(b"<sheetFormatPr ", b'<sheetFormatPr zeroHeight="&#x31;" ')
    ),
    "a row of half a letter's height": with_row(b'ht="6" customHeight="1"'),
    "a row of a tenth, with an exponent": with_row(b'ht="1E-1" customHeight="1"'),
    "a row hidden by a one between spaces": with_row(b'hidden=" 1 "'),
    "a column as wide as plus a tenth": with_column(b'width="+0.1" customWidth="1"'),
    "rows as low as can be": in_sheet(
        lambda content, _: re.sub(rb'defaultRowHeight="[^"]*"', b'defaultRowHeight="1" customHeight="1"', content)
    ),
    "letters of a set of symbols": with_font('<sz val="10"/><name val="Arial"/><charset val="2"/>'),
    "a number format twice": in_part(
        _STYLES, '(<numFmt numFmtId="164")', r'<numFmt numFmtId="164" formatCode="&quot;0.5&quot;"/>\1'
    ),
    "number formats of every program, defined anew": in_part(
        _STYLES, '<numFmt numFmtId="164"(.*?)<cellXfs(.*?)numFmtId="164"',
        r'<numFmt numFmtId="9" formatCode="0.000000"/><numFmt numFmtId="164"\1<cellXfs\2numFmtId="9"',
    ),
    "styles of cells twice": in_part(
        _STYLES, "</cellXfs>", '</cellXfs><cellXfs><xf numFmtId="9" fontId="0" fillId="0" borderId="0"/></cellXfs>'
    ),
    "letters twice": in_part(_STYLES, "</fonts>", '</fonts><fonts><font><sz val="1"/></font></fonts>'),
    "a raised number": with_font('<vertAlign val="superscript"/><sz val="10"/><name val="Arial"/>'),
    "a number in outlines": with_font('<outline/><sz val="10"/><name val="Arial"/>'),
    "crossed out": restyled(
        '<border diagonalUp="1"><left/><right/><top/><bottom/><diagonal style="thick"/></border>', part="border"
    ),
    "two workbooks": _two_workbooks,
    "two worksheets of one number": in_part(_WORKBOOK, 'sheetId="2"', 'sheetId="1"'),
    "a worksheet that is called a chart": in_part(
        r"\[Content_Types\]\.xml", r'(sheet1\.xml" ContentType="[^"]*)worksheet\+xml', r"\1chartsheet+xml"
    ),
    "a part of two types": in_part(
        r"\[Content_Types\]\.xml", "</Types>",
        '<Override PartName="/XL/styles.xml" ContentType="application/xml"/></Types>',
    ),
    "columns called by numbers": in_part(_WORKBOOK, "<calcPr ", '<calcPr refMode="R1C1" '),
    "numbers that wait for F9": in_part(_WORKBOOK, "<calcPr ", '<calcPr calcMode="manual" '),
    "a name that is a command": in_part(_WORKBOOK, '(<definedName name="[a-z.]+")', r'\1 function="1" xlm="1"'),
    "a point of a chart that is not drawn": in_part(
        _CHART, "<c:marker>", '<c:dPt><c:idx val="0"/><c:spPr/></c:dPt><c:marker>'
    ),
    "thousands at an axis": in_part(
        _CHART, "</c:valAx>", '<c:dispUnits><c:builtInUnit val="thousands"/></c:dispUnits></c:valAx>'
    ),
    "axes that cross elsewhere": in_part(_CHART, '<c:crosses val="autoZero"/>', '<c:crossesAt val="0.7"/>'),
}  # fmt: skip
