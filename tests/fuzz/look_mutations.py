"""Ways to let cells and pieces of texts look otherwise: fonts, grounds, alignments, themes, formats."""

from __future__ import annotations

import re
from random import Random

from sight_mutations import FRACTION, FULL, Attack, Parts, a_cell, a_sheet


def restyled(new: str, *, part: str = "", of: re.Pattern[bytes] = FULL) -> Attack:
    """One cell that holds something in another style: of another font, fill or border, or with another `xf`."""

    def attack(parts: Parts, random: Random) -> Parts:
        styles = parts["xl/styles.xml"]
        ids = dict.fromkeys(("font", "fill", "border"), 0)
        if part:
            end = f"</{part}s>".encode()
            ids[part] = len(re.findall(rf"<{part}[ />]".encode(), styles.partition(end)[0]))
            styles = styles.replace(end, new.encode() + end, 1)
        own = " ".join(f'{name}Id="{number}"' for name, number in ids.items())
        xf = f'<xf numFmtId="0" {own} xfId="0"' + ("/>" if part else f" {new}</xf>")
        cells = re.search(rb"<cellXfs[^>]*>(.*?)</cellXfs>", styles, re.DOTALL)
        assert cells is not None
        place = len(re.findall(rb"<xf ", cells[1]))
        styles = styles.replace(b"</cellXfs>", xf.encode() + b"</cellXfs>", 1)
        name = a_sheet(parts, random, of)
        content = parts[name]
        cell = a_cell(content, random, of)
        changed = b'<c r="' + cell[1] + cell[2] + b'" s="' + str(place).encode() + b'"' + cell[4] + b">"
        content = content[: cell.start()] + changed + content[cell.end() :]
        return {**parts, "xl/styles.xml": styles, name: content}

    return attack


def with_font(xml: str) -> Attack:
    """A cell that holds something, in another font."""
    return restyled(f"<font>{xml}</font>", part="font")


def huge(parts: Parts, random: Random) -> Parts:
    """A fraction in letters as high as the screen."""
    return restyled('<font><sz val="400"/><name val="Arial"/></font>', part="font", of=FRACTION)(parts, random)


def with_ground(xml: str) -> Attack:
    """A cell that holds something, on another ground."""
    return restyled(f"<fill>{xml}</fill>", part="fill")


def aligned(xml: str) -> Attack:
    """A cell that holds something, aligned in another way."""
    return restyled(f'applyAlignment="1"><alignment {xml}/>')


def with_theme(parts: Parts, random: Random) -> Parts:
    """A cell in the letters of the theme, which are white there."""
    parts = with_font('<sz val="10"/><color theme="1"/><name val="Arial"/>')(parts, random)
    theme = re.sub(rb"<a:dk1>.*?</a:dk1>", b'<a:dk1><a:srgbClr val="FFFFFF"/></a:dk1>', parts["xl/theme/theme1.xml"])
    return {**parts, "xl/theme/theme1.xml": theme}


def with_palette(parts: Parts, random: Random) -> Parts:
    """A cell in a colour of the file's own palette, which is white."""
    parts = with_font('<sz val="10"/><color indexed="40"/><name val="Arial"/>')(parts, random)
    palette = (
        b"<colors><indexedColors>" + b'<rgbColor rgb="00FFFFFF"/>' * 64 + b"</indexedColors></colors></styleSheet>"
    )
    return {**parts, "xl/styles.xml": parts["xl/styles.xml"].replace(b"</styleSheet>", palette)}


def with_theme_font(parts: Parts, random: Random) -> Parts:
    """A cell in the letters of the theme, which are signs there."""
    parts = with_font('<sz val="10"/><name val="Arial"/><scheme val="minor"/>')(parts, random)
    theme = re.sub(rb'(<a:minorFont><a:latin typeface=")[^"]*', rb"\1Wingdings", parts["xl/theme/theme1.xml"])
    return {**parts, "xl/theme/theme1.xml": theme}


def with_format(code: str) -> Attack:
    """A number format that shows other digits, on all cells that had one of the workbook's formats."""

    def attack(parts: Parts, random: Random) -> Parts:
        found = re.findall(rb'<numFmt numFmtId="\d+" formatCode="[^"]*"/>', parts["xl/styles.xml"])
        one = random.choice(found)
        other = re.sub(rb'formatCode="[^"]*"', b'formatCode="' + code.encode() + b'"', one)
        return {**parts, "xl/styles.xml": parts["xl/styles.xml"].replace(one, other)}

    return attack


def rich(parts: Parts, random: Random) -> Parts:
    """A text in pieces, one of them hidden, one more, or the whole another text."""
    texts = list(re.finditer(rb"<si><t[^>]*>([^<{]+)</t></si>", parts["xl/sharedStrings.xml"]))
    one = random.choice([text for text in texts if len(text[1]) > 3 and not text[1].startswith(b"[[")])
    new = random.choice((b"0.123", one[1] + b" (checked)", one[1][:-1]))
    content = parts["xl/sharedStrings.xml"]
    pieces = b"<si><r><rPr><b/></rPr><t>" + new[:1] + b"</t></r><r><t>" + new[1:] + b"</t></r></si>"
    return {**parts, "xl/sharedStrings.xml": content[: one.start()] + pieces + content[one.end() :]}


def piece(properties: str) -> Attack:
    """The end of a text in letters of another look."""

    def attack(parts: Parts, random: Random) -> Parts:
        content = parts["xl/sharedStrings.xml"]
        texts = [
            text for text in re.finditer(rb"<si><t[^>]*>([A-Z][^<{]{8,})</t></si>", content) if b"[[" not in text[1]
        ]
        one = random.choice(texts)
        look = f"<rPr>{properties}</rPr>".encode()
        pieces = (b'<r><t xml:space="preserve">' + one[1][:5] + b"</t></r><r>" + look + b'<t xml:space="preserve">'
                  + one[1][5:] + b"</t></r>")  # fmt: skip
        new = content[: one.start()] + b"<si>" + pieces + b"</si>" + content[one.end() :]
        return {**parts, "xl/sharedStrings.xml": new}

    return attack


def letters_above(parts: Parts, random: Random) -> Parts:
    """Small letters above a text, as for the sound of a word."""
    content = parts["xl/sharedStrings.xml"]
    one = random.choice(list(re.finditer(rb"<si><t[^>]*>[^<{]+</t>(?=</si>)", content)))
    sound = b'<rPh sb="0" eb="1"><t>wrong</t></rPh>'
    return {**parts, "xl/sharedStrings.xml": content[: one.end()] + sound + content[one.end() :]}
