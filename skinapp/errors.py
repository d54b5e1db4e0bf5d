"""Failures that a person can put right: what is wrong, and what to do next."""


class SkinAppError(Exception):
    """A failure with a ``message`` (what is wrong, with which value) and a ``hint`` (what to do next).

    >>> print(SkinAppError("This file is not an image.", "Use a JPEG or PNG."))
    This file is not an image. Use a JPEG or PNG.
    """

    def __init__(self, message: str, hint: str):
        super().__init__(f"{message} {hint}")
        self.message = message
        self.hint = hint


class ImageError(SkinAppError):
    """A photograph that cannot be read or used."""


class DataError(SkinAppError):
    """A dataset folder, split or annotation that cannot be used."""


class ModelError(SkinAppError):
    """An unknown model, or a model asked for something it does not do."""


class WeightsError(SkinAppError):
    """A checkpoint that is missing, damaged or does not fit its model."""
