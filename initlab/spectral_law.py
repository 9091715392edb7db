"""What theory says of the Jacobian's singular values: how fast their mean square moves, and how far they spread.

Each layer multiplies the mean square by sigma_w² mu_1. To the variance of the squared singular values, their mean made
1, it adds mu_2 / mu_1² - 1, and 1 more where the weights are Gaussian; mu_k = E[phi'(z)^(2k)], z ~ N(0, q) (Pennington,
Schoenholz & Ganguli 2017). At the fixed point q* this is L mu_2 / mu_1² for Gaussian weights and L (mu_2 / mu_1² - 1)
for orthogonal ones. Here q moves from layer to layer as mean field has it: layers on their way to q* are right too.
"""

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from initlab.activations import Activation
from initlab.arrays import Array
from initlab.laws import Normal as NormalLaw
from initlab.laws import Orthogonal, PyTorchDefault, ScikitLearnDefault, TruncatedNormal, Uniform, VarianceScaling
from initlab.spec import NetworkSpec

REACH: Final = 9.0  # standard deviations; beyond them a normal density is below 10⁻¹⁸
NODES, NODE_WEIGHTS = np.polynomial.legendre.leggauss(24)
PANELS: Final = 24  # each with 24 nodes, split at the kinks: more than enough for the steepest slope, erf's
INDEPENDENT: Final = (NormalLaw, TruncatedNormal, Uniform, VarianceScaling, PyTorchDefault, ScikitLearnDefault)


class Moments(NamedTuple):
    """E[phi²], mu_1 = E[phi'²] and mu_2 = E[phi'⁴] at one q."""

    square: float
    mu1: float
    mu2: float


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """Layer by layer above h_0: log10 of the mean square, and the variance of the normalised squares."""

    mean_square: Array
    variance: Array


def moments(phi: Activation, q: float) -> Moments:
    """Gauss-Legendre on panels that end at the kinks: a kink inside a panel would cost all accuracy."""
    std = max(q, np.finfo(float).tiny) ** 0.5
    kinks = [k / std for k in phi.kinks if abs(k) < REACH * std]
    edges = np.union1d(np.linspace(-REACH, REACH, PANELS + 1), [*kinks, *_steep(std)])
    half, middle = np.diff(edges) / 2, (edges[1:] + edges[:-1]) / 2
    x = (middle[:, None] + half[:, None] * NODES).reshape(-1)
    density = (half[:, None] * NODE_WEIGHTS).reshape(-1) * np.exp(-x * x / 2) / np.sqrt(2 * np.pi)
    with np.errstate(all="ignore"):
        output, slopes = phi(std * x), phi.derivative(std * x) ** 2
        return Moments(float(density @ output**2), float(density @ slopes), float(density @ slopes**2))


def _steep(std: float) -> Array:
    """Where a wide z leaves little room for what happens near 0: panels that grow from there."""
    near = np.geomspace(0.25, 64, 17) / std
    near = near[near < REACH]
    return np.concatenate([-near, [0.0], near])


def spread(spec: NetworkSpec, argument: float, layers: int) -> Spread | None:
    """The law for so many layers, the first of which sees z of mean square `argument`; None where there is none."""
    if obstacles(spec):
        return None
    width = spec.widths[1]
    weight = spec.gain**2 * width * (spec.law.moments(width, width)[1] or 0.0)
    q, gaussian, found = argument, 0.0 if isinstance(spec.law, Orthogonal) else 1.0, []
    for _ in range(layers):
        m = moments(spec.phi, q) if np.isfinite(q) else Moments(np.nan, np.nan, np.nan)
        with np.errstate(all="ignore"):
            found.append((np.log10(np.float64(weight * m.mu1)), max(np.float64(m.mu2) / m.mu1**2 - 1, 0.0) + gaussian))
        q = weight * m.square + bias_variance(spec, width)
    steps = np.array(found).reshape(-1, 2).cumsum(axis=0)
    return Spread(steps[:, 0], steps[:, 1])


def bias_variance(spec: NetworkSpec, width: int) -> float:
    """Of one bias of a square layer; a law that has biases of its own draws them like its weights."""
    if spec.bias_stddev:
        return spec.bias_stddev**2
    return (
        spec.law.moments(width, width)[1] or 0.0 if isinstance(spec.law, PyTorchDefault | ScikitLearnDefault) else 0.0
    )


def obstacles(spec: NetworkSpec) -> list[str]:
    """Which assumptions of the law do not hold here at all."""
    mean, variance = spec.law.moments(spec.width, spec.width)
    found = []
    if spec.needs_data:
        found.append(f"the data decide how large the weights of {spec.init} are")
    elif not isinstance(spec.law, (*INDEPENDENT, Orthogonal)):
        found.append(f"the weights of {spec.init} are neither independent draws of one law nor random orthogonal ones")
    elif mean:
        found.append(f"the weights have mean {mean:g}, not 0")
    elif not variance or not spec.gain:
        found.append("the weights have variance 0")
    if spec.width == 1:
        found.append("one unit has no spread")
    if len(set(spec.widths[1:-1])) > 1:
        found.append("the layers are not square")
    if spec.depth == 1 and spec.widths[0] != spec.widths[1]:
        found.append("the only layer is not square")
    if spec.normalization != "None":
        found.append(f"{spec.normalization.lower()} normalization is not in it")
    if spec.residual:
        found.append("residual connections are not in it")
    return found
