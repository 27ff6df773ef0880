"""The ranges that a formula reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache

from xlcheck.formulas.addresses import Range, quote_sheet, unquote_sheet
from xlcheck.formulas.scanner import Ref, cut, tokens_between


class References:
    """Finds what the formulas of a workbook read.

    Args:
        names: its defined names and what they refer to; one that belongs to a worksheet is written `Sheet1!name`.
        sheets: its worksheets, which formulas may name in other capitals.
    """

    def __init__(self, names: Mapping[str, str], sheets: Iterable[str] = ()) -> None:
        self._sheets = {name.casefold(): name for name in sheets}
        self._names = {_spelled(name): target for name, target in names.items()}
        self._defined = lru_cache(maxsize=16_384)(self._defined_in)  # cells filled from one another share their texts

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
            for name in self._defined(text, sheet) if self._names else ():
                if name not in inside:
                    yield from self._of(self._names[name], sheet, inside | {name})
            if number < len(refs):
                yield from map(self._here, _areas(refs[number], sheet))

    def _here(self, area: Range) -> Range:
        """An area with its worksheet as the workbook calls it."""
        name = self._sheets.get(area.sheet.casefold(), area.sheet)
        return area if name == area.sheet else replace(area, sheet=name)

    def _defined_in(self, text: str, sheet: str) -> tuple[str, ...]:
        """The defined names in a text between two references; one that belongs to the worksheet comes first."""
        found: list[str] = []
        for kind, word in tokens_between(text):
            if kind in {"name", "function"}:
                spelled = (_spelled(f"{quote_sheet(sheet)}!{word}"), _spelled(word))
                found += [name for name in spelled if name in self._names][:1]
        return tuple(found)


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


def _spelled(name: str) -> str:
    sheet, mark, own = name.rpartition("!")
    return (f"{quote_sheet(unquote_sheet(sheet))}!{own}" if mark else own).casefold()
