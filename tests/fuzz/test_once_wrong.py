"""What was once answered wrongly, and the tests that ask again; `python tests/fuzz/once_wrong.py` runs them."""

from __future__ import annotations

import re

import pytest
from once_wrong import FINDINGS, ROOT


@pytest.mark.parametrize("line", FINDINGS)
def test_each_line_has_its_tests(line: str) -> None:
    """A test that was renamed or deleted would leave its line without an answer."""
    for name in FINDINGS[line]:
        path, _, test = name.partition("::")

        assert re.search(rf"^def {test}\(", (ROOT / path).read_text("utf-8"), re.MULTILINE), name
