"""Grade a folder of submissions: in chunks, on any executor, and every result is kept as it comes in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from xlcheck.engines import engine as engine_named
from xlcheck.errors import MissingDependencyError, NothingCheckedError, UsageError, install_command
from xlcheck.files import files_below
from xlcheck.grading.grading import Grading, Tally
from xlcheck.grading.likeness import LikenessFinder
from xlcheck.grading.marks import Marker, StudentMarks
from xlcheck.grading.prepared import PreparedKey, prepare
from xlcheck.grading.records import Record
from xlcheck.grading.store import FILE as RESULTS, Store, StoredMarks, open_store
from xlcheck.grading.trial import try_key
from xlcheck.grading.work import SECONDS, Task, content_of, grade_chunk, sha256_of
from xlcheck.processes import Processes
from xlcheck.progress import Progress

WORKBOOKS = (".xlsx", ".xlsm")
_SHEETS = (".xls", ".xlsb", ".ods", ".numbers", ".csv", ".pdf", ".gsheet")
CHUNK = 64
"""Submissions that are sent together: enough that sending costs nothing, few enough that little is done twice."""
MOST_BYTES = 50_000_000
"""Of one submission; the workbook of a large exercise has one."""
_AHEAD = 3
"""Chunks that wait for each process, so that none waits for us."""
_SENT_AHEAD = 32
"""The same where nobody knows how many processes there are."""
_ATTEMPTS = 2
"""A process may have been ended by somebody else; the second time it was the file."""

_SHOWN = 5
"""Of one student's other files."""
_HELD = 500
"""Submissions of which all marks are held in memory; those of more are counted anew when they are asked for."""


@dataclass(frozen=True)
class _Found:
    """A file in the folder of submissions."""

    path: Path
    name: str
    sha256: str
    error: str = ""


def grade_folder(
    folder: Path,
    key: Path,
    results: Path,
    *,
    jobs: int = 1,
    resume: bool = False,
    student: str | None = None,
    engine: str = "ironcalc",
    executor: Executor | None = None,
    cluster: str | None = None,
    progress: Progress | None = None,
) -> Grading:
    """Grade all submissions in a folder, and in the folders in it; `xlcheck.grade` says what the options mean.

    Results are kept in the folder for them, see `store`, and `progress` is told how many files are done, and of how
    many. The submissions of others than `student` are graded as with `resume`.

    Raises:
        DataError: the key cannot be used.
        UsageError: the folder is not there, or the results cannot be kept.
        NothingCheckedError: there is no submission in it.
    """
    prepared = prepare(key)
    marker = Marker(prepared)
    files, others = list[_Found](), list[_Found]()
    for file in _submissions(folder, apart=results):
        if file.path.suffix.lower() in (*WORKBOOKS, *_SHEETS):
            files.append(file)
        elif marker.called_after(file.name):
            others.append(file)
    if not (files or others):
        raise NothingCheckedError(f"there is no .xlsx file in {folder}; name the folder with the submissions")
    with open_store(results, prepared.digest) as store, ExitStack() as stack:
        store.add(Record(file.sha256, error=file.error) for file in (*files, *others) if file.error)
        by_hash = {file.sha256: file for file in files if not file.error}
        # What is there stays until the new result has come.
        known = store.known() if resume or student is not None else set()
        known -= _again(store, by_hash, marker, student)
        todo = [file for file in by_hash.values() if file.sha256 not in known]
        if todo:
            try_key(key, prepared, engine_named(engine))
            own, sends, payload = _executor(stack, prepared, jobs, len(todo), executor, cluster)
            work = _Work(own, payload, engine, sends=sends)
            ahead = _AHEAD * jobs if executor is None else _SENT_AHEAD
            work.run(todo, store, _size(len(todo), jobs), ahead, progress)
        known = store.known()
    graded = [(file.name, file.sha256) for file in files if file.sha256 in known]
    if others:  # a picture or an archive counts where its student has handed in nothing else
        seen = {mark.student for mark in StoredMarks(results, marker, graded)}
        graded += [(file.name, file.sha256) for file in others if marker.called_after(file.name) not in seen]
        graded.sort(key=lambda file: Path(file[0]))
    grading = _counted(StoredMarks(results, marker, graded), prepared, marker, folder)
    grading = replace(grading, graded=len(todo))
    return grading if student is None else _of_one(grading, student)


def _counted(marks: StoredMarks, prepared: PreparedKey, marker: Marker, folder: Path) -> Grading:
    """What there is to say of a class; one submission after the other is looked at, and forgotten."""
    tally, likeness = Tally(), LikenessFinder(prepared)
    by_student: dict[str, list[int]] = {}
    held: list[StudentMarks] = []
    for number, (mark, record) in enumerate(marks.with_records(range(len(marks)))):
        if len(marks) <= _HELD:
            held.append(mark)
        tally.add(mark)
        likeness.add(mark, record)
        if mark.student:
            by_student.setdefault(mark.student, []).append(number)
    for student, numbers in by_student.items():
        for number in numbers if len(numbers) > 1 else ():
            others = [marks.file(other) for other in numbers[: _SHOWN + 1] if other != number][:_SHOWN]
            shown = ", ".join(others) + (" …" if len(numbers) > _SHOWN + 1 else "")
            note = f"{student} has handed in more than one file; the others are {shown}"
            marks.note(number, note)
            if held:
                held[number] = replace(held[number], notes=(*held[number].notes, note))
    return Grading(
        title=prepared.key.title or prepared.key.name,
        folder=str(folder),
        points=prepared.key.points,
        marks=tuple(held) if held else marks,
        tally=tally,
        missing=tuple(marker.missing(by_student)),
        likeness=tuple(likeness.found()),
    )


def _of_one(grading: Grading, student: str) -> Grading:
    """What is about one student.

    Raises:
        UsageError: there is nothing.
    """
    marks = tuple(mark for mark in grading.marks if mark.student == student)
    if not marks:
        raise UsageError(f"there is no submission of {student} in {grading.folder}")
    files, tally = {mark.file for mark in marks}, Tally()
    for mark in marks:
        tally.add(mark)
    likeness = tuple(like for like in grading.likeness if files & set(like.files))
    return replace(grading, marks=marks, tally=tally, missing=(), likeness=likeness)


def _again(store: Store, by_hash: dict[str, _Found], marker: Marker, student: str | None) -> set[str]:
    """The files that are one student's, as far as is known, or of which it is not known whose they are."""
    if student is None:
        return set()
    if marker.students and student not in marker.students:
        raise UsageError(f"there is no student {student!r} on the roster of the key")
    found = set()
    for sha256, file in by_hash.items():
        record = store.record(sha256)
        if record is not None and marker.mark(file.name, record).student in ("", student):
            found.add(sha256)
    return found


def _size(files: int, jobs: int) -> int:
    """How many submissions go together: so few that all processes end at about the same time."""
    return max(1, min(CHUNK, -(-files // (4 * max(jobs, 1)))))


def _executor(
    stack: ExitStack, prepared: PreparedKey, jobs: int, files: int, executor: Executor | None, cluster: str | None
) -> tuple[Executor, bool, Any]:
    """Who works, whether files are sent along, and what is sent as the key."""
    if executor is not None:
        return executor, True, prepared
    if cluster is not None:
        client, sent = stack.enter_context(connected(cluster, prepared))
        return client, True, sent
    own = Processes(min(jobs, files), CHUNK * SECONDS)
    stack.callback(own.shutdown, wait=False, cancel_futures=True)
    return own, False, prepared


class _Work:
    """Chunks under way."""

    def __init__(self, executor: Executor, prepared: Any, engine: str, *, sends: bool) -> None:
        self._executor = executor
        self._prepared = prepared
        self._engine = engine
        self._sends = sends
        self._waiting: dict[Future[list[Record]], tuple[list[_Found], int]] = {}

    def run(self, files: Sequence[_Found], store: Store, size: int, ahead: int, progress: Progress | None) -> None:
        """Grade files, and keep each result as soon as it is there."""
        chunks = (list(files[first : first + size]) for first in range(0, len(files), size))
        done = 0
        while True:
            while len(self._waiting) < ahead and (chunk := next(chunks, None)) is not None:
                self._submit(chunk, 1)
            if not self._waiting:
                return
            for future in wait(self._waiting, return_when=FIRST_COMPLETED).done:
                chunk, attempt = self._waiting.pop(future)
                records = self._records(future, chunk, attempt)
                store.add(records)
                done += len(records)
                if progress is not None:
                    progress(done, len(files))

    def _records(self, future: Future[list[Record]], chunk: list[_Found], attempt: int) -> list[Record]:
        """What came back; of a chunk that was lost each file is tried again alone, and then given up."""
        error = future.exception()
        if error is None:
            return future.result()
        if isinstance(error, BrokenExecutor):
            raise UsageError(f"the executor is broken ({error}); start again with --resume, with another one") from None
        if len(chunk) > 1 or attempt < _ATTEMPTS:
            for file in chunk:
                self._submit([file], attempt + 1 if len(chunk) == 1 else attempt)
            return []
        what = f"the process that graded the file ended before it had a result ({type(error).__name__})"
        return [Record(chunk[0].sha256, error=f"{what}; look at it yourself")]

    def _submit(self, chunk: list[_Found], attempt: int) -> None:
        tasks = [
            Task(
                file.sha256,
                None if self._sends else str(file.path),
                content_of(file.path, MOST_BYTES) if self._sends else None,
            )
            for file in chunk
        ]
        self._waiting[self._executor.submit(grade_chunk, self._prepared, tasks, self._engine)] = chunk, attempt


def _submissions(folder: Path, apart: Path) -> Iterator[_Found]:
    """The files that somebody has handed in, in the order of their names."""
    if not folder.exists():
        raise UsageError(f"there is no folder {folder}; name the one with the submissions")
    paths = [folder] if folder.is_file() else files_below(folder)
    # Marked copies in folders of results are no submissions.
    results = {apart.resolve(), *(path.resolve().parent for path in paths if path.name == RESULTS)}
    for path in paths:
        if path.name.startswith(("~$", ".")) or not results.isdisjoint(path.resolve().parents):
            continue
        yield _found(path, path.name if path == folder else path.relative_to(folder).as_posix())


def _found(path: Path, name: str) -> _Found:
    error = ""
    try:
        if not path.is_file():
            error = "it is no ordinary file"
        elif path.stat().st_size > MOST_BYTES:
            error = f"the file has more than {MOST_BYTES // 10**6} MB and was not read"
        elif path.suffix.lower() not in WORKBOOKS:
            error = "the file is no .xlsx workbook; save it as one (File, Save as, or Download as)"
        else:
            return _Found(path, name, sha256_of(path))
    except OSError as problem:
        error = f"the file cannot be read: {problem.strerror or problem}"
    return _Found(path, name, f"not read: {name}", error)


_RETRIES = 3
_SECONDS = 10


@contextmanager
def connected(address: str, prepared: PreparedKey) -> Iterator[tuple[Executor, Any]]:
    """A cluster's own executor, and the key as it is known there.

    Dask starts anew what a worker had in hand that was lost.

    Raises:
        MissingDependencyError: Dask is not installed.
        UsageError: the address is none, or nobody answers there.
    """
    scheme, mark, place = address.partition("://")
    if scheme != "dask" or not mark or not place:
        raise UsageError(f"{address} is no address of a cluster; write it as dask://HOST:PORT")
    try:
        from distributed import Client
    except ImportError as error:
        raise MissingDependencyError(f"a cluster needs Dask; install it with: {install_command('cluster')}") from error
    try:
        client = Client(f"tcp://{place}", timeout=_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise UsageError(
            f"nobody answers at {address} ({error}); start a scheduler there, or look at the port"
        ) from None
    try:
        yield client.get_executor(retries=_RETRIES), client.scatter(prepared, broadcast=True)
    finally:
        client.close()
