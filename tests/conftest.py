"""What several tests share: weights for every model, and small data sets laid out as published ones."""

import csv
import os
from time import perf_counter

import cv2
import numpy as np
import pytest

import skinapp.models.zoo  # noqa: F401  registers every model
from skinapp.data import ham10000, isic2018
from skinapp.labels import HAM7_CODES
from skinapp.settings import settings
from tests.chat_server import ChatServer

PROBE_S = 5
PAUSE_S = 0.02  # longer than a turn of another process on the same core
MOST_PAUSED = 0.4


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """A file's tests share fixtures and stay in one process, and all that drive a browser in one."""
    for item in items:
        group = item.path.parent if item.path.parent.name == "browser" else item.path
        item.add_marker(pytest.mark.xdist_group(str(group)))


@pytest.fixture(scope="session")
def steady_machine():
    """For tests of pages and others that compute much: skips, and says so, where the machine stands still.

    A crowded virtual machine may do so for most of the time; there they would run for hours or tell nothing.
    """
    paused = _paused_share()
    if paused > MOST_PAUSED:
        pytest.skip(f"this machine stood still for {paused:.0%} of {PROBE_S} s")


def _paused_share() -> float:
    """The share of a few seconds in which this process, always ready to run, stood still."""
    start = last = perf_counter()
    paused = 0.0
    while last - start < PROBE_S:
        now = perf_counter()
        paused += now - last if now - last > PAUSE_S else 0
        last = now
    return paused / PROBE_S


@pytest.fixture(scope="session", autouse=True)
def cache_dir(tmp_path_factory):
    """The cache folder of this run: what one test converts, the others read, in whichever process."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "cache"
    folder.mkdir(exist_ok=True)
    os.environ["SKINAPP_CACHE"] = str(folder)
    settings.cache_clear()
    return folder


@pytest.fixture(scope="session")
def weights_dir(tmp_path_factory):
    """A folder with weights for every model that is trained here."""
    # Imported here: the process that only hands out tests to others is spared PyTorch.
    from tests.networks import save_every_network

    folder = tmp_path_factory.mktemp("weights")
    save_every_network(folder)
    return folder


@pytest.fixture(scope="session")
def photographs():
    """Eight different images of 90 x 120 pixels: a dark disc on noise."""
    rng = np.random.default_rng(0)
    rows, columns = np.mgrid[:90, :120]
    images = rng.integers(120, 256, (8, 90, 120, 3), dtype=np.uint8)
    for shift, image in enumerate(images):
        image[(rows - 40) ** 2 + (columns - 30 - 8 * shift) ** 2 < 400] //= 3
    return images


@pytest.fixture
def chat_server():
    """A chat service over real HTTP."""
    server = ChatServer()
    yield server
    server.close()


SIDE = 64


def disc(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """A brown disc on pale skin and its mask."""
    random = np.random.default_rng(seed)
    centre, radius = random.integers(24, 40, 2), random.integers(10, 20)
    y, x = np.mgrid[:SIDE, :SIDE]
    mask = (y - centre[0]) ** 2 + (x - centre[1]) ** 2 <= radius**2
    image = np.where(mask[..., None], (110, 70, 50), (220, 180, 160)) + random.normal(0, 5, (SIDE, SIDE, 3))
    return image.clip(0, 255).astype(np.uint8), mask


def _write_pair(seed: int, image_path, mask_path) -> None:
    image, mask = disc(seed)
    for path in (image_path, mask_path):
        path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(image_path), image[..., ::-1])
    cv2.imwrite(str(mask_path), mask.astype(np.uint8) * 255)


def _write_table(path, rows) -> None:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture
def data_dir(tmp_path):
    """Twelve photographs of Task 1, and twenty-one of HAM10000, three of each class."""
    task1, ham = tmp_path / isic2018.FOLDER, tmp_path / ham10000.FOLDER
    sides = ["train"] * 8 + ["val"] * 2 + ["test"] * 2
    for index in range(len(sides)):
        _write_pair(
            index,
            task1 / isic2018.IMAGES / f"P{index:02}.jpg",
            task1 / isic2018.MASKS / f"P{index:02}_segmentation.png",
        )
    _write_table(
        task1 / "splits.csv",
        [{"image_id": f"P{index:02}", "split": side} for index, side in enumerate(sides)],
    )
    rows = [
        {"image_id": f"H{code}{number}", "lesion_id": f"L{code}{number}", "dx": code, "split": side}
        for code in HAM7_CODES
        for number, side in enumerate(("train", "val", "test"))
    ]
    for seed, row in enumerate(rows):
        key = row["image_id"]
        _write_pair(
            seed,
            ham / "HAM10000_images" / f"{key}.jpg",
            ham / "HAM10000_segmentations_lesion_tschandl" / f"{key}_segmentation.png",
        )
    _write_table(ham / "HAM10000_metadata.csv", rows)
    _write_table(ham / "splits.csv", rows)
    return tmp_path
