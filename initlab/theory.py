"""What does mean-field theory expect of this very network, layer by layer, and which of its assumptions do not hold?

Every layer's mean square follows from that of the one below (`meanfield`), with its own fans; the data enter by the
mean squares of their rows. At finite width n the logarithm of a mean square strays, each layer adding
(E[phi^4]/E[phi^2]^2 - 1)/n to its variance: 5/n for ReLU, 2/n for a linear layer, less for tanh. That is the range of a
single row; a batch of unlike rows strays less.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np

from initlab import moments
from initlab.arrays import Array
from initlab.errors import invalid
from initlab.laws import Orthogonal, Sparse
from initlab.spec import NetworkSpec
from initlab.wording import number

PAIR_GROUPS: Final = 16
NARROW: Final = 32  # units or incoming weights below which one draw says little about the average
DEVIATIONS: Final = 2.0  # of the logarithm: 95 % of the draws


class Expected(NamedTuple):
    """RMS a layer `(L,)` at infinite width, NaN where it overflows, and where 95 % of the draws of this width lie."""

    rms: Array
    low: Array
    high: Array


@dataclass(frozen=True, slots=True, eq=False)
class Theory:
    """What is expected forward and, from the top layer's measured gradient down, backward.

    None where an assumption fails; `broken` says which, `cautions` what makes the band differ.
    """

    forward: Expected | None
    backward: Expected | None
    broken: tuple[str, ...]
    cautions: tuple[str, ...]


class Variances(NamedTuple):
    """fan_in Var[W], fan_out Var[W] and the biases' variance of every hidden layer `(L,)`."""

    weight: Array
    backward: Array  # of the weights above: what a gradient meets on its way down; the last is the output layer's
    bias: Array


def broken(spec: NetworkSpec) -> tuple[str, ...]:
    """The assumptions of the theory that this network does not meet, as sentences; empty where it applies."""
    fans = list(pairwise(spec.widths))[:-1]
    given = [spec.law.moments(*fan) for fan in fans]
    found = []
    if spec.normalization != "None":
        found.append(f"{spec.normalization} normalization resets the size of the signal in every layer.")
    if spec.needs_data:
        found.append(f"No law declares the variance of {spec.init}'s weights, which the data decide.")
    elif any(variance is None for _, variance in given):
        found.append(f"The weights of {spec.init} follow no law with a variance.")
    elif spec.gain == 0 or any(variance == 0 for _, variance in given):
        found.append("All weights of a layer are equal, so its units are not independent.")
    elif any(mean != 0 for mean, _ in given):
        found.append(f"The weights have the mean {number(given[0][0])} instead of 0, so the units are not independent.")
    if spec.residual and not moments.is_odd(spec.phi):
        found.append("Residual connections add up the activations' mean, so the units are not independent.")
    if min(spec.widths[1:-1]) < NARROW:
        found.append(f"With fewer than {NARROW} units in a layer every draw differs.")
    return tuple(found)


def cautions(spec: NetworkSpec) -> tuple[str, ...]:
    """Where the theory holds on average but its band is only a guide."""
    found = []
    if isinstance(spec.law, Orthogonal):
        found.append("Orthogonal weights depend on one another: draws stray less than the band says.")
    if isinstance(spec.law, Sparse) and spec.law.kept(min(spec.widths[1:-1])) < NARROW:
        found.append("With few incoming weights a unit draws stray more than the band says.")
    return tuple(found)


def variances(spec: NetworkSpec) -> Variances:
    """Those of every hidden layer; ValueError where the weights have none."""
    fans = list(pairwise(spec.widths))
    weights = [_variance(spec, *fan) * spec.gain**2 for fan in fans[:-1]]
    outputs = _variance(spec, *fans[-1]) * spec.gain**2 if spec.output == "Same" else 1 / fans[-1][0]
    biases = [spec.bias_stddev**2 or spec.law.bias_variance(*fan) for fan in fans[:-1]]
    fan_in, fan_out = np.array(fans).T
    return Variances(fan_in[:-1] * np.array(weights), fan_out[1:] * np.array([*weights[1:], outputs]), np.array(biases))


def here(spec: NetworkSpec) -> tuple[float, float] | None:
    """(sigma_w^2, sigma_b^2) of the last hidden layer, this network's place in the phase diagram; None without one."""
    if spec.law.moments(*spec.widths[-3:-1])[1] is None:
        return None
    found = variances(spec)
    return float(found.weight[-1]), float(found.bias[-1])


def expect(spec: NetworkSpec, mean_squares: Array, top_gradient: float) -> Theory:
    """The curves for rows of these mean squares `(B,)`; `top_gradient` is the RMS measured in the last hidden layer."""
    failing = broken(spec)
    if failing:
        return Theory(None, None, failing, ())
    with np.errstate(all="ignore"):
        run = _Run(spec, *_grouped(mean_squares))
        forward = _expected(spec, run.squares @ run.shares, run.forward_spread())
        anchored = np.isfinite(top_gradient) and top_gradient > 0
        backward = _expected(spec, run.gradients(top_gradient), run.backward_spread()) if anchored else None
    return Theory(forward, backward, (), cautions(spec))


def correlations(spec: NetworkSpec, c: Array | float, mean_square: float = 1.0) -> Array:
    """The cosine `(L, ...)` between the pre-activations of two inputs of cosine `c` and the given mean square.

    ValueError where an assumption fails.
    """
    if failing := broken(spec):
        raise invalid("the theory's assumptions must hold", spec.init, " ".join(failing))
    run = _Run(spec, np.array([mean_square]), np.ones(1))
    distance, found = mean_square * (1 - np.asarray(c, float)), []  # E[(h - h')^2]/2 between the two inputs
    with np.errstate(all="ignore"):
        for layer, q in enumerate(run.q[:, 0]):
            apart = np.clip(run.variances.weight[layer] * distance / q, 0, 2)
            found.append(1 - apart)
            gap = moments.distance(spec.activation, q, apart, **run.parameters)
            distance = gap + distance if run.skips[layer] else gap
    return np.array(found)


def mean_correlations(spec: NetworkSpec, inputs: Array) -> Array:
    """The mean cosine `(L,)` between the pre-activations of different rows of `inputs` (B, features).

    The map is not linear in the cosine, so the pairs of rows enter as equal groups of like cosine; their sizes enter by
    the mean alone. ValueError where an assumption fails; NaN for rows without a direction.
    """
    rows = inputs[inputs.any(axis=1)].astype(float)
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    cosines = (unit @ unit.T)[np.triu_indices(len(unit), 1)]
    if not cosines.size:
        return np.full(spec.depth, np.nan)
    middles = (np.arange(PAIR_GROUPS) + 0.5) / PAIR_GROUPS
    groups = np.clip(np.quantile(cosines, middles), -1, 1)
    return correlations(spec, groups, float((rows**2).mean())).mean(axis=1)


class _Run:
    """The mean squares of all layers for groups of rows `(L, groups)`, and what follows from them."""

    def __init__(self, spec: NetworkSpec, inputs: Array, shares: Array) -> None:
        self.spec, self.variances, self.shares = spec, variances(spec), shares
        self.parameters = {name: float(value) for name, value in spec.activation_params}
        self.widths = np.array(spec.widths[1:-1])
        self.skips = [spec.residual and fan_in == fan_out for fan_in, fan_out in pairwise(spec.widths[:-1])]
        square, below, q, squares = inputs, [], [], []
        for layer, skips in enumerate(self.skips):
            below.append(square)
            q.append(self.variances.weight[layer] * square + self.variances.bias[layer])
            through = moments.square(spec.activation, q[-1], **self.parameters)
            square = through + square if skips else through  # phi(z) and h are independent, and phi is odd
            squares.append(square)
        self.below, self.q, self.squares = np.array(below), np.array(q), np.array(squares)

    def forward_spread(self) -> Array:
        """Variance of ln(mean square) over draws `(L,)`: what each layer adds to what it passes on from below."""
        weight = self.squares * self.shares
        weight /= weight.sum(axis=1, keepdims=True)  # the strongest rows are most of the mean
        q, below, squares = ((values * weight).sum(axis=1) for values in (self.q, self.below, self.squares))
        added = moments.spread(self.spec.activation, q, **self.parameters)
        passed = moments.elasticity(self.spec.activation, q, **self.parameters) * self.variances.weight * below / q
        skipped = np.where(self.skips, below / squares, 0.0)
        through = 1 - skipped
        added = (added * through**2 + 4 * skipped * through) / self.widths
        passed, found = passed * through + skipped, [0.0]
        for layer in range(self.spec.depth):
            found.append(passed[layer] ** 2 * found[-1] + added[layer])
        return np.array(found[1:])

    def gradients(self, top: float) -> Array:
        """Mean square of dLoss/dz `(L,)` below a top layer of RMS `top`."""
        slopes = moments.slope_square(self.spec.activation, self.q, **self.parameters)
        arriving = np.full(len(self.shares), (top / (slopes[-1] @ self.shares)) * top)
        found = [arriving * slopes[-1]]
        for layer in reversed(range(self.spec.depth - 1)):
            past = arriving if self.skips[layer + 1] else 0.0
            arriving = self.variances.backward[layer] * found[-1] + past
            found.append(arriving * slopes[layer])
        return np.array(found[::-1]) @ self.shares

    def backward_spread(self) -> Array:
        """Variance over draws of ln(mean square of the gradient), given that of the top layer."""
        added = moments.slope_spread(self.spec.activation, self.q @ self.shares, **self.parameters) / self.widths
        return np.append(np.cumsum(added[:-1][::-1])[::-1], 0.0)


def _grouped(mean_squares: Array) -> tuple[Array, Array]:
    """Mean squares and shares of groups of like rows, the strongest 1, 1, 2, 4... by themselves: where a faint signal
    dies they are all that is left, and where a strong one saturates they count for little."""
    ordered = np.sort(mean_squares)[::-1]
    ends = [1, *(2**k * part // 2 for k in range(1, 12) for part in (2, 3))]
    groups = [group for group in np.split(ordered, [end for end in ends if end < len(ordered)]) if len(group)]
    return np.array([group.mean() for group in groups]), np.array([len(group) for group in groups]) / len(ordered)


def _expected(spec: NetworkSpec, squares: Array, spread: Array) -> Expected:
    """RMS and its range; the average of a strayed logarithm lies half its variance below."""
    rms, limits = np.sqrt(squares), np.finfo(spec.precision)
    rms = np.where((rms < limits.max) & (rms >= limits.smallest_subnormal), rms, np.nan)
    low, high = (rms * np.exp(-spread / 4 + side * DEVIATIONS * np.sqrt(spread) / 2) for side in (-1, 1))
    return Expected(rms, low, high)


def _variance(spec: NetworkSpec, fan_in: int, fan_out: int) -> float:
    variance = spec.law.moments(fan_in, fan_out)[1]
    if variance is None:
        raise invalid("the weights need a variance", spec.init, "choose a law with one")
    return variance
