"""The documentation: it builds as a site without a warning and without a network, and its links lead somewhere."""

from __future__ import annotations

import functools
import json
import os
import queue
import re
import shutil
import signal
import subprocess
import sys
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / ".github"
PAGES = sorted((FOLDER / "docs").glob("*.md"))
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The documentation, built as a site; a warning would be an error."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "-q", "--strict", "-f", str(FOLDER / "mkdocs.yml"), "-d"]
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    subprocess.run([*command, str(folder)], check=True, env=environment, capture_output=True, cwd=FOLDER)
    return folder


@pytest.mark.thorough
@pytest.mark.mkdocs
def test_the_site_builds_and_shows_every_command_and_call(site: Path) -> None:
    """Each page becomes one of the site, and the reference is made from the code: each option, each docstring."""
    commands, calls = ((site / name).read_text(encoding="utf-8") for name in ("commands.html", "python.html"))

    assert {path.stem for path in PAGES} <= {path.stem for path in site.glob("*.html")}
    assert all(name in commands for name in ("xlcheck check", "--perturb", "xlcheck compare", "xlcheck train imdb"))
    assert "Recalculate a saved workbook and compare every formula cell with Keras" in calls
    assert not re.findall(r'(?:src|href)="https?://[^"]*\.(?:js|css|woff2?)"', commands)


BROWSER = [path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))]
VISIT = """<!doctype html><body><script>
const frame = document.body.appendChild(document.createElement('iframe'));
const loaded = () => new Promise(resolve => { frame.onload = resolve; });
const links = () => [...frame.contentDocument.querySelectorAll('.md-sidebar--primary a.md-nav__link')];
(async () => {
  let arrived = loaded(); frame.src = 'index.html'; await arrived;
  const targets = [...new Set(links().map(link => link.href.split('#')[0]))];
  const seen = [];
  for (const target of targets) {
    arrived = loaded();
    links().find(link => link.href.split('#')[0] === target).click();
    await arrived;
    const page = frame.contentDocument;
    seen.push([frame.contentWindow.location.pathname.split('/').pop(), page.querySelector('h1').innerText,
               [...page.images].filter(image => !image.naturalWidth).map(image => image.src)]);
  }
  await fetch('/seen', {method: 'POST', body: JSON.stringify(seen)});
})();
</script></body>"""


@pytest.mark.thorough
@pytest.mark.mkdocs
@pytest.mark.chromium
def test_a_reader_can_click_from_page_to_page(site: Path, tmp_path: Path) -> None:
    """In a browser every page is reached by its link in the navigation, has a heading, and shows its pictures."""
    (site / "visit.html").write_text(VISIT, encoding="utf-8")
    told: queue.Queue[bytes] = queue.Queue()
    handler = functools.partial(Listening, told, directory=str(site))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = subprocess.Popen(
            [
                *BROWSER[:1], "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--no-proxy-server",
                "--disable-background-networking", "--disable-component-update", "--disable-sync",
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
                "--remote-debugging-port=0",  # so that it stays until it is ended
                f"--user-data-dir={tmp_path}", f"http://127.0.0.1:{server.server_address[1]}/visit.html",
            ],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        try:
            seen = json.loads(told.get(timeout=120))
        finally:
            os.killpg(browser.pid, signal.SIGTERM)
            browser.wait()
            server.shutdown()

    assert {name.removesuffix(".html") or "index" for name, _, _ in seen} == {path.stem for path in PAGES}
    assert [name for name, heading, broken in seen if not heading or broken] == []


class Listening(SimpleHTTPRequestHandler):
    """Serves the site, and takes what a page of it tells."""

    def __init__(self, told: queue.Queue[bytes], *arguments: Any, **options: Any) -> None:
        self.told = told
        super().__init__(*arguments, **options)

    def do_POST(self) -> None:
        """Take what the page has seen."""
        self.told.put(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.mark.parametrize("page", [ROOT / "README.md", *PAGES, *sorted(FOLDER.glob("*.md"))], ids=lambda path: path.name)
def test_links_lead_to_files_of_the_repository(page: Path) -> None:
    """No page points to a file that was moved or renamed."""
    links = [link for link in LINK.findall(page.read_text(encoding="utf-8")) if "://" not in link]

    assert [link for link in links if not (page.parent / link).exists()] == []
