"""Every command of the README and of the documentation is run as it stands there, and prints what stands below it."""

from __future__ import annotations

import fnmatch
import io
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from xlcheck.cli import run
from xlcheck.texts import ENGLISH

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / ".github" / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
COMMAND = re.compile(r"^(?:\$ )?((?:xlcheck|pip|pytest|mkdocs|cc|\./rnn) [^#]*?)(?:   +\S.*)?$")

ELSEWHERE = {
    "pip install": "CI begins with it (.ci/run)",
    "pytest": "the tests of the plugin (tests/plugin) run pytest with each of its options",
    "mkdocs": "tests/test_docs.py builds the site",
    "xlcheck train": "tests/test_cli_train.py runs them on what comes with xlcheck; the data named are others'",
    "xlcheck generate alice": "as above",
    "xlcheck build alice": "as above",
    "xlcheck build tweets": "as above",
    "xlcheck build films": "as above",
    "xlcheck build lstm --train": "tests/chapter/training; it takes longer than the rest together",
    "xlcheck build LESSON": "a placeholder",
    "xlcheck fixtures gru": "tests/chapter/recordings writes and verifies fixtures",
    "xlcheck check workbooks/lstm-training.xlsx": ".ci/run builds every lesson, which checks it",
    "xlcheck check mine.xlsx --model": "tests/handmade/test_growth.py and tests/handmade/networks",
}
"""Commands that are not run here, by their beginnings, and what runs them."""


def commands(text: str) -> Iterator[tuple[str, list[str]]]:
    """The commands of a page in order, each with the lines that stand below it."""
    for kind, block in BLOCK.findall(text):
        if kind not in {"", "console"}:
            continue
        prompted = "$ " in block
        command, below = None, list[str]()
        for line in block.splitlines():
            match = COMMAND.match(line) if line.startswith("$ ") or not prompted else None
            if match is None:
                below.append(line)
                continue
            if command is not None:
                yield command, below
            command, below = match[1].strip(), []
        if command is not None:
            yield command, below


def is_elsewhere(command: str) -> bool:
    return any(command.startswith(beginning) for beginning in ELSEWHERE)


@pytest.fixture(scope="module")
def larder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files that the pages speak of."""
    from xlcheck.chapter.recordings.store import load_fixture
    from xlcheck.graph.trace import Trace
    from xlcheck.graph.trace_file import write_trace
    from xlcheck.model.keras_import import import_keras

    folder = tmp_path_factory.mktemp("larder")
    for name in ("lstm", "simple-rnn"):
        shutil.copy(ROOT / "fixtures" / f"{name}.keras", folder)
    shutil.copy(folder / "lstm.keras", folder / "model.keras")
    samples = np.array([[[1.0], [2.0]], [[1.0], [3.0]]])
    np.save(folder / "inputs.npy", samples)
    np.save(folder / "answers.npy", np.array([[1.0], [0.0]]))
    for name in ("inputs", "documents"):
        (folder / f"{name}.csv").write_text("1, 2\n1, 3\n")
    shutil.copy(ENGLISH, folder / "de.toml")
    (folder / "students.csv").write_text("id\ns0012\ns00012\n")
    (folder / "answers.csv").write_text("1\n0\n")
    shutil.copy(ROOT / "fixtures" / "handmade" / "time_down.xlsx", folder / "mine.xlsx")
    _break(folder / "mine.xlsx", folder / "wrong.xlsx", "LSTM", "M13", "+0.001")
    (folder / "workbooks").mkdir()
    for name in ("lstm", "simple-rnn"):
        shutil.copy(ROOT / "workbooks" / f"{name}.xlsx", folder / "workbooks")
    trace = load_fixture("lstm").trace
    port = {name: array for name, array in trace.values.items() if name.startswith(("lstm.", "dense."))}
    write_trace(Trace("a port", port), folder / "mine.csv")
    keras = import_keras()
    reader = keras.Sequential([keras.Input((6,)), keras.layers.Embedding(6, 2), keras.layers.GRU(2)])
    reader.save(folder / "reader.keras")
    (folder / "words.txt").write_text("\n".join(["", "[UNK]", "the", "flight", "was", "late"]), encoding="utf-8")
    return folder


@pytest.fixture
def kitchen(larder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of one's own with all of them, in which the commands are run."""
    shutil.copytree(larder, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path


def _break(source: Path, target: Path, sheet: str, cell: str, term: str) -> None:
    book = openpyxl.load_workbook(source)
    book[sheet][cell] = f"{book[sheet][cell].value}{term}"
    book.save(target)


WITH_COMMANDS = [
    page for page in PAGES if any(not is_elsewhere(line) for line, _ in commands(page.read_text(encoding="utf-8")))
]


@pytest.mark.keras
@pytest.mark.parametrize("page", WITH_COMMANDS, ids=lambda page: page.stem)
def test_commands_do_what_the_page_says(page: Path, kitchen: Path) -> None:
    """In the page's order, in one folder; a line below a command that is not in its output fails."""
    text = page.read_text(encoding="utf-8")
    if page.stem == "hand-made":
        shutil.copy(ROOT / "fixtures" / "handmade" / "time_down.toml", "mine.toml")
    for kind, block in BLOCK.findall(text):
        if kind == "c":
            Path("rnn.c").write_text(block, encoding="utf-8")
    for command, below in commands(text):
        if is_elsewhere(command):
            continue
        if page.stem == "README" and command == "xlcheck check lstm.xlsx":
            _replace(kitchen / "lstm.xlsx", "=F31*Weights!$B$12", "=F29*Weights!$B$12")
        if command.startswith("xlcheck grade"):
            _hand_in()
        if command.startswith("xlcheck bind"):
            Path("mine.toml").unlink(missing_ok=True)
        code, output = _run(command)
        wrong = any(line.startswith("✗") for line in below)
        assert code == (1 if wrong else 0), (command, output)
        _require(below, output, command)
    for kind, block in BLOCK.findall(text):
        if kind == "python" and page.stem.startswith("tutorial"):
            exec(compile(block, str(page), "exec"), {})  # noqa: S102 - our own page


def _hand_in() -> None:
    """Students hand in what they were given; of a page that begins with grading, somebody made the exercise before."""
    if not Path("exam").exists():
        assert _run("xlcheck exercise lstm --level 1 --roster students.csv -o exam")[0] == 0
    if not Path("submissions").exists():
        shutil.copytree("exam/blanks", "submissions")


def _run(command: str) -> tuple[int, str]:
    if not command.startswith("xlcheck "):
        if shutil.which("cc") is None:
            assert not os.environ.get("CI"), "with CI set there has to be a C compiler"
            pytest.skip("this machine has no C compiler")
        done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)  # noqa: S602
        return done.returncode, done.stdout + done.stderr
    import shlex

    out = io.StringIO()
    with redirect_stdout(out), redirect_stderr(out):
        code = run(shlex.split(command)[1:])
    return code, out.getvalue()


def _require(below: list[str], output: str, command: str) -> None:
    """Each line stands in the output, in this order; how many cells there are changes with the layout."""
    lines = iter(map(_counted, output.splitlines()))
    for wanted in below:
        if not wanted.strip() or "…" in wanted:
            continue
        pattern = _counted(wanted).replace("[", "[[]")
        assert any(fnmatch.fnmatchcase(line, pattern) for line in lines), (command, wanted, output)


def _counted(line: str) -> str:
    return re.sub(r"\b\d+ (?=of|formula cells|cells?\b|carried)|(?<=of )\d+ (?=agree)", "N ", line)


def _replace(path: Path, formula: str, other: str) -> None:
    """The first cell with a formula gets another one, and nothing else changes."""
    from zipfile import ZipFile

    with ZipFile(path) as archive:
        parts = {info: archive.read(info) for info in archive.infolist()}
    old, new = (f"<f>{text[1:]}</f>".encode() for text in (formula, other))
    for info, data in parts.items():
        if old in data:
            parts[info] = data.replace(old, new, 1)
            break
    else:
        raise AssertionError(f"no cell has {formula}")
    with ZipFile(path, "w") as archive:
        for info, data in parts.items():
            archive.writestr(info, data)


def test_whatever_looks_like_a_command_is_one() -> None:
    """None is passed over because it is written otherwise: every page with commands has them found."""
    found = {page.name: list(commands(page.read_text(encoding="utf-8"))) for page in PAGES}

    assert sum(map(len, found.values())) > 50
    for name in ("README.md", "tutorial-teacher.md", "tutorial-learner.md", "tutorial-engineer.md", "c-port.md"):
        assert len([command for command, _ in found[name] if not is_elsewhere(command)]) >= 3
