"""Bytes of a photograph to pixels: 8-bit RGB, upright, without any metadata.

The format is judged by content, never by the file's name. Everything that cannot be used is refused with
an `ImageError` before its pixels are decoded where the header already tells.
"""

import hashlib
import io
import struct
import zlib
from pathlib import Path

import numpy as np
from PIL import Image, ImageCms

from skinapp.errors import ImageError
from skinapp.i18n import gettext as _
from skinapp.imaging.signatures import format_name
from skinapp.results import Photograph

MAX_BYTES = 20 * 1024 * 1024
MAX_PIXELS = 50_000_000
MIN_SIDE_PX = 64
MASK_MIDDLE = 127  # grey levels above are lesion, as in the masks that ISIC publishes

FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "TIFF")

# What Pillow's readers raise on damaged files (`UnidentifiedImageError` is an `OSError`).
_DAMAGE = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError)
_DAMAGE += (OverflowError, struct.error, zlib.error)
_TOO_LARGE = (Image.DecompressionBombError, Image.DecompressionBombWarning)

_ORIENTATION_TAG = 0x0112
# EXIF 2.3, tag 274: what turns a picture stored with this value upright.
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def read_photograph(data: bytes, name: str) -> Photograph:
    """The photograph in the bytes of one file, as 8-bit RGB without metadata.

    EXIF orientation is applied; colours of another profile become sRGB; transparency is laid on white; grey,
    palette and CMYK become RGB; 16-bit samples are scaled by 1/257 (colour files by their high byte, which
    differs by at most one level). Of an animation or a file with several pages, the first picture is taken.
    ``notes`` tell the reader where orientation, transparency or further pictures were dealt with.

    Raises `ImageError` for a file that is empty, over `MAX_BYTES`, no image, in an unsupported format,
    over `MAX_PIXELS`, with a side under `MIN_SIDE_PX`, or damaged.
    """
    _check_bytes(data)
    picture, upright, notes = _loaded(data)
    image = _turned(_rgb(picture), upright)
    return Photograph(name, image, hashlib.sha256(data).hexdigest(), notes)


def read_mask_levels(data: bytes) -> np.ndarray:
    """The grey levels of a mask file, uint8 (H, W): the brightest channel; what is transparent is black.

    Of a file with one colour on nothing, as editors save a layer, what is opaque is white, whatever the
    colour. Raises what `read_photograph` does.
    """
    _check_bytes(data)
    picture, upright, _notes_of_it = _loaded(data)
    if not picture.has_transparency_data:
        return _turned(_rgb(picture), upright).max(axis=2)
    layer = _turned(np.asarray(picture.convert("RGBA")), upright)
    levels, alpha = layer[..., :3].max(axis=2), layer[..., 3]
    inked = layer[alpha > 0, :3]
    if (alpha < 255).any() and (inked == inked[:1]).all():
        return alpha
    return np.rint(levels * (alpha / 255)).astype(np.uint8)


def read_file(path: str | Path) -> Photograph:
    """The photograph in a file, named by its last path component; errors as in `read_photograph`."""
    path = Path(path)
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        message = _("The file {path} cannot be opened: {reason}.")
        reason = error.strerror or type(error).__name__
        raise ImageError(
            message.format(path=path, reason=reason), _("Check the path and the permissions.")
        ) from None
    return read_photograph(data, path.name)


def _check_bytes(data: bytes) -> None:
    if not data:
        raise ImageError(_("This file is empty."), _("Save or download the photograph again."))
    if len(data) > MAX_BYTES:
        message = _("This file is larger than {limit} MB.").format(limit=MAX_BYTES // 1024**2)
        raise ImageError(message, _("Save it as a JPEG, or make it smaller."))
    kind = format_name(data)
    if kind is None:
        raise ImageError(_("This file is not an image."), _use_supported())
    if kind not in FORMATS:
        raise ImageError(_("{kind} files are not supported.").format(kind=kind), _use_supported())


def _use_supported() -> str:
    return _("Use a JPEG, PNG, WebP, BMP or TIFF photograph.")


def _damaged() -> ImageError:
    return ImageError(
        _("This file is damaged or incomplete."), _("Save or download the photograph again, or use another.")
    )


def _too_many_pixels() -> ImageError:
    message = _("This photograph has more than {limit} megapixels.").format(limit=MAX_PIXELS // 10**6)
    return ImageError(message, _("Make it smaller, or crop it to the lesion."))


def _loaded(data: bytes) -> tuple[Image.Image, Image.Transpose | None, tuple[str, ...]]:
    """The decoded picture, the turn that it still needs, and the notes for the reader."""
    try:
        picture = Image.open(io.BytesIO(data), formats=FORMATS)
        _check_size(*picture.size)
        notes = _notes(picture)
        picture.load()
        upright = _UPRIGHT.get(_orientation(picture))  # loading has turned a TIFF already
        return _in_srgb(picture), upright, notes
    except _TOO_LARGE:
        raise _too_many_pixels() from None
    except _DAMAGE:
        raise _damaged() from None


def _in_srgb(picture: Image.Image) -> Image.Image:
    """A colour picture in sRGB, which everything here takes pixels for, where its profile says otherwise.

    Many telephones save in Display P3. An unreadable profile is passed over.
    """
    embedded = picture.info.get("icc_profile")
    if not embedded or picture.mode not in ("RGB", "RGBA", "CMYK"):
        return picture
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(embedded))
        if "srgb" in ImageCms.getProfileDescription(profile).casefold():
            return picture
        colours = picture.convert("RGB") if picture.mode == "RGBA" else picture
        colours = ImageCms.profileToProfile(
            colours, profile, ImageCms.createProfile("sRGB"), outputMode="RGB"
        )
    except (ImageCms.PyCMSError, *_DAMAGE):
        return picture
    if picture.mode == "RGBA":
        colours.putalpha(picture.getchannel("A"))
    return colours


def _turned(pixels: np.ndarray, upright: Image.Transpose | None) -> np.ndarray:
    """The pixels (H, W, C) after the turn, in memory of their own."""
    if upright is not None:
        pixels = np.asarray(Image.fromarray(pixels).transpose(upright))
    return np.array(pixels, order="C")


def _check_size(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise _too_many_pixels()
    if min(width, height) < MIN_SIDE_PX:
        message = _("This photograph is {width} x {height} pixels; each side needs at least {limit}.")
        message = message.format(width=width, height=height, limit=MIN_SIDE_PX)
        raise ImageError(message, _("Use the original photograph rather than a preview of it."))


def _notes(picture: Image.Image) -> tuple[str, ...]:
    notes = []
    if _holds_more(picture):
        notes.append(_("This file holds several pictures; the first is used."))
    if _orientation(picture) in _UPRIGHT:
        notes.append(_("Turned upright as the camera noted."))
    if picture.has_transparency_data:
        notes.append(_("Transparent parts are shown on white."))
    return tuple(notes)


def _holds_more(picture: Image.Image) -> bool:
    """True for an animation, and for a file of several pages."""
    if picture.format == "MPO":  # a JPEG with previews and depth maps of the same scene
        return False
    if picture.format != "TIFF":
        return getattr(picture, "n_frames", 1) > 1
    try:
        picture.seek(1)  # to count all pages of a TIFF takes the square of their number
    except EOFError:
        return False
    picture.seek(0)
    return True


def _orientation(picture: Image.Image) -> int:
    try:
        return picture.getexif().get(_ORIENTATION_TAG, 1)
    except _DAMAGE:  # unreadable metadata beside readable pixels
        return 1


def _rgb(picture: Image.Image) -> np.ndarray:
    """The pixels of a loaded picture as uint8 RGB (H, W, 3)."""
    if picture.mode.startswith("I"):
        samples = np.clip(np.asarray(picture).astype(np.float32), 0, 65535)
        grey = np.rint(samples / 257).astype(np.uint8)
        return np.dstack([grey] * 3)
    if picture.mode in ("F", "LAB", "HSV"):
        message = _("Photographs with pixels of the kind {mode} are not supported.")
        raise ImageError(message.format(mode=picture.mode), _("Save it as an ordinary JPEG or PNG."))
    if picture.has_transparency_data:
        layer = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer)
    return np.asarray(picture.convert("RGB"))
