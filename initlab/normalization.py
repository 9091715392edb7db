"""Batch and layer normalization: one computation, over the batch or over the units.

norm(z) = scale * (z - mean) / sqrt(variance + eps) + shift, scale and shift one number a unit (Ioffe & Szegedy 2015,
Ba et al. 2016).
"""

from typing import Final, Literal, NamedTuple, TypeAlias

import numpy as np

from initlab.arrays import Array

Kind: TypeAlias = Literal["None", "Batch", "Layer"]
EPSILON: Final = 1e-5  # PyTorch's; Keras's 1e-3 would show in small signals
MOMENTUM: Final = 0.1  # of a new batch in the running mean and variance; PyTorch's
AXES: Final[dict[str, int]] = {"Batch": -2, "Layer": -1}  # from the end, so that gradients may come in stacks of (B, N)


class Normalized(NamedTuple):
    """What the backward pass needs: the standardized values and 1/sqrt(variance + eps)."""

    standardized: Array  # (B, N)
    inverse_std: Array  # (1, N) for Batch, (B, 1) for Layer
    mean: Array  # of the same shape


def normalize(z: Array, kind: str) -> Normalized:
    """Standardize `z` (B, N) over the axis of `kind`."""
    axis = AXES[kind]
    mean = z.mean(axis=axis, keepdims=True)
    centred = z - mean
    inverse_std = 1 / np.sqrt((centred * centred).mean(axis=axis, keepdims=True) + np.asarray(EPSILON, z.dtype))
    return Normalized(centred * inverse_std, inverse_std, mean)


class Running(NamedTuple):
    """Batch normalization's memory of the means and variances in training, one array a hidden layer: what it goes by in
    evaluation. Of each batch a tenth is taken in, of its variance the unbiased estimate, as PyTorch does."""

    means: tuple[Array, ...] = ()
    variances: tuple[Array, ...] = ()

    def after(self, layer: int, seen: Normalized, rows: int) -> "Running":
        """A tenth of what layer `layer` (from 0) saw in a batch of so many rows taken in."""
        if not self.means:
            return self
        variance = (seen.inverse_std[0] ** -2 - EPSILON) * (rows / max(rows - 1, 1))
        return Running(_taken_in(self.means, layer, seen.mean[0]), _taken_in(self.variances, layer, variance))


def _taken_in(kept: tuple[Array, ...], layer: int, new: Array) -> tuple[Array, ...]:
    """The same arrays with a tenth of the new values in one of them."""
    mixed = kept[layer] * (1 - MOMENTUM) + new.astype(float) * MOMENTUM
    return (*kept[:layer], mixed, *kept[layer + 1 :])


def normalize_backward(gradient: Array, scale: Array, saved: Normalized, kind: str) -> tuple[Array, Array, Array]:
    """dLoss/dz, dLoss/dscale and dLoss/dshift from dLoss/dnorm(z)."""
    axis, x = AXES[kind], saved.standardized
    scaled = gradient * scale
    centred = scaled - scaled.mean(axis=axis, keepdims=True) - x * (scaled * x).mean(axis=axis, keepdims=True)
    return centred * saved.inverse_std, (gradient * x).sum(axis=-2), gradient.sum(axis=-2)
