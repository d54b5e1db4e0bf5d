"""LabelMe annotations (JSON polygons) turned into masks, as paper A does."""

import json
from pathlib import Path

import cv2
import numpy as np

from skinapp.data.sample import Sample
from skinapp.data.splits import SHARES, draw_splits, read_splits
from skinapp.errors import DataError
from skinapp.i18n import gettext as _
from skinapp.imaging.reading import MAX_PIXELS

_FARTHEST_PX = 2**20  # of a point from the frame, where drawing still counts in whole numbers


def labelme_mask(path: Path) -> np.ndarray:
    """The union of all polygons of a LabelMe file as a mask (H, W); `DataError` as in `read_labelme`."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise _not_labelme(path.name) from error
    return read_labelme(data, path.name)


def read_labelme(data: bytes, name: str) -> np.ndarray:
    """The union of all polygons in the bytes of a LabelMe file as a mask (H, W).

    A file without polygons gives an empty mask. `DataError` for a file that is not LabelMe's, for a frame of
    more than `MAX_PIXELS`, for a shape that is not a polygon, and for one of fewer than three points.
    """
    try:
        record = json.loads(data)
        height, width = int(record["imageHeight"]), int(record["imageWidth"])
        shapes = [dict(shape) for shape in record["shapes"]]
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise _not_labelme(name) from error
    if min(height, width) < 1 or height * width > MAX_PIXELS:
        raise _not_labelme(name)
    canvas = np.zeros((height, width), np.uint8)
    for shape in shapes:
        cv2.fillPoly(canvas, [_polygon(shape, name)], 1)
    return canvas.astype(bool)


def labelme_samples(folder: Path, split: str, scheme: str = "80/20") -> list[Sample]:
    """Photographs of a folder that have a LabelMe file of the same name beside them.

    ``scheme`` is a drawn split of `skinapp.data.splits.SHARES`, or the name of a split file in the folder.
    """
    images = {
        path.stem: path
        for path in (sorted(folder.iterdir()) if folder.is_dir() else ())
        if path.suffix.lower() in {".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".webp"}
    }
    annotated = {key: folder / f"{key}.json" for key in images if (folder / f"{key}.json").is_file()}
    if not annotated:
        raise DataError(
            _("There is no annotated photograph in '{folder}'.").format(folder=folder),
            _("Put each LabelMe JSON file beside its photograph, with the same name."),
        )
    drawn = scheme in SHARES
    sides = (
        draw_splits({key: key for key in annotated}, SHARES[scheme])
        if drawn
        else read_splits(folder / scheme)
    )
    return [Sample(key, key, images[key], mask) for key, mask in annotated.items() if sides.get(key) == split]


def _polygon(shape: dict, name: str) -> np.ndarray:
    try:
        points = np.asarray(shape.get("points", []), np.float64)
    except (ValueError, TypeError):
        points = np.empty(0)
    is_list = points.ndim == 2 and points.shape[1] == 2 and len(points) >= 3
    if shape.get("shape_type", "polygon") != "polygon" or not is_list or not np.isfinite(points).all():
        raise _not_polygon(name)
    return np.round(points).clip(-_FARTHEST_PX, _FARTHEST_PX).astype(np.int32)


def _not_labelme(name: str) -> DataError:
    return DataError(
        _("'{file}' is not a LabelMe annotation.").format(file=name),
        _("Export the annotation from LabelMe as JSON, with imageHeight, imageWidth and shapes."),
    )


def _not_polygon(name: str) -> DataError:
    return DataError(
        _("'{file}' holds a shape that is not a polygon of three or more points.").format(file=name),
        _("Draw the lesion's outline with LabelMe's polygon tool."),
    )
