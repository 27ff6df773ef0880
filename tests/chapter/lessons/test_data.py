"""What a lesson says that its network reads."""

from __future__ import annotations

import numpy as np
import pytest

from xlcheck.chapter.lessons.catalogue import LESSONS
from xlcheck.chapter.lessons.lesson import Lesson
from xlcheck.chapter.recordings.store import load_fixture


@pytest.mark.parametrize("lesson", LESSONS.values(), ids=lambda lesson: lesson.name)
def test_the_data_are_what_was_recorded(lesson: Lesson) -> None:
    """The numbers of its data set are the inputs that Keras was recorded with, sample by sample and step by step."""
    data, trace = lesson.data(), load_fixture(lesson.name).trace
    arrays = data.inputs if isinstance(data.inputs, tuple | list) else [data.inputs]
    read = np.concatenate([np.reshape(array, (len(array), -1)) for array in arrays], axis=1)
    recorded = [array for name, array in trace.values.items() if name.partition("[")[0].endswith(".x")]

    np.testing.assert_array_equal(np.concatenate(recorded, axis=1), read, strict=False)
