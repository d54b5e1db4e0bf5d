"""The training photographs of a classifier as it sees them, and which of them are similar to another.

Each case is kept as the principal components of its pooled features, scaled to unit length, with its id and
diagnosis. They lie in ``weights/NAME.cases.safetensors``; the model's record holds the SHA-256 of that file.
"""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import load as load_safetensors
from safetensors.numpy import save as save_safetensors

from skinapp.models.weights import home_of, verified_bytes, write_atomically


@dataclass(frozen=True, eq=False)
class Cases:
    """N cases with D numbers each, and the way from a classifier's pooled features (C,) to these numbers.

    ``targets`` (N,) are indices of `HAM7_CODES`, of a classifier of two classes too; cases of one lesion
    share its name in ``lesions``. ``vectors`` (N, D) have unit length, ``mean`` is (C,), ``axes`` (C, D) are
    orthonormal.
    """

    ids: np.ndarray
    lesions: np.ndarray
    targets: np.ndarray
    vectors: np.ndarray
    mean: np.ndarray
    axes: np.ndarray

    def components(self, features: np.ndarray) -> np.ndarray:
        """Pooled features (M, C) along the axes, (M, D)."""
        return (features - self.mean) @ self.axes

    def nearest(self, features: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
        """The ``count`` nearest cases to each row of features (M, C), the nearest first.

        Distances between vectors of unit length, in [0, 2], and indices, each (M, count).
        """
        if not 1 <= count <= len(self.vectors):
            raise ValueError(f"expected 1 to {len(self.vectors)} cases, got {count}")
        cosines = _unit_length(self.components(features)) @ self._columns
        found = np.argpartition(-cosines, count - 1, axis=1)[:, :count]
        known = np.take_along_axis(cosines, found, axis=1)
        order = np.argsort(-known, axis=1, kind="stable")
        distances = np.sqrt(np.clip(2 - 2 * np.take_along_axis(known, order, axis=1), 0, None))
        return distances, np.take_along_axis(found, order, axis=1)

    @cached_property
    def _columns(self) -> np.ndarray:
        return np.ascontiguousarray(self.vectors.T)


def fit_cases(
    features: np.ndarray, ids: np.ndarray, lesions: np.ndarray, targets: np.ndarray, dimensions: int
) -> Cases:
    """Cases from pooled features (N, C): the ``dimensions`` axes along which they differ most."""
    features = np.asarray(features, np.float64)
    mean = features.mean(axis=0)
    _variances, axes = np.linalg.eigh(np.cov(features - mean, rowvar=False))
    axes = axes[:, ::-1][:, :dimensions].astype(np.float32)
    mean = mean.astype(np.float32)
    vectors = _unit_length((features - mean).astype(np.float32) @ axes)
    return Cases(np.asarray(ids), np.asarray(lesions), np.asarray(targets), vectors, mean, axes)


def save_cases(cases: Cases, name: str, folder: Path) -> dict[str, Any]:
    """Write the cases of a model, their vectors in half precision; returns what its record has to know."""
    tensors = {
        "ids": _as_bytes(cases.ids),
        "lesions": _as_bytes(cases.lesions),
        "targets": cases.targets.astype(np.uint8),
        "vectors": cases.vectors.astype(np.float16),
        "mean": cases.mean.astype(np.float32),
        "axes": cases.axes.astype(np.float32),
    }
    data = save_safetensors({key: np.ascontiguousarray(values) for key, values in tensors.items()})
    write_atomically(cases_path(name, folder), data)
    return {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data), "n": len(cases.ids)}


def load_cases(name: str, folder: Path, record: dict[str, Any]) -> Cases | None:
    """The cases that belong to a model's record; None where it has none.

    Raises `WeightsError` where the file is missing or is not the recorded one.
    """
    if "cases" not in record:
        return None
    known = load_safetensors(verified_bytes(cases_path(name, folder), record["cases"]["sha256"]))
    return Cases(
        ids=_as_text(known["ids"]),
        lesions=_as_text(known["lesions"]),
        targets=known["targets"].astype(np.int64),
        vectors=_unit_length(known["vectors"].astype(np.float32)),
        mean=known["mean"],
        axes=known["axes"],
    )


def cases_path(name: str, folder: Path) -> Path:
    """The safetensors file of a model's cases."""
    return home_of(name, folder) / f"{name}.cases.safetensors"


def _unit_length(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)


def _as_bytes(words: np.ndarray) -> np.ndarray:
    """ASCII words (N,) as uint8 (N, longest), padded with zeros."""
    fixed = np.asarray(words).astype(bytes)
    return np.frombuffer(fixed.tobytes(), np.uint8).reshape(len(fixed), fixed.itemsize).copy()


def _as_text(codes: np.ndarray) -> np.ndarray:
    return np.array([bytes(row).rstrip(b"\0").decode("ascii") for row in codes])
