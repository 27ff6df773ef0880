"""Numbers as CSV files spell them, with a decimal point or comma, and where a spelling may mean other numbers."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from xlcheck.errors import DataError, InputNote

Samples = Callable[[], Iterator[Sequence[str]]]
"""The cells of each sample, without labels, as often as somebody asks."""

_DATE = r"\s*\d+\.\s?\d{1,2}\."
_LIKE_A_NUMBER = re.compile(rf"(?!{_DATE})\s*[+−-]?[\d.,'’_\s]*\d[\d.,'’_\s]*%?\s*")
_BEFORE_A_COMMA = re.compile(r"[+-]?(\d{1,3}(\.\d{3})+|\d+)")
_BEHIND_A_COMMA = re.compile(r"\d+")
_A_THOUSAND = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")


def number_of(text: str, *, comma: bool) -> float | None:
    """The number that a text says, if it does; with a decimal comma only where no comma separates numbers."""
    try:
        return None if "_" in text else float(text.replace(",", ".") if comma and "." not in text else text)
    except ValueError:
        return None


def like_a_number(text: str) -> bool:
    """Whether a text is a number in some spelling, if not in one that is read: `1.234,5`, `1 000`, `1_0`."""
    return _LIKE_A_NUMBER.fullmatch(text) is not None


def require_one_meaning(path: Path, samples: Samples, separator: str, *, named: bool, width: int | None) -> None:
    """Refuse numbers that may mean others, or say how they are read if that is likely.

    Args:
        path: the file, for messages.
        samples: its numbers.
        separator: what separates them.
        named: whether each column has a name, which says how many there are.
        width: how many numbers a sample has, if that is known.

    Raises:
        DataError: a comma may separate numbers or stand in them; or some have commas and some points.
    """
    if separator == ",":
        if not named:
            _require_separators(path, samples, width)
        return
    comma, point, thousands = "", "", True
    for cell in (cell.strip() for row in samples() for cell in row):
        if "," in cell:
            comma = cell
        elif "." in cell:
            point = cell
        else:
            continue
        thousands = thousands and _A_THOUSAND.fullmatch(cell) is not None
    if comma and point:
        raise DataError(
            f"{path}: {comma} has a comma and {point} a point; write all numbers with the same decimal mark, and "
            "nothing between thousands"
        )
    if thousands and (comma or point):
        decimal = (comma or point).replace(",", ".")
        _note(path, f"{comma or point} is taken for the decimal {decimal}; write nothing between thousands")


def _require_separators(path: Path, samples: Samples, width: int | None) -> None:
    """See `require_one_meaning`: numbers between commas that may be half as many with decimal commas."""
    if not all(
        len(row) % 2 == 0
        and all(map(_BEFORE_A_COMMA.fullmatch, row[::2]))
        and all(map(_BEHIND_A_COMMA.fullmatch, row[1::2]))
        for row in samples()
    ):
        return
    first = next(samples())
    read, said = ",".join(first[:2]), ", ".join(first[:2])
    decimal = f"{first[0].replace('.', '')}.{first[1]}"
    if len(first) == 2 * (width or 0) or any(re.match(r"0\d", cell) for row in samples() for cell in row[1::2]):
        raise DataError(f"{path}: {read} may be two numbers, or one with a decimal comma; write {said} or {decimal}")
    if len(first) == 2:
        _note(
            path, f"{read} is taken for two numbers; write {said} to say so, or {decimal} if its comma is a decimal one"
        )


def _note(path: Path, text: str) -> None:
    warnings.warn(f"{path}: {text}", InputNote, stacklevel=2)
