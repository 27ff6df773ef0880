"""`python -m xlcheck` and the `xlcheck` command."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line; every expected error is one sentence on stderr and an exit code."""
    from xlcheck.cli import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
