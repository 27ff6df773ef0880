"""What is made of errors and losses: how much of a spread is explained, and what one network gains over another."""

from __future__ import annotations

from pathlib import Path

import pytest
from recognised_sheets import a1, cell_at, sheet

from xlcheck.handmade.beside.measures import Measures
from xlcheck.handmade.beside.of_measures import of_measures

_ROWS = (2, 3, 4)
_NUMBERS = {"C": (0.3, 0.5, 0.9), "D": (0.2, 0.6, 0.8), "G": (0.1, 0.4, 0.7)}
"""One network's results, the targets, and another one's results."""
_CELLS: dict[str, object] = {
    f"{column}{row}": number for column, own in _NUMBERS.items() for row, number in zip(_ROWS, own, strict=True)
}
_SPREAD = "((D2-AVERAGE(D2:D4))^2+(D3-AVERAGE(D2:D4))^2+(D4-AVERAGE(D2:D4))^2)"


def _squares(column: str) -> str:
    return f"((D2-{column}2)^2+(D3-{column}3)^2+(D4-{column}4)^2)"


@pytest.mark.parametrize(
    ("formula", "is_one"),
    [
        (f"=1-{_squares('C')}/{_SPREAD}", True),
        (f"={_squares('C')}/{_SPREAD}", False),
        (f"=1-{_squares('C')}/{_SPREAD}*2", False),
        (f"=1-{_squares('D')}/{_SPREAD}", False),
        ("=E1-E2", True),
        ("=E2/E1", True),
        ("=E1+E2", False),
        ("=E1*2", False),
        ("=E1-E3", False),
    ],
)
def test_what_is_made_of_measures_alone(formula: str, is_one: bool, tmp_path: Path) -> None:
    """Rule: the coefficient of determination, and two measures compared that are computed alike, not added up."""
    measures = {"E1": f"={_squares('C')}/3", "E2": f"={_squares('G')}/3", "E3": "=ABS(D2-G2)+ABS(D3-G3)+ABS(D4-G4)"}
    own = sheet({**_CELLS, **measures, "H1": formula}, tmp_path)
    pairs = {
        cell_at(name): frozenset((cell_at(f"{column}{row}"), cell_at(f"D{row}")) for row in _ROWS)
        for name, column in (("E1", "C"), ("E2", "G"), ("E3", "G"))
    }
    results = {cell: cell for cell in (cell_at(f"{column}{row}") for column in "CG" for row in _ROWS)}
    found = of_measures([cell_at("H1")], pairs, results, own.terms, own.table)

    assert [*map(a1, found)] == (["H1"] if is_one else [])


@pytest.mark.parametrize(
    ("cells", "are_measures"),
    [
        ({"D4": None}, True),
        ({}, False),
        ({"D4": None, "D3": None, "E5": "=E2^2/1"}, True),
        ({"D4": None, "E5": "=SUMSQ(E2:E3)/5"}, False),
    ],
)
def test_a_forecast_has_no_error_yet(cells: dict[str, object], are_measures: bool, tmp_path: Path) -> None:
    """Rule: a mean leaves nothing out that could be compared; beside the last result may stand no target."""
    errors = {f"E{row}": f"=D{row}-C{row}" for row in (2, 3)} | {"E5": "=SUMSQ(E2:E3)/2"}
    held = {**_CELLS, **errors, **cells}
    own = sheet({name: what for name, what in held.items() if what is not None and name[0] != "G"}, tmp_path)
    results = {cell: cell for cell in (cell_at(f"C{row}") for row in _ROWS)}
    measures = Measures(own.terms, own.table, own.terms.reads, results, (), (), dict.fromkeys(results, 0))

    assert (cell_at("E5") in measures.cells({*own.terms})) is are_measures


@pytest.mark.parametrize(
    ("formula", "is_one"),
    [
        ("=-LN(SUMPRODUCT(A2:C2,D2:F2))", True),
        ("=-LN(A2*D2+B2*E2+C2*F2+1E-9)", True),
        ("=-LN(SUMPRODUCT(A2:B2,D2:E2))", False),
        ("=-LN(A2*D2+B2*E2+C2*D2)", False),
        ("=-LN(A2*D2+B2*E2+C2*F2+1)", False),
    ],
)
def test_the_logarithm_of_the_result_that_is_meant(formula: str, is_one: bool, tmp_path: Path) -> None:
    """Rule: results times targets of which one is 1, as many people write a cross-entropy: all of a sample."""
    numbers = {"A2": 0.2, "B2": 0.7, "C2": 0.1, "D2": 0, "E2": 1, "F2": 0, "A3": 0.6, "B3": 0.3, "C3": 0.1}
    more = {"D3": 1, "E3": 0, "F3": 0, "H2": formula, "H3": formula.replace("2", "3")}
    own = sheet(numbers | more, tmp_path)
    results = {cell: cell for cell in (cell_at(f"{column}{row}") for column in "ABC" for row in (2, 3))}
    measures = Measures(own.terms, own.table, own.terms.reads, results, (), (), dict.fromkeys(results, 0))

    assert (cell_at("H2") in measures.cells({*own.terms})) is is_one


def test_a_loss_that_lacks_the_minus_of_the_one_beside_it_is_none(tmp_path: Path) -> None:
    """Rule: of two cross-entropies in a row one is below 0, whatever reads both; with the minus it is not."""
    right = {f"{c}4": f"=-({c}3*LN({c}2)+(1-{c}3)*LN(1-{c}2))" for c in "BC"}
    numbers = {"B2": 0.6, "C2": 0.4, "B3": 1, "C3": 0, "A4": "loss", "E4": "=AVERAGE(B4:C4)"}
    results = {cell: cell for cell in (cell_at("B2"), cell_at("C2"))}
    for cells, is_one in ((right, True), (right | {"C4": right["C4"].replace("-", "", 1)}, False)):
        own = sheet(numbers | cells, tmp_path)
        measures = Measures(own.terms, own.table, own.terms.reads, results, (), (), dict.fromkeys(results, 0))
        assert (cell_at("C4") in measures.cells({*own.terms})) is is_one
