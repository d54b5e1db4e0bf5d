"""Pixels to the bytes of a file, without metadata except the text asked for."""

import io
from collections.abc import Mapping

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

JPEG_QUALITY = 92


def encode_png(image_or_mask: np.ndarray, text: Mapping[str, str] | None = None) -> bytes:
    """A PNG file of an image, or of a mask as 0 and 255 (the way ISIC publishes masks).

    ``text`` is written as text chunks (tEXt where Latin-1 holds it, else iTXt): a notice, the models that
    made the picture. A keyword has 1 to 79 Latin-1 characters, as the PNG specification asks.
    """
    chunks = PngInfo()
    for keyword, value in (text or {}).items():
        if not 1 <= len(keyword) <= 79:
            raise ValueError(f"a PNG text keyword has 1 to 79 characters, got {keyword!r}")
        chunks.add_text(keyword, value)
    return _encoded(image_or_mask, format="PNG", pnginfo=chunks)


def encode_jpeg(image: np.ndarray, quality: int = JPEG_QUALITY) -> bytes:
    """A JPEG file of an image, colours at full resolution (4:4:4)."""
    return _encoded(image, format="JPEG", quality=quality, subsampling=0)


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
