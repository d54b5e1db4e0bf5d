"""The comparison of paper D: what it reports, and what was measured here on test photographs."""

from typing import Any

Figures = dict[str, dict[str, float | None]]  # by method, then by metric; None where not measured

# SkinSegmentSRGAN, the table of methods: PSNR in dB, SSIM, LPIPS, on ISIC 2018 as prepared there.
PAPER: Figures = {
    "bicubic": {"psnr": 25.41, "ssim": 0.712, "lpips": 0.245},
    "enlarger": {"psnr": 27.83, "ssim": 0.798, "lpips": 0.157},
    "segment_bicubic": {"psnr": 26.12, "ssim": 0.735, "lpips": 0.218},
    "segment_enlarger": {"psnr": 29.05, "ssim": 0.851, "lpips": 0.121},
}
SIDES = ("clean", "degraded")  # how the test photographs were made small


def measured(record: dict[str, Any], side: str) -> tuple[int | None, Figures]:
    """The count of photographs and the figures of a model's record; (None, {}) where not measured.

    The record holds them as ``figures.SIDE.METHOD``, see `skinapp.services.enlargement_scores`.
    """
    known = record.get("figures", {}).get(side, {})
    figures = {method: known[method] for method in PAPER if isinstance(known.get(method), dict)}
    return (known.get("n"), figures) if figures else (None, {})
