"""Activation functions, each declared once with what the network and the theory need of it.

`derivative_of(z, a)` receives phi(z) as well, because tanh and its kin have their slope in their output.
Gains are defined for z ~ N(0, 1): forward 1/sqrt(E[phi^2]), backward 1/sqrt(E[phi'^2]); they hold the RMS of one
layer and do not make a deep network critical.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import Final

import numpy as np
from scipy import integrate, special

from initlab.arrays import Array, Parameters
from initlab.errors import unknown
from initlab.parameters import Parameter, complete

SATURATED_SLOPE: Final = 0.06  # of the largest slope; for tanh this is |a| > 0.97 (Karpathy's rule)
SELU_SCALE: Final = 1.0507009873554804934193349852946  # Klambauer et al. 2017, fixed point (0, 1)
SELU_ALPHA: Final = 1.6732632423543772848170429916717


@dataclass(frozen=True, slots=True)
class Activation:
    """phi, phi' and their constants; past |z| = `saturates_beyond` phi' < 0.06 max phi' (None if it never is)."""

    name: str
    function: Callable[..., Array]
    derivative_of: Callable[..., Array]
    formula: str
    torch_gain: float | None = None
    saturates_beyond: float | None = None
    dies: bool = False  # whether a unit can be silent on a whole batch with slope exactly 0
    kinks: tuple[float, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    values: Parameters = field(default=())
    in_place: Callable[[Array], Array] | None = None  # phi over its own argument, where phi' can be told from phi alone

    def __call__(self, z: Array) -> Array:
        return self.function(z, **dict(self.values)) if self.values else self.function(z)

    def derivative(self, z: Array) -> Array:
        return self.derivative_from(z, self(z))

    def derivative_from(self, z: Array, output: Array) -> Array:
        """phi'(z), given phi(z) too so that it need not be computed again."""
        return self.derivative_of(z, output, **dict(self.values)) if self.values else self.derivative_of(z, output)

    @property
    def gain(self) -> float:
        """1/sqrt(E[phi(z)^2]): keeps the forward RMS of one layer."""
        return self._expectation(self) ** -0.5

    @property
    def backward_gain(self) -> float:
        """1/sqrt(E[phi'(z)^2]): keeps the gradient RMS of one layer."""
        return self._expectation(self.derivative) ** -0.5

    def _expectation(self, f: Callable[[Array], Array]) -> float:
        """E[f(z)^2] for z ~ N(0, 1), adaptive quadrature split at the kinks."""

        def integrand(z: float) -> float:
            return float(f(np.asarray(z))) ** 2 * math.exp(-z * z / 2) / math.sqrt(2 * math.pi)

        return float(integrate.quad(integrand, -12, 12, points=[0.0, *self.kinks], epsabs=1e-13, limit=200)[0])


def activation(name: str, **parameters: float) -> Activation:
    """The activation of that name with its slope (or alpha) set; ValueError names the choices."""
    if name not in ACTIVATIONS:
        raise unknown("activation", name, ACTIVATIONS)
    entry = ACTIVATIONS[name]
    values = complete(name, entry.parameters, parameters)
    if values == entry.values:
        return entry
    gain = math.sqrt(2 / (1 + parameters["slope"] ** 2)) if name == "Leaky ReLU" else entry.torch_gain
    return Activation(
        name, entry.function, entry.derivative_of, entry.formula, gain, entry.saturates_beyond, entry.dies, entry.kinks,
        entry.parameters, values,
    )  # fmt: skip


def _relu(z: Array) -> Array:
    return np.maximum(z, np.zeros(z.shape[-1:], z.dtype))  # NumPy compares with a row faster than with a number


def _leaky(z: Array, slope: float) -> Array:
    return np.where(z > 0, z, z * slope)


def _leaky_derivative(z: Array, _: Array, slope: float) -> Array:
    return np.where(z > 0, 1.0, slope).astype(z.dtype)


def _elu(z: Array, alpha: float, scale: float = 1.0) -> Array:
    return np.where(z > 0, z, np.expm1(np.minimum(z, 0)) * alpha) * scale


def _elu_derivative(z: Array, _: Array, alpha: float, scale: float = 1.0) -> Array:
    return np.where(z > 0, 1.0, np.exp(np.minimum(z, 0)) * alpha).astype(z.dtype) * scale


def _normal_density(z: Array) -> Array:
    return np.exp(z * z * -0.5) * (2 * math.pi) ** -0.5


def _softplus(z: Array) -> Array:
    return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))


def _silu_derivative(z: Array, _: Array) -> Array:
    s = special.expit(z)
    return s * (1 + z * (1 - s))


def _mish_derivative(z: Array, _: Array) -> Array:
    t = np.tanh(_softplus(z))
    return t + z * special.expit(z) * (1 - t * t)


def _table(*entries: Activation) -> Mapping[str, Activation]:
    return MappingProxyType({entry.name: entry for entry in entries})


SLOPE = Parameter("slope", 0.01, "Slope for negative pre-activations", 0.0, 0.9, 0.01)
ALPHA = Parameter("alpha", 1.0, "Minus the value it tends to for very negative pre-activations", 0.1, 3.0, 0.1)

ACTIVATIONS: Final[Mapping[str, Activation]] = _table(
    Activation("Linear", lambda z: z, lambda z, a: np.ones_like(z), r"z", torch_gain=1.0),
    Activation(
        "ReLU", _relu, lambda z, a: (z > 0).astype(z.dtype), r"\max(0, z)",
        torch_gain=math.sqrt(2), dies=True, kinks=(0.0,),
        in_place=lambda z: np.maximum(z, np.zeros(z.shape, z.dtype), out=z),
    ),
    Activation(
        "Leaky ReLU", _leaky, _leaky_derivative, r"\max(\text{slope}\cdot z,\ z)",
        torch_gain=math.sqrt(2 / (1 + 0.01**2)), kinks=(0.0,), parameters=(SLOPE,), values=(("slope", 0.01),),
    ),
    Activation(
        "Tanh", np.tanh, lambda z, a: 1 - a * a, r"\tanh z",
        torch_gain=5 / 3, saturates_beyond=math.atanh(math.sqrt(1 - SATURATED_SLOPE)),
        in_place=lambda z: np.tanh(z, out=z),
    ),
    Activation(
        "Sigmoid", special.expit, lambda z, a: a * (1 - a), r"1/(1 + e^{-z})",
        torch_gain=1.0, saturates_beyond=2 * math.atanh(math.sqrt(1 - SATURATED_SLOPE)),
        in_place=lambda z: special.expit(z, out=z),
    ),
    Activation(
        "SELU", partial(_elu, alpha=SELU_ALPHA, scale=SELU_SCALE),
        partial(_elu_derivative, alpha=SELU_ALPHA, scale=SELU_SCALE),
        r"\lambda\,(z \text{ or } \alpha(e^z - 1))", torch_gain=0.75, kinks=(0.0,),
    ),
    Activation(
        "ELU", _elu, _elu_derivative, r"z \text{ or } \alpha(e^z - 1)",
        kinks=(0.0,), parameters=(ALPHA,), values=(("alpha", 1.0),),
    ),
    Activation(
        "GELU", lambda z: z * special.ndtr(z), lambda z, a: special.ndtr(z) + z * _normal_density(z), r"z\,\Phi(z)",
    ),
    Activation("SiLU", lambda z: z * special.expit(z), _silu_derivative, r"z\,\sigma(z)"),
    Activation("Softplus", _softplus, lambda z, a: special.expit(z), r"\ln(1 + e^z)"),
    Activation(
        "Softsign", lambda z: z / (1 + np.abs(z)), lambda z, a: (1 - np.abs(a)) ** 2, r"z/(1 + |z|)",
        saturates_beyond=SATURATED_SLOPE**-0.5 - 1,
    ),
    Activation(
        "Hard tanh", lambda z: np.clip(z, -1, 1), lambda z, a: (np.abs(z) < 1).astype(z.dtype), r"\min(1, \max(-1, z))",
        saturates_beyond=1.0, kinks=(-1.0, 1.0),
    ),
    Activation("Mish", lambda z: z * np.tanh(_softplus(z)), _mish_derivative, r"z\tanh(\ln(1 + e^z))"),
    Activation(
        "Erf", special.erf, lambda z, a: np.exp(-z * z) * (2 / math.sqrt(math.pi)), r"\operatorname{erf} z",
        saturates_beyond=math.sqrt(-math.log(SATURATED_SLOPE)),
    ),
)  # fmt: skip
