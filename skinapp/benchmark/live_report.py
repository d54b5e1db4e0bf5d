"""The live camera's part of BENCHMARKS.md: each number beside its target, met or not."""

from typing import Any

from skinapp.benchmark.browser import TARGET_SHARE
from skinapp.benchmark.frames import TARGET_RATIO, TARGETS_MS
from skinapp.benchmark.soak import GROWTH_LIMIT_MB

_FORMS = """\
## Precision of the live models

Made by `python -m skinapp quantize`. Figure: mean IoU over crops and whole frames of the test rows, or
balanced accuracy. A form is kept where it loses at most 0.005 of the one or 0.01 of the other on the
validation rows, and the fastest of those runs on the Live page; the test rows are reported. int8: after
training, fitted to training photographs. Times compare the forms of one model, measured in turns on the
machine that made them, which may be another one than that of the other tables.

| Model | Precision | Figure | Loss | Loss, validation | Forward pass (ms) | Used live |
| --- | --- | ---: | ---: | ---: | ---: | --- |
"""


def live_section(results: dict[str, Any]) -> str:
    """Cost of a frame, frame rate in the browser, memory over minutes, and the forms of the models."""
    parts = [
        "## The live camera: one frame of 640 x 480",
        *(_frames(row) for row in results["frames"]),
        _browser(results["browser"]),
        _soak(results["soak"]),
        _forms(results["forms"]),
    ]
    return "\n\n".join(part for part in parts if part)


def _frames(row: dict[str, Any]) -> str:
    low, ratio, high = row["ratio_quartiles"]
    lines = [
        f"- {key}: {row[key]:.1f} ms, {_met(row[key] <= most, f'at most {most:.0f} ms')}"
        for key, most in TARGETS_MS.items()
    ]
    met = _met(ratio >= TARGET_RATIO, f"at least {TARGET_RATIO:.0f}")
    lines.append(f"- plain / engine: {ratio:.2f} ({low:.2f} to {high:.2f}), {met}")
    return (
        f"Outline by `{row['segmenter']}`, class by `{row['classifier']}`, advice and drawing, on "
        f"{row['device']} ({row['engine']}). {row['pairs']} frames, in turns with the plain way, which needs "
        f"{row['plain']:.1f} ms in the median:\n\n" + "\n".join(lines)
    )


def _browser(rates: dict[str, Any] | None) -> str:
    if rates is None:
        return "Frame rate in a browser: not measured in this run."
    return (
        f"In Chromium on the same machine, {rates['turns']} turns of {rates['turn_s']:.0f} s each: "
        f"{rates['on']:.1f} pictures per second with analysis, {rates['off']:.1f} without: a share of "
        f"{rates['share']:.2f}, {_met(rates['share'] >= TARGET_SHARE, 'at least 0.9')}."
    )


def _soak(sizes: dict[str, Any] | None) -> str:
    if sizes is None or sizes["settled_mb"] is None:
        return "Memory over ten minutes of a stream: not measured in this run."
    growth = sizes["final_mb"] - sizes["settled_mb"]
    return (
        f"A stream of {sizes['seconds'] / 60:.0f} minutes, {sizes['frames']} frames and "
        f"{sizes['results']} results: resident memory {sizes['settled_mb']:.0f} MB after "
        f"{sizes['settled_s']:.0f} s and {sizes['final_mb']:.0f} MB at the end: growth of {growth:.0f} MB, "
        f"{_met(growth <= GROWTH_LIMIT_MB, f'at most {GROWTH_LIMIT_MB} MB')}."
    )


def _forms(records: list[dict[str, Any]]) -> str:
    if not records:
        return ""
    rows = [_form_row(record, form) for record in records for form in record["forms"]]
    return _FORMS + "\n".join(rows)


def _form_row(record: dict[str, Any], form: str) -> str:
    row = record["forms"][form]
    used = "yes" if form == record["kept"] else "no"
    losses = f"{row['loss']:+.4f} | {row['val_loss']:+.4f}"
    return f"| {record['name']} | {form} | {row['figure']:.4f} | {losses} | {row['ms']:.1f} | {used} |"


def _met(is_met: bool, target: str) -> str:
    return f"{'meets' if is_met else 'MISSES'} the target of {target}"
