"""Workbooks of the corpus as other programs save them."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from google_sheets import exported
from thorough import part_of

from fixtures.handmade.make_corpus import FOLDER
from xlcheck import api
from xlcheck.engines.libreoffice import find_soffice

pytestmark = pytest.mark.keras

UNLIKE = ["time_down", "packed_bands", "named_weights", "printed_mistake"]
BOOKS = part_of([*UNLIKE, *sorted({path.stem for path in FOLDER.glob("*.xlsx")} - set(UNLIKE))], 2)
WAYS = part_of(["xlsx", "ods"], 1)
EACH = [(name, bound) for name in BOOKS for bound in (False, True) if not bound or (FOLDER / f"{name}.toml").exists()]


def verdict(path: Path, name: str, bound: bool) -> tuple[object, ...]:
    """What is said of a file that should be a workbook of the corpus."""
    report = api.check(path, bindings=FOLDER / f"{name}.toml" if bound else None)
    return report.counts, [(cell.sheet, cell.cell, cell.diagnosis) for cell in report.roots]


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, bool], tuple[object, ...]]:
    """The verdict on a workbook of the corpus as it is."""
    folder = tmp_path_factory.mktemp("before")
    return cache(lambda name, bound: verdict(Path(shutil.copy(FOLDER / f"{name}.xlsx", folder)), name, bound))


@pytest.fixture(scope="module")
def from_libreoffice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the corpus as LibreOffice saves it: in `xlsx`, and in `ods` what went through its own format."""
    folder = tmp_path_factory.mktemp("libreoffice")

    def convert(kind: str, to: str, files: list[Path]) -> list[Path]:
        command = [str(find_soffice()), f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless"]
        command += ["--convert-to", kind, "--outdir", str(folder / to), *map(str, files)]
        subprocess.run(command, check=True, capture_output=True, timeout=240)
        return [folder / to / f"{file.stem}.{kind}" for file in files]

    books = [FOLDER / f"{name}.xlsx" for name in BOOKS]
    convert("xlsx", "xlsx", books)
    if "ods" in WAYS:
        convert("xlsx", "ods", convert("ods", "between", books))
    return folder


class TestOtherPrograms:
    """Files as other programs save them get the verdict of the file that these have opened."""

    @pytest.mark.libreoffice
    @pytest.mark.parametrize("way", WAYS)
    @pytest.mark.parametrize(("name", "bound"), [pair for pair in EACH if pair[0] != "let_lambda"])
    def test_saved_by_libreoffice(
        self, name: str, bound: bool, way: str, from_libreoffice: Path, before: Callable[..., object]
    ) -> None:
        """Saved as .xlsx, or as .ods and then as .xlsx; not with LAMBDA, for which LibreOffice stores errors to see."""
        assert verdict(from_libreoffice / way / f"{name}.xlsx", name, bound) == before(name, bound)

    @pytest.mark.parametrize(("name", "bound"), EACH)
    def test_exported_by_google_sheets(
        self, name: str, bound: bool, tmp_path: Path, before: Callable[..., object]
    ) -> None:
        """Without properties, with texts in one table, and all values beside the formulas."""
        path = tmp_path / f"{name}.xlsx"
        path.write_bytes(exported(FOLDER / f"{name}.xlsx"))

        assert verdict(path, name, bound) == before(name, bound)

    @pytest.mark.usefixtures("a_short_search")
    @pytest.mark.parametrize("bound", [False, True])
    @pytest.mark.parametrize("engine", ["ironcalc", "cellrune"])
    def test_frozen_by_google_sheets(self, engine: str, bound: bool, tmp_path: Path) -> None:
        """Of a formula that Excel does not know Google saves the value alone: right as it is, it was not checked."""
        path = tmp_path / "mine.xlsx"
        path.write_bytes(exported(FOLDER / "time_down.xlsx", frozen=[("LSTM", "K13")]))
        report = api.check(path, bindings=FOLDER / "time_down.toml" if bound else None, engine=engine)
        (cell,) = (cell for cell in report.cells if cell.cell == "K13")

        assert (report.exit_code, report.roots) == (3, ())
        assert cell.status.value == "not_evaluated"
        assert "Google Sheets saved its value and no formula" in cell.message
        # Unless somebody says that a state is computed there, it may be given, and those that follow it are not judged.
        assert {cell.status.value for cell in report.cells} <= {"not_evaluated", "unbound"}
        assert len(report.cells) == 1 or not bound
