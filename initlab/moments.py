"""What mean-field theory needs of an activation: averages over a Gaussian u, or over two that correlate.

u = sqrt(q) z with z ~ N(0, 1); v is like u and correlates with it by 1 - apart. Everything broadcasts over arrays of q
and apart, and takes an activation's parameters by name. Closed forms where they exist (arc-cosine kernels, Cho and Saul
2009; erf, Williams 1997), else quadrature.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
from scipy import special

from initlab import quadrature
from initlab.activations import Activation, activation
from initlab.arrays import Array

TINY: Final = 1e-30  # the smallest at which a slope is taken: at q = 0 a kink would give that of one side
LARGEST: Final = 1e20  # variance beyond which phi is a ramp or a step to the last digit


@dataclass(frozen=True, slots=True)
class Closed:
    """E[phi(u)^2], E[phi'(u)^2], E[(phi(u) - phi(v))^2]/2 and E[phi'(u) phi'(v)] of q and apart."""

    square: Callable[..., Array]
    slope_square: Callable[..., Array]
    distance: Callable[..., Array]
    slope_product: Callable[..., Array]


def mean(name: str, q: Array | float, **parameters: float) -> Array:
    """E[phi(u)]."""
    phi = activation(name, **parameters)
    return np.zeros(np.shape(q)) if is_odd(phi) else _line(phi, q, even=False)


def square(name: str, q: Array | float, **parameters: float) -> Array:
    """E[phi(u)^2]; a q without bound gives inf where phi has none."""
    phi, q = activation(name, **parameters), np.asarray(q, float)
    within = np.minimum(q, LARGEST)
    if name in CLOSED:
        found = CLOSED[name](**dict(phi.values)).square(within)
    else:
        found = _line(lambda u: phi(u) ** 2, within, even=is_odd(phi))
    return np.where((q > LARGEST) & (found > 1), found * (q / LARGEST), found)


def slope_square(name: str, q: Array | float, **parameters: float) -> Array:
    """E[phi'(u)^2]."""
    phi, q = activation(name, **parameters), np.clip(q, TINY, LARGEST)
    if name in CLOSED:
        return CLOSED[name](**dict(phi.values)).slope_square(q)
    return _line(lambda u: phi.derivative(u) ** 2, q, even=is_odd(phi))


def distance(name: str, q: Array | float, apart: Array | float, **parameters: float) -> Array:
    """E[(phi(u) - phi(v))^2]/2 = E[phi(u)^2] - E[phi(u) phi(v)], to full precision for the smallest `apart` too."""
    phi, q = activation(name, **parameters), np.minimum(q, LARGEST)
    if name in CLOSED:
        return CLOSED[name](**dict(phi.values)).distance(*np.broadcast_arrays(q, apart))
    return _plane(lambda u, v: (phi(u) - phi(v)) ** 2 / 2, q, apart, even=is_odd(phi))


def slope_product(name: str, q: Array | float, apart: Array | float, **parameters: float) -> Array:
    """E[phi'(u) phi'(v)]."""
    phi, q = activation(name, **parameters), np.clip(q, TINY, LARGEST)
    if name in CLOSED:
        return CLOSED[name](**dict(phi.values)).slope_product(*np.broadcast_arrays(q, apart))
    return _plane(lambda u, v: phi.derivative(u) * phi.derivative(v), q, apart, even=is_odd(phi))


def product(name: str, q: Array | float, c: Array | float, **parameters: float) -> Array:
    """E[phi(u) phi(v)] for the correlation c."""
    return square(name, q, **parameters) - distance(name, q, 1 - np.asarray(c, float), **parameters)


def spread(name: str, q: Array | float, **parameters: float) -> Array:
    """E[phi^4]/E[phi^2]^2 - 1: n times the relative variance of the mean of phi^2 over n units; two digits at least."""
    return _relative_spread(activation(name, **parameters), q, 1)


def slope_spread(name: str, q: Array | float, **parameters: float) -> Array:
    """The same of phi' times an independent Gaussian, which is what a gradient is: 3 E[phi'^4]/E[phi'^2]^2 - 1."""
    return _relative_spread(activation(name, **parameters).derivative, q, 3)


def elasticity(name: str, q: Array | float, **parameters: float) -> Array:
    """d ln E[phi^2] / d ln q = E[u phi phi']/E[phi^2]: by how many percent phi^2 grows when q does by one."""
    phi, q = activation(name, **parameters), np.clip(q, TINY, LARGEST)
    return _line(lambda u: u * phi(u) * phi.derivative(u), q, even=False) / _line(lambda u: phi(u) ** 2, q, even=False)


def _relative_spread(f: Callable[[Array], Array], q: Array | float, kurtosis: float) -> Array:
    q = np.clip(q, TINY, LARGEST)
    square = _line(lambda u: f(u) ** 2, q, even=False)
    return kurtosis * _line(lambda u: f(u) ** 4, q, even=False) / square**2 - 1


def is_odd(phi: Activation) -> bool:
    """Whether phi(-u) = -phi(u), which halves the work; seen from a few values."""
    u = np.array([1e-3, 0.3, 0.9, 1.7, 6.0])
    return bool((phi(-u) == -phi(u)).all())


def _line(f: Callable[[Array], Array], q: Array | float, *, even: bool) -> Array:
    q = np.asarray(q, float)
    return quadrature.average(f, q.ravel(), even=even).reshape(q.shape)


def _plane(f: Callable[[Array, Array], Array], q: Array | float, apart: Array | float, *, even: bool) -> Array:
    q, apart = np.broadcast_arrays(np.asarray(q, float), np.asarray(apart, float))
    return quadrature.average_pair(f, q.ravel(), apart.ravel(), even=even).reshape(q.shape)


def _angle(apart: Array) -> Array:
    """Between the directions of u and v, from 0 to pi: arccos(1 - apart) without its cancellation."""
    return 2 * np.arcsin(np.sqrt(apart / 2))


def _erf_distance(q: Array, apart: Array) -> Array:
    """2/pi times arcsin(x) - arcsin(y), x = 2q/(1 + 2q), y = x (1 - apart), from sine and cosine of the difference."""
    x = 2 * q / (1 + 2 * q)
    y, gap = x * (1 - apart), x * apart
    cosine_x = np.sqrt(1 + 4 * q) / (1 + 2 * q)
    cosine_y = np.sqrt((1 + 2 * q * apart) * (1 + 2 * q * (2 - apart))) / (1 + 2 * q)
    cancels = y > 0
    sum_of_sines = np.where(cancels, x * cosine_y + y * cosine_x, 1.0)
    sine = np.where(cancels, gap * (x + y) / sum_of_sines, x * cosine_y - y * cosine_x)
    return 2 / math.pi * np.arctan2(sine, cosine_x * cosine_y + x * y)


def _erf_slopes(q: Array, apart: Array) -> Array:
    return 4 / math.pi / np.sqrt((1 + 2 * q * apart) * (1 + 2 * q * (2 - apart)))


def _bound(q: Array) -> Array:
    """Where Hard tanh bends, in standard deviations of u."""
    return np.maximum(q, TINY) ** -0.5


def _clipped_square(q: Array) -> Array:
    """Inside the bounds q times a chi-square of three degrees of freedom, outside 1."""
    b = _bound(q)
    return q * special.gammainc(1.5, b * b / 2) + 2 * special.ndtr(-b)


def _clipped_slopes(q: Array, apart: Array) -> Array:
    """P(|u| < 1 and |v| < 1) by Owen's T function (Owen 1956)."""
    b, half = _bound(q), _angle(apart) / 2
    return 1 - 4 * (special.owens_t(b, np.tan(half)) + special.owens_t(b, np.tan(math.pi / 2 - half)))


def _clipped_distance(q: Array, apart: Array) -> Array:
    """Price's theorem, d E[phi phi]/dc = q E[phi' phi'], integrated from the correlation 1 - apart to 1 = cos 0."""
    angle = _angle(apart)[..., None] * quadrature.ANGLES
    slopes = _clipped_slopes(q[..., None], 2 * np.sin(angle / 2) ** 2)
    return q * _angle(apart) * ((slopes * np.sin(angle)) @ quadrature.ARC)


def _leaky(slope: float) -> Closed:
    """phi = slope u + (1 - slope) relu(u)."""
    half = (1 + slope**2) / 2
    return Closed(
        lambda q: q * half,
        lambda q: np.full(np.shape(q), half),
        lambda q, apart: q * (slope * apart + (1 - slope) ** 2 * _ramps_apart(apart)),
        lambda q, apart: slope + (1 - slope) ** 2 * (0.5 - _angle(apart) / (2 * math.pi)),
    )


def _ramps_apart(apart: Array) -> Array:
    """E[(relu(u) - relu(v))^2]/2 at q = 1: the arc-cosine kernel of order 1, subtracted from 1/2."""
    t = _angle(apart)
    return apart / 2 - (np.sin(t) - t * np.cos(t)) / (2 * math.pi)


CLOSED: Final[Mapping[str, Callable[..., Closed]]] = MappingProxyType(
    {
        "Linear": lambda: _leaky(1.0),
        "ReLU": lambda: _leaky(0.0),
        "Leaky ReLU": _leaky,
        "Hard tanh": lambda: Closed(
            _clipped_square, lambda q: special.erf(_bound(q) / math.sqrt(2)), _clipped_distance, _clipped_slopes
        ),
        "Erf": lambda: Closed(
            lambda q: 2 / math.pi * np.arcsin(2 * q / (1 + 2 * q)), lambda q: 4 / math.pi * (1 + 4 * q) ** -0.5,
            _erf_distance, _erf_slopes,
        ),
    }
)  # fmt: skip
