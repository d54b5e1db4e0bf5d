"""Files made in memory: every kind that is read and every kind that is refused."""

import contextlib
import hashlib
import io
import struct
import zlib

import cv2
import numpy as np
import pytest
from PIL import Image, ImageCms, TiffImagePlugin

from skinapp.errors import ImageError
from skinapp.imaging import reading
from skinapp.imaging.reading import read_file, read_photograph
from skinapp.imaging.signatures import format_name

RNG = np.random.default_rng(0)
SMOOTH = np.dstack(
    [np.tile(np.linspace(low, high, 100), (80, 1)) for low, high in ((200, 120), (150, 90), (90, 160))]
).astype(np.uint8)
SMOOTH[:20, :30] = (20, 40, 220)  # a corner that tells the orientations apart


def file_bytes(picture: Image.Image | np.ndarray, kind: str, **options) -> bytes:
    if isinstance(picture, np.ndarray):
        picture = Image.fromarray(picture)
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def png_header(width: int, height: int) -> bytes:
    """A PNG of a few bytes that claims any size."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = chunk(b"IDAT", zlib.compress(b"\0"))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + pixels + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF"])
def test_lossless_formats_keep_every_pixel(kind):
    data = file_bytes(SMOOTH, kind)
    photograph = read_photograph(data, "holiday.jpg")
    assert np.array_equal(photograph.image, SMOOTH)
    assert photograph.image.dtype == np.uint8 and photograph.image.flags["C_CONTIGUOUS"]
    assert photograph.sha256 == hashlib.sha256(data).hexdigest()
    assert photograph.name == "holiday.jpg" and photograph.notes == ()


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_lossy_formats_stay_close(kind):
    image = read_photograph(file_bytes(SMOOTH, kind, quality=95), "a").image
    assert np.abs(image.astype(int) - SMOOTH).mean() < 4


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_is_honoured(kind, orientation):
    stored = {
        1: SMOOTH,
        2: SMOOTH[:, ::-1],
        3: SMOOTH[::-1, ::-1],
        4: SMOOTH[::-1],
        5: SMOOTH.transpose(1, 0, 2),
        6: np.rot90(SMOOTH),
        7: np.rot90(SMOOTH, 2).transpose(1, 0, 2),
        8: np.rot90(SMOOTH, -1),
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    photograph = read_photograph(file_bytes(np.ascontiguousarray(stored), kind, exif=exif), "a")
    assert photograph.image.shape == SMOOTH.shape
    assert np.abs(photograph.image.astype(int) - SMOOTH).mean() < 6
    assert len(photograph.notes) == (orientation != 1)


def test_place_and_time_do_not_survive():
    exif = Image.Exif()
    exif[0x010F] = "Camera of Someone"
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 18.0)})
    data = file_bytes(SMOOTH, "JPEG", exif=exif)
    assert Image.open(io.BytesIO(data)).getexif().get_ifd(0x8825)[1] == "N"
    photograph = read_photograph(data, "a.jpg")
    assert type(photograph.image) is np.ndarray
    assert set(vars(photograph)) == {"name", "image", "sha256", "notes"}


def test_broken_exif_does_not_cost_the_photograph():
    data = file_bytes(SMOOTH, "JPEG", exif=b"Exif\0\0" + b"garbage that is no TIFF header")
    assert read_photograph(data, "a").image.shape == SMOOTH.shape


def test_transparent_parts_turn_white():
    layer = np.dstack([SMOOTH, np.full((80, 100), 255, np.uint8)])
    layer[40:, :, 3] = 0
    layer[:40, 50:, 3] = 128
    photograph = read_photograph(file_bytes(layer, "PNG"), "a")
    assert np.array_equal(photograph.image[:40, :50], SMOOTH[:40, :50])
    assert (photograph.image[40:] == 255).all()
    half = SMOOTH[:40, 50:] * (128 / 255) + 255 * (127 / 255)
    assert np.abs(photograph.image[:40, 50:] - half).max() <= 1
    assert len(photograph.notes) == 1


def test_fully_transparent_is_white():
    layer = np.zeros((70, 70, 4), np.uint8)
    assert (read_photograph(file_bytes(layer, "PNG"), "a").image == 255).all()


def test_palette_with_transparency():
    indices = np.zeros((70, 80), np.uint8)
    indices[:, 40:] = 1
    picture = Image.fromarray(indices, "P")
    picture.putpalette([200, 30, 40, 0, 0, 255])
    image = read_photograph(file_bytes(picture, "PNG", transparency=1), "a").image
    assert (image[:, :40] == (200, 30, 40)).all() and (image[:, 40:] == 255).all()


def test_grey_bilevel_and_grey_with_alpha():
    grey = SMOOTH[..., 0]
    image = read_photograph(file_bytes(grey, "PNG"), "a").image
    assert np.array_equal(image, np.dstack([grey] * 3))
    image = read_photograph(file_bytes(Image.fromarray(grey > 150), "PNG"), "a").image
    assert np.array_equal(image[..., 1] == 255, grey > 150)
    layer = Image.merge("LA", [Image.fromarray(grey), Image.new("L", (100, 80), 0)])
    assert (read_photograph(file_bytes(layer, "PNG"), "a").image == 255).all()


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_cmyk(kind):
    picture = Image.new("CMYK", (80, 70), (0, 255, 255, 0))
    red = read_photograph(file_bytes(picture, kind), "a").image
    assert np.abs(red.astype(int) - (255, 0, 0)).max() <= 6


@pytest.mark.parametrize("extension", [".png", ".tiff"])
def test_sixteen_bits_are_scaled_not_clipped(extension):
    grey = RNG.integers(0, 65536, (70, 80)).astype(np.uint16)
    grey[0, :3] = 0, 257 * 77, 65535
    image = read_photograph(cv2.imencode(extension, grey)[1].tobytes(), "a").image
    assert np.array_equal(image[..., 0], np.rint(grey / 257))
    colour = np.dstack([grey, grey.T[:70, :70].repeat(2, 1)[:, :80], 65535 - grey])
    image = read_photograph(cv2.imencode(extension, colour)[1].tobytes(), "a").image
    assert np.abs(image[..., ::-1] - colour / 257).max() <= 1


def test_sixteen_bits_stored_as_32():
    wide = np.full((70, 80), 257 * 100, np.int32)
    assert (read_photograph(file_bytes(wide, "TIFF"), "a").image == 100).all()


@pytest.mark.parametrize("kind", ["TIFF", "WEBP", "PNG"])
def test_first_of_several_pictures(kind):
    pages = [Image.new("RGB", (80, 70), colour) for colour in ("red", "blue")]
    options = {"lossless": True} if kind == "WEBP" else {}
    data = file_bytes(pages[0], kind, save_all=True, append_images=pages[1:], **options)
    photograph = read_photograph(data, "a")
    assert (photograph.image == (255, 0, 0)).all()
    assert "first" in photograph.notes[0]


def test_the_pages_of_a_file_are_not_counted(monkeypatch):
    """Pillow reads every one of them for that, in time that grows with the square of their number."""

    monkeypatch.setattr(
        TiffImagePlugin.TiffImageFile, "n_frames", property(lambda picture: int(picture._n_frames))
    )
    pages = [Image.new("RGB", (80, 70), colour) for colour in ("red", "blue", "green")]
    data = file_bytes(pages[0], "TIFF", save_all=True, append_images=pages[1:])
    assert "first" in read_photograph(data, "a").notes[0]
    assert read_photograph(file_bytes(pages[0], "TIFF"), "a").notes == ()


def swapped_profile() -> bytes:
    """sRGB with the primaries red and blue in each other's place."""
    data = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for old, new in ((b"rXYZ", b"tXYZ"), (b"bXYZ", b"rXYZ"), (b"tXYZ", b"bXYZ")):
        data = data.replace(old, new, 1)
    return data.replace("sRGB".encode("utf-16-be"), "swap".encode("utf-16-be"))


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "JPEG"])
def test_colours_of_another_profile_become_srgb(kind):
    data = file_bytes(
        SMOOTH, kind, icc_profile=swapped_profile(), **({"quality": 95} if kind == "JPEG" else {})
    )
    plain = read_photograph(
        file_bytes(SMOOTH, kind, **({"quality": 95} if kind == "JPEG" else {})), "a"
    ).image
    difference = read_photograph(data, "a").image.astype(int) - plain[..., ::-1]
    assert np.abs(difference).max() <= 2


def test_transparency_survives_a_profile():
    layer = np.dstack([SMOOTH, np.full(SMOOTH.shape[:2], 255, np.uint8)])
    layer[40:, :, 3] = 0
    image = read_photograph(file_bytes(layer, "PNG", icc_profile=swapped_profile()), "a").image
    assert (image[40:] == 255).all()
    assert np.abs(image[:40].astype(int) - SMOOTH[:40, :, ::-1]).max() <= 2


# Named: a profile holds the time it was made at, and processes that share these tests agree on their names.
@pytest.mark.parametrize("profile", [b"no profile", swapped_profile()[:200]], ids=["none", "cut short"])
def test_a_broken_profile_does_not_cost_the_photograph(profile):
    assert (read_photograph(file_bytes(SMOOTH, "PNG", icc_profile=profile), "a").image == SMOOTH).all()


def test_empty_file():
    with pytest.raises(ImageError, match="empty"):
        read_photograph(b"", "a.jpg")


@pytest.mark.parametrize(
    "data", [b"hello " * 100, b"\0" * 300, b"<html></html>"], ids=["text", "zeros", "page"]
)
def test_no_image(data):
    with pytest.raises(ImageError, match="not an image") as caught:
        read_photograph(data, "a.jpg")
    assert "JPEG" in caught.value.hint


def test_unsupported_formats_are_named():
    frames = [Image.new("RGB", (80, 70), colour) for colour in ("red", "blue")]
    gif = file_bytes(frames[0], "GIF", save_all=True, append_images=frames[1:])
    for data, name in (
        (gif, "GIF"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"\0\0\0\x18ftypheic....", "HEIC"),
        (b"\0" * 128 + b"DICM", "DICOM"),
        (file_bytes(frames[0], "JPEG2000"), "JPEG 2000"),
        (file_bytes(frames[0], "AVIF"), "AVIF"),
    ):
        assert format_name(data) == name
        with pytest.raises(ImageError, match=f"{name} files are not supported"):
            read_photograph(data, "a.png")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "BMP"])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.8])
def test_truncated(kind, share):
    data = file_bytes(RNG.integers(0, 256, (100, 120, 3)).astype(np.uint8), kind)
    with pytest.raises(ImageError, match="damaged"):
        read_photograph(data[: max(20, int(len(data) * share))], "a")


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_damaged_bytes_raise_nothing_but_image_error():
    for kind in ("JPEG", "PNG", "WEBP", "TIFF", "BMP"):
        data = np.frombuffer(file_bytes(SMOOTH, kind), np.uint8)
        for _ in range(40):
            broken = data.copy()
            broken[RNG.integers(4, min(200, data.size), 6)] = RNG.integers(0, 256, 6)
            with contextlib.suppress(ImageError):
                read_photograph(broken.tobytes(), "a")


def test_too_many_bytes(monkeypatch):
    monkeypatch.setattr(reading, "MAX_BYTES", 1000)
    with pytest.raises(ImageError, match="larger"):
        read_photograph(file_bytes(SMOOTH, "BMP"), "a")


@pytest.mark.parametrize("size", [(60000, 60000), (12000, 9000), (50001, 1000)])
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_too_many_pixels_are_refused_from_the_header(size):
    with pytest.raises(ImageError, match="50 megapixels"):
        read_photograph(png_header(*size), "a")


def test_too_small():
    with pytest.raises(ImageError, match="200 x 63 pixels"):
        read_photograph(file_bytes(np.zeros((63, 200, 3), np.uint8), "PNG"), "a")
    assert read_photograph(file_bytes(np.zeros((64, 64, 3), np.uint8), "PNG"), "a").image.shape == (64, 64, 3)


def test_floating_point_pixels():
    with pytest.raises(ImageError, match="kind F"):
        read_photograph(file_bytes(np.zeros((70, 70), np.float32), "TIFF"), "a")


def test_read_file(tmp_path):
    path = tmp_path / "nevus.png"
    path.write_bytes(file_bytes(SMOOTH, "PNG"))
    assert read_file(path).name == "nevus.png"
    with pytest.raises(ImageError, match="cannot be opened"):
        read_file(tmp_path / "missing.png")
