"""Values of many cells on their way between processes."""

from __future__ import annotations

import math

from xlcheck.engines.base import PackedValues
from xlcheck.workbook.content import CellError


def test_only_finite_numbers_are_numbers() -> None:
    """Texts, errors, truth values, empty cells, infinities and NaN stand beside the numbers, by their place."""
    packed = PackedValues.of([[1.5, 2], [], [-0.0, "x", None], [True], [CellError("#N/A"), math.inf], [1e308, 1e308]])

    assert packed.others == {3: "x", 4: None, 5: True, 6: CellError("#N/A"), 7: math.inf}
    assert [str(number) for number in packed.numbers] == [
        "1.5", "2.0", "-0.0", "nan", "nan", "nan", "nan", "nan", "1e+308", "1e+308",
    ]  # fmt: skip
