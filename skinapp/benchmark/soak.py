"""Whether a stream's memory stays level: minutes of frames at a camera's pace, through the shared workers."""

from pathlib import Path
from time import monotonic, sleep
from typing import Any

from skinapp.benchmark.machine import resident_mb
from skinapp.engine.choice import choose_engine
from skinapp.imaging.film import RATE, film
from skinapp.services.frame import LiveChoices, analyze_frame
from skinapp.services.stream import LiveStream
from skinapp.services.workers import Workers

SECONDS, SETTLED_S = 600.0, 60.0
GROWTH_LIMIT_MB = 30


def soak(
    segmenter: str,
    classifier: str,
    folder: Path,
    seconds: float = SECONDS,
    settled_s: float = SETTLED_S,
    rate: float = RATE,
) -> dict[str, Any]:
    """Resident memory in MB after ``settled_s`` and at the end, and the frames and results by then."""
    frames = [frame.image for frame in film()]
    choices = LiveChoices(segmenter, classifier, show_heat=True)
    engine = choose_engine(folder, "cpu", lighter=True)
    analyze_frame(frames[0], choices, engine)  # loads the models, so that the first minute is like the rest
    stream = LiveStream(engine, choices, Workers())
    start, settled_mb, count = monotonic(), None, 0
    while (passed := monotonic() - start) < seconds:
        stream.show(frames[count % len(frames)].copy())
        count += 1
        if settled_mb is None and passed >= settled_s:
            settled_mb = resident_mb()
        sleep(max(0.0, start + count / rate - monotonic()))
    final_mb, results = resident_mb(), len(stream.recording)
    stream.close()
    return {
        "seconds": seconds,
        "settled_s": settled_s,
        "settled_mb": settled_mb,
        "final_mb": final_mb,
        "frames": count,
        "results": results,
    }
