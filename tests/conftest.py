"""What all tests share: markers for programs and libraries that may be missing, and workbooks written part by part."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from xlcheck.engines.libreoffice import find_soffice

# Marker → whether what it needs is here, and its name.
REQUIREMENTS: dict[str, tuple[Callable[[], bool], str]] = {
    "libreoffice": (lambda: find_soffice() is not None, "LibreOffice"),
    "chromium": (lambda: any(map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), "Chromium"),
    "keras": (lambda: all(map(importlib.util.find_spec, ("keras", "tensorflow"))), "Keras with TensorFlow"),
}


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test whose program is missing, but not where all of them have to be there."""
    for marker, (is_here, name) in REQUIREMENTS.items():
        if item.get_closest_marker(marker) and not is_here():
            if os.environ.get("CI"):
                pytest.fail(f"{name} is not installed, and with CI set no test may be skipped for that", pytrace=False)
            pytest.skip(f"{name} is not installed")


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def workbook_parts(rows: str = "", *, workbook: str = "", main: str = MAIN, office: str = OFFICE) -> dict[str, str]:
    """The parts of the smallest workbook, with one worksheet `S`.

    Args:
        rows: what stands inside `sheetData`.
        workbook: what follows the list of worksheets in the workbook part.
        main: the namespace of cells.
        office: the namespace of relations.
    """
    package_types = "http://schemas.openxmlformats.org/package/2006/content-types"
    sheet_types = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    return {
        "[Content_Types].xml": f'<Types xmlns="{package_types}"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{sheet_types}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{sheet_types}.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="rId1" Type="{office}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
        f'<sheet name="S" sheetId="1" r:id="rId1"/></sheets>{workbook}</workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="rId1" '
        f'Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>',
    }


@pytest.fixture
def write_parts(tmp_path: Path) -> Callable[..., Path]:
    """A function that zips parts into a file of the test's folder and returns its path."""

    def write(parts: Mapping[str, str | bytes], name: str = "book.xlsx") -> Path:
        path = tmp_path / name
        with ZipFile(path, "w", ZIP_DEFLATED) as archive:
            for part, content in parts.items():
                archive.writestr(part, content)
        return path

    return write
