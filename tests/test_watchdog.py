"""One thread watches over many short requests, and calls when one of them takes too long."""

from __future__ import annotations

import threading
import time
from threading import Event

from xlcheck.child_process import Watchdog

SOON, NEVER = 0.05, 600.0


def test_calls_once_when_the_time_is_up() -> None:
    """And says so to whoever is done too late."""
    called = Event()
    dog = Watchdog(called.set)
    dog.begin(SOON)

    assert called.wait(60)
    assert dog.done()
    called.clear()
    time.sleep(2 * SOON)
    assert not called.is_set()
    dog.end()


def test_what_is_done_in_time_is_forgotten() -> None:
    """Nothing is called later, and the next has its own time."""
    called = Event()
    dog = Watchdog(called.set)
    dog.begin(SOON)
    assert not dog.done()
    dog.begin(NEVER)
    time.sleep(3 * SOON)

    assert not called.is_set()
    assert not dog.done()
    dog.end()


def test_a_shorter_time_after_a_longer_one() -> None:
    """The thread that sleeps until the longer one is over is woken."""
    called = Event()
    dog = Watchdog(called.set)
    dog.begin(NEVER)
    dog.done()
    dog.begin(SOON)

    assert called.wait(60)
    assert dog.done()
    dog.begin(NEVER)
    assert not dog.done()
    dog.end()


def test_a_thousand_requests_share_a_thread_that_ends() -> None:
    """No thread is started for each, and none is left."""
    before = set(threading.enumerate())
    dog = Watchdog(lambda: None)
    for _ in range(1000):
        dog.begin(NEVER)
        dog.done()
    (thread,) = set(threading.enumerate()) - before
    dog.end()
    thread.join(60)

    assert not thread.is_alive()
