"""How one weight of a law is distributed, whatever the others are: a density, single values that it takes, or both.

The weights of most laws are independent, so this is all of the law. Those of orthogonal matrices and of the identity
are not: what is said here of one of them says nothing of how they hang together.
"""

import math
from dataclasses import dataclass
from typing import Any, assert_never

import numpy as np
from scipy import stats

from initlab.arrays import Array
from initlab.data_driven import LSUV, Pretraining
from initlab.laws import (
    TRUNCATED_STD,
    Constant,
    Identity,
    Law,
    Normal,
    Orthogonal,
    PyTorchDefault,
    ScikitLearnDefault,
    Sparse,
    TruncatedNormal,
    Uniform,
    VarianceScaling,
)


@dataclass(frozen=True, slots=True, eq=False)
class Marginal:
    """`atoms` are values with their probability; what these leave is spread by `spread`, a law of scipy.stats."""

    spread: Any = None
    atoms: tuple[tuple[float, float], ...] = ()

    @property
    def share(self) -> float:
        """The probability of not being one of the atoms."""
        return 1 - sum(share for _, share in self.atoms) if self.spread else 0.0

    def density(self, x: Array) -> Array:
        """Of the spread part alone, which integrates to its share."""
        return self.share * self.spread.pdf(x) if self.spread else np.zeros(np.shape(x))

    def cdf(self, x: Array) -> Array:
        """P(W <= x), atoms included."""
        below = self.share * self.spread.cdf(x) if self.spread else np.zeros(np.shape(x))
        return below + sum((share * (np.asarray(x) >= value) for value, share in self.atoms), np.zeros(np.shape(x)))

    @property
    def variance(self) -> float:
        """Of one weight."""
        mean = self.share * self.spread.mean() if self.spread else 0.0
        square = self.share * (self.spread.var() + self.spread.mean() ** 2) if self.spread else 0.0
        mean += sum(share * value for value, share in self.atoms)
        return float(square + sum(share * value**2 for value, share in self.atoms) - mean**2)

    @property
    def reach(self) -> tuple[float, float]:
        """Between these lies what is worth drawing: all of it, or all but a hundred thousandth."""
        ends = [value for value, _ in self.atoms] + (list(self.spread.ppf([5e-6, 1 - 5e-6])) if self.spread else [])
        return float(min(ends)), float(max(ends))


def marginal(law: Law, fan_in: int, fan_out: int) -> Marginal:
    """Of a weight between layers of these fans; of a data-driven law as it is before it has read any data."""
    match law:
        case Constant(value):
            return _only(value)
        case Normal(mean, stddev):
            return Marginal(stats.norm(mean, stddev)) if stddev else _only(mean)
        case TruncatedNormal(mean, stddev):
            return Marginal(stats.truncnorm(-2, 2, mean, stddev)) if stddev else _only(mean)
        case Uniform(low, high):
            return Marginal(stats.uniform(low, high - low)) if high > low else _only(low)
        case VarianceScaling():
            return _scaled(law, fan_in, fan_out)
        case PyTorchDefault() | ScikitLearnDefault():
            return _within(math.sqrt(3 * law.moments(fan_in, fan_out)[1]))
        case Pretraining():
            return _within(law.bound(fan_in, fan_out))
        case Orthogonal() | LSUV():
            return _of_a_rotation(max(fan_in, fan_out))
        case Identity():
            ones = 1 / max(fan_in, fan_out)
            return Marginal(None, ((0.0, 1 - ones), (1.0, ones)))
        case Sparse(_, stddev):
            kept = law.kept(fan_in) / fan_in
            return Marginal(stats.norm(0, stddev), ((0.0, 1 - kept),)) if stddev and kept else _only(0.0)
        case _:
            raise TypeError(f"no marginal law for {law!r}")


def _only(value: float) -> Marginal:
    return Marginal(None, ((value, 1.0),))


def _within(bound: float) -> Marginal:
    return Marginal(stats.uniform(-bound, 2 * bound))


def _of_a_rotation(n: int) -> Marginal:
    """An entry of a unit vector uniform on the sphere in n dimensions: (w + 1)/2 ~ Beta((n - 1)/2, (n - 1)/2)."""
    if n == 1:
        return Marginal(None, ((-1.0, 0.5), (1.0, 0.5)))
    return Marginal(stats.beta((n - 1) / 2, (n - 1) / 2, -1, 2))


def _scaled(law: VarianceScaling, fan_in: int, fan_out: int) -> Marginal:
    std = math.sqrt(law.moments(fan_in, fan_out)[1])
    if not std:
        return _only(0.0)
    match law.distribution:
        case "uniform":
            return _within(math.sqrt(3) * std)
        case "untruncated_normal":
            return Marginal(stats.norm(0, std))
        case "truncated_normal":
            return Marginal(stats.truncnorm(-2, 2, 0, std / TRUNCATED_STD))
        case _:
            assert_never(law.distribution)
