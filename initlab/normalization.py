"""Batch and layer normalization: one computation, over the batch or over the units.

norm(z) = scale * (z - mean) / sqrt(variance + eps) + shift, scale and shift one number a unit (Ioffe & Szegedy 2015,
Ba et al. 2016).
"""

from typing import Final, Literal, NamedTuple, TypeAlias

import numpy as np

from initlab.arrays import Array

Kind: TypeAlias = Literal["None", "Batch", "Layer"]
EPSILON: Final = 1e-5  # PyTorch's; Keras's 1e-3 would show in small signals
AXES: Final[dict[str, int]] = {"Batch": -2, "Layer": -1}  # from the end, so that gradients may come in stacks of (B, N)


class Normalized(NamedTuple):
    """What the backward pass needs: the standardized values and 1/sqrt(variance + eps)."""

    standardized: Array  # (B, N)
    inverse_std: Array  # (1, N) for Batch, (B, 1) for Layer


def normalize(z: Array, kind: str) -> Normalized:
    """Standardize `z` (B, N) over the axis of `kind`."""
    axis = AXES[kind]
    centred = z - z.mean(axis=axis, keepdims=True)
    inverse_std = 1 / np.sqrt((centred * centred).mean(axis=axis, keepdims=True) + np.asarray(EPSILON, z.dtype))
    return Normalized(centred * inverse_std, inverse_std)


def normalize_backward(gradient: Array, scale: Array, saved: Normalized, kind: str) -> tuple[Array, Array, Array]:
    """dLoss/dz, dLoss/dscale and dLoss/dshift from dLoss/dnorm(z)."""
    axis, x = AXES[kind], saved.standardized
    scaled = gradient * scale
    centred = scaled - scaled.mean(axis=axis, keepdims=True) - x * (scaled * x).mean(axis=axis, keepdims=True)
    return centred * saved.inverse_std, (gradient * x).sum(axis=-2), gradient.sum(axis=-2)
