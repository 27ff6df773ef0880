"""On a Dask cluster: the same marks, every result once, and a lost worker costs nothing."""

from __future__ import annotations

import os
import signal
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from classroom import Classroom

from xlcheck.errors import UsageError
from xlcheck.grading.grade import grade_folder

SUBMISSIONS = 24


@pytest.mark.thorough
@pytest.mark.distributed
def test_a_worker_that_is_killed_half_way_costs_no_result(lstm: Classroom, tmp_path: Path, results: Path) -> None:
    """Dask gives the chunks of a lost worker to another one; all results are there, once, in one place."""
    import distributed

    rng = np.random.default_rng(3)
    planted = {}
    for number in range(SUBMISSIONS):
        student, name = f"s{number % 12 + 1:03}", f"{number:03}.xlsx"
        planted[name] = lstm.draw(rng)
        lstm.hand_in(student, tmp_path / "in" / name, lstm.faulty(student, planted[name]))
    killed = threading.Event()

    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None
    ) as cluster:

        def kill(done: int, total: int) -> None:
            if not killed.is_set() and done < total:
                killed.set()
                os.kill(next(iter(cluster.workers.values())).pid, signal.SIGTERM)

        address = cluster.scheduler_address.replace("tcp://", "dask://")
        grading = grade_folder(tmp_path / "in", lstm.key_file, results, jobs=4, cluster=address, progress=kill)

    assert killed.is_set()
    found = {
        marks.file: {cell.element for cell in marks.cells if cell.status not in ("right", "carried")}
        for marks in grading.marks
    }
    assert found == {name: set(kinds) for name, kinds in planted.items()}
    with closing(sqlite3.connect(results / "results.sqlite")) as connection:
        assert connection.execute("SELECT count(*) FROM records").fetchone() == (SUBMISSIONS,)


@pytest.mark.distributed
@pytest.mark.parametrize(
    ("address", "message"), [("tcp://127.0.0.1:1", "dask://HOST:PORT"), ("dask://127.0.0.1:1", "nobody answers")]
)
def test_an_address_where_nobody_is_is_said(
    address: str, message: str, lstm: Classroom, results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One sentence says what an address looks like, or that nobody answers there."""
    monkeypatch.setattr("xlcheck.grading.grade._SECONDS", 1)

    with pytest.raises(UsageError, match=message):
        grade_folder(lstm.folder / "blanks", lstm.key_file, results, cluster=address)
