"""How does a small change of one input row arrive at a layer? The Jacobian of the hidden stack, factor by factor.

Multiplied out in double precision a product of L random layers loses all singular values below 10⁻¹⁶ of the largest,
which ten Gaussian layers already reach, and sooner or later overflows. It is therefore kept as U D T: orthonormal
columns, a descending diagonal that carries all the decades, and a well-conditioned rest (Stewart 1997). An SVD of D T
is then accurate for each singular value and not for the largest alone (Barlow 2002).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from scipy import linalg

from initlab.arrays import Array
from initlab.network import Forward, Network

SMALLEST: Final = 1e-280  # of the largest scale: near the end of float64
EPSILON: Final = float(np.finfo(float).eps)


@dataclass(frozen=True, slots=True, eq=False)
class Product:
    """The matrix 10^exponent U D T, N x N0, of rank r; D falls from 1 and what was 0 is dropped."""

    basis: Array  # U (N, r)
    scales: Array  # D (r,)
    mixing: Array  # T (r, N0)
    exponent: float

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.basis), self.mixing.shape[1]

    def then(self, factor: Array) -> "Product":
        """`factor` (M, N) times this product.

        A direction is dropped where what is left of it is rounding error (exactly dependent weights, say) or more than
        280 decades below the largest. Rows of zeros (silent units) stay out of the QR: they cost rank exactly. The
        others are sorted, so that it is accurate row by row: slopes of saturated units differ by many decades too.
        """
        size = float(np.abs(factor).max(initial=0.0))
        arriving = (factor / size if size else factor) @ self.basis  # (M, r)
        heights = np.abs(arriving).max(axis=1, initial=0.0)
        rows = np.argsort(-heights, kind="stable")[: np.count_nonzero(heights)]
        if not rows.size:
            return Product(np.zeros((len(factor), 0)), np.zeros(0), np.zeros((0, self.mixing.shape[1])), 0.0)
        scaled = arriving[rows] * self.scales
        factored: Any = linalg.qr(scaled, mode="economic", pivoting=True, check_finite=False)
        q, r, order = factored
        left = np.abs(np.diagonal(r))
        whole = heights[rows[: left.size]] * self.scales[order[: left.size]]
        kept = (left > max(arriving.shape) * EPSILON * whole) & (left > SMALLEST * left[0])
        basis = np.zeros((len(factor), int(kept.sum())))
        basis[rows] = q[:, kept]
        mixing = (r[kept] / left[kept, None]) @ self.mixing[order]
        return Product(basis, left[kept] / left[0], mixing, self.exponent + float(np.log10(size) + np.log10(left[0])))

    def log10_singular_values(self) -> Array:
        """log10 of the r singular values that are not 0, the largest first."""
        if not self.scales.size:
            return np.zeros(0)
        found = np.linalg.svd((self.scales[:, None] * self.mixing).T, compute_uv=False)
        with np.errstate(divide="ignore"):
            logs = np.log10(found)
        return logs[np.isfinite(logs)] + self.exponent


def identity(size: int) -> Product:
    """What a change is before any layer."""
    return Product(np.eye(size), np.ones(size), np.eye(size), 0.0)


def factors(network: Network, forward: Forward, layer: int, row: int) -> Iterator[Array]:
    """Matrices (out, in) whose product is d h_layer / d h_(layer-1) at that row, the first to be applied first.

    Batch normalization couples the rows; its mean and variance count as constants here, as they do at inference. Layer
    normalization is dense: s (I - 11'/n - xx'/n), and as nothing survives along 1 that direction is taken out exactly.
    """
    weight = network.weights[layer].T.astype(float)
    slope = network.phi.derivative(forward.arguments[layer][row])
    skips = network.residual and weight.shape[0] == weight.shape[1]
    if network.normalization == "Batch":
        slope = slope * network.scales[layer] * forward.normalized[layer].inverse_std[0]
    if network.normalization != "Layer":
        yield _with_skip(slope[:, None] * weight, skips)
        return
    saved = forward.normalized[layer]
    x, slope = saved.standardized[row], slope * network.scales[layer] * saved.inverse_std[row, 0]
    across = _without_mean(weight)
    along = _without_mean(np.eye(len(x))).T  # (N, N - 1), orthonormal columns at right angles to 1
    back = slope[:, None] * (along - np.outer(x, x @ along) / len(x))
    if skips:
        yield _with_skip(back @ across, skips)
    else:
        yield from (across, back)


def _with_skip(factor: Array, skips: bool) -> Array:
    return factor + np.eye(len(factor)) if skips else factor


def _without_mean(columns: Array) -> Array:
    """Coordinates (N - 1, ...) of columns (N, ...) in the space at right angles to 1, by one Householder reflection."""
    n = len(columns)
    normal = np.full(n, n**-0.5)
    normal[0] += 1.0
    return (columns - np.outer(normal, normal @ columns) * (2 / (normal @ normal)))[1:]
