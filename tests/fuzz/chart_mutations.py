"""Ways to let a chart, or something else above the cells, show other numbers or words than the cells below hold."""

from __future__ import annotations

import re
from random import Random

from beside_mutations import in_part
from sight_mutations import Attack, Parts

_CHART, _DRAWING = r"xl/charts/chart\d+\.xml", r"xl/drawings/drawing\d+\.xml"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN, _MS = "http://schemas.openxmlformats.org/drawingml/2006", "http://schemas.microsoft.com/office"
_NUMBERS = '<c:showVal val="1"/>'


def in_chart(old: str, new: str) -> Attack:
    """A place of a chart changed."""
    return in_part(_CHART, old, new)


def framed(data: str) -> Attack:
    """Something in a frame of its own beside the charts: a drawing of another kind, a chart of a later kind."""
    frame = (
        "<xdr:twoCellAnchor><xdr:from><xdr:col>30</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>90</xdr:row><xdr:rowOff>0"
        "</xdr:rowOff></xdr:from><xdr:to><xdr:col>33</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>95</xdr:row><xdr:rowOff>"
        '0</xdr:rowOff></xdr:to><xdr:graphicFrame macro=""><xdr:nvGraphicFramePr><xdr:cNvPr id="77" name="x"/>'
        f"<xdr:cNvGraphicFramePr/></xdr:nvGraphicFramePr><xdr:xfrm/><a:graphic>{data}</a:graphic></xdr:graphicFrame>"
        "<xdr:clientData/></xdr:twoCellAnchor></xdr:wsDr>"
    )
    return in_part(_DRAWING, "</xdr:wsDr>", frame)


def with_relation(pattern: str, kind: str, target: str, content: bytes, attack: Attack) -> Attack:
    """A part more that belongs to one chart or drawing, beside a change there."""

    def both(parts: Parts, random: Random) -> Parts:
        changed = attack(parts, random)
        name = next((name for name in parts if re.fullmatch(pattern, name) and parts[name] != changed[name]), "")
        if not name:
            return parts
        folder, _, own = name.rpartition("/")
        relations = f"{folder}/_rels/{own}.rels"
        old = changed.get(relations, b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
                          b'relationships"></Relationships>')  # fmt: skip
        one = f'<Relationship Id="rIdX" Type="{_OFFICE}/{kind}" Target="/{target}"/></Relationships>'.encode()
        return {**changed, target: content, relations: old.replace(b"</Relationships>", one)}

    return both


def in_series(old: bytes, new: bytes) -> Attack:
    """Each place in the first line of a chart changed, and in the marks on it."""

    def attack(parts: Parts, random: Random) -> Parts:
        name = random.choice([name for name in sorted(parts) if re.fullmatch(_CHART, name)])
        values = b"<c:cat>" if b"<c:cat>" in parts[name] else b"<c:xVal>"
        start, end = parts[name].index(b"<c:spPr>"), parts[name].index(values)
        own = re.sub(old, new, parts[name][start:end])
        return {**parts, name: parts[name][:start] + own + parts[name][end:]}

    return attack


def other_cache(parts: Parts, random: Random) -> Parts:
    """Numbers that a chart remembers, which are not those of its cells."""

    def remembered(cache: re.Match[bytes]) -> bytes:
        count = int(cache[2])
        points = "".join(f'<c:pt idx="{place}"><c:v>0.{place + 1}7</c:v></c:pt>' for place in range(count))
        return cache[1] + points.encode() + b"</c:numCache>"

    names = [name for name in sorted(parts) if re.fullmatch(_CHART, name)]
    name = random.choice(names)
    pattern = rb'(<c:numCache><c:formatCode>[^<]*</c:formatCode><c:ptCount val="(\d+)"/>).*?</c:numCache>'
    return {**parts, name: re.sub(pattern, remembered, parts[name])}


def other_words(parts: Parts, random: Random) -> Parts:
    """Words at an axis that a chart remembers, which are not those of its cells."""
    return in_chart(r"(<c:strCache>.*?<c:v>)[^<]*", r"\g<1>elsewhere")(parts, random)


DRAWN: dict[str, Attack] = {
    "a chart that remembers other numbers": other_cache,
    "a chart that remembers other words": other_words,
    "lines on top of each other": in_chart('<c:grouping val="standard"/>', '<c:grouping val="stacked"/>'),
    "lines as parts of a whole": in_chart('<c:grouping val="standard"/>', '<c:grouping val="percentStacked"/>'),
    "lines that are rounded": in_chart("</c:val></c:ser>", '</c:val><c:smooth val="1"/></c:ser>'),
    "a line that is not drawn": in_series(rb"<a:solidFill>.*?</a:solidFill>", b"<a:noFill/>"),
    "a line in white": in_series(rb'<a:srgbClr val="[^"]*"', b'<a:srgbClr val="FFFFFF"'),
    "an axis that is not shown": in_chart("(<c:valAx>.*?</c:scaling>)", r'\1<c:delete val="1"/>'),
    "an axis without numbers": in_chart('<c:tickLblPos val="nextTo"/>', '<c:tickLblPos val="none"/>'),
    "few words at an axis": in_chart('<c:lblOffset val="100"/>', '<c:lblOffset val="100"/><c:tickLblSkip val="7"/>'),
    "white numbers at an axis": in_chart(r"(<c:txPr>.*?<a:srgbClr val=)\"[^\"]*\"", r'\1"FFFFFF"'),
    "white words in a title": in_chart(r"(<a:rPr .*?<a:srgbClr val=)\"[^\"]*\"", r'\1"FFFFFF"'),
    "a title struck out": in_chart('<a:rPr lang="en-US" ', '<a:rPr lang="en-US" strike="sngStrike" '),
    "a title of signs": in_chart(r"(<a:rPr .*?<a:latin typeface=)\"Arial\"", r'\1"Wingdings"'),
    "numbers of other digits at points": in_chart(
        "<c:cat>", f'<c:dLbls><c:numFmt formatCode="&quot;0.9&quot;" sourceLinked="0"/>{_NUMBERS}</c:dLbls><c:cat>'),
    "words of other cells at points": in_chart(
        "</c:ser>", f'<c:extLst><c:ext uri="x" xmlns:c15="{_MS}/drawing/2012/chart"><c15:datalabelsRange><c15:f>'
        "Weights!$A$1:$A$3</c15:f></c15:datalabelsRange></c:ext></c:extLst></c:ser>"),
    "an axis for one line alone": in_chart(
        "</c:lineChart>", '</c:lineChart><c:lineChart><c:grouping val="standard"/><c:axId val="7"/></c:lineChart>'),
    "a place without a number that is a zero": in_chart(
        '<c:plotVisOnly val="1"/>', '<c:plotVisOnly val="1"/><c:dispBlanksAs val="zero"/>'),
    "a line without a name": in_chart(
        "<c:legend>", '<c:legend><c:legendEntry><c:idx val="0"/><c:delete val="1"/></c:legendEntry>'),
    "a picture in a chart": with_relation(
        _CHART, "image", "xl/media/x.png", b"\x89PNG",
        in_chart("</c:plotArea>", f'<c:spPr><a:blipFill xmlns:q="{_OFFICE}"><a:blip q:embed="rIdX"/></a:blipFill>'
                 "</c:spPr></c:plotArea>")),
    "a theme of a chart's own": with_relation(
        _CHART, "themeOverride", "xl/theme/themeOverride1.xml",
        f'<a:themeOverride xmlns:a="{_MAIN}/main"/>'.encode(),
        in_chart("<c:chart>", '<c:clrMapOvr bg1="dk1" tx1="lt1"/><c:chart>')),
    "numbers of another file": with_relation(
        _CHART, "package", "xl/embeddings/x.xlsx", b"PK",
        in_chart("</c:chartSpace>", f'<c:externalData xmlns:q="{_OFFICE}" q:id="rIdX"/></c:chartSpace>')),
    "a chart that leads out of the file": in_part(
        _DRAWING, r'(<xdr:cNvPr [^>]*)/>', rf'\1><a:hlinkClick xmlns:q="{_OFFICE}" q:id="rIdX"/></xdr:cNvPr>'),
    "a chart that runs a command": in_part(_DRAWING, 'graphicFrame macro=""', 'graphicFrame macro="[0]!run"'),
    "a chart that is hidden": in_part(_DRAWING, "<xdr:cNvPr ", '<xdr:cNvPr hidden="1" '),
    "a title of an alternative text": in_part(_DRAWING, "<xdr:cNvPr ", '<xdr:cNvPr title="All is well" '),
    "a chart without a size": in_part(
        _DRAWING, r"(<xdr:from>(<xdr:col>.*?)</xdr:from><xdr:to>).*?</xdr:to>", r"\1\2</xdr:to>"),
    "words in a diagram": framed(f'<a:graphicData uri="{_MAIN}/diagram"><d:relIds xmlns:d="{_MAIN}/diagram"/>'
                                 "</a:graphicData>"),
    "a chart of a later kind": framed(
        f'<a:graphicData uri="{_MS}/drawing/2014/chartex"><x:chart xmlns:x="{_MS}/drawing/2014/chartex"/>'
        "</a:graphicData>"),
    "a chart in two branches": in_part(
        _DRAWING, r"(<xdr:graphicFrame .*?</xdr:graphicFrame>)",
        '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:Choice '
        r'Requires="a14" xmlns:a14="urn:x"><xdr:pic/></mc:Choice><mc:Fallback>\1</mc:Fallback></mc:AlternateContent>'),
}  # fmt: skip
