"""Ways to let a workbook look otherwise: rows, columns, views, what lies above the cells or beside them."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

Parts = dict[str, bytes]
Attack = Callable[[Parts, Random], Parts]
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
OFFICE, MS = "application/vnd.openxmlformats-officedocument", "application/vnd.ms-excel"
FRACTION = re.compile(rb'<c r="([A-Z]+)(\d+)"( s="\d+")?()>(?=(?:<f>[^<]*</f>)?<v>-?\d\.\d{3})')
FULL = re.compile(rb'<c r="([A-Z]+)(\d+)"( s="\d+")?([^>]*)>(?=<[fv])')


def a_sheet(parts: Parts, random: Random, pattern: re.Pattern[bytes] = FULL) -> str:
    """One of the worksheets that readers see, with something on it."""
    names = [name for name in sorted(parts) if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", name)]
    last = max(names, key=lambda name: int(name[len("xl/worksheets/sheet") : -4]))
    return random.choice([name for name in names if name != last and pattern.search(parts[name])])


def in_sheet(change: Callable[[bytes, Random], bytes]) -> Attack:
    """One of the worksheets changed."""

    def attack(parts: Parts, random: Random) -> Parts:
        name = a_sheet(parts, random)
        return {**parts, name: change(parts[name], random)}

    return attack


def a_cell(content: bytes, random: Random, pattern: re.Pattern[bytes] = FULL) -> re.Match[bytes]:
    return random.choice(list(pattern.finditer(content)))


def with_row(attributes: bytes) -> Attack:
    """A row that holds something, with other attributes."""

    def change(content: bytes, random: Random) -> bytes:
        number = a_cell(content, random)[2]
        return re.sub(rb'(<row r="' + number + rb'")[^>]*>', rb"\1 " + attributes + b">", content, count=1)

    return in_sheet(change)


def with_column(attributes: bytes) -> Attack:
    """A column that holds something, with other attributes."""

    def change(content: bytes, random: Random) -> bytes:
        number = str(_number(a_cell(content, random)[1])).encode()
        own = b'<cols><col min="' + number + b'" max="' + number + b'" ' + attributes + b"/></cols>"
        return re.sub(rb"<cols>.*?</cols>", own, content) if b"<cols>" in content else content.replace(
            b"<sheetData>", own + b"<sheetData>"
        )  # fmt: skip

    return in_sheet(change)


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def narrow(parts: Parts, random: Random) -> Parts:
    """All columns of a worksheet with fractions as narrow as a letter, by themselves or by what is usual there."""
    name = a_sheet(parts, random, FRACTION)
    content = re.sub(rb"<cols>.*?</cols>", b"", parts[name])
    if random.random() < 0.5:
        return {**parts, name: content.replace(b"<sheetFormatPr ", b'<sheetFormatPr defaultColWidth="1.2" ')}
    own = b'<cols><col min="1" max="16384" width="1.2" customWidth="1"/></cols><sheetData>'
    return {**parts, name: content.replace(b"<sheetData>", own)}


def with_view(attributes: bytes) -> Attack:
    """A worksheet seen in another way."""
    return in_sheet(lambda content, _: content.replace(b"<sheetView ", b"<sheetView " + attributes + b" ", 1))


def before(tags: tuple[bytes, ...], what: bytes) -> Callable[[bytes], bytes]:
    """Put an element before the first of those that may only stand behind it."""

    def put(content: bytes) -> bytes:
        places = [at for tag in tags if (at := content.find(b"<" + tag)) >= 0]
        at = min(places, default=content.rindex(b"</worksheet>"))
        return content[:at] + what + content[at:]

    return put


_AFTER_MERGES = (
    b"phoneticPr", b"conditionalFormatting", b"dataValidations", b"hyperlinks", b"printOptions", b"pageMargins",
)  # fmt: skip
_AFTER_HEADERS = (
    b"rowBreaks",
    b"colBreaks",
    b"customProperties",
    b"drawing",
    b"legacyDrawing",
    b"picture",
    b"tablePart",
)


def merge(content: bytes, random: Random) -> bytes:
    """Cells merged from an empty or a full one over one that holds something."""
    cell = a_cell(content, random)
    column, row = cell[1].decode(), int(cell[2])
    area = f"A{row}:{column}{row}" if column != "A" else f"A{max(1, row - 1)}:A{row + (row == 1)}"
    one = f'<mergeCell ref="{area}"/>'.encode()
    if b"<mergeCells" in content:
        return re.sub(rb"<mergeCells[^>]*>.*?</mergeCells>", b"<mergeCells>" + one + b"</mergeCells>", content)
    return before(_AFTER_MERGES, b"<mergeCells>" + one + b"</mergeCells>")(content)


def frozen(content: bytes, random: Random) -> bytes:
    """Panes that begin far down: what stands between can never be scrolled to."""
    view = b'<sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A40" activePane="bottomLeft" state="frozen"/>'
    moved = random.choice(
        (view.replace(b'"1"', b'"60"'), view.replace(b"View workbook", b'View topLeftCell="A9" workbook'))
    )
    return re.sub(rb"<sheetViews>.*?</sheetViews>", b"<sheetViews>" + moved + b"</sheetView></sheetViews>", content)


def related(kind: str, part: str, content: bytes, element: str, tags: tuple[bytes, ...], content_type: str) -> Attack:
    """A part more that belongs to a worksheet, and the element that shows it."""

    def attack(parts: Parts, random: Random) -> Parts:
        name = a_sheet(parts, random)
        relations = f"xl/worksheets/_rels/{name.rpartition('/')[2]}.rels"
        old = parts.get(relations, b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
                        b"</Relationships>")  # fmt: skip
        own = f'<Relationship Id="rIdX" Type="{_R}/{kind}" Target="/{part}"/></Relationships>'.encode()
        types = parts["[Content_Types].xml"].replace(
            b"</Types>", f'<Override PartName="/{part}" ContentType="{content_type}"/></Types>'.encode()
        )
        sheet = before(tags, element.encode())(parts[name]) if element else parts[name]
        return {
            **parts, name: sheet, part: content, "[Content_Types].xml": types,
            relations: old.replace(b"</Relationships>", own),
        }  # fmt: skip

    return attack


def box(parts: Parts, random: Random) -> Parts:
    """A text box, a picture or a shape in a drawing that is there already."""
    names = [name for name in parts if re.fullmatch(r"xl/drawings/drawing\d+\.xml", name)]
    if not names:
        return vml(parts, random)
    name = random.choice(sorted(names))
    shape = (
        b"<xdr:absoluteAnchor><xdr:pos x='0' y='0'/><xdr:ext cx='900000' cy='300000'/><xdr:sp><xdr:nvSpPr><xdr:cNvPr "
        b"id='99' name='x'/><xdr:cNvSpPr/></xdr:nvSpPr><xdr:spPr/><xdr:txBody><a:bodyPr/><a:p><a:r><a:t>0.123</a:t>"
        b"</a:r></a:p></xdr:txBody></xdr:sp><xdr:clientData/></xdr:absoluteAnchor>"
    )
    return {**parts, name: parts[name].replace(b"</xdr:wsDr>", shape + b"</xdr:wsDr>")}


def vml(parts: Parts, random: Random) -> Parts:
    """A shape in the old language of drawings, above the cells."""
    names = [name for name in parts if name.endswith(".vml")]
    if not names:
        return parts
    name = random.choice(sorted(names))
    shape = (
        b'<v:shape id="x" type="#_x0000_t202" style="position:absolute;left:0;top:0;width:90pt;height:20pt">'
        b"<v:textbox><div>0.123</div></v:textbox></v:shape></xml>"
    )
    return {**parts, name: parts[name].replace(b"</xml>", shape)}


def with_front(parts: Parts, random: Random) -> Parts:
    """A worksheet more, in front of all others, that says something else."""
    workbook, relations = parts["xl/workbook.xml"], parts["xl/_rels/workbook.xml.rels"]
    own = b'<Relationship Id="rIdX" Type="' + _R.encode() + b'/worksheet" Target="worksheets/x.xml"/></Relationships>'
    first, last = b'<sheet name="Result" sheetId="77" r:id="rIdX"/>', random.random() < 0.3
    sheets = (b"</sheets>", first + b"</sheets>") if last else (b"<sheets>", b"<sheets>" + first)
    text = b'<row r="1"><c r="A1" t="inlineStr"><is><t>all 84 numbers agree with Keras</t></is></c></row>'
    return {
        **parts,
        "xl/workbook.xml": workbook.replace(*sheets, 1).replace(b"localSheetId", b"x-localSheetId"),
        "xl/_rels/workbook.xml.rels": relations.replace(b"</Relationships>", own),
        "xl/worksheets/x.xml": b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        + random.choice((text, text.replace(b'A1" t="inlineStr"><is><t>', b'A1"><v>').replace(b"</t></is>", b"</v>")
                         .replace(b"all 84 numbers agree with Keras", b"0.75"))) + b"</sheetData></worksheet>",
        "[Content_Types].xml": parts["[Content_Types].xml"].replace(
            b"</Types>", b'<Override PartName="/xl/worksheets/x.xml" ContentType="application/vnd.openxmlformats-'
            b'officedocument.spreadsheetml.worksheet+xml"/></Types>'),
    }  # fmt: skip


def hidden_sheet(parts: Parts, random: Random) -> Parts:
    """A worksheet that was there to be seen."""
    sheets = re.findall(rb"<sheet [^>]*?/>", parts["xl/workbook.xml"])
    one = random.choice([sheet for sheet in sheets if b"state=" not in sheet])
    state = random.choice((b"hidden", b"veryHidden"))
    hidden = one.replace(b"<sheet ", b'<sheet state="' + state + b'" ')
    return {**parts, "xl/workbook.xml": parts["xl/workbook.xml"].replace(one, hidden)}


def reordered(parts: Parts, random: Random) -> Parts:
    """The names of two worksheets exchanged."""
    names = re.findall(rb'<sheet name="([^"]+)"', parts["xl/workbook.xml"])[:-1]
    one, two = random.sample(names, 2)
    workbook = parts["xl/workbook.xml"].replace(b'name="' + one + b'"', b'name="\0"')
    workbook = workbook.replace(b'name="' + two + b'"', b'name="' + one + b'"').replace(b"\0", two)
    return {**parts, "xl/workbook.xml": workbook}


def chart_on_cells(parts: Parts, random: Random) -> Parts:
    """A chart that begins at the top of its worksheet."""
    name = random.choice([name for name in sorted(parts) if re.fullmatch(r"xl/drawings/drawing\d+\.xml", name)])
    moved = re.sub(rb"(<xdr:from>.*?<xdr:row>)\d+", rb"\g<1>0", parts[name], count=1)
    return {**parts, name: moved}


def conditional(xml: str) -> Attack:
    """A conditional format more, on a cell that holds something."""

    def attack(parts: Parts, random: Random) -> Parts:
        name = a_sheet(parts, random)
        cell = a_cell(parts[name], random)
        own = f'<conditionalFormatting sqref="{(cell[1] + cell[2]).decode()}">{xml}</conditionalFormatting>'.encode()
        return {
            **parts,
            name: before((b"dataValidations", b"hyperlinks", b"printOptions", b"pageMargins"), own)(parts[name]),
        }

    return attack


def workbook(old: bytes, new: bytes) -> Attack:
    """Other words in the workbook part."""
    return lambda parts, _: {**parts, "xl/workbook.xml": parts["xl/workbook.xml"].replace(old, new, 1)}


def far(content: bytes, random: Random) -> bytes:
    """A cell outside of what the worksheet says it uses."""
    row = random.choice((1048576, 5000, 400))
    number = random.choice((b"<v>0.5</v>", b"<f>1+1</f><v>2</v>", b"<f>NOW()</f><v>1</v>"))
    return content.replace(
        b"</sheetData>", f'<row r="{row}"><c r="C{row}">'.encode() + number + b"</c></row></sheetData>"
    )
