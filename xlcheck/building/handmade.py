"""The check of a workbook that somebody made by hand, with the files that go with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from xlcheck.budget import doing
from xlcheck.building.given_model import given_model
from xlcheck.engines.base import Engine
from xlcheck.errors import UsageError
from xlcheck.files import protect
from xlcheck.handmade.check import check_content
from xlcheck.oracle import numpy_process
from xlcheck.oracle.on_request import dense_gradients, keras_if_installed
from xlcheck.verdicts.report import CheckReport
from xlcheck.verdicts.tolerance import Patterns
from xlcheck.workbook.content import WorkbookContent


def check_handmade(
    content: WorkbookContent,
    engine: Engine,
    *,
    model: Any,
    inputs: Any,
    bindings: str | Path | None,
    perturb: int,
    effort: float | None,
    atol: float | None,
    rtol: float | None,
    tolerances: Patterns,
) -> CheckReport:
    """Check a workbook that xlcheck has not made, as read from its file; `xlcheck.check` says what the options mean.

    Raises:
        UsageError: there are inputs and no model; or see `check_content`.
    """
    if model is None and inputs is not None:
        raise UsageError(
            f"{content.path} was not made by xlcheck, so inputs alone do not say what it computes; pass --model "
            "FILE.keras with them"
        )
    beside = Path(content.path).with_suffix(".toml")
    known = Path(bindings) if bindings is not None else beside if beside.is_file() else None
    if known is not None:
        protect(known)
    recompute = keras_if_installed()
    if recompute is not None:
        numpy_process.prepare()
    doing(f"looking for a network in the formulas of {content.path} and comparing it with Keras")
    return check_content(
        content,
        engine,
        recompute=recompute,
        bindings=known,
        model=None if model is None else given_model(model, inputs),
        perturb=perturb,
        seconds=effort,
        atol=atol,
        rtol=rtol,
        tolerances=tolerances,
        gradients=dense_gradients,
    )
