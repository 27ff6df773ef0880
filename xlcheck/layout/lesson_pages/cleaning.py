"""Cleaning: from a message as somebody typed it to the codes that a network reads, each step as formulas."""

from __future__ import annotations

from dataclasses import dataclass

from xlcheck.formulas.addresses import Range
from xlcheck.layout.common import heading, title
from xlcheck.layout.data.documents import nth_word
from xlcheck.layout.data.text import listed_words
from xlcheck.layout.draft import Draft, reference
from xlcheck.layout.sheet import SheetDraft
from xlcheck.model.encoding import PADDING, Encoding
from xlcheck.texts import say

NAME = "Cleaning"
_LINE, _LINES, _WORDS, _PADDED = 20, 6, 20, 200
_FIRST = 1
_TOP = 4
_NOTHING = "–"
_KEPT = "abcdefghijklmnopqrstuvwxyz0123456789"


def cleaning_sheet(draft: Draft, encoding: Encoding, message: str) -> None:
    """Fill the sheet, with a message at first as somebody would type it.

    The words of the model are letters and digits, and it has a code for unknown ones.
    """
    sheet = draft.sheet(NAME, "input")
    title(sheet, NAME, say("cleaning.intro", letters=_LINE * _LINES, words=_WORDS), _LINE + 2)
    sheet.widths.update({0: 24, **dict.fromkeys(range(_FIRST, _FIRST + _LINE), 8), _FIRST + _LINE: 26})
    page = _Page(draft, sheet, encoding, message[: _LINE * _LINES])
    page.fill()
    sheet.one_page = True
    sheet.freeze = (3, 1)


@dataclass(frozen=True)
class _Page:
    draft: Draft
    sheet: SheetDraft
    encoding: Encoding
    message: str

    def fill(self) -> None:
        """The message, its letters, its words, their codes, and the padded row."""
        sheet, columns = self.sheet, _FIRST + _LINE + 1
        sheet.put(_TOP, 0, say("cleaning.message"), "name")
        typed = sheet.at(_TOP, _FIRST, 1, _LINE)
        sheet.merge(typed, self.message, "typed_left")
        sheet.heights[_TOP] = 24
        text = say("cleaning.letters")
        heading(sheet, _TOP + 2, text, columns)
        cleaned = self._letters(_TOP + 3, Range(NAME, typed.top, typed.left))
        row = _TOP + 3 + 2 * _LINES + 2
        unknown = self.encoding.unknown
        text = say("cleaning.codes", unknown=unknown)
        heading(sheet, row, text, columns)
        codes = self._words(row + 1, cleaned)
        steps = self.encoding.timesteps
        text = say("cleaning.padded", padded=_PADDED, steps=steps)
        heading(sheet, row + 5, text, columns)
        self._padded(row + 6, codes)

    def _letters(self, row: int, cell: Range) -> Range:
        """Two rows for each line of letters: as typed, and what is kept; and the cleaned text below them."""
        draft, sheet = self.draft, self.sheet
        lines: list[str] = []
        every = ""
        for line in range(_LINES):
            at, text = row + 2 * line, ""
            sheet.put(at, 0, say("cleaning.characters", first=line * _LINE + 1, last=(line + 1) * _LINE), "label")
            sheet.put(at + 1, 0, say("cleaning.what_kept"), "label")
            for k in range(_LINE):
                place = line * _LINE + k
                letter = self.message[place : place + 1].lower()
                kept = letter if letter in _KEPT else " "
                text += kept
                own = f"MID(LOWER({cell.fixed()}),{place + 1},1)"
                shown = draft.helper(sheet, at, _FIRST + k, own, [letter], "column_label").a1
                test = f'IF({shown}="","",IF(ISNUMBER(FIND({shown},"{_KEPT}")),{shown}," "))'
                draft.helper(sheet, at + 1, _FIRST + k, test, [kept], "input_code")
            joined = "&".join(sheet.at(at + 1, _FIRST + k).a1 for k in range(_LINE))
            lines.append(draft.helper(sheet, at + 1, _FIRST + _LINE, joined, [text], "text_beside").a1)
            every += text
        at = row + 2 * _LINES
        sheet.put(at, 0, say("words.cleaned"), "name")
        return draft.helper(sheet, at, _FIRST, f"TRIM({'&'.join(lines)})", [" ".join(every.split())], "strong")

    def _words(self, row: int, cleaned: Range) -> Range:
        """The words of the cleaned text and their codes, which are returned."""
        draft, sheet, encoding = self.draft, self.sheet, self.encoding
        for offset, name in enumerate(("number", "word", "code")):
            sheet.put(row + offset, 0, say(f"words.{name}"), "label")
        words = str(draft.helpers[-1].desired[0]).split()
        listed = reference(listed_words(encoding), NAME, fixed=True)
        for k in range(_WORDS):
            column = _FIRST + k
            sheet.put(row, column, float(k + 1), "column_label")
            word = words[k] if k < len(words) else ""
            shown = draft.helper(sheet, row + 1, column, nth_word(cleaned.fixed(), str(k + 1)), [word], "word").a1
            code = float(encoding.codes.get(word, encoding.unknown or PADDING)) if word else _NOTHING
            found = f"MATCH({shown},{listed},0)+{encoding.first_code - 1}"
            text = f'IF({shown}="","{_NOTHING}",IFERROR({found},{encoding.unknown}))'
            draft.helper(sheet, row + 2, column, text, [code], "input_code")
        return sheet.at(row + 2, _FIRST, 1, _WORDS)

    def _padded(self, row: int, codes: Range) -> None:
        """The codes at the end of a row of as many numbers as the chapter's model reads."""
        draft, sheet = self.draft, self.sheet
        numbers = [h.desired[0] for h in draft.helpers if h.cell.sheet == NAME and h.cell.top == codes.top]
        given = [number for number in numbers if isinstance(number, float)]
        sheet.put(row, 0, say("cleaning.count"), "label")
        count = draft.helper(sheet, row, _FIRST, f"COUNT({codes.a1})", [float(len(given))], "intermediate_code")
        for place in range(_PADDED):
            at, column = row + 1 + place // _LINE, _FIRST + place % _LINE
            if column == _FIRST:
                sheet.put(at, 0, say("cleaning.numbers", first=place + 1, last=place + _LINE), "label")
            behind = f"{place + 1 - _PADDED}+{count.fixed()}"
            text = f"IF({behind}<1,{PADDING},INDEX({codes.fixed()},1,{behind}))"
            index = place - _PADDED + len(given)
            style = "input_code" if place >= _PADDED - self.encoding.timesteps else "intermediate_code"
            draft.helper(sheet, at, column, text, [given[index] if index >= 0 else float(PADDING)], style)
