"""Ways to let a workbook say something else beside its cells: notes, links, pages, names, properties, charts."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

from sight_mutations import Attack, Parts, before, in_sheet, related

_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PAGES = (b"headerFooter", b"rowBreaks", b"colBreaks", b"drawing", b"legacyDrawing", b"tableParts", b"extLst")


def in_part(pattern: str, old: str, new: str) -> Attack:
    """One place of one part, of those in which it is found, changed."""

    def attack(parts: Parts, random: Random) -> Parts:
        names = [name for name in sorted(parts) if re.fullmatch(pattern, name) and re.search(old.encode(), parts[name])]
        if not names:
            return parts
        name = random.choice(names)
        place = random.choice(list(re.finditer(old.encode(), parts[name])))
        changed = place.expand(new.encode())
        return {**parts, name: parts[name][: place.start()] + changed + parts[name][place.end() :]}

    return attack


def with_element(xml: str, tags: tuple[bytes, ...] = PAGES) -> Attack:
    """An element more on a worksheet."""
    return in_sheet(lambda content, _: before(tags, xml.encode())(content))


def with_attribute(tag: str, attribute: str) -> Callable[[bytes, Random], bytes]:
    """The first element of a name with an attribute in front of all others."""
    return lambda content, _: content.replace(f"<{tag} ".encode(), f"<{tag} {attribute} ".encode(), 1)


def link_outwards(parts: Parts, random: Random) -> Parts:
    """A link to a page of the web, where one led to another worksheet."""
    changed = in_part(r"xl/worksheets/sheet\d+\.xml", r'<hyperlink ref="([A-Z0-9]+)" location="[^"]*"',
                      rf'<hyperlink xmlns:q="{_R}" ref="\1" q:id="rIdX"')(parts, random)  # fmt: skip
    name = next((name for name in parts if parts[name] != changed[name]), "")
    relations = f"xl/worksheets/_rels/{name.rpartition('/')[2]}.rels"
    own = f'<Relationship Id="rIdX" Type="{_R}/hyperlink" Target="https://example.org/" TargetMode="External"/>'
    old = parts.get(relations, b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
                    b"</Relationships>")  # fmt: skip
    return {**changed, relations: old.replace(b"</Relationships>", own.encode() + b"</Relationships>")}


def of_package(kind: str, part: str, content: bytes) -> Attack:
    """A part more that belongs to the file as a whole."""
    own = f'<Relationship Id="rIdX" Type="{_R}/{kind}" Target="{part}"/></Relationships>'.encode()
    return lambda parts, _: {
        **parts, part: content, "_rels/.rels": parts["_rels/.rels"].replace(b"</Relationships>", own),
        "[Content_Types].xml": parts["[Content_Types].xml"].replace(
            b"</Types>", f'<Override PartName="/{part}" ContentType="application/xml"/></Types>'.encode()),
    }  # fmt: skip


def exchanged_sheets(parts: Parts, random: Random) -> Parts:
    """Two worksheets in each other's place, with the names that belong to them."""
    workbook = parts["xl/workbook.xml"]
    one, two = random.sample(re.findall(rb"<sheet [^>]*?/>", workbook)[:-1], 2)
    numbers = [str(workbook[: workbook.index(sheet)].count(b"<sheet ")).encode() for sheet in (one, two)]
    changed = workbook.replace(one, b"\0").replace(two, one).replace(b"\0", two)
    for old, new in ((numbers[0], b"\0"), (numbers[1], numbers[0]), (b"\0", numbers[1])):
        changed = changed.replace(b'localSheetId="' + old + b'"', b'localSheetId="' + new + b'"')
    return {**parts, "xl/workbook.xml": changed}


def chart_sheet(parts: Parts, random: Random) -> Parts:
    """A sheet without cells, in front of or behind all others."""
    sheet = b'<sheet name="Result" sheetId="88" r:id="rIdY"/>'
    own = f'<Relationship Id="rIdY" Type="{_R}/chartsheet" Target="chartsheets/y.xml"/></Relationships>'.encode()
    main = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return {
        **parts, "xl/chartsheets/y.xml": b'<chartsheet xmlns="' + main + b'"><sheetViews/></chartsheet>',
        "xl/workbook.xml": parts["xl/workbook.xml"].replace(b"</sheets>", sheet + b"</sheets>", 1),
        "xl/_rels/workbook.xml.rels": parts["xl/_rels/workbook.xml.rels"].replace(b"</Relationships>", own),
    }  # fmt: skip


_SHEET, _CHART = r"xl/worksheets/sheet\d+\.xml", r"xl/charts/chart\d+\.xml"
_A = "http://schemas.openxmlformats.org/drawingml/2006"
BESIDE: dict[str, Attack] = {
    "a note of other words": in_part(r"xl/comments\d+\.xml", r"(<t[^>]*>)[^<]+</t>", r"\g<1>All is well.</t>"),
    "a note at another cell": in_part(r"xl/comments\d+\.xml", r'<comment ref="[A-Z0-9]+"', '<comment ref="B1"'),
    "a link to another cell": in_part(_SHEET, r'location="[^"]+"', 'location="Weights!C3"'),
    "a link out of the file": link_outwards,
    "a tip of other words": in_part(_SHEET, r'tooltip="[^"]+"', 'tooltip="All is well"'),
    "a header": in_part(_SHEET, r"<oddFooter>", "<oddHeader>&amp;CChecked by Keras</oddHeader><oddFooter>"),
    "a footer": in_part(_SHEET, r"<oddFooter>[^<]*", "<oddFooter>&amp;L&amp;F&amp;Rall agree"),
    "a part of a worksheet on paper": in_part(
        r"xl/workbook\.xml", "</definedNames>",
        '<definedName name="_xlnm.Print_Area" localSheetId="0">Start!$A$1:$B$3</definedName></definedNames>'),
    "other rows on each page": in_part(r"xl/workbook\.xml", r"\$1:\$\d+<", "$7:$9<"),
    "a name more": in_part(r"xl/workbook\.xml", "</definedNames>",
                           '<definedName name="TANH.">Start!$A$1</definedName></definedNames>'),
    "a name for one worksheet more": in_part(r"xl/workbook\.xml", "</definedNames>",
                           '<definedName name="own" localSheetId="1">Start!$A$1</definedName></definedNames>'),
    "a name that runs by itself": in_part(r"xl/workbook\.xml", "</definedNames>",
                           '<definedName name="_xlnm.Auto_Open">Start!$A$1</definedName></definedNames>'),
    "a name that is explained": in_part(r"xl/workbook\.xml", r'<definedName name="([a-z_.]+)"',
                                        r'<definedName name="\1" comment="as in Keras"'),
    "a prompt of other words": in_part(_SHEET, r' prompt="[^"]*"', ' prompt="All is well."'),
    "a refusal of other words": in_part(_SHEET, r' prompt="', ' errorTitle="No" error="Keras forbids it" prompt="'),
    "a rule for what may be typed": with_element(
        '<dataValidations><dataValidation type="whole" showInputMessage="1" prompt="Agrees" sqref="B2"><formula1>0'
        "</formula1></dataValidation></dataValidations>", (b"hyperlinks", b"printOptions", b"pageMargins")),
    "a title of the file": in_part(r"docProps/core\.xml", r"<dc:title>[^<]*", "<dc:title>Checked by Keras"),
    "a company": in_part(r"docProps/app\.xml", r"<Company></Company>", "<Company>Keras</Company>"),
    "a property of one's own": of_package(
        "custom-properties", "docProps/custom.xml",
        b'<Properties><property name="Checked by"><lpwstr>Keras</lpwstr></property></Properties>'),
    "an alternative text": in_part(r"xl/drawings/drawing\d+\.xml", r'descr="[^"]*"', 'descr="All is well"'),
    "another title of an axis": in_part(_CHART, r"(</c:title>.*<a:t>)[^<]+", r"\1milliseconds"),
    "an axis that runs backwards": in_part(_CHART, "minMax", "maxMin"),
    "an axis that begins elsewhere": in_part(_CHART, r"(<c:orientation val=\"minMax\"/>)", r'\1<c:min val="0.7"/>'),
    "an axis of powers": in_part(_CHART, "<c:scaling>", '<c:scaling><c:logBase val="2"/>'),
    "an axis of other digits": in_part(_CHART, r'<c:numFmt formatCode="General" sourceLinked="1"',
                                       '<c:numFmt formatCode="0.0,&quot;7&quot;" sourceLinked="0"'),
    "another kind of chart": in_part(_CHART, r"<c:(line|scatter)Chart>(.*)</c:\1Chart>",
                                     r"<c:areaChart>\2</c:areaChart>"),
    "a point that is called something": in_part(
        _CHART, "<c:marker>", "<c:dLbls><c:dLbl><c:tx><c:rich><a:p><a:r><a:t>0.9</a:t></a:r></a:p></c:rich></c:tx>"
        "</c:dLbl></c:dLbls><c:marker>"),
    "a line of a trend": in_part(_CHART, "</c:ser>", "<c:trendline/></c:ser>"),
    "words on a chart": lambda parts, _: {
        **parts, "xl/drawings/drawing99.xml": f'<c:userShapes xmlns:c="{_A}/chart" xmlns:a="{_A}/main"><a:t>0.9</a:t>'
        "</c:userShapes>".encode()},
    "worksheets in another order": exchanged_sheets,
    "a sheet of a chart": chart_sheet,
    "a hidden window": in_part(r"xl/workbook\.xml", "<workbookView ", '<workbookView visibility="hidden" '),
    "no names of worksheets": in_part(r"xl/workbook\.xml", "<workbookView ", '<workbookView showSheetTabs="0" '),
    "somebody's views": in_part(r"xl/workbook\.xml", "</workbook>", "<customWorkbookViews/></workbook>"),
    "seen from far away": in_sheet(with_attribute("sheetView", 'zoomScale="10"')),
    "no names of rows": in_sheet(with_attribute("sheetView", 'showRowColHeaders="0"')),
    "a protected worksheet": with_element('<sheetProtection sheet="1"/>', (b"mergeCells", b"phoneticPr",
                                          b"conditionalFormatting", b"dataValidations", b"hyperlinks", b"pageMargins")),
    "scenarios": with_element('<scenarios><scenario name="x"/></scenarios>', (b"mergeCells", b"pageMargins")),
    "somebody's view of a worksheet": with_element("<customSheetViews/>", (b"mergeCells", b"pageMargins")),
    "tiny charts in cells": with_element(
        '<extLst><ext><x:sparklineGroups xmlns:x="x"/></ext></extLst>', (b"extLst",)),
    "a picture above each page": with_element(
        f'<legacyDrawingHF xmlns:q="{_R}" q:id="rIdX"/>', (b"picture", b"extLst")),
    "a conversation": related("threadedComment", "xl/threadedComments/t.xml", b"<ThreadedComments/>", "", (),
                              "application/xml"),
    "buttons of one's own": of_package("extensibility", "customUI/customUI.xml", b"<customUI/>"),
}  # fmt: skip
