"""Small worksheets as they are recognised: their cells, what these compute, the layers, and who reads what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from equation_sheets import TOYS, save

from xlcheck.engines import engine
from xlcheck.formulas.algebra import Address
from xlcheck.handmade.accepting.by_equations import layers_of
from xlcheck.handmade.arrangements.arrangement import Arrangement
from xlcheck.handmade.equations.colouring import find_instances
from xlcheck.handmade.equations.layers import Layer, find_layers
from xlcheck.handmade.equations.reading import Values, outputs
from xlcheck.handmade.equations.recognise import Recognised, recognise_layers
from xlcheck.handmade.forms.forms import Forms
from xlcheck.handmade.forms.functions import Results
from xlcheck.handmade.forms.polynomials import Atom, cell_of
from xlcheck.handmade.reading.cell_terms import CellTerms
from xlcheck.handmade.reading.cells import CellTable, CellValues
from xlcheck.handmade.reading.engine_choice import answers_of
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.handmade.reading.sheet_groups import SheetGroup
from xlcheck.workbook.reader import read_workbook

LEARNING = {
    **TOYS["xor"],
    **{f"G{row}": target for row, target in zip((6, 7, 8), (0, 1, 1), strict=True)},
    **{f"H{row}": f"=-(G{row}*LN(E{row})+(1-G{row})*LN(1-E{row}))" for row in (6, 7, 8)},
    **{f"I{row}": f"=IF(E{row}>0.5,1,0)" for row in (6, 7, 8)},
    **{f"J{row}": f"=E{row}*(1-E{row})" for row in (6, 7, 8)},
    "H9": "=AVERAGE(H6:H8)",
}
"""The dense network of three samples with targets, cross-entropies and their mean, decisions and derivatives."""
RESET_AFTER = {
    **TOYS["gru"], "C4": 0.21,
    **{f"{column}4": f"={before}6*$C$2+$C$4" for before, column in ("GH", "HI")},
    **{f"{column}5": f"=TANH($C$1*{column}1+{column}3*{column}4+$C$3)" for column in "HI"},
}  # fmt: skip
"""The GRU, its reset gate behind the recurrent kernel, which has a bias of its own."""


@dataclass(frozen=True)
class Sheet:
    """A worksheet, and what is recognised on it."""

    table: CellTable
    values: CellValues
    terms: CellTerms
    forms: Forms

    @cached_property
    def recognised(self) -> Recognised:
        """Its layers."""
        return recognise_layers(self.forms)

    @cached_property
    def part(self) -> SheetGroup:
        """Its cells, and who reads what."""
        return SheetGroup(("S",), self.table, self.values, Precedents(self.table))

    @cached_property
    def arrangement(self) -> Arrangement:
        """Its layers, with what stands behind and beside them."""
        return layers_of(self.part, self.terms)

    @property
    def layers(self) -> list[Layer]:
        """The tables of weighted sums that share weights."""
        return find_layers(find_instances(self.forms))

    @property
    def results(self) -> list[Results]:
        """The cells of what each layer gives."""
        return [{at: cell_of(own) for at, own in outputs(r).items()} for r in self.recognised.readings]

    @property
    def taken(self) -> set[Address]:
        """The cells of layers."""
        return {cell_of(own) for reading in self.recognised.readings for own in reading.layer.by_atom}


def sheet(cells: Mapping[str, object], folder: Path) -> Sheet:
    """A worksheet of some cells."""
    table = CellTable(read_workbook(save(cells, folder / "w.xlsx")))
    values = answers_of(table, engine("ironcalc")).values
    terms = CellTerms(table, values)
    return Sheet(table, values, terms, Forms(terms))


def a1(cell: Address | Atom) -> str:
    """The address of a cell."""
    return f"{chr(ord('A') + cell[2])}{cell[1] + 1}"


def cell_at(name: str) -> Address:
    """The inverse of `a1`: a cell of the worksheet `S`."""
    return "S", int(name[1:]) - 1, ord(name[0]) - ord("A")


def at(values: Values) -> list[str]:
    """Where a quantity stands, by step and unit."""
    return [a1(own) for _, own in sorted(values.items())]
