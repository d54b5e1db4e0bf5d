"""Pixels to the bytes of a file, without metadata except the text asked for."""

import io
import struct
import zlib
from collections.abc import Iterable, Mapping

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

JPEG_QUALITY = 92
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_UP = 2  # the PNG filter that stores each row as its difference from the row above


def encode_png(image_or_mask: np.ndarray, text: Mapping[str, str] | None = None) -> bytes:
    """A PNG file of an image, or of a mask as 0 and 255 (the way ISIC publishes masks).

    ``text`` is written as text chunks (tEXt where Latin-1 holds it, else iTXt): a notice, the models that
    made the picture. A keyword has 1 to 79 Latin-1 characters, as the PNG specification asks.
    """
    return _encoded(image_or_mask, format="PNG", pnginfo=_text_chunks(text or {}))


def encode_png_bands(
    bands: Iterable[np.ndarray], height: int, width: int, text: Mapping[str, str] | None = None
) -> bytes:
    """A PNG file of an image that comes as bands of rows from top to bottom, uint8 (rows, width, 3) each.

    Memory holds one band and the file. ``text`` as in `encode_png`.
    """
    file = io.BytesIO()
    file.write(_SIGNATURE)
    _write_chunk(file, b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    for chunk in _text_chunks(text or {}).chunks:
        _write_chunk(file, chunk[0], chunk[1])
    above, rows, press = np.zeros((1, width, 3), np.uint8), 0, zlib.compressobj(6)
    for band in bands:
        if band.dtype != np.uint8 or band.shape[1:] != (width, 3):
            raise ValueError(f"expected a band, uint8 (rows, {width}, 3), got {band.dtype} {band.shape}")
        _write_chunk(file, b"IDAT", press.compress(_filtered(band, above)))
        above, rows = band[-1:].copy(), rows + len(band)
    if rows != height:
        raise ValueError(f"expected {height} rows in all bands, got {rows}")
    _write_chunk(file, b"IDAT", press.flush())
    _write_chunk(file, b"IEND", b"")
    return file.getvalue()


def encode_jpeg(image: np.ndarray, quality: int = JPEG_QUALITY) -> bytes:
    """A JPEG file of an image, colours at full resolution (4:4:4)."""
    return _encoded(image, format="JPEG", quality=quality, subsampling=0)


def _text_chunks(text: Mapping[str, str]) -> PngInfo:
    chunks = PngInfo()
    for keyword, value in text.items():
        if not 1 <= len(keyword) <= 79:
            raise ValueError(f"a PNG text keyword has 1 to 79 characters, got {keyword!r}")
        chunks.add_text(keyword, value)
    return chunks


def _filtered(band: np.ndarray, above: np.ndarray) -> bytes:
    """The rows as PNG stores them: each with the number of its filter before it."""
    rows = np.empty((len(band), 1 + 3 * band.shape[1]), np.uint8)
    rows[:, 0] = _UP
    rows[:, 1:] = (band - np.concatenate([above, band[:-1]])).reshape(len(band), -1)  # modulo 256
    return rows.tobytes()


def _write_chunk(file: io.BytesIO, kind: bytes, data: bytes) -> None:
    file.write(struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)))


def _encoded(image_or_mask: np.ndarray, **options) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(_eight_bit(image_or_mask)).save(buffer, **options)
    return buffer.getvalue()


def _eight_bit(image_or_mask: np.ndarray) -> np.ndarray:
    if image_or_mask.dtype == bool and image_or_mask.ndim == 2:
        return image_or_mask.astype(np.uint8) * np.uint8(255)
    if image_or_mask.dtype == np.uint8 and image_or_mask.ndim == 3 and image_or_mask.shape[2] == 3:
        return image_or_mask
    raise ValueError(
        "expected an image, uint8 (H, W, 3), or a mask, bool (H, W); "
        f"got {image_or_mask.dtype} {image_or_mask.shape}"
    )
