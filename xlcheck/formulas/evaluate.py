"""What a formula gives for other numbers in the cells that it reads, without a formula engine.

It finds out which of several formulas is meant; verdicts come from engines. What is not understood is not guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from xlcheck.formulas.addresses import Range
from xlcheck.formulas.algebra import Address, Algebra, Term
from xlcheck.formulas.parser import FormulaSyntaxError, parse, parsed
from xlcheck.formulas.scalars import OpaqueError, Scalar, Words, two_dimensional
from xlcheck.formulas.surroundings import Surroundings
from xlcheck.formulas.terms import FormulaValues
from xlcheck.formulas.tree import Node

MAX_DEPTH = 40
"""Cells that read one another before it gives up; scratch cells are few."""


class Sheet(Protocol):
    """What stands in the cells of a workbook."""

    def formula(self, cell: Address) -> str | None:
        """A cell's formula, with or without `=`; None if it holds none."""

    def constant(self, cell: Address) -> Scalar:
        """What else a cell holds; None if it is empty.

        Raises:
            OpaqueError: nothing that a formula could go on with.
        """

    def spill(self, cell: Address) -> Range:
        """The range that a cell's array formula fills; the cell itself if it holds none."""


Given = Callable[[Address], float | None]
"""The number to take for a cell; None where what stands in it counts."""


def parsed_names(names: Mapping[str, str]) -> dict[str, Node]:
    """What each defined name means, by its name in small letters; names that are no formula are left out."""
    return {name.lower(): tree for name, text in names.items() if (tree := parsed(text)) is not None}


def evaluate(
    formula: str,
    cell: Address,
    sheet: Sheet,
    names: Mapping[str, Node],
    given: Given = lambda cell: None,
    *,
    clip: Callable[[Range], Range] = lambda area: area,
) -> float:
    """The number that a formula gives in a cell, NaN where a function is not defined.

    Args:
        formula: with or without `=`.
        cell: where it stands.
        sheet: what stands in the cells that it reads.
        names: what each defined name means; see `parsed_names`.
        given: the numbers to take for cells instead; the formulas of these are not looked at.
        clip: a range cut to the part of its worksheet that is in use.

    Raises:
        OpaqueError: it uses something that is not known here, or gives no number.
    """
    algebra = Algebra()
    known: dict[Address, Scalar] = {}

    def read(address: Address, depth: int) -> Scalar:
        if address not in known:
            number = given(address)
            text = sheet.formula(address) if number is None else None
            known[address] = (
                number
                if text is None and number is not None
                else (sheet.constant(address) if text is None else first(text, address, depth + 1))
            )
        return known[address]

    def first(text: str, address: Address, depth: int) -> Scalar:
        if depth > MAX_DEPTH:
            raise OpaqueError("too many cells read one another")
        around = Surroundings(algebra, lambda a: read(a, depth), clip, sheet.spill, names, _number)
        try:
            value = FormulaValues(around).evaluate(parse(text), address)
        except FormulaSyntaxError as error:
            raise OpaqueError(str(error)) from None
        found = two_dimensional(value)
        if not found.size:
            raise OpaqueError("it gives nothing")
        scalar: Scalar = found[0, 0]
        return scalar

    value = first(formula, cell, 0)
    if value is None:
        return 0.0
    if isinstance(value, str | bool | Term | Words):
        raise OpaqueError("the formula gives no number")
    return value


def _number(value: Scalar) -> float:
    if isinstance(value, str | Term | Words):
        raise OpaqueError("a text stands where a number is needed")
    return float(value or 0.0)
