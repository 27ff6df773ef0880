"""The table of layers and options in the documentation is the one that the code gives."""

from __future__ import annotations

from pathlib import Path

from support_table import support_table

PAGE = Path(__file__).parents[2] / ".github" / "docs" / "models.md"


def test_the_table_is_current() -> None:
    """What stands between the two markers is what `support_table` prints now."""
    text = PAGE.read_text(encoding="utf-8")
    _, _, rest = text.partition("held by tests/layers/test_support_table.py -->\n")
    table, found, _ = rest.partition("\n<!-- end of the support table -->")

    assert found
    assert table == support_table().strip()
