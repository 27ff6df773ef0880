"""Ways to let cells be seen otherwise by what stands far from them: colours, windows, pages, formats of texts."""

from __future__ import annotations

import re
from random import Random

from beside_mutations import PAGES, in_part, with_element
from look_mutations import aligned, restyled, with_font, with_ground
from sight_mutations import Attack, Parts, in_sheet, with_view

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STYLES, _WORKBOOK, _SHEET = r"xl/styles\.xml", r"xl/workbook\.xml", r"xl/worksheets/sheet[2-4]\.xml"
_ARIAL = '<sz val="10"/>{}<name val="Arial"/>'
_MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_TEXT = re.compile(rb'<c r="([A-Z]+)(\d+)"( s="\d+")?( t="s")>(?=<v>)')
_EMPTY = re.compile(rb'<c r="([A-Z]+\d+)"( s="\d+")?/>')


def coloured(xml: str) -> Attack:
    """A cell that holds something in letters of a colour."""
    return with_font(_ARIAL.format(xml))


def with_text_format(code: str) -> Attack:
    """A cell that holds a text, in a number format that shows another one."""

    def attack(parts: Parts, random: Random) -> Parts:
        own = f'<numFmt numFmtId="200" formatCode="{code}"/></numFmts>'.encode()
        parts = {**parts, "xl/styles.xml": parts["xl/styles.xml"].replace(b"</numFmts>", own)}
        changed = restyled("<font/>", part="font", of=_TEXT)(parts, random)
        last = b'<xf numFmtId="0" fontId='
        head, _, tail = changed["xl/styles.xml"].rpartition(last)
        return {**changed, "xl/styles.xml": head + last.replace(b'"0"', b'"200"') + tail}

    return attack


def filled(cell: str) -> Attack:
    """An empty cell that holds something."""

    def attack(parts: Parts, random: Random) -> Parts:
        names = [name for name in sorted(parts) if re.fullmatch(_SHEET, name) and _EMPTY.search(parts[name])]
        name = random.choice(names)
        one = random.choice(list(_EMPTY.finditer(parts[name])))
        new = cell.replace("<c", f'<c r="{one[1].decode()}"', 1).encode()
        return {**parts, name: parts[name][: one.start()] + new + parts[name][one.end() :]}

    return attack


def theme_elsewhere(parts: Parts, random: Random) -> Parts:
    """Letters in a colour of the theme, which stands in another part than the one that is called a theme."""
    parts = coloured('<color theme="1"/>')(parts, random)
    white = re.sub(rb"<a:dk1>.*?</a:dk1>", b'<a:dk1><a:srgbClr val="FFFFFF"/></a:dk1>', parts["xl/theme/theme1.xml"])
    relations = parts["xl/_rels/workbook.xml.rels"].replace(b"theme/theme1.xml", b"looks/other.xml")
    types = parts["[Content_Types].xml"].replace(b"/xl/theme/theme1.xml", b"/xl/looks/other.xml")
    return {
        **parts, "xl/looks/other.xml": white, "xl/_rels/workbook.xml.rels": relations, "[Content_Types].xml": types,
    }  # fmt: skip


def theme_of_the_system(parts: Parts, random: Random) -> Parts:
    """Letters in the colour of windows, which a program takes from the system and not from the file."""
    parts = coloured('<color theme="1"/>')(parts, random)
    own = b'<a:dk1><a:sysClr val="window" lastClr="000000"/></a:dk1>'
    return {**parts, "xl/theme/theme1.xml": re.sub(rb"<a:dk1>.*?</a:dk1>", own, parts["xl/theme/theme1.xml"])}


def lighter_theme(parts: Parts, random: Random) -> Parts:
    """Letters in a colour of the theme that is made lighter there."""
    parts = coloured('<color theme="1"/>')(parts, random)
    own = b'<a:dk1><a:srgbClr val="000000"><a:lumMod val="0"/><a:lumOff val="100000"/></a:srgbClr></a:dk1>'
    return {**parts, "xl/theme/theme1.xml": re.sub(rb"<a:dk1>.*?</a:dk1>", own, parts["xl/theme/theme1.xml"])}


def link_elsewhere(parts: Parts, random: Random) -> Parts:
    """A worksheet's links in a branch of which each program takes its own."""
    return in_part(
        r"xl/worksheets/sheet\d+\.xml", "(<hyperlinks>.*?</hyperlinks>)",
        rf'<mc:AlternateContent xmlns:mc="{_MC}"><mc:Choice Requires="x14">\1</mc:Choice></mc:AlternateContent>'
        '<hyperlinks><hyperlink ref="A1" location="Weights!A1"/></hyperlinks>')(parts, random)  # fmt: skip


def of_workbook(kind: str, part: str, content: bytes, element: str = "") -> Attack:
    """A part more that belongs to the workbook, and the element that names it."""

    def attack(parts: Parts, random: Random) -> Parts:
        own = f'<Relationship Id="rIdX" Type="{_OFFICE}/{kind}" Target="{part}"/></Relationships>'.encode()
        return {
            **parts, f"xl/{part}": content,
            "xl/_rels/workbook.xml.rels": parts["xl/_rels/workbook.xml.rels"].replace(b"</Relationships>", own),
            "xl/workbook.xml": parts["xl/workbook.xml"].replace(b"<definedNames>", f"{element}<definedNames>".encode()),
        }  # fmt: skip

    return attack


def window(attributes: str) -> Attack:
    """The workbook's window with other attributes."""
    return in_part(_WORKBOOK, "<workbookView [^>]*/>", f"<workbookView {attributes}/>")


_EXTERNAL = b'<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
SEEN: dict[str, Attack] = {
    "yellow letters by number": coloured('<color indexed="13"/>'),
    "pale letters by number": coloured('<color indexed="26"/>'),
    "black letters made lighter": coloured('<color rgb="FF000000" tint="0.98"/>'),
    "letters of an accent made lighter": coloured('<color theme="4" tint="0.97"/>'),
    "black on a ground of a number": with_ground(
        '<patternFill patternType="solid"><fgColor indexed="8"/></patternFill>'),
    "a ground that is black by a number of its own": with_ground(
        '<patternFill patternType="solid"><fgColor indexed="58"/></patternFill>'),
    "a theme in another part": theme_elsewhere,
    "letters in the colour of windows": theme_of_the_system,
    "a theme that is made lighter": lighter_theme,
    "letters that are boxes": with_font('<sz val="10"/><name val="Adobe Blank"/>'),
    "letters that are pictures": with_font('<sz val="10"/><name val="Segoe MDL2 Assets"/>'),
    "letters as high as a page": restyled(
        f'<font>{_ARIAL.format("").replace("10", "400")}</font>', part="font", of=_TEXT),
    "shrunk until it fits": aligned('shrinkToFit="1"'),
    "a text that says something else": with_text_format(";;;&quot;All is well&quot;"),
    "a text that is not shown": with_text_format(";;;"),
    "a text in front of which something stands": with_text_format("General;General;General;&quot;not &quot;@"),
    "a truth in an empty cell": filled('<c t="b"><v>1</v></c>'),
    "an error in an empty cell": filled('<c t="e"><v>#N/A</v></c>'),
    "a formula in an empty cell": filled('<c t="str"><f>"all agree"</f><v>all agree</v></c>'),
    "a conditional look that strikes out": in_part(_STYLES, "<dxf><font>", "<dxf><font><strike/>"),
    "a conditional look with a border across": in_part(
        _STYLES, "(<dxf>.*?)</dxf>", '\\1<border diagonalUp="1"><diagonal style="thick"/></border></dxf>'),
    "conditional formats that rest": in_part(
        _SHEET, "<sheetPr>", '<sheetPr enableFormatConditionsCalculation="0">'),
    "columns without a width by default": in_sheet(
        lambda content, _: re.sub(rb"<cols>.*?</cols>", b"", content).replace(
            b"<sheetFormatPr ", b'<sheetFormatPr defaultColWidth="0" ')),
    "columns of no letter by default": in_sheet(
        lambda content, _: re.sub(rb"<cols>.*?</cols>", b"", content).replace(
            b"<sheetFormatPr ", b'<sheetFormatPr baseColWidth="0" ')),
    "links in a branch": link_elsewhere,
    "a window of no size": window('windowWidth="1" windowHeight="1"'),
    "a window beside the screen": window('xWindow="-99999" yWindow="15" windowWidth="16095" windowHeight="9660"'),
    "no room for names of worksheets": window('tabRatio="0" windowWidth="16095" windowHeight="9660"'),
    "a window that cannot be scrolled": window('showVerticalScroll="0" showHorizontalScroll="0"'),
    "a locked workbook": in_part(_WORKBOOK, "<bookViews>", '<workbookProtection lockStructure="1"/><bookViews>'),
    "a workbook that is repaired": in_part(_WORKBOOK, "</workbook>", '<fileRecoveryPr repairLoad="1"/></workbook>'),
    "a part of it in other documents": in_part(_WORKBOOK, "(<calcPr [^>]*>)", r'\1<oleSize ref="A1:B2"/>'),
    "only to be read": in_part(_WORKBOOK, "<workbookPr ", '<fileSharing readOnlyRecommended="1"/><workbookPr '),
    "numbers of another file beside it": of_workbook(
        "externalLink", "externalLinks/x.xml", _EXTERNAL + b"<externalBook/></externalLink>",
        f'<externalReferences><externalReference xmlns:q="{_OFFICE}" q:id="rIdX"/></externalReferences>'),
    "numbers of a running program": of_workbook(
        "externalLink", "externalLinks/x.xml", _EXTERNAL + b'<ddeLink ddeService="cmd" ddeTopic="x"/></externalLink>',
        f'<externalReferences><externalReference xmlns:q="{_OFFICE}" q:id="rIdX"/></externalReferences>'),
    "numbers that come from elsewhere": of_workbook("volatileDependencies", "volatileDependencies.xml", b"<volTypes/>"),
    "data of one's own": of_workbook("customXml", "customXml/item1.xml", b"<DataMashup>eA==</DataMashup>"),
    "pages as small as a stamp": in_part(_SHEET, "<pageSetup ", '<pageSetup scale="10" '),
    "pages without errors": in_part(_SHEET, "<pageSetup ", '<pageSetup errors="blank" '),
    "pages without charts": in_part(_SHEET, "<pageSetup ", '<pageSetup draft="1" '),
    "pages that are all margin": in_part(_SHEET, '<pageMargins left="[^"]*"', '<pageMargins left="99"'),
    "seen as pages": with_view(b'view="pageLayout" zoomScalePageLayoutView="10"'),
    "seen between page breaks": with_view(b'view="pageBreakPreview" zoomScaleSheetLayoutView="10"'),
    "a second view of a worksheet": in_part(
        _SHEET, "</sheetViews>", '<sheetView workbookViewId="1" showFormulas="1"/></sheetViews>'),
    "several worksheets selected": lambda parts, _: {
        name: content.replace(b' tabSelected="1"', b"").replace(b"<sheetView ", b'<sheetView tabSelected="1" ', 1)
        for name, content in parts.items()
    },
    "a note in white": in_part(r"xl/comments\d+\.xml", '<color indexed="81"/>', '<color rgb="FFFFFFFF"/>'),
    "a note in tiny letters": in_part(r"xl/comments\d+\.xml", '<rPr><sz val="10"/>', '<rPr><sz val="1"/>'),
    "a note in signs": in_part(r"xl/comments\d+\.xml", '<rFont val="Arial"/>', '<rFont val="Webdings"/>'),
    "a note on black": in_part(r"xl/drawings/vmlDrawing\d+\.vml", 'fillcolor="#fffbe6"', 'fillcolor="black [0]"'),
    "an extension of the worksheet": with_element(
        '<extLst><ext uri="x"><y:dataModel xmlns:y="urn:y"/></ext></extLst>', (b"extLst",)),
    "what is typed is filtered": with_element('<autoFilter ref="A1:C9"/>', (b"mergeCells", *PAGES, b"pageMargins")),
}  # fmt: skip
