"""The plane of weight and bias variance: where the gradient vanishes, where it explodes, and the edge between.

Poole et al. 2016, Schoenholz et al. 2017. On the edge chi_1 = 1; on either side a network trains up to a depth of about
6 xi_c, so lines of equal depth run along the edge on both sides.
"""

import math
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple, TypeAlias, get_args

import numpy as np
from scipy.interpolate import PchipInterpolator

from initlab import meanfield
from initlab.arrays import Array

Axis: TypeAlias = Literal["Auto", "Linear", "Log"]
AXES: Final[tuple[Axis, ...]] = get_args(Axis)
CELLS: Final = 100  # along either axis
HIGHEST_BIAS: Final = 0.3  # as far as biases matter to most activations
WIDEST: Final = 4.0  # the usual end of a linear axis
LONGEST: Final = 20.0  # a linear axis that went further would press all usual initializers against its left end
LOGARITHMIC: Final = (0.01, 1000.0)
REACH: Final = 6  # times xi_c: as deep as networks were found to train (Schoenholz et al. 2017)
DEPTHS: Final = (10, 20, 50, 100)
PICKED: Final = 41  # columns
CROSSINGS: Final = 2  # SELU's chi_1 rises above 1 and falls back towards it
HALVINGS: Final = 20  # of a cell, to find where q* begins to diverge
STEPS: Final = (*np.arange(1, 2, 0.05), *np.arange(2, 5, 0.1), *np.arange(5, 10, 0.2))
WEIGHTS: Final = (0.0, *(float(f"{step * 10.0**decade:.3g}") for decade in range(-2, 3) for step in STEPS), 1000.0)
BIASES: Final = tuple(float(f"{(0.05 * k) ** 2:.6g}") for k in range(41))  # of standard deviations that sliders offer
EDGE_ROWS: Final = HIGHEST_BIAS * np.linspace(0, 1, CELLS) ** 2  # the edge bends most where the biases are small
CHAOTIC_ROWS: Final = EDGE_ROWS[::9]
CHAOTIC_COLUMNS: Final = np.linspace(0, 1, 13)  # from the edge on; c* costs a hundred times as much as q*


class Window(NamedTuple):
    """The part of the plane that is drawn: values along the axes, `(X,)` and `(Y,)`."""

    weight: Array
    bias: Array
    logarithmic: bool


class Line(NamedTuple):
    """Where networks can be `depth` layers deep: a weight variance a bias variance, NaN where there is none."""

    depth: int
    chaotic: bool
    weight: Array
    bias: Array


class Picks(NamedTuple):
    """Points of the plane that sliders know and a click may choose, and their chi_1: one of each a point."""

    weight: Array
    bias: Array
    chi: Array


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """q* and chi_1 over a window `(Y, X)`; where q* begins to diverge in its rows `(Y,)`.

    `edge` is where chi_1 = 1, a weight variance for each of `EDGE_ROWS`. NaN where there is none.
    """

    window: Window
    q: Array
    chi: Array
    diverging: Array
    edge: Array
    lines: tuple[Line, ...]


def window(name: str, axis: Axis = "Auto", **params: float) -> Window:
    """As much of the plane as shows both phases; Auto is linear unless the edge lies far out, as Sigmoid's does."""
    edge = float(meanfield.critical_weight_variance(name, HIGHEST_BIAS, **params))
    end = _round_up(max(WIDEST, 1.6 * edge)) if math.isfinite(edge) else WIDEST
    logarithmic = axis == "Log" or (axis == "Auto" and end > LONGEST)
    weight = np.geomspace(*LOGARITHMIC, CELLS) if logarithmic else np.linspace(0, end, CELLS)
    return Window(weight, np.linspace(0, HIGHEST_BIAS, CELLS), logarithmic)


def plane(name: str, axis: Axis = "Auto", **params: float) -> Plane:
    """Everything that is drawn of the plane of one activation."""
    seen = window(name, axis, **params)
    weight, bias = np.meshgrid(seen.weight, seen.bias)
    q = meanfield.fixed_point(name, weight, bias, **params)
    chi = meanfield.chi(name, weight, bias, q, **params)
    edge = meanfield.critical_weight_variance(name, EDGE_ROWS, **params)
    diverging = _diverging(name, seen, q, params)
    with np.errstate(divide="ignore"):
        rates = np.where(np.isfinite(q), np.log(chi), np.nan)
    lines = [
        *_lines(seen.bias, np.broadcast_to(seen.weight, rates.shape), rates, chaotic=False),
        *_chaotic_lines(name, seen, diverging, params),
    ]
    return Plane(seen, q, chi, diverging, edge, tuple(lines))


def picks(name: str, seen: Window, **params: float) -> Picks:
    """The sliders' values within a window, of the weights' as many as a pointer can tell apart."""
    offered = np.array([value for value in WEIGHTS if seen.weight[0] <= value <= seen.weight[-1]])
    columns = _between(seen.weight[0], seen.weight[-1], np.linspace(0, 1, PICKED), seen)
    nearest = np.unique(offered[np.abs(offered[:, None] - columns).argmin(axis=0)])
    weight, bias = (part.ravel() for part in np.meshgrid(nearest, [b for b in BIASES if b <= seen.bias[-1]]))
    return Picks(weight, bias, meanfield.chi(name, weight, bias, **params))


def _lines(bias: Array, weight: Array, rates: Array, *, chaotic: bool) -> list[Line]:
    """Where the logarithm of a factor a layer, `rates` of `weight` `(Y, X)`, passes through that of each depth."""
    found = []
    for depth in DEPTHS:
        places = _crossings(weight, rates, -REACH / depth)
        found += [Line(depth, chaotic, place, bias) for place in places if np.isfinite(place).any()]
    return found


def _crossings(x: Array, y: Array, level: float) -> Array:
    """The first few x of each row at which y passes `level`, `(CROSSINGS, Y)`; linear between cells."""
    found = np.full((CROSSINGS, len(y)), np.nan)
    low, high = y[:, :-1] - level, y[:, 1:] - level
    for row, passes in enumerate((low < 0) != (high < 0)):
        passes &= np.isfinite(low[row]) & np.isfinite(high[row])
        at = np.flatnonzero(passes)[:CROSSINGS]
        share = low[row, at] / (low[row, at] - high[row, at])
        found[: len(at), row] = x[row, at] + share * (x[row, at + 1] - x[row, at])
    return found


def _chaotic_lines(name: str, seen: Window, diverging: Array, params: dict[str, float]) -> list[Line]:
    """The same from the slope of the correlation map at c*, from the edge to the end of the row or of all bounds."""
    edge = meanfield.critical_weight_variance(name, CHAOTIC_ROWS, **params)
    bounds = np.where(np.isnan(diverging), np.inf, diverging * (1 - 1e-6))
    end = np.minimum(seen.weight[-1], np.interp(CHAOTIC_ROWS, seen.bias, bounds))
    rows = np.flatnonzero(edge < end)
    if not rows.size:
        return []
    low, high = edge[rows, None], end[rows, None]
    coarse = _between(low, high, CHAOTIC_COLUMNS, seen)
    slope = meanfield.chi_at_correlation(name, coarse, CHAOTIC_ROWS[rows, None], **params)
    fine = np.linspace(0, 1, 10 * len(CHAOTIC_COLUMNS))
    rates = PchipInterpolator(CHAOTIC_COLUMNS, np.log(slope), axis=1)(fine)
    return _lines(CHAOTIC_ROWS[rows], _between(low, high, fine, seen), rates, chaotic=True)


def _between(low: Array | float, high: Array | float, share: Array, seen: Window) -> Array:
    """That share of the way from `low` to `high` as the axis shows it."""
    return low * (high / low) ** share if seen.logarithmic else low + share * (high - low)


def _diverging(name: str, seen: Window, q: Array, params: dict[str, float]) -> Array:
    """The smallest weight variance of each row from which on q* is without bound; NaN where it stays within it."""
    infinite = np.isinf(q)
    found = np.full(len(q), np.nan)
    rows = np.flatnonzero(infinite[:, -1])
    if not rows.size:
        return found
    last = len(seen.weight) - np.argmin(infinite[rows, ::-1], axis=1) - 1  # the last cell with a bound
    low, high = seen.weight[last], seen.weight[last + 1]
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        beyond = np.isinf(meanfield.fixed_point(name, middle, seen.bias[rows], **params))
        low, high = np.where(beyond, low, middle), np.where(beyond, middle, high)
    found[rows] = high
    return found


def _round_up(x: float) -> float:
    """The next of 1, 1.5, 2, 3, 4, 5, 6, 8, 10 times a power of ten."""
    decade = 10.0 ** math.floor(math.log10(x))
    return decade * next(step for step in (1, 1.5, 2, 3, 4, 5, 6, 8, 10) if step * decade >= x * (1 - 1e-3))
