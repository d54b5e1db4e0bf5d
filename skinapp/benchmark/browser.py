"""Frames per second in a real Chromium, with analysis on and off, in turns of the same run."""

import shutil
import tempfile
from pathlib import Path
from statistics import median
from time import monotonic
from typing import Any

from skinapp.benchmark.serving import served_app
from skinapp.imaging.film import encode_mjpeg
from skinapp.settings import settings

TURNS = 3
TURN_S = 8.0
TARGET_SHARE = 0.9
_WAIT_MS = 90_000
_COUNT = "video => video.getVideoPlaybackQuality().totalVideoFrames"


def browser_rates(folder: Path, turns: int = TURNS, turn_s: float = TURN_S) -> dict[str, Any] | None:
    """Median pictures per second with and without analysis; None without Playwright or Chromium."""
    executable = shutil.which(settings().chromium) or shutil.which("google-chrome")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return None
    if executable is None:
        return None
    with tempfile.TemporaryDirectory() as place:
        camera, log = Path(place) / "film.mjpeg", Path(place) / "log.txt"
        camera.write_bytes(encode_mjpeg())
        with served_app(log, SKINAPP_WEIGHTS=str(folder)) as server, sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=executable, args=_flags(camera))
            page = chromium.new_context(permissions=["camera"]).new_page()
            rates = _rates(page, server.url, turns, turn_s)
            chromium.close()
    on, off = (median(rate for is_on, rate in rates if is_on is wanted) for wanted in (True, False))
    return {"turns": turns, "turn_s": turn_s, "on": on, "off": off, "share": on / off if off else 0.0}


def _rates(page, url: str, turns: int, turn_s: float) -> list[tuple[bool, float]]:
    page.set_default_timeout(_WAIT_MS)
    page.goto(url)
    page.get_by_role("link", name="Live").click()
    component = page.frame_locator("iframe[title*=webrtc_streamer]")
    component.get_by_role("button", name="Start").click()
    page.get_by_text("pictures per second").wait_for()
    page.wait_for_function("!document.querySelector('.live small').innerText.includes('– ms')")
    video, rates = component.locator("video"), []
    for turn in range(2 * turns):
        is_on = turn % 2 == 0
        if turn:
            page.get_by_text("Analyze the pictures", exact=True).click()
        page.wait_for_timeout(2000)
        start, before = monotonic(), video.evaluate(_COUNT)
        page.wait_for_timeout(1000 * turn_s)
        rates.append((is_on, (video.evaluate(_COUNT) - before) / (monotonic() - start)))
    return rates


def _flags(camera: Path) -> list[str]:
    return [
        "--no-sandbox",
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={camera}",
        "--disable-features=WebRtcHideLocalIpsWithMdns",
    ]
