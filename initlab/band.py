"""How much the picture depends on the draw: RMS a layer over several seeds, nothing else measured."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final, NamedTuple

import numpy as np

from initlab.arrays import Array
from initlab.losses import Targets, loss_and_gradient
from initlab.spec import NetworkSpec
from initlab.start import build

SEEDS: Final = 10


class Profile(NamedTuple):
    """RMS of activations and of gradients, one number a hidden layer."""

    activation: Array
    gradient: Array


def seed_profiles(
    spec: NetworkSpec, inputs: Array, targets: Targets, start: int = 0, seeds: int = SEEDS
) -> Iterator[Profile]:
    """The profiles of the `seeds` draws that follow the spec's own, one after the other, without the first `start`."""
    for seed in range(spec.seed + 1 + start, spec.seed + 1 + seeds):
        network = build(replace(spec, seed=seed % 2**31))
        forward = network.forward(inputs)
        with np.errstate(all="ignore"):
            _, output_gradient = loss_and_gradient(spec.loss, forward.outputs, targets)
            gradient = np.empty(spec.depth)
            for layer, delta, _, _ in network.deltas(forward, output_gradient):
                if layer < spec.depth:
                    gradient[layer] = rms(delta)
            yield Profile(np.array([rms(a) for a in forward.activations]), gradient)


def rms(values: Array) -> float:
    """Root mean square in float64, scaled by the largest magnitude; NaN or inf where a value is."""
    largest = float(max(values.max(), -values.min()))
    if largest == 0 or not np.isfinite(largest):
        return largest
    scaled = values.astype(float).reshape(-1) / largest
    return largest * float(np.sqrt(scaled @ scaled / scaled.size))
