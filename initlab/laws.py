"""The laws weights are drawn from: frozen dataclasses that shape the unit draws of a layer.

`moments` are the mean and variance of one weight (variance None where no single law holds), `formula` is LaTeX with the
numbers of the given fans filled in, `biases` are zeros unless the law has its own.
"""

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, assert_never

import numpy as np

from initlab.arrays import Array
from initlab.draws import LayerDraws

Mode: TypeAlias = Literal["fan_in", "fan_out", "fan_avg"]
Distribution: TypeAlias = Literal["truncated_normal", "untruncated_normal", "uniform"]
TRUNCATED_STD: Final = 0.87962566103423978  # standard deviation of N(0, 1) cut at +-2


class Law(ABC):
    """What every law answers about a layer of the given fans."""

    __slots__ = ()

    @abstractmethod
    def moments(self, fan_in: int, fan_out: int) -> tuple[float, float | None]:
        """Mean and variance of one weight."""

    @abstractmethod
    def formula(self, fan_in: int, fan_out: int) -> str:
        """LaTeX, with this layer's numbers."""

    @abstractmethod
    def weights(self, draws: LayerDraws) -> Array:
        """The weights `(fan_in, fan_out)` these unit draws become."""

    def biases(self, draws: LayerDraws) -> Array:
        """The biases `(fan_out,)`."""
        return np.zeros(draws.fan_out, draws.dtype)

    def bias_variance(self, fan_in: int, fan_out: int) -> float:
        """Variance of one bias."""
        return 0.0


def number(x: float) -> str:
    """Three significant digits in LaTeX, powers of ten as people write them."""
    mantissa, _, exponent = f"{x:.3g}".partition("e")
    return mantissa if not exponent else rf"{mantissa}\cdot 10^{{{int(exponent)}}}"


def interval(low: float, high: float) -> str:
    return rf"W \sim \mathcal U[{number(low)},\ {number(high)}]"


@dataclass(frozen=True, slots=True)
class Constant(Law):
    """Every weight has the same value, so every unit of a layer computes the same thing."""

    value: float

    def moments(self, fan_in: int, fan_out: int) -> tuple[float, float]:
        return self.value, 0.0

    def formula(self, fan_in: int, fan_out: int) -> str:
        return f"W = {number(self.value)}"

    def weights(self, draws: LayerDraws) -> Array:
        return np.full((draws.fan_in, draws.fan_out), self.value, draws.dtype)


@dataclass(frozen=True, slots=True)
class Normal(Law):
    """N(mean, stddev^2), the same for every layer."""

    mean: float
    stddev: float

    def moments(self, fan_in: int, fan_out: int) -> tuple[float, float]:
        return self.mean, self.stddev**2

    def formula(self, fan_in: int, fan_out: int) -> str:
        return rf"W \sim \mathcal N({number(self.mean)},\ {number(self.stddev)}^2)"

    def weights(self, draws: LayerDraws) -> Array:
        return draws.normal() * self.stddev + self.mean


@dataclass(frozen=True, slots=True)
class TruncatedNormal(Law):
    """N(mean, stddev^2) cut at two stddev and not corrected for it: the real deviation is 0.88 stddev (Keras)."""

    mean: float
    stddev: float

    def moments(self, fan_in: int, fan_out: int) -> tuple[float, float]:
        return self.mean, (TRUNCATED_STD * self.stddev) ** 2

    def formula(self, fan_in: int, fan_out: int) -> str:
        law = rf"\mathcal N({number(self.mean)},\ {number(self.stddev)}^2)"
        return rf"W \sim {law} \text{{ cut at }} \pm {number(2 * self.stddev)}"

    def weights(self, draws: LayerDraws) -> Array:
        return draws.truncated() * self.stddev + self.mean


@dataclass(frozen=True, slots=True)
class Uniform(Law):
    """U(minval, maxval), the same for every layer."""

    minval: float
    maxval: float

    def moments(self, fan_in: int, fan_out: int) -> tuple[float, float]:
        return (self.minval + self.maxval) / 2, (self.maxval - self.minval) ** 2 / 12

    def formula(self, fan_in: int, fan_out: int) -> str:
        return interval(self.minval, self.maxval)

    def weights(self, draws: LayerDraws) -> Array:
        return draws.uniform() * ((self.maxval - self.minval) / 2) + (self.minval + self.maxval) / 2


@dataclass(frozen=True, slots=True)
class VarianceScaling(Law):
    """Zero-mean weights with Var[W] = scale / n, n the chosen fan: LeCun, Glorot and He are special cases."""

    scale: float
    mode: Mode
    distribution: Distribution

    def moments(self, fan_in: int, fan_out: int) -> tuple[float, float]:
        return 0.0, self.scale / self._fan(fan_in, fan_out)

    def formula(self, fan_in: int, fan_out: int) -> str:
        n, variance = self._fan(fan_in, fan_out), self.moments(fan_in, fan_out)[1]
        if self.distribution == "uniform":
            bound = math.sqrt(3 * variance)
            root = rf"\sqrt{{{number(3 * self.scale)}/{number(n)}}}"
            return rf"W \sim \mathcal U[-{root},\ {root}] = \mathcal U[-{number(bound)},\ {number(bound)}]"
        cut = r"\text{ cut at } \pm 2 \text{ sd}" if self.distribution == "truncated_normal" else ""
        return rf"W \sim \mathcal N(0,\ {number(self.scale)}/{number(n)} = {number(variance)}){cut}"

    def weights(self, draws: LayerDraws) -> Array:
        std = math.sqrt(self.moments(draws.fan_in, draws.fan_out)[1])
        match self.distribution:
            case "truncated_normal":
                return draws.truncated() * (std / TRUNCATED_STD)
            case "untruncated_normal":
                return draws.normal() * std
            case "uniform":  # a uniform on [-b, b] has variance b^2 / 3
                return draws.uniform() * (math.sqrt(3) * std)
            case _:
                assert_never(self.distribution)

    def _fan(self, fan_in: int, fan_out: int) -> float:
        return {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[self.mode]


@dataclass(frozen=True, slots=True)
class Orthogonal(Law):
    """Orthonormal rows or columns, uniform over all such matrices (Haar): QR of a Gaussian, the signs of R fixed."""

    def moments(self, fan_in: int, fan_out: int) -> tuple[float, float]:
        return 0.0, 1 / max(fan_in, fan_out)

    def formula(self, fan_in: int, fan_out: int) -> str:
        return r"W^\top W = I" if fan_in >= fan_out else r"W W^\top = I"

    def weights(self, draws: LayerDraws) -> Array:
        return draws.once("orthogonal", lambda: self._haar(draws.normal()))

    @staticmethod
    def _haar(normal: Array) -> Array:
        fan_in, fan_out = normal.shape[-2:]  # of one layer or of many
        tall = normal if fan_in >= fan_out else normal.swapaxes(-1, -2)
        q, r = np.linalg.qr(tall.astype(float))
        # without the signs QR's own convention biases the matrix
        q *= np.copysign(1.0, np.diagonal(r, axis1=-2, axis2=-1))[..., None, :]
        return q if fan_in >= fan_out else q.swapaxes(-1, -2)


@dataclass(frozen=True, slots=True)
class Identity(Law):
    """Ones on the diagonal, zeros elsewhere: with more units than inputs the others see nothing."""

    def moments(self, fan_in: int, fan_out: int) -> tuple[float, None]:
        return 1 / max(fan_in, fan_out), None

    def formula(self, fan_in: int, fan_out: int) -> str:
        return rf"W = I_{{{fan_in}\times {fan_out}}}"

    def weights(self, draws: LayerDraws) -> Array:
        return np.eye(draws.fan_in, draws.fan_out, dtype=draws.dtype)


@dataclass(frozen=True, slots=True)
class Sparse(Law):
    """Each unit keeps the same number of incoming weights from N(0, stddev^2); the rest are zero (Martens 2010)."""

    sparsity: float
    stddev: float

    def moments(self, fan_in: int, fan_out: int) -> tuple[float, float]:
        return 0.0, self.kept(fan_in) / fan_in * self.stddev**2

    def formula(self, fan_in: int, fan_out: int) -> str:
        kept = rf"{self.kept(fan_in)} \text{{ of }} {fan_in} \text{{ weights a unit}}"
        return rf"{kept} \sim \mathcal N(0,\ {number(self.stddev)}^2)"

    def weights(self, draws: LayerDraws) -> Array:
        order = draws.once(
            "order", lambda: draws.generator("mask").random((draws.fan_in, draws.fan_out)).argsort(axis=0)
        )
        mask = order < self.kept(draws.fan_in)
        return draws.normal() * mask * self.stddev

    def kept(self, fan_in: int) -> int:
        """How many incoming weights a unit has."""
        return fan_in - math.ceil(round(self.sparsity * fan_in, 6))  # PyTorch rounds the zeros up


@dataclass(frozen=True, slots=True)
class PyTorchDefault(Law):
    """torch.nn.Linear: kaiming_uniform(a=sqrt 5), which is U(+-1/sqrt(fan_in)), for the weights and for the biases."""

    def moments(self, fan_in: int, fan_out: int) -> tuple[float, float]:
        return 0.0, 1 / (3 * fan_in)

    def formula(self, fan_in: int, fan_out: int) -> str:
        bound = number(fan_in**-0.5)
        return rf"W, b \sim \mathcal U[-1/\sqrt{{{fan_in}}},\ 1/\sqrt{{{fan_in}}}] = \mathcal U[-{bound},\ {bound}]"

    def weights(self, draws: LayerDraws) -> Array:
        return draws.uniform() * draws.fan_in**-0.5

    def biases(self, draws: LayerDraws) -> Array:
        return draws.bias_uniform() * draws.fan_in**-0.5

    def bias_variance(self, fan_in: int, fan_out: int) -> float:
        return self.moments(fan_in, fan_out)[1]


@dataclass(frozen=True, slots=True)
class ScikitLearnDefault(Law):
    """MLPClassifier: Glorot's uniform bound, sqrt 2 instead of sqrt 6 for logistic units, for the biases too."""

    activation: str | None = None

    def moments(self, fan_in: int, fan_out: int) -> tuple[float, float]:
        return 0.0, self._bound(fan_in, fan_out) ** 2 / 3

    def formula(self, fan_in: int, fan_out: int) -> str:
        bound = number(self._bound(fan_in, fan_out))
        root = rf"\sqrt{{{self._factor()}/{fan_in + fan_out}}}"
        return rf"W, b \sim \mathcal U[-{root},\ {root}] = \mathcal U[-{bound},\ {bound}]"

    def weights(self, draws: LayerDraws) -> Array:
        return draws.uniform() * self._bound(draws.fan_in, draws.fan_out)

    def biases(self, draws: LayerDraws) -> Array:
        return draws.bias_uniform() * self._bound(draws.fan_in, draws.fan_out)

    def bias_variance(self, fan_in: int, fan_out: int) -> float:
        return self.moments(fan_in, fan_out)[1]

    def _factor(self) -> int:
        return 2 if self.activation == "Sigmoid" else 6

    def _bound(self, fan_in: int, fan_out: int) -> float:
        return math.sqrt(self._factor() / (fan_in + fan_out))
