"""What becomes of inputs at one point of the plane: their size and their likeness, layer after layer."""

import math
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple, TypeAlias

import numpy as np

from initlab import meanfield
from initlab.arrays import Array
from initlab.phase import REACH

Phase: TypeAlias = Literal["ordered", "critical", "chaotic", "diverging"]
EDGE: Final = 1e-3  # chi_1 - 1 below which a network of any usual depth sees none
ROUNDING: Final = 1e-9
SAMPLES: Final = 101
STEPS: Final = 50  # layers of a staircase at most
START: Final = 1.0  # mean square of standardized data
FAR: Final = 0.0  # correlation of two inputs that have nothing in common
NEAR: Final = 0.98  # of two that almost agree


class Curve(NamedTuple):
    """A map x -> y, and the staircase of layers that starts at `stairs_x[0]`."""

    x: Array
    y: Array
    stairs_x: Array
    stairs_y: Array


@dataclass(frozen=True, slots=True, eq=False)
class Point:
    """Weight and bias variance and what theory says of them; `slope` is that of the correlation map at c*."""

    weight: float
    bias: float
    q: float
    chi: float
    correlation: float
    slope: float

    @property
    def phase(self) -> Phase:
        if math.isinf(self.q):
            return "diverging"
        if abs(self.chi - 1) < EDGE:
            return "critical"
        return "ordered" if self.chi < 1 else "chaotic"

    @property
    def depth_scale(self) -> float:
        """xi_c in layers."""
        if self.slope == 0:
            return 0.0
        rate = abs(math.log(self.slope))
        return 1 / rate if rate > ROUNDING else math.inf

    @property
    def reach(self) -> float:
        """The largest trainable depth."""
        return REACH * self.depth_scale


def point(name: str, weight: float, bias: float, **params: float) -> Point:
    """Fixed points and rates at one place of the plane."""
    q, chi = (float(f(name, weight, bias, **params)) for f in (meanfield.fixed_point, meanfield.chi))
    if weight == 0:
        return Point(weight, bias, q, chi, 1.0, 0.0)  # every input leads to the same bias
    c = float(meanfield.correlation_fixed_point(name, weight, bias, **params))
    c = c if abs(c) > ROUNDING else 0.0
    slope = float(meanfield.chi_at_correlation(name, weight, bias, c, **params))
    return Point(weight, bias, q, chi, c, slope)


def variance_curve(name: str, at: Point, depth: int, **params: float) -> Curve:
    """q -> q', from 0 to beyond q* and the data's own q, and the way of the latter through `depth` layers."""
    end = 4 * START if math.isinf(at.q) else 1.5 * max(at.q, START)
    x = np.linspace(0, end, SAMPLES)
    y = meanfield.variance_map(name, x, at.weight, at.bias, **params)
    path = [START]
    for _ in range(min(depth, STEPS)):
        path.append(float(meanfield.variance_map(name, path[-1], at.weight, at.bias, **params)))
        if path[-1] > end:
            break
    return Curve(x, y, *_stairs(path))


def correlation_curve(name: str, at: Point, depth: int, **params: float) -> Curve:
    """c -> c' at q*, and a way through `depth` layers.

    It starts where the phase shows: with inputs that almost agree in the chaotic one, else with unlike ones.
    """
    x = np.linspace(0, 1, SAMPLES)
    if at.weight == 0:
        return Curve(x, np.ones(SAMPLES), *_stairs([FAR, *[1.0] * min(depth, STEPS)]))
    path = [NEAR if at.phase == "chaotic" else FAR]
    for _ in range(min(depth, STEPS)):
        following = meanfield.correlation_map(name, path[-1], at.weight, at.bias, at.q, **params)
        path.append(min(1.0, float(following)))
    return Curve(x, meanfield.correlation_map(name, x, at.weight, at.bias, at.q, **params), *_stairs(path))


def _stairs(path: list[float]) -> tuple[Array, Array]:
    """Up to the curve, over to the diagonal, and so on; the first point lies on the axis."""
    x = np.repeat(path, 2)
    return x[:-1], np.concatenate([[0.0], x[2:]])
