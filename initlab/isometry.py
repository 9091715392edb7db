"""Does a deep network stretch all directions alike? The singular values of its Jacobian, layer by layer.

The Jacobian is d a_l / d h_0 at one input row, a_l what layer l hands on (Pennington, Schoenholz & Ganguli 2017). h_0
is the input where the data have as many features as layer 1 has units; elsewhere it is the output of layer 1, so that
every factor is square. Everything is float64, whatever the precision of the network.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

import numpy as np

from initlab import jacobian
from initlab.arrays import Array
from initlab.initializers import GAIN_RANGE
from initlab.network import Network
from initlab.spec import NetworkSpec
from initlab.work import work

GAUSSIAN: Final = (  # N(0, 1/n), before the gain
    "Variance scaling", (("distribution", "untruncated_normal"), ("mode", "fan_in"), ("scale", 1.0)),
)  # fmt: skip
ORTHOGONAL: Final = ("Orthogonal", "LSUV")  # LSUV gives every layer a size of its own
PARTNERS: Final = ("Auto", "Orthogonal", "Gaussian")
MAX_SPECTRA: Final = 16
FEWEST_SPECTRA: Final = 4
DRAWS: Final = 5
MAX_OPERATIONS: Final = 4 * 10**11  # for the two networks of a comparison: ten to twenty seconds on one busy core
LAYER_COST, SPECTRUM_COST, DRAW_COST = 12, 11, 4  # times N^3, as long as a matrix product would take: measured


@dataclass(frozen=True, slots=True, eq=False)
class Spectrum:
    """The singular values of d a_layer / d h_0: log10 of those that are not 0, the largest first, of `size` in all."""

    layer: int
    values: Array
    size: int

    @property
    def zeros(self) -> int:
        return self.size - len(self.values)

    @property
    def extremes(self) -> tuple[float, float]:
        """log10 of the smallest that is not 0, and of the largest; minus infinity where all are 0."""
        return (float(self.values[-1]), float(self.values[0])) if len(self.values) else (-math.inf, -math.inf)

    @property
    def median(self) -> float:
        """log10 of the median of those that are not 0; minus infinity where all are 0."""
        if not len(self.values):
            return -math.inf
        return float(np.median(self.values))

    @property
    def condition(self) -> float:
        """log10 of the largest over the smallest; infinity where a singular value is 0."""
        return math.inf if self.zeros else self.extremes[1] - self.extremes[0]

    @property
    def mean_square(self) -> float:
        """log10 of the mean of the squared singular values."""
        if not len(self.values):
            return -math.inf
        squares = 10 ** (2 * (self.values - self.values[0]))
        return float(np.log10(squares.sum() / self.size) + 2 * self.values[0])

    @property
    def variance(self) -> float:
        """Variance of the squared singular values once their mean is 1; NaN where all are 0."""
        if not len(self.values):
            return math.nan
        with np.errstate(under="ignore"):
            squares = 10 ** (2 * self.values - self.mean_square)
        return float((((squares - 1) ** 2).sum() + self.zeros) / self.size)


@dataclass(frozen=True, slots=True, eq=False)
class Isometry:
    """What is known once layer `reached` has been passed. `below` layers lie under h_0.

    `overflow` is the layer whose values are no longer finite in float64, `argument` the mean square of what phi is
    applied to in the first layer above h_0: theory starts from it.
    """

    below: int
    reached: int
    spectra: tuple[Spectrum, ...]
    overflow: int | None
    argument: float

    @property
    def last(self) -> Spectrum | None:
        return self.spectra[-1] if self.spectra else None


def layers_below(widths: Iterable[int]) -> int:
    """0 where h_0 is the input, 1 where it is the output of layer 1; `widths` from the features to the last layer."""
    features, first, *above = widths
    return 1 if features != first and above else 0


def shown_layers(below: int, depth: int, most: int = MAX_SPECTRA) -> tuple[int, ...]:
    """At most so many layers above h_0 (from 1), evenly spread, the first and the last among them."""
    return tuple(sorted({int(x) for x in np.linspace(below + 1, depth, min(depth - below, most)).round()}))


def measured(network: Network, inputs: Array, row: int = 0, layers: Iterable[int] | None = None) -> Iterator[Isometry]:
    """The singular values at `row` of the inputs (B, features) after those `layers` (from 1); one step a layer."""
    precise = replace(network, weights=[w.astype(float, copy=False) for w in network.weights])
    if network.normalization != "Batch":  # no row knows of the others
        inputs, row = inputs[row : row + 1], 0
    forward = precise.forward(inputs)
    below = layers_below([inputs.shape[1], *(w.shape[1] for w in network.weights[:-1])])
    wanted = set(shown_layers(below, network.depth) if layers is None else layers)
    with np.errstate(all="ignore"):
        argument = float(np.mean(forward.arguments[below][row] ** 2))
    found, product = Isometry(below, below, (), None, argument), jacobian.identity(forward.below(below).shape[1])
    for layer in range(below, network.depth):
        with np.errstate(all="ignore"):
            factors = list(jacobian.factors(precise, forward, layer, row))
        if not all(np.isfinite(part).all() for part in (*factors, forward.activations[layer][row])):
            yield replace(found, reached=network.depth, overflow=layer + 1)
            return
        with np.errstate(all="ignore"):
            for factor in factors:
                product = product.then(factor)
            if layer + 1 in wanted:
                spectrum = Spectrum(layer + 1, product.log10_singular_values(), min(product.shape))
                found = replace(found, spectra=(*found.spectra, spectrum))
        found = replace(found, reached=layer + 1)
        yield found


def partner(spec: NetworkSpec, kind: str = "Auto") -> NetworkSpec:
    """The same network with weights of the same variance that are orthogonal, or Gaussian: Auto is what `spec` is not.

    Laws without a variance, or with variance 0, get a partner of variance 1/n.
    """
    if kind == "Auto":
        kind = "Gaussian" if spec.init in ORTHOGONAL else "Orthogonal"
    fan_in, fan_out = spec.widths[1], spec.widths[min(2, spec.depth)]
    variance = spec.law.moments(fan_in, fan_out)[1] or 1 / fan_in
    gain = min(spec.gain * math.sqrt(variance * fan_in), GAIN_RANGE[1])
    start, law = ("Orthogonal", ()) if kind == "Orthogonal" else GAUSSIAN
    return replace(spec, init=start, init_params=law, gain=gain)


def name(spec: NetworkSpec) -> str:
    """What the start is called on the page."""
    return "Gaussian" if (spec.init, spec.init_params) == GAUSSIAN else spec.init


def operations(spec: NetworkSpec, spectra: int) -> int:
    """What the Jacobian of one network takes with that many spectra, the drawing of its weights included."""
    *hidden, _ = spec.widths[1:]
    cubes = [max(a, b) ** 2 * min(a, b) for a, b in pairwise(hidden)] or [hidden[0] ** 3]
    draws = DRAW_COST if spec.init in ORTHOGONAL else 0
    return (LAYER_COST + draws) * sum(cubes) + SPECTRUM_COST * spectra * max(cubes)


def fitting(spec: NetworkSpec, other: NetworkSpec) -> tuple[int, int]:
    """How many layers and how many spectra of both fit the budget: fewer spectra first, then fewer layers."""
    depth, spectra = spec.depth, MAX_SPECTRA
    while depth > 1 and not _fits(spec, other, depth, spectra):
        if spectra > FEWEST_SPECTRA:
            spectra -= 1
        else:
            depth = max(1, min(depth - 1, depth * 9 // 10))
    return depth, min(spectra, depth)


def affordable_draws(spec: NetworkSpec, other: NetworkSpec) -> int:
    """How many further draws of both, the deepest layer only, the budget allows; five are enough."""
    return min(DRAWS, MAX_OPERATIONS // (operations(spec, 1) + operations(other, 1)))


def _fits(spec: NetworkSpec, other: NetworkSpec, depth: int, spectra: int) -> bool:
    pair = [replace(one, depth=depth, precision="float64") for one in (spec, other)]
    total = sum(operations(one, min(spectra, depth)) for one in pair)
    return total <= MAX_OPERATIONS and all(work(one).affordable for one in pair)


def isometry(network: Network, inputs: Array, row: int = 0, layers: Iterable[int] | None = None) -> Isometry:
    """All of it at once, for a notebook."""
    (*_, found) = measured(network, inputs, row, layers)
    return found
