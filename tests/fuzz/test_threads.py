"""Checks beside each other say what each says alone; `python tests/fuzz/threads.py` makes thousands."""

from __future__ import annotations

import asyncio
import os
import sys
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest
from thorough import EVERY_CASE
from threads import make_workbooks, outcome, wrong_results

CHECKS = int(os.environ.get("XLCHECK_FUZZ_THREADS", "16" if EVERY_CASE else "6"))


def test_threads_do_not_exchange_their_results(tmp_path: Path) -> None:
    """Over several threads, right, wrong, crashing and unreadable workbooks keep their own results."""
    with ThreadPoolExecutor(8 if EVERY_CASE else 4) as pool:
        wrong = list(wrong_results(make_workbooks(tmp_path), CHECKS, pool))

    assert wrong == []


@pytest.mark.exhaustive
@pytest.mark.skipif(sys.platform == "win32", reason="no process is forked there")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_forked_processes_do_not_exchange_their_results(tmp_path: Path) -> None:
    """A process that was forked off in the middle starts engines of its own, and its parent keeps its own."""
    paths = make_workbooks(tmp_path)
    pool: Executor
    with ProcessPoolExecutor(2, get_context("fork")) as pool:
        wrong = list(wrong_results(paths[:4], 6, pool))

    assert wrong == []
    assert outcome(paths[0]) == outcome(paths[0])


def test_an_event_loop_may_check(tmp_path: Path) -> None:
    """Checks in an event loop, in it and in threads beside it, keep their own results."""
    good, bad = make_workbooks(tmp_path)[:2]

    async def checks() -> list[str]:
        beside = [asyncio.to_thread(outcome, path) for path in (good, bad, good)]
        return [outcome(bad), *await asyncio.gather(*beside)]

    first, *others = asyncio.run(checks())

    assert others == [outcome(good), first, outcome(good)]
