"""The app served for a real Chromium. Without a browser the tests are skipped; where CI is set, they fail."""

import os
import shutil
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from skinapp.benchmark import serving
from skinapp.benchmark.serving import Server
from skinapp.imaging.encoding import encode_png
from skinapp.imaging.synthetic import draw_lesion

ROOT = Path(__file__).resolve().parents[2]


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
def chromium(steady_machine):
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


@pytest.fixture(scope="session")
def app_url(server):
    """The address of the app."""
    return server.url


@pytest.fixture(scope="session")
def server(chromium, weights_dir, cache_dir, tmp_path_factory):
    """The app, served on a free port with weights for every model."""
    with served_app(tmp_path_factory.mktemp("app"), weights_dir, SKINAPP_CACHE=str(cache_dir)) as served:
        yield served


def served_app(folder: Path, weights_dir: Path, **environment: str) -> AbstractContextManager[Server]:
    """The app on a free port, with weights and settings of its own."""
    own = {"SKINAPP_WEIGHTS": str(weights_dir), "SKINAPP_CACHE": str(folder)}
    return serving.served_app(folder / "log.txt", **own | environment)


@pytest.fixture(scope="session")
def lesion_file(tmp_path_factory):
    """A drawn lesion of 600 x 450 px."""
    return drawn_lesion(tmp_path_factory.mktemp("photographs") / "arm.png", 450, 600)


@pytest.fixture(scope="session")
def small_lesion_file(tmp_path_factory):
    """A drawn lesion of 320 x 240 px, which is soon enlarged."""
    return drawn_lesion(tmp_path_factory.mktemp("small") / "arm.png", 240, 320)


def drawn_lesion(path: Path, height: int, width: int) -> Path:
    path.write_bytes(encode_png(draw_lesion(23, height, width)[0]))
    return path


@pytest.fixture(scope="session")
def screenshots(tmp_path_factory) -> Path:
    """Where screenshots go: the folder in SKINAPP_SCREENSHOTS, else a temporary one."""
    wanted = os.environ.get("SKINAPP_SCREENSHOTS")
    folder = ROOT / wanted if wanted else tmp_path_factory.mktemp("screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder
