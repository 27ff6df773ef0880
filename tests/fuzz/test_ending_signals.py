"""A few commands ended by signals at random moments; `python tests/fuzz/signals.py` ends hundreds."""

from __future__ import annotations

import sys

import pytest
from signals import COMMANDS, ending

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are found by their environment")


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param(kind, marks=[getattr(pytest.mark, {"hand-made": "keras"}.get(kind, kind))])
        if kind in {"hand-made", "libreoffice"}
        else kind
        for kind in COMMANDS
    ],
)
def test_a_signal_ends_a_command_and_all_that_it_started(kind: str) -> None:
    """Whatever it is doing: one line, the code of the signal, no file, no process, LibreOffice's included."""
    what, how = ending(0, 7, (kind,))

    assert what in {"ended", "finished before", "before it began"}, how
