"""Grade a chunk of submissions: what runs in another process, or on another machine.

A chunk is judged together. What is found out of a submission comes back as one record, which says nothing of points:
those are counted by whoever collects the records, from the key as it then is.

What was done wrong in a cell says the one library of mistakes. A class makes the same mistakes again and again, so what
is found out about a formula in a cell is kept.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from xlcheck.arrays import Array
from xlcheck.budget import budget
from xlcheck.engines import engine as engine_named
from xlcheck.engines.base import Engine
from xlcheck.errors import OutOfTimeError, XlcheckError
from xlcheck.formulas.addresses import Range
from xlcheck.formulas.meaning import canonical
from xlcheck.grading.judging import Judged, judge_submissions, sighting
from xlcheck.grading.kept import Kept
from xlcheck.grading.prepared import PreparedKey, shown_place
from xlcheck.grading.records import Finding, Record
from xlcheck.grading.submission import State, Submission, read_submission
from xlcheck.memory import bounded_memory, no_garbage_collection
from xlcheck.verdicts.compare import compare
from xlcheck.verdicts.formula_cells import FormulaCells
from xlcheck.verdicts.mistakes.trials import Trials
from xlcheck.verdicts.results import quantity_results
from xlcheck.workbook.cell_codes import code_of
from xlcheck.workbook.content import CellError
from xlcheck.workbook.seen_sheets import SeenSheets

Why = tuple[str | None, str]
"""The name of a mistake, if it is certain, and a sentence."""

_KEPT = 100_000


class Explainer:
    """Explains wrong formulas in the cells of one exercise."""

    def __init__(self, prepared: PreparedKey) -> None:
        self._prepared = prepared
        self._known: dict[tuple[object, ...], Why] = {}
        self._trials: Trials | None = None

    def explain(self, judged: Judged, index: int) -> Why:
        """The mistake in a cell; nothing certain if its cells were moved, for then its formula names others."""
        submission = judged.submission
        formula = submission.formulas.get(index)
        if formula is None or not submission.whole:
            return None, ""
        if judged.first is None or self._reads_no_number(judged.first, index):
            return self._reason(judged, index)  # what stands around it decides, and that is another thing elsewhere
        key = (index, *canonical(formula, self._prepared.cells[index][0]))
        if key not in self._known:
            if len(self._known) > _KEPT:
                self._known.clear()
            self._known[key] = self._reason(judged, index)
        return self._known[key]

    def _reads_no_number(self, numbers: Array, index: int) -> bool:
        """Whether a cell may be no number because another one is none."""
        if np.isfinite(numbers[index]):
            return False
        own = self._prepared.followers(index) | {index}
        return any(place not in own for place in np.flatnonzero(~np.isfinite(numbers)).tolist())

    def _reason(self, judged: Judged, index: int) -> Why:
        try:
            return self._found(judged, index)
        except (XlcheckError, ArithmeticError, LookupError, ValueError, RecursionError):
            return None, ""  # the verdict stands; only its reason stays unknown

    def _found(self, judged: Judged, index: int) -> Why:
        prepared, key = self._prepared, self._prepared.key
        numbers = judged.first
        if numbers is None:
            return None, ""
        formulas = FormulaCells(judged.submission.content)
        trials = self._trials = (self._trials or Trials(key.graph, prepared.placements, formulas)).beside(formulas)
        sightings = [sighting(placement, numbers[None, columns]) for placement, columns in prepared.columns]
        place, only = prepared.cells[index], prepared.quantity_of(index)
        for verdicts in compare(key.graph, sightings, prepared.rounds[0], prepared.tolerance, [0], only=only):
            results = quantity_results(verdicts, key.graph, formulas, [0], prepared.tolerance, trials, corrects=False)
            for found in results:
                if (found.sheet, found.code) == (place[0], code_of(Range(*place))):
                    result = found.describe()
                    return result.diagnosis, result.message if result.diagnosis else ""
        return None, ""


TOGETHER = 32
"""Submissions that are open in the engine at a time: enough for one axis of the arrays, and memory stays flat."""

SECONDS = 20.0
"""What reading one submission may take; the engine has its own limit. A large class's workbook takes milliseconds."""

_STATUS = {State.TYPED: "not_a_formula", State.TEXT: "text", State.MISSING: "missing", State.NOT_FOUND: "not_found"}


@dataclass(frozen=True)
class Task:
    """A submission to be graded.

    Attributes:
        sha256: of the file's content.
        path: where it is; None if its content is sent along.
        content: what is in it, if whoever grades cannot see the path.
    """

    sha256: str
    path: str | None
    content: bytes | None = field(default=None, repr=False)


def grade_chunk(prepared: PreparedKey, tasks: Sequence[Task], engine: str = "ironcalc") -> list[Record]:
    """What is found out about each submission of a chunk, in order.

    A file that is broken, hostile or endless costs its own record only. That calls it "the file", for others may have
    handed in the same content.
    """
    prepared = _known(prepared.digest, prepared)
    records: list[Record] = []
    with bounded_memory(), tempfile.TemporaryDirectory(prefix="xlcheck-") as folder:
        for first in range(0, len(tasks), TOGETHER):
            with no_garbage_collection():
                records += _together(prepared, tasks[first : first + TOGETHER], engine, Path(folder))
    return records


# The key comes with each chunk; what was derived from it stays.
_PREPARED: dict[str, PreparedKey] = {}


def _known(digest: str, prepared: PreparedKey) -> PreparedKey:
    if digest not in _PREPARED:
        _PREPARED.clear()
        _PREPARED[digest] = prepared
    return _PREPARED[digest]


class _Own(threading.local):
    """What a thread keeps from chunk to chunk: the sheets that it has met, a workbook in the engine, reasons."""

    def __init__(self) -> None:
        self.seen = SeenSheets()
        self._for: tuple[str, str] | None = None

    def of(self, prepared: PreparedKey, engine: str) -> tuple[Engine, Kept, Explainer]:
        """The engine, and what is kept of this key."""
        if self._for != (prepared.digest, engine):
            self._engine = engine_named(engine)
            self._kept, self._explainer = Kept(prepared, self._engine), Explainer(prepared)
            self._for = prepared.digest, engine
        return self._engine, self._kept, self._explainer


_OWN = _Own()


def _together(prepared: PreparedKey, tasks: Sequence[Task], engine: str, folder: Path) -> Iterator[Record]:
    failed: dict[str, str] = {}
    submissions: dict[str, Submission] = {}
    for task in tasks:
        try:
            with budget(SECONDS, by_signal=True):
                submissions[task.sha256] = read_submission(_file(task, folder), prepared, seen=_OWN.seen)
        except OutOfTimeError:
            failed[task.sha256] = f"the file took longer than {SECONDS:.0f} s to read and was given up"
        except XlcheckError as error:
            failed[task.sha256] = str(error)
        except MemoryError:
            failed[task.sha256] = "the file needs more memory than there is and was given up"
        except Exception as error:
            failed[task.sha256] = f"the file cannot be read ({type(error).__name__}: {error})"
    calculator, kept, explainer = _OWN.of(prepared, engine)
    found = judge_submissions(list(submissions.values()), prepared, calculator, kept)
    judged = dict(zip(submissions, found, strict=True))
    for task in tasks:
        reason = failed.get(task.sha256) or _error(judged.get(task.sha256))
        if reason:
            path = task.path or str(folder / f"{task.sha256}.xlsx")
            yield Record(task.sha256, error=reason.replace(path, "the file"))
        else:
            yield record_of(task, judged[task.sha256], explainer)


def _error(judged: Judged | None) -> str:
    return str(judged.error) if judged is not None and judged.error is not None else ""


def _file(task: Task, folder: Path) -> Path:
    """The submission as a file; one that was sent along is written into a folder of this process."""
    if task.content is None:
        assert task.path is not None  # noqa: S101 - one of the two is there
        return Path(task.path)
    path = folder / f"{task.sha256}.xlsx"
    path.write_bytes(task.content)
    return path


def record_of(task: Task, judged: Judged, explainer: Explainer) -> Record:
    """What was found out about a submission that could be judged."""
    submission = judged.submission
    return Record(
        sha256=task.sha256,
        id=submission.id,
        findings=tuple(_finding(judged, index, explainer) for index in sorted(judged.bad)),
        hints=submission.hints,
        numbers=tuple(submission.numbers.tolist()),
        formulas=submission.formulas,
        notes=submission.notes,
    )


def _finding(judged: Judged, index: int, explainer: Explainer) -> Finding:
    submission = judged.submission
    place = submission.places[index]
    state = submission.states[index]
    status = _STATUS.get(state, "unknown" if index in judged.unknown else "wrong")
    if index in judged.hidden:
        status = "trivial"
    formula = submission.formulas.get(index)
    mistake, message = explainer.explain(judged, index) if status == "wrong" else (None, "")
    return Finding(
        index=index,
        place="" if place is None else shown_place(place),
        status=status,
        formula=None if formula is None else f"={formula}",
        actual=_actual(judged, index),
        wanted=None if judged.wanted is None else _finite(judged.wanted[index]),
        mistake=mistake,
        message=message,
        right=index in judged.typed_right,
    )


def _actual(judged: Judged, index: int) -> float | str | None:
    if judged.shown is not None:
        return judged.errors.get(index, _finite(judged.shown[index]))
    place = judged.submission.places[index]
    cell = None if place is None else judged.submission.content.sheets[place[0]].cells.get(place[1:])
    value = None if cell is None else cell.value
    if isinstance(value, CellError):
        return value.code
    return value if isinstance(value, float | str) else None


def _finite(number: Any) -> float | None:
    return float(number) if np.isfinite(number) else None


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, read piece by piece."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def content_of(path: Path, most: int) -> bytes:
    """A file's content, to be sent to where its path means nothing; of one that is too large only the beginning."""
    with path.open("rb") as file:
        return file.read(min(most, os.fstat(file.fileno()).st_size))
