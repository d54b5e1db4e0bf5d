"""LabelMe annotations (JSON polygons) turned into masks, as paper A does."""

import json
from pathlib import Path

import cv2
import numpy as np

from skinapp.data.sample import Sample
from skinapp.data.splits import SHARES, draw_splits, read_splits
from skinapp.errors import DataError
from skinapp.i18n import gettext as _


def labelme_mask(path: Path) -> np.ndarray:
    """The union of all polygons of a LabelMe file as a mask (H, W).

    A file without polygons gives an empty mask. `DataError` for a file that is not LabelMe's, for a shape
    that is not a polygon, and for a polygon of fewer than three points.
    """
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        height, width = int(record["imageHeight"]), int(record["imageWidth"])
        shapes = record["shapes"]
    except (OSError, UnicodeDecodeError, json.JSONDecodeError, KeyError, TypeError) as error:
        raise DataError(
            _("'{file}' is not a LabelMe annotation.").format(file=path.name),
            _("Export the annotation from LabelMe as JSON, with imageHeight, imageWidth and shapes."),
        ) from error
    canvas = np.zeros((height, width), np.uint8)
    for shape in shapes:
        cv2.fillPoly(canvas, [_polygon(shape, path)], 1)
    return canvas.astype(bool)


def labelme_samples(folder: Path, split: str, scheme: str = "80/20") -> list[Sample]:
    """Photographs of a folder that have a LabelMe file of the same name beside them.

    ``scheme`` is a drawn split of `skinapp.data.splits.SHARES`, or the name of a split file in the folder.
    """
    images = {
        path.stem: path
        for path in sorted(folder.iterdir())
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


def _polygon(shape: dict, path: Path) -> np.ndarray:
    kind, points = shape.get("shape_type", "polygon"), shape.get("points", [])
    if kind != "polygon" or len(points) < 3:
        raise DataError(
            _("'{file}' holds a shape that is not a polygon of three or more points.").format(file=path.name),
            _("Draw the lesion's outline with LabelMe's polygon tool."),
        )
    return np.round(np.asarray(points, np.float64)).astype(np.int32)
