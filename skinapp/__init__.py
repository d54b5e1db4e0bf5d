"""Dermoscopy demonstration: segmentation, classification and explanation of lesion photographs."""

__version__ = "0.1.0"
