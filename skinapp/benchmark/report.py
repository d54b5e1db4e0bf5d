"""The section of BENCHMARKS.md, in English, made from the numbers."""

from pathlib import Path
from typing import Any

from skinapp.benchmark.live_report import live_section

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

_CHAT_TEXT = """\
## The assistant: what our own code adds to an answer

Made by `python -m skinapp benchmark --only assistant`. {machine}

{questions} questions, {rounds} rounds, after one to warm up. The first text is measured with a
service that answers without any delay: red flags, search, prompt, and the check of the first words.

| Time | Median (ms) | 95th percentile (ms) | Goal (ms) |
| --- | ---: | ---: | ---: |
{rows}
"""
CHAT_GOALS_MS = {
    "first_text_ms": ("To the first text of a service", 50),
    "built_in_ms": ("Built-in answer", 100),
}

_ENLARGING = """\
## Enlarging a crop x4

Made by `python -m skinapp benchmark --only enlarging`. {machine}

The plain way runs the same weights in eager single precision as they were trained, with the branches and the
batch norm of training; the engine merges both. Medians of {pairs} pairs, measured in turns; the ratio is the
median of the pairs with quartiles. The difference is the largest one of a pixel, in grey levels of 255.

| Device | Model | Pixels | Plain (ms) | Engine (ms) | Plain / engine | Difference |
| --- | --- | --- | ---: | ---: | ---: | ---: |
{rows}
"""


_COMPARING = """\
## One photograph through all outline models

Made by `python -m skinapp benchmark --only comparing`. {machine}

A photograph of 600 x 450 pixels. Ours: what the Compare page computes, with masks, consensus, disagreement
and the IoU of every two outlines. The plain way: the same weights in eager single precision, one model after
another, probability maps alone. Passes beyond the models repeat the first ones on the colour-corrected
photograph. Medians of {pairs} pairs, measured in turns; the ratio is the median of the pairs with quartiles;
the 95th percentile is ours. The difference is the largest one between two probabilities. Goal: {goal} ms.

| Device | Models | Passes | Plain (ms) | Ours (ms) | 95th perc. (ms) | Plain / ours | Difference | Goal |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |
{rows}
"""
COMPARING_GOAL_MS = 600


_BATCHES = """\
## {batch} photographs

Made by `python -m skinapp benchmark --only batches`. {machine}

Decoded photographs of 600 x 450 pixels to probabilities, in photographs per second. The engine answers them
one after another, as it does for visitors; the plain way runs the same weights in eager single precision in
one batch. Medians of {pairs} pairs, measured in turns; the ratio is the median of the pairs with quartiles.

| Device | Model | Plain, one batch | Engine | Engine / plain | Difference |
| --- | --- | ---: | ---: | ---: | ---: |
{rows}
"""


_SCORING = """\
## Scoring outlines

Made by `python -m skinapp benchmark --only scoring`. {machine}

{pairs} pairs of masks at {side_px} px. Ours are the nine measures of the scorecard, border distances
among them, in two threads; the plain loop is torchmetrics, the six pixel measures alone, timed on
{plain_pairs} pairs.

| Way | Seconds | Goal (s) |
| --- | ---: | ---: |
| Scorecard, nine measures | {ours_s:.1f} | 60, {verdict} |
| torchmetrics, six measures | {plain_s:.1f} | |

Largest difference between both: {largest_difference:.0e}.
"""
SCORING_GOAL_S = 60


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


def enlarging_as_markdown(results: dict[str, Any]) -> str:
    """The results of one run of the enlargers as Markdown."""
    return _ENLARGING.format(
        machine=_machine(results["machine"]),
        pairs=results["speed"][0]["pairs"],
        rows="\n".join(_enlarging_row(row) for row in results["speed"]),
    )


def comparing_as_markdown(results: dict[str, Any]) -> str:
    """The results of one run of comparisons as Markdown."""
    return _COMPARING.format(
        machine=_machine(results["machine"]),
        pairs=results["speed"][0]["pairs"],
        goal=COMPARING_GOAL_MS,
        rows="\n".join(_comparing_row(row) for row in results["speed"]),
    )


def batches_as_markdown(results: dict[str, Any]) -> str:
    """How many photographs a second, as Markdown."""
    speed = results["speed"]
    return _BATCHES.format(
        machine=_machine(results["machine"]),
        batch=speed[0]["batch"],
        pairs=speed[0]["pairs"],
        rows="\n".join(_batch_row(row) for row in speed),
    )


def scoring_as_markdown(results: dict[str, Any]) -> str:
    """How fast mask pairs are scored, as Markdown."""
    speed = results["scoring"]
    verdict = "met" if speed["ours_s"] < SCORING_GOAL_S else "NOT met"
    return _SCORING.format(machine=_machine(results["machine"]), verdict=verdict, **speed)


def chat_as_markdown(results: dict[str, Any]) -> str:
    """What the assistant adds, as Markdown."""
    speed = results["chat"]
    rows = "\n".join(_chat_row(speed, key) for key in CHAT_GOALS_MS)
    return _CHAT_TEXT.format(
        machine=_machine(results["machine"]),
        questions=speed["questions"],
        rounds=speed["rounds"],
        rows=rows,
    )


def write_section(path: Path, section: str, name: str = "benchmark") -> None:
    """Put ``section`` between the marks of its name, or at the file's end with new marks; the rest stays.

    A folder that is missing is made.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    begin_mark, end_mark = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    marked = f"{begin_mark}\n{section}{end_mark}\n"
    text = path.read_text(encoding="utf-8") if path.is_file() else "# Benchmarks\n"
    head, begin, rest = text.partition(begin_mark)
    _old, end, tail = rest.partition(end_mark)
    new = head + marked + tail.removeprefix("\n") if begin and end else f"{text.rstrip()}\n\n{marked}"
    path.write_text(new, encoding="utf-8")


def _machine(on: dict[str, Any]) -> str:
    gpu = f"; {on['gpu']}" if on["gpu"] else ""
    load = f", load {on['load']:.1f} at the start" if on["load"] is not None else ""
    return (
        f"Machine: {on['cpu']}, {on['cores']} cores, {on['threads']} threads used{load}{gpu}; "
        f"PyTorch {on['torch']}, Python {on['python']}."
    )


def _comparing_row(row: dict[str, Any]) -> str:
    low, ratio, high = row["ratio_quartiles"]
    verdict = "met" if row["engine_ms"] < COMPARING_GOAL_MS else "NOT met"
    return (
        f"| {row['device']} | {row['models']} | {row['passes']} | {row['plain_ms']:.1f} "
        f"| {row['engine_ms']:.1f} | {row['slow_ms']:.1f} | {ratio:.2f} ({low:.2f} to {high:.2f}) "
        f"| {row['largest_difference']:.0e} | {verdict} |"
    )


def _batch_row(row: dict[str, Any]) -> str:
    low, ratio, high = row["ratio_quartiles"]
    return (
        f"| {row['device']} | {row['model']} | {row['plain_rate']:.1f} | {row['engine_rate']:.1f} "
        f"| {ratio:.2f} ({low:.2f} to {high:.2f}) | {row['largest_difference']:.0e} |"
    )


def _enlarging_row(row: dict[str, Any]) -> str:
    low, ratio, high = row["ratio_quartiles"]
    return (
        f"| {row['device']} | {row['model']} | {row['side_px']} → {4 * row['side_px']} "
        f"| {row['plain_ms']:.1f} | {row['engine_ms']:.1f} | {ratio:.2f} ({low:.2f} to {high:.2f}) "
        f"| {row['largest_difference']} |"
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


def _chat_row(speed: dict[str, Any], key: str) -> str:
    (name, goal_ms), (median_ms, slow_ms) = CHAT_GOALS_MS[key], speed[key]
    verdict = "met" if slow_ms < goal_ms else "NOT met"
    return f"| {name} | {median_ms:.1f} | {slow_ms:.1f} | {goal_ms}, {verdict} |"
