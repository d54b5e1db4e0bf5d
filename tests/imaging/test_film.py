"""The film of a drawn lesion."""

import cv2
import numpy as np
import pytest

from skinapp.imaging.film import SCENE, SCENES, encode_mjpeg, film, read_number
from skinapp.imaging.quality import sharpness


@pytest.fixture(scope="module")
def frames():
    return list(film())


def test_scenes_follow_each_other_and_the_loop_closes(frames):
    assert [frame.scene for frame in frames[::SCENE]] == list(SCENES)
    assert np.array_equal(frames[0].mask, frames[-1].mask)


def test_each_scene_is_what_it_says(frames):
    sharp, blurred, dark, gone = (frames[SCENE * index + SCENE // 2] for index in range(4))
    assert sharpness(blurred.image) < 0.8 * sharpness(sharp.image)
    assert dark.image.mean() < sharp.image.mean() / 5
    assert not gone.mask.any()
    assert sharp.mask.mean() > 0.1


def test_the_lesion_moves_smoothly(frames):
    columns = [np.flatnonzero(frame.mask.any(axis=0)).mean() for frame in frames[:SCENE]]
    assert 0 < max(abs(np.diff(columns))) < 5
    assert np.ptp(columns) > 50


def test_numbers_survive_compression_and_scaling(frames):
    for frame in frames[::37]:
        packed = cv2.imencode(".jpg", frame.image, [cv2.IMWRITE_JPEG_QUALITY, 40])[1]
        small = cv2.resize(cv2.imdecode(packed, cv2.IMREAD_COLOR), (480, 360), interpolation=cv2.INTER_AREA)
        assert read_number(small) == frame.number


def test_the_file_is_a_row_of_jpegs():
    data = encode_mjpeg(("sharp",), quality=60)
    assert data.count(b"\xff\xd8\xff") == SCENE
    assert data.endswith(b"\xff\xd9")
