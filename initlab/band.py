"""How much the picture depends on the draw: RMS a layer over several seeds, nothing else measured."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final, NamedTuple

import numpy as np

from initlab.arrays import Array
from initlab.losses import Targets, loss_and_gradient
from initlab.network import Network
from initlab.parallel import in_order
from initlab.spec import NetworkSpec
from initlab.start import build
from initlab.work import work

SEEDS: Final = 10


class Profile(NamedTuple):
    """RMS of activations and of gradients, one number a hidden layer."""

    activation: Array
    gradient: Array


def seed_profiles(
    spec: NetworkSpec, inputs: Array, targets: Targets, start: int = 0, seeds: int = SEEDS, address: str | None = None
) -> Iterator[Profile]:
    """The profiles of the `seeds` draws that follow the spec's own, one after the other, without the first `start`.

    Where they run is for `in_order` to say, and for `address`.
    """
    drawn = [replace(spec, seed=seed % 2**31) for seed in range(spec.seed + 1 + start, spec.seed + 1 + seeds)]
    operations = len(drawn) * work(spec).operations
    return in_order(_seed_profile, [(each, inputs, targets) for each in drawn], operations, address)


def all_profiles(spec: NetworkSpec, inputs: Array, targets: Targets, start: int, seeds: int) -> list[Profile]:
    """Those of `seed_profiles` in one go, computed here."""
    return list(seed_profiles(spec, inputs, targets, start, seeds, ""))


def _seed_profile(spec: NetworkSpec, inputs: Array, targets: Targets) -> Profile:
    return rms_profile(build(spec, inputs), inputs, targets, spec.loss)


def rms_profile(network: Network, inputs: Array, targets: Targets, loss: str) -> Profile:
    """One forward and one backward pass of which nothing but the RMS is kept."""
    forward = network.forward(inputs)
    with np.errstate(all="ignore"):
        _, output_gradient = loss_and_gradient(loss, forward.outputs, targets)
        gradient = np.empty(network.depth)
        for layer, delta, _, _ in network.deltas(forward, output_gradient):
            if layer < network.depth:
                gradient[layer] = rms(delta)
        return Profile(np.array([rms(a) for a in forward.activations]), gradient)


def rms(values: Array) -> float:
    """Root mean square in float64, scaled by the largest magnitude; NaN or inf where a value is."""
    if values.dtype == np.float32:  # whose squares float64 holds, whatever they are
        wide = values.astype(float).reshape(-1)
        return float(np.sqrt(wide @ wide / wide.size))
    largest = float(max(values.max(), -values.min()))
    if largest == 0 or not np.isfinite(largest):
        return largest
    scaled = values.astype(float).reshape(-1) / largest
    return largest * float(np.sqrt(scaled @ scaled / scaled.size))
