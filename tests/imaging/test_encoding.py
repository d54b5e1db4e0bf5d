import io

import numpy as np
import pytest
from PIL import Image

from skinapp.imaging.encoding import encode_jpeg, encode_png, encode_png_bands
from skinapp.imaging.reading import read_photograph

IMAGE = np.random.default_rng(0).integers(0, 256, (70, 80, 3)).astype(np.uint8)


def test_png_keeps_pixels_and_text():
    data = encode_png(IMAGE, {"Notice": "not a medical device", "Model": "U‑Net π"})
    assert np.array_equal(read_photograph(data, "a").image, IMAGE)
    text = Image.open(io.BytesIO(data)).text
    assert text == {"Notice": "not a medical device", "Model": "U‑Net π"}


def test_mask_is_written_as_0_and_255():
    mask = IMAGE[..., 0] > 128
    picture = Image.open(io.BytesIO(encode_png(mask)))
    assert picture.mode == "L" and not picture.info
    assert np.array_equal(np.asarray(picture), mask * 255)


def test_jpeg_is_close_and_without_metadata():
    smooth = np.broadcast_to(np.arange(80, 160, dtype=np.uint8)[None, :, None], (70, 80, 3)).copy()
    data = encode_jpeg(smooth)
    assert np.abs(read_photograph(data, "a").image.astype(int) - smooth).max() <= 4
    assert b"Exif" not in data


@pytest.mark.parametrize("wrong", [IMAGE.astype(np.float32), IMAGE[..., 0], np.zeros((3, 3, 3), bool)])
def test_other_arrays_are_refused(wrong):
    with pytest.raises(ValueError, match="expected an image"):
        encode_png(wrong)


def test_keyword_length():
    with pytest.raises(ValueError, match="79"):
        encode_png(IMAGE, {"": "x"})


def test_bands_become_the_same_picture_with_text():
    bands = (IMAGE[:30], IMAGE[30:31], IMAGE[31:])
    data = encode_png_bands(bands, 70, 80, {"Comment": "lesion", "Models": "π"})
    picture = Image.open(io.BytesIO(data))
    assert np.array_equal(np.asarray(picture), IMAGE)
    assert picture.text == {"Comment": "lesion", "Models": "π"}


def test_bands_of_other_sizes_are_refused():
    with pytest.raises(ValueError, match="70 rows"):
        encode_png_bands([IMAGE[:30]], 70, 80)
    with pytest.raises(ValueError, match="a band"):
        encode_png_bands([IMAGE[:, :30]], 70, 80)
