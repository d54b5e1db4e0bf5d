"""What is said under a heat map."""

import numpy as np

from skinapp.i18n import format_percent
from skinapp.i18n import gettext as _
from skinapp.results import FULL_HEAT
from skinapp.services.analyze import heat_share

FAINT = 0.1  # of full heat: less is hardly seen on a photograph


def heat_words(heatmap: np.ndarray, mask: np.ndarray | None) -> str:
    """How much of the heat (h, w) lies inside the mask (H, W), and how faint it is; empty without a mask."""
    if not heatmap.any():
        return _("no heat")
    share = heat_share(heatmap, mask) if mask is not None else None
    inside = _("{share} of the heat lies inside the outline")
    words = [] if share is None else [inside.format(share=format_percent(share))]
    if heatmap.max() < FAINT * FULL_HEAT:
        faint = _("faint, at most {share} of full heat")
        words.insert(0, faint.format(share=format_percent(float(heatmap.max()) / FULL_HEAT)))
    return "; ".join(words)
