"""What is peculiar to LibreOffice: it is another program, with a profile, and may be missing or hang."""

from __future__ import annotations

import gc
import stat
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from workbook_parts import workbook_parts

from xlcheck.engines import libreoffice
from xlcheck.engines.libreoffice import LibreOffice
from xlcheck.errors import EngineError, MissingDependencyError, UsageError
from xlcheck.formulas.addresses import parse_range

ROWS = '<row r="1"><c r="A1"><f>1+1</f><v>999.25</v></c></row>'


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """A function that puts a shell script in LibreOffice's place and returns its path."""

    def write(script: str) -> Path:
        path = tmp_path / "soffice"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setattr(libreoffice, "find_soffice", lambda: str(path))
        return path

    return write


def test_missing_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the program, the sentence says what to install."""
    monkeypatch.setattr(libreoffice, "find_soffice", lambda: None)
    with pytest.raises(MissingDependencyError) as caught:
        LibreOffice()

    assert str(caught.value) == (
        "LibreOffice is not installed (no program soffice was found); install it, or choose another --engine"
    )


def test_profile_forbids_macros_and_links(
    program: Callable[[str], Path], write_parts: Callable[..., Path], tmp_path: Path
) -> None:
    """The program is started with a profile of its own that recalculates and runs, follows and updates nothing."""
    program(f'cp "${{1#-env:UserInstallation=file://}}/user/registrymodifications.xcu" {tmp_path}/seen.xcu; exit 1')
    session = LibreOffice().open(write_parts(workbook_parts(ROWS)))
    with pytest.raises(EngineError, match=r"^LibreOffice could not convert .*book.xlsx"):
        session.recalculate()

    seen = (tmp_path / "seen.xcu").read_text()
    for setting, value in {
        "OOXMLRecalcMode": "0",
        "UseThreadedCalculationForFormulaGroups": "false",
        "Link": "2",
        "MacroSecurityLevel": "3",
        "DisableMacrosExecution": "true",
        "DisableActiveContent": "true",
    }.items():
        assert f'oor:name="{setting}" oor:op="fuse"><value>{value}</value>' in seen


def test_a_program_that_hangs_is_ended_with_all_it_started(
    program: Callable[[str], Path], write_parts: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the time limit neither the program nor its children go on."""
    program(f"(sleep 2; touch {tmp_path}/survived) & wait")
    monkeypatch.setattr(libreoffice, "SECONDS", 0.3)
    path = write_parts(workbook_parts(ROWS))
    session = LibreOffice().open(path)
    with pytest.raises(EngineError) as caught:
        session.recalculate()

    assert str(caught.value) == f"LibreOffice needed more than 0 s for {path} and was stopped; try --engine ironcalc"
    time.sleep(2.2)
    assert not (tmp_path / "survived").exists()


def test_what_it_makes_for_itself_goes_with_its_profile(
    program: Callable[[str], Path], write_parts: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program that is ended leaves its temporary files, and nobody else knows their names."""
    program(f'mktemp -d -t lu.XXXXXX; ls -d "$TMPDIR" > {tmp_path}/seen; sleep 5')
    monkeypatch.setattr(libreoffice, "SECONDS", 0.5)
    engine = LibreOffice()
    with pytest.raises(EngineError):
        engine.open(write_parts(workbook_parts(ROWS))).recalculate()
    folder = Path((tmp_path / "seen").read_text(encoding="utf-8").strip())

    assert [path.name[:3] for path in folder.glob("lu.*")] == ["lu."]
    del engine
    gc.collect()
    assert not folder.exists()


def test_a_larger_file_has_more_time(
    program: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file of 30 million bytes has thirty times what there is for a megabyte, beside what every file has."""
    program("exit 1")
    monkeypatch.setattr(libreoffice, "SECONDS", 0.25)
    monkeypatch.setattr(libreoffice, "SECONDS_PER_MEGABYTE", 0.05)
    allowed: list[float] = []
    monkeypatch.setattr(libreoffice, "_run", lambda command, seconds, scratch: allowed.append(seconds) or "")
    path = tmp_path / "large.xlsx"
    with path.open("wb") as file:
        file.truncate(30_000_000)
    with pytest.raises(EngineError, match="could not convert"):
        LibreOffice().convert(path, tmp_path / "results")

    assert allowed == [pytest.approx(1.75)]


@pytest.mark.libreoffice
def test_reading_before_recalculating(write_parts: Callable[..., Path]) -> None:
    """There are no values before the program has run, and cached ones are never handed out."""
    session = LibreOffice().open(write_parts(workbook_parts(ROWS)))
    with pytest.raises(UsageError, match="the workbook must be recalculated before values are read"):
        session.read(parse_range("S!A1"))


@pytest.mark.exhaustive
@pytest.mark.libreoffice
def test_names_of_files_do_not_matter(write_parts: Callable[..., Path]) -> None:
    """Spaces, per cent signs, quotes and letters of any script in the file's name are no obstacle."""
    session = LibreOffice().open(write_parts(workbook_parts(ROWS), "a b%20'é*.xlsx"))
    session.recalculate()

    assert session.read(parse_range("S!A1")) == [[2.0]]


@pytest.mark.libreoffice
def test_no_files_are_left_behind(
    write_parts: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Copies are removed with the session's work, and the profile with the engine."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    engine = LibreOffice()
    engine.open(write_parts(workbook_parts(ROWS))).recalculate()
    assert [path.name.startswith("xlcheck-libreoffice-") for path in folder.iterdir()] == [True]
    del engine

    assert not list(folder.iterdir())
