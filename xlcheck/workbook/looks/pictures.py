"""What charts, shapes and pictures of a workbook show: where their numbers come from, their words, their axes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from xml.etree.ElementTree import Element

from xlcheck.workbook.container import Container
from xlcheck.workbook.content import WorkbookContent
from xlcheck.workbook.looks.odd_charts import odd_marks, remembered_otherwise
from xlcheck.workbook.number_formats import canonical
from xlcheck.workbook.parts import relations_of
from xlcheck.workbook.xml_tree import is_on, place, tree_of

GENERAL = "General"
# What a chart remembers of the cells it draws; a program that opens the file looks them up anew.
_CACHES = {"numCache", "strCache", "multiLvlStrCache"}
_ON_TOP = {"sp": "a shape", "cxnSp": "a line", "pic": "a picture", "grpSp": "a group of shapes", "contentPart": "ink"}
_USUAL_CHARTS = {"lineChart", "scatterChart"}
_EXTRAS = {
    "trendline": "a trend line", "errBars": "error bars", "upDownBars": "bars between lines",
    "dTable": "a table", "dPt": "a point with a look of its own", "dispUnits": "numbers in units of its own",
    "crossesAt": "an axis that crosses the other one elsewhere",
}  # fmt: skip
# What stands around a chart among the cells, as xlcheck, LibreOffice, openpyxl and Excel write it.
_OF_DRAWINGS = {
    "wsDr", "twoCellAnchor", "oneCellAnchor", "absoluteAnchor", "from", "to", "pos", "col", "colOff", "row", "rowOff",
    "graphicFrame", "nvGraphicFramePr", "cNvPr", "cNvGraphicFramePr", "xfrm", "off", "ext", "graphic", "graphicData",
    "chart", "clientData", "extLst", "creationId", "graphicFrameLocks", "decorative",
}  # fmt: skip
_RELATED = {"chart", "chartStyle", "chartColorStyle", "chartUserShapes"}
_AXES = ("catAx", "valAx", "dateAx", "serAx")


def drawn(name: str, x: str, y: str) -> str:
    """That a chart has a line."""
    return f"a chart draws {place(y)} over {place(x)} as {place(name)}"


def called(title: str, what: str = "a chart") -> str:
    """That a chart, or an axis of one, has a title."""
    return f"{what} is called {place(title)}"


def described(text: str) -> str:
    """That something above the cells has an alternative text."""
    return f"something above the cells is described as {' '.join(text.split())!r}"


def limited(end: str, number: str) -> str:
    """That an axis begins or ends at a number, or counts in powers of one."""
    return f"the axis of a chart has the {end} {float(number):g}"


def axis_format(code: str) -> str:
    """How the numbers at an axis are written."""
    return f"an axis of a chart writes its numbers as {canonical(code)}"


def of_drawings(container: Container, worksheets: set[str], content: WorkbookContent | None = None) -> Iterator[str]:
    """What all charts show, and what lies on top of worksheets, in whatever part it stands.

    Args:
        container: the file.
        worksheets: the parts that are worksheets.
        content: what their cells hold, if it is to be compared with what charts remember of them, and all that
            disfigures a chart is to be told.
    """
    for name in container.names:
        part = b"" if name in worksheets else container.read(name)
        if not any(word in part for word in (b"chartSpace", b"wsDr", b"userShapes")):
            continue
        root = tree_of(part)
        if root is None:
            yield f"the part {name} cannot be read"
            continue
        remembered: list[str] = []
        if content is not None and root.tag == "chartSpace":
            remembered = list(remembered_otherwise(root, content))
        _forget_numbers(root)
        for read in (_of_chart, _of_axes, _on_top):
            yield from _readable(read, root, name)
        if content is not None:
            yield from odd_marks(root)
            yield from _odd_frames(root)
            yield from _of_related(container, name)
            yield from remembered


def _forget_numbers(root: Element) -> None:
    """Take away what a chart remembers of its cells."""
    for kind in _CACHES:
        for cache in list(root.iter(kind)):
            cache.clear()


def _readable(read: Callable[[Element], Iterator[str]], root: Element, name: str) -> Iterator[str]:
    try:
        yield from list(read(root))
    except ValueError:
        yield f"the part {name} holds no numbers where there should be some"


def _of_chart(root: Element) -> Iterator[str]:
    for series in root.iterfind(".//ser"):
        yield drawn(*(_source(series, *names) for names in (("tx",), ("xVal", "cat"), ("yVal", "val"))))
    for title in root.iterfind(".//chart/title"):
        yield called(_source_of(title))
    for label in root.iterfind(".//dLbl/tx"):
        yield called(_source_of(label), "a point of a chart")
    for kind in root.iterfind(".//plotArea/*"):
        if kind.tag.endswith("Chart") and kind.tag not in _USUAL_CHARTS:
            yield f"a chart is a {kind.tag}"
    for name, what in _EXTRAS.items():
        if root.find(f".//{name}") is not None:
            yield f"a chart has {what}"


def _of_axes(root: Element) -> Iterator[str]:
    """Titles, directions, ends and number formats."""
    for axis in root.iterfind(".//plotArea/*"):
        if axis.tag not in _AXES:
            continue
        for title in axis.iterfind("title"):
            yield called(_source_of(title), "an axis of a chart")
        for item in axis.iterfind("scaling/*"):
            value = item.get("val", "")
            if item.tag != "orientation":
                yield limited(item.tag, value)
            elif value != "minMax":
                yield "an axis of a chart runs backwards"
        for item in axis.iterfind("numFmt"):
            if canonical(item.get("formatCode", "")) != GENERAL and not is_on(item.get("sourceLinked")):
                yield axis_format(item.get("formatCode", ""))


def _on_top(root: Element) -> Iterator[str]:
    """Shapes and pictures above worksheets and charts, and what is said of anything there."""
    if root.tag == "userShapes":
        yield "shapes lie on a chart" + (f" and say {words!r}" if (words := _words(root)) else "")
    if root.tag != "wsDr":
        return
    for kind, what in _ON_TOP.items():
        for element in root.iterfind(f".//{kind}"):
            words = _words(element)
            yield f"{what} lies on a worksheet" + (f" and says {words!r}" if words else "")
    for element in root.iterfind(".//cNvPr"):
        if text := element.get("descr", "").strip():
            yield described(text)


def _odd_frames(root: Element) -> Iterator[str]:
    """What no chart's place among the cells has: links, commands, frames of another kind or without a size."""
    if root.tag != "wsDr":
        return
    for element in root.iter():
        name = element.tag
        if name and name not in {*_OF_DRAWINGS, *_ON_TOP}:
            yield f"a drawing has something of the kind {name[:40]}"
        elif name == "graphicData" and not element.get("uri", "").endswith("/chart"):
            yield f"something of the kind {element.get('uri', '').rpartition('/')[2][:40]} lies on a worksheet"
        elif name == "graphicFrame" and element.get("macro"):
            yield f"a chart runs {element.get('macro', '')!r:.60} when it is clicked"
        elif name == "cNvPr" and is_on(element.get("hidden")):
            yield "a chart is hidden"
        elif name == "cNvPr" and (title := element.get("title", "").strip()):
            yield described(title)
        elif name == "twoCellAnchor":
            ends = [[item.text for item in element.iterfind(f"{end}/*")] for end in ("from", "to")]
            if ends[0] == ends[1]:
                yield "something above the cells has no size"


def _of_related(container: Container, part: str) -> Iterator[str]:
    for relation in relations_of(container, part).values():
        kind = relation.kind.rpartition("/")[2]
        if kind not in _RELATED:
            yield f"something of the kind {kind[:40]} belongs to a chart or a drawing"


def _source(series: Element, *names: str) -> str:
    found = (series.find(f"{name}") for name in names)
    return next((_source_of(item) for item in found if item is not None), "nothing")


def _source_of(element: Element) -> str:
    """Where a part of a chart has its numbers or words from; they themselves, if it holds them."""
    source = next((item.text or "" for item in element.iterfind(".//f")), "")
    literal = _words(element) or " ".join(item.text or "" for item in element.iterfind(".//v"))
    return source or literal


def _words(element: Element) -> str:
    return "".join(item.text or "" for item in element.iterfind(".//t"))
