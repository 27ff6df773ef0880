"""The README's table of layers and options is the one that the code gives."""

from __future__ import annotations

from pathlib import Path

from xlcheck.layers.support import support_table

README = Path(__file__).parents[2] / "README.md"


def test_the_table_is_current() -> None:
    """What stands between the two markers is what `support_table` prints now."""
    text = README.read_text(encoding="utf-8")
    _, _, rest = text.partition("held by tests/layers/test_readme_table.py -->\n")
    table, found, _ = rest.partition("\n<!-- end of the support table -->")

    assert found
    assert table == support_table().strip()
