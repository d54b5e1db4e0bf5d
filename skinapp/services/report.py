"""Results as files: pictures, JSON, CSV and a zip of all of them.

Every file names the models and the hashes of their weights and carries the notice. Nothing of the
photograph file's own metadata is in them: pictures are encoded from pixels alone.
"""

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np

from skinapp import __version__
from skinapp.attribution.method import Method
from skinapp.errors import SkinAppError
from skinapp.i18n import gettext as _
from skinapp.i18n import marked
from skinapp.imaging.encoding import encode_png
from skinapp.imaging.geometry import thumbnail
from skinapp.imaging.overlay import draw_outline, fill_mask, overlay_attribution
from skinapp.labels import lesion_class
from skinapp.results import Analysis, Caution, ModelUse, Prediction
from skinapp.services.analyze import class_steps
from skinapp.services.filenames import file_stem, unique_name

NOTICE = marked("Research demonstration, not a medical device.")
FILL_OPACITY = 0.25
HEAT_OPACITY = 0.6
ZIP_PICTURE_PX = 1600
ZIP_BYTES = 500 * 1024**2  # of one visitor, while the memory is shared by all
# None where it was not computed or told
_SECTIONS = {"outline", "shape", "classes", "spread_over_mirror_images", "patient", "caution", "alarm"}


def mask_png(analysis: Analysis) -> bytes:
    """The lesion in white on black at the photograph's own resolution."""
    return encode_png(analysis.mask, _provenance(analysis))


def overlay_png(analysis: Analysis, opacity: float = FILL_OPACITY, longest_px: int | None = None) -> bytes:
    """The photograph with the outline and a translucent fill; at most ``longest_px`` long where told."""
    image = draw_outline(fill_mask(analysis.photograph.image, analysis.mask, opacity), analysis.mask)
    return encode_png(_at_most(image, longest_px), _provenance(analysis))


def heatmap_png(
    analysis: Analysis,
    class_index: int | None = None,
    opacity: float = HEAT_OPACITY,
    method: Method = Method.GRAD_CAM,
    longest_px: int | None = None,
) -> bytes:
    """The photograph with the heat map of one class (the top one unless told), and how it was made.

    At most ``longest_px`` long where told.
    """
    prediction = analysis.prediction
    index = prediction.top if class_index is None else class_index
    image = overlay_attribution(analysis.photograph.image, prediction.heatmaps[index], opacity)
    told = _provenance(analysis) | heatmap_of(prediction, index, method)
    return encode_png(_at_most(image, longest_px), told)


def heatmap_of(prediction: Prediction, class_index: int, method: Method) -> dict[str, str]:
    """What a heat map shows, for its file: its class, unless it is the same for all, and its method."""
    of = {} if method is Method.ROLLOUT else {"Heat map of": prediction.codes[class_index]}
    return of | {"Heat map by": str(method)}


def record(analysis: Analysis) -> dict[str, Any]:
    """The results as plain values, ready for JSON."""
    height, width = analysis.photograph.image.shape[:2]
    return {
        "notice": _(NOTICE),
        "version": __version__,
        "photograph": analysis.photograph.name,
        "photograph_sha256": analysis.photograph.sha256,
        "width_px": width,
        "height_px": height,
        "cleaning": list(analysis.cleaning),
        "quality": _quality_record(analysis),
        "outline": _outline_record(analysis),
        "classes": _class_record(analysis),
        "caution": _caution_record(analysis.caution),
    }


def results_json(analyses: Iterable[Analysis]) -> bytes:
    """All results as one JSON list."""
    return _json([record(analysis) for analysis in analyses])


def results_csv(analyses: Iterable[Analysis]) -> bytes:
    """One row for each photograph, with a column for whatever any of them has."""
    return csv_file([_row(record(analysis)) for analysis in analyses])


def batch_zip(analyses: Iterable[Analysis]) -> bytes:
    """A zip with the pictures of every photograph in a folder of its own, and the tables of all.

    The analyses are taken one at a time, so a generator keeps memory small. Masks have the size of their
    photographs, other pictures at most `ZIP_PICTURE_PX`. `SkinAppError` for more than `ZIP_BYTES`.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:

        def write(name: str, data: bytes) -> None:
            if buffer.tell() + len(data) > ZIP_BYTES:
                raise SkinAppError(
                    _("The zip would hold more than {size} MB.").format(size=ZIP_BYTES // 1024**2),
                    _("Remove some photographs and prepare it in parts."),
                )
            archive.writestr(name, data)

        _write_all(analyses, write, ZIP_PICTURE_PX)
    return buffer.getvalue()


def write_folder(analyses: Iterable[Analysis], out: Path) -> None:
    """The same files as in `batch_zip`, written to the folder ``out``, which is made if need be.

    All pictures have the size of their photographs.
    """

    def write(name: str, data: bytes) -> None:
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    _write_all(analyses, write)


def _write_all(
    analyses: Iterable[Analysis], write: Callable[[str, bytes], None], longest_px: int | None = None
) -> None:
    records, taken = [], set()
    for analysis in analyses:
        folder = unique_name(file_stem(analysis.photograph.name), taken)
        for name, data in _pictures(analysis, longest_px):
            write(f"{folder}/{name}", data)
        records.append({"folder": folder} | record(analysis))
    write("results.json", _json(records))
    write("results.csv", csv_file([_row(known) for known in records]))


def _pictures(analysis: Analysis, longest_px: int | None) -> Iterable[tuple[str, bytes]]:
    if analysis.mask is not None:
        yield "mask.png", mask_png(analysis)
        yield "outline.png", overlay_png(analysis, longest_px=longest_px)
    if analysis.has_maps:
        yield "heat-map.png", heatmap_png(analysis, longest_px=longest_px)


def _at_most(image: np.ndarray, longest_px: int | None) -> np.ndarray:
    return image if longest_px is None else thumbnail(image, longest_px)


def _models(analysis: Analysis) -> list[ModelUse]:
    return [part.model for part in (analysis.outline, analysis.prediction) if part is not None]


def _provenance(analysis: Analysis) -> dict[str, str]:
    models = _models(analysis)
    return {
        "Comment": _(NOTICE),
        "Software": f"skinapp {__version__}",
        "Models": ", ".join(model.name for model in models),
        "Weights SHA-256": ", ".join(model.sha256 for model in models),
    }


def _quality_record(analysis: Analysis) -> dict[str, Any]:
    checks = {
        check.key: {"value": _rounded(check.value), "unit": check.unit, "verdict": str(check.verdict)}
        for check in analysis.quality.checks
    }
    return {"verdict": str(analysis.quality.verdict), "checks": checks}


def _outline_record(analysis: Analysis) -> dict[str, Any] | None:
    if analysis.outline is None:
        return None
    known = _model_record(analysis.outline.model)
    known |= {"threshold": analysis.threshold, "lesion_found": analysis.lesion_found}
    if analysis.shape is None:
        return known | {"shape": None}
    return known | {"shape": {key: _rounded(value) for key, value in vars(analysis.shape).items()}}


def _class_record(analysis: Analysis) -> dict[str, Any] | None:
    prediction = analysis.prediction
    if prediction is None:
        return None
    top = prediction.codes[prediction.top]
    return _model_record(prediction.model) | {
        "top": top,
        "top_name": lesion_class(top).name,
        "malignant_or_premalignant": _rounded(prediction.suspicious_prob),
        "probs": _by_code(prediction, prediction.probs),
        "spread_over_mirror_images": _by_code(prediction, prediction.spread),
        "cleaning": list(class_steps(analysis.cleaning)),
        "patient": vars(prediction.patient) if prediction.patient.is_known else None,
    }


def _by_code(prediction: Prediction, values: np.ndarray | None) -> dict[str, Any] | None:
    if values is None:
        return None
    return {code: _rounded(value) for code, value in zip(prediction.codes, values, strict=True)}


def _caution_record(caution: Caution | None) -> dict[str, Any] | None:
    if caution is None:
        return None
    return {
        "like": caution.likeness and str(caution.likeness),
        "possible": {f"{known.coverage:g}": list(known.codes) for known in caution.possible},
        "alarm": caution.alarm and vars(caution.alarm),
        "similar": [f"{case.image_id} {case.code} {_rounded(case.distance)}" for case in caution.similar],
    }


def _model_record(model: ModelUse) -> dict[str, Any]:
    return {"model": model.name, "weights_sha256": model.sha256, "device": model.device}


def _row(known: dict[str, Any]) -> dict[str, Any]:
    """A record flattened to columns named by their path."""
    row: dict[str, Any] = {}
    for key, value in known.items():
        if isinstance(value, dict):
            row |= {f"{key}_{inner}": each for inner, each in _row(value).items()}
        elif value is not None or key not in _SECTIONS:
            row[key] = " ".join(map(str, value)) if isinstance(value, (list, tuple)) else value
    return {key: no_formula(value) for key, value in row.items()}


def no_formula(value: Any) -> Any:
    """Text that a spreadsheet does not run: names of files may begin with anything."""
    return f"'{value}" if isinstance(value, str) and value[:1] in tuple("=+-@\t\r") else value


def csv_file(rows: list[dict[str, Any]]) -> bytes:
    """Rows as a CSV file in UTF-8, with every column that any of them has."""
    columns = list(dict.fromkeys(key for row in rows for key in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def _json(value: Any) -> bytes:
    return (json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode()


def _rounded(value: Any) -> Any:
    return round(float(value), 6) if isinstance(value, (float, np.floating)) else value
