"""Reports as pandas tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from xlcheck.errors import MissingDependencyError

if TYPE_CHECKING:
    import pandas as pd


def table(rows: Iterable[Mapping[str, Any]], record: type) -> pd.DataFrame:
    """A table with one column for each field of a dataclass, also if there are no rows.

    Raises:
        MissingDependencyError: pandas is not installed.
    """
    try:
        import pandas as pd
    except ImportError as error:
        raise MissingDependencyError(
            "a table of the report needs pandas; install it with: pip install pandas"
        ) from error
    return pd.DataFrame(list(rows), columns=[field.name for field in fields(record)])
