"""Results that are kept: a run that was ended goes on, only what has changed is graded anew, and nothing is lost."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from shutil import copytree
from typing import Any

import numpy as np
import pytest
from classroom import Classroom, hand_in, only, wrong
from thorough import EVERY_CASE

from xlcheck.errors import UsageError
from xlcheck.grading.grade import grade_folder as grade
from xlcheck.grading.grading import Grading
from xlcheck.grading.prepared import prepare
from xlcheck.grading.records import Record
from xlcheck.grading.store import FILE, Store, StoredMarks, open_store

KILLS, MANY = (50, 200) if EVERY_CASE else (2, 24)


def marks_of(grading: Grading) -> dict[str, tuple[float | None, list[str]]]:
    return {marks.file: (marks.earned, wrong(marks)) for marks in grading.marks}


@pytest.fixture(scope="module")
def many(lstm: Classroom, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Submissions with mistakes of all kinds."""
    folder = tmp_path_factory.mktemp("many")
    rng = np.random.default_rng(5)
    for number in range(MANY):
        student = f"s{number % 12 + 1:03}"
        lstm.hand_in(student, folder / f"{number:03}.xlsx", lstm.faulty(student, lstm.draw(rng)))
    return folder


@pytest.fixture(scope="module")
def straight(lstm: Classroom, many: Path, tmp_path_factory: pytest.TempPathFactory) -> Grading:
    """The marks of a run that nobody disturbed."""
    return grade(many, lstm.key_file, tmp_path_factory.mktemp("straight"))


@pytest.mark.thorough
def test_killed_at_any_moment_it_goes_on_where_it_was(
    lstm: Classroom, many: Path, straight: Grading, results: Path
) -> None:
    """`kill -9` at random moments, then --resume: the results are those of a run that nobody disturbed."""
    rng = np.random.default_rng(1)
    command = [sys.executable, "-m", "xlcheck", "grade", str(many), "--key", str(lstm.key_file), "-o", str(results)]
    for _ in range(KILLS):
        process = subprocess.Popen(
            [*command, "--resume", "--no-copies", "-j", "2"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        time.sleep(float(rng.uniform(0.3, 3.0)))
        process.send_signal(signal.SIGKILL if os.name != "nt" else signal.SIGTERM)
        process.wait()

    resumed = grade(many, lstm.key_file, results, jobs=2, resume=True)

    assert marks_of(resumed) == marks_of(straight)
    assert len(resumed.marks) == MANY
    again = grade(many, lstm.key_file, results, resume=True)
    assert (again.graded, marks_of(again)) == (0, marks_of(straight))


def test_other_points_grade_nothing_anew_and_another_formula_does(
    lstm: Classroom, tmp_path: Path, results: Path
) -> None:
    """Marks follow the plan's points at once; only what the verdicts depend on makes files be graded again."""
    exercise = copytree(lstm.folder, tmp_path / "exercise")
    key = exercise / "key.json"
    hand_in(lstm, tmp_path / "in", "s001")
    first = grade(tmp_path / "in", key, results)
    assert only(first).earned == only(first).points - 1

    replace(lstm.key, blanks=tuple(replace(blank, points=2.5) for blank in lstm.key.blanks)).save(key)
    dearer = grade(tmp_path / "in", key, results, resume=True)
    assert (dearer.graded, only(dearer).earned) == (0, 2.5 * (len(lstm.elements) - 1))

    replace(lstm.key, secret="another").save(key)
    assert grade(tmp_path / "in", key, results, resume=True).graded == 1


def test_a_changed_file_is_graded_anew_and_one_student_alone(lstm: Classroom, tmp_path: Path, results: Path) -> None:
    """With --resume only what has changed is graded; one student's file can be graded again by itself."""
    for student in ("s001", "s002", "s003"):
        hand_in(lstm, tmp_path / "in", student)
    assert grade(tmp_path / "in", lstm.key_file, results).graded == 3

    lstm.hand_in("s002", tmp_path / "in" / "s002.xlsx", {})
    resumed = grade(tmp_path / "in", lstm.key_file, results, resume=True)
    assert (resumed.graded, resumed.marks[1].earned) == (1, resumed.points)

    alone = grade(tmp_path / "in", lstm.key_file, results, student="s003")
    assert (alone.graded, only(alone).student) == (1, "s003")
    with pytest.raises(UsageError, match="no student 's999'"):
        grade(tmp_path / "in", lstm.key_file, results, student="s999")


def test_a_class_that_is_not_held_in_memory_has_the_same_marks(
    lstm: Classroom, tmp_path: Path, results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond some hundred submissions marks are counted from what is kept when they are asked for, in any order."""
    for student in ("s001", "s002"):
        hand_in(lstm, tmp_path / "in", student)
    hand_in(lstm, tmp_path / "in", "s002", "again.xlsx")
    held = grade(tmp_path / "in", lstm.key_file, results)
    monkeypatch.setattr("xlcheck.grading.grade._HELD", 0)
    kept = grade(tmp_path / "in", lstm.key_file, results, resume=True)

    assert isinstance(kept.marks, StoredMarks)
    assert (len(kept.marks), kept.graded) == (3, 0)
    assert list(kept.marks) == list(held.marks) == [kept.marks[number] for number in range(3)]
    assert [kept.marks[-1], *kept.marks[:1]] == [held.marks[2], held.marks[0]]
    several = "s002 has handed in more than one file; the others are "
    others = {m.file: note.removeprefix(several) for m in kept.marks for note in m.notes if note.startswith(several)}
    assert len(others) == 2
    assert all(other != file and others[other] == file for file, other in others.items())
    assert kept.summary() == held.summary()
    (results / "results.sqlite").unlink()
    with pytest.raises(UsageError, match="grade again"):
        list(kept.marks)
    assert not (results / "results.sqlite").exists()


def test_any_executor_gives_the_same(lstm: Classroom, many: Path, straight: Grading, results: Path) -> None:
    """`executor=` takes whatever the standard library calls one; files are sent along."""
    with ThreadPoolExecutor(2) as threads:
        by_threads = grade(many, lstm.key_file, results, executor=threads)

    assert marks_of(by_threads) == marks_of(straight)


class Counting(Executor):
    """Counts what it is sent, and looks at nothing."""

    sent = 0

    def submit(self, function: Any, /, *arguments: Any, **_: Any) -> Future[Any]:
        self.sent += 1
        future: Future[Any] = Future()
        future.set_result([Record(task.sha256, error="nobody looked at it") for task in arguments[1]])
        return future


def test_where_nobody_knows_how_many_work_32_parts_of_a_class_are_sent_ahead(
    lstm: Classroom, tmp_path: Path, results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Enough for a cluster, and no more in memory than that; the others follow as results come."""
    monkeypatch.setattr("xlcheck.grading.grade.CHUNK", 1)
    (tmp_path / "in").mkdir()
    for number in range(40):
        (tmp_path / "in" / f"{number}.xlsx").write_text(str(number))
    executor, sent = Counting(), list[int]()
    graded = grade(
        tmp_path / "in", lstm.key_file, results, executor=executor, progress=lambda *_: sent.append(executor.sent)
    )

    assert sent[0] == 32
    assert executor.sent == graded.graded == 40


def test_two_at_a_time_do_not_write_the_same_results(lstm: Classroom, tmp_path: Path, results: Path) -> None:
    """A folder of results belongs to one process; the other one is told so."""
    hand_in(lstm, tmp_path / "in", "s001")
    with open_store(results, "digest") as store:
        store.add([])
        with pytest.raises(UsageError, match="another xlcheck is at work"):
            grade(tmp_path / "in", lstm.key_file, results)


def test_a_full_disk_is_no_defect_and_loses_only_what_was_in_hand(
    lstm: Classroom, tmp_path: Path, results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One sentence says where there is no room, and what was kept before is still there."""

    def full(store: Store, records: Iterable[Record]) -> None:
        store._connection.execute("PRAGMA max_page_count = 1")
        add(store, [*records, Record("0", error="x" * 100_000)])

    add = Store.add
    hand_in(lstm, tmp_path / "in", "s001")
    grade(tmp_path / "in", lstm.key_file, results)
    hand_in(lstm, tmp_path / "in", "s002")
    with monkeypatch.context() as patched:
        patched.setattr(Store, "add", full)
        with pytest.raises(UsageError, match=r"results\.sqlite: database or disk is full; make room there, or name"):
            grade(tmp_path / "in", lstm.key_file, results, resume=True)
    with open_store(results, prepare(lstm.key_file).digest) as store:
        assert len(store.known()) == 1


def test_results_of_another_version_are_refused_and_left_alone(tmp_path: Path) -> None:
    """What another version wrote is neither read nor written, and nobody holds the file after that."""
    with open_store(tmp_path, "digest"):
        pass
    file = tmp_path / FILE
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(UsageError, match="written by another version of xlcheck"), open_store(tmp_path, "digest"):
        raise AssertionError("it was opened")
    with closing(sqlite3.connect(file, timeout=0)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
