"""What one camera frame costs, beside the same steps in eager PyTorch."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch

from skinapp.benchmark.pairs import milliseconds
from skinapp.benchmark.ways import plain_batch
from skinapp.engine.choice import choose_engine
from skinapp.imaging.film import film
from skinapp.imaging.geometry import lesion_mask
from skinapp.imaging.overlay import draw_outline
from skinapp.models.weights import load_model
from skinapp.services.frame import LiveChoices, analyze_frame
from skinapp.services.picture import drawn

WARM_UPS = 5
PAIRS = 60
TARGETS_MS = {"median": 15.0, "p95": 25.0, "median with Grad-CAM": 25.0}
TARGET_RATIO = 3.0

Step = Callable[[np.ndarray], np.ndarray]  # frame -> picture


def frame_cost(
    segmenter: str, classifier: str, folder: Path, device: str = "cpu", pairs: int = PAIRS
) -> dict[str, Any]:
    """Segment, classify, advise and draw one frame of 640 x 480, in turns with the plain way.

    Median and 95th percentile in ms without and with Grad-CAM, and the paired ratio plain / engine.
    """
    engine = choose_engine(folder, device, lighter=True)
    steps = (
        _engine_step(engine, LiveChoices(segmenter, classifier)),
        _engine_step(engine, LiveChoices(segmenter, classifier, show_heat=True)),
        _plain_step(segmenter, classifier, folder, device),
    )
    images = [frame.image for frame in film(("sharp",))]
    times = np.array(
        [[milliseconds(step, images[index % len(images)]) for step in steps] for index in range(pairs)]
    )
    fast, warm, plain = times[WARM_UPS:].T if pairs > WARM_UPS else times.T
    return {
        "segmenter": segmenter,
        "classifier": classifier,
        "device": device,
        "engine": engine.device_words,
        "pairs": len(fast),
        "median": float(np.median(fast)),
        "p95": float(np.quantile(fast, 0.95)),
        "median with Grad-CAM": float(np.median(warm)),
        "plain": float(np.median(plain)),
        "ratio_quartiles": np.quantile(plain / fast, [0.25, 0.5, 0.75]).tolist(),
    }


def _engine_step(engine, choices: LiveChoices) -> Step:
    return lambda image: drawn(image, analyze_frame(image, choices, engine), age_s=0.0)


def _plain_step(segmenter: str, classifier: str, folder: Path, device: str) -> Step:
    """The usual few lines: both networks as trained, softmax, and the outline drawn."""
    outliner, outline = load_model(segmenter, folder)
    namer, naming = load_model(classifier, folder)
    outliner, namer = outliner.to(device), namer.to(device)

    def step(image: np.ndarray) -> np.ndarray:
        with torch.no_grad():
            prob_map = outliner(plain_batch(outline.card, image).to(device))[0, 0].sigmoid().cpu().numpy()
            torch.softmax(namer(plain_batch(naming.card, image).to(device))[0], dim=0).cpu().numpy()
        mask = lesion_mask(prob_map, *image.shape[:2], 0.5)
        return draw_outline(cv2.convertScaleAbs(image), mask)

    return step
