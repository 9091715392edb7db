"""Where does a measured map keep its size, and where does the theory of wide networks put that edge?

The gradient's mean square changes by chi_1 a layer. Gain enters chi_1 through the weight variance N Var[W] gain^2: the
critical gain is where chi_1 = 1. After 6 xi = 6/|ln chi_1| layers it has changed e^6-fold, its RMS twentyfold.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from initlab import meanfield
from initlab.arrays import Array
from initlab.spec import NetworkSpec
from initlab.sweep import Quantity, Sweep
from initlab.theory import NARROW
from initlab.trend import FACTOR
from initlab.wording import capitalized, number, percent

SCALES: Final = 6  # xi that networks train through (Schoenholz et al. 2017)
CURVE: Final = 161  # points of the theory's lines
KEEPS: Final = float(np.log10(FACTOR))  # decades of change up to which the verdict calls it no fault


@dataclass(frozen=True, slots=True, eq=False)
class Theory:
    """The edge as the theory of wide networks has it; `doubts` say what it leaves out of this network.

    `critical_gain` is NaN where no gain makes chi_1 = 1, or theory has no say; `reach` is 6 xi at each of `gains`.
    """

    critical_gain: float
    gains: Array
    reach: Array
    doubts: tuple[str, ...] = ()


def theory(spec: NetworkSpec, lowest: float, highest: float) -> Theory:
    """Of the network's square layers, for the gains between these two."""
    gains = np.geomspace(max(lowest, 1e-6), highest, CURVE)
    mean, variance = spec.law.moments(spec.width, spec.width)
    reasons = _silencing(spec, mean, variance)
    if reasons or variance is None:
        return Theory(np.nan, gains, np.full(CURVE, np.nan), reasons)
    at_one, biases = spec.width * variance, spec.bias_stddev**2 or spec.law.bias_variance(spec.width, spec.width)
    parameters = {name: float(value) for name, value in spec.activation_params}
    critical = float(meanfield.critical_weight_variance(spec.activation, biases, **parameters))
    reach = SCALES * meanfield.gradient_depth_scale(spec.activation, at_one * gains**2, biases, **parameters)
    return Theory(float(np.sqrt(critical / at_one)), gains, np.asarray(reach), _caveats(spec, critical))


def _silencing(spec: NetworkSpec, mean: float, variance: float | None) -> tuple[str, ...]:
    """Why the theory says nothing at all."""
    found = []
    if spec.needs_data:
        found.append(f"the data decide how large {spec.init}'s weights are")
    elif variance is None:
        found.append(f"{spec.init} weights are not random")
    elif mean:
        found.append(f"the weights have the mean {number(mean)}, not 0")
    elif not variance:
        found.append("all weights are 0")
    if spec.normalization != "None":
        found.append(f"{spec.normalization.lower()} normalization resets every layer's size")
    if spec.residual:
        found.append("residual connections carry the signal past the layers")
    if spec.shape != "Constant":
        found.append("its layers differ in width")
    return tuple(found)


def _caveats(spec: NetworkSpec, critical: float) -> tuple[str, ...]:
    """What to bear in mind where it does have a say."""
    found = []
    if np.isnan(critical):
        found.append(f"no gain makes {spec.activation} critical")
    if spec.width < NARROW:
        found.append(f"layers of {spec.width} are narrow and vary by draw")
    return tuple(found)


def level_gains(sweep: Sweep, quantity: Quantity) -> Array:
    """For each depth the gain at which the measured change crosses 0 upwards, between two cells; NaN where none does.

    Of several crossings the last: below it lie those of a signal that had vanished into rounding.
    """
    gains, found = np.log(np.maximum(sweep.grid.gains, 1e-300)), np.full(len(sweep.grid.depths), np.nan)
    for row, change in enumerate(sweep.change(quantity)):
        crossing = np.flatnonzero(np.isfinite(change[:-1]) & (change[:-1] < 0) & (change[1:] >= 0))
        if crossing.size:
            at = crossing[-1]
            share = -change[at] / (change[at + 1] - change[at])
            found[row] = np.exp(gains[at] + share * (gains[at + 1] - gains[at]))
    return found


def stable_gains(sweep: Sweep, quantity: Quantity) -> Array:
    """For each depth the longest run of gains `(depths, 2)` whose change is within a factor of 30; NaN if none is."""
    found = np.full((len(sweep.grid.depths), 2), np.nan)
    for row, change in enumerate(sweep.change(quantity)):
        kept = np.concatenate([[False], np.abs(change) <= KEEPS, [False]]).astype(int)
        starts, stops = np.flatnonzero(np.diff(kept) > 0), np.flatnonzero(np.diff(kept) < 0)
        if starts.size:
            longest = int(np.argmax(stops - starts))
            found[row] = sweep.grid.gains[starts[longest]], sweep.grid.gains[stops[longest] - 1]
    return found


def reading(sweep: Sweep, quantity: Quantity, theory: Theory) -> str:
    """What the map shows at a middling and at its largest depth, and how far theory is from it."""
    depths, stable, change = sweep.grid.depths, stable_gains(sweep, quantity), sweep.change(quantity)
    rows = sorted({(len(depths) - 1) // 3, len(depths) - 1})
    states = {_everywhere(change[row], quantity) for row in rows}
    if len(rows) > len(states) and "" not in states:
        shared = f"at depths {' and '.join(str(depths[row]) for row in rows)} the {quantity.lower()} {states.pop()}"
        return f"{capitalized(shared)}. {_edges(sweep, quantity, theory)}".rstrip()
    parts = [_kept(depths[row], stable[row], change[row], quantity, again=row != rows[0]) for row in rows]
    sentence = f"{' and '.join(parts)}."
    return f"{capitalized(sentence)} {_edges(sweep, quantity, theory)}".rstrip()


def _everywhere(change: Array, quantity: Quantity) -> str:
    """What the quantity does whatever the gain, where no gain leaves a ratio; empty where one does."""
    if np.isneginf(change).all():
        return f"is exactly 0 in {'layer 1' if quantity == 'Gradient' else 'the last layer'} at every gain of this map"
    return "overflows at every gain of this map" if np.isnan(change).all() else ""


def _kept(depth: int, gains: Array, change: Array, quantity: Quantity, *, again: bool) -> str:
    layers, (low, high) = f"at depth {depth}", (float(gain) for gain in gains)
    it = "it" if again else f"the {quantity.lower()}"
    if everywhere := _everywhere(change, quantity):
        return f"{layers} {it} {everywhere}"
    what = it if again else f"{it} within a factor of {FACTOR}"
    if np.isnan(low):
        return f"{layers} no gain of this map keeps {what}"
    if low == high:
        return f"{layers} gain {number(low)} alone keeps {what}"
    return f"{layers} gains from {number(low)} to {number(high)} keep {what}"


def _edges(sweep: Sweep, quantity: Quantity, theory: Theory) -> str:
    """Where the measured size is level at the largest depth, and theory's critical gain beside it."""
    if quantity == "Signal":  # chi_1 is about the gradient, and about the signal only where it dies
        return (
            f"Theory's critical gain (χ₁ = 1) is {number(theory.critical_gain, 3)}." if theory.critical_gain > 0 else ""
        )
    measured, predicted = float(level_gains(sweep, quantity)[-1]), theory.critical_gain
    depth, gone = sweep.grid.depths[-1], _everywhere(sweep.change(quantity)[-1], quantity)
    here = f"at depth {depth} it keeps its size exactly at gain {number(measured, 3)}"
    if np.isnan(measured):
        here = f"at depth {depth} no gain lets it keep its size exactly"
    if np.isnan(predicted):
        why = f": {', '.join(theory.doubts)}" if theory.doubts else ""
        nowhere = f"theory names no critical gain{why}."
        return capitalized(nowhere) if gone else f"Measured, {here}; {nowhere}"
    there = f"Theory's critical gain (χ₁ = 1) is {number(predicted, 3)}"
    if gone:  # which has just been said
        return f"{there}."
    if np.isnan(measured):
        return f"{there}; measured, {here}."
    off = measured / predicted - 1
    away = f"{percent(abs(off))} {'above' if off > 0 else 'below'} it" if abs(off) >= 0.005 else "the same"
    return f"{there}; measured, {here}, {away}."


def cell_reading(sweep: Sweep, row: int, column: int) -> str:
    """The numbers of one cell in words."""
    ends = [float(values[row, column]) for values in sweep.ends]
    depth, gain = sweep.grid.depths[row], sweep.grid.gains[column]
    signal = _journey("the activations' RMS", "layer 1", ends[0], f"layer {depth}", ends[1])
    gradient = _journey("the gradients'", f"layer {depth}", ends[3], "layer 1", ends[2])
    return f"Depth {depth}, gain {number(gain, 3)}: {signal}; {gradient}."


def _journey(what: str, start: str, before: float, end: str, after: float) -> str:
    if not (np.isfinite(before) and np.isfinite(after)):
        return f"{what} overflows"
    if start == end:
        return f"{what} is {number(after)} in {end}"
    path = f"{what} goes from {number(before)} in {start} to {number(after)} in {end}"
    if not before or not after:
        return path
    return f"{path}, {'×' if after >= before else '÷'} {number(max(after / before, before / after))}"


def sweep_table(sweep: Sweep) -> dict[str, Array]:
    """A column a quantity, a row a cell."""
    depths, gains = np.meshgrid(sweep.grid.depths, sweep.grid.gains, indexing="ij")
    columns = {"depth": depths, "gain": gains}
    for name, values in sweep.ends._asdict().items():
        columns[f"{name.replace('_', ' ')} rms"] = values
    columns["gradient change log10"] = sweep.change("Gradient")
    columns["signal change log10"] = sweep.change("Signal")
    return {name: values.ravel() for name, values in columns.items()}
