"""What the tests of the plugin share: the plugin as an installed one, a workbook, and faults in it."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Callable
from importlib.metadata import distributions, entry_points
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

# What is imported here is not imported anew for each run inside a test.
import xlcheck
import xlcheck.building.given_model
import xlcheck.engines.guarded
import xlcheck.pytest_plugin.items
import xlcheck.pytest_plugin.stale
import xlcheck.pytest_plugin.trace_check
import xlcheck.verdicts.desired_formula
import xlcheck.verdicts.generated.check
import xlcheck.verdicts.mistakes.explain
from xlcheck.model.keras_import import import_keras
from xlcheck.workbook.manifest import manifest_of
from xlcheck.workbook.reader import read_workbook

WORKBOOKS = Path(__file__).parents[2] / "workbooks"
_IS_INSTALLED = any(point.name == "xlcheck" for point in entry_points(group="pytest11"))
# Each run inside a test looks through all files of all that is installed; these are the ones that are of use.
_PLUGINS = [d for d in distributions() if d.name in {"xlcheck", "pytest-xdist"}]


@pytest.fixture(autouse=True)
def installed_plugin(
    pytester: pytest.Pytester, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a checkout that nobody installed, let Python find the entry point as if it were.

    Tests change modules faster than compiled ones are told apart from their sources, by second and size.
    """
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("PYTEST_ADDOPTS", "-p no:hypothesispytest")  # takes half a second at the end of every run
    if _IS_INSTALLED:
        monkeypatch.setattr("importlib.metadata.distributions", lambda: iter(_PLUGINS))
        return
    folder = tmp_path_factory.mktemp("installed")
    metadata = folder / f"xlcheck-{xlcheck.__version__}.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: xlcheck\nVersion: {xlcheck.__version__}\n")
    (metadata / "entry_points.txt").write_text("[pytest11]\nxlcheck = xlcheck.pytest_plugin\n")
    package = str(Path(xlcheck.__file__).parents[1])
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([package, str(folder), os.environ.get("PYTHONPATH", "")]))
    monkeypatch.setattr(sys, "path", [str(folder), *sys.path])


@pytest.fixture(scope="session")
def keras() -> Any:
    """Keras, imported before `pytester` begins: what is imported later is forgotten, and TensorFlow comes only once."""
    return import_keras()


@pytest.fixture(scope="session")
def right_workbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The LSTM lesson's workbook."""
    return Path(shutil.copy(WORKBOOKS / "lstm.xlsx", tmp_path_factory.mktemp("workbooks")))


@pytest.fixture
def add_to(right_workbook: Path) -> Callable[[str, float, Path], str]:
    """A function that writes a copy of the workbook in which one quantity's formula has a term too many.

    It returns the cell as `sheet!cell`.
    """

    def write(quantity: str, term: float, path: Path) -> str:
        content = read_workbook(right_workbook)
        manifest = manifest_of(content)
        assert manifest is not None
        area = next(binding.area for binding in manifest.bindings if binding.quantity == quantity)
        place, sheet = str(area).rpartition("!")[2].replace("$", ""), area.sheet
        part = f"xl/worksheets/sheet{list(content.sheets).index(sheet) + 1}.xml"
        with ZipFile(right_workbook) as source, ZipFile(path, "w") as target:
            for name in source.namelist():
                data = source.read(name)
                if name == part:
                    changed, number = re.subn(
                        rf'(<c r="{place}"[^>]*><f>[^<]*)(</f>)', rf"\g<1>+{term}\g<2>", data.decode()
                    )
                    assert number == 1
                    data = changed.encode()
                target.writestr(name, data)
        return f"{sheet}!{place}"

    return write


PORT = '''
KERNEL = 0.5

def port():
    """An implementation that is not Keras: x, z and y of one neuron for two samples."""
    x = [[1.0], [2.0]]
    z = [[KERNEL * row[0]] for row in x]
    return {
        "dense.kernel": [[KERNEL]],
        "input.x": x,
        "dense.z": z,
        "dense.y": [[row[0] / (1 + abs(row[0]))] for row in z],
    }
'''


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    """A project with an implementation to test, `port.py`, and one test of it, `test_port.py`."""
    pytester.makepyfile(port=PORT)
    pytester.makepyfile(
        test_port="""
        import port

        def test_port(xlcheck_trace):
            xlcheck_trace(port.port())
        """
    )
    return pytester


@pytest.fixture
def set_kernel(project: pytest.Pytester) -> Callable[[float], None]:
    """A function that changes the weight of the project's implementation."""

    def change(kernel: float) -> None:
        path = project.path / "port.py"
        path.write_text(re.sub(r"(?m)^KERNEL = .*$", f"KERNEL = {kernel!r}", path.read_text()))

    return change
