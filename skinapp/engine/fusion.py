"""Batch normalisation folded into the convolution before it: fewer passes over memory, same numbers."""

from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval


def fold_batch_norm(model: nn.Module) -> nn.Module:
    """Fold every batch norm that directly follows a convolution, in place; returns the model.

    In evaluation mode both are affine: w' = w * g / sqrt(v + eps), b' = (b - mean) * g / sqrt(v + eps) +
    beta. "Directly follows" means the next child of the same parent; all batch norms of the zoo do, but for
    those that DenseNets have before a convolution and that of CLIP's tokens, which stay. Of timm's, which
    activate too, the activation stays. A test compares each model before and after.
    """
    if model.training:
        raise ValueError("expected a model in evaluation mode, got one in training mode")
    before = None
    for name, child in list(model.named_children()):
        if isinstance(child, nn.BatchNorm2d) and before is not None:
            owner, key = before
            setattr(owner, key, fuse_conv_bn_eval(getattr(owner, key), child))
            setattr(model, name, getattr(child, "act", nn.Identity()).eval())
        else:
            fold_batch_norm(child)
        before = _last_convolution(model, name)
    return model


def _last_convolution(owner: nn.Module, name: str) -> tuple[nn.Module, str] | None:
    """Owner and name of the convolution that ends this child, if one does."""
    child = getattr(owner, name)
    if isinstance(child, nn.Conv2d):
        return owner, name
    if isinstance(child, nn.Sequential) and len(child):
        return _last_convolution(child, next(reversed(child._modules)))
    return None
