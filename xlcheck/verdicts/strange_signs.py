"""Formulas with signs that belong to no formula: `A1−B1` with a typographic minus, `A1*@B1`, which files spell SINGLE.

An engine may pass over them or know what is meant; other programs refuse the formula or the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from xlcheck.formulas.scanner import tokens
from xlcheck.verdicts.formula_cells import FormulaCells
from xlcheck.verdicts.messages import first_of
from xlcheck.workbook.cell_codes import address

_STRANGE = re.compile(r"@|[^\x00-\x7f]")


def strange_signs(formulas: FormulaCells) -> Iterator[str]:
    """What is to be said of such formulas, a sentence for each sign."""
    found: dict[str, list[str]] = {}
    for sheet, codes in formulas.by_sheet():
        for code, text in formulas.that_say(sheet, codes, _STRANGE.search).items():
            for sign in dict.fromkeys(_signs(text)):
                found.setdefault(sign, []).append(f"{sheet}!{address(code)}")
    for sign, places in found.items():
        shown = f"{sign} (U+{ord(sign):04X})" if sign.isprintable() else f"the sign U+{ord(sign):04X}"
        yield f"programs do not all read {shown} in the formula of {first_of(places)}; write it without this sign"


def _signs(formula: str) -> Iterator[str]:
    for kind, text in tokens(formula.removeprefix("=")):
        if kind in {"other", "space", "operator"}:
            yield from _STRANGE.findall(text)
