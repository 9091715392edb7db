"""Where networks and named initializers lie in the plane of weight and bias variance, and when the place means little.

The weight variance is fan_in Var[W] gain^2, the bias variance that of one bias, both in a hidden layer that is as wide
as the one below: there the fans are one number, and deep networks consist of such layers.
"""

import math
from dataclasses import replace
from itertools import pairwise
from typing import Final, NamedTuple

from initlab import theory
from initlab.initializers import INITIALIZERS
from initlab.laws import Law
from initlab.spec import NetworkSpec

SHORT: Final[dict[str, str]] = {  # normal and uniform weights of one variance lie in one place
    "Glorot normal": "Glorot", "Glorot uniform": "Glorot", "He normal": "He", "He uniform": "He",
    "LeCun normal": "LeCun", "LeCun uniform": "LeCun",
}  # fmt: skip
GENERAL: Final = "Variance scaling"  # any place of the plane, depending on its scale


class Place(NamedTuple):
    """A layer's place: the sum's variance for one unit of mean square below, and the variance of a bias."""

    weight: float
    bias: float


class Landmark(NamedTuple):
    """The initializers that lie in one place."""

    names: tuple[str, ...]
    place: Place


class Here(NamedTuple):
    """The place of a network's hidden layer (from 1), None where it has none.

    `sure` says whether theory describes the network's layers at all; `doubts` what it leaves out.
    """

    layer: int
    fans: tuple[int, int]
    place: Place | None
    sure: bool
    doubts: tuple[str, ...]


def landmarks(width: int, activation: str) -> tuple[Landmark, ...]:
    """Every initializer with its own defaults and gain 1 in a square layer of this width, from left to right."""
    found: dict[Place, list[str]] = {}
    for name, recipe in INITIALIZERS.items():
        at = _place(recipe.bound(recipe.complete({}), activation), width, width)
        if at is not None and name != GENERAL:
            names = found.setdefault(Place(*(float(f"{x:.12g}") for x in at)), [])
            if SHORT.get(name, name) not in names:
                names.append(SHORT.get(name, name))
    return tuple(Landmark(tuple(names), place) for place, names in sorted(found.items()))


def without_place() -> tuple[str, ...]:
    """Initializers that are no cloud around 0, so that a variance does not describe them."""
    return tuple(r.name for r in INITIALIZERS.values() if _place(r.bound(r.complete({}), "Tanh"), 64, 64) is None)


def here(spec: NetworkSpec) -> Here:
    """Where the network of `spec` lies, judged by its first square hidden layer, else by its second or only one."""
    fans = list(pairwise(spec.widths))[: spec.depth]
    square = (index for index, (below, own) in enumerate(fans) if index and below == own)
    at = next(square, min(1, spec.depth - 1))
    place = _place(spec.law, *fans[at], spec.gain, spec.bias_stddev)
    plain = spec.normalization == "None" and not spec.residual
    return Here(at + 1, fans[at], place, plain and place is not None, tuple(_doubts(spec, at)))


def _place(law: Law, fan_in: int, fan_out: int, gain: float = 1.0, bias_stddev: float = 0.0) -> Place | None:
    """None where the weights do not scatter around 0, or follow no single law."""
    mean, variance = law.moments(fan_in, fan_out)
    if mean or variance is None:
        return None
    return Place(fan_in * variance * gain**2, bias_stddev**2 or law.bias_variance(fan_in, fan_out))


def _doubts(spec: NetworkSpec, at: int) -> list[str]:
    """What the theory of plain, wide layers with independent weights leaves out of this network."""
    said = [*theory.broken(spec), *theory.cautions(spec)]
    if spec.residual:
        said.append("Residual connections carry the signal past the layers: this plane describes them without.")
    fan_in, fan_out = spec.widths[at : at + 2]
    if fan_in != fan_out:
        units = "1 unit" if fan_out == 1 else f"{fan_out} units"
        said.append(f"No hidden layer is square: layer {at + 1} with {fan_in} inputs and {units} is placed.")
    return said


def at_place(spec: NetworkSpec, place: Place, scales: tuple[float, ...], gains: tuple[float, ...]) -> NetworkSpec:
    """The same network started at `place`, as closely as a scale and a gain of those on offer reach it.

    Gain 1 where a scale alone does it.
    """
    if place.weight in (0.0, *scales):
        scale, gain = place.weight, 1.0
    else:
        pairs = [(scale, gain) for scale in scales if scale for gain in gains]
        scale, gain = min(pairs, key=lambda pair: abs(math.log(pair[0] * pair[1] ** 2 / place.weight)))
    general = spec.with_init(GENERAL, scale=scale, mode="fan_in", distribution="untruncated_normal")
    return replace(general, gain=gain, bias_stddev=float(f"{math.sqrt(place.bias):.6g}"))
