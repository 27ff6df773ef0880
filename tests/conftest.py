"""What all tests share: markers for programs and libraries that may be missing, and files zipped part by part."""

from __future__ import annotations

import gc
import importlib.util
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import HealthCheck, settings
from thorough import EVERY_CASE, LEVEL, MARKERS_LEFT_OUT, adds_little

from xlcheck.engines.libreoffice import find_soffice

# The exam of hand-made workbooks, which is no part of the package; what is installed comes first.
sys.path.append(str(Path(__file__).parents[1]))

# Marker → whether what it needs is here, and its name.
REQUIREMENTS: dict[str, tuple[Callable[[], bool], str]] = {
    "distributed": (lambda: importlib.util.find_spec("distributed") is not None, "Dask's Distributed"),
    "openxml_audit": (lambda: importlib.util.find_spec("openxml_audit") is not None, "The validator openxml-audit"),
    "formulon": (lambda: importlib.util.find_spec("formulon") is not None, "Formulon"),
    "mkdocs": (lambda: all(map(importlib.util.find_spec, ("material", "mkdocs_click", "mkdocstrings"))), "MkDocs"),
    "libreoffice": (lambda: find_soffice() is not None, "LibreOffice"),
    "chromium": (lambda: any(map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), "Chromium"),
    "keras": (lambda: all(map(importlib.util.find_spec, ("keras", "tensorflow"))), "Keras with TensorFlow"),
    "numpy_backend": (lambda: all(map(importlib.util.find_spec, ("jax", "scipy"))), "JAX or SciPy"),
}


MOST_WORKERS = 4
"""Each of them imports TensorFlow, which takes a gigabyte."""

# Models this small are computed by one thread in less time than several of them need to wait for each other.
os.environ.update(dict.fromkeys(("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OPENBLAS_NUM_THREADS"), "1"))


# Else each of hundreds of processes, this one among them, compiles whatever it imports.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False


gc.disable()  # while tests are collected, which makes hundreds of thousands of objects, and no garbage

# A property with examples of its own number says so.
settings.register_profile(
    "ordinary", max_examples=100 if EVERY_CASE else 40, deadline=None,
    suppress_health_check=[HealthCheck.too_slow],  # how long something takes depends on what else a machine does
)  # fmt: skip
settings.load_profile("ordinary")


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """Let pytest-xdist, if it is here, distribute the tests, unless the command line says how."""
    option = config.option
    if getattr(option, "numprocesses", 0) is None and not option.tx and not hasattr(config, "workerinput"):
        option.numprocesses = "auto"
        option.dist = "worksteal" if option.dist == "no" else option.dist


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """What `-n auto` means: a worker for each core for whole folders, one process for anything less.

    Workers take seconds to start, swallow what `-s` would show, and are of no use to a listing.
    """
    chosen = any(config.getoption(name, False) for name in ("keyword", "lf", "collectonly"))
    chosen |= config.getoption("capture", "fd") == "no"
    whole = all(Path(argument).is_dir() for argument in config.args)
    return min(os.cpu_count() or 1, MOST_WORKERS) if whole and not chosen else 0


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what this run does not need (`thorough.py`); tests that were named are wanted."""
    for item in items:
        if (marker := adds_little(item.nodeid)) and not item.get_closest_marker("ordinary"):
            item.add_marker(marker)
    named = any("::" in argument for argument in config.args) or any(map(config.getoption, ("keyword", "markexpr")))
    if not named:
        left_out = {item for item in items if any(map(item.get_closest_marker, MARKERS_LEFT_OUT[LEVEL]))}
        config.hook.pytest_deselected(items=[item for item in items if item in left_out])
        items[:] = [item for item in items if item not in left_out]


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop() -> None:
    """Let the garbage collector, which takes a tenth of the time, not look at all that was imported again and again."""
    gc.enable()
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test whose program is missing, but not where all of them have to be there."""
    for marker, (is_here, name) in REQUIREMENTS.items():
        if item.get_closest_marker(marker) and not is_here():
            if os.environ.get("CI"):
                pytest.fail(f"{name} is not installed, and with CI set no test may be skipped for that", pytrace=False)
            pytest.skip(f"{name} is not installed")


@pytest.fixture(scope="module")
def eagerly() -> Iterator[None]:
    """Compiling a step of a small model takes longer than all its steps; `test_fit.py` runs compiled ones."""
    from xlcheck.model.keras_import import import_keras

    import_keras()
    import tensorflow as tf

    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)


@pytest.fixture
def write_parts(tmp_path: Path) -> Callable[..., Path]:
    """A function that zips parts into a file of the test's folder and returns its path."""

    def write(parts: Mapping[str, str | bytes], name: str = "book.xlsx") -> Path:
        path = tmp_path / name
        with ZipFile(path, "w", ZIP_DEFLATED) as archive:
            for part, content in parts.items():
                archive.writestr(part, content)
        return path

    return write
