"""The ways to draw where a classifier looked; no PyTorch, so that a page with the choice draws at once."""

from enum import StrEnum

from skinapp.models.card import ModelCard


class Method(StrEnum):
    """How a map is made; the first three weight feature maps by gradients, see `gradcam`."""

    GRAD_CAM = "grad-cam"
    GRAD_CAM_PLUS_PLUS = "grad-cam++"
    HIRES_CAM = "hires-cam"
    SCORE_CAM = "score-cam"  # without gradients: `skinapp.attribution.scorecam`
    ROLLOUT = "rollout"  # of a transformer, the same for every class: `skinapp.attribution.rollout`


def methods_of(card: ModelCard) -> tuple[Method, ...]:
    """The methods that can explain this classifier; none where it cannot be explained.

    A committee shows the mean of its members' Grad-CAM maps and no other. Score-CAM, a pass for each feature,
    would take minutes where these are thousands.
    """
    if not card.has_maps:
        return ()
    if card.members:
        return (Method.GRAD_CAM,)
    lacking = {Method.ROLLOUT: not card.has_attention, Method.SCORE_CAM: card.has_thousands}
    return tuple(method for method in Method if not lacking.get(method))
