"""What `open_container` says about a file that it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from xlcheck.errors import WorkbookError
from xlcheck.workbook.container import open_container

SHEET = "xl/worksheets/sheet1.xml"


def refusal(path: Path) -> str:
    """The sentence."""
    with pytest.raises(WorkbookError) as caught:
        open_container(path)
    return str(caught.value)
