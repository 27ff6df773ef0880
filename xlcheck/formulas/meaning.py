"""The same formula in another spelling.

Programs write one formula in many ways: Excel prefixes newer functions with `_xlfn.` and keeps 17 digits of a
number, LibreOffice writes 15 of them, drops quotes around worksheets' names and writes `TRUE()`; people add `$`,
spaces and parentheses, name the worksheet on which they are, and write a range from its last corner.
"""

from __future__ import annotations

from functools import lru_cache

from xlcheck.formulas.addresses import quote_sheet, unquote_sheet
from xlcheck.formulas.parser import FormulaSyntaxError, parse
from xlcheck.formulas.scanner import plain_name, tokens
from xlcheck.formulas.tree import Literal, Node, Operator, Reference
from xlcheck.formulas.unparse import Unparser, ref_of

# Programs keep 15 digits and round ties either way.
_DIGITS = 1e-14


def same_formula(a: str | None, b: str | None, sheet: str = "") -> bool:
    """Whether two formulas are the same by meaning, however they are spelled.

    They name the same cells and do the same with them in the same order: `A1+B1` and `B1+A1` are two formulas.

    Args:
        a: a formula, with or without `=`; None for a cell that holds none.
        b: the other one.
        sheet: the worksheet on which both stand; references to it may name it or not.
    """
    if a is None or b is None:
        return a is b
    a, b = a.removeprefix("="), b.removeprefix("=")
    if a == b:
        return True
    (one, these), (other, those) = canonical(a, sheet), canonical(b, sheet)
    return one == other and all(abs(m - n) <= _DIGITS * abs(m) for m, n in zip(these, those, strict=True))


@lru_cache(maxsize=8192)
def canonical(formula: str, sheet: str = "") -> tuple[str, tuple[float, ...]]:
    """One spelling for all ways of writing a formula, and the numbers in it, for which the spelling has a place each.

    Function names, references and names are in capitals, without `$`, prefixes, spaces, superfluous parentheses and
    quotes; ranges run from their first corner. Texts stay as they are. What is no formula has a spelling too, token by
    token.

    Args:
        formula: with or without `=`.
        sheet: the worksheet on which it stands.
    """
    formula = formula.strip().removeprefix("=")
    spelling = _Canonical(sheet)
    try:
        return spelling.text(parse(formula)), tuple(spelling.numbers)
    except (FormulaSyntaxError, RecursionError):
        kept = [(kind, text) for kind, text in tokens(formula) if kind != "space"]
        return "\n".join(text if kind == "text" else plain_name(text).upper() for kind, text in kept), ()


class _Canonical(Unparser):
    def __init__(self, sheet: str) -> None:
        self._sheet = sheet.casefold()
        self.numbers: list[float] = []

    def number(self, value: float) -> str:
        self.numbers.append(value)
        return "0"

    def reference(self, node: Reference) -> str:
        area = node.area
        sheet = "" if area.sheet.casefold() == self._sheet else quote_sheet(area.sheet).upper() + "!"
        return (sheet if area.sheet else "") + str(ref_of(area)._replace(prefix=""))

    def name(self, name: str) -> str:
        sheet, mark, own = name.rpartition("!")
        return (quote_sheet(unquote_sheet(sheet)) + mark + own).upper() if mark else name.upper()

    def _written(self, node: Node) -> tuple[str, int]:
        match node:
            case Operator("%", (Literal(float(value)),)):  # 5% is 0.05 in another spelling
                return self._written(Literal(value / 100))
        return super()._written(node)
