"""How a file tells spreadsheet programs to calculate it, and what follows for somebody who opens it.

A formula engine computes what the formulas say. A reader sees that only if the program calculates in the
same way: at all when the file is opened, with whole numbers and not with what the cells' formats leave of
them, once and not again and again around a circle, with the same calendar, by Excel's own rules and not by
those of Lotus 1-2-3. Source of the settings: ECMA-376, part 1, sections 18.2.2 (calcPr), 18.2.28
(workbookPr) and 18.3.1.82 (sheetPr).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from xlcheck.frozen import dataclass
from xlcheck.workbook.sheet_part import SheetPart

_TRUE, _FALSE = {"1", "true"}, {"0", "false"}
# Whatever makes a number of a day or a day of a number.
_DAYS = re.compile(
    r"\b(?:DATE|DATEVALUE|DATEDIF|DAY|DAYS|DAYS360|EDATE|EOMONTH|MONTH|NETWORKDAYS|NOW|TEXT|TODAY|VALUE|WEEKDAY|"
    r"WEEKNUM|ISOWEEKNUM|WORKDAY|YEAR|YEARFRAC)(?:\.INTL)?\(",
    re.IGNORECASE,
)
# Before the cells of a worksheet stand at most its dimensions, views and columns.
_LOTUS = re.compile(rb"""<(?:[^\s<>/]+:)?sheetPr\s[^<]*transitionEvaluation\s*=\s*["'](?!\s*(?:0|false)\s*["'])""")


@dataclass(frozen=True)
class CalculationSettings:
    """The settings of one file; the defaults are Excel's for a new workbook, and the ones that xlcheck writes.

    Attributes:
        manual: nothing is calculated until the reader asks for it.
        on_load: Excel calculates every formula anew when it opens the file. LibreOffice and programs that do not
            calculate show the stored values even then.
        as_displayed: every value is rounded to the digits that its cell shows, and so goes into other formulas.
        iterates: formulas that form a circle are computed again and again.
        from_1904: days are counted from 1904, not from 1900.
        like_lotus: worksheets whose formulas are read by the rules of Lotus 1-2-3: texts are 0, `-2^2` is -4.
    """

    manual: bool = False
    on_load: bool = False
    as_displayed: bool = False
    iterates: bool = False
    from_1904: bool = False
    like_lotus: tuple[str, ...] = ()

    @staticmethod
    def of(
        calculation: Mapping[str, str], workbook: Mapping[str, str], like_lotus: Iterable[str]
    ) -> CalculationSettings:
        """From the attributes of the elements `calcPr` and `workbookPr`, and the worksheets that ask for Lotus.

        What is neither true nor false is taken for the setting that harms.
        """

        def word(attributes: Mapping[str, str], name: str, default: str) -> str:
            return attributes.get(name, default).strip()

        return CalculationSettings(
            manual=word(calculation, "calcMode", "auto") not in {"auto", "autoNoTable"},
            on_load=word(calculation, "fullCalcOnLoad", "0") in _TRUE,
            as_displayed=word(calculation, "fullPrecision", "1") not in _TRUE,
            iterates=word(calculation, "iterate", "0") not in _FALSE,
            from_1904=word(workbook, "date1904", "0") not in _FALSE,
            like_lotus=tuple(like_lotus),
        )

    @property
    def shows_stored(self) -> bool:
        """Whether a reader in Excel may see the values that were stored.

        Where it is not told to, Excel calculates only what an older Excel has saved, and trusts the rest.
        """
        return not self.on_load

    def differences(self, formulas: Iterable[str], *, circular: bool, built: bool) -> Iterator[str]:
        """Why a reader sees other numbers than those that the formulas give, in words; nothing if that is not so.

        Args:
            formulas: all formulas of the workbook.
            circular: whether some of them form a circle.
            built: whether xlcheck wrote the file, and so none of these settings.
        """
        if self.as_displayed:
            yield (
                "“Set precision as displayed” is on: Excel and LibreOffice round every value to the digits that its "
                "cell shows, and compute with that; turn it off (in Excel: File, Options, Advanced), or check with "
                "--engine libreoffice, which rounds, too"
            )
        if self.iterates and circular:
            yield (
                "iterative calculation is on: a circle of formulas is no error, and what it gives depends on how often "
                "it was computed; turn it off (in Excel: File, Options, Formulas)"
            )
        if self.from_1904 and (built or any(map(_DAYS.search, formulas))):
            yield (
                "the 1904 date system is on: days are other numbers than those that the engines compute with; turn it "
                "off (in Excel: File, Options, Advanced)"
            )
        if self.like_lotus:
            yield (
                f"formulas on {', '.join(self.like_lotus)} are read by the rules of Lotus 1-2-3, for which texts are 0 "
                "and -2^2 is -4; turn “Transition formula evaluation” off (in Excel: File, Options, Advanced)"
            )

    def without_effect(self, formulas: Iterable[str], *, circular: bool, built: bool) -> Iterator[str]:
        """Settings that are unusual and change nothing as yet, in words; see `differences`.

        That calculation is manual is said of what xlcheck wrote with all that is not as it was built.
        """
        if self.manual and not built:
            yield said_of_manual()
        if self.iterates and not circular:
            yield "iterative calculation is on; no formulas form a circle, so it changes nothing"
        if self.from_1904 and not built and not any(map(_DAYS.search, formulas)):
            yield "the 1904 date system is on; no formula computes with days, so it changes nothing"


def said_of_manual(what: str = "no number") -> str:
    """That calculation is manual, in words.

    Args:
        what: of that with which a reader has to wait.
    """
    return f"calculation is manual, so that {what} follows what a reader chooses or types (in Excel: F9)"


def asks_for_lotus(worksheet: SheetPart) -> bool:
    """Whether a worksheet part asks for the formula rules of Lotus 1-2-3."""
    return worksheet.says(b"transitionEvaluation") and _LOTUS.search(worksheet.kinds.text) is not None
