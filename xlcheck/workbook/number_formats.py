"""Number formats under which a cell shows another number than it holds, and the cells of a worksheet that have them.

A format may round, hide a value, or put words beside it; none of that misleads. But it may also hold digits
of its own (`"0.5"` shows 0.5 whatever the cell holds), or show thousandths without a word (`0.0,`). Source
of the formats' grammar: ECMA-376, part 1, section 18.8.31.
"""

from __future__ import annotations

import math
import operator
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field
from functools import lru_cache

from xlcheck.formulas.addresses import cell_name, quote_sheet
from xlcheck.frozen import dataclass
from xlcheck.workbook.content import SheetContent
from xlcheck.workbook.packed_cells import with_styles
from xlcheck.workbook.sheet_part import SheetPart
from xlcheck.workbook.xml_tree import beside_cells, tree_of

_PIECE = re.compile(
    r"""
    "(?P<quoted>[^"]*)(?:"|$)           # shown as it is
    |\\(?P<escaped>.)                   # the same, one character
    |\*(?P<fill>.)                      # repeated until the cell is full
    |_.                                 # as wide as the character
    |\[\$(?P<currency>[^\]-]*)[^\]]*\]  # a currency, and a language
    |\[(?P<condition>[<>=]+[^\]]*)\]
    |\[[^\]]*\]                         # a colour, or hours beyond 24
    |(?P<denominator>/[ ]*[1-9][0-9]*)
    |(?P<end>;)
    |(?P<general>General)
    |(?P<other>.)
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
# Those that need no definition and are used here; see section 18.8.30.
_BUILT_IN = {
    "0": "General", "1": "0", "2": "0.00", "3": "#,##0", "4": "#,##0.00", "9": "0%", "10": "0.00%", "11": "0.00E+00",
    "12": "# ?/?", "13": "# ??/??", "48": "##0.0E+0", "49": "@",
}  # fmt: skip
_COLLECTIONS = {"numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "dxfs", "colors"}
_AS_IT_IS = "-+/():! $"  # letters that need no quotes
_PLACEHOLDERS = "0#?"
_OF_NUMBERS = 3
"""The parts of a format that are for numbers: positive ones, negative ones, zero; a fourth is for texts."""
_COLOUR = re.compile(r"\[(?:black|white|red|green|blue|yellow|magenta|cyan|colou?r ?[0-9]+)\]", re.IGNORECASE)
_DAYS_AND_TEXT = "@ymdhsgbe"
_SCALED = re.compile(r"[0#?],+(?![,0#?])")
# Right before or after the number's own digits, other digits look as if they belonged to it, in any script, raised or
# as a fraction; and so do digits behind a space, as of thousands, and an exponent, or a factor, of the format's own.
_DIGITS = r"[\d\u00b2\u00b3\u00b9\u00bc-\u00be\u2070-\u2079\u2080-\u2089\u2150-\u215e]"
_TOUCHING = re.compile(
    rf"[\d.,]\0|(?<!\w)\d+\s\0|\0{_DIGITS}|\0\s{_DIGITS}+(?!\w)|\0[eE][-+]?\d|\0\s*[/*\u00d7\u00b7^]\s*\d"
    r"|\d\s*[/*\u00d7\u00b7^]\s*\0"
)
_PARTS = "%\u2030\u2031"  # of a hundred, a thousand, ten thousand
_SIGNS = "-(\N{MINUS SIGN}\N{EN DASH}"
_DAYS = re.compile(r"[ymdhsgb@]")
_SCIENTIFIC = 4.5  # as the format General writes what does not fit otherwise: 1E+09
_DIGIT = re.compile(r"[0-9]")
# A sign of the format's own in front of the digits; in a date it would stand between digits.
_NEGATED = re.compile("(?<!\0)[-\N{MINUS SIGN}\N{EN DASH}]\0")
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?[0-9.]+(?:E[+-]?[0-9]+)?)", re.IGNORECASE)
_OPERATORS: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq, "<>": operator.ne,
}  # fmt: skip


@dataclass(frozen=True)
class _Section:
    """One of a format's parts, which are parted by semicolons.

    Attributes:
        text: what it shows, with a zero character for the number's digits.
        condition: for which numbers it is, if it says so.
        scales: it shows the number's thousandths or millionths, or calls it hundredths.
        coloured: it has a colour, as some formats have for negative numbers in the place of a sign.
        pattern: its placeholders, in between whatever else there is.
    """

    text: str
    condition: tuple[str, float] | None
    scales: bool
    pattern: str
    coloured: bool = False

    def misleads(self, value: float | None, *, positive: bool = False, negative: bool = False) -> bool:
        if "\0" in self.text:
            signed = any(sign in self.text.partition("\0")[0] for sign in _SIGNS)
            negated = positive and _NEGATED.search(self.text) is not None
            unsigned = negative and not (signed or self.coloured or _DAYS.search(self.pattern.casefold()))
            return self.scales or negated or unsigned or _TOUCHING.search(self.text) is not None
        if _DIGIT.search(self.text) is None:
            return False
        try:
            return value is None or float(self.text.replace(",", ".")) != value
        except ValueError:
            return True

    def is_for(self, value: float) -> bool:
        return self.condition is not None and _OPERATORS[self.condition[0]](value, self.condition[1])


def misleads(code: str, value: float | None) -> bool:
    """Whether a number format shows other digits than those of a number; of any number if it is None."""
    sections = _sections(code)[:_OF_NUMBERS]  # the fourth is for texts
    if value is None:
        zero = 0.0 if not any(section.condition for section in sections) else None
        values = (None, None, zero)  # without conditions the third is for 0 alone
        return any(
            s.misleads(v, positive=place == 0, negative=place == 1 and zero is not None)
            for place, (s, v) in enumerate(zip(sections, values, strict=False))
        )
    section = _applying(sections, value)
    negative = value < 0 and section is not sections[0] and not any(other.condition for other in sections)
    return section.misleads(value, positive=value > 0, negative=negative)


def digits_shown(code: str, value: float) -> float:
    """How many digits of a number a format shows at least, of a fraction in General one behind the point.

    A point counts for half a digit, the letter of an exponent for one; signs and words for nothing.
    """
    pattern = _applying(_sections(code)[:_OF_NUMBERS], value).pattern.casefold()
    if not math.isfinite(value) or _DAYS.search(pattern.replace("general", "")):
        return 0
    number = abs(value) * (100 if "%" in pattern else 1)
    if "general" in pattern:
        return min(len(str(int(number))) + 1.5 * (number != int(number)), _SCIENTIFIC)
    mantissa, _, exponent = pattern.partition("e")
    whole, _, decimals = mantissa.partition(".")
    written = len(str(int(number))) if number >= 1 and not exponent and set(whole) & set(_PLACEHOLDERS) else 0
    behind = decimals.count("0")
    return max(whole.count("0"), written) + behind + bool(behind) / 2 + exponent.count("0") + bool(exponent)


def text_shown(code: str) -> str | None:
    """What a format shows of a text: None for the text as it is, else with a zero character in the text's place."""
    sections = _sections(code)
    if len(sections) > _OF_NUMBERS or "@" in sections[-1].pattern:
        shown = sections[-1].text
        return None if shown == "\0" and _COLOUR.search(code) is None else shown
    return "\0" if _COLOUR.search(code) else None


def _applying(sections: Sequence[_Section], value: float) -> _Section:
    if any(section.condition for section in sections):
        rest = next((section for section in reversed(sections) if section.condition is None), sections[-1])
        return next((section for section in sections if section.is_for(value)), rest)
    if len(sections) == 1 or value > 0:
        return sections[0]
    return sections[1] if value < 0 else sections[2] if len(sections) > 2 else sections[0]


@lru_cache(256)
def _sections(code: str) -> tuple[_Section, ...]:
    return tuple(_each_section(code))


def _each_section(code: str) -> Iterator[_Section]:
    shown: list[str] = []
    pattern: list[str] = []
    condition: tuple[str, float] | None = None
    coloured = False
    for piece in [*_PIECE.finditer(code), None]:
        if piece is None or piece.lastgroup == "end":
            text = re.sub("\0[\0., ]*\0|\0+", "\0", "".join(shown))
            placeholders = "".join(pattern)
            in_words = any(text.count(part) > placeholders.count(part) for part in _PARTS)
            scales = in_words or _SCALED.search(placeholders) is not None
            yield _Section(text, condition, scales, placeholders, coloured)
            shown, pattern, condition, coloured = [], [], None, False
            continue
        kind, text = piece.lastgroup, piece[piece.lastgroup] if piece.lastgroup else ""
        pattern.append(text if kind in {"other", "general"} else "\0")
        coloured = coloured or _COLOUR.fullmatch(piece[0]) is not None
        if kind == "condition":
            found = _CONDITION.fullmatch(text)
            condition = (found[1], float(found[2])) if found else condition
        elif kind in {"general", "denominator"}:
            shown.append("\0")
        elif kind == "fill":
            shown.append(text * 2)
        elif kind == "other" and text.casefold() in _PLACEHOLDERS + _DAYS_AND_TEXT:
            shown.append("\0")
        elif kind is not None:
            shown.append(text)


@dataclass(frozen=True)
class OddFormats:
    """The formats of a workbook that mislead for some numbers.

    Attributes:
        styles: cell style → format.
        conditional: differential style → format.
        twice: what the styles part says twice, in words, so that programs take the one or the other.
        words: cell style → format, of those that show words of their own in the place of a text.
    """

    styles: Mapping[int, str] = field(default_factory=dict)
    conditional: Mapping[int, str] = field(default_factory=dict)
    twice: str = ""
    words: Mapping[int, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.styles or self.conditional or self.words)


@dataclass(frozen=True)
class Formats:
    """The number formats of a styles part.

    Attributes:
        styles: the format's number of each cell style.
        codes: number → format, of those that the file defines.
        conditional: differential style → format.
        twice: what the part says twice, in words.
    """

    styles: tuple[str, ...] = ()
    codes: Mapping[str, str] = field(default_factory=dict)
    conditional: Mapping[int, str] = field(default_factory=dict)
    twice: str = ""

    def changing_texts(self) -> Iterator[int]:
        """The cell styles in which a text is not seen as it is."""
        changing = {number for number, code in self.codes.items() if text_shown(code) is not None}
        return (style for style, number in enumerate(self.styles) if number in changing)

    def code(self, style: int) -> str:
        """The format of a cell style; of one that every program knows, how it is written, or else its number."""
        number = self.styles[style] if style < len(self.styles) else "0"
        known, own = _BUILT_IN.get(number), self.codes.get(number)
        if known and own and known != own:  # programs may keep to what they know
            return f"{known} or {own}"
        return own or known or f"number {number}"


def formats_of(styles: bytes) -> Formats:
    """The formats of a styles part; none where it is not well formed."""
    if (root := tree_of(styles)) is None:
        return Formats()
    counted = Counter(item.tag for item in root)
    twice = [f"the element {tag}" for tag, count in counted.items() if count > 1 and tag in _COLLECTIONS]
    codes: dict[str, str] = {}
    for item in root.iterfind(".//numFmts/numFmt"):
        number, code = item.get("numFmtId", ""), item.get("formatCode", "")
        twice += [f"the number format {number}"] if codes.get(number, code) != code else []
        codes[number] = code
    return Formats(
        tuple(item.get("numFmtId", "0") for item in root.iterfind(".//cellXfs/xf")),
        codes,
        {
            place: item.get("formatCode", "")
            for place, style in enumerate(root.iterfind(".//dxfs/dxf"))
            for item in style.iter("numFmt")
        },
        next(iter(twice), ""),
    )


def odd_formats(styles: bytes) -> OddFormats:
    """The formats of a styles part that mislead for some numbers; none where it is not well formed."""
    found = formats_of(styles)
    odd = {number for number, code in found.codes.items() if misleads(code, None)}
    return OddFormats(
        {style: found.codes[number] for style, number in enumerate(found.styles) if number in odd},
        {style: code for style, code in found.conditional.items() if misleads(code, None)},
        found.twice,
        {
            style: code
            for style, number in enumerate(found.styles)
            if (code := found.codes.get(number)) and (text_shown(code) or "\0").count("\0") == 0
        },
    )


def canonical(code: str) -> str:
    """A format in one spelling: programs write words in quotes, or with a backslash before each letter."""
    shown = []
    for piece in _PIECE.finditer(code):
        if piece.lastgroup in {"quoted", "escaped"}:
            text = piece[piece.lastgroup]
            shown.append("".join(letter if letter in _AS_IT_IS else f"\\{letter}" for letter in text))
        else:
            shown.append(piece[0])
    return "".join(shown)


_SOMEWHERE = "conditional formats"


def odd_looks(sheet: SheetContent, part: SheetPart, odd: OddFormats, *, on_load: bool = False) -> Iterator[str]:
    """The cells with such a format, and the ranges of conditional formats that may put one on, as `Sheet1!B2`.

    Args:
        sheet: the worksheet.
        part: its part.
        odd: the formats.
        on_load: formulas are computed anew when the file is opened, so that nobody knows yet what they give.
    """
    places = dict.fromkeys((*_cells(sheet, odd, on_load), *_conditional(part, odd)))
    return (f"{quote_sheet(sheet.name)}!{place}" for place in places)


def _cells(sheet: SheetContent, odd: OddFormats, on_load: bool) -> Iterator[str]:
    for place, cell in with_styles(sheet, {*odd.styles, *odd.words}):
        value, code = cell.value, odd.styles.get(cell.style)
        in_words = isinstance(value, str) and cell.style in odd.words
        number = value if isinstance(value, float) else None
        unknown = cell.formula is not None and (value is None or on_load)
        may_be_number = number is not None or (unknown and value is None)
        if in_words or (code and may_be_number and misleads(code, None if unknown else number)):
            yield cell_name(*place)


def _conditional(part: SheetPart, odd: OddFormats) -> Iterator[str]:
    root = beside_cells(part)
    for element in () if root is None else root.iter():
        if element.tag == "conditionalFormatting":
            numbers = [rule.get("dxfId", "") for rule in element.iterfind("cfRule")]
            if any(number.isascii() and number.isdigit() and int(number) in odd.conditional for number in numbers):
                yield element.get("sqref", _SOMEWHERE)
        elif element.tag == "numFmt" and misleads(element.get("formatCode", ""), None):
            yield _SOMEWHERE
