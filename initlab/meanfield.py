"""Where does the signal of an infinitely wide network settle, and does it vanish, explode or hold on the way?

Poole et al. 2016 and Schoenholz et al. 2017: layer by layer the pre-activations' mean square q becomes
weight_variance E[phi(sqrt(q) z)^2] + bias_variance, where weight_variance is fan_in times the variance of one weight.
All functions take an activation's name and broadcast over arrays; an activation's parameters go by name. ValueError
where a variance is negative or not finite, or a correlation is none.
"""

from collections.abc import Callable
from typing import Final, TypeAlias

import numpy as np

from initlab import moments
from initlab.arrays import Array, Flags, Integers
from initlab.errors import invalid

EXACT: Final = 1e-13  # relative: what the moments are good for
CRITICAL: Final = 1e-9  # chi_1 - 1 that still counts as none; c* would be within this of 1
STEPS_UP: Final = 20 * 24  # levels of q, 24 to a factor of ten: two fixed points closer than 10 % may count as one
STEPS_DOWN: Final = 16 * 24
ROUNDS: Final = 60
CLOSE: Final = 1e-6  # relative: the last step of a secant that ends, whose error is about its square
SILENT: Final = 1e-300
NEAREST: Final = 1e-12  # the smallest 1 - c* looked for
Variance: TypeAlias = Array | float


def variance_map(
    name: str, q: Variance, weight_variance: Variance, bias_variance: Variance = 0.0, **params: float
) -> Array:
    """The next layer's q."""
    weight, bias = _variances(weight_variance, bias_variance)
    with np.errstate(over="ignore"):
        return weight * moments.square(name, q, **params) + bias


def fixed_point(
    name: str, weight_variance: Variance, bias_variance: Variance = 0.0, *, start: float = 1.0, **params: float
) -> Array:
    """q*: where layer after layer leads from q = `start`, the data's mean square; inf where it grows without bound.

    E[phi^2] grows with q, so the way is monotone and ends at the first fixed point it meets: of several, the nearest
    in the direction of the first step. A start that is one itself is kept, also where the slightest push would leave
    it (GELU at its gain).
    """
    weight, bias = _variances(weight_variance, bias_variance)
    levels = _levels(start)
    squares = moments.square(name, levels, **params)
    low, high, found = _bracket(weight.ravel(), bias.ravel(), levels, squares)
    left = np.flatnonzero(np.isnan(found))
    w, b = weight.ravel()[left], bias.ravel()[left]
    low, high = ((levels[at], w * squares[at] + b - levels[at]) for at in (low[left], high[left]))
    found[left] = _root(lambda q, cells: w[cells] * moments.square(name, q, **params) + b[cells] - q, low, high)
    return found.reshape(weight.shape)


def chi(
    name: str, weight_variance: Variance, bias_variance: Variance = 0.0, q: Variance | None = None, **params: float
) -> Array:
    """chi_1, the factor by which the gradient's mean square grows on its way through a layer, at q* or at `q`."""
    weight, bias = _variances(weight_variance, bias_variance)
    at = fixed_point(name, weight, bias, **params) if q is None else q
    return weight * moments.slope_square(name, at, **params)


def correlation_map(
    name: str,
    c: Variance,
    weight_variance: Variance,
    bias_variance: Variance = 0.0,
    q: Variance | None = None,
    **params: float,
) -> Array:
    """The correlation that two inputs of correlation c have a layer on, at q* or at `q`, both having the same q."""
    weight, bias = _variances(weight_variance, bias_variance)
    at = _scale(name, weight, bias, q, params)
    return 1 - _apart(name, _from_correlation(c), weight, bias, at, params)


def correlation_fixed_point(
    name: str, weight_variance: Variance, bias_variance: Variance = 0.0, **params: float
) -> Array:
    """c*, the correlation into which all inputs that correlate settle: 1 in the ordered phase, less in the chaotic one.

    1 also where q* is 0 or inf: there the correlation stands still (tanh), or creeps towards 1 (ReLU).
    """
    weight, bias = _variances(weight_variance, bias_variance)
    return 1 - _settled(name, weight, bias, params)


def chi_at_correlation(
    name: str, weight_variance: Variance, bias_variance: Variance = 0.0, c: Variance | None = None, **params: float
) -> Array:
    """weight_variance E[phi'(u) phi'(v)], the slope of the correlation map, at c* or at `c`; chi_1 where c = 1."""
    weight, bias = _variances(weight_variance, bias_variance)
    apart = _settled(name, weight, bias, params) if c is None else _from_correlation(c)
    return weight * moments.slope_product(name, fixed_point(name, weight, bias, **params), apart, **params)


def depth_scale(name: str, weight_variance: Variance, bias_variance: Variance = 0.0, **params: float) -> Array:
    """xi_c = 1/|ln chi| at c*: layers in which a correlation comes e times closer to c*; inf if critical.

    Networks train up to about 6 xi_c (Schoenholz et al. 2017). Where q* is 0 or inf it is the scale of the signal.
    """
    return _layers(chi_at_correlation(name, weight_variance, bias_variance, **params))


def gradient_depth_scale(name: str, weight_variance: Variance, bias_variance: Variance = 0.0, **params: float) -> Array:
    """xi_grad = 1/|ln chi_1|: layers in which the gradient's mean square changes e-fold; inf when critical."""
    return _layers(chi(name, weight_variance, bias_variance, **params))


def critical_weight_variance(name: str, bias_variance: Variance = 0.0, *, start: float = 1.0, **params: float) -> Array:
    """The smallest weight_variance with chi_1 = 1 at the q* reached from `start`; NaN where there is none.

    With chi_1 = 1 the weight variance is 1/E[phi'^2], so q - E[phi^2]/E[phi'^2] = bias_variance: one equation for q*.
    """
    _, bias = _variances(0.0, bias_variance)
    levels = _levels(start)
    squares, slopes = moments.square(name, levels, **params), moments.slope_square(name, levels, **params)
    above = -_excess(squares[1:], levels[1:], 1 / slopes[1:]) * levels[1:]
    surplus = np.append(-squares[0] / slopes[0], above) - bias.ravel()[:, None]
    cell, at = np.nonzero((surplus == 0) | (np.sign(surplus) * np.sign(np.roll(surplus, -1, axis=1)) < 0))
    cell, at = cell[at < len(levels) - 1], at[at < len(levels) - 1]
    b = bias.ravel()[cell]

    def missing(q: Array, cells: Integers) -> Array:
        return q - moments.square(name, q, **params) / moments.slope_square(name, q, **params) - b[cells]

    exact = surplus[cell, at] == 0
    low, high = ((levels[i], surplus[cell, i]) for i in (at, np.where(exact, at, at + 1)))
    q = np.where(exact, levels[at], _root(missing, low, high))
    weight = 1 / moments.slope_square(name, q, **params)
    reached = np.abs(fixed_point(name, weight, b, start=start, **params) - q) <= 1e-6 * q
    found = np.full(bias.size, np.inf)
    np.minimum.at(found, cell[reached], weight[reached])
    return np.where(np.isinf(found), np.nan, found).reshape(bias.shape)


def _from_correlation(c: Variance) -> Array:
    """1 - c."""
    if not (np.abs(c) <= 1).all():
        raise invalid("a correlation lies between -1 and 1", c, "use a cosine")
    return 1 - np.asarray(c, float)


def _levels(start: float) -> Array:
    return start * np.concatenate([[0], 10 ** (np.arange(-STEPS_DOWN, STEPS_UP + 1) / 24)])


def _excess(squares: Array, levels: Array, weight: Array) -> Array:
    """weight E[phi^2]/q - 1, what is rounding being 0."""
    excess = weight * (squares / levels) - 1
    excess[np.abs(excess) <= EXACT] = 0
    return excess


def _variances(weight_variance: Variance, bias_variance: Variance) -> tuple[Array, Array]:
    weight, bias = np.broadcast_arrays(np.asarray(weight_variance, float), np.asarray(bias_variance, float))
    for what, given in (("weight_variance", weight), ("bias_variance", bias)):
        if not (np.isfinite(given) & (given >= 0)).all():
            raise invalid(f"{what} must be finite and at least 0", given, "use fan_in times the variance of a weight")
    return weight, bias


def _bracket(weight: Array, bias: Array, levels: Array, squares: Array) -> tuple[Integers, Integers, Array]:
    """The levels around the first fixed point in the direction of the first step, or q* itself where it is 0, the start
    or inf, else NaN."""
    start = STEPS_DOWN + 1  # its place among the levels
    low, high = np.zeros(len(weight), int), np.zeros(len(weight), int)
    found = np.full(len(weight), np.nan)
    up = _grows(weight, bias, levels[start], squares[start])[:, 0]
    for cells, way, end in (
        (np.flatnonzero(up), np.arange(start, len(levels)), np.inf),
        (np.flatnonzero(~up), np.arange(start, -1, -1), 0.0),
    ):
        for block in (cells[at : at + 64] for at in range(0, len(cells), 64)):  # half a megabyte stays in the cache
            turned = _grows(weight[block], bias[block], levels[way], squares[way]) != (end > 0)
            at = turned.argmax(axis=1)
            low[block], high[block] = np.sort([way[at - 1], way[at]], axis=0)
            found[block] = np.where(turned.any(axis=1), np.nan, end)
    growth = weight * squares[start] + bias - levels[start]
    found[np.abs(growth) <= EXACT * levels[start]] = levels[start]
    return low, high, found


def _grows(weight: Array, bias: Array, levels: Array, squares: Array) -> Flags:
    """Whether the next layer's q exceeds this one's, `(cells, levels)`; weight E[phi^2] - q that is rounding is 0."""
    biased = (bias > 0)[:, None]
    slack = np.where(biased, np.maximum(EXACT * levels, bias[:, None]), -EXACT * levels)
    return weight[:, None] * squares + slack > levels


def _root(f: Callable[[Array, Integers], Array], low: tuple[Array, Array], high: tuple[Array, Array]) -> Array:
    """Roots of f(x, cells) between `low` and `high`, each x and f(x): secants, halving where one leads out."""
    (a, f_a), (b, f_b) = low, high
    cells, rising = np.arange(len(a)), f_b > f_a
    x = np.clip(a - f_a * (b - a) / np.where(f_a == f_b, 1, f_b - f_a), a, b)
    a, b, before, f_before = a.copy(), b.copy(), b.copy(), f_b.copy()
    for _ in range(ROUNDS):
        if not len(cells):
            break
        value = f(x[cells], cells)
        left = (value > 0) != rising[cells]  # the root lies to the right of x
        a[cells], b[cells] = np.where(left, x[cells], a[cells]), np.where(left, b[cells], x[cells])
        rise = value - f_before[cells]
        step = np.where(rise == 0, 0.0, value * (x[cells] - before[cells]) / np.where(rise == 0, 1, rise))
        after = x[cells] - step
        after = np.where((after >= a[cells]) & (after <= b[cells]), after, (a[cells] + b[cells]) / 2)
        before[cells], f_before[cells] = x[cells], value
        moved = np.abs(after - x[cells]) > CLOSE * np.abs(after)
        x[cells] = after
        cells = cells[moved & (value != 0)]
    return x


def _scale(name: str, weight: Array, bias: Array, q: Variance | None, params: dict[str, float]) -> Array:
    """The q at which correlations are compared: never 0, where all maps are limits."""
    at = fixed_point(name, weight, bias, **params) if q is None else np.asarray(q, float)
    return np.clip(at, moments.TINY, moments.LARGEST)


def _apart(name: str, apart: Array, weight: Array, bias: Array, q: Array, params: dict[str, float]) -> Array:
    """1 - c of the next layer."""
    return weight * moments.distance(name, q, apart, **params) / _next(name, q, weight, bias, params)


def _next(name: str, q: Array, weight: Array, bias: Array, params: dict[str, float]) -> Array:
    """The next layer's q to divide by: with no weights and no biases 0 of it differs between inputs, not 0/0."""
    return np.maximum(variance_map(name, q, weight, bias, **params), SILENT)


def _settled(name: str, weight: Array, bias: Array, params: dict[str, float]) -> Array:
    """1 - c*. The map is a power series in c with positive terms, so below c = 1 it has one fixed point if its slope at
    1 exceeds 1 and none otherwise; dividing by 1 - c leaves that one alone."""
    q = _scale(name, weight, bias, None, params)
    slope = q * chi(name, weight, bias, q, **params) / _next(name, q, weight, bias, params)
    found = np.zeros(weight.shape)
    chaotic = slope > 1 + CRITICAL
    if not chaotic.any():
        return found
    w, b, at = weight[chaotic], bias[chaotic], q[chaotic]

    def surplus(apart: Array, cells: Integers) -> Array:
        return _apart(name, apart, w[cells], b[cells], at[cells], params) / apart - 1

    cells = np.arange(len(w))
    low, high = ((at, surplus(at, cells)) for at in (np.full(len(w), NEAREST), np.ones(len(w))))
    found[chaotic] = _root(surplus, low, high)
    return found


def _layers(factor: Array) -> Array:
    """Layers in which repeated multiplication by `factor` changes something e-fold."""
    with np.errstate(divide="ignore"):
        return 1 / np.abs(np.log(factor))
