"""Lessons on training with their first epochs only, in which everything is found as in the whole of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from xlcheck.chapter.lessons.training import TRAINING_LESSONS, plan_training
from xlcheck.chapter.recordings.training import load_training
from xlcheck.workbook.writer import write_workbook


def short_training(name: str, epochs: int, path: Path) -> Path:
    """Write the workbook of a lesson with so many epochs."""
    whole = load_training(name)
    training = replace(whole.training, values={key: values[:epochs] for key, values in whole.training.values.items()})
    single = {key: values[:epochs] for key, values in whole.single.items()}
    write_workbook(plan_training(TRAINING_LESSONS[name], replace(whole, training=training, single=single)), path)
    return path
