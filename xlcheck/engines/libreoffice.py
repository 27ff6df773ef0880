"""LibreOffice, the third opinion: a program of its own that converts a copy of the file and calculates on the way.

By default it keeps the cached values of files that another program has saved; a profile made for
xlcheck tells it to recalculate always, never to run macros and never to follow links. It writes 15
digits, shows a circular reference as `#VALUE!`, and knows no LAMBDA.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import weakref
from collections.abc import Sequence
from functools import cached_property
from itertools import product
from pathlib import Path
from threading import Lock

from xlcheck.budget import time_left
from xlcheck.engines.base import PackedValues, Session
from xlcheck.engines.unknown import hides_unknown
from xlcheck.errors import EngineError, MissingDependencyError, UsageError, WorkbookError
from xlcheck.formulas.addresses import Range
from xlcheck.workbook.constants import Constants, write_with_constants
from xlcheck.workbook.container import open_container
from xlcheck.workbook.content import Cell, CellError, NotEvaluated, Value, WorkbookContent
from xlcheck.workbook.reader import read_workbook

SECONDS = 60.0
SECONDS_PER_MEGABYTE = 10.0

_FILTER = "xlsx:Calc MS Excel 2007 XML"
_PLACES = (
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    r"C:\Program Files\LibreOffice\program\soffice.com",
    r"C:\Program Files (x86)\LibreOffice\program\soffice.com",
)
# (where, setting, value). Recalculate: 0 always. Links: 2 never update. Macro security: 3 the highest.
# Threads: version 25.2 takes a long recurrence of more than a hundred units for circular when it computes in parallel.
_SETTINGS = (
    ("Calc/Formula/Load", "OOXMLRecalcMode", "0"),
    ("Calc/Formula/Load", "ODFRecalcMode", "0"),
    ("Calc/Formula/Calculation", "UseThreadedCalculationForFormulaGroups", "false"),
    ("Calc/Content/Update", "Link", "2"),
    ("Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Common/Security/Scripting", "DisableActiveContent", "true"),
)
_NO_ANSWER = {"#NAME?": "LibreOffice does not know a function or a name in this formula, or in one that it depends on"}


def find_soffice() -> str | None:
    """The path of LibreOffice's program, or None."""
    on_path = shutil.which("soffice") or shutil.which("libreoffice")
    return on_path or next((place for place in _PLACES if Path(place).is_file()), None)


class LibreOffice:
    """The engine `libreoffice`."""

    name = "libreoffice"
    absolute_tolerance = 1e-13
    takes_formulas = False

    def __init__(self) -> None:
        program = find_soffice()
        if program is None:
            raise MissingDependencyError(
                "LibreOffice is not installed (no program soffice was found); install it, or choose another --engine"
            )
        self._program = program
        # A profile serves one running program at a time.
        self._lock = Lock()

    @cached_property
    def version(self) -> str:
        """As the program states it, without its name and build."""
        shown = subprocess.run(  # noqa: S603 - the program that was found
            [self._program, "--version"], capture_output=True, text=True, timeout=SECONDS, check=False
        )
        words = shown.stdout.split()
        return words[1] if len(words) > 1 else "unknown"

    def open(self, path: Path) -> Session:
        """Accept a workbook; it is loaded with the first `recalculate`.

        Raises:
            WorkbookError: see `open_container`.
        """
        open_container(path).close()
        return _Session(self, Path(path))

    def convert(self, source: Path, folder: Path) -> Path:
        """Recalculate a file, save it into another folder, and return the new file's path.

        Raises:
            EngineError: LibreOffice failed or took too long.
        """
        seconds = SECONDS + SECONDS_PER_MEGABYTE * source.stat().st_size / 1e6
        command = [self._program, f"-env:UserInstallation={self._profile.as_uri()}", "--headless", "--norestore"]
        command += ["--nolockcheck", "--convert-to", _FILTER, "--outdir", str(folder), str(source)]
        with self._lock:
            message = _run(command, seconds, self._profile)
        target = folder / f"{source.stem}.xlsx"
        if not target.is_file():
            raise EngineError(f"LibreOffice could not convert {source} ({message}); try --engine ironcalc")
        return target

    @cached_property
    def _profile(self) -> Path:
        folder = tempfile.mkdtemp(prefix="xlcheck-libreoffice-")
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        user = Path(folder) / "user"
        user.mkdir()
        items = "".join(
            f'<item oor:path="/org.openoffice.Office.{where}"><prop oor:name="{name}" oor:op="fuse">'
            f"<value>{value}</value></prop></item>"
            for where, name, value in _SETTINGS
        )
        (user / "registrymodifications.xcu").write_text(
            '<?xml version="1.0" encoding="UTF-8"?><oor:items xmlns:oor="http://openoffice.org/2001/registry" '
            'xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
            f"{items}</oor:items>",
            encoding="utf-8",
        )
        return user.parent


class _Session(Session):
    def __init__(self, engine: LibreOffice, path: Path) -> None:
        self._engine = engine
        self._path = path
        self._constants: dict[str, Constants] = {}
        self._content: WorkbookContent | None = None

    def set(self, sheet: str, row: int, column: int, value: float | str) -> None:
        self._constants.setdefault(sheet, {})[row, column] = value

    def recalculate(self) -> None:
        with tempfile.TemporaryDirectory(prefix="xlcheck-", ignore_cleanup_errors=True) as folder:
            # A plain name: the program takes some characters of a path for a pattern.
            source = Path(folder) / f"workbook{self._path.suffix}"
            results = Path(folder) / "results"
            results.mkdir()
            write_with_constants(self._path, source, self._constants)
            try:
                self._content = read_workbook(self._engine.convert(source, results))
                for sheet in self._content.sheets.values():
                    len(sheet.cells)  # constants are read when somebody asks for them; then the file is gone
            except EngineError as error:
                raise EngineError(str(error).replace(str(source), str(self._path))) from None
            except WorkbookError as error:
                raise EngineError(f"LibreOffice made of {self._path} what cannot be read ({error})") from None

    def read_all(self, areas: Sequence[Range]) -> PackedValues:
        return PackedValues.of(map(self._values, areas))

    def _values(self, area: Range) -> list[Value]:
        if self._content is None:
            raise UsageError("the workbook must be recalculated before values are read")
        try:
            cells = self._content.sheets[area.sheet].cells
        except KeyError:
            raise UsageError(f"there is no worksheet {area.sheet!r} in the workbook") from None
        source = self._source.sheets[area.sheet].cells
        rows = range(area.top, area.top + area.rows)
        columns = range(area.left, area.left + area.columns)
        return [self._value(cells.get(key), source.get(key)) for key in product(rows, columns)]

    @cached_property
    def _source(self) -> WorkbookContent:
        return read_workbook(self._path)

    def _value(self, cell: Cell | None, source: Cell | None) -> Value:
        if source is not None and source.formula is not None:
            # What it cannot import as a formula it drops, or keeps as the value that was cached.
            if cell is None or cell.formula is None:
                return NotEvaluated("LibreOffice does not read this as a formula")
            if hides_unknown(cell.formula, self._functions):
                return NotEvaluated(_NO_ANSWER["#NAME?"])
        if cell is None:
            return None
        if isinstance(cell.value, CellError) and cell.value.code in _NO_ANSWER:
            return NotEvaluated(_NO_ANSWER[cell.value.code])
        return cell.value

    @cached_property
    def _functions(self) -> frozenset[str]:
        return frozenset(map(str.casefold, self._source.names))


def _run(command: list[str], seconds: float, scratch: Path) -> str:
    """Run the program and return what it says; when it takes too long, end it and what it started.

    What it makes for itself, and leaves where it is ended, goes into the folder `scratch`.
    """
    process = subprocess.Popen(  # noqa: S603 - the program that was found
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        env={**os.environ, **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(scratch))},
    )
    try:
        output, _ = process.communicate(timeout=min(seconds, time_left()))
    except subprocess.TimeoutExpired:
        time_left()  # that of the whole command may be up
        raise EngineError(
            f"LibreOffice needed more than {seconds:.0f} s for {command[-1]} and was stopped; try --engine ironcalc"
        ) from None
    finally:
        if process.poll() is None:
            _end(process)
    return " ".join(output.decode(errors="replace").split())


def _end(process: subprocess.Popen[bytes]) -> None:
    if sys.platform == "win32":
        process.kill()
    else:
        # The program is a script that starts another one, in a group of their own.
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
