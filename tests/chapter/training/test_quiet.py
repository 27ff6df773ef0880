"""TensorFlow is silent, and its absence is explained."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable

import pytest

from xlcheck.errors import MissingDependencyError, NotSupportedError
from xlcheck.model.keras_import import import_keras


def run(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(("TF_", "KERAS_"))}
    return subprocess.run(
        [sys.executable, "-c", code], env=inherited | environment, capture_output=True, text=True, check=False
    )


@pytest.mark.exhaustive
@pytest.mark.keras
def test_training_says_nothing() -> None:
    """Importing, training and recording write not one byte to stdout or stderr."""
    result = run("from xlcheck.chapter.training.lessons import train_model; train_model('simple-rnn', epochs=2)")

    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_other_backend_is_refused_by_name() -> None:
    """Another backend's arithmetic would be no oracle, so it is refused before it is even imported."""
    code = "from xlcheck.model.keras_import import import_keras; import_keras()"
    result = run(code, KERAS_BACKEND="jax")

    assert NotSupportedError.__name__ in result.stderr
    assert "backend 'jax'" in result.stderr
    assert "KERAS_BACKEND=tensorflow" in result.stderr


def test_missing_keras_names_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Keras the error says what to install."""
    monkeypatch.setitem(sys.modules, "keras", None)
    monkeypatch.delitem(sys.modules, "keras")
    monkeypatch.setattr("builtins.__import__", _without("keras"))

    with pytest.raises(MissingDependencyError, match=r'pip install ".*\[keras\]"'):
        import_keras()


def _without(missing: str) -> Callable[..., object]:
    original = __import__

    def importing(name: str, *args: object, **kwargs: object) -> object:
        if name == missing:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return original(name, *args, **kwargs)  # type: ignore[arg-type]

    return importing
