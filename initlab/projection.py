"""What codes look like: their two principal axes, and whether neighbours are of one class."""

from typing import NamedTuple

import numpy as np
from sklearn.decomposition import PCA
from sklearn.neighbors import NearestNeighbors

from initlab.arrays import Array, Integers


class Projection(NamedTuple):
    """Rows on the plane of their two principal axes, and the share of their variance that lies in it."""

    points: Array  # (B, 2)
    explained: float


def project(codes: Array) -> Projection:
    """Codes `(B, N)` on the plane in which they vary most; a single unit is drawn along a line."""
    wide = np.pad(codes.astype(float), ((0, 0), (0, max(0, 2 - codes.shape[1]))))
    if not np.isfinite(wide).all() or np.ptp(wide, axis=0).max() == 0:
        return Projection(np.zeros((len(wide), 2)), float("nan"))
    found = PCA(2, svd_solver="full").fit(wide)
    return Projection(found.transform(wide), float(np.sum(found.explained_variance_ratio_)))


def alike(codes: Array, classes: Integers) -> float:
    """The share of rows whose nearest other row is of the same class."""
    if not np.isfinite(codes).all():
        return float("nan")
    _, nearest = NearestNeighbors(n_neighbors=2).fit(codes).kneighbors(codes)
    itself = np.arange(len(codes))
    other = np.where(nearest[:, 0] == itself, nearest[:, 1], nearest[:, 0])  # of equal rows the other may come first
    return float((classes[other] == classes).mean())
