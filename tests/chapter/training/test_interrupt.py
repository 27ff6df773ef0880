"""Ctrl-C as a flag."""

from __future__ import annotations

import os
import signal
import threading

import pytest

from xlcheck.chapter.training.fit import deferred_interrupt


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_first_signal_sets_the_flag(number: signal.Signals) -> None:
    """A request to stop does not break off what is being computed."""
    with deferred_interrupt() as interrupt:
        os.kill(os.getpid(), number)
        requested = interrupt.requested

    assert requested


def test_second_signal_means_now() -> None:
    """Whoever presses Ctrl-C twice does not want to wait."""
    with deferred_interrupt():
        os.kill(os.getpid(), signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)


def test_other_threads_are_left_alone() -> None:
    """In a thread, where Python delivers no signals, training works all the same."""
    seen: list[bool] = []

    def work() -> None:
        with deferred_interrupt() as interrupt:
            seen.append(interrupt.requested)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()

    assert seen == [False]
