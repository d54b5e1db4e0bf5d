"""Enlarged images as PNG files. What they are is in their name and in their text, for good."""

from collections.abc import Iterable

import numpy as np

from skinapp import __version__
from skinapp.i18n import gettext as _
from skinapp.i18n import marked
from skinapp.imaging.encoding import encode_png, encode_png_bands
from skinapp.imaging.enlarging import SCALE
from skinapp.results import ModelUse
from skinapp.services.filenames import file_stem
from skinapp.services.report import NOTICE

SYNTHETIC = marked("Synthetic detail: fine structure in this image was added by a model and is no evidence.")
INTERPOLATED = marked("Interpolated: this image was enlarged without a model and holds no added detail.")


def enhanced_name(photograph_name: str, method: str, model: str) -> str:
    """The name of a download; a file with added detail says so.

    >>> enhanced_name("arm.jpg", "segment_enlarger", "light-x4")
    'arm-x4-light-x4-lesion-synthetic-detail.png'
    >>> enhanced_name("arm.jpg", "bicubic", "light-x4")
    'arm-x4-bicubic-interpolated.png'
    """
    stem = f"{file_stem(photograph_name)}-x{SCALE}"
    if not has_synthetic_detail(method):
        return f"{stem}-{'bicubic' if 'bicubic' in method else 'pixels'}-interpolated.png"
    return f"{stem}-{model}{'-lesion' if method.startswith('segment') else ''}-synthetic-detail.png"


def has_synthetic_detail(method: str) -> bool:
    """True for the methods in which a model drew something."""
    return method in ("enlarger", "segment_enlarger")


def enhanced_png(image: np.ndarray, method: str, model: ModelUse) -> bytes:
    """One enlarged image with its permanent mark."""
    return encode_png(image, mark(method, model))


def enhanced_png_of_bands(
    bands: Iterable[np.ndarray], height: int, width: int, method: str, model: ModelUse
) -> bytes:
    """A whole photograph, enlarged to (height, width) band by band, with its permanent mark."""
    return encode_png_bands(bands, height, width, mark(method, model))


def mark(method: str, model: ModelUse) -> dict[str, str]:
    """The text that stays in the file."""
    known = {"Comment": _(NOTICE), "Software": f"skinapp {__version__}"}
    if not has_synthetic_detail(method):
        return known | {"Enlarged": _(INTERPOLATED)}
    return known | {
        "Synthetic detail": _(SYNTHETIC),
        "Models": model.name,
        "Weights SHA-256": model.sha256,
    }
