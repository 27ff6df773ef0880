"""The ranges that a formula reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

from xlcheck.formulas.addresses import Range, quote_sheet, unquote_sheet
from xlcheck.formulas.scanner import Ref, cut, tokens_between


class References:
    """Finds what the formulas of a workbook read.

    Args:
        names: its defined names and what they refer to; one that belongs to a worksheet is written `Sheet1!name`.
    """

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = {_spelled(name): target for name, target in names.items()}

    def of(self, formula: str, sheet: str) -> list[Range]:
        """The ranges that a formula reads, in order of their appearance, also those that its defined names stand for.

        Other files are no ranges; of a reference over several worksheets the first and the last are found.

        Args:
            formula: with or without `=`.
            sheet: the worksheet it stands on.
        """
        return list(self._of(formula, sheet, frozenset()))

    def _of(self, formula: str, sheet: str, inside: frozenset[str]) -> Iterator[Range]:
        between, refs = cut(formula)
        for number, text in enumerate(between):
            for name in _names_in(text) if self._names else ():
                own = _spelled(f"{quote_sheet(sheet)}!{name}")
                found = own if own in self._names else name
                if found in self._names and found not in inside:
                    yield from self._of(self._names[found], sheet, inside | {found})
            if number < len(refs):
                yield from _areas(refs[number], sheet)


def plain_reference(text: str) -> Ref | None:
    """The reference that a formula or the meaning of a name consists of; None if it is anything else."""
    between, refs = cut(text.strip().removeprefix("="))
    return refs[0] if len(refs) == 1 and not "".join(between).strip() else None


def _areas(ref: Ref, sheet: str) -> list[Range]:
    if not ref.is_elsewhere:
        return [ref.area(sheet)]
    if "[" in ref.prefix:
        return []
    area = ref.area()
    return [Range(name, area.top, area.left, area.rows, area.columns) for name in area.sheet.split(":")]


@lru_cache(maxsize=16_384)
def _names_in(text: str) -> tuple[str, ...]:
    """The names, and the functions that may be names, of a text between two references."""
    return tuple(_spelled(word) for kind, word in tokens_between(text) if kind in ("name", "function"))


def _spelled(name: str) -> str:
    sheet, mark, own = name.rpartition("!")
    return (f"{quote_sheet(unquote_sheet(sheet))}!{own}" if mark else own).casefold()
