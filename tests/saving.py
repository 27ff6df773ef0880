"""Workbooks as other programs save them."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import openpyxl
from planting import Place, planted_report, roots

from xlcheck.engines.libreoffice import find_soffice
from xlcheck.workbook.content import Cell, WorkbookContent


def edit(path: Path, change: Callable[[openpyxl.Workbook], object]) -> None:
    """Change a workbook with openpyxl, which saves it where it was."""
    book = openpyxl.load_workbook(path, rich_text=True)
    change(book)
    book.save(path)


def save_with_libreoffice(paths: Sequence[Path], folder: Path) -> list[Path]:
    """Open workbooks in LibreOffice and save each in another folder."""
    soffice = find_soffice()
    assert soffice is not None
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [soffice, profile, "--headless", "--norestore", "--convert-to", "xlsx", "--outdir", folder, *paths]
    subprocess.run(command, check=True, capture_output=True, timeout=600)
    return [folder / path.name for path in paths]


def save_with_openpyxl(paths: Sequence[Path], folder: Path) -> list[Path]:
    """The same with openpyxl, which keeps no stored value of a formula."""
    folder.mkdir(exist_ok=True)
    for path in paths:
        openpyxl.load_workbook(path).save(folder / path.name)
    return [folder / path.name for path in paths]


SAVERS = {"libreoffice": save_with_libreoffice, "openpyxl": save_with_openpyxl}


def _wrong(cell: Cell) -> str:
    """A formula that gives another value, whatever it gives."""
    return f'"x"&({cell.formula})' if isinstance(cell.value, str) else f"({cell.formula})+0.001"


def require_same_roots(original: WorkbookContent, saved: WorkbookContent, faults: int) -> None:
    """Plant faults, one at a time, in a workbook and in the same as saved by another program."""
    cells = [(sheet, row, column) for sheet, row, column, cell in original.formula_cells() if cell.array is None]
    for number in np.random.default_rng(len(cells)).choice(len(cells), faults, replace=False).tolist():
        place = cells[number]
        before, after = (_roots(content, place) for content in (original, saved))

        assert before == after, place
        assert place in before


def _roots(content: WorkbookContent, place: Place) -> set[Place]:
    cell = content.sheets[place[0]].cells[place[1:]]
    return roots(planted_report(content, place, _wrong(cell), cell.value))
