"""A recurrent unit over four steps in a worksheet, and what is known of its cells while mistakes are looked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import openpyxl
from recognised_sheets import a1

from xlcheck.engines import engine
from xlcheck.handmade.alignment.assignment import Assignment, assign
from xlcheck.handmade.alignment.book_in_repair import BookInRepair
from xlcheck.handmade.alignment.matching import Matching, Placed
from xlcheck.handmade.alignment.right_values import RightValues
from xlcheck.handmade.networks.bindings_file import read_bindings
from xlcheck.handmade.networks.elements import Elements, quantity_sources
from xlcheck.handmade.networks.network import Network, given_cells
from xlcheck.handmade.networks.parts import part_sources
from xlcheck.handmade.reading.cell_terms import CellTerms
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.engine_choice import Answers, answers_of
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.workbook.reader import read_workbook

BINDINGS = """
[[model]]
[[model.layer]]
type = "SimpleRNN"
units = 1
kernel = "A1"
recurrent_kernel = "A2"
bias = "A3"
[[model.document]]
x = "A5:A8"
h_init = "B4"
"""
NUMBERS = {"A1": 0.5, "A2": -0.25, "A3": 0.1, "B4": 0.2, "A5": 1.0, "A6": -0.5, "A7": 0.25, "A8": 0.75}
STATES = {f"B{row}": f"=TANH(A{row}*$A$1+B{row - 1}*$A$2+$A$3)" for row in range(5, 9)}
SUMS = {f"B{row}": f"=TANH(C{row})" for row in range(5, 9)} | {
    f"C{row}": f"=A{row}*$A$1+B{row - 1}*$A$2+$A$3" for row in range(5, 9)
}


@dataclass(frozen=True)
class Bound:
    """A workbook whose bindings were read, and what each cell should hold."""

    table: CellTable
    answers: Answers
    precedents: Precedents
    networks: tuple[Network, ...]
    right: RightValues
    aligned: Assignment

    @property
    def names(self) -> dict[str, str]:
        """What each cell should hold."""
        return {a1(cell): self.aligned.elements[number].name for cell, number in self.aligned.held.items()}

    @property
    def wrong(self) -> dict[str, str]:
        """The same of those that compute something else."""
        return {a1(cell): self.aligned.elements[self.aligned.held[cell]].name for cell in self.aligned.wrong}


def bound(folder: Path, cells: Mapping[str, object], bindings: str = BINDINGS) -> Bound:
    """A workbook of some cells beside the numbers of the unit."""
    book = openpyxl.Workbook()
    for cell, content in {**NUMBERS, **cells}.items():
        book.active[cell] = content
    book.save(folder / "mine.xlsx")
    (folder / "mine.toml").write_text(bindings, encoding="utf-8")
    content = read_workbook(folder / "mine.xlsx")
    table = CellTable(content)
    answers, precedents = answers_of(table, engine("ironcalc", guarded=False)), Precedents(table)
    networks = read_bindings(folder / "mine.toml", content)
    given = {cell for network in networks for *_, cell in network.cells()}
    right = RightValues(table, CellTerms(table, answers.values, given=given), networks, precedents=precedents)
    return Bound(table, answers, precedents, networks, right, assign(table, right, networks, precedents))


@dataclass(frozen=True)
class Search:
    """What the search for wrong cells begins with: the workbook before any repair, and what its cells hold."""

    book: BookInRepair
    now: Matching

    @staticmethod
    def of(sheet: Bound, *, with_parts: bool = False) -> Search:
        """The beginning of the search, with the cells as they are in the file."""
        terms = CellTerms(sheet.table, sheet.answers.values, given=[*given_cells(sheet.networks)])
        right = RightValues(sheet.table, terms, sheet.networks, precedents=sheet.precedents)
        settings, network = right.graph_values(0), sheet.networks[0]
        parts = part_sources(0, network.graph, settings) if with_parts else []
        elements = Elements([*quantity_sources(0, network, settings), *parts])
        placed = Placed.of(sheet.networks, elements)
        formulas = [cell for cell in sheet.table.texts if cell not in placed.given]
        copies = frozenset(cell for cell in formulas if sheet.precedents.is_copy(cell))
        book = BookInRepair(sheet.table, right, sheet.precedents, placed, formulas, {}, set(), copies)
        return Search(book, book.matching(elements, right.values, {}))

    def named(self, cells: Mapping[tuple[str, int, int], int]) -> dict[str, str]:
        """Cells and elements by their names."""
        return {a1(cell): self.now.elements[number].name for cell, number in cells.items()}
