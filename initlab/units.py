"""Which units of a network are alike? One pass forward and back, and the units of each hidden layer compared.

A gradient whose terms cancel to less than their rounding counts as the 0 it stands for.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np

from initlab.arrays import Array
from initlab.datasets import Batch
from initlab.losses import loss_and_gradient
from initlab.network import Forward, Network
from initlab.twins import COLUMN_TOLERANCE, GRADIENT_TOLERANCE, all_agree, told_apart, twins

Cause: TypeAlias = Literal["", "zero weights", "cancelled", "flat"]
ROUNDING: Final = 1e-13  # of the sum of magnitudes: some hundred roundings of float64
SUSPECT: Final = 1e-9  # a gradient this much smaller than its factors is looked at more closely


@dataclass(frozen=True, slots=True, eq=False)
class Pass:
    """One pass; `idle` are the hidden layers whose gradient is 0 on the whole batch, in exact arithmetic."""

    network: Network
    forward: Forward
    loss: float
    above: Array  # dLoss/dOutputs
    deltas: list[Array]  # dLoss/dz, one a hidden layer
    parameters: tuple[list[Array], list[Array], list[Array], list[Array]]
    idle: list[bool]

    @classmethod
    def through(cls, network: Network, batch: Batch, loss: str, masks: Sequence[Array] = ()) -> "Pass":
        forward = network.forward(batch.inputs, masks)
        value, output_gradient = loss_and_gradient(loss, forward.outputs, batch.targets)
        found = network.backward(forward, output_gradient)
        parts = (found.weight_gradients, found.bias_gradients, found.scale_gradients, found.shift_gradients)
        idle = _idle(network, forward, [*found.gradients, output_gradient])
        return cls(network, forward, value, output_gradient, found.gradients, parts, idle)

    def parameter_gradients(self) -> list[Array]:
        """In the order of `training.parameters`; those of an idle layer are 0."""
        depth = len(self.idle)
        return [
            np.zeros_like(g) if layer < depth and self.idle[layer] else g
            for part in self.parameters
            for layer, g in enumerate(part)
        ]

    def incoming(self, layer: int) -> Array:
        """All that makes a unit what it is, one column a unit: weights, bias, scale and shift."""
        network = self.network
        own = [network.weights[layer], network.biases[layer]]
        own += [part[layer] for part in (network.scales, network.shifts) if part]
        return np.vstack(own)

    def distinct(self, layer: int) -> int:
        """Units that differ by now: in their weights, and in their outputs or gradients too.

        The gradient goes to `twins` as a part of the output, so that units of equal weights are copies although their
        gradients are about to part them.
        """
        outputs, delta, incoming = self.forward.activations[layer], self.deltas[layer], self.incoming(layer)
        with np.errstate(all="ignore"):
            if all_agree(incoming, COLUMN_TOLERANCE):
                return 1
            if told_apart(outputs, COLUMN_TOLERANCE) and told_apart(incoming, COLUMN_TOLERANCE):
                return outputs.shape[1]
        outputs = _scaled(outputs, COLUMN_TOLERANCE)
        if not self.idle[layer] and np.isfinite(delta).all():
            outputs = np.vstack([outputs, _scaled(delta, GRADIENT_TOLERANCE)])
        same = np.zeros((1, outputs.shape[1]))
        with np.errstate(all="ignore"):
            return twins(same, outputs, incoming, same[0])[0]

    def distinct_weights(self, layer: int) -> int:
        """Units that differ in what comes in."""
        incoming = self.incoming(layer)
        none = np.zeros((1, incoming.shape[1]))
        with np.errstate(all="ignore"):
            if all_agree(incoming, COLUMN_TOLERANCE):
                return 1
            if told_apart(incoming, COLUMN_TOLERANCE):
                return incoming.shape[1]
            return twins(none, none, incoming, none[0])[0]

    def cause(self) -> Cause:
        """Why no gradient arrives at the top hidden layer, if none does."""
        if not self.idle[-1]:
            return ""
        if not self.network.weights[-1].any():
            return "zero weights"
        return "cancelled" if _cancels(self.above, self.network.weights[-1], self.deltas[-1]) else "flat"

    def pictures(self, most: int) -> tuple[tuple[Array, ...], tuple[Array, ...]]:
        """Cosines between the first `most` units of each layer: of incoming weights with the bias, and of dLoss/dz."""
        layers = range(self.network.depth)
        weights = [np.vstack([self.network.weights[layer], self.network.biases[layer]]) for layer in layers]
        gradients = [
            np.zeros_like(delta) if idle else delta for delta, idle in zip(self.deltas, self.idle, strict=True)
        ]
        return tuple(cosines(w, most) for w in weights), tuple(cosines(g, most) for g in gradients)


def _scaled(columns: Array, tolerance: float) -> Array:
    """So that what is `tolerance` of the largest value becomes one and the same for outputs and gradients."""
    largest = float(np.abs(columns).max())
    # The division comes first: the factor of a subnormal largest would be infinite, and 0 times that no number.
    return columns / largest * (COLUMN_TOLERANCE / tolerance) if 0 < largest < math.inf else columns


def _idle(network: Network, forward: Forward, deltas: Sequence[Array]) -> list[bool]:
    """Per hidden layer whether its gradient is 0 but for rounding; `deltas` has dLoss/dOutputs last."""
    idle, above_idle, nothing_skips = [False] * network.depth, False, True
    for layer in reversed(range(network.depth)):
        above, weight, delta = deltas[layer + 1], network.weights[layer + 1], deltas[layer]
        nothing_arrives = nothing_skips and (above_idle or _cancels(above, weight, delta))
        idle[layer] = nothing_arrives or not delta.any() or _levelled(network, forward, layer, above, delta)
        above_idle, nothing_skips = idle[layer], nothing_arrives or not network.skips(layer)
    return idle


def _cancels(above: Array, weight: Array, delta: Array) -> bool:
    """Whether the terms of `above @ weight.T` cancel: softmax errors, which sum to 0, times equal weights."""
    with np.errstate(all="ignore"):
        if np.abs(delta).max() > SUSPECT * np.abs(above).max() * np.abs(weight).max():
            return False
        magnitude = np.abs(above) @ np.abs(weight).T
        return bool(np.abs(above @ weight.T).max() <= ROUNDING * magnitude.max())


def _levelled(network: Network, forward: Forward, layer: int, above: Array, delta: Array) -> bool:
    """Whether layer normalization took away all that arrived: what is the same for all units of a row."""
    if network.normalization != "Layer":
        return False
    with np.errstate(all="ignore"):
        magnitude = (np.abs(above) @ np.abs(network.weights[layer + 1]).T).max() * np.abs(network.scales[layer]).max()
        return bool(np.abs(delta).max() <= ROUNDING * magnitude * forward.normalized[layer].inverse_std.max())


def cosines(columns: Array, most: int) -> Array:
    """The cosine of every pair among the first `most` columns, NaN where one is zero or not finite; float32."""
    with np.errstate(all="ignore"):
        chosen = columns[:, :most] / np.abs(columns[:, :most]).max(axis=0)
        unit = chosen / np.sqrt((chosen * chosen).sum(axis=0))
        return np.clip(unit.T @ unit, -1, 1).astype(np.float32)
