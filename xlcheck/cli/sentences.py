"""What an error means for the user: a sentence and an exit code, the same wherever it ends something."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from xlcheck.cli.defect import DEFECT, report_defect
from xlcheck.errors import NothingCheckedError, UsageError, XlcheckError


def sentence(error: Exception, arguments: Sequence[str] | None = None) -> tuple[str, int]:
    """The sentence and the code of an error; a report of it is written if nobody expected it.

    Args:
        error: what was raised.
        arguments: those of the command, for that report.
    """
    match error:
        case XlcheckError():
            return str(error), error.exit_code
        case MemoryError():
            return (
                "there is not enough memory for this; close other programs, or use a machine that has more",
                NothingCheckedError.exit_code,
            )
        case OSError(filename=str() | bytes() as name):
            return f"{name!s} cannot be used: {error.strerror or error}", UsageError.exit_code
        case OSError():
            return f"the system does not let it go on: {error.strerror or error}", UsageError.exit_code
    return report_defect(error, sys.argv[1:] if arguments is None else arguments), DEFECT
