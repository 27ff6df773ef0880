"""A report as a pandas table."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import TYPE_CHECKING

from xlcheck.errors import MissingDependencyError
from xlcheck.verdicts.report import CellResult, CheckReport

if TYPE_CHECKING:
    import pandas as pd


def to_frame(report: CheckReport) -> pd.DataFrame:
    """One row for each cell of `report.cells`, one column for each field of `CellResult`.

    Raises:
        MissingDependencyError: pandas is not installed.
    """
    try:
        import pandas as pd
    except ImportError as error:
        raise MissingDependencyError(
            "a table of the report needs pandas; install it with: pip install pandas"
        ) from error
    columns = [field.name for field in fields(CellResult)]
    rows = [asdict(cell) | {"status": str(cell.status), "kind": str(cell.kind)} for cell in report.cells]
    return pd.DataFrame(rows, columns=columns)
