"""How wide the columns are that stand to the left of a table's numbers."""

from __future__ import annotations

from xlcheck.formulas.printing import Style
from xlcheck.graph.quantities import Band, Graph, Quantity, Role
from xlcheck.graph.trace import Trace
from xlcheck.layout.draft import Draft
from xlcheck.layout.tables.margin import Margin

LONG = "the error of the state before the candidate"


def symbol_width(units: int, label: str) -> float:
    band = Band("gru", "h", Role.STATE, label)
    q = Quantity(band, 0, (units,))
    draft = Draft(Graph((q,)), Trace("nobody", {}), ("only",), Style.TEACHING)
    return Margin.of(draft, {band: [q]}, narrow=False).symbol


def test_a_symbol_widens_its_column_only_where_units_stand_beside_it() -> None:
    """Beside the only unit of a band stands nothing, so its symbol may run on; a short one takes no more either."""
    assert symbol_width(2, LONG) > len(LONG)
    assert symbol_width(1, LONG) == symbol_width(1, "h") == symbol_width(2, "h")


def test_many_time_steps_leave_less_room_for_words() -> None:
    """The narrow margin takes less than the wide one, however long its equations are."""
    band = Band("gru", "h", Role.STATE, "h", "a long equation " * 5)
    q = Quantity(band, 0, (2,))
    draft = Draft(Graph((q,)), Trace("nobody", {}), ("only",), Style.TEACHING)
    wide, narrow = (Margin.of(draft, {band: [q]}, narrow=narrow) for narrow in (False, True))

    assert narrow.meaning < wide.meaning
    assert narrow.equation < wide.equation
