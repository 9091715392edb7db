"""LSUV: how much must each layer's weights be scaled for its output to have variance 1 on data?

Mishkin & Matas 2015, algorithm 1: from the first layer to the final one, and until the variance of what the layer gives
is close enough to 1, take a fresh minibatch, send it up to the layer and divide the layer's weights by the standard
deviation of its pre-activations, over all rows and units at once. Biases stay as they are, so they count.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

import numpy as np

from initlab.arrays import Array
from initlab.data_driven import CALIBRATION_ROWS, LSUV
from initlab.draws import OUTPUT_LAYER, Draws
from initlab.errors import invalid
from initlab.network import Network

ROUNDING: Final = 4  # units in the last place: pre-activations that differ by no more are equal


@dataclass(frozen=True, slots=True)
class Calibrated:
    """What was done to one layer (from 1; the output layer comes after the last hidden one).

    `variances` are those of the pre-activations, each on other rows: the first before anything is done, then one after
    each division. A layer whose variance is 0, lost in rounding or not finite cannot be divided and is left as it is:
    then `reached` is False, as where the iterations were used up. `dependence` is the share of the pre-activations'
    mean square that differs from row to row (their variance over rows, mean over units); NaN for a single row.
    """

    layer: int
    variances: tuple[float, ...]
    reached: bool
    dependence: float

    @property
    def iterations(self) -> int:
        """Divisions."""
        return len(self.variances) - 1


class Calibration(NamedTuple):
    """The network once the first `layers` are calibrated."""

    network: Network
    layers: tuple[Calibrated, ...]


def calibrate(network: Network, inputs: Array, law: LSUV, draws: Draws, *, outputs: bool) -> Iterator[Calibration]:
    """Bring layer after layer to variance 1 on `inputs` (B, features); one step a layer.

    `network` holds the orthonormal weights. `outputs` says whether the output layer is calibrated too: the paper goes
    on to the final layer, but one that follows another law is to keep it.

    At most 512 rows are looked at (of more inputs a random sample), and a minibatch is three random quarters of them.
    Of few rows a minibatch must be many: where some are far larger than others, as standardized digits are, halves of
    256 differ by more than the usual tolerance of a tenth and a layer may never be declared finished; three quarters
    differ by half as much. And it must not be all, or one division would always do. The layers below are finished when
    one is calibrated, so all rows go up through them once and a minibatch is picked from what they have become; with
    batch normalization its statistics are those of all rows.

    ValueError where `inputs` are no table of this network's features, or have no row.
    """
    h = _rows(network.accepted(inputs), draws)
    weights, found = list(network.weights), []
    for layer in range(network.depth + outputs):
        rng = draws.calibration(layer if layer < network.depth else OUTPUT_LAYER)
        with np.errstate(all="ignore"):
            sums = h @ weights[layer]
            factor, variances, reached = _factor(sums, network.biases[layer], law, rng)
            weights[layer] = weights[layer] * np.asarray(factor, h.dtype)
            z = sums * np.asarray(factor, h.dtype) + network.biases[layer]
            found.append(Calibrated(layer + 1, variances, reached, _dependence(z)))
        if layer < network.depth:
            h = network.passed_on(z, h, layer)
        yield Calibration(replace(network, weights=tuple(weights)), tuple(found))


def looked_at(rows: int) -> tuple[int, int]:
    """How many of so many rows are looked at, and how many of these make a minibatch."""
    seen = min(rows, CALIBRATION_ROWS)
    return seen, -(-3 * seen // 4)


def _rows(inputs: Array, draws: Draws) -> Array:
    """The rows that are looked at."""
    if not len(inputs):
        raise invalid("LSUV needs data", "no row", "give at least one")
    seen, _ = looked_at(len(inputs))
    return inputs if seen == len(inputs) else inputs[draws.calibration().permutation(len(inputs))[:seen]]


def _factor(sums: Array, bias: Array, law: LSUV, rng: np.random.Generator) -> tuple[float, tuple[float, ...], bool]:
    """What the weights behind `sums` = h W are multiplied by, the variances on the way, and whether they arrived."""
    factor, variances = 1.0, []
    while True:
        picked = rng.permutation(len(sums))[: looked_at(len(sums))[1]]
        z = sums[picked].astype(float) * factor + bias
        variances.append(float(z.var()))
        if abs(variances[-1] - 1) < law.tolerance:
            return factor, tuple(variances), True
        if len(variances) > law.iterations or not _divides(variances[-1], z, sums.dtype):
            return factor, tuple(variances), False
        factor /= variances[-1] ** 0.5


def _divides(variance: float, z: Array, dtype: np.dtype) -> bool:
    """Whether the variance is a number within the precision's range, and more than rounding makes of equal numbers."""
    limits = np.finfo(dtype)
    noise = (ROUNDING * float(limits.eps)) ** 2 * float(np.mean(z * z))
    return float(limits.tiny) < variance < float(limits.max) and variance > noise


def _dependence(z: Array) -> float:
    z = z.astype(float)
    return float(z.var(axis=0).mean() / np.mean(z * z)) if len(z) > 1 else float("nan")
