"""The other side of `apart`: Keras on NumPy, for the process that started this one, over a pipe."""

from __future__ import annotations

import os
import pickle
import signal
import sys

from xlcheck.errors import XlcheckError

# Of no use here, and slow to import; Keras does so wherever they are installed.
_LEFT_OUT = ("matplotlib", "pandas", "PIL", "tensorflow")


def main() -> None:
    """Answer requests until the pipe is closed."""
    # Ctrl-C reaches the whole group of processes; the other side decides what it ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    requests = sys.stdin.buffer
    # Libraries may print; only replies may go through the pipe.
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    for name in _LEFT_OUT:
        sys.modules[name] = None  # type: ignore[assignment]
    from xlcheck.model.keras_import import use_numpy

    use_numpy()
    while True:
        try:
            folder, function, arguments, options = pickle.load(requests)  # noqa: S301 - from the process that started us
        except EOFError:
            return
        os.chdir(folder)  # so that a relative path means the same file in both processes
        try:
            reply = True, function(*arguments, **options)
        except XlcheckError as error:
            reply = False, error
        pickle.dump(reply, replies)
        replies.flush()
