"""Spoil files and check with them: `python tests/fuzz/fuzz.py --count 10000 --seed 0`.

Each attempt must end with a report or with one sentence, in time, and what is said to agree must agree for others, too
(see `second_opinion`). The command prints how many ended how, and each that should not have; it ends with 1 if there is
any. What is spoiled: workbooks of lessons, of random models and hand-made ones, bindings, arrays and tables, traces,
models.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

from attempts import KINDS, NEED_KERAS, SECONDS, Ending, attempt

_TOLD = ("out of time", "agrees for one engine")
"""Endings that are no mistakes, and worth a look."""


def main() -> int:
    """Try and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--first", type=int, default=0, help="the attempt to begin with")
    parser.add_argument("--kind", choices=KINDS, action="append", help="what is spoiled; anything by default")
    options = parser.parse_args()
    kinds = tuple(options.kind or ())
    if not kinds or set(kinds) & set(NEED_KERAS):
        from xlcheck.model.keras_import import import_keras

        import_keras()  # not part of anything that is timed
    started = time.monotonic()
    endings: Counter[tuple[str, str]] = Counter()
    slowest = 0.0
    # Interrupted, it sums up what was tried until then.
    with tempfile.TemporaryDirectory() as folder, suppress(KeyboardInterrupt):
        for number in range(options.first, options.first + options.count):
            ending = attempt(number, options.seed, Path(folder), kinds)
            endings[ending.kind, ending.what] += 1
            slowest = max(slowest, ending.seconds)
            if ending.is_bad or ending.what in _TOLD:
                _show(ending)
    for kind in KINDS:
        parts = [f"{count} {what}" for (of, what), count in sorted(endings.items()) if of == kind]
        if parts:
            print(f"{kind + ':':<11}{', '.join(parts)}")
    bad = Counter(dict.fromkeys(("traceback", "hang", "false agreement"), 0))
    for (_, what), count in endings.items():
        if what in bad:
            bad[what] += count
    print(
        f"{endings.total()} variants: {bad['traceback']} tracebacks, {bad['hang']} hangs above {SECONDS:.0f} s, "
        f"{bad['false agreement']} false agreements; the slowest took {slowest:.1f} s; "
        f"{time.monotonic() - started:.0f} s in all"
    )
    return int(any(bad.values()))


def _show(ending: Ending) -> None:
    print(f"{ending.number:>6}  {ending.kind:<10} {ending.what}: {ending.detail}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
