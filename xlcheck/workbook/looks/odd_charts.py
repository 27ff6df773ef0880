"""What disfigures a chart of a generated workbook: marks that neither xlcheck nor a save in another program puts there.

A chart can be drawn in more ways than anybody lists. So what is listed is what xlcheck, LibreOffice, Excel and openpyxl
write of these charts, and which values of it leave them as they were; whatever else is found was put there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element

from xlcheck.formulas.addresses import Range, cell_name, quote_sheet, range_or_none
from xlcheck.workbook.content import Value, WorkbookContent
from xlcheck.workbook.looks.readable import LEAST_CONTRAST, is_pale, is_usual_font

_OFF, _ON = {"0", "false"}, {"1", "true"}
_USUAL_TURNS = {"0", "-5400000", "-60000000"}
"""In sixty-thousandths of a degree: level, upwards as the title of an axis, and as the program sees fit."""
# Elements whose values decide what is seen, and those values that change nothing.
_VALUES: Mapping[str, set[str]] = {
    "grouping": {"standard"}, "smooth": _OFF, "delete": _OFF, "tickLblPos": {"low", "nextTo"}, "overlay": _OFF,
    "dispBlanksAs": {"gap"}, "crosses": {"autoZero", "min"}, "showVal": _OFF, "showLegendKey": _OFF,
    "showCatName": _OFF, "showPercent": _OFF, "showBubbleSize": _OFF, "autoTitleDeleted": _OFF, "plotVisOnly": _ON,
}  # fmt: skip
_KNOWN = {
    *_VALUES, "AlternateContent", "auto", "avLst", "axId", "axPos", "bevel", "bodyPr", "cat", "catAx", "chart",
    "chartSpace", "Choice", "crossAx", "crossBetween", "cs", "dataDisplayOptions16", "date1904", "defRPr",
    "dispNaAsBlank", "dLbl", "dLblPos", "dLbls", "ea", "effectLst", "endParaRPr", "ext", "extLst", "f", "Fallback",
    "formatCode", "gostyle", "h", "headEnd", "headerFooter", "hiLowLines", "hMode", "idx", "lang", "latin", "layout",
    "layoutTarget", "lblAlgn", "lblOffset", "leaderLines", "legend", "legendPos", "lineChart", "ln", "logBase",
    "lstStyle", "lumMod", "lumOff", "lvl", "majorGridlines", "majorTickMark", "majorUnit", "manualLayout", "marker",
    "max", "min", "minorTickMark", "miter", "multiLvlStrCache", "multiLvlStrRef", "noAutofit", "noFill",
    "noMultiLvlLbl", "numCache", "numFmt", "numRef", "order", "orientation", "p", "pageMargins", "pageSetup",
    "plotArea", "pPr", "printSettings", "prstDash", "prstGeom", "pt", "ptCount", "r", "rich", "round",
    "roundedCorners", "rPr", "scaling", "scatterChart", "scatterStyle", "schemeClr", "separator", "ser",
    "showDLblsOverMax", "showLeaderLines", "showSerName", "size", "solidFill", "spPr", "srgbClr", "strCache",
    "strRef", "style", "sym", "symbol", "t", "tailEnd", "title", "tx", "txPr", "uFillTx", "uniqueId", "v", "val",
    "valAx", "varyColors", "w", "wMode", "x", "xMode", "xVal", "y", "yMode", "yVal",
}  # fmt: skip
_TOLD = {
    "areaChart", "trendline", "errBars", "upDownBars", "dTable", "dPt", "dispUnits", "builtInUnit", "custUnit",
    "crossesAt", "userShapes",
}  # fmt: skip
"""Of which `pictures` says more."""
_LETTERS = ("rPr", "defRPr", "endParaRPr")
_LEAST_OF_LINES = 1.3
"""Between a line and white; the palest that xlcheck draws has 2.3."""
_LEAST_SIZE = 400  # hundredths of a point


def odd_marks(root: Element) -> Iterator[str]:
    """What of a chart would make a reader see something else, a sentence each."""
    if root.tag != "chartSpace":
        return
    for element in root.iter():
        name = element.tag
        if name and name not in _KNOWN and name not in _TOLD and not name.endswith("Chart"):
            yield f"a chart has something of the kind {name[:40]}"
        elif name in _VALUES and element.get("val", "") not in _VALUES[name]:
            yield f"a chart has {name} {element.get('val', '')!r:.40}"
        elif name in _LETTERS and (why := _of_letters(element)):
            yield f"letters of a chart are {why}"
        elif name == "bodyPr" and element.get("rot", "0") not in _USUAL_TURNS:
            yield "letters of a chart are turned"
    for series in root.iterfind(".//ser"):
        if why := _of_line(series):
            yield f"a line of a chart is {why}"
    for ground in (root, *root.iterfind(".//plotArea"), *root.iterfind(".//legend")):
        fill = ground.find("spPr/solidFill")
        if fill is not None and not is_pale(_colour(fill), LEAST_CONTRAST):
            yield "the ground of a chart is dark"
    if len(root.findall(".//plotArea/valAx")) + len(root.findall(".//plotArea/catAx")) > 2:
        yield "a chart has more than two axes"
    if sum(item.tag.endswith("Chart") for item in root.iterfind(".//plotArea/*")) > 1:
        yield "two charts lie on each other"


def _of_letters(properties: Element) -> str:
    if properties.get("strike", "noStrike") != "noStrike":
        return "struck out"
    if properties.get("baseline", "0") not in {"0", ""}:
        return "raised or lowered"
    size = properties.get("sz", "")
    if size.isdigit() and int(size) < _LEAST_SIZE:
        return "too small to be read"
    fonts = (item.get("typeface", "") for item in properties.iterfind("latin"))
    if odd := next((font for font in fonts if not is_usual_font(font)), ""):
        return f"in the letters of {odd}"
    if properties.find("noFill") is not None:
        return "without a colour"
    fill = properties.find("solidFill")
    return "in the colour of the ground" if fill is not None and is_pale(_colour(fill), LEAST_CONTRAST) else ""


def _of_line(series: Element) -> str:
    """Why nobody sees a line, neither between its points nor at them."""
    line = _unseen(series.find("spPr/ln"))
    symbol = series.find("marker/symbol")
    marked = symbol is not None and symbol.get("val") != "none"
    mark = _unseen(series.find("marker/spPr")) if marked else "not drawn"
    return line and mark and (line if mark == "not drawn" else mark)


def _unseen(shape: Element | None) -> str:
    if shape is None:
        return ""
    if shape.find("noFill") is not None:
        return "not drawn"
    fill = shape.find("solidFill")
    return "in the colour of the ground" if fill is not None and is_pale(_colour(fill), _LEAST_OF_LINES) else ""


def _colour(fill: Element) -> str:
    """Six digits; of a colour of the theme, white for those of grounds and what is made much lighter."""
    for colour in fill:
        if colour.tag == "srgbClr" and len(colour) == 0:
            return colour.get("val", "")
        lighter = next((int(item.get("val", "0")) for item in colour.iterfind("lumOff")), 0)
        if colour.tag == "schemeClr" and colour.get("val", "")[:2] in {"tx", "dk", "ac"} and lighter <= _LIGHTEST:
            return "000000"
    return "FFFFFF"


_LIGHTEST = 75_000
"""Of a hundred thousand, by which a program's own letters are lighter than black."""


_CLOSE = 1e-9
"""Relative; programs cut numbers off after 15 digits."""


def remembered_otherwise(root: Element, content: WorkbookContent) -> Iterator[str]:
    """The first cell of each range of which a chart remembers something else than the cell stores, a sentence each."""
    for source in root.iter():
        if source.tag not in {"numRef", "strRef", "multiLvlStrRef"}:
            continue
        area = _area(source)
        if area is None or area.sheet not in content.sheets:
            continue
        cells = content.sheets[area.sheet].cells
        places = list(area.cells()) if area.size <= _MOST else []
        stored = [cell.value if (cell := cells.get(place)) is not None else None for place in places]
        for point in source.iter("pt"):
            text, number = "".join(item.text or "" for item in point.findall("v")), point.get("idx", "")
            if source.tag == "multiLvlStrRef":  # by levels, which programs make of rows or of columns
                differs = stored and not any(_same(text, value, exact=False) for value in stored)
                if differs:
                    yield f"a chart remembers {text!r:.40} of {area}, where no cell holds it"
                    break
            elif number.isdigit() and int(number) < len(places):
                place = int(number)
                if not _same(text, stored[place], exact=source.tag == "numRef"):
                    held = f"{quote_sheet(area.sheet)}!{cell_name(*places[place])}"
                    yield f"a chart remembers {text!r:.40} of {held}, which holds something else"
                    break


_MOST = 100_000


def _area(source: Element) -> Range | None:
    return range_or_none(next((item.text or "" for item in source.iterfind("f")), ""))


def _same(text: str, value: Value, *, exact: bool) -> bool:
    """Whether a text says what a cell holds; a number among texts may be rounded there."""
    if value is None or isinstance(value, str):
        return value is None or " ".join(text.split()) == " ".join(value.split())
    if not isinstance(value, int | float):
        return True  # a truth or an error, which programs write in their own words
    try:
        number = float(text)
    except ValueError:
        return not exact  # a date, a percentage
    allowed = _CLOSE * max(1.0, abs(value))
    return abs(number - value) <= (allowed if exact else max(allowed, 0.51 * 10.0 ** -len(text.partition(".")[2])))
