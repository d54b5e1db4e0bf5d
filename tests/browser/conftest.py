"""The app served for a real Chromium. Without a browser the tests are skipped; where CI is set, they fail."""

import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

ROOT = Path(__file__).resolve().parents[2]
START_S = 60


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
def browser():
    """A headless Chromium whose camera shows a test picture."""
    executable = _chromium()
    from playwright.sync_api import sync_playwright

    flags = ["--no-sandbox", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=flags)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def app_url(browser, weights_dir, cache_dir, tmp_path_factory):
    """The address of the app, served on a free port with weights for every model."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    folder = tmp_path_factory.mktemp("app")
    own = {"SKINAPP_WEIGHTS": str(weights_dir), "SKINAPP_CACHE": str(cache_dir), "SKINAPP_DEVICE": "cpu"}
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless=true"]
    command += [f"--server.port={port}", "--server.address=127.0.0.1"]
    with (folder / "log.txt").open("w") as log:
        server = subprocess.Popen(command, cwd=ROOT, env=os.environ | own, stdout=log, stderr=log)
        try:
            _wait_for(url, server, folder / "log.txt")
            yield url
        finally:
            server.terminate()
            server.wait(10)


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
