"""What is said of cells that were made up is said of the cells that stand there."""

from __future__ import annotations

from xlcheck.handmade.rewriting.rewritten import renamed


def test_a_cell_is_not_the_beginning_of_another() -> None:
    """`Sheet1!K2` has another name, and `Sheet1!K20` its own."""
    names = {("Sheet1", 1, 10): "Sheet1!B2", ("Sheet1", 19, 10): r"the \1 of Sheet1!B20"}

    assert renamed("Sheet1!K2 and Sheet1!K20", names) == r"Sheet1!B2 and the \1 of Sheet1!B20"
    assert renamed("MySheet1!K2", names) == "MySheet1!K2"
