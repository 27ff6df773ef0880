"""The notes of a marked copy: what is wrong, and what the right value waits for."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from xlcheck.reports import annotate as module
from xlcheck.verdicts.cell_result import CellResult, Kind, Status
from xlcheck.verdicts.findings import CellWarning


def cell(status: Status, *, here: float | None, actual: float = 1.0, desired: float = 3.0) -> CellResult:
    """A cell with a number, what it should be, and what follows from the cells before it."""
    return CellResult(
        "S", "B3", status, Kind.VALUE, "l.h[0][0]", actual, desired, here, "=A1", "bias-missing", "No bias.",
        desired_formula="=A1+A2",
    )  # fmt: skip


def notes(monkeypatch: pytest.MonkeyPatch, *cells: CellResult, warnings: tuple[CellWarning, ...] = ()) -> list[Any]:
    """The marks that would be written."""
    written: list[Any] = []
    monkeypatch.setattr(module, "write_marked", lambda source, target, marks: written.extend(marks))
    found = SimpleNamespace(with_status=lambda *statuses: [own for own in cells if own.status in statuses])
    module.annotate(SimpleNamespace(cells=found, warnings=warnings), Path("a.xlsx"), Path("b.xlsx"))  # type: ignore[arg-type]
    return written


@pytest.mark.parametrize(
    ("status", "here", "waits"),
    [
        (Status.ROOT, 2.0, True),
        (Status.ROOT, 3.0, False),
        (Status.ROOT, None, False),
        (Status.CARRIED, 2.0, False),
    ],
)
def test_a_wrong_cell_may_need_the_cells_before_it(
    status: Status, here: float | None, waits: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mended, it has its right value only when these are right; what is said of a carried cell is said of them."""
    (mark,) = notes(monkeypatch, cell(status, here=here))

    assert ("once the cells before it are right, too: 3" in mark.note) == waits
    assert ("Right value: 3" in mark.note) != waits
    assert "bias missing\nNo bias." in mark.note
    assert mark.note.endswith("Right formula: =A1+A2")
    assert (mark.row, mark.column) == (2, 1)


def test_a_cell_with_a_warning_is_marked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """With what its neighbours have; there is no verdict on it."""
    warning = CellWarning("S", "B3", "=A1", "=A2", "It reads another row")
    (mark,) = notes(monkeypatch, cell(Status.ROOT, here=2.0), warnings=(warning,))

    assert "It reads another row." in mark.note
    assert mark.note.endswith("Formula as theirs: =A2")
