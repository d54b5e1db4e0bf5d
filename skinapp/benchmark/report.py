"""The section of BENCHMARKS.md, in English, made from the numbers."""

from pathlib import Path
from typing import Any

from skinapp.benchmark.live_report import live_section

BEGIN, END = "<!-- benchmark: begin -->", "<!-- benchmark: end -->"
GROWTH_LIMIT_MB = 50

_TEXT = """\
## One analysis: outline, classes and Grad-CAM of one photograph of 600 x 450 pixels

Made by `python -m skinapp benchmark`. {machine}

Engine: the one that is chosen for the device by itself. The plain way runs the same weights in eager single
precision, and pytorch-grad-cam for one class; the engine makes the maps of all classes. Medians of {pairs}
pairs, measured in turns; the ratio is the median of the pairs with quartiles. The difference is the largest
one between two probabilities, of a pixel or a class. Goal: a ratio of 4.

| Device | Outline | Classes | Plain (ms) | Engine (ms) | Plain / engine | Difference |
| --- | --- | --- | ---: | ---: | ---: | ---: |
{rows}

{memory}

{live}
"""


def as_markdown(results: dict[str, Any]) -> str:
    """The results of one run as Markdown."""
    speed = results["speed"]
    return _TEXT.format(
        machine=_machine(results["machine"]),
        pairs=speed[0]["pairs"],
        rows="\n".join(_row(row) for row in speed),
        memory=_memory(results["memory"]),
        live=live_section(results),
    )


def write_section(path: Path, section: str) -> None:
    """Put ``section`` between the marks of the file, or at its end with new marks; the rest stays."""
    marked = f"{BEGIN}\n{section}{END}\n"
    text = path.read_text(encoding="utf-8") if path.is_file() else "# Benchmarks\n"
    head, begin, rest = text.partition(BEGIN)
    _old, end, tail = rest.partition(END)
    new = head + marked + tail.removeprefix("\n") if begin and end else f"{text.rstrip()}\n\n{marked}"
    path.write_text(new, encoding="utf-8")


def _machine(on: dict[str, Any]) -> str:
    gpu = f"; {on['gpu']}" if on["gpu"] else ""
    load = f", load {on['load']:.1f} at the start" if on["load"] is not None else ""
    return (
        f"Machine: {on['cpu']}, {on['cores']} cores, {on['threads']} threads used{load}{gpu}; "
        f"PyTorch {on['torch']}, Python {on['python']}."
    )


def _row(row: dict[str, Any]) -> str:
    low, ratio, high = row["ratio_quartiles"]
    return (
        f"| {row['device']} | {row['segmenter']} | {row['classifier']} "
        f"| {row['plain_ms']:.1f} | {row['engine_ms']:.1f} | {ratio:.2f} ({low:.2f} to {high:.2f}) "
        f"| {row['largest_difference']:.0e} |"
    )


def _memory(sizes: dict[str, Any]) -> str:
    if sizes["settled_mb"] is None or sizes["final_mb"] is None:
        return "Memory was not measured: this system does not tell it."
    growth_mb = sizes["final_mb"] - sizes["settled_mb"]
    verdict = "below" if growth_mb < GROWTH_LIMIT_MB else "NOT below"
    return (
        f"Resident memory after {sizes['settled']} analyses {sizes['settled_mb']:.0f} MB, after "
        f"{sizes['analyses']} {sizes['final_mb']:.0f} MB: growth of {growth_mb:.0f} MB, "
        f"{verdict} the limit of {GROWTH_LIMIT_MB} MB."
    )
