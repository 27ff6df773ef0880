"""Reports as JSON: one object for each workbook and engine, in one array."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from xlcheck.verdicts.cell_result import Cells
from xlcheck.verdicts.findings import Refusal
from xlcheck.verdicts.report import CheckReport, plain_item

# Unlike the quotes of a key, those in a text are escaped, so this stands nowhere else.
_NO_CELLS = '"cells": []'


def render_json(reports: Iterable[CheckReport | Refusal]) -> str:
    """The array that `--format json` prints; infinities and NaN are texts, since JSON has no such numbers."""
    return "".join(json_pieces(reports))


def json_pieces(reports: Iterable[CheckReport | Refusal]) -> Iterator[str]:
    """The same piece by piece, since a report may list hundreds of thousands of cells."""
    yield "["
    end = "]"
    for number, report in enumerate(reports):
        yield ",\n" if number else "\n"
        yield from [_indented(report.to_json(), 2)] if isinstance(report, Refusal) else _report(report)
        end = "\n]"
    yield end


def _report(report: CheckReport) -> Iterator[str]:
    before, after = _indented(replace(report, cells=Cells()).to_json(), 2).split(_NO_CELLS)
    if not report.cells:
        yield before + _NO_CELLS + after
        return
    yield f'{before}"cells": ['
    for number, cell in enumerate(report.cells):
        yield (",\n" if number else "\n") + _indented(plain_item(cell), 6)
    yield f"\n    ]{after}"


def _indented(data: dict[str, Any], spaces: int) -> str:
    text = json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False)
    return " " * spaces + text.replace("\n", "\n" + " " * spaces)
