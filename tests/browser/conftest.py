"""The app served for a real Chromium. Without a browser the tests are skipped; where CI is set, they fail."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

ROOT = Path(__file__).resolve().parents[2]
START_S = 60
_SERVE = """
import faulthandler, signal, sys
faulthandler.register(signal.SIGUSR1, all_threads=True)
from streamlit.web.cli import main
sys.argv[0] = "streamlit"
main()
"""


def _chromium() -> str:
    wanted = os.environ.get("CHROMIUM")
    found = shutil.which(wanted or "chromium") or shutil.which(wanted or "google-chrome")
    if found:
        return found
    message = "No Chromium found: install it, or set CHROMIUM to its path."
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="session")
def chromium():
    """A function that starts a headless Chromium with more flags."""
    executable = _chromium()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = []

        def start(*flags):
            flags = ["--no-sandbox", "--disable-features=WebRtcHideLocalIpsWithMdns", *flags]
            started.append(playwright.chromium.launch(executable_path=executable, args=flags))
            return started[-1]

        yield start
        for one in started:
            one.close()


@pytest.fixture(scope="session")
def browser(chromium):
    """A headless Chromium whose camera shows a test picture."""
    return chromium("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")


@dataclass(frozen=True)
class Server:
    """The app's process; SIGUSR1 makes it write the stacks of all its threads to its log."""

    url: str
    pid: int
    log: Path

    def stacks(self) -> str:
        """What every thread of the server is doing now."""
        before = self.log.stat().st_size
        os.kill(self.pid, signal.SIGUSR1)
        time.sleep(0.3)
        return self.log.read_bytes()[before:].decode()


@pytest.fixture(scope="session")
def app_url(server):
    """The address of the app."""
    return server.url


@pytest.fixture(scope="session")
def server(chromium, weights_dir, cache_dir, tmp_path_factory):
    """The app, served on a free port with weights for every model."""
    with served_app(tmp_path_factory.mktemp("app"), weights_dir, SKINAPP_CACHE=str(cache_dir)) as served:
        yield served


@contextmanager
def served_app(folder: Path, weights_dir: Path, **environment: str) -> Iterator[Server]:
    """The app on a free port, with settings of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    own = {"SKINAPP_WEIGHTS": str(weights_dir), "SKINAPP_CACHE": str(folder), "SKINAPP_DEVICE": "cpu"}
    command = [sys.executable, "-c", _SERVE, "run", "app.py", "--server.headless=true"]
    command += [f"--server.port={port}", "--server.address=127.0.0.1"]
    with (folder / "log.txt").open("w") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | own | environment, stdout=log, stderr=log
        )
        try:
            _wait_for(url, process, folder / "log.txt")
            yield Server(url, process.pid, folder / "log.txt")
        finally:
            process.terminate()
            process.wait(30)


@pytest.fixture(scope="session")
def screenshots(tmp_path_factory) -> Path:
    """Where screenshots go: the folder in SKINAPP_SCREENSHOTS, else a temporary one."""
    wanted = os.environ.get("SKINAPP_SCREENSHOTS")
    folder = ROOT / wanted if wanted else tmp_path_factory.mktemp("screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _wait_for(url: str, server: subprocess.Popen, log: Path) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until and server.poll() is None:
        try:
            with urlopen(f"{url}/_stcore/health", timeout=2):
                return
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    pytest.fail(f"the app did not start:\n{log.read_text()}")
