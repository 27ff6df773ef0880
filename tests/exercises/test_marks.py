"""What a live mark waits for: the blank cells that a number is computed from."""

from __future__ import annotations

from xlcheck.exercises.marks import by_sheet, joined, place_in, read_by
from xlcheck.formulas.addresses import Range
from xlcheck.formulas.printing import Entry
from xlcheck.graph import expressions as ex
from xlcheck.graph.quantities import Band, Graph, Quantity, Role


def quantity(symbol: str, *shape: int, shared: bool = False) -> Quantity:
    return Quantity(Band("d", symbol, Role.INPUT, symbol, "", ""), None, shape, shared=shared)


GRAPH = Graph((quantity("x", 3), quantity("m", 3, 2), quantity("s", 1)), ())
X, M, S = ex.Ref("d.x"), ex.Ref("d.m"), ex.Ref("d.s")


def test_place_by_place_one_number_is_read_and_else_all() -> None:
    """tanh of a vector reads its own place; a product reads every number of both; one number stands for all places."""
    assert list(read_by(ex.Tanh(X), 1, GRAPH)) == [("d.x", 1)]
    assert list(read_by(X + S, 2, GRAPH)) == [("d.x", 2), ("d.s", 0)]
    assert dict(read_by(ex.Dot(X, M), 1, GRAPH)) == {"d.x": 2, "d.m": 5}
    assert len(list(read_by(ex.Dot(X, M), 1, GRAPH))) == 3 + 6
    assert list(read_by(ex.Sum(X), 0, GRAPH)) == [("d.x", 0), ("d.x", 1), ("d.x", 2)]


def test_a_part_is_read_where_it_stands_in_the_whole() -> None:
    """Of a row of a matrix its own numbers, in C order; of a part with one number that one, for every place."""
    assert list(read_by(ex.Slice(M, 0, 2, 2), 1, GRAPH)) == [("d.m", 5)]
    assert list(read_by(ex.Slice(M, 0, 2, 1), None, GRAPH)) == [("d.m", 2), ("d.m", 3)]
    assert list(read_by(ex.Slice(X, 1, 2), 2, GRAPH)) == [("d.x", 1)]


def test_cells_below_each_other_become_one_range() -> None:
    """In any order; a gap, another column and another sheet each begin a new one."""
    cells = [Range("A", 3, 0), Range("A", 1, 0), Range("A", 2, 0), Range("A", 5, 0), Range("A", 4, 1), Range("B", 6, 0)]

    assert joined(cells) == [Range("A", 1, 0, 3, 1), Range("A", 5, 0), Range("A", 4, 1), Range("B", 6, 0)]


def test_a_number_of_a_matrix_has_a_row_and_a_column() -> None:
    """Of a vector the unit is enough, unless it is shared by all samples as weights are."""
    assert place_in(quantity("m", 3, 2), 3) == Entry(1, 1)
    assert place_in(quantity("x", 3), 2) == 2
    assert place_in(quantity("b", 3, shared=True), 2) == Entry(0, 2)


def test_blanks_are_listed_by_their_sheet() -> None:
    """Each with the cell it stands in."""
    cells = {("d.x", 0): Range("A", 1, 1), ("d.x", 1): Range("B", 1, 1), ("d.s", 0): Range("A", 2, 1)}

    assert {sheet: [element for element, _ in own] for sheet, own in by_sheet(cells).items()} == {
        "A": [("d.x", 0), ("d.s", 0)],
        "B": [("d.x", 1)],
    }
