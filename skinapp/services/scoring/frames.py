"""Whether a classifier names a whole frame as it names the crop of its middle; no diagnosis is needed."""

from pathlib import Path
from typing import Any

import numpy as np

from skinapp.data.isic2018 import full_frame_samples, task1_samples
from skinapp.data.pixels import read_image
from skinapp.services.analyze import Engine
from skinapp.services.scoring.measures import share_of

SURE = 0.8


def frame_agreement(name: str, data_dir: Path, engine: Engine, split: str) -> dict[str, Any]:
    """How often the most probable class is the same for both, of ISIC 2018 Task 1; {} without frames.

    ``n`` photographs are there as crop and as frame, ``n_sure`` of them with at least `SURE` for the crop's
    class; ``same_class`` and ``same_class_sure`` are the shares, the latter where there are some.
    """
    frames = {sample.key: sample for sample in full_frame_samples(data_dir, split)}
    crops = task1_samples(data_dir, split) if frames else []
    pairs = [(crop, frames[crop.key]) for crop in crops if crop.key in frames]
    if not pairs:
        return {}
    probs = np.array(
        [
            [engine.classify(name, read_image(one.image), explain=False).probs for one in pair]
            for pair in pairs
        ]
    )
    same = probs[:, 0].argmax(axis=1) == probs[:, 1].argmax(axis=1)
    sure = probs[:, 0].max(axis=1) >= SURE
    known = {"n": len(same), "same_class": share_of(same), "n_sure": int(sure.sum())}
    return known | ({"same_class_sure": share_of(same[sure])} if sure.any() else {})
